//! How far forecasts would have held on real histories: the figures of `docs/metrics/forecast.md`.

mod page;
mod series;

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use headway_flow::forecast::{BacktestTable, NamedSeries, Protocol, backtest};

use crate::tools::{again_in_release, data_folder, replace_between};
pub use page::grouped;
use series::{Counted, Histories};

/// The page, and the name of the markers in it.
const PAGE: &str = "docs/metrics/forecast.md";
const MARKER: &str = "figures of cargo xtask backtest";

/// The seed of the plain bootstrap that is measured beside our forecasts.
const SEED: u64 = 1;

/// The horizons at which a claim of 85 % has to hold.
const DEMANDED: [usize; 4] = [14, 30, 60, 90];

/// When there are no histories to measure on.
const NO_DATA: u8 = 3;

/// What to do with the figures.
#[derive(Args)]
pub struct Options {
    /// Writes the figures into `docs/metrics/forecast.md`.
    #[arg(long)]
    write: bool,
}

/// The same series, measured in four ways.
struct Figures {
    /// By the protocol of published comparisons.
    main: BacktestTable,
    /// By the product's own protocol.
    own: BacktestTable,
    /// On working days alone.
    working: BacktestTable,
    /// With items that left undelivered.
    all_closed: BacktestTable,
}

/// Measures, prints, and fails when a claim of 85 % holds too seldom or too often.
pub fn run(options: &Options) -> Result<ExitCode> {
    let folder = data_folder();
    if !folder.is_dir() {
        eprintln!(
            "there are no real histories at {}: name a folder that holds them with HEADWAY_DATA",
            folder.display()
        );
        return Ok(ExitCode::from(NO_DATA));
    }
    if let Some(status) = again_in_release()? {
        return Ok(status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from));
    }
    let histories = Histories::read(&folder)?;
    let measure = |counted, protocol: &Protocol| {
        let series: Vec<NamedSeries> = histories.series(counted);
        backtest(&series, protocol, SEED)
    };
    let year = Protocol::after_a_year();
    let figures = Figures {
        main: measure(Counted::Delivered, &year),
        own: measure(Counted::Delivered, &Protocol::default()),
        working: measure(Counted::OnWorkingDays, &year),
        all_closed: measure(Counted::Closed, &year),
    };
    let text = page::render(&figures);
    println!("{text}");
    if options.write {
        replace_between(PAGE, MARKER, &text)?;
    }
    Ok(judge(&figures.main))
}

/// Says which demanded claims are off.
fn judge(table: &BacktestTable) -> ExitCode {
    if table.origins == 0 {
        eprintln!("no series is long enough to be checked; is the data complete?");
        return ExitCode::from(NO_DATA);
    }
    let mut is_fit = true;
    for row in table.unfit().filter(|row| DEMANDED.contains(&row.horizon)) {
        is_fit = false;
        eprintln!(
            "unfit: {} days ahead, 85 % held {:.1} %, loss {:.4} (plain bootstrap {:.4})",
            row.horizon,
            100.0 * row.calibrated.coverage(),
            row.calibrated.loss,
            row.reference.loss
        );
    }
    if is_fit { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
