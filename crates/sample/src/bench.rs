//! Synthetic tables of changes of any size, for benchmarks.
//!
//! A row is one change of state: `item,team,type,created,at,from,to`. The histories are simpler than those of
//! the simulated teams (no calendar, no limits), so that tens of millions of rows are written in seconds.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{self, Write},
};

use headway_domain::time::Day;

use crate::{
    dice::Dice,
    process::{Kind, Step},
};

/// The head of the table.
pub const HEAD: &str = "item,team,type,created,at,from,to";

/// Days over which the items are created.
const DAYS: i32 = 1_096;
const DAY: u32 = 86_400;
/// No item changes more often than this.
const MOST: usize = 24;

/// A table of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// How many items; each has 8.3 changes in the mean.
    pub items: u64,
    /// Among how many teams they are spread; at least 1.
    pub teams: u32,
    /// The day before which everything happens.
    pub until: Day,
    /// The seed.
    pub seed: u64,
}

/// In which order rows stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All rows of an item together, items by their creation.
    ByItem,
    /// By the time of the change.
    ByTime,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows, the head not counted.
    pub rows: u64,
    /// Bytes, the head included.
    pub bytes: u64,
}

/// The history of one item: seconds since the first day, and states.
#[derive(Clone)]
struct Path {
    item: u64,
    team: u32,
    kind: Kind,
    created: u32,
    at: [u32; MOST],
    to: [Step; MOST],
    length: usize,
    next: usize,
}

impl Changes {
    /// Writes the table, head first.
    pub fn write(&self, order: Order, out: &mut impl Write) -> io::Result<Written> {
        let mut table = Table::new(self.until.plus(-DAYS), out);
        table.write_head();
        let mut dice = Dice::new(self.seed, 0);
        match order {
            Order::ByItem => {
                for item in 0..self.items {
                    let mut path = self.path(item, &mut dice);
                    while path.next < path.length {
                        table.write_row(&path)?;
                        path.next += 1;
                    }
                }
            }
            Order::ByTime => self.write_by_time(&mut dice, &mut table)?,
        }
        table.flush()?;
        Ok(table.written)
    }

    /// Only the items that are open at one time are in memory.
    fn write_by_time(&self, dice: &mut Dice, table: &mut Table<impl Write>) -> io::Result<()> {
        let mut open: Vec<Path> = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        let mut queue: BinaryHeap<Reverse<(u32, u64, usize)>> = BinaryHeap::new();
        let mut item = 0;
        loop {
            // Everything before the next item's creation can be written.
            let created = if item < self.items { self.created(item) } else { u32::MAX };
            while let Some(Reverse((at, number, place))) = queue.peek().copied() {
                if at > created {
                    break;
                }
                queue.pop();
                let path = &mut open[place];
                table.write_row(path)?;
                path.next += 1;
                if path.next < path.length {
                    queue.push(Reverse((path.at[path.next], number, place)));
                } else {
                    free.push(place);
                }
            }
            if item == self.items {
                return Ok(());
            }
            let path = self.path(item, dice);
            if path.length > 0 {
                let first = path.at[0];
                let place = match free.pop() {
                    Some(place) => {
                        open[place] = path;
                        place
                    }
                    None => {
                        open.push(path);
                        open.len() - 1
                    }
                };
                queue.push(Reverse((first, item, place)));
            }
            item += 1;
        }
    }

    /// Items are created at an even rate.
    fn created(&self, item: u64) -> u32 {
        let span = u64::from(DAY) * u64::from(DAYS.unsigned_abs());
        (u128::from(span) * u128::from(item) / u128::from(self.items.max(1))) as u32
    }

    fn path(&self, item: u64, dice: &mut Dice) -> Path {
        let end = DAY * DAYS.unsigned_abs();
        let kind = Kind::ALL[dice.weighted(&[0.55, 0.25, 0.14, 0.06])];
        let team = dice.below(self.teams.max(1) as usize) as u32;
        let created = self.created(item);
        let mut path =
            Path { item, team, kind, created, at: [0; MOST], to: [Step::Backlog; MOST], length: 0, next: 0 };
        let (mut now, mut step) = (created, Step::Backlog);
        while path.length < MOST {
            let Some((to, days)) = follow(step, dice) else { break };
            now = now.saturating_add(1 + (dice.exponential(days) * f64::from(DAY)) as u32);
            if now >= end {
                break;
            }
            path.at[path.length] = now;
            path.to[path.length] = to;
            path.length += 1;
            step = to;
        }
        path
    }
}

