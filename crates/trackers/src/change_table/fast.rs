//! Change tables at the speed of memory: rows borrowed from a text that lies in memory or is mapped into it.
//!
//! What is plain (UTF-8, no quotes, no more cells than the head) is cut at its delimiters and nothing else is done to
//! it. Everything else goes through the general reader, piece by piece, so that both always tell the same; oddities
//! are told by the general reader alone.

use std::{borrow::Cow, io::BufRead};

use headway_domain::{
    time::Instant,
    work::{Field, ItemRecord, Oddity, Problem},
};
use memchr::{memchr, memchr_iter, memchr2_iter, memrchr};

use super::{
    ChangeTable, NO_COLUMNS, NO_FIELD, NO_KEY, NO_TIME, kept,
    layout::{FieldNames, Layout, Values},
};
use crate::{
    Dialect, Unreadable,
    columns::not_a_date,
    container::Utf8,
    dates::{self, DayCache},
    table::{BorrowedTable, TableSample, known},
};

/// Bytes that are looked through for quotes and then cut, while they are in the nearest cache.
const PIECE: usize = 1 << 17;

/// What a row tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The item.
    pub key: &'a str,
    /// When the item was created.
    pub created_at: Option<Instant>,
    /// The item's type.
    pub kind: Option<&'a str>,
    /// The item's project, board or component.
    pub group: Option<&'a str>,
    /// What changed; items that did not change may have a row as well.
    pub change: Option<Change<'a>>,
}

/// A change of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// When.
    pub at: Instant,
    /// What.
    pub field: Field,
    /// The value before.
    pub from: Option<Cow<'a, str>>,
    /// The value after.
    pub to: Option<Cow<'a, str>>,
}

/// A row, or its line and why it can't be read.
pub type Read<'a> = Result<Row<'a>, (u64, Problem)>;

/// Visits every row of an unpacked table in its order.
pub fn scan(text: &[u8], dialect: &Dialect, mut visit: impl FnMut(Read<'_>)) -> Result<(), Unreadable> {
    let unreadable = |reason: &str| Unreadable { reason: reason.to_owned() };
    let reader = Box::new(Utf8::new(text, dialect));
    let table = BorrowedTable::open(reader, dialect).map_err(|problem| unreadable(&problem.reason))?;
    let sample = TableSample { rows: Vec::new(), ..table.sample().clone() };
    let general = ChangeTable::new(&sample.head, dialect.clone());
    let Some(layout) = &general.layout else {
        return Err(unreadable(NO_COLUMNS));
    };
    let plain = Plain::of(layout, dialect);
    let body = after_head(text).filter(|_| dialect.decoder() == encoding_rs::UTF_8);
    match (plain, body) {
        (Some(plain), Some(body)) => {
            drop(table);
            let scanner =
                Scanner { text, dialect, sample, plain, position: body, line: lines(&text[..body]) + 1 };
            scanner.run(general, &mut visit);
        }
        _ => general_rows(table, general, 0, &mut visit),
    }
    Ok(())
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

/// The columns of a layout in which each role has one column at most and the fields' values stand in pairs.
struct Plain {
    delimiter: u8,
    key: usize,
    at: usize,
    field: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    created: Option<usize>,
    closed: Option<usize>,
    kind: Option<usize>,
    group: Option<usize>,
}

impl Plain {
    fn of(layout: &Layout, dialect: &Dialect) -> Option<Self> {
        let Values::Pair { field, from, to } = &layout.values else { return None };
        let columns = &layout.columns;
        let one = |columns: &[usize]| match *columns {
            [] => Some(None),
            [column] => Some(Some(column)),
            _ => None,
        };
        let delimiter = dialect.delimiter.unwrap_or(b',');
        if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\n' | b'\r') {
            return None;
        }
        Some(Plain {
            delimiter,
            key: one(&columns.key)??,
            at: one(&layout.at)??,
            field: one(field)?,
            from: one(from)?,
            to: one(to)?,
            created: one(&columns.created)?,
            closed: one(&columns.closed)?,
            kind: one(&columns.kind)?,
            group: one(&columns.group)?,
        })
    }
}

/// What is remembered from row to row.
#[derive(Default)]
struct Memory {
    fields: FieldNames,
    at: DayCache,
    created: DayCache,
}

struct Scanner<'a> {
    text: &'a [u8],
    dialect: &'a Dialect,
    sample: TableSample,
    plain: Plain,
    /// Where the next row starts.
    position: usize,
    line: u64,
}

