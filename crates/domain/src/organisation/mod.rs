//! Who there is: the tree of units, people and groups, and who may do what.

mod access;
mod person;
mod unit;

pub use access::{Decision, Held, Limit, Permission, Permissions, Rights, Role, Through};
pub use person::{
    Accountability, BadAccount, Grant, Grantee, Group, LEAST_PASSWORD, MOST_PASSWORD, Person, PersonKind,
    PersonState, check_password, checked_email, checked_name, handle_from_name,
};
pub use unit::{MisplacedUnit, Unit, UnitKind, UnitTree, key_from_name};
