//! Use cases: who may do what, in which order, in which transaction, and when it runs again.
//!
//! Every write has the same six beats: load, authorise, decide (pure, in `headway-domain`), save, publish (an event
//! row in the same transaction), commit, with an entry in the audit log. Reads skip deciding.
//!
//! **Invariant:** the event row is written in the transaction that changes the data, and time and ids come only
//! from [`OpContext`].
//!
//! Not here: SQL (`headway-store`), numbers (`headway-flow`), other tools' formats (`headway-trackers`), JSON on the
//! wire (`headway-http`).

mod access;
mod application;
mod clean_up;
mod context;
mod error;
pub mod governance;
pub mod insight;
pub mod jobs;
mod known;
pub mod live;
pub mod organisation;
pub mod outbound;
pub mod platform;
pub mod sample;
pub mod telemetry;
pub mod work;

pub use access::{Actor, Caller, Permission, Via};
pub use application::{App, Config};
pub use context::{Clock, IdSource, OpContext};
pub use error::{Error, Result};
pub use known::Known;
