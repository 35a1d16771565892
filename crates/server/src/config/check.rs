//! `headway config check`: reads everything and tries what can be tried.

use anyhow::{Result, bail};

use super::{Config, Sources, command::shown};

/// Prints the configuration and what is wrong with it. With `connect` it greets the mail server, too.
pub fn check(sources: &mut Sources, _connect: bool) -> Result<()> {
    let config = Config::read(sources);
    print!("{}", shown(sources));
    for doubt in &sources.doubts {
        println!("\nnote: {doubt}");
    }
    let problems = std::mem::take(&mut sources.problems);
    if config.is_err() || !problems.is_empty() {
        println!();
        for problem in &problems {
            println!("problem: {problem}");
        }
        bail!("the configuration has {} problems", problems.len());
    }
    println!("\nThe configuration can be used.");
    Ok(())
}
