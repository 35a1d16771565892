//! The platform wing over HTTP.

pub mod handlers;
pub mod wire;
