//! Lines without quotes: which cell says what.

use headway_domain::work::{Field, Problem};

use super::{Change, Row};
use crate::{
    Dialect,
    change_table::{
        NO_FIELD, NO_KEY, NO_TIME, kept,
        layout::{FieldNames, Layout, Values},
    },
    columns::not_a_date,
    dates::{self, Months},
    table::{Head, known},
};

/// The cells of one line.
pub(super) struct Line<'a, 'b> {
    pub(super) piece: &'a str,
    pub(super) start: usize,
    /// Where each cell ends.
    pub(super) ends: &'b [u32],
}

impl<'a> Line<'a, '_> {
    /// What a cell says, if it says anything.
    #[expect(clippy::inline_always, reason = "it is small, and most of what is done to a row")]
    #[inline(always)]
    fn cell(&self, column: usize) -> Option<&'a str> {
        let end = *self.ends.get(column)? as usize;
        let start = match column.checked_sub(1) {
            Some(before) => self.ends[before] as usize + 1,
            None => self.start,
        };
        trimmed(&self.piece[start..end])
    }

    #[inline]
    fn optional(&self, column: Option<usize>) -> Option<&'a str> {
        column.and_then(|it| self.cell(it))
    }
}

/// The columns of a layout in which each role has one column at most and the fields' values stand in pairs.
pub(super) struct Plain {
    pub(super) delimiter: u8,
    key: usize,
    at: usize,
    field: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    created: Option<usize>,
    closed: Option<usize>,
    group: Option<usize>,
}

/// What is remembered from row to row.
#[derive(Default)]
pub(super) struct Memory {
    fields: FieldNames,
    at: Months,
    created: Months,
}

impl Plain {
    pub(super) fn of(layout: &Layout, dialect: &Dialect) -> Option<Self> {
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
            group: one(&columns.group)?,
        })
    }

    #[inline]
    pub(super) fn row<'a>(
        &self,
        line: &Line<'a, '_>,
        memory: &mut Memory,
        head: &Head,
        dialect: &Dialect,
    ) -> Result<Row<'a>, Problem> {
        let Some(key) = line.cell(self.key) else { return problem(None, NO_KEY) };
        let instant = |column: Option<usize>, months: &mut Months| {
            let Some(text) = line.optional(column) else { return Ok(None) };
            match dates::utc(text.as_bytes(), months).or_else(|| dates::parse(text, dialect)) {
                Some(instant) => Ok(Some(instant)),
                None => bad_date(key, text, head, column),
            }
        };
        // In the order of the general reader, so that of several bad dates both tell the same.
        let at = instant(Some(self.at), &mut memory.at)?;
        let created_at = instant(self.created, &mut memory.created)?;
        if self.closed.is_some() {
            instant(self.closed, &mut memory.at)?;
        }
        let group = line.optional(self.group);
        let (name, from, to) = (line.optional(self.field), line.optional(self.from), line.optional(self.to));
        let Some(at) = at else {
            if created_at.is_some() && name.is_none() && from.is_none() && to.is_none() {
                return Ok(Row { key, created_at, group, change: None });
            }
            return problem(Some(key), NO_TIME);
        };
        let field = match (self.field, name) {
            (None, _) => Field::State,
            (Some(_), Some(name)) => memory.fields.get(name),
            (Some(_), None) => return problem(Some(key), NO_FIELD),
        };
        let (field, from, to) = kept(field, from, to);
        Ok(Row { key, created_at, group, change: Some(Change { at, field, from, to }) })
    }
}

#[cold]
fn problem<T>(key: Option<&str>, reason: &str) -> Result<T, Problem> {
    Err(Problem { key: key.map(str::to_owned), reason: reason.to_owned() })
}

#[cold]
fn bad_date<T>(key: &str, text: &str, head: &Head, column: Option<usize>) -> Result<T, Problem> {
    problem(Some(key), &not_a_date(text, head, &[column.unwrap_or_default()]))
}

/// The same as [`known`], without looking for blanks where there surely are none.
#[inline]
fn trimmed(cell: &str) -> Option<&str> {
    match cell.as_bytes() {
        [] => None,
        [first, .., last] if IS_PLAIN[usize::from(*first)] && IS_PLAIN[usize::from(*last)] => Some(cell),
        _ => known(cell),
    }
}

/// Digits, and letters with which no word begins that says "unknown" (such as N/A, NaN, null and undefined).
const IS_PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut letter = 0;
    while letter < 256 {
        is_plain[letter] =
            (letter as u8).is_ascii_alphanumeric() && !matches!(letter as u8, b'N' | b'n' | b'U' | b'u');
        letter += 1;
    }
    is_plain
};
