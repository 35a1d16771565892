//! What rows say of their items.

use headway_domain::{
    time::{Instant, MICROS_PER_DAY},
    work::Field,
};
use headway_trackers::change_table::fast::Row;

use super::names::Names;

/// More different states than this are not those of a process.
pub const MOST_STATES: usize = 64;
/// No state.
pub const NONE: u8 = u8::MAX;

/// A change of state, by the number of the state.
#[derive(Clone, Copy)]
pub struct Step {
    pub at: Instant,
    pub to: u8,
}

/// What one row says.
#[derive(Clone, Copy)]
pub struct Said {
    created: Option<Instant>,
    group: Option<u32>,
    change: Option<Instant>,
    /// The states before and after, of a change of state.
    states: Option<(u8, u8)>,
}

/// What is known of an item besides its changes of state.
#[derive(Clone, Copy)]
pub struct Facts {
    /// Its creation, or the first change, which stands for a missing one.
    pub created: Instant,
    /// The oldest change of state, and the state before it.
    first_step: Instant,
    pub first_state: u8,
    /// All states that its changes name, a bit each.
    pub states: u64,
    pub group: u32,
    pub changes: u16,
    pub has_creation: bool,
    pub is_implausible: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            created: Instant(i64::MAX),
            first_step: Instant(i64::MAX),
            first_state: NONE,
            states: 0,
            group: 0,
            changes: 0,
            has_creation: false,
            is_implausible: false,
        }
    }
}

impl Facts {
    /// Adds what a row says; gives its change of state.
    #[inline]
    pub fn add(&mut self, said: &Said, rows: &Rows) -> Option<Step> {
        if let Some(created) = said.created {
            self.created = created;
            self.has_creation = true;
        }
        if let Some(group) = said.group {
            self.group = group;
        }
        let at = said.change?;
        self.changes = self.changes.saturating_add(1);
        if !self.has_creation {
            self.created = self.created.min(at);
        }
        self.is_implausible |= rows.is_implausible(at);
        let (from, to) = said.states?;
        self.states |= 1 << to;
        if from != NONE {
            self.states |= 1 << from;
        }
        if at < self.first_step {
            self.first_step = at;
            self.first_state = from;
        }
        Some(Step { at, to })
    }
}

/// Reads rows, and remembers the names in them.
pub struct Rows {
    pub states: Names,
    pub groups: Names,
    last_group: u32,
    /// The first and the last change.
    pub span: (Instant, Instant),
    pub unreadable: u64,
    tomorrow: Instant,
    /// A row says what only the long way takes in.
    pub is_unfit: bool,
}

impl Rows {
    pub fn new(now: Instant) -> Self {
        let mut groups = Names::default();
        // Group 0 is that of items that name none.
        groups.number("");
        Rows {
            states: Names::default(),
            groups,
            last_group: 0,
            span: (Instant(i64::MAX), Instant(i64::MIN)),
            unreadable: 0,
            tomorrow: Instant(now.0.saturating_add(MICROS_PER_DAY)),
            is_unfit: false,
        }
    }

    /// What a row says, in numbers.
    #[inline]
    pub fn read(&mut self, row: &Row<'_>) -> Said {
        let mut said = Said { created: row.created_at, group: None, change: None, states: None };
        if let Some(group) = row.group {
            if !self.groups.is(self.last_group, group) {
                self.last_group = self.groups.number(group);
            }
            said.group = Some(self.last_group);
        }
        let Some(change) = &row.change else { return said };
        said.change = Some(change.at);
        self.span = (self.span.0.min(change.at), self.span.1.max(change.at));
        if change.field == Field::State {
            let from = change.from.as_deref().map_or(NONE, |from| self.state(from));
            match &change.to {
                Some(to) => said.states = Some((from, self.state(to))),
                // The item left every state: only the long way knows what that means.
                None => self.is_unfit = true,
            }
        }
        said
    }

    /// Whether no work was done at an instant: before there were trackers, or after tomorrow.
    #[inline]
    pub fn is_implausible(&self, at: Instant) -> bool {
        at < Instant(0) || at > self.tomorrow
    }

    #[inline]
    fn state(&mut self, name: &str) -> u8 {
        let number = self.states.number(name) as usize;
        if number >= MOST_STATES {
            self.is_unfit = true;
        }
        (number % MOST_STATES) as u8
    }
}
