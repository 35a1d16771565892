//! One tracker with dirty data: what people find when they import an old one.
//!
//! The team is simulated like any other; then its records are spoilt, and what was done is counted in
//! [`Truth::oddities`](crate::Truth::oddities). Only dates that contradict each other make an item unfit for
//! comparison; the books say which.

use std::io::{self, Write};

use headway_domain::{
    time::{Instant, MICROS_PER_DAY},
    work::{Change, Field, ItemRecord, Oddity},
};
use jiff::tz::Offset;

use crate::{
    dice::Dice,
    process::{Step, UNMAPPED_STATE},
    sample::{History, Sample, Tracker},
    truth::ItemTruth,
};

/// The project from which some items were moved.
const FORMER_GROUP: &str = "STO";

const SECOND: i64 = 1_000_000;

/// Offsets with which different clients of the old tracker wrote its dates, in hours.
const OFFSETS: [i8; 4] = [-5, -6, 0, 1];

/// Spoils the records of a history.
pub(crate) fn spoil(seed: u64, history: &mut History) {
    let mut dice = Dice::new(seed, 3_000_000_000);
    let mut counts = [
        (Oddity::NoOpChange, 0),
        (Oddity::UnmappedState, 0),
        (Oddity::MovedProject, 0),
        (Oddity::FinishBeforeStart, 0),
        (Oddity::Reopened, 0),
    ];
    for (item, truth) in history.items.iter_mut().zip(&mut history.truth.items) {
        let done = [
            dice.chance(0.10) && repeat_a_state(item, &mut dice),
            dice.chance(0.10) && park(item),
            dice.chance(0.04) && move_project(item),
            dice.chance(0.03) && finish_before_start(item, truth, &mut dice),
            truth.reopened > 0,
        ];
        for (count, is_done) in counts.iter_mut().zip(done) {
            count.1 += u32::from(is_done);
        }
    }
    history.truth.oddities.extend(counts);
}

/// Adds a change from a state to itself.
fn repeat_a_state(item: &mut ItemRecord, dice: &mut Dice) -> bool {
    let moves: Vec<usize> =
        (0..item.changes.len()).filter(|ix| item.changes[*ix].field == Field::State).collect();
    let Some(ix) = moves.get(dice.below(moves.len())).copied() else { return false };
    let same = Change { from: item.changes[ix].to.clone(), ..item.changes[ix].clone() };
    item.changes.insert(ix + 1, same);
    true
}

/// Sends the item through a state that nobody has mapped and back.
fn park(item: &mut ItemRecord) -> bool {
    let is_into = |change: &Change| {
        change.field == Field::State && change.to.as_deref() == Some(Step::Development.name())
    };
    let Some(ix) = item.changes.iter().position(is_into) else { return false };
    let began = item.changes[ix].at;
    let Some(next) = item.changes.get(ix + 1).map(|change| change.at) else { return false };
    let third = (next.0 - began.0) / 3 / SECOND * SECOND;
    if third < 600 * SECOND {
        return false;
    }
    let parked = Some(UNMAPPED_STATE.to_owned());
    let development = Some(Step::Development.name().to_owned());
    let change = |at, from: &Option<String>, to: &Option<String>| Change {
        at: Instant(at),
        field: Field::State,
        from: from.clone(),
        to: to.clone(),
    };
    item.changes.insert(ix + 1, change(began.0 + third, &development, &parked));
    item.changes.insert(ix + 2, change(began.0 + 2 * third, &parked, &development));
    true
}

/// Lets the item begin in another project.
fn move_project(item: &mut ItemRecord) -> bool {
    let (Some(created), Some(first)) = (item.created_at, item.changes.first().map(|change| change.at)) else {
        return false;
    };
    let at = Instant(created.0 + (first.0 - created.0) / 2);
    let change =
        Change { at, field: Field::Group, from: Some(FORMER_GROUP.to_owned()), to: item.group.clone() };
    item.changes.insert(0, change);
    true
}

/// Dates the finish before the start, as a clock that is wrong or a later correction by hand does.
fn finish_before_start(item: &mut ItemRecord, truth: &mut ItemTruth, dice: &mut Dice) -> bool {
    let (Some(start), Some(finish)) = (truth.started_at, truth.finished_at) else { return false };
    if truth.reopened > 0 {
        return false;
    }
    let days = 1 + dice.below(3) as i64;
    let at = Instant(start.0 - days * MICROS_PER_DAY).max(Instant(truth.created_at.0 + SECOND));
    for change in item.changes.iter_mut().filter(|change| change.at == finish) {
        change.at = at;
    }
    item.closed_at = Some(at);
    truth.is_spoilt = true;
    true
}

/// Writes the state changes of the tracker with dirty data as it would export them: a table with the columns
/// `item,team,type,created,at,from,to`, whose dates carry different offsets from UTC. Nothing is written when
/// the organisation is too small to have that tracker.
pub fn write_dirty_tracker(sample: &Sample, out: &mut impl Write) -> io::Result<()> {
    let Some(history) = sample.histories().find(|it| it.team.tracker == Tracker::Old) else { return Ok(()) };
    out.write_all(b"item,team,type,created,at,from,to\n")?;
    for (n, item) in history.items.iter().enumerate() {
        let label = item.label.as_deref().unwrap_or(&item.key);
        let kind = item.kind.as_deref().unwrap_or_default();
        let created = written(item.created_at.unwrap_or_default(), n);
        for (m, change) in item.changes.iter().filter(|change| change.field == Field::State).enumerate() {
            let at = written(change.at, n + m);
            let from = change.from.as_deref().unwrap_or_default();
            let to = change.to.as_deref().unwrap_or_default();
            writeln!(out, "{label},{},{kind},{created},{at},{from},{to}", history.team.group)?;
        }
    }
    Ok(())
}

/// An instant as the `n`th client writes it.
fn written(at: Instant, n: usize) -> String {
    let hours = OFFSETS[n * 7 % 11 % OFFSETS.len()];
    let offset = Offset::from_hours(hours).unwrap_or(Offset::UTC);
    let local = offset.to_datetime(at.to_timestamp());
    let sign = if hours < 0 { '-' } else { '+' };
    format!("{local}{sign}{:02}:00", hours.unsigned_abs())
}
