//! The short way through a plain table of changes: each item is read, counted and dropped.
//!
//! It tells the same as the way through [`headway_app::work::import::gather`], which a test compares, and turns back
//! where a table says more than that way would leave out.

use std::{ops::ControlFlow, path::Path};

use headway_domain::{
    time::{Instant, MICROS_PER_DAY},
    work::{Category, Census, Field, LONGEST_TEXT, MOST_CHANGES, Mapping, Oddity, StageIx, Workflow},
};
use headway_flow::{
    history::{History, Move},
    item::Item,
};
use headway_trackers::{
    Dialect, Unreadable,
    change_table::{
        fast::{self, Row},
        scan_file, scan_start,
    },
};

use super::{
    keys::Keys,
    tally::{Days, Tally},
};

/// How much of a file the first guess of the mapping is made from.
const GUESS_BYTES: usize = 2 << 20;
/// More different states than this are not those of a process.
const MOST_STATES: usize = 64;
/// No state.
const NONE: u16 = u16::MAX;

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

/// Reads a table; `None` when it needs the long way.
pub fn read(path: &Path, way: &Way<'_>) -> Result<Option<Counted>, Unreadable> {
    let (census, mut order) = guess(path, way)?;
    let mut mapping = way.mapping.cloned().unwrap_or_else(|| Mapping::propose(&census));
    // The rest of the table may hold states that its beginning does not, or stand in another order.
    for _ in 0..4 {
        let mut reading = Reading::new(way, Some(&mapping), order);
        scan_file(path, way.dialect, |row| reading.take(row))?;
        reading.end();
        if reading.is_unfit {
            return Ok(None);
        }
        if reading.is_unordered {
            order = Order::Any;
            continue;
        }
        let proposed = Mapping::propose(&reading.census());
        if way.mapping.is_some() || (proposed.stages == mapping.stages && proposed.states == mapping.states) {
            let mapping = if way.mapping.is_some() { mapping.clone() } else { proposed };
            return Ok(reading.counted(mapping));
        }
        drop(reading);
        mapping = proposed;
    }
    Ok(None)
}

/// Counts the beginning of a table, and sees in which order it stands.
fn guess(path: &Path, way: &Way<'_>) -> Result<(Census, Order), Unreadable> {
    let mut reading = Reading::new(way, None, Order::Any);
    scan_start(path, GUESS_BYTES, way.dialect, |row| reading.take(row))?;
    let order = if reading.is_mixed { Order::Any } else { Order::ByItem };
    reading.end();
    Ok((reading.census(), order))
}

/// In which order rows stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Those of an item together.
    ByItem,
    /// Anyhow.
    Any,
}

/// A change of state, by the number of the state.
#[derive(Clone, Copy)]
struct Step {
    at: Instant,
    to: u16,
}

/// How a state occurs: see [`headway_domain::work::StateCount`].
#[derive(Clone, Copy, Default)]
struct StateTally {
    items: u64,
    entries: u64,
    position_sum: f64,
    positions: u64,
}

/// A state by name.
struct State {
    /// Tells most names apart at one look.
    mark: u64,
    name: String,
}

/// The length and the last letters of a name.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let tail = &bytes[bytes.len().saturating_sub(7)..];
    let tail = tail.iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte));
    tail | (bytes.len() as u64) << 56
}

/// The item whose rows are being read.
#[derive(Default)]
struct Current {
    key: String,
    facts: Facts,
    steps: Vec<Step>,
}

/// What is known of an item besides its changes of state.
#[derive(Clone, Copy)]
struct Facts {
    /// Its creation, or the first change, which stands for a missing one.
    created: Instant,
    /// The oldest change of state, and the state before it.
    first_step: Instant,
    first_state: u16,
    group: u32,
    changes: u32,
    has_creation: bool,
    is_implausible: bool,
    is_unmapped: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            created: Instant(i64::MAX),
            first_step: Instant(i64::MAX),
            first_state: NONE,
            group: 0,
            changes: 0,
            has_creation: false,
            is_implausible: false,
            is_unmapped: false,
        }
    }
}

