//! The floors: programs that do one thing, with everything left out that a product needs.

mod scan;
mod serve;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Which floor.
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    floor: Floor,
}

#[derive(Subcommand)]
enum Floor {
    /// Reads a table of changes of one known form, and prints what a report needs.
    Scan {
        /// The table.
        file: PathBuf,
    },
    /// Answers with 25 rows, with one row, or with so many bytes.
    Serve {
        /// A SQLite database of the product.
        database: PathBuf,
    },
}

/// Runs it.
pub fn run(options: &Options) -> Result<()> {
    match &options.floor {
        Floor::Scan { file } => scan::scan(file),
        Floor::Serve { database } => serve::serve(database),
    }
}
