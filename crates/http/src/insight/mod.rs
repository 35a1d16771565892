//! The insight wing over HTTP.

pub mod charts;
mod definitions;
pub mod handlers;
mod translate;
pub mod wire;
mod words;