/// Items whose rows stand anywhere, as small as a million of them have to be.
#[derive(Default)]
struct Scattered {
    keys: Keys,
    items: Vec<Facts>,
    /// The last step of each item, plus one.
    last: Vec<u32>,
    /// The instant, and the state in the lowest bits.
    steps: Vec<i64>,
    /// The step before of the same item, plus one.
    before: Vec<u32>,
}

/// Bits of a state in a scattered step: enough for [`MOST_STATES`], and instants keep two thousand years.
const STATE_BITS: u32 = 7;

impl Scattered {
    fn push(&mut self, item: u32, step: Step) {
        self.steps.push((step.at.0 << STATE_BITS) | i64::from(step.to));
        let before = std::mem::replace(&mut self.last[item as usize], self.steps.len() as u32);
        self.before.push(before);
    }

    /// The steps of an item, in the order of the file.
    fn collect(&self, item: u32, steps: &mut Vec<Step>) {
        let mut next = self.last[item as usize];
        while let Some(at) = next.checked_sub(1) {
            let packed = self.steps[at as usize];
            let to = (packed & ((1 << STATE_BITS) - 1)) as u16;
            steps.push(Step { at: Instant(packed >> STATE_BITS), to });
            next = self.before[at as usize];
        }
        steps.reverse();
    }
}

struct Reading<'a> {
    order: Order,
    states: Vec<State>,
    state_tallies: Vec<StateTally>,
    groups: Keys,
    /// Their names once more, to compare with at once.
    group_names: Vec<String>,
    group_items: Vec<u64>,
    current: Current,
    seen: Keys,
    scattered: Scattered,
    counter: Option<Counter<'a>>,
    hints: &'a [(String, Category)],
    tomorrow: Instant,
    changes: u64,
    state_changes: u64,
    items: u64,
    unreadable: u64,
    span: Option<(Instant, Instant)>,
    /// The table says what only the long way takes in.
    is_unfit: bool,
    /// An item's rows do not stand together, as they should in this order.
    is_unordered: bool,
    /// An item's rows do not stand together.
    is_mixed: bool,
    last_item: u32,
}

/// Where the items of a group go.
#[derive(Clone, Copy)]
enum Place {
    Team(u32),
    Nowhere,
}

/// Where items go.
struct Counter<'a> {
    tally: Tally,
    mapping: &'a Mapping,
    team: &'a dyn Fn(&Mapping, &str) -> Option<String>,
    /// The stage of each state, as far as they were met.
    stages: Vec<Option<StageIx>>,
    /// The team of each group, once an item of it was counted.
    teams: Vec<Option<Place>>,
    history: History,
    skipped: u64,
}

impl<'a> Reading<'a> {
    fn new(way: &'a Way<'_>, mapping: Option<&'a Mapping>, order: Order) -> Self {
        let counter = mapping.map(|mapping| Counter {
            tally: Tally::new((way.workflow)(mapping.clone()), way.days),
            mapping,
            team: way.team,
            stages: Vec::new(),
            teams: Vec::new(),
            history: History::default(),
            skipped: 0,
        });
        let mut reading = Reading {
            order,
            states: Vec::new(),
            state_tallies: Vec::new(),
            groups: Keys::default(),
            group_names: Vec::new(),
            group_items: Vec::new(),
            current: Current::default(),
            seen: Keys::default(),
            scattered: Scattered::default(),
            counter,
            hints: way.hints,
            tomorrow: Instant(way.now.0.saturating_add(MICROS_PER_DAY)),
            changes: 0,
            state_changes: 0,
            items: 0,
            unreadable: 0,
            span: None,
            is_unfit: false,
            is_unordered: false,
            is_mixed: false,
            last_item: 0,
        };
        // Group 0 is that of items that name none.
        reading.group("");
        reading
    }

