//! The binary `headway`: flags, configuration, telemetry, wiring; one file per subcommand.
//!
//! **Invariant:** only this crate reads environment variables, the wall clock and the system's source of chance.
//!
//! Not here: anything a test would want to run without a process around it.

#![expect(clippy::print_stdout, reason = "a command talks to a terminal")]

mod analyze;
mod audit;
mod backup;
mod config;
mod edge;
mod export;
mod import;
mod import_all;
mod listen;
mod open;
mod openapi;
mod outbound;
mod people;
mod progress;
mod restore;
mod sample;
mod serve;
mod telemetry;
mod terminal;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use config::{Config, Sources};
use telemetry::Traces;

/// A third of the time of a request went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Headway: what an agile PMO does, in one binary.
#[derive(Parser)]
#[command(name = "headway", version)]
struct Arguments {
    #[command(flatten)]
    config: config::Options,
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
    /// Checks whether the audit log is what it was.
    Audit(audit::Options),
    /// Looks at the configuration.
    Config(config::Command),
    /// Writes everything into one file, while the server runs.
    Backup(backup::Options),
    /// Brings a backup back, into an empty place.
    Restore(restore::Options),
    /// Looks for what is broken, in the database or in a file that `backup` or `export` wrote.
    Verify(verify::Options),
    /// Writes everything into one file in a documented form, the same for both databases.
    Export(backup::Options),
    /// Loads an export, or a backup, into an empty database of either kind.
    ImportAll(import_all::Options),
    /// Prints the OpenAPI document.
    Openapi(openapi::Options),
}

fn main() -> ExitCode {
    // Libraries bring two kinds of cryptography along; one of them has to be chosen before the first connection.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes on the same line: an error is one sentence.
            eprintln!("headway: {error:#}");
            if error.is::<verify::SomethingIsBroken>() {
                ExitCode::from(verify::BROKEN)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let given = arguments.config;
    match arguments.command {
        Command::Serve(options) => {
            with_config(given.sources(options.flags())?, async |config| serve::serve(options, &config).await)
        }
        Command::Audit(options) => with_config(given.sources(options.data.flags())?, async |config| {
            audit::audit(options, &config).await
        }),
        Command::Backup(options) => with_config(given.sources(options.data.flags())?, async |config| {
            backup::backup(&options, &config).await
        }),
        Command::Restore(options) => with_config(given.sources(options.data.flags())?, async |config| {
            restore::restore(&options, &config).await
        }),
        Command::Verify(options) => with_config(given.sources(options.data.flags())?, async |config| {
            verify::verify(&options, &config).await
        }),
        Command::Export(options) => with_config(given.sources(options.data.flags())?, async |config| {
            export::export(&options, &config).await
        }),
        Command::ImportAll(options) => with_config(given.sources(options.data.flags())?, async |config| {
            import_all::import_all(&options, &config).await
        }),
        Command::Import(options) => with_config(given.sources(options.flags())?, async |config| {
            import::import(options, &config).await
        }),
        Command::People(options) => with_config(given.sources(options.data.flags())?, async |config| {
            people::people(options, &config).await
        }),
        Command::Config(command) => {
            let sources = given.sources(command.flags())?;
            block_on(config::config(&command, sources))
        }
        Command::Analyze(options) => {
            begin(given.sources_without_file(Vec::new()))?;
            analyze::analyze(&options)
        }
        Command::Openapi(options) => openapi::openapi(&options),
    }
}

/// Reads the configuration and starts the log, and traces where they are wanted.
fn begin(mut sources: Sources) -> Result<(Config, Option<Traces>)> {
    let config = Config::load(&mut sources)?;
    let traces = telemetry::start(&config.log, config.otlp.as_ref())?;
    for doubt in &sources.doubts {
        tracing::warn!("{doubt}");
    }
    Ok((config, traces))
}

/// Does what a command does with a database, and sends the last traces.
fn with_config(sources: Sources, work: impl AsyncFnOnce(Config) -> Result<()>) -> Result<()> {
    let (config, traces) = begin(sources)?;
    let done = block_on(work(config));
    if let Some(traces) = traces {
        traces.end();
    }
    done
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
