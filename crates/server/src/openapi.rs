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
    /// A file for the page of who may do what.
    #[arg(long, hide = true)]
    permissions: Option<PathBuf>,
}

/// Prints the document.
pub fn openapi(options: &Options) -> Result<()> {
    let document = headway_http::openapi_json()?;
    if let Some(path) = &options.permissions {
        std::fs::write(path, headway_http::permissions_page())?;
    }
    match &options.output {
        Some(path) => std::fs::write(path, document)?,
        None => print!("{document}"),
    }
    Ok(())
}
