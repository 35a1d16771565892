//! Days on which nobody works, by where a team sits.

use std::collections::BTreeSet;

use headway_domain::time::Day;
use jiff::civil::{Date, Weekday};

/// The holidays of the country a zone lies in, for every year that the days touch.
pub(crate) fn holidays(zone: &str, first: Day, last: Day) -> BTreeSet<Day> {
    let (from, to) = (first.to_date().year(), last.to_date().year());
    let mut days = BTreeSet::new();
    for year in from..=to.saturating_add(1) {
        let easter = easter_sunday(year);
        days.extend([on(year, 1, 1), on(year, 12, 25), on(year, 12, 26), easter.plus(-2), easter.plus(1)]);
        // The company closes between Christmas and the new year.
        days.extend((27..=31).map(|day| on(year, 12, day)));
        match zone {
            "America/New_York" => {
                days.extend([on(year, 7, 4), nth_weekday(year, 9, Weekday::Monday, 1)]);
                let thanksgiving = nth_weekday(year, 11, Weekday::Thursday, 4);
                days.extend([thanksgiving, thanksgiving.plus(1)]);
            }
            "Europe/London" => {
                days.extend([
                    nth_weekday(year, 5, Weekday::Monday, 1),
                    nth_weekday(year, 9, Weekday::Monday, 1).plus(-7),
                ]);
            }
            _ => days.extend([on(year, 5, 1), easter.plus(39), easter.plus(50), on(year, 8, 1)]),
        }
    }
    days
}

fn on(year: i16, month: i8, day: i8) -> Day {
    Date::new(year, month, day).map_or(Day(0), Day::from_date)
}

/// The `n`th weekday of a month, from 1.
fn nth_weekday(year: i16, month: i8, weekday: Weekday, n: i32) -> Day {
    let first = on(year, month, 1);
    first.through(first.plus(6)).find(|day| day.weekday() == weekday).unwrap_or(first).plus(7 * (n - 1))
}

/// Easter Sunday in the Gregorian calendar.
fn easter_sunday(year: i16) -> Day {
    let year = i32::from(year);
    let golden = year % 19;
    let century = year / 100;
    let leap = century / 4;
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - epact - year % 100 % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    on(year as i16, (days / 31) as i8, (days % 31 + 1) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, expected) in [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05")] {
            assert_eq!(easter_sunday(year).to_string(), expected);
        }
    }

    #[test]
    fn holidays_follow_the_country() {
        let (first, last) = ("2025-01-01".parse().unwrap(), "2025-12-31".parse().unwrap());
        let new_york = holidays("America/New_York", first, last);
        let zurich = holidays("Europe/Zurich", first, last);
        assert!(new_york.contains(&"2025-11-27".parse().unwrap()));
        assert!(!zurich.contains(&"2025-11-27".parse().unwrap()));
        assert!(zurich.contains(&"2025-08-01".parse().unwrap()));
        assert!(new_york.contains(&"2025-12-25".parse().unwrap()));
    }
}
