//! From views of the insight wing to their wire forms.

mod common;
mod delivery;
mod flow;
mod forecast;
mod overview;

pub use common::*;
pub use delivery::*;
pub use flow::*;
pub use forecast::*;
pub use overview::*;
