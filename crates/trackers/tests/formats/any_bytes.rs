//! Whatever a file holds, recognising and reading it ends without a panic.

use std::io::Cursor;

use headway_trackers::{DateOrder, Dialect, Format, recognise_start, rows_of};
use proptest::prelude::*;

/// Formats that are read from streams.
const FORMATS: [Format; 14] = [
    Format::JiraJson,
    Format::JiraCsv,
    Format::GithubJson,
    Format::GitlabExport,
    Format::AzureCsv,
    Format::AzureJson,
    Format::RedmineJson,
    Format::TrelloJson,
    Format::ChangeTable,
    Format::StageDates,
    Format::ItemTable,
    Format::Xes,
    Format::GitFastExport,
    Format::SprintTable,
];

/// Pieces that the formats are made of, so that arbitrary files come close to real ones.
const PIECES: &[&str] = &[
    "id",
    "ticket",
    "time",
    "field",
    "old",
    "new",
    "status",
    "created",
    "closed",
    "Backlog",
    "Done",
    "sprint",
    "committed",
    "completed",
    ",",
    ",",
    ",",
    ";",
    "\t",
    "\n",
    "\n",
    "\r\n",
    "\"",
    "2024-01-02",
    "31/12/2023",
    "?",
    "1",
    "x y",
    "{\"issues\":[",
    "{\"id\":1,",
    "\"fields\":{",
    "}",
    "]",
    "<log>",
    "<trace>",
    "<event>",
    "</event>",
    "</trace>",
    "<string key=\"concept:name\" value=\"a\"/>",
    "commit refs/heads/main\n",
    "mark :1\n",
    "data 4\n",
    "committer a <b> 1 +0\n",
    "\u{feff}",
    "\u{fc}",
    "\0",
];

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let pieces =
        prop::collection::vec(prop::sample::select(PIECES), 0..80).prop_map(|it| it.concat().into_bytes());
    prop_oneof![pieces, prop::collection::vec(any::<u8>(), 0..400)]
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    let delimiters = prop::sample::select(vec![None, Some(b','), Some(b';'), Some(b'\t')]);
    let encodings = prop::sample::select(vec!["UTF-8", "windows-1252", "UTF-16LE", "no such encoding"]);
    let orders = prop::sample::select(vec![DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst]);
    (delimiters, encodings, orders).prop_map(|(delimiter, encoding, date_order)| Dialect {
        delimiter,
        encoding: encoding.to_owned(),
        date_order,
        ..Dialect::plain()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn recognising_ends(bytes in any_file()) {
        if let Ok(recognised) = recognise_start("file", &bytes) {
            let rows = rows_of(recognised.format, Box::new(Cursor::new(bytes.clone())), "file".to_owned(), &recognised.dialect);
            prop_assert!(rows.unwrap().count() <= bytes.len() + 2);
        }
    }

    #[test]
    fn reading_ends_and_is_the_same_again(bytes in any_file(), dialect in any_dialect(), format in prop::sample::select(&FORMATS[..])) {
        let read = || rows_of(format, Box::new(Cursor::new(bytes.clone())), "file".to_owned(), &dialect).map(|it| it.take(4_000).collect::<Vec<_>>());
        let rows = read();
        prop_assert!(rows.as_ref().is_ok_and(|rows| rows.len() < 4_000));
        prop_assert_eq!(rows, read());
    }
}
