//! Items whose rows stand anywhere, as small as a million of them have to be.

use headway_domain::{time::Instant, work::LONGEST_TEXT};
use headway_trackers::change_table::fast::Row;

use super::{
    counting::Counting,
    keys::Places,
    names::{LONGEST_MARKED, Mark},
    rows::{Facts, MOST_STATES, Rows, Said, Step},
};

/// Rows that wait for their items together: memory answers many questions at once as fast as one.
const BATCH: usize = 128;
/// Steps that stand with their item; most items have no more.
const FIRST: usize = 8;
/// Further steps that stand together.
const MORE: usize = 7;

#[derive(Default)]
pub struct Scattered {
    places: Places,
    items: Vec<Stored>,
    /// The first steps of each item.
    steps: Vec<First>,
    more: Vec<More>,
    /// The text of long keys, one after the other.
    long: String,
    waiting: Vec<Waiting>,
    /// An item's rows do not stand together.
    pub is_mixed: bool,
    last_item: u32,
}

/// An item: one line of the processor's cache, so that a row costs one look into memory.
#[repr(align(64))]
struct Stored {
    /// Its key, or, where that is long, its start in the text of long keys.
    key: [u64; 2],
    key_length: u16,
    /// How many steps there are.
    count: u16,
    /// Where the last of further steps are, plus one.
    more: u32,
    facts: Facts,
}

/// The first steps of an item.
#[repr(align(64))]
struct First([Packed; FIRST]);

/// Further steps of an item.
struct More {
    steps: [Packed; MORE],
    /// Where those before them are, plus one.
    before: u32,
}

/// A step: its instant, and its state in the lowest bits.
#[derive(Clone, Copy, Default)]
struct Packed(i64);

/// Bits of a state: instants keep four thousand years.
const STATE_BITS: u32 = MOST_STATES.ilog2();

impl Packed {
    fn new(step: Step) -> Self {
        Packed((step.at.0 << STATE_BITS) | i64::from(step.to))
    }

    fn step(self) -> Step {
        Step { at: Instant(self.0 >> STATE_BITS), to: (self.0 & (MOST_STATES as i64 - 1)) as u8 }
    }
}

/// A row with a short key that was not added to its item yet.
struct Waiting {
    mark: Mark,
    hash: u64,
    /// The number of the item, plus one: first a likely one, then one that is right or 0.
    item: u32,
    said: Said,
}

impl Scattered {
    #[inline]
    pub fn take(&mut self, row: &Row<'_>, rows: &mut Rows) {
        let mark = Mark::of(row.key.as_bytes());
        let hash = Places::hash(row.key);
        let said = rows.read(row);
        if mark.is_whole() {
            self.waiting.push(Waiting { mark, hash, item: 0, said });
            if self.waiting.len() == BATCH {
                self.finish(rows);
            }
        } else {
            self.take_long(row.key, hash, &said, rows);
        }
    }

    fn take_long(&mut self, key: &str, hash: u64, said: &Said, rows: &mut Rows) {
        self.finish(rows);
        if key.len() > LONGEST_TEXT {
            rows.is_unfit = true;
            return;
        }
        let is = |it: u32| self.long_key(&self.items[it as usize]) == Some(key);
        let item = self.places.find(hash, is).unwrap_or_else(|| {
            let start = self.long.len() as u64;
            self.long.push_str(key);
            self.add_item([start, 0], key.len() as u16, hash)
        });
        self.add(item, said, rows);
    }

