//! Change tables at the speed of memory: rows borrowed from a text that lies in memory.
//!
//! What is plain (UTF-8, no quotes, no more cells than the head) is cut at its delimiters and nothing else is done to
//! it. Everything else goes through the general reader, piece by piece, so that both always tell the same; oddities
//! are told by the general reader alone.

mod marks;
mod plain;
mod scanner;

use std::{borrow::Cow, ops::ControlFlow};

use headway_domain::{
    time::Instant,
    work::{Field, Problem},
};

pub(super) use self::scanner::Scanner;
use crate::{Dialect, Unreadable};

/// What a row tells, types of items left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The item.
    pub key: &'a str,
    /// When the item was created.
    pub created_at: Option<Instant>,
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
    let flow = scan_while(text, dialect, &mut |row| {
        visit(row);
        ControlFlow::Continue(())
    });
    flow.map(|_| ())
}

/// Visits the rows of an unpacked table in its order, until `visit` has seen enough.
pub(super) fn scan_while(
    text: &[u8],
    dialect: &Dialect,
    visit: &mut impl FnMut(Read<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Unreadable> {
    let (mut scanner, body) = Scanner::open(text, dialect)?;
    Ok(scanner.scan(&text[body..], true, visit).1)
}

#[cfg(test)]
mod tests;
