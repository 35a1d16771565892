//! Wire forms of the insight wing.

mod delivery;
mod figure;
mod flow;
mod forecast;
mod overview;

pub use delivery::*;
pub use figure::*;
pub use flow::*;
pub use forecast::*;
pub use overview::*;
