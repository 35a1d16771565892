//! Counts by day and by duration.

use headway_domain::time::Day;
use headway_flow::{percentile::Summary, period::Window};

/// Days that are told apart: 1970 to 2100. Dates outside are mistakes, and are reported as such.
const LATEST: i32 = 47_482;

/// Room that is made at once before the first day and after the last.
const SLACK: i32 = 512;

/// How many on each day.
#[derive(Clone, Debug, Default)]
pub struct DayCounts {
    first: i32,
    counts: Vec<u32>,
}

impl DayCounts {
    #[inline]
    pub fn add(&mut self, day: Day) {
        let known = usize::try_from(i64::from(day.0) - i64::from(self.first)).ok();
        match known.and_then(|at| self.counts.get_mut(at)) {
            Some(count) => *count += 1,
            None => self.add_further(day),
        }
    }

    /// Adds a day for which there is no room yet.
    #[cold]
    fn add_further(&mut self, day: Day) {
        let day = day.0.clamp(0, LATEST);
        if self.counts.is_empty() {
            self.first = day;
        }
        if day < self.first {
            let room = (self.first - day + SLACK).min(self.first);
            self.counts.splice(0..0, std::iter::repeat_n(0, room as usize));
            self.first -= room;
        }
        let at = (day - self.first) as usize;
        if self.counts.len() <= at {
            self.counts.resize(at + SLACK as usize, 0);
        }
        self.counts[at] += 1;
    }

    /// How many on each day of a window.
    pub fn in_window(&self, window: Window) -> Vec<u32> {
        let at = |day: Day| {
            let position = usize::try_from(i64::from(day.0) - i64::from(self.first)).ok()?;
            self.counts.get(position).copied()
        };
        window.days().map(|day| at(day).unwrap_or(0)).collect()
    }

    /// How many before a day.
    pub fn before(&self, day: Day) -> u64 {
        let end =
            usize::try_from(i64::from(day.0) - i64::from(self.first)).unwrap_or(0).min(self.counts.len());
        self.counts[..end].iter().map(|it| u64::from(*it)).sum()
    }

    /// The days on which there was any, with how many.
    pub fn days(&self) -> Vec<(Day, u32)> {
        let days = (self.first..).map(Day).zip(self.counts.iter().copied());
        days.filter(|(_, count)| *count > 0).collect()
    }

    /// Every day up to one, as often as it was counted.
    pub fn repeated(&self, last: Day) -> impl Iterator<Item = Day> {
        let days = (self.first..).map(Day).zip(&self.counts).take_while(move |(day, _)| *day <= last);
        days.flat_map(|(day, count)| std::iter::repeat_n(day, *count as usize))
    }
}

/// How often each duration in days occurred.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    counts: Vec<u32>,
    n: usize,
}

impl Histogram {
    #[inline]
    pub fn add(&mut self, days: u32) {
        let at = days.min(LATEST.unsigned_abs()) as usize;
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += 1;
        self.n += 1;
    }

    /// How they are distributed, by nearest rank; `None` when there are none.
    pub fn summary(&self) -> Option<Summary<u32>> {
        let at = |rank: usize| {
            let mut passed = 0;
            let hit = self.counts.iter().position(|count| {
                passed += *count as usize;
                passed >= rank
            });
            hit.and_then(|days| u32::try_from(days).ok())
        };
        let percentile = |percent: usize| at((percent * self.n).div_ceil(100).max(1));
        (self.n > 0).then_some(())?;
        Some(Summary {
            n: self.n,
            p50: percentile(50)?,
            p70: percentile(70)?,
            p85: percentile(85)?,
            p95: percentile(95)?,
            least: at(1)?,
            most: at(self.n)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_tells_the_same_as_all_values() {
        for n in 1..150_u32 {
            let values = (0..n).map(|it| it * it % 37 + 1);
            let mut histogram = Histogram::default();
            values.clone().for_each(|it| histogram.add(it));
            assert_eq!(histogram.summary(), Summary::of_days(values).ok());
        }
        assert_eq!(Histogram::default().summary(), None);
    }

    #[test]
    fn days_may_come_in_any_order() {
        let mut counts = DayCounts::default();
        for day in [900, 100, 100, 2_000, 0, 99] {
            counts.add(Day(day));
        }
        let days = counts.days();
        assert_eq!(days, [(Day(0), 1), (Day(99), 1), (Day(100), 2), (Day(900), 1), (Day(2_000), 1)]);
        assert_eq!((counts.before(Day(100)), counts.before(Day(101)), counts.before(Day(9_999))), (2, 4, 6));
        assert_eq!(counts.in_window(Window { first: Day(99), last: Day(101) }), [1, 2, 0]);
        assert_eq!(counts.repeated(Day(900)).count(), 5);
    }
}
