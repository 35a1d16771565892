//! What the tests of the formats have in common.

use std::io::{BufRead, Cursor};

use headway_domain::work::{ItemRecord, Oddity, Record};

use crate::{Dialect, Rows, container::Sample};

/// The sample of a whole text.
pub(crate) fn sample(text: &str) -> Sample {
    Sample::new("file", text.as_bytes(), true)
}

/// The items in a text, and what was odd about each; rows that can't be read are left out.
pub(crate) fn items(
    text: &str,
    rows: fn(Box<dyn BufRead + Send>, String, &Dialect) -> Rows,
) -> Vec<(ItemRecord, Vec<Oddity>)> {
    rows(Box::new(Cursor::new(text.to_owned())), "file".to_owned(), &sample(text).dialect)
        .filter_map(|row| match row.record {
            Ok(Record::Item(item)) => Some((*item, row.oddities)),
            _ => None,
        })
        .collect()
}

/// The only item.
pub(crate) fn only(
    text: &str,
    rows: fn(Box<dyn BufRead + Send>, String, &Dialect) -> Rows,
) -> (ItemRecord, Vec<Oddity>) {
    let mut items = items(text, rows);
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}