/// Where an item goes from a state, and after how many days in the mean.
fn follow(step: Step, dice: &mut Dice) -> Option<(Step, f64)> {
    let roll = dice.unit();
    Some(match step {
        Step::Backlog if roll < 0.05 => (Step::Cancelled, 40.0),
        Step::Backlog if roll < 0.115 => (Step::Done, 15.0),
        Step::Backlog => (Step::Selected, 14.0),
        Step::Selected if roll < 0.22 => (Step::Development, 3.0),
        Step::Selected => (Step::Analysis, 3.0),
        Step::Analysis if roll < 0.03 => (Step::Backlog, 1.0),
        Step::Analysis => (Step::Development, 1.2),
        Step::Development => (Step::ReadyForReview, 2.5),
        Step::ReadyForReview => (Step::Review, 0.8),
        Step::Review if roll < 0.153 => (Step::Development, 0.4),
        Step::Review => (Step::ReadyForTest, 0.4),
        Step::ReadyForTest => (Step::Test, 1.0),
        Step::Test if roll < 0.14 => (Step::Development, 0.7),
        Step::Test => (Step::Done, 0.7),
        Step::Done if roll < 0.03 => (Step::Development, 6.0),
        Step::Done | Step::Cancelled => return None,
    })
}

/// Writes rows, with as little work a row as possible.
struct Table<'a, W: Write> {
    out: &'a mut W,
    buffer: Vec<u8>,
    /// Dates as text, from the first day on.
    dates: Vec<[u8; 10]>,
    written: Written,
}

impl<'a, W: Write> Table<'a, W> {
    fn new(first: Day, out: &'a mut W) -> Self {
        let dates = first
            .through(first.plus(DAYS))
            .map(|day| {
                let mut text = [b'0'; 10];
                let written = day.to_string();
                let length = written.len().min(10);
                text[..length].copy_from_slice(&written.as_bytes()[..length]);
                text
            })
            .collect();
        Table { out, buffer: Vec::with_capacity(1 << 17), dates, written: Written::default() }
    }

    fn write_head(&mut self) {
        self.buffer.extend_from_slice(HEAD.as_bytes());
        self.buffer.push(b'\n');
    }

    fn write_row(&mut self, path: &Path) -> io::Result<()> {
        let from = if path.next == 0 { Step::Backlog } else { path.to[path.next - 1] };
        self.buffer.extend_from_slice(b"ITEM-");
        self.push_number(path.item + 1);
        self.buffer.extend_from_slice(b",Team ");
        self.push_number(u64::from(path.team) + 1);
        self.buffer.push(b',');
        self.buffer.extend_from_slice(path.kind.name().as_bytes());
        self.buffer.push(b',');
        self.push_instant(path.created);
        self.buffer.push(b',');
        self.push_instant(path.at[path.next]);
        self.buffer.push(b',');
        self.buffer.extend_from_slice(from.name().as_bytes());
        self.buffer.push(b',');
        self.buffer.extend_from_slice(path.to[path.next].name().as_bytes());
        self.buffer.push(b'\n');
        self.written.rows += 1;
        if self.buffer.len() > (1 << 16) {
            self.flush()?;
        }
        Ok(())
    }

    fn push_number(&mut self, mut number: u64) {
        let mut digits = [0_u8; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.buffer.extend_from_slice(&digits[first..]);
    }

    fn push_instant(&mut self, seconds: u32) {
        let date = self.dates[(seconds / DAY) as usize];
        let (hour, minute, second) = (seconds % DAY / 3_600, seconds % 3_600 / 60, seconds % 60);
        let two = |n: u32| [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        self.buffer.extend_from_slice(&date);
        for (mark, part) in [(b'T', hour), (b':', minute), (b':', second)] {
            self.buffer.push(mark);
            self.buffer.extend_from_slice(&two(part));
        }
        self.buffer.push(b'Z');
    }

    fn flush(&mut self) -> io::Result<()> {
        self.written.bytes += self.buffer.len() as u64;
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(items: u64, order: Order) -> (String, Written) {
        let changes = Changes { items, teams: 5, until: "2026-11-24".parse().unwrap(), seed: 9 };
        let mut out = Vec::new();
        let written = changes.write(order, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), written)
    }

    #[test]
    fn an_item_changes_eight_times_in_the_mean() {
        let (text, written) = table(20_000, Order::ByItem);
        let mean = written.rows as f64 / 20_000.0;
        assert!((8.2..8.4).contains(&mean), "{mean}");
        assert_eq!(text.lines().count() as u64, written.rows + 1);
        assert_eq!(text.len() as u64, written.bytes);
    }

    #[test]
    fn both_orders_hold_the_same_rows() {
        let (by_item, _) = table(500, Order::ByItem);
        let (by_time, _) = table(500, Order::ByTime);
        let times: Vec<&str> = by_time.lines().skip(1).filter_map(|row| row.split(',').nth(4)).collect();
        assert!(times.is_sorted());
        let (mut a, mut b): (Vec<_>, Vec<_>) = (by_item.lines().collect(), by_time.lines().collect());
        a.sort_unstable();
        b.sort_unstable();
        assert_eq!(a, b);
    }

    #[test]
    fn each_row_goes_on_where_the_last_one_ended() {
        let (text, _) = table(300, Order::ByItem);
        let mut last = (String::new(), String::new(), String::new());
        for row in text.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            assert_eq!(cells.len(), 7);
            if cells[0] == last.0 {
                assert_eq!(cells[5], last.1);
                assert!(cells[4] > last.2.as_str());
            } else {
                assert_eq!(cells[5], "Backlog");
                assert!(cells[4] > cells[3]);
            }
            last = (cells[0].to_owned(), cells[6].to_owned(), cells[4].to_owned());
        }
    }
}
