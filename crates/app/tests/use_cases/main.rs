//! Every use case, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod figures;
mod imports;
mod jobs;
mod odd_files;
mod organisation;
mod people;
mod permissions;
mod roll_back;
mod scoping;
