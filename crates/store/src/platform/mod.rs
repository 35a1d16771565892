//! What every wing leans on: the connection, errors, events, jobs, settings.

mod db;
mod dump;
mod error;
mod event;
mod job;
mod setting;

pub use db::{Db, Reader, Tx};
pub(crate) use db::{Driver, on};
pub use error::Error;
pub(crate) use error::corrupt;
pub use event::{Event, NewEvent};
pub(crate) use job::JobRow;
pub use job::{Job, JobState, NewJob};
