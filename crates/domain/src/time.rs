//! Instants, days and zones, as plain numbers.
//!
//! Instants are microseconds since 1970 in UTC and days are day numbers since 1970: both databases keep exactly
//! these, and arithmetic on millions of them stays cheap. [`jiff`] does what a calendar has to do.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// A point in time, in microseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A calendar date, in days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Microseconds in a day of 24 hours.
pub const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Instant {
    /// The same point as a [`jiff::Timestamp`]; instants outside its range are clamped to its ends.
    pub fn to_timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// Seconds from `earlier` to `self`; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Instant) -> f64 {
        (self.0 - earlier.0) as f64 / 1e6
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Instant(timestamp.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_timestamp().fmt(f)
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;

    /// Reads RFC 3339.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Timestamp>().map(Instant::from)
    }
}

impl Day {
    /// The day of a civil date.
    pub fn from_date(date: Date) -> Self {
        // Days between two civil dates always fit: the range is -9999 to 9999.
        let days = date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days());
        Day(days)
    }

    /// The civil date of this day; days outside its range are clamped to its ends.
    pub fn to_date(self) -> Date {
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0.clamp(-4_371_222, 2_932_896)))
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        // Day 0 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// The Monday on or before this day: the key of its ISO week, which carries the year with it.
    pub fn week_start(self) -> Day {
        Day(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// The first day of this day's month.
    pub fn month_start(self) -> Day {
        Day::from_date(self.to_date().first_of_month())
    }

    /// The day `days` later (earlier when negative).
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Every day from `self` to `last`, both included.
    pub fn through(self, last: Day) -> impl DoubleEndedIterator<Item = Day> + ExactSizeIterator {
        (self.0..last.0.saturating_add(1).max(self.0)).map(Day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(Day::from_date)
    }
}

/// A time zone with its offsets laid out for fast look-up: "which day was that?" is asked for every change of
/// every item.
#[derive(Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
    /// `(from, offset)` in microseconds, ascending; the first entry reaches back for ever.
    offsets: Vec<(i64, i64)>,
}

/// The name is not one of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone of the IANA database, such as Europe/Zurich or UTC")]
pub struct UnknownZone(pub String);

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Zone { name: "UTC".to_owned(), rules: TimeZone::UTC, offsets: vec![(i64::MIN, 0)] }
    }

    /// The zone with this IANA name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        // Work histories begin after 1970 and plans end before 2100.
        let first = Timestamp::UNIX_EPOCH;
        let micros = |timestamp: Timestamp| i64::from(rules.to_offset(timestamp).seconds()) * 1_000_000;
        let mut offsets = vec![(i64::MIN, micros(first))];
        for transition in rules.following(first) {
            let at = transition.timestamp();
            if at.as_second() > 4_102_444_800 {
                break;
            }
            offsets.push((at.as_microsecond(), micros(at)));
        }
        Ok(Zone { name: name.to_owned(), rules, offsets })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The calendar day of an instant in this zone.
    #[inline]
    pub fn day_of(&self, instant: Instant) -> Day {
        let after = self.offsets.partition_point(|(from, _)| *from <= instant.0);
        let offset = self.offsets[after.saturating_sub(1)].1;
        let day = instant.0.saturating_add(offset).div_euclid(MICROS_PER_DAY);
        Day(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The first instant of a day in this zone.
    pub fn start_of(&self, day: Day) -> Instant {
        match day.to_date().to_zoned_datetime(self.rules.clone()) {
            Ok(zoned) => zoned.timestamp().into(),
            Err(_) => Instant(i64::from(day.0) * MICROS_PER_DAY),
        }
    }

    /// The instant of a civil date and time in this zone (the later reading of an ambiguous one is not chosen:
    /// [`jiff`]'s "compatible" rule applies). `None` outside the supported range.
    pub fn instant_of(&self, civil: jiff::civil::DateTime) -> Option<Instant> {
        civil.to_zoned_datetime(self.rules.clone()).ok().map(|zoned| zoned.timestamp().into())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_survive_the_round_trip() {
        for text in ["1969-12-31", "1970-01-01", "2000-02-29", "2024-03-04", "2026-11-24"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_week_starts_on_monday() {
        let day: Day = "2026-11-24".parse().unwrap();
        assert_eq!(day.weekday(), Weekday::Tuesday);
        assert_eq!(day.week_start().to_string(), "2026-11-23");
        assert_eq!("1970-01-01".parse::<Day>().unwrap().week_start().to_string(), "1969-12-29");
    }

    #[test]
    fn days_agree_with_jiff_around_the_change_of_clocks() {
        let zone = Zone::named("America/New_York").unwrap();
        for hour in 0..72 {
            let instant = Instant(1_709_942_400_000_000 + hour * 3_600_000_000);
            let expected =
                Day::from_date(instant.to_timestamp().to_zoned_datetime(zone.rules.clone()).date());
            assert_eq!(zone.day_of(instant), expected);
            assert!(zone.start_of(expected) <= instant && instant < zone.start_of(expected.plus(1)));
        }
    }

    #[test]
    fn an_unknown_zone_is_named_in_the_error() {
        assert_eq!(Zone::named("Mars/Olympus").unwrap_err(), UnknownZone("Mars/Olympus".to_owned()));
    }
}
