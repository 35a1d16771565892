//! How many items a team finished on each day of its own clock.

use headway_domain::{
    time::Day,
    work::{Calendar, DayCount},
};

use crate::TooFew;

/// Days ahead after which a search on the calendar gives up: a team that works one day a year still gets a date.
const FAR: i32 = 400;

/// Finished items per counted day, zeros included, up to and including `last`.
///
/// History and horizon are read on the same clock because both come from here: a team that counts working days
/// has neither a weekend in its past nor one in its future.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// `sums[i]` is the number of items finished on the first `i` counted days.
    sums: Vec<u64>,
    last: Day,
    calendar: Calendar,
}

/// A series by name. Series of one family (a product, a company) share their fate, so a backtest never
/// calibrates one with another of its own family.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSeries {
    /// What it belongs to.
    pub family: String,
    /// Its name.
    pub name: String,
    /// The counts.
    pub series: Series,
}

impl Series {
    /// The series of items finished on these days, from the first of them to `last`; later ones are unknown yet
    /// and left out. What was finished on a day that the team does not count belongs to the counted day before.
    pub fn of_days(days: impl IntoIterator<Item = Day>, last: Day, calendar: &Calendar) -> Self {
        let mut days: Vec<Day> = days.into_iter().filter(|day| *day <= last).collect();
        days.sort_unstable();
        let calendar = with_some_day(calendar);
        let mut counts = Vec::new();
        let mut before_the_first = 0;
        let mut finished = days.iter().peekable();
        for day in days.first().into_iter().flat_map(|first| first.through(last)) {
            if calendar.counts(day) {
                counts.push(std::mem::take(&mut before_the_first));
            }
            while finished.next_if(|it| **it == day).is_some() {
                *counts.last_mut().unwrap_or(&mut before_the_first) += 1;
            }
        }
        Series { sums: running_sums(&counts), last, calendar }
    }

    /// The series of these counts, one for each day up to `last`, on a clock that counts every day.
    pub fn of_counts(counts: &[u32], last: Day) -> Self {
        Series { sums: running_sums(counts), last, calendar: Calendar::default() }
    }

    /// How many counted days it holds.
    pub fn len(&self) -> usize {
        self.sums.len() - 1
    }

    /// Whether it holds no day.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last day it knows.
    pub fn last(&self) -> Day {
        self.last
    }

    /// The team's calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Items finished from counted day `from` up to, not including, counted day `until`.
    pub fn sum(&self, from: usize, until: usize) -> u64 {
        let at = |position: usize| self.sums[position.min(self.len())];
        at(until).saturating_sub(at(from))
    }

    /// Items finished on one counted day.
    pub fn count(&self, position: usize) -> u64 {
        self.sum(position, position + 1)
    }

    /// How many days of a week the team counts: 7 on a calendar clock.
    pub fn days_per_week(&self) -> usize {
        match self.calendar.count {
            DayCount::Calendar => 7,
            DayCount::Working => self.calendar.workdays.iter().filter(|works| **works).count().max(1),
        }
    }

    /// How many counted days the team has in so many calendar days, holidays aside; at least 1.
    pub fn counted_days(&self, calendar_days: usize) -> usize {
        (calendar_days * self.days_per_week()).div_ceil(7).max(1)
    }

    /// The first `n` counted days after the last day of the series.
    pub fn days_ahead(&self, n: usize) -> Vec<Day> {
        let mut days = Vec::with_capacity(n);
        let mut day = self.last;
        while days.len() < n {
            let next = day.plus(1).through(day.plus(FAR)).find(|it| self.calendar.counts(*it));
            day = next.unwrap_or(day.plus(FAR));
            days.push(day);
        }
        days
    }

    /// How many counted days lie between the last day of the series and the end of `until`.
    pub fn days_until(&self, until: Day) -> usize {
        self.last.plus(1).through(until).filter(|day| self.calendar.counts(*day)).count()
    }
}

fn running_sums(counts: &[u32]) -> Vec<u64> {
    let running = counts.iter().scan(0, |sum, count| {
        *sum += u64::from(*count);
        Some(*sum)
    });
    std::iter::once(0).chain(running).collect()
}

/// A calendar on which no day counts would stop time: such a team is read on calendar days.
fn with_some_day(calendar: &Calendar) -> Calendar {
    let mut calendar = calendar.clone();
    if !calendar.workdays.contains(&true) {
        calendar.count = DayCount::Calendar;
    }
    calendar
}

