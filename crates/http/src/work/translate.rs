//! Between the words of the work wing and their wire forms.

mod import;
mod item;
mod mapping;

pub use import::*;
pub use item::*;
pub use mapping::*;
