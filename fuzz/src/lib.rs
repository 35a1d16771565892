//! What the fuzz targets have in common. Run one with `cargo +nightly fuzz run <target>`.
//!
//! The promise under test: whatever a file holds, reading it ends, without a panic and in little memory, and gives the
//! same rows again.

use std::{fs, io::Cursor};

use headway_trackers::{
    DateOrder, Dialect, Format, Input, change_table::fast, dialect, read as read_source,
    recognise as recognise_file, rows_of,
};

/// A dialect from the first byte; the rest is the file.
fn with_dialect(bytes: &[u8]) -> Option<(Dialect, &[u8])> {
    let (choice, bytes) = bytes.split_first()?;
    let delimiter = [None, Some(b','), Some(b';'), Some(b'\t')][usize::from(choice & 3)];
    let date_order =
        [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst][usize::from((choice >> 2) % 3)];
    let encoding = ["UTF-8", "windows-1252", "UTF-16LE"][usize::from((choice >> 4) % 3)].to_owned();
    Some((Dialect { delimiter, date_order, encoding, ..Dialect::plain() }, bytes))
}

/// Reads bytes as a format, twice.
pub fn read(format: Format, bytes: &[u8]) {
    let Some((dialect, bytes)) = with_dialect(bytes) else { return };
    let rows = || {
        let reader = Box::new(Cursor::new(bytes.to_vec()));
        rows_of(format, reader, "file".to_owned(), &dialect).expect("a format that is a stream")
    };
    assert!(rows().eq(rows()));
}

/// Recognises bytes as a file on disk, packed or an archive if they are, and reads what is found.
pub fn recognise(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, bytes).expect("a file");
    let Ok(contents) = recognise_file(&Input { name: "file".to_owned(), path }) else { return };
    for source in &contents.sources {
        if let Ok(rows) = read_source(source) {
            rows.for_each(drop);
        }
    }
}

/// Both readers of change tables tell the same number of rows and problems.
pub fn fast_is_general(bytes: &[u8]) {
    let dialect = dialect::detect(&String::from_utf8_lossy(bytes), dialect::encoding_of(bytes));
    let (mut rows, mut problems) = (0_usize, 0_usize);
    let done = fast::scan(bytes, &dialect, |row| if row.is_ok() { rows += 1 } else { problems += 1 });
    if done.is_err() {
        return;
    }
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let general = rows_of(Format::ChangeTable, reader, "file".to_owned(), &dialect).expect("a stream");
    let (good, bad): (Vec<_>, Vec<_>) = general.partition(|row| row.record.is_ok());
    assert_eq!((rows, problems), (good.len(), bad.len()));
}