/// What a team must have done lately before anything is said about its future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Weeks of history.
    pub weeks: usize,
    /// Days with a finished item within [`Guard::WINDOW`] calendar days.
    pub active_days: usize,
    /// Finished items within the same days.
    pub items: usize,
}

/// What there is too little of for a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shortfall {
    /// Weeks of history.
    Weeks(TooFew),
    /// Days with a finished item in the last 90 days.
    ActiveDays(TooFew),
    /// Finished items in the last 90 days.
    Items(TooFew),
}

impl Guard {
    /// Calendar days that [`Guard::active_days`] and [`Guard::items`] look back.
    pub const WINDOW: usize = 90;

    /// Whether the first `known` counted days of a series are enough.
    pub fn check(self, series: &Series, known: usize) -> Result<(), Shortfall> {
        let weeks = known / series.days_per_week();
        if weeks < self.weeks {
            return Err(Shortfall::Weeks(TooFew { n: weeks, need: self.weeks }));
        }
        let from = known.saturating_sub(series.counted_days(Self::WINDOW));
        let active = (from..known).filter(|it| series.count(*it) > 0).count();
        if active < self.active_days {
            return Err(Shortfall::ActiveDays(TooFew { n: active, need: self.active_days }));
        }
        let items = series.sum(from, known) as usize;
        if items < self.items {
            return Err(Shortfall::Items(TooFew { n: items, need: self.items }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn counts(series: &Series) -> Vec<u64> {
        (0..series.len()).map(|it| series.count(it)).collect()
    }

    fn working() -> Calendar {
        Calendar { count: DayCount::Working, ..Calendar::default() }
    }

    #[test]
    fn trailing_zeros_up_to_the_last_day_stay() {
        let series = Series::of_days([Day(4), Day(6), Day(6)], Day(10), &Calendar::default());
        assert_eq!(counts(&series), [1, 0, 2, 0, 0, 0, 0]);
    }

    #[test]
    fn what_happens_after_the_last_day_is_not_known() {
        let series = Series::of_days([Day(4), Day(9)], Day(5), &Calendar::default());
        assert_eq!(counts(&series), [1, 0]);
        assert!(Series::of_days([], Day(5), &Calendar::default()).is_empty());
    }

    #[test]
    fn work_done_at_the_weekend_counts_with_the_friday() {
        // Day 4 was a Monday; 9 and 10 are a weekend, 11 the next Monday.
        let series = Series::of_days([Day(4), Day(9), Day(10), Day(11)], Day(12), &working());
        assert_eq!(counts(&series), [1, 0, 0, 0, 2, 1, 0]);
        let begins_on_sunday = Series::of_days([Day(10), Day(11)], Day(17), &working());
        assert_eq!(counts(&begins_on_sunday), [2, 0, 0, 0, 0]);
        let ends_on_sunday = Series::of_days([Day(4), Day(9)], Day(10), &working());
        assert_eq!(counts(&ends_on_sunday), [1, 0, 0, 0, 1]);
    }

    #[test]
    fn the_horizon_uses_the_clock_of_the_history() {
        let mut calendar = working();
        calendar.holidays = BTreeSet::from([Day(11)]);
        let series = Series::of_days([Day(4)], Day(8), &calendar);
        assert_eq!(series.days_ahead(2), [Day(12), Day(13)]);
        assert_eq!(series.days_until(Day(13)), 2);
        assert_eq!(series.days_until(Day(11)), 0);
        assert_eq!(series.counted_days(14), 10);
    }

    #[test]
    fn a_calendar_without_working_days_counts_every_day() {
        let calendar = Calendar { workdays: [false; 7], ..working() };
        assert_eq!(Series::of_days([Day(4)], Day(10), &calendar).len(), 7);
    }

    #[test]
    fn the_guard_says_what_is_missing() {
        let guard = Guard { weeks: 8, active_days: 5, items: 10 };
        let check = |counts: &[u32]| {
            let series = Series::of_counts(counts, Day(0));
            guard.check(&series, series.len())
        };
        assert_eq!(check(&[1; 55]), Err(Shortfall::Weeks(TooFew { n: 7, need: 8 })));
        assert_eq!(check(&[1; 56]), Ok(()));
        let mut bulk = [0; 100];
        bulk[60] = 500;
        assert_eq!(check(&bulk), Err(Shortfall::ActiveDays(TooFew { n: 1, need: 5 })));
        let mut stopped = [1; 200];
        stopped[105..].fill(0);
        assert_eq!(check(&stopped), Err(Shortfall::ActiveDays(TooFew { n: 0, need: 5 })));
    }
}
