//! What every wing leans on: the connection, errors, events, jobs, settings.

mod db;
mod dump;
mod error;
mod event;
mod job;
mod load;
mod row;
mod setting;
mod table;
mod verify;

pub use db::{Db, PoolFigure, Reader, Tx, WAIT, newest_schema};
pub(crate) use db::{Driver, on};
pub use error::Error;
pub(crate) use error::corrupt;
pub(crate) use event::EventRow;
pub use event::{Event, NewEvent};
pub(crate) use job::JobRow;
pub use job::{Job, JobFigure, JobState, NewJob};
pub use load::Resting;
pub use row::Line;
pub(crate) use table::quoted;
pub use table::{Column, ColumnKind, Table};
pub use verify::{Broken, differences};
