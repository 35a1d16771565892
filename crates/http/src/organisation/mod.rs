//! Units and settings, people, sessions, tokens.

pub mod grant;
pub mod group;
pub mod handlers;
pub mod person;
pub mod session;
pub mod token;
pub mod why;
pub mod wire;
