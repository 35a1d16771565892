//! The only SQL: one text for SQLite and PostgreSQL, migrations, outbox, job queue, search.
//!
//! Reads are functions of [`Reader`], writes are functions of [`Tx`], and a `Tx` can do whatever a `Reader` can:
//!
//! ```text
//! let mut reader = db.read().await?;            let mut tx = db.begin().await?;
//! let unit = reader.unit(id).await?;            let unit = tx.unit(id).await?;
//!                                               tx.insert_event(&event).await?;
//!                                               tx.commit().await?;
//! ```
//!
//! **Invariants:** no other crate knows a table or a column; an event row is written in the transaction that changes
//! the data; no function runs on one database only, and the few statements that differ stand in `dialect`.
//!
//! Not here: who may read or write (`headway-app`), what a row means (`headway-domain`), when a job runs.

mod dialect;
mod governance;
mod knowledge;
mod organisation;
mod platform;
mod work;

pub use dialect::Engine;
pub use governance::{AuditFilter, NewAudit, OnErase, PERSONAL, Personal};
pub use knowledge::SearchHits;
pub use organisation::{PersonPage, Session, SignedIn, Token};
pub use platform::{
    Broken, Column, ColumnKind, Db, Error, Event, Job, JobFigure, JobState, Line, NewEvent, NewJob,
    PoolFigure, Reader, Resting, Table, Tx, WAIT, differences, newest_schema,
};
pub use work::{
    Batch, Commit, Digest, Finding, ImportRun, ImportedItem, ItemCursor, ItemFilter, ItemPage, ItemSummary,
    KnownItem, NotACursor, ReportEntry, ReportFilter, Restored, Saved, StoredItem, TaughtWorkflow, Tracker,
};
