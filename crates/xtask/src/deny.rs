//! Holds everything the workspace is built from to `deny.toml`: licences, sources, what may not be there, known holes.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::tools::{cargo, find, root, run};

/// Checks what the workspace depends on.
pub fn check() -> Result<()> {
    let Some(program) = cargo_deny() else {
        println!(
            "skipped: licences, sources and known holes of dependencies are not checked, since cargo-deny can't be \
             installed; try: cargo install --locked cargo-deny"
        );
        return Ok(());
    };
    run(deny(&program).args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
        .context("a dependency is not one that deny.toml allows")?;
    // Without the network the list of known holes may be missing; what is known of it is still used.
    let fetched = run(deny(&program).args(["fetch", "db"])).is_ok();
    if !fetched {
        println!(
            "skipped: dependencies are not held against the list of known holes, since it can't be fetched"
        );
        return Ok(());
    }
    run(deny(&program).args(["--offline", "check", "--hide-inclusion-graph", "advisories"]))
        .context("a dependency has a known hole")
}

fn deny(program: &PathBuf) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The program, built when it is not there yet.
fn cargo_deny() -> Option<PathBuf> {
    find("cargo-deny").or_else(|| {
        println!("cargo-deny is missing; building it");
        run(cargo().args(["install", "--quiet", "--locked", "cargo-deny"])).ok()?;
        find("cargo-deny")
    })
}
