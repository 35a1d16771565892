//! The audit log, personal data, and how long things are kept.

pub mod audit;
pub mod personal;
