//! Every use case, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod figures;
mod imports;
mod jobs;
mod odd_files;
mod organisation;
mod permissions;
mod roll_back;
