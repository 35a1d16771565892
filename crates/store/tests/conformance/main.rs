//! Every function of the store does the same on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod complete;
mod fixtures;

mod audit;
mod batches;
mod events;
mod imports;
mod items;
mod jobs;
mod organisation;
mod people;
mod schema;
mod search;
mod tables;
mod undo;
mod verify;
mod workflows;
