//! From text to rows: plain lines the short way, everything else through the general reader.

use std::{borrow::Cow, io::BufRead, ops::ControlFlow};

use headway_domain::work::{ItemRecord, Oddity, Problem};
use memchr::{memchr, memchr_iter, memrchr};

use super::{
    Change, Read, Row,
    marks::Marks,
    plain::{Line, Memory, Plain},
};
use crate::{
    Dialect, Unreadable,
    change_table::{ChangeTable, NO_COLUMNS},
    container::Utf8,
    table::{BorrowedTable, TableSample},
};

/// Bytes that are looked through and then read, while they are in the nearest caches.
const PIECE: usize = 1 << 15;
/// A longer line goes through the general reader, which bounds what a record may take.
const LONGEST_LINE: usize = 1 << 20;

/// Reads the rows of a table, which may come in several texts of whole lines.
pub(in crate::change_table) struct Scanner<'d> {
    dialect: &'d Dialect,
    sample: TableSample,
    /// `None` if every row has to go through the general reader.
    plain: Option<Plain>,
    general: ChangeTable,
    memory: Memory,
    marks: Marks,
    /// The line at which the next row starts.
    line: u64,
}

impl<'d> Scanner<'d> {
    /// Reads the head of a text and looks at its first rows; gives where what is to be scanned starts.
    pub(in crate::change_table) fn open(
        text: &[u8],
        dialect: &'d Dialect,
    ) -> Result<(Self, usize), Unreadable> {
        let unreadable = |reason: &str| Unreadable { reason: reason.to_owned() };
        let reader = Box::new(Utf8::new(text, dialect));
        let table = BorrowedTable::open(reader, dialect).map_err(|problem| unreadable(&problem.reason))?;
        let sample = TableSample { rows: Vec::new(), ..table.sample().clone() };
        let general = ChangeTable::new(&sample.head, dialect.clone());
        let layout = general.layout.as_ref().ok_or_else(|| unreadable(NO_COLUMNS))?;
        let body = after_head(text).filter(|_| dialect.decoder() == encoding_rs::UTF_8);
        let plain = body.and_then(|_| Plain::of(layout, dialect));
        let body = body.filter(|_| plain.is_some()).unwrap_or(0);
        let line = lines(&text[..body]) + 1;
        let (memory, marks) = (Memory::default(), Marks::default());
        Ok((Scanner { dialect, sample, plain, general, memory, marks, line }, body))
    }

    /// Visits the rows of a text until `visit` has seen enough, and gives how much of the text was read.
    ///
    /// A text that is not the whole rest of the table is read up to where there are quotes: a quoted cell may go
    /// over any number of lines.
    pub(in crate::change_table) fn scan(
        &mut self,
        text: &[u8],
        is_whole: bool,
        visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
    ) -> (usize, ControlFlow<()>) {
        let mut position = 0;
        while position < text.len() {
            let Some(Plain { delimiter, .. }) = self.plain else {
                let table = BorrowedTable::open(Box::new(Utf8::new(text, self.dialect)), self.dialect);
                let flow = table.map_or(ControlFlow::Continue(()), |table| self.general_rows(table, visit));
                return (text.len(), flow);
            };
            let end = piece_end(text, position);
            let piece = &text[position..end];
            let is_short = piece.len() <= LONGEST_LINE;
            let is_plain = is_short && self.marks.find(piece, delimiter);
            let (read, flow) = match std::str::from_utf8(piece) {
                Ok(piece) if is_plain => (end, self.plain_piece(piece, visit)),
                Err(_) if is_plain => (end, self.any_text(piece, visit)),
                _ if !is_whole => return (position, ControlFlow::Continue(())),
                Ok(_) if is_short => match self.quoted_piece(text, position, end, visit) {
                    Ok(read) => read,
                    // Where letters are broken, lengths differ before and after decoding.
                    Err(read) => (text.len(), self.any_text(&text[read..], visit)),
                },
                _ => (text.len(), self.any_text(&text[position..], visit)),
            };
            position = read;
            if flow.is_break() {
                return (position, flow);
            }
        }
        (position, ControlFlow::Continue(()))
    }

