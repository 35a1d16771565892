//! The readers of tools' own formats: on small fixtures, on real data where it is at hand, and on anything at all.
#![expect(clippy::unwrap_used, reason = "a test that can't read its data fails")]
#![expect(clippy::print_stdout, reason = "a test says what it skips and what it measured")]

mod anything;
mod azure;
mod data;
mod devlake;
mod github;
mod gitlab;
mod jira;
mod redmine;
mod speed;
mod trello;

use std::{
    io::{BufRead, BufReader, Cursor},
    path::{Path, PathBuf},
};

use headway_domain::work::{Change, Field, ItemRecord, Oddity, Record, Row};
use headway_trackers::{Dialect, Rows};

/// What a format's module offers.
type Reader = fn(Box<dyn BufRead + Send>, String, &Dialect) -> Rows;

/// The rows of a text.
fn rows_of(reader: Reader, text: impl Into<Vec<u8>>) -> Vec<Row> {
    reader(Box::new(Cursor::new(text.into())), "file".to_owned(), &Dialect::plain()).collect()
}

/// The text of a fixture.
fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of real data; `None`, with a word about it, where it is absent.
fn data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HEADWAY_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        Some(path)
    } else {
        println!("skipped: {} is not there", path.display());
        None
    }
}

/// A file of the real data as a stream, unpacked if it is gzipped.
fn open(path: &Path) -> Box<dyn BufRead + Send> {
    let file = BufReader::with_capacity(1 << 16, std::fs::File::open(path).unwrap());
    if path.extension().is_some_and(|it| it == "gz") {
        Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    }
}

/// The items among rows.
fn items(rows: &[Row]) -> Vec<&ItemRecord> {
    rows.iter()
        .filter_map(|row| match &row.record {
            Ok(Record::Item(item)) => Some(&**item),
            _ => None,
        })
        .collect()
}

/// The reasons of rows that are none.
fn problems(rows: &[Row]) -> Vec<(u64, String)> {
    rows.iter()
        .filter_map(|row| {
            row.record.as_ref().err().map(|problem| (row.location.line, problem.reason.clone()))
        })
        .collect()
}

/// How many rows have this oddity.
fn count(rows: &[Row], oddity: Oddity) -> usize {
    rows.iter().filter(|row| row.oddities.contains(&oddity)).count()
}

/// The changes of one field, as `from > to`.
fn steps(item: &ItemRecord, field: Field) -> Vec<String> {
    let text = |value: &Option<String>| value.as_deref().unwrap_or("-").replace('\u{1f}', "+");
    let of_field = |change: &&Change| change.field == field;
    item.changes.iter().filter(of_field).map(|it| format!("{} > {}", text(&it.from), text(&it.to))).collect()
}
