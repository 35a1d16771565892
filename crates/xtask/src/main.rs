//! What only a developer runs: `cargo xtask run`, `test`, `conformance`, `web`, `codegen`, `backtest`, `bench`.
//!
//! Each command installs what it needs where it can (Debian as root, npm), and says clearly what is missing where
//! it can't.

#![expect(clippy::print_stdout, reason = "a developer's command talks to a terminal")]

mod backtest;
mod bench;
mod codegen;
mod conformance;
mod context;
mod deny;
mod run;
mod test;
mod tools;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer commands of Headway.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and starts the product with the sample organisation.
    Run(run::Options),
    /// Runs every test: formatting, lints, Rust on both databases, the web client, the API against its document,
    /// journeys in a browser.
    Test(test::Options),
    /// Holds the running API to its own document.
    Conformance,
    /// Builds the web client.
    Web,
    /// Writes `crates/http/openapi.json` and the web client's types anew.
    Codegen,
    /// Measures how far forecasts would have held on real histories, and fails when they would not have.
    Backtest(backtest::Options),
    /// Measures speed and memory beside what the machine could do at best.
    Bench(bench::Options),
    /// The least that a program could do in place of ours; `bench` runs it.
    #[command(hide = true)]
    Floor(bench::floor::Options),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Run(options) => run::run(&options)?,
        Command::Test(options) => test::test(&options)?,
        Command::Conformance => conformance::check()?,
        Command::Web => web::build()?,
        Command::Codegen => codegen::write()?,
        Command::Backtest(options) => return backtest::run(&options),
        Command::Bench(options) => return bench::run(&options),
        Command::Floor(options) => bench::floor::run(&options)?,
    }
    Ok(ExitCode::SUCCESS)
}
