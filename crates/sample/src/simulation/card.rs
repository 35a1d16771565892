//! An item on the board.

use headway_domain::{
    time::Instant,
    work::{Change, Field, ItemRecord},
};

use crate::{plan::Part, process::Step, truth::ItemTruth};

/// What ends a blockage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// So many more steps of working time.
    Ticks(u32),
    /// The test environment works again.
    Restored,
    /// Another team's item is finished; `None` while it is not.
    Provided(Option<Instant>),
}

/// Why an item does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blockage {
    pub since: Instant,
    pub until: Until,
}

/// An item on the board, with its record as it grows and its books.
pub(super) struct Card {
    pub record: ItemRecord,
    pub truth: ItemTruth,
    pub step: Step,
    pub can_skip_test: bool,
    /// The position in [`crate::process::PRIORITIES`].
    pub urgency: usize,
    /// Hours of work in analysis, development, review and test.
    pub hours: [f64; 4],
    /// Hours of work or of waiting left in this step.
    pub left: f64,
    /// Share of days on which nobody finds time for it.
    pub neglect: f64,
    pub is_neglected_today: bool,
    pub blockage: Option<Blockage>,
    /// Whether it needs what the provider of the initiative was asked for.
    pub needs_provider: bool,
    /// Its part in the planted initiative.
    pub part: Option<Part>,
    /// When it came into this step.
    pub entered: Instant,
    /// Its newest change.
    pub last: Instant,
}

impl Card {
    /// Whether it was planted: chance leaves such items alone.
    pub fn is_planted(&self) -> bool {
        self.part.is_some()
    }

    /// Notes a change.
    pub fn change(&mut self, at: Instant, field: Field, from: Option<String>, to: Option<String>) {
        self.record.changes.push(Change { at, field, from, to });
        self.last = at;
    }

    pub fn move_to(&mut self, to: Step, at: Instant) {
        let (from, name) = (self.step.name().to_owned(), to.name().to_owned());
        self.record.state = Some(name.clone());
        self.change(at, Field::State, Some(from), Some(name));
        self.step = to;
        self.entered = at;
    }

    pub fn set_flag(&mut self, reason: &str, until: Until, at: Instant) {
        self.change(at, Field::Flag, None, Some(reason.to_owned()));
        self.blockage = Some(Blockage { since: at, until });
    }

    /// Takes the flag away; it was `reason`.
    pub fn clear_flag(&mut self, at: Instant) {
        let reason = self
            .record
            .changes
            .iter()
            .rev()
            .find(|change| change.field == Field::Flag)
            .and_then(|change| change.to.clone());
        self.change(at, Field::Flag, reason, None);
        if let Some(blockage) = self.blockage.take() {
            self.truth.flagged_seconds += at.seconds_since(blockage.since);
        }
    }

    pub fn points(&self) -> Option<f64> {
        self.record.estimate
    }
}

/// A list as a field of a change holds it.
pub(super) fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join("\u{1f}"))
}
