//! Wire forms of the work wing.

mod import;
mod item;
mod mapping;

pub use import::*;
pub use item::*;
pub use mapping::*;
