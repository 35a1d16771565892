//! Dates and times as the tools write them.
//!
//! Read by hand where speed counts (RFC 3339 and its relatives, every row of every file), by tokens otherwise.

mod styles;

use headway_domain::time::{Instant, MICROS_PER_DAY, Zone};
use jiff::civil;

use crate::{DateOrder, Dialect};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// A date as it is written, before a zone makes an instant of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The day, in days since 1970-01-01.
    pub day: i64,
    /// The time of day in microseconds; `None` for a date alone.
    pub time: Option<i64>,
    /// Seconds east of UTC, where the text says so.
    pub offset: Option<i32>,
}

impl Stamp {
    /// The instant; `zone` is used where the text has no offset.
    pub fn instant(self, zone: &Zone) -> Option<Instant> {
        let local = self.day.checked_mul(MICROS_PER_DAY)?.checked_add(self.time.unwrap_or(0))?;
        match self.offset {
            Some(offset) => Some(Instant(local.checked_sub(i64::from(offset) * SECOND)?)),
            None if zone.name() == "UTC" => Some(Instant(local)),
            None => zone.instant_of(civil_of(local)?),
        }
    }
}

/// The civil date and time of microseconds since 1970 in local time.
fn civil_of(local: i64) -> Option<civil::DateTime> {
    let timestamp = jiff::Timestamp::from_microsecond(local).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(timestamp))
}

/// Reads any of the styles seen: RFC 3339 and its relatives (blank instead of `T`, offset without colon, no
/// offset), `19.09.2022`, `5/31/2023 8:04:10 AM`, `12/Mar/24 3:45 PM`, seconds or milliseconds since 1970. A date
/// without time is the start of its day, a time without offset is local, both in the dialect's zone.
pub fn parse(text: &str, dialect: &Dialect) -> Option<Instant> {
    stamp(text, dialect.date_order)?.instant(&dialect.zone)
}

/// The months of the dates read last: rows that follow each other are mostly of a few.
#[derive(Clone, Debug, Default)]
pub(crate) struct Months([Month; 16]);

#[derive(Clone, Copy, Debug, Default)]
struct Month {
    /// `2024-03-`.
    text: [u8; 8],
    /// The day before its first one, in microseconds.
    before: i64,
    days: u32,
}

/// Reads `2024-03-04T05:06:07Z` and nothing else: what most files hold, eight letters at a time.
#[inline]
pub(crate) fn utc(text: &[u8], months: &mut Months) -> Option<Instant> {
    const DIGITS: u64 = u64::from_le_bytes(*b"00T00:00");
    /// Where letters have to be the same.
    const MARKS: u64 = u64::from_le_bytes([0, 0, 0xff, 0, 0, 0xff, 0, 0]);
    /// Added to a byte, sets its highest bit if it is above nine.
    const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    let (text, rest) = text.split_first_chunk::<8>()?;
    let (clock, rest) = rest.split_first_chunk::<8>()?;
    let [b':', s0, s1, b'Z'] = *rest else { return None };
    let clock = u64::from_le_bytes(*clock) ^ DIGITS;
    if (clock.wrapping_add(ABOVE_NINE) | clock) & HIGHEST | clock & MARKS != 0 {
        return None;
    }
    let number =
        |place: u32| (clock >> (8 * place) & 0xff) as u32 * 10 + (clock >> (8 * place + 8) & 0xff) as u32;
    let month = &mut months.0[usize::from(text[6] & 15)];
    if month.text != *text {
        *month = month_of(*text)?;
    }
    let day = number(0);
    let time = time_of_day(number(3), number(6), pair(&[s0, s1])?, 0)?;
    (1..=month.days).contains(&day).then(|| Instant(month.before + i64::from(day) * MICROS_PER_DAY + time))
}

#[cold]
fn month_of(text: [u8; 8]) -> Option<Month> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-'] = text else { return None };
    let year = i64::from(pair(&[y0, y1])? * 100 + pair(&[y2, y3])?);
    let month = pair(&[m0, m1])?;
    let before = (day_number(year, month, 1)? - 1) * MICROS_PER_DAY;
    Some(Month { text, before, days: days_of(year, month)? })
}

/// Like [`parse`], with what the text says of time and offset kept apart.
pub fn stamp(text: &str, order: DateOrder) -> Option<Stamp> {
    let text = text.trim();
    rfc3339(text.as_bytes()).or_else(|| epoch(text)).or_else(|| styles::read(text, order))
}

