//! Real processes: servers that are killed, nodes that share a database, proxies, a database that fails over.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; it says what it does"
)]

mod kills;
mod nodes;
mod server;
