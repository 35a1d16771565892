//! Who there is.

mod unit;

pub(crate) use unit::UnitRow;