impl Scanner<'_> {
    fn run(mut self, mut general: ChangeTable, visit: &mut dyn FnMut(Read<'_>)) {
        let mut cells = Vec::with_capacity(self.sample.head.names.len() + 1);
        let mut memory = Memory::default();
        while self.position < self.text.len() {
            let end = self.piece_end();
            let piece = &self.text[self.position..end];
            let is_plain = memchr(b'"', piece).is_none();
            match std::str::from_utf8(piece) {
                Ok(piece) if is_plain => {
                    self.plain_piece(piece, &mut cells, &mut memory, &mut general, visit);
                    self.position = end;
                }
                Ok(_) if self.quoted_piece(end, &mut general, visit) => {}
                // Where letters are broken, lengths differ before and after decoding.
                _ => return self.rest(general, visit),
            }
        }
    }

    /// The end of the last whole line that starts within the next piece.
    fn piece_end(&self) -> usize {
        let most = self.text.len().min(self.position + PIECE);
        match memrchr(b'\n', &self.text[self.position..most]) {
            Some(end) => self.position + end + 1,
            None => memchr(b'\n', &self.text[most..]).map_or(self.text.len(), |end| most + end + 1),
        }
    }

    fn plain_piece(
        &mut self,
        piece: &str,
        cells: &mut Vec<(usize, usize)>,
        memory: &mut Memory,
        general: &mut ChangeTable,
        visit: &mut dyn FnMut(Read<'_>),
    ) {
        let width = self.sample.head.names.len();
        let bytes = piece.as_bytes();
        let (mut start, mut cell) = (0, 0);
        cells.clear();
        let open_end = (bytes.last() != Some(&b'\n')).then_some(bytes.len());
        for hit in memchr2_iter(self.plain.delimiter, b'\n', bytes).chain(open_end) {
            cells.push((cell, hit));
            cell = hit + 1;
            if bytes.get(hit).is_some_and(|b| *b != b'\n') {
                continue;
            }
            if cells.len() > width {
                self.general_line(&piece[start..hit], general, visit);
            } else if !(cells.len() == 1 && piece[start..hit].trim().is_empty()) {
                visit(self.plain.row(piece, cells, memory, self).map_err(|problem| (self.line, problem)));
            }
            self.line += 1;
            start = hit + 1;
            cells.clear();
        }
    }

    /// One line that has more cells than the head.
    fn general_line(&self, line: &str, general: &mut ChangeTable, visit: &mut dyn FnMut(Read<'_>)) {
        let reader = Box::new(line.as_bytes());
        let mut table = BorrowedTable::resume(reader, self.dialect, self.sample.clone());
        while let Some(row) = table.next_row() {
            visit_general(row.map(|cells| (cells.line, general.read(cells))), self.line - 1, visit);
        }
    }

    /// Rows among which there are quotes, until at least `end`. Gives false if the rest has to go through the
    /// general reader.
    fn quoted_piece(
        &mut self,
        end: usize,
        general: &mut ChangeTable,
        visit: &mut dyn FnMut(Read<'_>),
    ) -> bool {
        let rest = &self.text[self.position..];
        let mut table = BorrowedTable::resume(Box::new(rest), self.dialect, self.sample.clone());
        let before = self.position;
        let lines_before = self.line - 1;
        while self.position < end {
            let Some(row) = table.next_row() else {
                self.position = self.text.len();
                return true;
            };
            if row.is_err() {
                return false;
            }
            visit_general(row.map(|cells| (cells.line, general.read(cells))), lines_before, visit);
            let after = before + usize::try_from(table.position()).unwrap_or(usize::MAX);
            let passed = &self.text[self.position..after];
            self.line += lines(passed);
            self.position = after;
        }
        true
    }

    fn rest(self, general: ChangeTable, visit: &mut dyn FnMut(Read<'_>)) {
        let reader: Box<dyn BufRead + Send> = Box::new(Utf8::new(&self.text[self.position..], self.dialect));
        let table = BorrowedTable::resume(reader, self.dialect, self.sample);
        general_rows(table, general, self.line - 1, visit);
    }
}

impl Plain {
    fn row<'a>(
        &self,
        piece: &'a str,
        cells: &[(usize, usize)],
        memory: &mut Memory,
        scanner: &Scanner<'_>,
    ) -> Result<Row<'a>, Problem> {
        let cell = |column: usize| {
            let (start, end) = *cells.get(column)?;
            trimmed(&piece[start..end])
        };
        let optional = |column: Option<usize>| column.and_then(cell);
        let problem = |key: Option<&str>, reason: &str| {
            Err(Problem { key: key.map(str::to_owned), reason: reason.to_owned() })
        };
        let Some(key) = cell(self.key) else { return problem(None, NO_KEY) };
        let instant = |column: Option<usize>, day: &mut DayCache| {
            let Some(text) = optional(column) else { return Ok(None) };
            let quick = dates::utc(text.as_bytes(), day);
            match quick.or_else(|| dates::parse(text, scanner.dialect)) {
                Some(instant) => Ok(Some(instant)),
                None => {
                    let columns = [column.unwrap_or_default()];
                    let reason = not_a_date(text, &scanner.sample.head, &columns);
                    Err(Problem { key: Some(key.to_owned()), reason })
                }
            }
        };
        // In the order of the general reader, so that of several bad dates both tell the same.
        let at = instant(Some(self.at), &mut memory.at)?;
        let created_at = instant(self.created, &mut memory.created)?;
        instant(self.closed, &mut DayCache::default())?;
        let (kind, group) = (optional(self.kind), optional(self.group));
        let (name, from, to) = (optional(self.field), optional(self.from), optional(self.to));
        let Some(at) = at else {
            if created_at.is_some() && name.is_none() && from.is_none() && to.is_none() {
                return Ok(Row { key, created_at, kind, group, change: None });
            }
            return problem(Some(key), NO_TIME);
        };
        let field = match (self.field, name) {
            (None, _) => Field::State,
            (Some(_), Some(name)) => memory.fields.get(name),
            (Some(_), None) => return problem(Some(key), NO_FIELD),
        };
        let (field, from, to) = kept(field, from, to);
        Ok(Row { key, created_at, kind, group, change: Some(Change { at, field, from, to }) })
    }
}

/// The same as [`known`], without looking for blanks where there surely are none.
fn trimmed(cell: &str) -> Option<&str> {
    match cell.as_bytes() {
        [] => None,
        [b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', .., b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z']
            if !matches!(cell.len(), 3 | 4 | 9) =>
        {
            Some(cell)
        }
        _ => known(cell),
    }
}

fn general_rows(
    mut table: BorrowedTable<'_>,
    mut general: ChangeTable,
    lines_before: u64,
    visit: &mut dyn FnMut(Read<'_>),
) {
    while let Some(row) = table.next_row() {
        visit_general(row.map(|cells| (cells.line, general.read(cells))), lines_before, visit);
    }
}

/// A row's line and what it tells by the general reader.
type General = (u64, Result<(ItemRecord, Vec<Oddity>), Problem>);

fn visit_general(row: Result<General, (u64, Problem)>, lines_before: u64, visit: &mut dyn FnMut(Read<'_>)) {
    match row {
        Ok((_, Ok((item, _)))) => visit(Ok(Row {
            key: &item.key,
            created_at: item.created_at,
            kind: item.kind.as_deref(),
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use headway_domain::work::Record;
    use proptest::prelude::*;

    use super::*;
    use crate::{container::Sample, dialect};

    /// What is compared: line and reason of problems, everything of rows.
    type Told =
        Result<(String, Option<Instant>, Option<String>, Option<String>, Option<String>), (u64, Problem)>;

    fn fast(text: &[u8], dialect: &Dialect) -> Option<Vec<Told>> {
        let mut told = Vec::new();
        let done = scan(text, dialect, |row| {
            told.push(row.map(|row| {
                let change =
                    row.change.map(|it| format!("{} {:?} {:?} {:?}", it.at, it.field, it.from, it.to));
                let owned = |text: Option<&str>| text.map(str::to_owned);
                (row.key.to_owned(), row.created_at, owned(row.kind), owned(row.group), change)
            }));
        });
        done.ok().map(|()| told)
    }

    fn general(text: &[u8], dialect: &Dialect) -> Vec<Told> {
        let reader = Box::new(Utf8::new(Cursor::new(text.to_vec()), dialect));
        super::super::rows(reader, "file".to_owned(), dialect)
            .map(|row| match row.record {
                Ok(Record::Item(item)) => {
                    let change = item.changes.first();
                    let change =
                        change.map(|it| format!("{} {:?} {:?} {:?}", it.at, it.field, it.from, it.to));
                    Ok((item.key, item.created_at, item.kind, item.group, change))
                }
                Ok(other) => panic!("{other:?}"),
                Err(problem) => Err((row.location.line, problem)),
            })
            .collect()
    }

    fn assert_same(text: &[u8]) {
        let dialect = dialect::detect(&String::from_utf8_lossy(text), dialect::encoding_of(text));
        assert_eq!(
            fast(text, &dialect).unwrap(),
            general(text, &dialect),
            "{}",
            String::from_utf8_lossy(text)
        );
    }

    const HEAD: &str = "item,team,type,created,at,from,to\n";

    #[test]
    fn plain_rows_are_the_same() {
        let rows = "1,A,Story,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,Ready,Doing\n\
            2,,?,,2024-01-02T00:00:00.5+01:00, Ready ,Doing\r\n\n \n3,A,B\n4,A,B,x,2024-01-02,a,b\n5,A,B,,,,\n\
            6,A,B,2024-01-01,,,\n7,A,B,2024-01-01,2024-01-02,a,a\n8,A,B,2024-01-01,2024-01-02,a,b,c\n9,A,B,2024-01-01,2024-01-02,a,b";
        assert_same(format!("{HEAD}{rows}").as_bytes());
        assert_same(format!("\u{feff}{HEAD}{rows}").as_bytes());
        assert_same(
            "ticket,time,field,old,new\n1,2006-06-09T03:21:00Z,keywords,a,a b\n1,2006-06-09,,a,b\n"
                .as_bytes(),
        );
    }

    #[test]
    fn quotes_and_broken_letters_are_the_same() {
        let row = |ix: usize| format!("{ix},A,Story,2024-01-01,2024-01-02,\"Rea\ndy\",Doing\n");
        let plain = |ix: usize| format!("{ix},A,Story,2024-01-01,2024-01-02,Ready,Doing\n");
        // Several pieces, of which some have quotes, one of them across the border.
        let mut text = HEAD.to_owned();
        for ix in 0..12_000 {
            text += &if (3_000..3_100).contains(&ix) || ix % 5_000 == 17 { row(ix) } else { plain(ix) };
        }
        text += ",,,\n";
        assert_same(text.as_bytes());
        let mut broken = text.clone().into_bytes();
        broken[100] = 0xff;
        broken[300_000] = 0xff;
        assert_same(&broken);
    }

    #[test]
    fn logs_and_other_encodings_go_through_the_general_reader() {
        assert_same(b"case,activity,timestamp\n1,a,2024-01-01\n1,b,2024-01-02\n");
        let text = "item;at;from;to\n1;2.1.2024;Z\u{fc};B\n";
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        assert_same(&latin);
        let sample = Sample::new("x", b"name,colour\nx,y\n", true);
        assert!(fast(b"name,colour\nx,y\n", &sample.dialect).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn any_table_is_the_same(cells in prop::collection::vec(prop::sample::select(vec![
            "1", "A", "2024-01-02", "2024-01-02T03:04:05Z", "x y", "?", " ", "", "\"", "\"a,\nb\"", "\u{fc}", "null",
        ]), 0..80), breaks in prop::collection::vec(0..80_usize, 0..14), head in prop::sample::select(vec![
            "item,created,at,from,to\n", "ticket,time,field,old,new\n", "id,id,at,from,to\n", "item,at,to,from,\n",
        ])) {
            let mut text = head.to_owned();
            for (ix, cell) in cells.iter().enumerate() {
                text += cell;
                text += if breaks.contains(&ix) { "\n" } else { "," };
            }
            let dialect = Dialect { delimiter: Some(b','), ..Dialect::plain() };
            prop_assert_eq!(fast(text.as_bytes(), &dialect).unwrap(), general(text.as_bytes(), &dialect));
        }
    }
}
