//! Finding things again.

mod search;

pub use search::SearchHits;
pub(crate) use search::words_of;
