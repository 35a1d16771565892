//! The work wing over HTTP.

pub mod handlers;
mod translate;
pub mod wire;

pub(crate) use translate::cause;
