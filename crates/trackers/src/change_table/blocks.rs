//! Change tables of any size at the speed of memory, without having them in memory: block by block.

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
};

use memchr::{memchr, memrchr};

use super::{
    ChangeTable, NO_COLUMNS,
    fast::{self, Read as ReadRow},
};
use crate::{
    Dialect, Unreadable,
    container::{self, Utf8, broken},
    table::BorrowedTable,
};

/// How much is read at a time.
const BLOCK: usize = 1 << 20;

/// Visits rows of a table in their order, as [`fast::scan`] does, with memory for one block, until `visit` has seen
/// enough.
///
/// From the first quote on, and in tables whose rows are not all alone, the rest is read into memory: a quoted cell
/// may go over any number of lines.
pub fn scan_file(
    path: &Path,
    dialect: &Dialect,
    mut visit: impl FnMut(ReadRow<'_>) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    let unreadable = |error: io::Error| Unreadable { reason: broken(&error).reason };
    let mut file = container::open(path).map_err(unreadable)?;
    let mut text = Vec::with_capacity(BLOCK + (BLOCK >> 2));
    let mut is_whole = fill(&mut file, &mut text, BLOCK).map_err(unreadable)?;
    let head = memchr(b'\n', &text).map_or(text.len(), |end| end + 1);
    if !has_rows_of_their_own(&text[..head], dialect)? {
        file.read_to_end(&mut text).map_err(unreadable)?;
        return scan_whole(&text, dialect, 0, &mut visit).map(|_| ());
    }
    let mut lines_before = 0;
    loop {
        // A block begins with the head, so that it is a table of its own.
        let is_plain = memchr(b'"', &text).is_none();
        let end = match memrchr(b'\n', &text) {
            _ if is_whole => text.len(),
            Some(end) if is_plain && end >= head => end + 1,
            _ => {
                file.read_to_end(&mut text).map_err(unreadable)?;
                is_whole = true;
                text.len()
            }
        };
        let is_enough = scan_whole(&text[..end], dialect, lines_before, &mut visit)?.is_break();
        if is_whole || is_enough {
            return Ok(());
        }
        lines_before += memchr::memchr_iter(b'\n', &text[head..end]).count() as u64;
        text.drain(head..end);
        is_whole = fill(&mut file, &mut text, BLOCK).map_err(unreadable)?;
    }
}

/// Visits the rows within the first bytes of a table.
pub fn scan_start(
    path: &Path,
    bytes: usize,
    dialect: &Dialect,
    mut visit: impl FnMut(ReadRow<'_>) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    let unreadable = |error: io::Error| Unreadable { reason: broken(&error).reason };
    let mut start = Vec::new();
    let mut file = container::open(path).map_err(unreadable)?;
    if !fill(&mut file, &mut start, bytes).map_err(unreadable)?
        && let Some(end) = memrchr(b'\n', &start)
    {
        start.truncate(end + 1);
    }
    scan_whole(&start, dialect, 0, &mut visit).map(|_| ())
}

/// Visits the rows of a text until `visit` has seen enough.
fn scan_whole(
    text: &[u8],
    dialect: &Dialect,
    lines_before: u64,
    visit: &mut dyn FnMut(ReadRow<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Unreadable> {
    let mut flow = ControlFlow::Continue(());
    fast::scan(text, dialect, |row| {
        if flow.is_continue() {
            flow = visit(row.map_err(|(line, problem)| (line + lines_before, problem)));
        }
    })?;
    Ok(flow)
}

/// Whether a table holds changes and nothing else about its items than their key, creation, type and team, with each
/// row alone: then what [`scan_file`] tells is all there is.
pub fn holds_changes_only(path: &Path, dialect: &Dialect) -> Result<bool, Unreadable> {
    let unreadable = |error: io::Error| Unreadable { reason: broken(&error).reason };
    let mut start = Vec::new();
    container::open(path)
        .and_then(|file| file.take(BLOCK as u64).read_to_end(&mut start))
        .map_err(unreadable)?;
    let head = memchr(b'\n', &start).map_or(start.as_slice(), |end| &start[..=end]);
    Ok(has_rows_of_their_own(head, dialect)? && {
        let table = BorrowedTable::open(Box::new(Utf8::new(head, dialect)), dialect);
        let layout =
            table.ok().and_then(|table| ChangeTable::new(&table.sample().head, dialect.clone()).layout);
        layout.is_some_and(|it| it.columns.is_bare())
    })
}

/// Whether what a row says depends on no other row, and the head is one plain line.
fn has_rows_of_their_own(head: &[u8], dialect: &Dialect) -> Result<bool, Unreadable> {
    if memchr(b'"', head).is_some() || head.starts_with(b"sep=") || head.trim_ascii().is_empty() {
        return Ok(false);
    }
    let unreadable = |reason: &str| Unreadable { reason: reason.to_owned() };
    let reader = Box::new(Utf8::new(head, dialect));
    let table = BorrowedTable::open(reader, dialect).map_err(|problem| unreadable(&problem.reason))?;
    let table = ChangeTable::new(&table.sample().head, dialect.clone());
    let layout = table.layout.as_ref().ok_or_else(|| unreadable(NO_COLUMNS))?;
    Ok(!layout.is_log() && dialect.decoder() == encoding_rs::UTF_8)
}

/// Reads until there are `count` bytes more; tells whether the file is at its end.
fn fill(file: &mut impl Read, text: &mut Vec<u8>, count: usize) -> io::Result<bool> {
    let read = file.by_ref().take(count as u64).read_to_end(text)?;
    Ok(read < count)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::dialect;

    fn rows(scan: impl FnOnce(&mut dyn FnMut(ReadRow<'_>))) -> Vec<String> {
        let mut rows = Vec::new();
        scan(&mut |row| rows.push(format!("{row:?}")));
        rows
    }

    fn assert_same(text: &str) {
        let dialect = dialect::detect(text, encoding_rs::UTF_8);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let blocks = rows(|visit| {
            scan_file(file.path(), &dialect, |row| {
                visit(row);
                ControlFlow::Continue(())
            })
            .unwrap();
        });
        let whole = rows(|visit| fast::scan(text.as_bytes(), &dialect, visit).unwrap());
        assert_eq!(blocks.len(), whole.len());
        assert!(blocks == whole);
    }

    fn table(rows: usize, cell: impl Fn(usize) -> String) -> String {
        use std::fmt::Write;
        let mut text = "item,team,created,at,from,to\n".to_owned();
        for row in 0..rows {
            let day = row % 27 + 1;
            let state = cell(row);
            writeln!(text, "P-{},A,2024-01-01T00:00:00Z,2024-02-{day:02}T10:00:00Z,Open,{state}", row / 4)
                .unwrap();
        }
        text
    }

    #[test]
    fn blocks_tell_the_same_as_the_whole() {
        assert_same(&table(40_000, |row| format!("S{}", row % 7)));
    }

    #[test]
    fn quoted_cells_over_lines_are_found_wherever_they_are() {
        assert_same(&table(
            40_000,
            |row| if row % 15_013 == 15_012 { "\"a\nb,c\"".into() } else { "Done".into() },
        ));
    }

    #[test]
    fn bad_rows_keep_their_lines() {
        assert_same(
            &table(40_000, |row| if row % 9_001 == 9_000 { "x,y,z".into() } else { "Done".into() })
                .replace(",A,2024-01-01T00:00:00Z,2024-02-11", ",A,never,2024-02-11"),
        );
    }
}
