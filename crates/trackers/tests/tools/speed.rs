//! How fast Jira's reader is. Not run by itself: it says something in a release build only.

use std::{
    io::{BufReader, Cursor, Read},
    time::Instant,
};

use headway_trackers::{Dialect, jira};

use crate::{data, items, open};

#[test]
#[ignore = "a measurement: run it with --release -- --ignored --nocapture speed"]
fn speed_of_the_reader_of_jira() {
    for (name, times) in [("jira/jira-duraspace.jsonl.gz", 8), ("jira/jira-titanium.jsonl.gz", 4)] {
        let Some(path) = data(name) else { return };
        let mut text = Vec::new();
        open(&path).read_to_end(&mut text).unwrap();
        let megabytes = (text.len() * times) as f64 / 1e6;
        let array = {
            let list = String::from_utf8(text.clone()).unwrap().trim().replace('\n', ",");
            format!("{{\"total\":1,\"issues\":[{list}]}}").into_bytes()
        };
        for (layout, text) in [("one issue a line", text), ("a page", array)] {
            let start = Instant::now();
            let mut rows = 0;
            for _ in 0..times {
                let reader = BufReader::with_capacity(1 << 16, Cursor::new(text.clone()));
                rows += jira::rows(Box::new(reader), name.to_owned(), &Dialect::plain()).count();
            }
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "{name}, {layout}: {rows} rows, {:.0} MB/s, {:.0} rows/s",
                megabytes / seconds,
                rows as f64 / seconds
            );
        }
        let start = Instant::now();
        let found: Vec<_> = jira::rows(open(&path), name.to_owned(), &Dialect::plain()).collect();
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{name}, packed: {:.0} MB/s unpacked, {} items",
            megabytes / times as f64 / seconds,
            items(&found).len()
        );
    }
}
