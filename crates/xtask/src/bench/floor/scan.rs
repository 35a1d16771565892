//! The least that an analysis can do: one pass over rows of one known form, without quoting, time zones, mapping or
//! anything odd.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result};
use memchr::{memchr, memchr_iter};

use crate::bench::table::percentile;

/// The states of the synthetic table, as far as the clock is concerned.
const STATES: [&[u8]; 10] = [
    b"Backlog",
    b"Selected",
    b"In analysis",
    b"In development",
    b"Ready for review",
    b"In review",
    b"Ready for test",
    b"In test",
    b"Done",
    b"Cancelled",
];
const FIRST_IN_PROGRESS: usize = 2;
const DONE: usize = 8;

/// Days that are told apart, from the year 2000 on.
const DAYS: usize = 16_384;
const TRIALS: usize = 10_000;
const CHUNK: usize = 1 << 20;

#[derive(Clone, Copy, Default)]
struct Item {
    team: u32,
    started: i32,
    finished: i32,
    is_started: bool,
    is_finished: bool,
}

struct Scan {
    items: Vec<Item>,
    /// Items that entered each state, by day.
    entered: Vec<[u32; STATES.len()]>,
    /// The last day of any row.
    last_day: i32,
}

/// Scans and prints.
pub fn scan(file: &Path) -> Result<()> {
    let mut file = File::open(file)?;
    let mut scan = Scan { items: Vec::new(), entered: vec![[0; STATES.len()]; DAYS], last_day: 0 };
    let mut buffer = vec![0; CHUNK];
    let mut held = 0;
    let mut is_head = true;
    loop {
        let read = file.read(&mut buffer[held..])?;
        if read == 0 {
            break;
        }
        let until = held + read;
        let mut from = 0;
        for end in memchr_iter(b'\n', &buffer[..until]) {
            if !is_head {
                scan.row(&buffer[from..end]).context("a row is not of the known form")?;
            }
            is_head = false;
            from = end + 1;
        }
        buffer.copy_within(from..until, 0);
        held = until - from;
    }
    scan.report();
    Ok(())
}

impl Scan {
    /// `ITEM-1,Team 1,Feature,created,at,from,to`.
    fn row(&mut self, row: &[u8]) -> Option<()> {
        let mut commas = [0; 6];
        let mut found = memchr_iter(b',', row);
        for comma in &mut commas {
            *comma = found.next()?;
        }
        let [after_item, after_team, _, after_created, after_at, after_from] = commas;
        let item = number(row.get(5..after_item)?);
        let team = number(row.get(after_item + 6..after_team)?);
        let day = day(row.get(after_created + 1..after_at)?)?;
        let to = row.get(after_from + 1..)?;
        let state = STATES.iter().position(|it| *it == to)?;
        if self.items.len() <= item as usize {
            self.items.resize(item as usize + 1, Item::default());
        }
        let it = &mut self.items[item as usize];
        it.team = team as u32;
        self.entered.get_mut(day as usize)?[state] += 1;
        self.last_day = self.last_day.max(day);
        if state == DONE {
            it.finished = day;
            it.is_finished = true;
        } else {
            it.is_finished = false;
            if state >= FIRST_IN_PROGRESS && !it.is_started {
                it.started = day;
                it.is_started = true;
            }
        }
        Some(())
    }

    fn report(&self) {
        let teams = self.items.iter().map(|it| it.team).max().unwrap_or(0) as usize + 1;
        let mut of_teams: Vec<Vec<f64>> = vec![Vec::new(); teams];
        let mut throughput = vec![0_u32; DAYS];
        let mut ages = Vec::new();
        for it in &self.items {
            if it.is_finished {
                throughput[it.finished as usize] += 1;
                if it.is_started {
                    of_teams[it.team as usize].push(f64::from(it.finished - it.started + 1));
                }
            } else if it.is_started {
                ages.push(self.last_day - it.started + 1);
            }
        }
        let mut all: Vec<f64> = of_teams.concat();
        all.sort_unstable_by(f64::total_cmp);
        println!("all: {:?}", [50, 70, 85, 95].map(|it| percentile(&all, it)));
        for (team, days) in of_teams.iter_mut().enumerate() {
            days.sort_unstable_by(f64::total_cmp);
            println!("{team}: {:?}", [50, 70, 85, 95].map(|it| percentile(days, it)));
        }
        ages.sort_unstable();
        println!("in progress: {}, oldest {:?}", ages.len(), ages.last());
        let mut reached = [0_u32; STATES.len()];
        for (day, entered) in self.entered.iter().enumerate().take(self.last_day as usize + 1) {
            for (sum, count) in reached.iter_mut().zip(entered) {
                *sum += count;
            }
            if reached[0] + reached[1] > 0 {
                println!("{day}: {} {reached:?}", throughput[day]);
            }
        }
        println!("forecast: {:?}", self.forecast(&throughput));
    }

    /// Thirty days ahead, each drawn from the last 90.
    fn forecast(&self, throughput: &[u32]) -> [f64; 2] {
        let last = self.last_day as usize;
        let days = &throughput[last.saturating_sub(89)..=last];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut sums = Vec::with_capacity(TRIALS);
        for _ in 0..TRIALS {
            let mut sum = 0;
            for _ in 0..30 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                sum += days[(state % days.len() as u64) as usize];
            }
            sums.push(f64::from(sum));
        }
        sums.sort_unstable_by(f64::total_cmp);
        [percentile(&sums, 15), percentile(&sums, 50)]
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit.wrapping_sub(b'0')))
}

/// Days since 2000 of `YYYY-MM-DDT…`.
fn day(text: &[u8]) -> Option<i32> {
    let date = &text[..memchr(b'T', text)?];
    let (year, month, day) = (number(date.get(..4)?), number(date.get(5..7)?), number(date.get(8..10)?));
    // Months counted from March, so that leap days come last.
    let shifted = (month + 9) % 12;
    let years = i64::try_from(year).ok()? - i64::from(month < 3);
    let days = years * 365 + years / 4 - years / 100
        + years / 400
        + i64::try_from((shifted * 153 + 2) / 5 + day).ok()?;
    i32::try_from(days - 730_426).ok()
}
