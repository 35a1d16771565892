//! The state that each item of a log was in last, for as many items as memory is set aside for.

use std::collections::HashMap;

use headway_domain::time::Instant;

/// Items of one generation. Two are kept: an item is forgotten when as many others came since its last row.
const GENERATION: usize = 100_000;

/// What an event did to an item's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It left this state (unknown if `None`).
    From(Option<String>),
    /// It stayed in it.
    Same,
}

/// The state that each item was in last.
#[derive(Debug, Default)]
pub(super) struct LastStates {
    young: HashMap<String, (Instant, String)>,
    old: HashMap<String, (Instant, String)>,
}

impl LastStates {
    /// Takes note of an event. The state before is known when the item's last row was not later than this one.
    pub(super) fn step(&mut self, key: &str, state: &str, at: Instant) -> Step {
        if let Some((last_at, last)) = self.young.get_mut(key) {
            return advance(last_at, last, state, at);
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        let (step, entry) = match self.old.remove(key) {
            Some((mut last_at, mut last)) => {
                let step = advance(&mut last_at, &mut last, state, at);
                (step, (last_at, last))
            }
            None => (Step::From(None), (at, state.to_owned())),
        };
        self.young.insert(key.to_owned(), entry);
        step
    }
}

fn advance(last_at: &mut Instant, last: &mut String, state: &str, at: Instant) -> Step {
    let in_order = *last_at <= at;
    *last_at = at;
    if last == state {
        return Step::Same;
    }
    let before = std::mem::replace(last, state.to_owned());
    Step::From(in_order.then_some(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_interleaved_items() {
        let mut last = LastStates::default();
        let from = |text: &str| Step::From(Some(text.to_owned()));
        assert_eq!(last.step("1", "New", Instant(1)), Step::From(None));
        assert_eq!(last.step("2", "New", Instant(2)), Step::From(None));
        assert_eq!(last.step("1", "Active", Instant(3)), from("New"));
        assert_eq!(last.step("1", "Active", Instant(4)), Step::Same);
        assert_eq!(last.step("2", "Closed", Instant(1)), Step::From(None), "rows run backwards");
    }
}
