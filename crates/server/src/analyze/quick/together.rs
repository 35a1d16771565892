//! Items whose rows stand together: each is counted when its last row was read, and dropped.

use headway_domain::work::LONGEST_TEXT;
use headway_trackers::change_table::fast::Row;

use super::{
    counting::Counting,
    keys::Seen,
    rows::{Facts, Rows, Step},
};

#[derive(Default)]
pub struct Together {
    seen: Seen,
    /// The item whose rows are being read.
    key: String,
    facts: Facts,
    steps: Vec<Step>,
    /// An item came back after others.
    pub is_broken: bool,
}

impl Together {
    #[inline]
    pub fn take(&mut self, row: &Row<'_>, rows: &mut Rows, counting: &mut Counting<'_>) {
        if row.key != self.key {
            self.finish(rows, counting);
            if row.key.len() > LONGEST_TEXT {
                rows.is_unfit = true;
                return;
            }
            if !self.seen.is_new(row.key) {
                self.is_broken = true;
                return;
            }
            self.key.push_str(row.key);
        }
        let said = rows.read(row);
        if let Some(step) = self.facts.add(&said, rows) {
            self.steps.push(step);
        }
    }

    /// Counts the item whose rows were read.
    pub fn finish(&mut self, rows: &Rows, counting: &mut Counting<'_>) {
        if !self.key.is_empty() {
            counting.add(&self.key, &self.facts, &mut self.steps, rows);
        }
        self.key.clear();
        self.facts = Facts::default();
        self.steps.clear();
    }
}
