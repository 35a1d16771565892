//! Tables with one row a change: Trac's history, Bugzilla's activity, Jira's changelog as rows, ServiceNow's event
//! log, event logs of process mining, and whatever a script writes in this shape.
//!
//! Rows of one item are put together by key, also with a table of the items themselves. Who made a change is never
//! read.

mod blocks;
pub mod fast;
mod last_states;
mod layout;

pub use blocks::{holds_changes_only, scan_file, scan_start};

use std::{borrow::Cow, io::BufRead};

use headway_domain::{
    time::Instant,
    work::{Change, Field, HistoryExtent, ItemRecord, Oddity, Problem},
};

use self::{
    last_states::{LastStates, Step},
    layout::{FieldNames, Layout, Values},
};
use crate::{
    Dialect, Format, Recognised, Rows,
    columns::{self, joined},
    container::Sample,
    json_rows::Sink,
    table::{Cells, Head},
    table_rows::{self, RowReading},
};

/// What this is, if it is a table of changes.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let table = sample.table.as_ref()?;
    let layout = Layout::of(&table.head)?;
    // A table of items has a state and a date as well; in a log, items occur again.
    if layout.is_log() && !layout.repeats_keys(&table.rows) {
        return None;
    }
    let what = if layout.is_log() {
        "a log with one row an event: each row's state is compared with the item's row before"
    } else {
        "a table with one row a change, with the history of every item"
    };
    let mut cannot = Vec::new();
    if layout.columns.created.is_empty() {
        cannot.push("no dates of creation: the first change stands for it, unless a table of the items is imported with it".to_owned());
    }
    cannot.push("who made a change is not read".to_owned());
    Some(Recognised {
        format: Format::ChangeTable,
        dialect: sample.dialect.clone(),
        can: vec![what.to_owned(), format!("columns: {}", layout.shown(&table.head).join(", "))],
        cannot,
        hints: layout.hints(&table.rows),
        items_are_whole: false,
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| ChangeTable::new(head, own))
}

const NO_COLUMNS: &str = "the table has no columns for key, date and change";
const NO_KEY: &str = "the row does not say which item it is of";
const NO_TIME: &str = "the row does not say when the change was";
const NO_FIELD: &str = "the row does not say what changed";

struct ChangeTable {
    head: Head,
    layout: Option<Layout>,
    dialect: Dialect,
    fields: FieldNames,
    last: LastStates,
}

impl ChangeTable {
    fn new(head: &Head, dialect: Dialect) -> Self {
        ChangeTable {
            layout: Layout::of(head),
            head: head.clone(),
            dialect,
            fields: FieldNames::default(),
            last: LastStates::default(),
        }
    }
}

impl RowReading for ChangeTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        match self.read(cells) {
            Ok((item, oddities)) => sink.item(item, oddities),
            Err(Problem { key, reason }) => sink.problem(key, reason),
        }
    }
}

impl ChangeTable {
    /// The part of an item that a row tells, and what is odd about it.
    fn read(&mut self, cells: &Cells) -> Result<(ItemRecord, Vec<Oddity>), Problem> {
        let problem = |key: Option<String>, reason: &str| Err(Problem { key, reason: reason.to_owned() });
        let Some(layout) = &self.layout else {
            return problem(None, NO_COLUMNS);
        };
        let Some(mut item) = layout.columns.item(cells) else {
            return problem(None, NO_KEY);
        };
        let wanted = [layout.at.as_slice(), &layout.columns.created, &layout.columns.closed];
        let [at, created, closed] = match columns::instants(cells, wanted, &self.head, &self.dialect) {
            Ok(instants) => instants,
            Err(reason) => return Err(Problem { key: Some(item.key), reason }),
        };
        item.created_at = created;
        item.closed_at = closed;
        item.extent = Some(HistoryExtent::Complete);
        let mut oddities = Vec::new();
        let Some(at) = at else {
            // Items joined with their changes: this one has none yet.
            if layout.says_no_change(cells) && created.is_some() {
                return Ok((item, oddities));
            }
            return problem(Some(item.key), NO_TIME);
        };
        let change = match &layout.values {
            Values::Pair { field, from, to } => {
                let field = match field.as_slice() {
                    [] => Some(Field::State),
                    columns => cells.any(columns).map(|name| self.fields.get(name)),
                };
                let Some(field) = field else {
                    return problem(Some(item.key), NO_FIELD);
                };
                let change = change(at, field, cells.any(from), cells.any(to));
                if field != change.field {
                    oddities.push(Oddity::NoOpChange);
                }
                change
            }
            Values::Log { state } => {
                let to = cells.any(state);
                match to.map(|to| (to, self.last.step(&item.key, to, at))) {
                    Some((to, Step::From(from))) => {
                        Change { at, field: Field::State, from, to: Some(to.to_owned()) }
                    }
                    Some((_, Step::Same)) | None => change(at, Field::Activity, None, None),
                }
            }
        };
        item.changes = vec![change];
        Ok((item, oddities))
    }
}

/// A change as it is kept.
fn change(at: Instant, field: Field, from: Option<&str>, to: Option<&str>) -> Change {
    let (field, from, to) = kept(field, from, to);
    Change { at, field, from: from.map(Cow::into_owned), to: to.map(Cow::into_owned) }
}

/// Field and values of a change as they are kept: signs of life lose their content, and so does what changed to
/// itself; values of fields that hold several are taken apart, after which commas for blanks are no change either.
#[inline]
fn kept<'a>(
    field: Field,
    from: Option<&'a str>,
    to: Option<&'a str>,
) -> (Field, Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
    if field == Field::Activity || from == to {
        return (Field::Activity, None, None);
    }
    if field == Field::State {
        return (field, from.map(Cow::Borrowed), to.map(Cow::Borrowed));
    }
    let value = |text: Option<&'a str>| match field {
        Field::Labels | Field::BlockedBy => text.and_then(joined).map(Cow::Owned),
        // Names of iterations hold blanks.
        Field::Iterations => text
            .and_then(|text| crate::history::join(text.split(',').map(str::trim).filter(|it| !it.is_empty())))
            .map(Cow::Owned),
        _ => text.map(Cow::Borrowed),
    };
    let (from, to) = (value(from), value(to));
    if from == to { (Field::Activity, None, None) } else { (field, from, to) }
}

#[cfg(test)]
mod tests;
