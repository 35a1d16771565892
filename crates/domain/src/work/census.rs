//! What a file holds, counted before anything is stored: the base of the proposed mapping.

use std::collections::BTreeMap;

use crate::{
    time::Instant,
    work::{Category, Field, ItemRecord},
};

/// How one state occurs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateCount {
    /// Items that are in it now.
    pub items: u64,
    /// Changes into it.
    pub entries: u64,
    /// Sum of its positions in the items' histories, each from 0 (first) to 1 (last); the mean orders the stages.
    pub position_sum: f64,
    /// How many positions were added.
    pub positions: u64,
    /// Items in it now that have a resolution or a closing date.
    pub closed_items: u64,
    /// What the tracker itself says of it.
    pub hint: Option<Category>,
}

/// Counts over all items of an import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Census {
    /// Items.
    pub items: u64,
    /// Changes of any field.
    pub changes: u64,
    /// Changes of state.
    pub state_changes: u64,
    /// By state.
    pub states: BTreeMap<String, StateCount>,
    /// Items by the tracker's type.
    pub kinds: BTreeMap<String, u64>,
    /// Items by project, board or component.
    pub groups: BTreeMap<String, u64>,
    /// Items by resolution.
    pub resolutions: BTreeMap<String, u64>,
    /// Values that the impediment flag took.
    pub flags: BTreeMap<String, u64>,
    /// Labels, at most [`Census::MOST_LABELS`] different ones.
    pub labels: BTreeMap<String, u64>,
    /// Iterations, deployments and commits.
    pub iterations: u64,
    /// Deployments.
    pub deployments: u64,
    /// Commits.
    pub commits: u64,
    /// The first and the last instant seen.
    pub span: Option<(Instant, Instant)>,
}

impl Census {
    /// How many different labels (and groups, kinds, states) are counted, so that memory stays bounded whatever
    /// a file holds.
    pub const MOST_LABELS: usize = 2_000;

    /// Counts one whole item.
    pub fn add(&mut self, item: &ItemRecord) {
        fn bump(counts: &mut BTreeMap<String, u64>, name: &str) {
            if let Some(count) = counts.get_mut(name) {
                *count += 1;
            } else if counts.len() < Census::MOST_LABELS {
                counts.insert(name.to_owned(), 1);
            }
        }
        self.items += 1;
        self.changes += item.changes.len() as u64;
        bump(&mut self.kinds, item.kind.as_deref().unwrap_or_default());
        bump(&mut self.groups, item.group.as_deref().unwrap_or_default());
        if let Some(resolution) = &item.resolution {
            bump(&mut self.resolutions, resolution);
        }
        for label in &item.labels {
            bump(&mut self.labels, label);
        }
        for instant in item.created_at.iter().chain(&item.closed_at).chain(item.changes.iter().map(|c| &c.at))
        {
            let (first, last) = self.span.unwrap_or((*instant, *instant));
            self.span = Some((first.min(*instant), last.max(*instant)));
        }

        // The path of states, the one before the first change included.
        let moves: Vec<_> = item.changes.iter().filter(|change| change.field == Field::State).collect();
        self.state_changes += moves.len() as u64;
        let first = moves.first().map_or(item.state.as_ref(), |first| first.from.as_ref());
        let path: Vec<&String> =
            first.into_iter().chain(moves.iter().filter_map(|change| change.to.as_ref())).collect();
        let last = path.len().saturating_sub(1).max(1) as f64;
        for (ix, state) in path.iter().enumerate() {
            if let Some(count) = self.state(state) {
                count.position_sum += ix as f64 / last;
                count.positions += 1;
                count.entries += u64::from(ix > 0);
            }
        }
        if let Some(state) = &item.state {
            let closed = item.resolution.is_some() || item.closed_at.is_some();
            if let Some(count) = self.state(state) {
                count.items += 1;
                count.closed_items += u64::from(closed);
            }
        }
        for change in item.changes.iter().filter(|change| change.field == Field::Flag) {
            if let Some(value) = &change.to {
                bump(&mut self.flags, value);
            }
        }
    }

    /// Notes what the tracker itself says of a state.
    pub fn hint(&mut self, state: &str, category: Category) {
        if let Some(count) = self.state(state) {
            count.hint = Some(category);
        }
    }

    fn state(&mut self, name: &str) -> Option<&mut StateCount> {
        if !self.states.contains_key(name) {
            if self.states.len() >= Census::MOST_LABELS {
                return None;
            }
            self.states.insert(name.to_owned(), StateCount::default());
        }
        self.states.get_mut(name)
    }
}
