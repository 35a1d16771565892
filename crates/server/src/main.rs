//! The binary `headway`: flags, configuration, telemetry, wiring; one file per subcommand.
//!
//! **Invariant:** only this crate reads environment variables, the wall clock and the system's source of chance.
//!
//! Not here: anything a test would want to run without a process around it.

#![expect(clippy::print_stdout, reason = "a command talks to a terminal")]

mod analyze;
mod edge;
mod import;
mod open;
mod openapi;
mod people;
mod sample;
mod serve;
mod terminal;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// A third of the time of a request went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Headway: what an agile PMO does, in one binary.
#[derive(Parser)]
#[command(name = "headway", version)]
struct Arguments {
    /// What to log, such as `info` or `headway_app=debug`.
    #[arg(long, global = true, env = "HEADWAY_LOG", default_value = "warn,headway=info")]
    log: String,
    /// Logs JSON, one object a line.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server.
    Serve(serve::Options),
    /// Imports work histories into the database.
    Import(import::Options),
    /// Prints figures, a forecast and charts of work histories, without a database.
    Analyze(analyze::Options),
    /// Creates accounts and tokens from the machine of the database: for the first steps and for when nobody can
    /// sign in any more.
    People(people::Options),
    /// Prints the OpenAPI document.
    Openapi(openapi::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(&arguments);
    let done = match arguments.command {
        Command::Serve(options) => block_on(serve::serve(options)),
        Command::Import(options) => block_on(import::import(options)),
        Command::Analyze(options) => analyze::analyze(&options),
        Command::People(options) => block_on(people::people(options)),
        Command::Openapi(options) => openapi::openapi(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes on the same line: an error is one sentence.
            eprintln!("headway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn start_log(arguments: &Arguments) {
    let filter = EnvFilter::try_new(&arguments.log).unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if arguments.log_json { log.json().init() } else { log.init() }
}
