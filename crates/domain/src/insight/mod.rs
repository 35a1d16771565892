//! What the product says about the facts: the names of its measures and of its signals.

mod measure;
mod signal;

pub use measure::Measure;
pub use signal::{SignalKind, SignalLevel};
