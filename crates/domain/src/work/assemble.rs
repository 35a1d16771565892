//! From what a tracker tells to a history that can be trusted: in order, without changes that change nothing, with
//! a beginning, and with everything odd about it named.

use crate::{
    time::Instant,
    work::{Change, Field, HistoryExtent, ItemRecord, Oddity, Problem},
};

/// The longest text that is kept of a title, a name or a value.
pub const LONGEST_TEXT: usize = 1_000;

/// The most changes that are kept of one item: the newest ones.
pub const MOST_CHANGES: usize = 20_000;

impl ItemRecord {
    /// Puts the history in order. What comes out has a date of creation, a state, and changes sorted by time in
    /// which every change changes something.
    ///
    /// `now` tells dates in the future; an item without any date is refused.
    pub fn assemble(mut self, now: Instant) -> Result<(ItemRecord, Vec<Oddity>), Problem> {
        let mut oddities = Vec::new();
        if self.key.is_empty() {
            return Err(Problem { key: None, reason: "the item has no key".to_owned() });
        }
        if self.cut_texts() {
            oddities.push(Oddity::TextCut);
        }

        // Stable: changes of one instant keep the tracker's order.
        self.changes.sort_by_key(|change| change.at);
        let before = self.changes.len();
        // "Something happened" has no values; every other change must change its value.
        self.changes.retain(|change| change.field == Field::Activity || change.from != change.to);
        if self.changes.len() < before {
            oddities.push(Oddity::NoOpChange);
        }
        if self.changes.len() > MOST_CHANGES {
            self.changes.drain(..self.changes.len() - MOST_CHANGES);
            self.extent = Some(HistoryExtent::Partial);
            oddities.push(Oddity::HistoryTruncated);
        }

        let first_change = self.changes.first().map(|change| change.at);
        let Some(created_at) = self.created_at.or(first_change).or(self.closed_at) else {
            let reason = if self.title.is_none() && self.state.is_none() && !self.links.is_empty() {
                "only links of this item are here; import the items themselves together with their links"
            } else {
                "the item has no date at all: neither creation nor closing nor a change"
            };
            return Err(Problem { key: Some(self.key), reason: reason.to_owned() });
        };
        if self.created_at.is_none() {
            oddities.push(Oddity::CreationInferred);
        }
        self.created_at = Some(created_at);

        let moves: Vec<&Change> = self.changes.iter().filter(|change| change.field == Field::State).collect();
        let last_to = moves.last().and_then(|change| change.to.clone());
        let extent = if moves.is_empty() { HistoryExtent::None } else { HistoryExtent::Complete };
        self.extent = Some(self.extent.unwrap_or(extent));
        match (&self.state, last_to) {
            (Some(state), Some(last)) if *state != last => oddities.push(Oddity::HistoryIncomplete),
            (None, last) => self.state = last,
            _ => {}
        }

        let earliest = Instant(0);
        let tomorrow = Instant(now.0.saturating_add(crate::time::MICROS_PER_DAY));
        let dates =
            [Some(created_at), self.closed_at, first_change, self.changes.last().map(|change| change.at)];
        if dates.into_iter().flatten().any(|at| at < earliest || at > tomorrow) {
            oddities.push(Oddity::ImplausibleDate);
        }
        if self.closed_at.is_some_and(|closed| closed < created_at) {
            oddities.push(Oddity::FinishBeforeStart);
        }
        Ok((self, oddities))
    }

    fn cut_texts(&mut self) -> bool {
        fn cut(text: &mut String) -> bool {
            // A zero character is not text to PostgreSQL.
            let had_zero = text.contains('\0');
            if had_zero {
                text.retain(|c| c != '\0');
            }
            let too_long = text.len() > LONGEST_TEXT;
            if too_long {
                let end = (0..=LONGEST_TEXT).rev().find(|ix| text.is_char_boundary(*ix)).unwrap_or(0);
                text.truncate(end);
            }
            had_zero || too_long
        }
        let mut was_cut = cut(&mut self.key);
        let attributes = [
            &mut self.label,
            &mut self.title,
            &mut self.kind,
            &mut self.group,
            &mut self.state,
            &mut self.resolution,
            &mut self.parent,
            &mut self.priority,
            &mut self.url,
            &mut self.assignee,
        ];
        for text in attributes.into_iter().flatten().chain(&mut self.labels).chain(&mut self.iterations) {
            was_cut |= cut(text);
        }
        for link in &mut self.links {
            was_cut |= cut(&mut link.to);
        }
        for change in &mut self.changes {
            for text in [&mut change.from, &mut change.to].into_iter().flatten() {
                was_cut |= cut(text);
            }
        }
        was_cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{Link, LinkKind};

    const NOW: Instant = Instant(1_700_000_000_000_000);

    fn state(at: i64, from: &str, to: &str) -> Change {
        Change { at: Instant(at), field: Field::State, from: Some(from.to_owned()), to: Some(to.to_owned()) }
    }

    fn record(changes: Vec<Change>) -> ItemRecord {
        ItemRecord { key: "A".to_owned(), changes, ..ItemRecord::default() }
    }

    #[test]
    fn changes_come_in_order_and_change_something() {
        let (item, oddities) =
            record(vec![state(30, "Doing", "Done"), state(10, "Open", "Doing"), state(20, "Doing", "Doing")])
                .assemble(NOW)
                .unwrap();
        assert_eq!(item.changes, [state(10, "Open", "Doing"), state(30, "Doing", "Done")]);
        assert_eq!(item.state.as_deref(), Some("Done"));
        assert_eq!(oddities, [Oddity::NoOpChange, Oddity::CreationInferred]);
    }

    #[test]
    fn an_item_without_any_date_is_refused() {
        assert_eq!(record(vec![]).assemble(NOW).unwrap_err().key.as_deref(), Some("A"));
        let mut item = record(vec![]);
        item.links.push(Link { kind: LinkKind::Blocks, to: "B".to_owned() });
        assert!(item.assemble(NOW).unwrap_err().reason.starts_with("only links of this item"));
    }

    #[test]
    fn a_history_that_does_not_lead_to_the_state_is_named() {
        let mut item = record(vec![state(10, "Open", "Doing")]);
        item.state = Some("Done".to_owned());
        item.created_at = Some(Instant(5));
        assert_eq!(item.assemble(NOW).unwrap().1, [Oddity::HistoryIncomplete]);
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let mut item = record(vec![state(10, "Open", "Doing")]);
        item.created_at = Some(Instant(5));
        item.title = Some("ä".repeat(LONGEST_TEXT));
        let (item, oddities) = item.assemble(NOW).unwrap();
        assert_eq!(item.title.unwrap().len(), LONGEST_TEXT);
        assert_eq!(oddities, [Oddity::TextCut]);
    }
}
