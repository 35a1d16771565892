//! Who there is, how they sign in, and what they may.

mod accountability;
mod grant;
mod group;
mod person;
mod session;
mod token;
mod unit;

pub use person::PersonPage;
pub use session::{Session, SignedIn};
pub use token::Token;
pub(crate) use unit::UnitRow;
