//! The record of what was done.

pub mod audit;
