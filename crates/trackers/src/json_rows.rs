//! From the values of a JSON file to rows: what all formats in JSON have in common.

use std::{collections::VecDeque, io::BufRead};

use headway_domain::work::{ItemRecord, Location, Oddity, Problem, Record, Row};
use memchr::memmem;

use crate::{
    Rows,
    json_stream::{Piece, Values},
};

/// What one tool's JSON means.
pub(crate) trait Reading: Send {
    /// Reads one value: an element of the member `member` of a page, or of the file itself. Nothing may be put
    /// into `sink` before the text has been parsed without error.
    fn value(&mut self, member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()>;

    /// Reads what a page says beside its arrays; the arrays may follow or be over.
    fn rest(&mut self, _json: &str) -> serde_json::Result<()> {
        Ok(())
    }

    /// Gives what was kept back until the end.
    fn end(&mut self, _sink: &mut Sink) {}
}

/// Where a reading puts its rows.
#[derive(Debug)]
pub(crate) struct Sink {
    file: String,
    line: u64,
    /// Oddities of the text itself, for the next row.
    pending: Vec<Oddity>,
    rows: VecDeque<Row>,
}

impl Sink {
    /// An empty one for a file.
    pub(crate) fn new(file: String) -> Self {
        Sink { file, line: 1, pending: Vec::new(), rows: VecDeque::new() }
    }

    /// Says where the next rows stand.
    pub(crate) fn stand_at(&mut self, line: u64) {
        self.line = line;
    }

    /// The place of the next rows.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Notes something odd about the text that the next row comes from.
    pub(crate) fn note(&mut self, oddity: Oddity) {
        if !self.pending.contains(&oddity) {
            self.pending.push(oddity);
        }
    }

    /// Adds an item, unless it has no key, and what was odd about it.
    pub(crate) fn item(&mut self, item: ItemRecord, oddities: Vec<Oddity>) {
        if item.key.is_empty() {
            self.problem(item.label, "the record has neither id nor key");
        } else {
            self.push(Ok(Record::Item(Box::new(item))), oddities);
        }
    }

    /// Adds a record that is no item.
    pub(crate) fn record(&mut self, record: Record) {
        self.push(Ok(record), Vec::new());
    }

    /// Adds a reason why something was left out.
    pub(crate) fn problem(&mut self, key: Option<String>, reason: impl Into<String>) {
        self.push(Err(Problem { key, reason: reason.into() }), Vec::new());
    }

    /// Forgets oddities that no row came for.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }

    /// The next row, in order.
    pub(crate) fn pop(&mut self) -> Option<Row> {
        self.rows.pop_front()
    }

    fn push(&mut self, record: Result<Record, Problem>, mut oddities: Vec<Oddity>) {
        oddities.append(&mut self.pending);
        let location = Location { file: self.file.clone(), line: self.line };
        self.rows.push_back(Row { location, record, oddities });
    }
}

/// The rows of a JSON file.
struct JsonRows<R> {
    values: Values,
    reading: R,
    sink: Sink,
    is_over: bool,
}

/// The rows of a JSON file; `arrays` names the members of pages whose elements are read one by one.
pub(crate) fn rows(
    reader: Box<dyn BufRead + Send>,
    file: String,
    arrays: &'static [&'static str],
    reading: impl Reading + 'static,
) -> Rows {
    Box::new(JsonRows { values: Values::new(reader, arrays), reading, sink: Sink::new(file), is_over: false })
}

impl<R: Reading> Iterator for JsonRows<R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.sink.pop() {
                return Some(row);
            }
            if self.is_over {
                return None;
            }
            match self.values.next() {
                Some(Piece::Value(member)) => {
                    self.sink.stand_at(self.values.line());
                    read_value(&mut self.reading, member, self.values.text(), &mut self.sink);
                }
                // What a page says beside its arrays only helps to read them; if it can't be read, so be it.
                Some(Piece::Rest) => drop(self.reading.rest(&String::from_utf8_lossy(self.values.text()))),
                Some(Piece::Broken(reason)) => {
                    self.sink.stand_at(self.values.line());
                    self.sink.problem(None, reason);
                }
                None => {
                    self.is_over = true;
                    self.reading.end(&mut self.sink);
                }
            }
        }
    }
}

/// Reads one value; if it can't be parsed, once more with broken escapes replaced.
pub(crate) fn read_value(reading: &mut impl Reading, member: Option<&str>, json: &[u8], sink: &mut Sink) {
    let text = String::from_utf8_lossy(json);
    if memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()).is_some() {
        sink.note(Oddity::InvalidText);
    }
    let mut result = reading.value(member, &text, sink);
    if result.is_err()
        && let Some(repaired) = without_lone_surrogates(&text)
    {
        sink.note(Oddity::InvalidText);
        result = reading.value(member, &repaired, sink);
    }
    sink.forget();
    if let Err(error) = result {
        sink.problem(None, format!("the record is not sound JSON: {error}"));
    }
}

/// The text with every half of a character that lacks its other half replaced; `None` if there is none.
fn without_lone_surrogates(text: &str) -> Option<String> {
    let mut fixed = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        fixed.push_str(before);
        let length = match unit(escape) {
            Some(0xd800..=0xdbff) if matches!(escape.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                found = true;
                fixed.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            // The escaped sign may be longer than a byte in broken text.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        fixed.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    fixed.push_str(rest);
    found.then_some(fixed)
}

/// The UTF-16 unit that a text starting with `\uXXXX` stands for.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_replaced() {
        let text = r#"{"a":"x\ud83dy","b":"\ud83d\ude00","c":"\\ud83d"}"#;
        let fixed = without_lone_surrogates(text).unwrap();
        assert_eq!(fixed, "{\"a\":\"x\u{fffd}y\",\"b\":\"\\ud83d\\ude00\",\"c\":\"\\\\ud83d\"}");
        assert_eq!(without_lone_surrogates(r#"{"a":"\n"}"#), None);
    }
}
