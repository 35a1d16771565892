//! How a text is written: its encoding, the delimiter of its cells, the order of day and month.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use headway_domain::time::Zone;

use crate::{
    DateOrder, Dialect,
    dates::{self, OrderEvidence},
};

/// The delimiters that are tried, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at to find the delimiter.
const ROWS_FOR_DELIMITER: usize = 50;

impl Dialect {
    /// UTF-8, dates that carry their order in themselves, UTC: right for JSON and XML.
    pub fn plain() -> Self {
        Dialect {
            delimiter: None,
            encoding: UTF_8.name().to_owned(),
            date_order: DateOrder::YearFirst,
            date_order_is_certain: true,
            zone: Zone::utc(),
        }
    }

    /// The encoding; UTF-8 when the name is unknown.
    pub fn decoder(&self) -> &'static Encoding {
        Encoding::for_label(self.encoding.as_bytes()).unwrap_or(UTF_8)
    }
}

/// The encoding of a text, from its start: by its byte order mark, by the pattern of zeros in UTF-16, by whether it
/// is UTF-8; windows-1252 otherwise.
pub fn encoding_of(start: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    // Most files; zeros are ASCII as well, and those of UTF-16 are its mark.
    if start.is_ascii() && memchr::memchr(0, start).is_none() {
        return UTF_8;
    }
    if start.len() >= 4 {
        // Heads and marks are ASCII in every file we read, so every other byte of UTF-16 is mostly zero.
        let head = &start[..start.len().min(512) & !1];
        let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
        let (high, low, half) = (zeros(0), zeros(1), head.len() / 2);
        if low * 4 > half * 3 && high == 0 {
            return UTF_16LE;
        }
        if high * 4 > half * 3 && low == 0 {
            return UTF_16BE;
        }
    }
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in start.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        // The start may end in the middle of a letter.
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    let is_cut = std::str::from_utf8(start).is_err_and(|error| error.error_len().is_none());
    invalid -= usize::from(is_cut);
    if invalid == 0 || valid > 10 * invalid { UTF_8 } else { WINDOWS_1252 }
}

/// The delimiter between the cells of a table; `None` if no delimiter makes columns of it.
pub fn delimiter_of(text: &str) -> Option<u8> {
    if let Some(mark) = text.get(..5).and_then(|it| it.strip_prefix("sep=")) {
        return Some(mark.as_bytes()[0]).filter(u8::is_ascii);
    }
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| Some((delimiter, fit(text, delimiter)?)))
        // Of equals, the first.
        .fold(None, |best: Option<(u8, f64)>, it| match best {
            Some(best) if best.1 >= it.1 => Some(best),
            _ => Some(it),
        })
        .map(|(delimiter, _)| delimiter)
}

/// How well a delimiter fits: how many rows have exactly the head's number of cells, and how many cells that is.
fn fit(text: &str, delimiter: u8) -> Option<f64> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = reader.byte_records().take(ROWS_FOR_DELIMITER).map_while(Result::ok).map(|row| row.len());
    let columns = rows.next().filter(|columns| *columns > 1)?;
    let (mut all, mut same) = (0_u32, 0_u32);
    for cells in rows {
        all += 1;
        same += u32::from(cells == columns);
    }
    // The last row may be cut; a table may have no rows at all.
    let share = f64::from(same + 1) / f64::from(all + 1);
    (share >= 0.3).then(|| share * (columns as f64).ln_1p())
}

