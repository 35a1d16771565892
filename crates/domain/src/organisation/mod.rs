//! Who there is: the tree of units.

mod unit;

pub use unit::{MisplacedUnit, Unit, UnitKind, UnitTree, key_from_name};
