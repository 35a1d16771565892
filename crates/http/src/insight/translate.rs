//! From views of the insight wing to their wire forms.

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
