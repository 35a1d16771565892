//! What happened.

mod audit;
mod personal;

pub use audit::{AuditFilter, NewAudit};
pub use personal::{OnErase, PERSONAL, Personal};