/// The order of day and month in the cells, and whether they leave no doubt.
pub fn date_order_of<'a>(cells: impl Iterator<Item = &'a str>) -> (DateOrder, bool) {
    let (mut day_first, mut month_first, mut either, mut halves) = (0_u64, 0_u64, 0_u64, 0_u64);
    for cell in cells {
        match dates::order_evidence(cell) {
            Some(OrderEvidence::DayFirst) => day_first += 1,
            Some(OrderEvidence::MonthFirst) => month_first += 1,
            Some(OrderEvidence::Either) => {
                either += 1;
                // The clock of twelve hours is at home where the month comes first.
                halves += u64::from(cell.trim_end().ends_with(['M', 'm']));
            }
            None => {}
        }
    }
    match (day_first, month_first) {
        (0, 0) if either == 0 => (DateOrder::YearFirst, true),
        (0, 0) if halves * 2 > either => (DateOrder::MonthFirst, false),
        (0, 0) => (DateOrder::DayFirst, false),
        (_, 0) => (DateOrder::DayFirst, true),
        (0, _) => (DateOrder::MonthFirst, true),
        (day, month) => (if day >= month { DateOrder::DayFirst } else { DateOrder::MonthFirst }, false),
    }
}

/// The dialect of a text with this encoding, from its start.
pub fn detect(text: &str, encoding: &'static Encoding) -> Dialect {
    let plain = Dialect { encoding: encoding.name().to_owned(), ..Dialect::plain() };
    if text.trim_start().starts_with(['{', '[', '<']) {
        return plain;
    }
    let delimiter = delimiter_of(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    let (mut day_month, mut certain) = (DateOrder::YearFirst, true);
    let mut cells = Vec::new();
    while reader.read_record(&mut row).is_ok_and(|more| more) {
        cells.extend(row.iter().filter(|cell| dates::order_evidence(cell).is_some()).map(str::to_owned));
    }
    if !cells.is_empty() {
        (day_month, certain) = date_order_of(cells.iter().map(String::as_str));
    }
    Dialect { delimiter, date_order: day_month, date_order_is_certain: certain, ..plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(encoding_of(b"id,title\n1,plain"), UTF_8);
        assert_eq!(encoding_of("id,title\n1,Z\u{fc}rich".as_bytes()), UTF_8);
        assert_eq!(encoding_of(b"id,title\n1,Z\xfcrich"), WINDOWS_1252);
        assert_eq!(encoding_of(b"\xef\xbb\xbfid"), UTF_8);
        assert_eq!(encoding_of(b"\xff\xfei\0d\0"), UTF_16LE);
        assert_eq!(encoding_of(b"i\0d\0,\0t\0"), UTF_16LE);
        assert_eq!(encoding_of(b"\0i\0d\0,\0t"), UTF_16BE);
        assert_eq!(encoding_of("Z\u{fc}".as_bytes().split_last().unwrap().1), UTF_8, "cut in a letter");
    }

    #[test]
    fn delimiters_are_told_apart() {
        assert_eq!(delimiter_of("a,b,c\n1,2,3\n"), Some(b','));
        assert_eq!(delimiter_of("a;b;c\n1,5;2,5;3,5\n2,5;1,5;0,5\n"), Some(b';'));
        assert_eq!(delimiter_of("a\tb\n1,2,3\t4\n"), Some(b'\t'));
        assert_eq!(delimiter_of("a|b\n1|2\n"), Some(b'|'));
        assert_eq!(delimiter_of("sep=;\na;b\n"), Some(b';'));
        assert_eq!(delimiter_of("Done\n2018-09-26\n"), None);
        assert_eq!(delimiter_of("id,title\n1,\"a;b;c;d\"\n2,\"e;f;g;h\"\n"), Some(b','));
    }

    #[test]
    fn the_order_is_certain_only_with_evidence() {
        let order = |cells: &[&str]| date_order_of(cells.iter().copied());
        assert_eq!(order(&["2024-03-04"]), (DateOrder::YearFirst, true));
        assert_eq!(order(&["3/4/2024", "13/4/2024"]), (DateOrder::DayFirst, true));
        assert_eq!(order(&["3/4/2024", "3/14/2024"]), (DateOrder::MonthFirst, true));
        assert_eq!(order(&["3/4/2024"]), (DateOrder::DayFirst, false));
        assert_eq!(order(&["3/4/2024 3:00 PM"]), (DateOrder::MonthFirst, false));
        assert!(!order(&["13/4/2024", "3/14/2024"]).1);
    }
}
