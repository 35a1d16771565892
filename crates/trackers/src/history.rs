//! The changes of one item, put in order: what every tool's history needs.

use headway_domain::work::{Change, Field, Oddity};

use crate::lenient::Stamp;

/// Between the values of a field that holds several.
pub(crate) const SEPARATOR: &str = "\u{1f}";

/// Gathers the changes of one item in the tool's order.
#[derive(Debug, Default)]
pub(crate) struct History {
    changes: Vec<Change>,
    offset: Option<i32>,
    oddities: Vec<Oddity>,
}

impl History {
    /// Takes note of an instant of the item, such as its creation, for the offsets it is written with.
    pub(crate) fn see(&mut self, stamp: Stamp) {
        match (self.offset, stamp.offset) {
            (Some(first), Some(offset)) if first != offset => self.note(Oddity::MixedOffsets),
            (None, offset) => self.offset = offset,
            _ => {}
        }
    }

    /// Adds a change; one from a value to the same value is dropped.
    pub(crate) fn push(&mut self, stamp: Stamp, field: Field, from: Option<String>, to: Option<String>) {
        self.see(stamp);
        if from == to {
            self.note(Oddity::NoOpChange);
        } else {
            self.changes.push(Change { at: stamp.at, field, from, to });
        }
    }

    /// Adds a sign of life; several at one instant are one.
    pub(crate) fn activity(&mut self, stamp: Stamp) {
        self.see(stamp);
        let change = Change { at: stamp.at, field: Field::Activity, from: None, to: None };
        if self.changes.last() != Some(&change) {
            self.changes.push(change);
        }
    }

    /// Takes note of something odd.
    pub(crate) fn note(&mut self, oddity: Oddity) {
        if !self.oddities.contains(&oddity) {
            self.oddities.push(oddity);
        }
    }

    /// The changes so far, in the tool's order.
    pub(crate) fn changes_mut(&mut self) -> &mut Vec<Change> {
        &mut self.changes
    }

    /// The changes, oldest first, those of one instant in the tool's order, and what was odd.
    pub(crate) fn finish(mut self) -> (Vec<Change>, Vec<Oddity>) {
        self.changes.sort_by_key(|change| change.at);
        self.changes.dedup_by(|b, a| b.field == Field::Activity && a == b);
        (self.changes, self.oddities)
    }
}

/// Several values of a field as one text; `None` when there are none.
pub(crate) fn join<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let text = values.into_iter().collect::<Vec<_>>().join(SEPARATOR);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lenient::stamp;

    #[test]
    fn changes_are_sorted_and_idle_ones_dropped() {
        let at = |text| stamp(text).unwrap();
        let some = |text: &str| Some(text.to_owned());
        let mut history = History::default();
        history.push(at("2024-03-05T08:00:00+0100"), Field::State, some("b"), some("c"));
        history.push(at("2024-03-04T08:00:00+0000"), Field::State, some("a"), some("b"));
        history.push(at("2024-03-04T08:00:00+0000"), Field::State, some("b"), some("b"));
        history.activity(at("2024-03-04T08:00:00+0000"));
        history.activity(at("2024-03-04T08:00:00+0000"));
        let (changes, oddities) = history.finish();
        let steps: Vec<_> = changes.iter().map(|it| it.to.as_deref().unwrap_or("-")).collect();
        assert_eq!(steps, ["b", "-", "c"]);
        assert_eq!(oddities, [Oddity::MixedOffsets, Oddity::NoOpChange]);
    }
}
