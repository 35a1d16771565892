//! Every operation through the router.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod absurd;
mod audit;
mod client;
mod document;
mod operations;
mod probe;
mod refusals;
mod schema;
mod stream;
mod uploads;
