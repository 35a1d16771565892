//! The styles that people read: numbers, names of months, AM and PM, in any of the usual orders.

use super::{Stamp, day_number, digits, fraction, offset, time_of_day};
use crate::DateOrder;

/// Reads a date, and a time after it if there is one.
pub(super) fn read(text: &str, order: DateOrder) -> Option<Stamp> {
    if text.len() < 6 || text.len() > 64 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = without_weekday(text);
    let (date, rest) = split_date(text);
    let (day, rest) = match date_of(date, order) {
        Some(day) => (day, rest),
        // Tue Mar 12 15:45:00 2024
        None => return unix_style(text),
    };
    if rest.is_empty() {
        return Some(Stamp { day, time: None, offset: None });
    }
    let (time, offset) = time_of(rest)?;
    Some(Stamp { day, time: Some(time), offset })
}

/// The text behind `Tue, `, `Tuesday ` and the like.
fn without_weekday(text: &str) -> &str {
    let Some((first, rest)) = text.split_once([' ', ',']) else { return text };
    let is_weekday = first.len() >= 3
        && first.is_ascii()
        && ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&&*first[..3].to_ascii_lowercase());
    if is_weekday { rest.trim_start_matches([' ', ',']) } else { text }
}

/// The date and what follows: the time starts at the last blank or `T` before the first colon.
fn split_date(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    match text[..colon].rfind([' ', 'T', ',']) {
        Some(at) => (text[..at].trim_end_matches([' ', ',']), text[at + 1..].trim()),
        None => (text, ""),
    }
}

/// The number of the day.
fn date_of(text: &str, order: DateOrder) -> Option<i64> {
    let mut parts = text.split(['/', '-', '.', ' ', ',']).filter(|part| !part.is_empty());
    let (a, b, c) = (parts.next()?, parts.next(), parts.next());
    let (Some(b), Some(c)) = (b, c) else {
        // 20240312
        let is_compact = b.is_none() && a.len() == 8;
        let number = digits(a.as_bytes()).filter(|_| is_compact)?;
        return (1970..2100)
            .contains(&(number / 10_000))
            .then(|| day_number(i64::from(number / 10_000), number / 100 % 100, number % 100))
            .flatten();
    };
    if parts.next().is_some() {
        return None;
    }
    if let Some(month) = month(b) {
        return day_number(year(c)?, month, small(a)?)
            .or_else(|| day_number(full_year(a)?, month, small(c)?));
    }
    if let Some(month) = month(a) {
        return day_number(year(c)?, month, small(b)?);
    }
    if a.len() == 4 {
        return day_number(full_year(a)?, small(b)?, small(c)?);
    }
    let (first, second, year) = (small(a)?, small(b)?, year(c)?);
    let day_first = || day_number(year, second, first);
    let month_first = || day_number(year, first, second);
    match order {
        // Nobody writes the month first with dots.
        DateOrder::MonthFirst if text.contains('.') => day_first(),
        DateOrder::DayFirst => day_first(),
        DateOrder::MonthFirst => month_first(),
        DateOrder::YearFirst => day_first().or_else(month_first),
    }
}

/// `Mar 12 15:45:00 2024` or `Mar 12 15:45:00 UTC 2024`, behind the day of the week.
fn unix_style(text: &str) -> Option<Stamp> {
    let mut parts = text.split_ascii_whitespace();
    let (month_name, day, time) = (parts.next()?, parts.next()?, parts.next()?);
    let (zone, year) = match (parts.next()?, parts.next()) {
        (year, None) => (None, year),
        (zone, Some(year)) => (Some(zone), year),
    };
    let day = day_number(full_year(year)?, month(month_name)?, small(day)?)?;
    let (time, own_offset) = time_of(time)?;
    let offset = match zone {
        Some(zone) => Some(offset(zone.as_bytes())?),
        None => own_offset,
    };
    parts.next().is_none().then_some(Stamp { day, time: Some(time), offset })
}

/// `8:04:10 AM`, `15:45`, `15:45:00.123 +0100`.
fn time_of(text: &str) -> Option<(i64, Option<i32>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() {
        return None;
    }
    let (second, micros) = match second.split_once('.') {
        Some((second, part)) => (second, fraction(part.as_bytes())?),
        None => (second, 0),
    };
    let mut hour = small(hour)?;
    let mut rest = rest.trim();
    let half = rest.get(..2).map(str::to_ascii_lowercase);
    if let Some(half @ ("am" | "pm")) = half.as_deref() {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        rest = rest[2..].trim();
    }
    let time = time_of_day(hour, small(minute)?, small(second)?, micros)?;
    let offset = if rest.is_empty() { None } else { Some(offset(rest.as_bytes())?) };
    Some((time, offset))
}

/// A number of one or two digits.
fn small(text: &str) -> Option<u32> {
    digits(text.as_bytes()).filter(|_| text.len() <= 2)
}

/// Four digits.
fn full_year(text: &str) -> Option<i64> {
    digits(text.as_bytes()).filter(|_| text.len() == 4).map(i64::from)
}

/// Four digits, or two: 70 to 99 are of the last century.
fn year(text: &str) -> Option<i64> {
    full_year(text).or_else(|| {
        let short = digits(text.as_bytes()).filter(|_| text.len() == 2)?;
        Some(i64::from(short) + if short < 70 { 2000 } else { 1900 })
    })
}

/// The month of this name, in English, German, French or Spanish, cut at any length from three letters on.
fn month(text: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "ene", "jän"],
        &["feb", "fév", "fev"],
        &["mar", "mär", "mrz"],
        &["apr", "avr", "abr"],
        &["may", "mai"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aoû", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    if !text.chars().all(char::is_alphabetic) || text.chars().count() < 3 {
        return None;
    }
    let text = text.to_lowercase();
    let month = NAMES.iter().position(|names| names.iter().any(|name| text.starts_with(name)))?;
    Some(month as u32 + 1)
}
