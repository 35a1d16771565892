//! The platform wing over HTTP.

pub mod handlers;
pub mod health;
pub mod wire;
