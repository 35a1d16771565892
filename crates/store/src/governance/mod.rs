//! What happened.

mod audit;

pub use audit::{AuditFilter, NewAudit};