    fn take(&mut self, row: fast::Read<'_>) -> ControlFlow<()> {
        match row {
            Ok(row) => match self.order {
                Order::ByItem => self.take_together(&row),
                Order::Any => self.take_scattered(&row),
            },
            Err(_) => self.unreadable += 1,
        }
        if self.is_unfit || self.is_unordered { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn take_together(&mut self, row: &Row<'_>) {
        if row.key != self.current.key {
            self.finish_current();
            if row.key.len() > LONGEST_TEXT {
                self.is_unfit = true;
                return;
            }
            if !self.seen.number(row.key).1 {
                self.is_unordered = true;
                return;
            }
            self.current.key.push_str(row.key);
        }
        let mut facts = self.current.facts;
        if let Some(step) = self.read(row, &mut facts) {
            self.current.steps.push(step);
        }
        self.current.facts = facts;
    }

    fn take_scattered(&mut self, row: &Row<'_>) {
        let (item, is_new) = self.scattered.keys.number(row.key);
        if is_new {
            self.scattered.items.push(Facts::default());
            self.scattered.last.push(0);
        }
        self.is_mixed |= !is_new && item != self.last_item;
        self.last_item = item;
        let mut facts = self.scattered.items[item as usize];
        if let Some(step) = self.read(row, &mut facts) {
            self.scattered.push(item, step);
        }
        self.scattered.items[item as usize] = facts;
    }

    /// Adds what a row says; gives its change of state.
    fn read(&mut self, row: &Row<'_>, facts: &mut Facts) -> Option<Step> {
        if let Some(created) = row.created_at {
            facts.created = created;
            facts.has_creation = true;
        }
        if let Some(group) = row.group
            && self.group_names[facts.group as usize] != group
        {
            facts.group = self.group(group);
        }
        let change = row.change.as_ref()?;
        facts.changes += 1;
        if !facts.has_creation {
            facts.created = facts.created.min(change.at);
        }
        facts.is_implausible |= change.at < Instant(0) || change.at > self.tomorrow;
        let span = self.span.get_or_insert((change.at, change.at));
        *span = (span.0.min(change.at), span.1.max(change.at));
        if change.field != Field::State {
            return None;
        }
        let Some(to) = &change.to else {
            // The item left every state: only the long way knows what that means.
            self.is_unfit = true;
            return None;
        };
        let to = self.state(to);
        let from = change.from.as_deref().map_or(NONE, |from| self.state(from));
        if change.at < facts.first_step {
            facts.first_step = change.at;
            facts.first_state = from;
        }
        facts.is_unmapped |= !self.is_mapped(to) || from != NONE && !self.is_mapped(from);
        Some(Step { at: change.at, to })
    }

    fn is_mapped(&self, state: u16) -> bool {
        self.counter.as_ref().is_none_or(|it| it.stages.get(usize::from(state)).is_some_and(Option::is_some))
    }

    fn state(&mut self, name: &str) -> u16 {
        let mark = mark(name);
        if let Some(known) = self.states.iter().position(|it| it.mark == mark && it.name == name) {
            return known as u16;
        }
        if self.states.len() == MOST_STATES {
            self.is_unfit = true;
            return NONE;
        }
        self.states.push(State { mark, name: name.to_owned() });
        self.state_tallies.push(StateTally::default());
        if let Some(counter) = &mut self.counter {
            counter.stages.push(counter.tally.workflow.stage_of(name));
        }
        self.states.len() as u16 - 1
    }

    fn group(&mut self, name: &str) -> u32 {
        let (group, is_new) = self.groups.number(name);
        if is_new {
            self.group_items.push(0);
            self.group_names.push(name.to_owned());
            if let Some(counter) = &mut self.counter {
                counter.teams.push(None);
            }
        }
        group
    }

    /// Everything was read.
    fn end(&mut self) {
        match self.order {
            Order::ByItem => self.finish_current(),
            Order::Any => {
                let scattered = std::mem::take(&mut self.scattered);
                let mut steps = Vec::new();
                for item in 0..scattered.keys.len() as u32 {
                    steps.clear();
                    scattered.collect(item, &mut steps);
                    self.finish(scattered.keys.key(item), scattered.items[item as usize], &mut steps);
                }
            }
        }
    }

    fn finish_current(&mut self) {
        let mut current = std::mem::take(&mut self.current);
        if !current.key.is_empty() {
            self.finish(&current.key, current.facts, &mut current.steps);
        }
        current.key.clear();
        current.steps.clear();
        self.current = Current { facts: Facts::default(), ..current };
    }

    fn finish(&mut self, key: &str, facts: Facts, steps: &mut [Step]) {
        self.is_unfit |= facts.changes as usize > MOST_CHANGES;
        if !steps.is_sorted_by_key(|it| it.at) {
            steps.sort_by_key(|it| it.at);
        }
        self.items += 1;
        self.changes += u64::from(facts.changes);
        self.state_changes += steps.len() as u64;
        self.group_items[facts.group as usize] += 1;
        self.add_path(facts.first_state, steps);
        let created = facts.created;
        let span = self.span.get_or_insert((created, created));
        *span = (span.0.min(created), span.1.max(created));
        let is_implausible = facts.is_implausible || created < Instant(0) || created > self.tomorrow;
        let Some(counter) = &mut self.counter else { return };
        if !facts.has_creation {
            counter.tally.note(Oddity::CreationInferred, 1);
        }
        if is_implausible {
            counter.tally.note(Oddity::ImplausibleDate, 1);
        }
        if facts.is_unmapped {
            counter.tally.note(Oddity::UnmappedState, 1);
        }
        let Place::Team(team) = counter.place(facts.group, &self.groups) else {
            counter.skipped += 1;
            return;
        };
        counter.count(key, created, team, facts.first_state, steps);
    }

    /// Counts where each state stands on the item's path.
    fn add_path(&mut self, first: u16, steps: &[Step]) {
        if steps.is_empty() {
            return;
        }
        let start = usize::from(first != NONE);
        let last = (steps.len() + start).saturating_sub(1).max(1) as f64;
        if start == 1 {
            self.state_tallies[usize::from(first)].positions += 1;
        }
        for (ix, step) in steps.iter().enumerate() {
            let Some(state) = self.state_tallies.get_mut(usize::from(step.to)) else { continue };
            state.position_sum += (ix + start) as f64 / last;
            state.positions += 1;
            state.entries += u64::from(ix + start > 0);
        }
        if let Some(state) = steps.last().and_then(|it| self.state_tallies.get_mut(usize::from(it.to))) {
            state.items += 1;
        }
    }

    fn census(&self) -> Census {
        let mut census = Census {
            items: self.items,
            changes: self.changes,
            state_changes: self.state_changes,
            span: self.span,
            ..Census::default()
        };
        for (State { name, .. }, counted) in
            self.states.iter().zip(&self.state_tallies).filter(|(_, it)| it.positions > 0)
        {
            let state = census.states.entry(name.clone()).or_default();
            state.items = counted.items;
            state.entries = counted.entries;
            state.position_sum = counted.position_sum;
            state.positions = counted.positions;
        }
        for (state, category) in self.hints {
            if census.states.contains_key(state) {
                census.hint(state, *category);
            }
        }
        for (group, items) in (0..).zip(&self.group_items).filter(|(_, items)| **items > 0) {
            census.groups.insert(self.groups.key(group).to_owned(), *items);
        }
        census
    }

    fn counted(self, mapping: Mapping) -> Option<Counted> {
        let counter = self.counter?;
        Some(Counted {
            tally: counter.tally,
            mapping,
            changes: self.changes,
            state_changes: self.state_changes,
            skipped: counter.skipped,
            unreadable: self.unreadable,
            span: self.span,
        })
    }
}

impl Counter<'_> {
    fn place(&mut self, group: u32, groups: &Keys) -> Place {
        if let Some(place) = self.teams[group as usize] {
            return place;
        }
        let place = match (self.team)(self.mapping, groups.key(group)) {
            None => Place::Nowhere,
            Some(name) => {
                let known = self.tally.teams.iter().position(|team| team.name == name);
                Place::Team(known.map_or_else(|| self.tally.add_team(name), |known| known as u32))
            }
        };
        self.teams[group as usize] = Some(place);
        place
    }

    fn count(&mut self, key: &str, created: Instant, team: u32, first_state: u16, steps: &[Step]) {
        let stage = |state: u16| self.stages.get(usize::from(state)).copied().flatten();
        self.history.reset(created, stage(first_state));
        let moves = steps.iter().filter_map(|step| Some(Move { at: step.at, to: stage(step.to)? }));
        self.history.moves.extend(moves);
        self.tally.add(&Item::of(&self.history, &self.tally.workflow), team, key);
    }
}