    fn plain_piece(
        &mut self,
        piece: &str,
        visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(plain) = &self.plain else { return ControlFlow::Continue(()) };
        let head = &self.sample.head;
        let bytes = piece.as_bytes();
        let (mut start, mut first) = (0, 0);
        for line in 0..self.marks.lines.len() {
            let cells_end = self.marks.lines[line] as usize;
            let ends = self.marks.cells(first, cells_end);
            let Some(last) = ends.last_mut() else { continue };
            let next = *last as usize + 1;
            let end = next - 1 - usize::from(bytes[start..next - 1].last() == Some(&b'\r'));
            *last = end as u32;
            if ends.len() > head.names.len() {
                let text = bytes.get(start..next).unwrap_or(&bytes[start..]);
                let mut table = BorrowedTable::resume(Box::new(text), self.dialect, self.sample.clone());
                while let Some(row) = table.next_row() {
                    let row = row.map(|cells| (cells.line, self.general.read(cells)));
                    visit_general(row, self.line - 1, visit)?;
                }
            } else if !(ends.len() == 1 && piece[start..end].trim().is_empty()) {
                let row = plain.row(&Line { piece, start, ends }, &mut self.memory, head, self.dialect);
                visit(row.map_err(|problem| (self.line, problem)))?;
            }
            self.line += 1;
            (start, first) = (next, cells_end);
        }
        ControlFlow::Continue(())
    }

    /// Rows among which there are quotes, until at least `end`. Gives how far they went, or from where on the rest
    /// has to be decoded first.
    fn quoted_piece(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
    ) -> Result<(usize, ControlFlow<()>), usize> {
        let mut table = BorrowedTable::resume(Box::new(&text[start..]), self.dialect, self.sample.clone());
        let lines_before = self.line - 1;
        let mut position = start;
        while position < end {
            let Some(row) = table.next_row() else {
                return Ok((text.len(), ControlFlow::Continue(())));
            };
            if row.is_err() {
                return Err(position);
            }
            let row = row.map(|cells| (cells.line, self.general.read(cells)));
            let flow = visit_general(row, lines_before, visit);
            let after = start + usize::try_from(table.position()).unwrap_or(usize::MAX);
            self.line += lines(&text[position..after]);
            position = after;
            if flow.is_break() {
                return Ok((position, flow));
            }
        }
        Ok((position, ControlFlow::Continue(())))
    }

    /// Lines that may hold anything, bytes that are no text among it.
    fn any_text(
        &mut self,
        text: &[u8],
        visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let reader: Box<dyn BufRead + Send> = Box::new(Utf8::new(text, self.dialect));
        let table = BorrowedTable::resume(reader, self.dialect, self.sample.clone());
        let flow = self.general_rows(table, visit);
        self.line += lines(text);
        flow
    }

    fn general_rows(
        &mut self,
        mut table: BorrowedTable<'_>,
        visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        while let Some(row) = table.next_row() {
            let row = row.map(|cells| (cells.line, self.general.read(cells)));
            visit_general(row, self.line - 1, visit)?;
        }
        ControlFlow::Continue(())
    }
}

/// Where the rows start, if the head is the first line and plain.
fn after_head(text: &[u8]) -> Option<usize> {
    let end = memchr(b'\n', text)? + 1;
    let head = text[..end].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text[..end]);
    (!head.contains(&b'"') && !head.trim_ascii().is_empty() && !head.starts_with(b"sep=")).then_some(end)
}

fn lines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// The end of the last whole line that starts within the next piece.
fn piece_end(text: &[u8], position: usize) -> usize {
    let most = text.len().min(position + PIECE);
    match memrchr(b'\n', &text[position..most]) {
        Some(end) => position + end + 1,
        None => memchr(b'\n', &text[most..]).map_or(text.len(), |end| most + end + 1),
    }
}

/// A row's line and what it tells by the general reader.
type General = (u64, Result<(ItemRecord, Vec<Oddity>), Problem>);

fn visit_general(
    row: Result<General, (u64, Problem)>,
    lines_before: u64,
    visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    match row {
        Ok((_, Ok((item, _)))) => visit(Ok(Row {
            key: &item.key,
            created_at: item.created_at,
            group: item.group.as_deref(),
            change: item.changes.first().map(|change| Change {
                at: change.at,
                field: change.field,
                from: change.from.as_deref().map(Cow::Borrowed),
                to: change.to.as_deref().map(Cow::Borrowed),
            }),
        })),
        Ok((line, Err(problem))) | Err((line, problem)) => visit(Err((line + lines_before, problem))),
    }
}
