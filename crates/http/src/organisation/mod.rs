//! The organisation wing over HTTP.

pub mod handlers;
pub mod wire;
