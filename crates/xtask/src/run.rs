//! Starts the product.

use anyhow::Result;
use clap::Args;

use crate::{
    tools::{cargo, run as run_command},
    web,
};

/// How to start it.
#[derive(Args)]
pub struct Options {
    /// The address to listen on; loopback only.
    #[arg(long, default_value = "127.0.0.1:4400")]
    listen: String,
    /// Starts without the sample organisation.
    #[arg(long)]
    empty: bool,
    /// Where data is kept; a folder of the build by default.
    #[arg(long)]
    data: Option<String>,
    /// A PostgreSQL to use instead of SQLite.
    #[arg(long)]
    database: Option<String>,
}

/// Builds the web client and the server, and starts the server.
pub fn run(options: &Options) -> Result<()> {
    web::build()?;
    let mut command = cargo();
    command.args(["run", "--package", "headway-server", "--", "serve", "--listen", &options.listen]);
    let data = options.data.clone().unwrap_or_else(|| "target/headway-data".to_owned());
    command.args(["--data", &data]);
    if let Some(database) = &options.database {
        command.args(["--database", database]);
    }
    if !options.empty {
        command.arg("--sample");
    }
    run_command(&mut command)
}
