//! Tables: rows of cells with their line, and what is wrong with many of them put right.

use std::{collections::VecDeque, io::BufRead};

use csv::StringRecord;
use headway_domain::work::{Oddity, Problem};
use memchr::memmem;

use crate::{
    Dialect,
    container::{Bounded, broken},
    dates,
};

/// Rows that are read ahead to see what the columns hold.
const ROWS_AHEAD: usize = 200;

/// Bytes of text after which no more is read ahead.
const BYTES_AHEAD: usize = 1 << 20;

/// The names of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// As they stand in the file, trimmed.
    pub names: Vec<String>,
}

impl Head {
    /// The first column that has one of these names; the first name that occurs wins. Case, blanks and
    /// punctuation do not count: `Issue key`, `issue_key` and `IssueKey` are one.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find_all(name).next())
    }

    /// Every column of this name, for exports that repeat a column for each value.
    pub fn find_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let wanted = plain(name);
        self.names.iter().enumerate().filter(move |(_, it)| plain(it) == wanted).map(|(ix, _)| ix)
    }

    /// Whether there is such a column.
    pub fn has(&self, name: &str) -> bool {
        self.find_all(name).next().is_some()
    }
}

/// A column's name without case, blanks and punctuation.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the cells of a column hold, as far as the first rows show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Nothing in any of them.
    Empty,
    /// Dates, or nothing.
    Date,
    /// Numbers, or nothing.
    Number,
    /// Anything.
    Text,
}

/// The head of a table and its first rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableSample {
    /// The names of the columns.
    pub head: Head,
    /// What each column holds.
    pub kinds: Vec<ColumnKind>,
    /// The first rows that have as many cells as the head.
    pub rows: Vec<Vec<String>>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// The line it starts at, counted from 1.
    pub line: u64,
    /// What was odd about it.
    pub oddities: Vec<Oddity>,
    record: StringRecord,
}

impl Cells {
    /// The trimmed text of a cell; `None` if it is empty, missing, or says "unknown" (`?`, `N/A`, `null`, …).
    pub fn get(&self, column: usize) -> Option<&str> {
        known(self.record.get(column)?)
    }

    /// The first value in these columns: those of one name are put together.
    pub fn any(&self, columns: &[usize]) -> Option<&str> {
        columns.iter().find_map(|column| self.get(*column))
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.record.len()
    }

    /// Whether there are no cells at all.
    pub fn is_empty(&self) -> bool {
        self.record.is_empty()
    }
}

/// The trimmed text, unless it is empty or says "unknown".
pub(crate) fn known(cell: &str) -> Option<&str> {
    let text = cell.trim();
    (!text.is_empty() && !says_unknown(text)).then_some(text)
}

/// Whether a trimmed text says that the value is not known.
fn says_unknown(text: &str) -> bool {
    match text.len() {
        1 => matches!(text, "?" | "-"),
        2 => text == "\\N" || text == "--",
        3 => ["N/A", "NaN", "NaT"].iter().any(|it| text.eq_ignore_ascii_case(it)),
        4 => text.eq_ignore_ascii_case("null"),
        6 => text.eq_ignore_ascii_case("(null)"),
        9 => text.eq_ignore_ascii_case("undefined"),
        _ => false,
    }
}

/// The rows of a table, one at a time.
pub type Table = BorrowedTable<'static>;

/// The rows of a table whose text may be borrowed.
pub struct BorrowedTable<'a> {
    csv: csv::Reader<Bounded<'a>>,
    sample: TableSample,
    ahead: VecDeque<Result<StringRecord, (u64, Problem)>>,
    delimiter: u8,
    cells: Cells,
    has_duplicates: bool,
    is_over: bool,
}

impl<'a> BorrowedTable<'a> {
    /// Reads the head and looks ahead at the first rows.
    pub fn open(reader: Box<dyn BufRead + Send + 'a>, dialect: &Dialect) -> Result<Self, Problem> {
        let mut reader = Bounded::new(reader);
        // A carriage return before the end of a line is trimmed from its last cell like a blank; some old
        // spreadsheets end lines with nothing else.
        let start = reader.fill_buf().unwrap_or_default();
        let is_old = !start.contains(&b'\n') && start.contains(&b'\r');
        let mut table = Self::headless(reader, dialect, if is_old { b'\r' } else { b'\n' });
        let head = loop {
            let record = match table.read() {
                Some(Ok(record)) => record,
                Some(Err((_, problem))) => return Err(problem),
                None => return Err(Problem { key: None, reason: "the table is empty".to_owned() }),
            };
            // Spreadsheets write the delimiter into a line of its own above the head.
            let is_mark = record.get(0).is_some_and(|cell| cell.starts_with("sep="));
            if !is_mark && record.iter().any(|cell| !cell.trim().is_empty()) {
                break record;
            }
        };
        let mut names: Vec<String> = head.iter().map(|name| name.trim().to_owned()).collect();
        while names.len() > 1 && names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        table.set_head(Head { names });
        table.look_ahead();
        Ok(table)
    }

