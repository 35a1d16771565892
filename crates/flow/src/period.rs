//! Windows of days, and the periods (days, weeks, months) that a window is cut into.

use headway_domain::time::Day;

/// Days from `first` to `last`, both included; empty when `last` is before `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl Window {
    /// The window of `days` days that ends with `last`.
    pub fn ending(last: Day, days: u32) -> Self {
        Window { first: last.plus(1 - i32::try_from(days).unwrap_or(i32::MAX)), last }
    }

    /// The window of equal length before this one.
    pub fn before(self) -> Self {
        Window::ending(self.first.plus(-1), u32::try_from(self.len()).unwrap_or(u32::MAX))
    }

    /// How many days it holds.
    pub fn len(self) -> usize {
        usize::try_from(i64::from(self.last.0) - i64::from(self.first.0) + 1).unwrap_or(0)
    }

    /// Whether it holds no day.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it holds this day.
    pub fn contains(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// The position of a day in it.
    pub fn position(self, day: Day) -> Option<usize> {
        self.contains(day).then(|| (day.0 - self.first.0) as usize)
    }

    /// Its days.
    pub fn days(self) -> impl DoubleEndedIterator<Item = Day> + ExactSizeIterator {
        self.first.through(self.last)
    }
}

/// What a window is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grain {
    /// Days.
    Day,
    /// ISO weeks, which begin on Monday.
    Week,
    /// Calendar months.
    Month,
}

/// One day, week or month of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Its first day, outside the window when the window begins in the middle. It carries the year: week 5 of
    /// one year is never week 5 of the next.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Whether the window holds only a part of it. Partial periods are drawn, and left out of statistics.
    pub is_partial: bool,
}

impl Grain {
    /// The first day of the period that holds `day`.
    pub fn start_of(self, day: Day) -> Day {
        match self {
            Grain::Day => day,
            Grain::Week => day.week_start(),
            Grain::Month => day.month_start(),
        }
    }

    /// The first day of the period after the one that begins with `start`.
    fn next(self, start: Day) -> Day {
        match self {
            Grain::Day => start.plus(1),
            Grain::Week => start.plus(7),
            // Every month begins again within 31 days of its first.
            Grain::Month => start.plus(31).month_start(),
        }
    }

    /// The periods that a window touches, in order and without gaps.
    pub fn periods(self, window: Window) -> Vec<Period> {
        let mut periods = Vec::new();
        let mut start = self.start_of(window.first);
        while start <= window.last && !window.is_empty() {
            let next = self.next(start);
            let last = next.plus(-1);
            periods.push(Period {
                first: start,
                last,
                is_partial: start < window.first || last > window.last,
            });
            start = next;
        }
        periods
    }
}

/// The ISO week of a day: its year and its number.
pub fn iso_week(day: Day) -> (i16, i8) {
    let week = day.to_date().iso_week_date();
    (week.year(), week.week())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_of_two_years_stay_apart() {
        let window = Window { first: day("2023-01-02"), last: day("2024-02-04") };
        let weeks = Grain::Week.periods(window);
        assert_eq!(weeks.len(), 57);
        let fifth: Vec<_> = weeks.iter().filter(|week| iso_week(week.first).1 == 5).collect();
        assert_eq!(fifth.len(), 2);
        assert_ne!(iso_week(fifth[0].first), iso_week(fifth[1].first));
        // The year of an ISO week is not always the calendar's.
        assert_eq!(iso_week(day("2024-12-30")), (2025, 1));
    }

    #[test]
    fn partial_periods_are_flagged_at_both_ends() {
        let window = Window { first: day("2024-01-10"), last: day("2024-03-31") };
        let months = Grain::Month.periods(window);
        let flags: Vec<_> = months.iter().map(|month| month.is_partial).collect();
        assert_eq!(flags, [true, false, false]);
        assert_eq!(months[1].last, day("2024-02-29"));
    }

    #[test]
    fn an_empty_window_has_no_periods() {
        let window = Window { first: Day(10), last: Day(9) };
        assert!(window.is_empty());
        assert!(Grain::Week.periods(window).is_empty());
        assert_eq!(Window::ending(Day(10), 1).len(), 1);
        assert_eq!(Window::ending(Day(10), 0).len(), 0);
    }
}
