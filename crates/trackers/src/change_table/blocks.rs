//! Change tables of any size at the speed of memory, without having them in memory: block by block.

use std::{
    io::{self, BufRead, Read},
    ops::ControlFlow,
    path::Path,
};

use memchr::{memchr, memrchr};

use super::{
    ChangeTable, NO_COLUMNS,
    fast::{self, Read as ReadRow, Scanner},
};
use crate::{
    Dialect, Unreadable,
    container::{self, Bytes, Utf8, broken},
    table::BorrowedTable,
};

/// How much is read at first: enough for all rows that are looked at to see what columns hold.
const START: usize = (1 << 20) + (1 << 16);
/// How much is read at a time afterwards: it is still in a near cache when it is looked at.
const BLOCK: usize = 1 << 17;
/// The longest head.
const LONGEST_HEAD: u64 = 1 << 20;

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
    let mut text = Text::open(path)?;
    text.read(START)?;
    let head = memchr(b'\n', text.unread()).map_or(text.unread().len(), |end| end + 1);
    if !has_rows_of_their_own(&text.unread()[..head], dialect)? {
        text.read_all()?;
        return fast::scan_while(text.unread(), dialect, &mut visit).map(|_| ());
    }
    let (mut scanner, body) = Scanner::open(text.unread(), dialect)?;
    text.from += body;
    loop {
        let unread = text.unread();
        let end = match memrchr(b'\n', unread) {
            _ if text.is_whole => unread.len(),
            Some(end) => end + 1,
            // A line that is longer than a block.
            None => 0,
        };
        let (read, flow) = scanner.scan(&unread[..end], text.is_whole, &mut visit);
        if text.is_whole || flow.is_break() {
            return Ok(());
        }
        text.from += read;
        if read == end && end > 0 { text.read(BLOCK)? } else { text.read_all()? }
    }
}

/// Visits the rows within the first bytes of a table.
pub fn scan_start(
    path: &Path,
    bytes: usize,
    dialect: &Dialect,
    mut visit: impl FnMut(ReadRow<'_>) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    let mut text = Text::open(path)?;
    text.read(bytes)?;
    let start = text.unread();
    let end = memrchr(b'\n', start).filter(|_| !text.is_whole).map_or(start.len(), |end| end + 1);
    fast::scan_while(&start[..end], dialect, &mut visit).map(|_| ())
}

/// What was read of a file and is still to be looked at.
struct Text {
    file: Bytes,
    bytes: Vec<u8>,
    /// What lies between was read and not looked at.
    from: usize,
    to: usize,
    /// Whether all of the file was read.
    is_whole: bool,
}

impl Text {
    fn open(path: &Path) -> Result<Self, Unreadable> {
        let file = container::open(path).map_err(|error| unreadable(&error))?;
        Ok(Text { file, bytes: Vec::new(), from: 0, to: 0, is_whole: false })
    }

    fn unread(&self) -> &[u8] {
        &self.bytes[self.from..self.to]
    }

    /// Reads on until so many bytes more were read, or all.
    fn read(&mut self, count: usize) -> Result<(), Unreadable> {
        self.bytes.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        let end = self.to + count;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        while self.to < end && !self.is_whole {
            match self.file.read(&mut self.bytes[self.to..end]) {
                Ok(read) => {
                    self.to += read;
                    self.is_whole = read == 0;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
        Ok(())
    }

    fn read_all(&mut self) -> Result<(), Unreadable> {
        self.bytes.truncate(self.to);
        self.file.read_to_end(&mut self.bytes).map_err(|error| unreadable(&error))?;
        self.to = self.bytes.len();
        self.is_whole = true;
        Ok(())
    }
}

fn unreadable(error: &io::Error) -> Unreadable {
    Unreadable { reason: broken(error).reason }
}

/// Whether a table holds changes and nothing else about its items than their key, creation, type and team, with each
/// row alone: then what [`scan_file`] tells is all there is.
pub fn holds_changes_only(path: &Path, dialect: &Dialect) -> Result<bool, Unreadable> {
    let mut head = Vec::new();
    container::open(path)
        .and_then(|file| file.take(LONGEST_HEAD).read_until(b'\n', &mut head))
        .map_err(|error| unreadable(&error))?;
    Ok(has_rows_of_their_own(&head, dialect)? && {
        let table = BorrowedTable::open(Box::new(Utf8::new(head.as_slice(), dialect)), dialect);
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
