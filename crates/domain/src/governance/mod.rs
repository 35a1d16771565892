//! What happened, and that nobody changed the record of it.

pub mod audit;