    /// The rest of a table whose head and columns are known; its lines end as usual.
    pub(crate) fn resume(
        reader: Box<dyn BufRead + Send + 'a>,
        dialect: &Dialect,
        sample: TableSample,
    ) -> Self {
        let mut table = Self::headless(Bounded::new(reader), dialect, b'\n');
        table.set_head(sample.head.clone());
        table.sample = sample;
        table
    }

    fn headless(reader: Bounded<'a>, dialect: &Dialect, line_end: u8) -> Self {
        let delimiter = dialect.delimiter.unwrap_or(b',');
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(line_end))
            .buffer_capacity(1 << 16)
            .from_reader(reader);
        BorrowedTable {
            csv,
            sample: TableSample::default(),
            ahead: VecDeque::new(),
            delimiter,
            cells: Cells::default(),
            has_duplicates: false,
            is_over: false,
        }
    }

    fn set_head(&mut self, head: Head) {
        let mut names: Vec<_> =
            head.names.iter().map(|name| plain(name)).filter(|it| !it.is_empty()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        self.has_duplicates = names.len() < all;
        self.sample.head = head;
    }

    /// The head and the first rows.
    pub fn sample(&self) -> &TableSample {
        &self.sample
    }

    /// The next row: a problem where it can't be read (`line` says where); the rows after it still come.
    pub fn next_row(&mut self) -> Option<Result<&Cells, (u64, Problem)>> {
        self.cells.oddities.clear();
        if let Some(ahead) = self.ahead.pop_front() {
            match ahead {
                Ok(record) => self.cells.record = record,
                Err(problem) => return Some(Err(problem)),
            }
        } else {
            // The record's memory is used again.
            let mut record = std::mem::take(&mut self.cells.record);
            let read = self.read_into(&mut record);
            self.cells.record = record;
            match read? {
                Ok(()) => {}
                Err(problem) => return Some(Err(problem)),
            }
        }
        self.cells.line = self.cells.record.position().map_or(0, csv::Position::line);
        self.note_oddities();
        Some(Ok(&self.cells))
    }

    fn read(&mut self) -> Option<Result<StringRecord, (u64, Problem)>> {
        let mut record = StringRecord::new();
        Some(self.read_into(&mut record)?.map(|()| record))
    }

    fn read_into(&mut self, record: &mut StringRecord) -> Option<Result<(), (u64, Problem)>> {
        if self.is_over {
            return None;
        }
        loop {
            self.csv.get_mut().begin_record();
            let line = self.csv.position().line();
            match self.csv.read_record(record) {
                // A line of blanks is none.
                Ok(true) if record.len() == 1 && record.get(0).is_some_and(|cell| cell.trim().is_empty()) => {
                }
                Ok(true) => {
                    self.find_line(record, line);
                    return Some(Ok(()));
                }
                Ok(false) => {
                    self.is_over = true;
                    return None;
                }
                Err(error) => {
                    let problem = match error.into_kind() {
                        csv::ErrorKind::Io(error) => {
                            // Nothing can be read behind a broken stream.
                            self.is_over = true;
                            broken(&error)
                        }
                        _ => Problem { key: None, reason: "the row holds bytes that are no text".to_owned() },
                    };
                    return Some(Err((line, problem)));
                }
            }
        }
    }

    /// The line that a row starts at, from the line behind it: empty lines after `earliest` are no part of it.
    fn find_line(&self, record: &mut StringRecord, earliest: u64) {
        let end = self.csv.position();
        let inside = memchr::memchr_iter(b'\n', record.as_slice().as_bytes()).count() as u64;
        let is_ended = !self.csv.get_ref().stops_without_newline_at(end.byte());
        let mut position = end.clone();
        position.set_line(end.line().saturating_sub(inside + u64::from(is_ended)).max(earliest));
        record.set_position(Some(position));
    }

    fn note_oddities(&mut self) {
        let width = self.sample.head.names.len();
        let Cells { record, oddities, .. } = &mut self.cells;
        // Spreadsheets pad rows with empty cells.
        let mut len = record.len();
        while len > width && record.get(len - 1).is_some_and(|cell| cell.trim().is_empty()) {
            len -= 1;
        }
        record.truncate(len.max(width.min(record.len())));
        if record.len() > width && width > 0 {
            *record = put_together(record, &self.sample, self.delimiter);
            oddities.push(Oddity::UnquotedDelimiter);
        }
        if record.iter().any(|cell| says_unknown(cell.trim())) {
            oddities.push(Oddity::UnknownValue);
        }
        if has_replacement(record.as_slice()) {
            oddities.push(Oddity::InvalidText);
        }
        if self.has_duplicates {
            oddities.push(Oddity::DuplicateColumn);
            self.has_duplicates = false;
        }
    }

    fn look_ahead(&mut self) {
        let mut bytes = 0;
        while self.ahead.len() < ROWS_AHEAD && bytes < BYTES_AHEAD {
            let Some(row) = self.read() else { break };
            bytes += row.as_ref().map_or(0, |record| record.as_slice().len());
            self.ahead.push_back(row);
        }
        let width = self.sample.head.names.len();
        let rows: Vec<&StringRecord> =
            self.ahead.iter().filter_map(|row| row.as_ref().ok()).filter(|row| row.len() == width).collect();
        self.sample.kinds = (0..width).map(|column| kind_of(&rows, column)).collect();
        self.sample.rows = rows.iter().map(|row| row.iter().map(str::to_owned).collect()).collect();
    }

    /// Where the next row starts, in bytes from the start of the stream.
    pub(crate) fn position(&self) -> u64 {
        self.csv.position().byte()
    }
}

