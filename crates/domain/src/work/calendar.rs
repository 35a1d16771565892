//! A team's calendar: its zone, its working days, and how it counts.

use std::collections::BTreeSet;

use crate::time::{Day, Instant, Zone};

/// Which days a duration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayCount {
    /// Every day: what a customer waits. The default.
    Calendar,
    /// Working days only.
    Working,
}

/// A team's clock. History and horizon of a forecast always use the same one, which is why it is one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Where a day begins and ends.
    pub zone: Zone,
    /// Monday first.
    pub workdays: [bool; 7],
    /// Days on which nobody works.
    pub holidays: BTreeSet<Day>,
    /// Which days durations count.
    pub count: DayCount,
}

impl Default for Calendar {
    fn default() -> Self {
        Calendar {
            zone: Zone::utc(),
            workdays: [true, true, true, true, true, false, false],
            holidays: BTreeSet::new(),
            count: DayCount::Calendar,
        }
    }
}

impl Calendar {
    /// The day of an instant on this clock.
    #[inline]
    pub fn day_of(&self, instant: Instant) -> Day {
        self.zone.day_of(instant)
    }

    /// The first instant after a day.
    pub fn end_of(&self, day: Day) -> Instant {
        self.zone.start_of(day.plus(1))
    }

    /// Whether the team works on this day.
    pub fn is_workday(&self, day: Day) -> bool {
        let weekday = day.weekday().to_monday_zero_offset();
        self.workdays[usize::from(weekday.unsigned_abs())] && !self.holidays.contains(&day)
    }

    /// Whether durations count this day.
    pub fn counts(&self, day: Day) -> bool {
        self.count == DayCount::Calendar || self.is_workday(day)
    }

    /// Days from `first` to `last`, both included, as this team counts them; at least 1 when `first <= last`,
    /// and `None` when it is not.
    pub fn days_between(&self, first: Day, last: Day) -> Option<u32> {
        if last < first {
            return None;
        }
        let days = match self.count {
            DayCount::Calendar => u32::try_from(last.0 - first.0 + 1).unwrap_or(u32::MAX),
            DayCount::Working => self.workdays_between(first, last),
        };
        Some(days.max(1))
    }

    /// Working days from `first` to `last`, both included.
    fn workdays_between(&self, first: Day, last: Day) -> u32 {
        let total = last.0 - first.0 + 1;
        let per_week = self.workdays.iter().filter(|works| **works).count();
        let whole_weeks = total / 7;
        let rest_from = Day(first.0 + whole_weeks * 7);
        let weekday_works =
            |day: Day| self.workdays[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
        let rest = rest_from.through(last).filter(|day| weekday_works(*day)).count();
        let off = self.holidays.range(first..=last).filter(|day| weekday_works(**day)).count();
        let days = usize::try_from(whole_weeks).unwrap_or(0) * per_week + rest - off;
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    /// The first day after `day` on which the team works; the next day when it never works.
    pub fn next_workday(&self, day: Day) -> Day {
        day.plus(1).through(day.plus(366)).find(|day| self.is_workday(*day)).unwrap_or(day.plus(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn both_ends_count() {
        let calendar = Calendar::default();
        assert_eq!(calendar.days_between(day("2024-03-04"), day("2024-03-05")), Some(2));
        assert_eq!(calendar.days_between(day("2024-03-04"), day("2024-03-04")), Some(1));
        assert_eq!(calendar.days_between(day("2024-03-05"), day("2024-03-04")), None);
    }

    #[test]
    fn working_days_agree_with_counting_them_one_by_one() {
        let mut calendar = Calendar { count: DayCount::Working, ..Calendar::default() };
        calendar.holidays = BTreeSet::from([day("2024-03-29"), day("2024-04-01"), day("2024-03-30")]);
        for first in day("2024-03-18").through(day("2024-04-02")) {
            for last in first.through(day("2024-04-20")) {
                let naive = first.through(last).filter(|day| calendar.is_workday(*day)).count();
                assert_eq!(calendar.days_between(first, last), Some((naive as u32).max(1)));
            }
        }
    }
}
