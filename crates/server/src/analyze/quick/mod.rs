//! The short way through a plain table of changes: each item is read, counted and dropped.
//!
//! It tells the same as the way through [`headway_app::work::import::gather`], which a test compares, and turns back
//! where a table says more than that way would leave out.

mod counting;
mod keys;
mod names;
mod rows;
mod scattered;
mod together;

use std::{ops::ControlFlow, path::Path};

use headway_domain::{
    time::Instant,
    work::{Category, Mapping, Workflow},
};
use headway_trackers::{
    Dialect, Unreadable,
    change_table::{scan_file, scan_start},
};

use self::{counting::Counting, rows::Rows, scattered::Scattered, together::Together};
use super::tally::{Days, Tally};

/// How much of a file the first guess of the mapping is made from. Smaller files are read as if their rows stood
/// anywhere, which needs no guess.
const GUESS_BYTES: usize = 2 << 20;
/// Files whose items are no burden to have in memory.
const SMALL: u64 = 16 << 20;

/// How a table is read.
pub struct Way<'a> {
    pub dialect: &'a Dialect,
    pub hints: &'a [(String, Category)],
    /// A mapping that a person gave; proposed from the data when there is none.
    pub mapping: Option<&'a Mapping>,
    /// The workflow of a mapping.
    pub workflow: &'a dyn Fn(Mapping) -> Workflow,
    /// The team of a group; `None` leaves it out.
    pub team: &'a dyn Fn(&Mapping, &str) -> Option<String>,
    pub days: Days,
    pub now: Instant,
}

/// What a table came to.
pub struct Counted {
    pub tally: Tally,
    pub mapping: Mapping,
    pub changes: u64,
    pub state_changes: u64,
    pub skipped: u64,
    pub unreadable: u64,
    pub span: Option<(Instant, Instant)>,
}

/// What reading a table in one go came to.
enum Outcome {
    Counted(Box<Counted>),
    /// Only the long way takes in what it says.
    Unfit,
    /// The rows of its items do not stand together.
    Mixed,
    /// Another mapping is proposed from all of it than was from its beginning.
    Remapped(Mapping),
}

/// Reads a table; `None` when it needs the long way.
pub fn read(path: &Path, way: &Way<'_>) -> Result<Option<Counted>, Unreadable> {
    // Reading a packed file tells how small it is no sooner.
    let is_small = std::fs::metadata(path).is_ok_and(|it| it.len() < SMALL);
    if is_small {
        return read_scattered(path, way, None);
    }
    let (guess, is_mixed) = guess(path, way)?;
    if is_mixed {
        return read_scattered(path, way, Some(guess));
    }
    let mut mapping = guess;
    // The rest of the table may hold states that its beginning does not.
    for _ in 0..4 {
        match read_together(path, way, &mapping)? {
            Outcome::Counted(counted) => return Ok(Some(*counted)),
            Outcome::Unfit => return Ok(None),
            Outcome::Mixed => return read_scattered(path, way, Some(mapping)),
            Outcome::Remapped(proposal) => mapping = proposal,
        }
    }
    Ok(None)
}

/// The mapping that the beginning of a table proposes, and whether rows of different items are mixed in it.
fn guess(path: &Path, way: &Way<'_>) -> Result<(Mapping, bool), Unreadable> {
    let (mut rows, mut items) = (Rows::new(way.now), Scattered::default());
    scan_start(path, GUESS_BYTES, way.dialect, |row| {
        if let Ok(row) = row {
            items.take(&row, &mut rows);
        }
        ControlFlow::Continue(())
    })?;
    items.finish(&mut rows);
    let mapping = match way.mapping {
        Some(mapping) => mapping.clone(),
        None => {
            let mut counting = Counting::new(way, None);
            items.count(&rows, &mut counting);
            counting.proposal(&rows, way.hints)
        }
    };
    Ok((mapping, items.is_mixed))
}

fn read_together(path: &Path, way: &Way<'_>, mapping: &Mapping) -> Result<Outcome, Unreadable> {
    let (mut rows, mut items) = (Rows::new(way.now), Together::default());
    let mut counting = Counting::new(way, Some(mapping));
    scan_file(path, way.dialect, |row| {
        match row {
            Ok(row) => items.take(&row, &mut rows, &mut counting),
            Err(_) => rows.unreadable += 1,
        }
        go_on(!rows.is_unfit && !items.is_broken)
    })?;
    if items.is_broken {
        return Ok(Outcome::Mixed);
    }
    items.finish(&rows, &mut counting);
    Ok(outcome(counting, &rows, way, mapping))
}

fn read_scattered(path: &Path, way: &Way<'_>, guess: Option<Mapping>) -> Result<Option<Counted>, Unreadable> {
    let (mut rows, mut items) = (Rows::new(way.now), Scattered::default());
    scan_file(path, way.dialect, |row| {
        match row {
            Ok(row) => items.take(&row, &mut rows),
            Err(_) => rows.unreadable += 1,
        }
        go_on(!rows.is_unfit)
    })?;
    items.finish(&mut rows);
    if rows.is_unfit {
        return Ok(None);
    }
    let mut mapping = match way.mapping.cloned().or(guess) {
        Some(mapping) => mapping,
        None => {
            let mut counting = Counting::new(way, None);
            items.count(&rows, &mut counting);
            counting.proposal(&rows, way.hints)
        }
    };
    loop {
        let mut counting = Counting::new(way, Some(&mapping));
        items.count(&rows, &mut counting);
        match outcome(counting, &rows, way, &mapping) {
            Outcome::Counted(counted) => return Ok(Some(*counted)),
            // The items stay the same, so what they propose does.
            Outcome::Remapped(proposal) => mapping = proposal,
            Outcome::Unfit | Outcome::Mixed => return Ok(None),
        }
    }
}

fn outcome(counting: Counting<'_>, rows: &Rows, way: &Way<'_>, mapping: &Mapping) -> Outcome {
    if rows.is_unfit || counting.is_unfit {
        return Outcome::Unfit;
    }
    let proposal = match way.mapping {
        Some(mapping) => mapping.clone(),
        None => counting.proposal(rows, way.hints),
    };
    if proposal.stages != mapping.stages || proposal.states != mapping.states {
        return Outcome::Remapped(proposal);
    }
    counting.counted(rows, proposal).map_or(Outcome::Unfit, |it| Outcome::Counted(Box::new(it)))
}

fn go_on(does: bool) -> ControlFlow<()> {
    if does { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

#[cfg(test)]
mod tests;