/// Whether a text holds U+FFFD, which stands for bytes that were not valid. Hardly any has even its first byte.
fn has_replacement(text: &str) -> bool {
    memchr::memchr(0xef, text.as_bytes())
        .is_some_and(|at| memmem::find(&text.as_bytes()[at..], "\u{fffd}".as_bytes()).is_some())
}

/// What a column holds. A few wrong values do not change it.
fn kind_of(rows: &[&StringRecord], column: usize) -> ColumnKind {
    let (mut all, mut dates, mut numbers) = (0_usize, 0_usize, 0_usize);
    for cell in rows.iter().filter_map(|row| known(row.get(column)?)) {
        all += 1;
        numbers += usize::from(is_number(cell));
        dates += usize::from(dates::looks_like_date(cell));
    }
    let is_most = |count: usize| count * 10 >= all * 9 || (count > 1 && count + 1 >= all);
    match all {
        0 => ColumnKind::Empty,
        // `1.2.2024` is no number, `1.5` no date: nothing is both.
        _ if is_most(dates) => ColumnKind::Date,
        _ if is_most(numbers) => ColumnKind::Number,
        _ => ColumnKind::Text,
    }
}

/// Whether a cell is a number, with a point or a comma.
fn is_number(cell: &str) -> bool {
    cell.len() < 40
        && cell.bytes().next().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.'))
        && (cell.parse::<f64>().is_ok() || cell.replacen(',', ".", 1).parse::<f64>().is_ok())
}

/// Puts a row that has too many cells together again: one text holds the delimiter. The column is the one with
/// which most of the others hold what they hold in other rows.
fn put_together(record: &StringRecord, sample: &TableSample, delimiter: u8) -> StringRecord {
    let width = sample.head.names.len();
    let extra = record.len() - width;
    let fits = |column: usize, cell: usize| {
        let Some(cell) = record.get(cell).and_then(known) else { return 1_i64 };
        match sample.kinds.get(column) {
            Some(ColumnKind::Date) => i64::from(dates::looks_like_date(cell)),
            Some(ColumnKind::Number) => i64::from(is_number(cell)),
            Some(ColumnKind::Text) => i64::from(!is_number(cell)),
            Some(ColumnKind::Empty) | None => 0,
        }
    };
    // How well the cells behind each column fit, moved by the extra cells; before it, unmoved.
    let mut behind: Vec<i64> = (0..width).map(|column| fits(column, column + extra)).collect();
    for column in (0..width - 1).rev() {
        behind[column] += behind[column + 1];
    }
    let mut best = (i64::MIN, 0);
    let mut before = 0;
    for column in 0..width {
        let is_text = !matches!(sample.kinds.get(column), Some(ColumnKind::Date | ColumnKind::Number));
        let is_prose = ["title", "summary", "name", "subject", "description", "shortdescription", "comment"]
            .contains(&plain(&sample.head.names[column]).as_str());
        let has_blank = record.get(column + 1).is_some_and(|next| next.starts_with(' '));
        let rest = behind.get(column + 1).copied().unwrap_or(0);
        let score =
            (before + rest) * 4 + i64::from(is_text) * 4 + i64::from(is_prose) * 2 + i64::from(has_blank) * 3;
        if score > best.0 {
            best = (score, column);
        }
        before += fits(column, column);
    }
    let text = best.1;
    let between = char::from(delimiter).to_string();
    let joined = record.iter().skip(text).take(extra + 1).collect::<Vec<_>>().join(&between);
    let mut whole: StringRecord = record
        .iter()
        .take(text)
        .chain(std::iter::once(joined.as_str()))
        .chain(record.iter().skip(text + extra + 1))
        .collect();
    whole.set_position(record.position().cloned());
    whole
}

/// The head and the first rows of a text, if it reads as a table.
pub(crate) fn sample_of(text: &str, dialect: &Dialect) -> Option<TableSample> {
    let start = text.trim_start();
    if start.is_empty() || start.starts_with(['{', '[', '<']) {
        return None;
    }
    let reader: Box<dyn BufRead + Send> = Box::new(std::io::Cursor::new(text.to_owned()));
    let sample = Table::open(reader, dialect).ok()?.sample;
    let head = &sample.head.names;
    let is_head = head.iter().all(|name| name.len() < 200 && !dates::looks_like_date(name))
        && head.iter().any(|name| name.chars().any(char::is_alphabetic));
    is_head.then_some(sample)
}
#[cfg(test)]
mod tests;
