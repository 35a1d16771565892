//! Units and settings, people, sessions, tokens.

pub mod handlers;
pub mod session;
pub mod token;
pub mod wire;