/// Whether the text is a date in any of the styles, whatever the order of day and month. Bare numbers are not.
pub fn looks_like_date(text: &str) -> bool {
    let text = text.trim();
    // Most cells are none: they are told apart before anything is parsed.
    if text.len() < 6 || text.len() > 40 || text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    rfc3339(text.as_bytes()).is_some()
        || styles::read(text, DateOrder::DayFirst).is_some()
        || styles::read(text, DateOrder::MonthFirst).is_some()
}

/// What a date written as two small numbers and a year says about the order of day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvidence {
    /// It can only be day first.
    DayFirst,
    /// It can only be month first.
    MonthFirst,
    /// It can be both.
    Either,
}

/// The evidence of a text, if it is a date of this kind.
pub fn order_evidence(text: &str) -> Option<OrderEvidence> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if text.len() < 6 || text.len() > 40 || !bytes[0].is_ascii_digit() {
        return None;
    }
    let mut parts = bytes.splitn(3, |b| matches!(b, b'/' | b'-' | b'.'));
    let (first, second, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let small = |part: &[u8]| (part.len() <= 2).then(|| digits(part)).flatten();
    let (first, second) = (small(first)?, small(second)?);
    if !rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let day_first = styles::read(text, DateOrder::DayFirst).is_some();
    let month_first = styles::read(text, DateOrder::MonthFirst).is_some();
    // Nobody writes the month first with dots.
    let dotted = bytes.iter().find(|b| !b.is_ascii_digit()) == Some(&b'.');
    match (day_first, month_first && !dotted) {
        (true, true) if first == second => None,
        (true, true) => Some(OrderEvidence::Either),
        (true, false) => Some(OrderEvidence::DayFirst),
        (false, true) => Some(OrderEvidence::MonthFirst),
        (false, false) => None,
    }
}

/// `2024-03-04`, `2024-03-04T05:06:07.890Z`, `2024-03-04 05:06+0100`: the year first, with fixed places.
fn rfc3339(text: &[u8]) -> Option<Stamp> {
    if text.len() < 10 || text[4] != text[7] || !matches!(text[4], b'-' | b'/') {
        return None;
    }
    let year = i64::from(pair(&text[0..2])? * 100 + pair(&text[2..4])?);
    let day = day_number(year, pair(&text[5..7])?, pair(&text[8..10])?)?;
    if text.len() == 10 {
        return Some(Stamp { day, time: None, offset: None });
    }
    if text.len() < 16 || !matches!(text[10], b'T' | b't' | b' ') || text[13] != b':' {
        return None;
    }
    let (hour, minute) = (pair(&text[11..13])?, pair(&text[14..16])?);
    let mut second = 0;
    let mut micros = 0;
    let mut rest = &text[16..];
    if let [b':', a, b, ..] = *rest {
        second = pair(&[a, b])?;
        rest = &rest[3..];
        if let [b'.' | b',', ..] = *rest {
            let end = rest[1..].iter().position(|b| !b.is_ascii_digit()).map_or(rest.len(), |end| end + 1);
            micros = fraction(&rest[1..end])?;
            rest = &rest[end..];
        }
    }
    let time = time_of_day(hour, minute, second, micros)?;
    if rest.is_empty() {
        return Some(Stamp { day, time: Some(time), offset: None });
    }
    offset(rest).map(|offset| Stamp { day, time: Some(time), offset: Some(offset) })
}

/// Seconds or milliseconds since 1970, from 1990 to 2100.
fn epoch(text: &str) -> Option<Stamp> {
    if !(9..=17).contains(&text.len()) || !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let value = digits_only(whole)?;
    let micros = match whole.len() {
        9 | 10 if part.is_empty() => value * SECOND,
        10 => value * SECOND + fraction(part.as_bytes())?,
        13 => value * 1_000,
        16 => value,
        _ => return None,
    };
    (631_152_000 * SECOND..4_102_444_800 * SECOND).contains(&micros).then(|| Stamp {
        day: micros.div_euclid(MICROS_PER_DAY),
        time: Some(micros.rem_euclid(MICROS_PER_DAY)),
        offset: Some(0),
    })
}

