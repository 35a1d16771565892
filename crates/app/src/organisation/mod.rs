//! Units and settings.

mod settings;
mod unit;

pub use settings::{Settings, change_settings, settings};
pub use unit::{NewUnit, UnitPatch, create_unit, delete_unit, unit_by_key, units, update_unit};
pub(crate) use unit::{known_tree, new_unit, tree};
