//! The web client: its packages and its build.

use anyhow::{Context, Result};

use crate::tools::{find, root, sh};

/// Installs the web client's packages when they are missing or older than their lock file.
pub fn install() -> Result<()> {
    find("npm").context("npm is missing; install Node.js")?;
    let modified = |path: &str| std::fs::metadata(root().join(path)).and_then(|it| it.modified()).ok();
    // npm writes this file last.
    let installed = modified("web/node_modules/.package-lock.json");
    if installed.is_none() || installed < modified("web/package-lock.json") {
        sh("web", "npm", &["ci", "--no-audit", "--no-fund"])?;
    }
    Ok(())
}

/// Builds the web client into `web/build`, from where the server embeds it.
pub fn build() -> Result<()> {
    install()?;
    sh("web", "npm", &["run", "build"])
}
