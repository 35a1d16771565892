//! From the dates on which an item entered its stages to its changes of state.

use headway_domain::{
    time::Instant,
    work::{Change, Field},
};

/// An item entered a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) stage: String,
    pub(crate) at: Instant,
}

/// What an item's visits make of its history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) changes: Vec<Change>,
    /// Some stage is entered after the last one was.
    pub(crate) ends_too_early: bool,
}

impl Path {
    /// The path through `visits`, which stand in the order of the stages. The last is where the item is: what is
    /// dated later than it did not happen in this order and is left out, so that its time is not counted. With
    /// `first_is_creation` the item was created in the first stage; otherwise it came into it from nowhere.
    ///
    /// Dates without time are all at the start of their day: stages of one day are kept apart by a microsecond,
    /// so that their order stays.
    pub(crate) fn of(mut visits: Vec<Visit>, first_is_creation: bool) -> Self {
        let Some(end) = visits.last().map(|it| it.at) else { return Path::default() };
        let all = visits.len();
        // The creation stays: it is known in any case.
        let mut is_creation = first_is_creation;
        visits.retain(|visit| std::mem::take(&mut is_creation) || visit.at <= end);
        let ends_too_early = visits.len() < all || visits.first().is_some_and(|it| it.at > end);
        let start = usize::from(first_is_creation);
        visits.get_mut(start..).unwrap_or_default().sort_by_key(|visit| visit.at);
        let mut changes: Vec<Change> = Vec::with_capacity(visits.len());
        let mut before: Option<Visit> = None;
        for mut visit in visits {
            if let Some(before) = before.as_ref().filter(|it| !ends_too_early && it.at >= visit.at) {
                visit.at = Instant(before.at.0.saturating_add(1));
            }
            if before.is_some() || !first_is_creation {
                changes.push(Change {
                    at: visit.at,
                    field: Field::State,
                    from: before.map(|it| it.stage),
                    to: Some(visit.stage.clone()),
                });
            }
            before = Some(visit);
        }
        Path { changes, ends_too_early }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(visits: &[(&str, i64)], first_is_creation: bool) -> (Vec<(String, i64)>, bool) {
        let visits = visits.iter().map(|(stage, at)| Visit { stage: (*stage).to_owned(), at: Instant(*at) });
        let path = Path::of(visits.collect(), first_is_creation);
        (path.changes.into_iter().map(|it| (it.to.unwrap(), it.at.0)).collect(), path.ends_too_early)
    }

    fn steps(steps: &[(&str, i64)]) -> Vec<(String, i64)> {
        steps.iter().map(|(stage, at)| ((*stage).to_owned(), *at)).collect()
    }

    #[test]
    fn the_usual_ways() {
        assert_eq!(path(&[("a", 1), ("b", 5), ("c", 9)], true), (steps(&[("b", 5), ("c", 9)]), false));
        assert_eq!(path(&[("a", 1)], false), (steps(&[("a", 1)]), false));
        assert_eq!(path(&[("a", 1)], true), (vec![], false));
        assert_eq!(path(&[], true), (vec![], false));
    }

    #[test]
    fn stages_of_one_day_stay_in_order() {
        assert_eq!(path(&[("a", 1), ("b", 1), ("c", 1)], true), (steps(&[("b", 2), ("c", 3)]), false));
    }

    #[test]
    fn what_is_later_than_the_end_did_not_happen() {
        assert_eq!(path(&[("a", 1), ("b", 9), ("c", 5)], true), (steps(&[("c", 5)]), true));
        assert_eq!(path(&[("a", 7), ("c", 5)], true), (steps(&[("c", 5)]), true));
        assert_eq!(
            path(&[("a", 1), ("b", 4), ("c", 2), ("d", 8)], true),
            (steps(&[("c", 2), ("b", 4), ("d", 8)]), false)
        );
    }

    proptest! {
        #[test]
        fn changes_are_ordered_and_chained(days in prop::collection::vec(0..6_i64, 0..8), first in any::<bool>()) {
            let visits = days.iter().enumerate();
            let visits = visits.map(|(ix, at)| Visit { stage: ix.to_string(), at: Instant(*at) }).collect();
            let path = Path::of(visits, first);
            for pair in path.changes.windows(2) {
                prop_assert!(path.ends_too_early || pair[0].at < pair[1].at);
                prop_assert_eq!(&pair[0].to, &pair[1].from);
            }
            if let (Some(last), Some(stage)) = (path.changes.last(), days.len().checked_sub(1)) {
                prop_assert_eq!(last.to.clone(), Some(stage.to_string()));
            }
        }
    }
}
