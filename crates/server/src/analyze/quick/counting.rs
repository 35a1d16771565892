//! Whole items become counts: those a mapping is proposed from, and, once there is a mapping, those of the report.

use headway_domain::{
    time::Instant,
    work::{Category, Census, MOST_CHANGES, Mapping, Oddity, StageIx},
};
use headway_flow::{
    history::{History, Move},
    item::Item,
};

use super::{
    Counted, Way,
    rows::{Facts, NONE, Rows, Step},
};
use crate::analyze::tally::Tally;

/// How a state occurs: see [`headway_domain::work::StateCount`].
#[derive(Clone, Copy, Default)]
struct StateTally {
    items: u64,
    entries: u64,
    position_sum: f64,
    positions: u64,
}

pub struct Counting<'a> {
    states: Vec<StateTally>,
    /// Items by group.
    groups: Vec<u64>,
    items: u64,
    changes: u64,
    state_changes: u64,
    /// The first and the last creation.
    span: (Instant, Instant),
    report: Option<ReportCounts<'a>>,
    /// An item changed more often than is kept of it.
    pub is_unfit: bool,
}

impl<'a> Counting<'a> {
    /// With a mapping, everything is counted that a report needs.
    pub fn new(way: &'a Way<'_>, mapping: Option<&'a Mapping>) -> Self {
        Counting {
            states: Vec::new(),
            groups: Vec::new(),
            items: 0,
            changes: 0,
            state_changes: 0,
            span: (Instant(i64::MAX), Instant(i64::MIN)),
            report: mapping.map(|mapping| ReportCounts::new(way, mapping)),
            is_unfit: false,
        }
    }

    /// Adds a whole item with its steps in the order of the file.
    pub fn add(&mut self, key: &str, facts: &Facts, steps: &mut [Step], rows: &Rows) {
        self.is_unfit |= usize::from(facts.changes) > MOST_CHANGES;
        if !steps.is_sorted_by_key(|it| it.at) {
            steps.sort_by_key(|it| it.at);
        }
        self.items += 1;
        self.changes += u64::from(facts.changes);
        self.state_changes += steps.len() as u64;
        if self.states.len() < rows.states.len() {
            self.states.resize(rows.states.len(), StateTally::default());
        }
        if self.groups.len() < rows.groups.len() {
            self.groups.resize(rows.groups.len(), 0);
        }
        self.groups[facts.group as usize] += 1;
        self.add_path(facts.first_state, steps);
        self.span = (self.span.0.min(facts.created), self.span.1.max(facts.created));
        if let Some(report) = &mut self.report {
            report.add(key, facts, steps, rows);
        }
    }

    /// Counts where each state stands on the item's path.
    fn add_path(&mut self, first: u8, steps: &[Step]) {
        let Some(end) = steps.last() else { return };
        let start = usize::from(first != NONE);
        let last = (steps.len() + start).saturating_sub(1).max(1) as f64;
        if start == 1 {
            self.states[usize::from(first)].positions += 1;
        }
        for (ix, step) in (start..).zip(steps) {
            let state = &mut self.states[usize::from(step.to)];
            state.position_sum += ix as f64 / last;
            state.positions += 1;
            state.entries += u64::from(ix > 0);
        }
        self.states[usize::from(end.to)].items += 1;
    }

    /// The mapping that the counts propose.
    pub fn proposal(&self, rows: &Rows, hints: &[(String, Category)]) -> Mapping {
        let mut census = Census {
            items: self.items,
            changes: self.changes,
            state_changes: self.state_changes,
            ..Census::default()
        };
        for (name, counted) in rows.states.iter().zip(&self.states).filter(|(_, it)| it.positions > 0) {
            let state = census.states.entry(name.to_owned()).or_default();
            state.items = counted.items;
            state.entries = counted.entries;
            state.position_sum = counted.position_sum;
            state.positions = counted.positions;
        }
        for (state, category) in hints {
            if census.states.contains_key(state) {
                census.hint(state, *category);
            }
        }
        for (group, items) in rows.groups.iter().zip(&self.groups).filter(|(_, items)| **items > 0) {
            census.groups.insert(group.to_owned(), *items);
        }
        Mapping::propose(&census)
    }

    /// What the table came to.
    pub fn counted(self, rows: &Rows, mapping: Mapping) -> Option<Counted> {
        let report = self.report?;
        let span = (self.span.0.min(rows.span.0), self.span.1.max(rows.span.1));
        Some(Counted {
            tally: report.tally,
            mapping,
            changes: self.changes,
            state_changes: self.state_changes,
            skipped: report.skipped,
            unreadable: rows.unreadable,
            span: (span.0 <= span.1).then_some(span),
        })
    }
}

/// Where the items of a group go.
#[derive(Clone, Copy)]
enum Place {
    Team(u32),
    Nowhere,
}

/// What a report needs.
struct ReportCounts<'a> {
    tally: Tally,
    mapping: &'a Mapping,
    team: &'a dyn Fn(&Mapping, &str) -> Option<String>,
    /// The stage of each state.
    stages: Vec<Option<StageIx>>,
    /// The states that have none, a bit each.
    unmapped: u64,
    /// The team of each group, once an item of it was counted.
    places: Vec<Option<Place>>,
    history: History,
    skipped: u64,
}

impl<'a> ReportCounts<'a> {
    fn new(way: &'a Way<'_>, mapping: &'a Mapping) -> Self {
        let mut workflow = (way.workflow)(mapping.clone());
        // Nothing that is told of a table needs the gaps in its signs of life.
        workflow.stalled_after_days = 0;
        ReportCounts {
            tally: Tally::new(workflow, way.days),
            mapping,
            team: way.team,
            stages: Vec::new(),
            unmapped: 0,
            places: Vec::new(),
            history: History::default(),
            skipped: 0,
        }
    }

    fn add(&mut self, key: &str, facts: &Facts, steps: &[Step], rows: &Rows) {
        for state in rows.states.iter().skip(self.stages.len()) {
            let stage = self.tally.workflow.stage_of(state);
            self.unmapped |= u64::from(stage.is_none()).checked_shl(self.stages.len() as u32).unwrap_or(0);
            self.stages.push(stage);
        }
        if !facts.has_creation {
            self.tally.note(Oddity::CreationInferred, 1);
        }
        if facts.is_implausible || rows.is_implausible(facts.created) {
            self.tally.note(Oddity::ImplausibleDate, 1);
        }
        if facts.states & self.unmapped != 0 {
            self.tally.note(Oddity::UnmappedState, 1);
        }
        let Place::Team(team) = self.place(facts.group, rows) else {
            self.skipped += 1;
            return;
        };
        let stage = |state: u8| self.stages.get(usize::from(state)).copied().flatten();
        self.history.reset(facts.created, stage(facts.first_state));
        let moves = steps.iter().filter_map(|step| Some(Move { at: step.at, to: stage(step.to)? }));
        self.history.moves.extend(moves);
        self.tally.add(&Item::of(&self.history, &self.tally.workflow), team, key);
    }

    fn place(&mut self, group: u32, rows: &Rows) -> Place {
        if self.places.len() < rows.groups.len() {
            self.places.resize(rows.groups.len(), None);
        }
        if let Some(place) = self.places[group as usize] {
            return place;
        }
        let place = match (self.team)(self.mapping, rows.groups.name(group)) {
            None => Place::Nowhere,
            Some(name) => {
                let known = self.tally.teams.iter().position(|team| team.name == name);
                Place::Team(known.map_or_else(|| self.tally.add_team(name), |known| known as u32))
            }
        };
        self.places[group as usize] = Some(place);
        place
    }
}
