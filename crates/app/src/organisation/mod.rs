//! Units and settings, people, how they sign in, and what they may.

mod callers;
mod person;
pub(crate) mod sealed;
mod secret;
mod settings;
mod sign_in;
mod token;
mod unit;

pub(crate) use callers::again;
pub use callers::{Callers, Credential, authenticate};
pub use headway_store::{Session, Token};
pub use person::{NewPerson, create_person, person_by_email};
pub use sealed::SecretKey;
pub use settings::{Settings, change_settings, settings};
pub use sign_in::{
    PasswordSignIn, SetUp, SignedIn, myself, needs_set_up, new_set_up_code, set_up, sign_in, sign_out,
};
pub use token::{NewToken, create_token, create_token_for, revoke_token, tokens};
pub use unit::{NewUnit, UnitPatch, create_unit, delete_unit, unit_by_key, units, update_unit};
pub(crate) use unit::{find_unit, known_tree, new_unit, seen_tree, tree};
