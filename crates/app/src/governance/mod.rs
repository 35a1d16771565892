//! The record of what was done, what is kept for how long, and what is known about people.

pub(crate) mod audit;
mod log;
mod personal;
pub mod retention;
mod verify;

pub use log::{AuditAsk, AuditPage, MOST_ENTRIES, Names, begin_export, entries, more, own_entries};
pub use personal::{OnErase, Personal, PersonalData, data_of, erase, own_data, places};
pub(crate) use verify::note_head;
pub use verify::{Break, Head, NotAHead, Verdict, head, verify};
