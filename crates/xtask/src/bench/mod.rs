//! Speed and memory, each figure beside its floor: the least that a program could do on the same machine in the same
//! run. Machines differ and are shared, so the ratio is what counts.
//!
//! Each piece can be run alone, and owns one section of `docs/performance.md`.

mod analysis;
mod api;
mod client;
mod cost;
pub mod floor;
mod forecast;
mod history;
mod import;
mod page;
mod table;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::tools::{again_in_release, cargo, replace_between, root, run as run_command};
use table::Table;

const PAGE: &str = "docs/performance.md";

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Only the piece with this name: analysis, import, forecast, api, page.
    piece: Option<String>,
    /// Smaller sizes: up to 100,000 items instead of a million.
    #[arg(long)]
    quick: bool,
    /// Writes the figures into `docs/performance.md`.
    #[arg(long)]
    write: bool,
    /// Where synthetic histories are kept from one run to the next.
    #[arg(long, env = "HEADWAY_BENCH_DIR")]
    folder: Option<PathBuf>,
    /// A release build of the server to measure, instead of building it.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// What the pieces need.
pub struct Bench {
    is_quick: bool,
    folder: PathBuf,
    /// The server's program, built for release.
    program: PathBuf,
}

type Piece = fn(&Bench) -> Result<Table>;

const PIECES: [(&str, Piece); 5] = [
    ("page", page::measure),
    ("forecast", forecast::measure),
    ("analysis", analysis::measure),
    ("import", import::measure),
    ("api", api::measure),
];

/// Measures.
pub fn run(options: &Options) -> Result<ExitCode> {
    let is_chosen = |name: &str| options.piece.as_deref().is_none_or(|piece| piece == name);
    if !PIECES.iter().any(|(name, _)| is_chosen(name)) {
        bail!("there is no such piece; choose one of {}", PIECES.map(|(name, _)| name).join(", "));
    }
    if let Some(status) = again_in_release()? {
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let bench = Bench {
        is_quick: options.quick,
        folder: options.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("headway-bench")),
        program: options.program.clone().map_or_else(release_program, Ok)?,
    };
    std::fs::create_dir_all(&bench.folder)?;
    for (name, measure) in PIECES.into_iter().filter(|(name, _)| is_chosen(name)) {
        let (clock, load) = (Instant::now(), load());
        println!("{name} …");
        let table = measure(&bench)?;
        let text = format!("{}\n{}", table.render(), conditions(options.quick, &load));
        println!("{text}\n{name}: {:.0} s\n", clock.elapsed().as_secs_f64());
        if options.write {
            replace_between(PAGE, name, &text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the server for release, and says where it is.
fn release_program() -> Result<PathBuf> {
    run_command(cargo().args(["build", "--release", "--quiet", "--package", "headway-server"]))?;
    let own = std::env::current_exe()?;
    Ok(own.with_file_name("headway"))
}

/// How busy the machine was, as far as it tells.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn conditions(is_quick: bool, load: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let sizes = if is_quick { "quick sizes" } else { "full sizes" };
    format!("{sizes}; {cores} cores; load average when it began {load} (0 is an idle machine)")
}

impl Bench {
    /// The sizes of histories, ascending.
    fn sizes(&self) -> &'static [u64] {
        if self.is_quick { &[10_000, 100_000] } else { &[10_000, 100_000, 1_000_000] }
    }

    /// How often a measurement of so many items is repeated.
    fn repetitions(items: u64) -> usize {
        if items >= 1_000_000 { 3 } else { 5 }
    }
}

/// The folder of the built web client.
fn web_build() -> PathBuf {
    root().join("web/build")
}