    /// Adds the rows that wait to their items.
    pub fn finish(&mut self, rows: &mut Rows) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for row in &mut waiting {
            row.item = self.places.likely(row.hash).map_or(0, |it| it + 1);
        }
        for row in &mut waiting {
            let is_right = row.item.checked_sub(1).is_some_and(|it| self.items[it as usize].is(row.mark));
            row.item *= u32::from(is_right);
        }
        for row in &waiting {
            let item = row.item.checked_sub(1).unwrap_or_else(|| {
                let known = self.places.find(row.hash, |it| self.items[it as usize].is(row.mark));
                known.unwrap_or_else(|| self.add_item(row.mark.words, row.mark.length as u16, row.hash))
            });
            self.add(item, &row.said, rows);
        }
        waiting.clear();
        self.waiting = waiting;
    }

    fn add_item(&mut self, key: [u64; 2], key_length: u16, hash: u64) -> u32 {
        let number = self.places.add(hash, |it| {
            let mut text = [0; LONGEST_MARKED];
            Places::hash(key_of(&self.items[it as usize], &self.long, &mut text))
        });
        self.items.push(Stored { key, key_length, count: 0, more: 0, facts: Facts::default() });
        self.steps.push(First([Packed::default(); FIRST]));
        number
    }

    #[inline]
    fn add(&mut self, number: u32, said: &Said, rows: &mut Rows) {
        self.is_mixed |= number < self.last_item;
        self.last_item = number;
        let item = &mut self.items[number as usize];
        let Some(step) = item.facts.add(said, rows) else { return };
        let count = usize::from(item.count);
        match self.steps[number as usize].0.get_mut(count) {
            Some(place) => *place = Packed::new(step),
            None => {
                let place = (count - FIRST) % MORE;
                if place == 0 {
                    self.more.push(More { steps: [Packed::default(); MORE], before: item.more });
                    item.more = self.more.len() as u32;
                }
                self.more[item.more as usize - 1].steps[place] = Packed::new(step);
            }
        }
        match item.count.checked_add(1) {
            Some(count) => item.count = count,
            None => rows.is_unfit = true,
        }
    }

    /// Counts all items.
    pub fn count(&self, rows: &Rows, counting: &mut Counting<'_>) {
        let mut steps = Vec::new();
        for (item, first) in self.items.iter().zip(&self.steps) {
            self.collect(item, first, &mut steps);
            let mut text = [0; LONGEST_MARKED];
            counting.add(key_of(item, &self.long, &mut text), &item.facts, &mut steps, rows);
        }
    }

    /// The steps of an item, in the order of the file.
    fn collect(&self, item: &Stored, first: &First, steps: &mut Vec<Step>) {
        steps.clear();
        let count = usize::from(item.count);
        steps.extend(first.0[..count.min(FIRST)].iter().map(|it| it.step()));
        steps.resize(count, Step { at: Instant(0), to: 0 });
        let (mut end, mut more) = (count, item.more);
        while let Some(at) = more.checked_sub(1) {
            let page = &self.more[at as usize];
            let start = end - ((end - FIRST - 1) % MORE + 1);
            for (step, packed) in steps[start..end].iter_mut().zip(&page.steps) {
                *step = packed.step();
            }
            (end, more) = (start, page.before);
        }
    }

    fn long_key(&self, item: &Stored) -> Option<&str> {
        (usize::from(item.key_length) > LONGEST_MARKED).then(|| key_in(item, &self.long))
    }
}

impl Stored {
    #[inline]
    fn is(&self, mark: Mark) -> bool {
        self.key == mark.words && u32::from(self.key_length) == mark.length
    }
}

fn key_of<'a>(item: &Stored, long: &'a str, text: &'a mut [u8; LONGEST_MARKED]) -> &'a str {
    let mark = Mark { words: item.key, length: u32::from(item.key_length) };
    mark.text(text).unwrap_or_else(|| key_in(item, long))
}

fn key_in<'a>(item: &Stored, long: &'a str) -> &'a str {
    let start = item.key[0] as usize;
    long.get(start..start + usize::from(item.key_length)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use headway_domain::work::Field;
    use headway_trackers::change_table::fast::Change;

    use super::*;

    #[test]
    fn an_item_is_one_line_of_the_cache() {
        assert_eq!((size_of::<Stored>(), size_of::<First>()), (64, 64));
    }

    #[test]
    fn steps_come_back_in_their_order() {
        let (mut rows, mut items) = (Rows::new(Instant(1 << 50)), Scattered::default());
        let key = |item: i64| {
            if item % 5 == 0 { format!("a key that is longer, {item}") } else { format!("K-{item}") }
        };
        // Item n has n steps, spread over the table.
        for round in 0..60 {
            for item in round..60 {
                let change = Change {
                    at: Instant(round * 1_000 + item),
                    field: Field::State,
                    from: None,
                    to: Some(format!("S{}", round % 9).into()),
                };
                let key = key(item);
                let row = Row { key: &key, created_at: None, group: Some("A"), change: Some(change) };
                items.take(&row, &mut rows);
            }
        }
        items.finish(&mut rows);
        assert!(!rows.is_unfit && items.is_mixed);
        let mut steps = Vec::new();
        for (number, (item, first)) in (0..).zip(items.items.iter().zip(&items.steps)) {
            assert_eq!(key_of(item, &items.long, &mut [0; LONGEST_MARKED]), key(number));
            items.collect(item, first, &mut steps);
            let told: Vec<(i64, u8)> = steps.iter().map(|it| (it.at.0, it.to)).collect();
            let expected: Vec<(i64, u8)> =
                (0..=number).map(|round| (round * 1_000 + number, (round % 9) as u8)).collect();
            assert_eq!(told, expected);
        }
    }
}
