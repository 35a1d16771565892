//! Units and settings, people, how they sign in, and what they may.

mod accountability;
mod callers;
mod directory;
mod explain;
mod grant;
mod group;
mod person;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the first secrets to be sealed are those of second factors, which come next"
    )
)]
pub(crate) mod sealed;
mod secret;
mod settings;
mod sign_in;
mod token;
mod unit;

pub use accountability::{MOST_ACCOUNTABLE, accountable, change_accountable};
pub use callers::{Callers, Credential, authenticate};
pub(crate) use callers::{access_changed, again};
pub use directory::{MOST_PEOPLE, PersonPatch, PersonView, people, person, update_person};
pub(crate) use directory::{find as find_person, refuse_above, refuse_without_owner};
pub use explain::{Why, WhyAsk, explain};
pub use grant::{GrantView, GranteeView, HeldView, NewGrant, create_grant, grants, revoke_grant};
pub use group::{
    GroupView, add_member, create_group, delete_group, group, groups, remove_member, rename_group,
};
pub use headway_store::{PersonPage, Session, Token};
pub use person::{NewPerson, create_person, person_by_email};
pub use sealed::SecretKey;
pub use settings::{Settings, change_settings, settings};
pub use sign_in::{
    PasswordSignIn, SetUp, SignedIn, myself, needs_set_up, new_set_up_code, set_up, sign_in, sign_out,
};
pub use token::{
    NewToken, create_service_token, create_token, create_token_for, revoke_service_token, revoke_token,
    tokens,
};
pub use unit::{NewUnit, UnitPatch, create_unit, delete_unit, unit_by_key, units, update_unit};
pub(crate) use unit::{find_unit, known_tree, new_unit, seen_tree, tree};