/// A number of digits alone.
fn digits_only(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Two digits.
#[inline]
fn pair(text: &[u8]) -> Option<u32> {
    match *text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// A short number.
fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    text.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

/// Digits after the decimal point, in microseconds; more than six are cut.
fn fraction(text: &[u8]) -> Option<i64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let six = text.iter().copied().chain(std::iter::repeat(b'0')).take(6);
    Some(six.fold(0, |sum, b| sum * 10 + i64::from(b - b'0')))
}

/// `Z`, `+01:00`, `-0500`, `+02`, ` UTC`.
fn offset(text: &[u8]) -> Option<i32> {
    let text = text.trim_ascii();
    if text.eq_ignore_ascii_case(b"Z")
        || text.eq_ignore_ascii_case(b"UTC")
        || text.eq_ignore_ascii_case(b"GMT")
    {
        return Some(0);
    }
    let (sign, rest) = match *text {
        [b'+', ref rest @ ..] => (1, rest),
        [b'-', ref rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [a, b] => (pair(&[a, b])?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (pair(&[a, b])?, pair(&[c, d])?),
        _ => return None,
    };
    (hours <= 25 && minutes < 60).then(|| sign * (hours * 3_600 + minutes * 60) as i32)
}

/// The time of day in microseconds. A leap second counts as the second before it, 24:00 as the end of the day.
#[inline]
fn time_of_day(hour: u32, minute: u32, second: u32, micros: i64) -> Option<i64> {
    let is_time = hour < 24 && minute < 60 && second <= 60 || (hour, minute, second, micros) == (24, 0, 0, 0);
    is_time.then(|| {
        (i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second.min(59))) * SECOND + micros
    })
}

/// The day's number since 1970 by the Gregorian calendar (years are counted from March, so that the leap day is
/// the last of its year).
fn day_number(year: i64, month: u32, day: u32) -> Option<i64> {
    let length = days_of(year, month)?;
    if year < 1 || day < 1 || day > length {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = i64::from((153 * month + 2) / 5 + day - 1);
    Some(
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468,
    )
}

/// How many days a month has.
fn days_of(year: i64, month: u32) -> Option<u32> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(28 + u32::from(is_leap)),
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dialect(order: DateOrder) -> Dialect {
        Dialect { date_order: order, ..Dialect::plain() }
    }

    fn read(text: &str, order: DateOrder) -> Option<String> {
        parse(text, &dialect(order)).map(|instant| instant.to_string())
    }

    #[test]
    fn the_styles_that_were_seen() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (text, order, expected) in [
            ("5/31/2023 8:04:10 AM", MonthFirst, "2023-05-31T08:04:10Z"),
            ("1/3/2023 12:53:09 PM", MonthFirst, "2023-01-03T12:53:09Z"),
            ("1/3/2023 12:53:09 AM", MonthFirst, "2023-01-03T00:53:09Z"),
            ("1/3/2023 12:53", DayFirst, "2023-03-01T12:53:00Z"),
            ("19.09.2022", YearFirst, "2022-09-19T00:00:00Z"),
            ("09.10.2022", MonthFirst, "2022-10-09T00:00:00Z"),
            ("2011-08-03T17:45:55.749-0500", YearFirst, "2011-08-03T22:45:55.749Z"),
            ("2006-06-09T03:21:00Z", YearFirst, "2006-06-09T03:21:00Z"),
            ("2020-06-01T15:49:02.582000+00:00", YearFirst, "2020-06-01T15:49:02.582Z"),
            ("2010-12-30 14:32:00+01:00", YearFirst, "2010-12-30T13:32:00Z"),
            ("2010-12-30 14:32:00 UTC", YearFirst, "2010-12-30T14:32:00Z"),
            ("2010/12/30 14:32", YearFirst, "2010-12-30T14:32:00Z"),
            ("12/Mar/24 3:45 PM", YearFirst, "2024-03-12T15:45:00Z"),
            ("12-Mär-2024", YearFirst, "2024-03-12T00:00:00Z"),
            ("12 March 2024", YearFirst, "2024-03-12T00:00:00Z"),
            ("Mar 12, 2024, 3:45 PM", YearFirst, "2024-03-12T15:45:00Z"),
            ("Tue, 12 Mar 2024 15:45:00 +0100", YearFirst, "2024-03-12T14:45:00Z"),
            ("Tue Mar 12 15:45:00 2024", YearFirst, "2024-03-12T15:45:00Z"),
            ("Tue Mar 12 15:45:00 UTC 2024", YearFirst, "2024-03-12T15:45:00Z"),
            ("1710258300", YearFirst, "2024-03-12T15:45:00Z"),
            ("1710258300000", YearFirst, "2024-03-12T15:45:00Z"),
            ("20240312", YearFirst, "2024-03-12T00:00:00Z"),
            ("2000-02-29", YearFirst, "2000-02-29T00:00:00Z"),
            ("1969-12-31", YearFirst, "1969-12-31T00:00:00Z"),
        ] {
            assert_eq!(read(text, order).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn the_remembered_month_is_the_right_one() {
        let mut months = Months::default();
        for text in
            ["2024-02-29T23:59:59Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", "1970-01-01T00:00:00Z"]
        {
            assert_eq!(utc(text.as_bytes(), &mut months).unwrap().to_string(), text);
        }
        assert_eq!(utc(b"2023-02-29T00:00:00Z", &mut months), None);
        assert_eq!(utc(b"2024-02-29T24:00:01Z", &mut months), None);
    }

    #[test]
    fn what_is_no_date() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for text in [
            "",
            "2023-02-29",
            "13/13/2023",
            "2023-13-01",
            "25:00",
            "PAY-123",
            "1.2.3",
            "5052",
            "v1.10.2024-rc",
        ] {
            assert_eq!(read(text, YearFirst), None, "{text}");
        }
        assert_eq!(read("5/31/2023", DayFirst), None);
        assert_eq!(read("31/5/2023", MonthFirst), None);
        assert!(!looks_like_date("20240312"), "a bare number may be an id");
    }

    #[test]
    fn a_local_time_is_read_in_the_zone() {
        let mut dialect = dialect(DateOrder::DayFirst);
        dialect.zone = Zone::named("Europe/Zurich").unwrap();
        assert_eq!(parse("19.09.2022", &dialect).unwrap().to_string(), "2022-09-18T22:00:00Z");
        assert_eq!(parse("2022-09-19T12:00:00+00:00", &dialect).unwrap().to_string(), "2022-09-19T12:00:00Z");
    }

    #[test]
    fn evidence_of_the_order() {
        assert_eq!(order_evidence("5/31/2023 8:04:10 AM"), Some(OrderEvidence::MonthFirst));
        assert_eq!(order_evidence("31/5/2023 01:23"), Some(OrderEvidence::DayFirst));
        assert_eq!(order_evidence("4/3/2023"), Some(OrderEvidence::Either));
        assert_eq!(order_evidence("04.03.2023"), Some(OrderEvidence::DayFirst));
        assert_eq!(order_evidence("4/4/2023"), None, "the same either way");
        assert_eq!(order_evidence("2023-04-03"), None);
        assert_eq!(order_evidence("12/Mar/24"), None);
    }

    proptest! {
        #[test]
        fn the_quick_reader_agrees(text in "(2023|2024|0000|1900)-(0[0-9]|1[0-3])-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z") {
            let mut months = Months::default();
            for _ in 0..2 {
                prop_assert_eq!(utc(text.as_bytes(), &mut months), parse(&text, &Dialect::plain()));
            }
        }

        #[test]
        fn the_quick_reader_reads_nothing_else(at in 0..20_usize, other in any::<u8>()) {
            let mut text = *b"2024-03-04T05:06:07Z";
            text[at] = other;
            let known = std::str::from_utf8(&text).ok().and_then(|text| parse(text, &Dialect::plain()));
            let read = utc(&text, &mut Months::default());
            prop_assert!(read.is_none() || read == known);
        }

        #[test]
        fn rfc_3339_agrees_with_jiff(seconds in -62_000_000_000_i64..250_000_000_000, millis in 0..1000_i64) {
            let timestamp = jiff::Timestamp::from_millisecond(seconds * 1000 + millis).unwrap();
            prop_assert_eq!(parse(&timestamp.to_string(), &Dialect::plain()), Some(timestamp.into()));
        }

        #[test]
        fn any_text_is_a_date_or_none(text in "\\PC{0,40}") {
            for order in [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst] {
                let _ = parse(&text, &dialect(order));
            }
            let _ = (looks_like_date(&text), order_evidence(&text));
        }

        #[test]
        fn digits_and_marks_never_break(text in "[0-9/:. TZ+-]{0,32}") {
            let _ = (stamp(&text, DateOrder::YearFirst), order_evidence(&text));
        }
    }
}
