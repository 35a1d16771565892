//! `headway openapi`: the OpenAPI document.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

/// Where to.
#[derive(Args)]
pub struct Options {
    /// A file instead of the terminal.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Prints the document.
pub fn openapi(options: &Options) -> Result<()> {
    let document = headway_http::openapi_json()?;
    match &options.output {
        Some(path) => std::fs::write(path, document)?,
        None => print!("{document}"),
    }
    Ok(())
}
