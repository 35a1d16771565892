//! Apache DevLake: its raw tables, whose rows hold the answers of tools' interfaces, and those of its domain tables
//! that are work items, changes of them, timeboxes, deployments or commits.
//!
//! Several tables speak of one item, so items come in parts.

mod domain;
mod raw;

use std::io::BufRead;

use headway_domain::work::Category;

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    devlake::domain::Table,
    json_rows::Sink,
    table::{Cells, Head},
    table_rows::{self, RowReading},
};

/// What this is, if it is a table of DevLake with something to import.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let table = sample.table.as_ref().filter(|_| !is_intermediate(sample))?;
    let mut hints: Vec<(String, Category)> = Vec::new();
    let can = if is_raw(&table.head) {
        let data = table.head.find(&["data"])?;
        let texts = || table.rows.iter().filter_map(|row| row.get(data)).map(String::as_str);
        hints = texts().flat_map(crate::jira::hints).collect();
        let shape = texts().find_map(raw::Shape::of);
        // A table without rows, or with rows that break off, may still hold something.
        let is_open = texts().next().is_none()
            || texts().all(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_err());
        match shape {
            Some(shape) => shape.says(),
            None if is_open => "answers of a tool's interface",
            None => return None,
        }
    } else {
        let domain = Table::of(&table.head)?;
        if let (Table::Issues, Some(own), Some(common)) =
            (domain, table.head.find(&["original_status"]), table.head.find(&["status"]))
        {
            hints.extend(table.rows.iter().filter_map(|row| {
                let category = match row.get(common)?.as_str() {
                    "TODO" => Category::Todo,
                    "IN_PROGRESS" => Category::Active,
                    "DONE" => Category::Done,
                    _ => return None,
                };
                Some((row.get(own).filter(|it| !it.is_empty())?.clone(), category))
            }));
        }
        domain.says()
    };
    hints.sort_unstable();
    hints.dedup_by(|b, a| a.0 == b.0);
    Some(Recognised {
        format: Format::DevlakeRaw,
        dialect: sample.dialect.clone(),
        can: vec![can.to_owned()],
        cannot: Vec::new(),
        hints,
        items_are_whole: false,
    })
}

/// Why there is nothing to import from a table of DevLake.
pub fn left_out(sample: &Sample) -> Option<String> {
    const MARKS: [&str; 8] = [
        "_raw_data_table",
        "_raw_data_params",
        "connection_id",
        "cicd_scope_id",
        "cicd_deployment_id",
        "pull_request_id",
        "pr_coding_time",
        "pipeline_id",
    ];
    let head = &sample.table.as_ref()?.head;
    // These have no columns that only DevLake has, but names that only DevLake gives.
    let names = ["cicd_scopes", "issue_assignee_history", "issue_status_history"];
    let is_named = names.iter().any(|it| table_name(sample).starts_with(it));
    let is_own = is_named || is_raw(head) || is_intermediate(sample) || MARKS.iter().any(|it| head.has(it));
    if !is_own || recognise(sample).is_some() {
        return None;
    }
    Some(format!("table {}: nothing to import", table_name(sample)))
}

/// The name of the table that a file holds.
fn table_name(sample: &Sample) -> &str {
    let name = sample.name.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// Whether it is a table of what DevLake took from the answers before it made the domain tables.
fn is_intermediate(sample: &Sample) -> bool {
    table_name(sample).starts_with("_tool_")
}

/// Whether a table holds answers of interfaces.
fn is_raw(head: &Head) -> bool {
    ["id", "params", "data", "url", "input", "created_at"].iter().all(|it| head.has(it))
}

/// The rows of a table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| {
        if is_raw(head) {
            Reader::Raw(Box::new(raw::RawTable::new(head)))
        } else if let Some(table) = Table::of(head) {
            Reader::Domain(Box::new(domain::DomainTable::new(table, head, own)))
        } else {
            Reader::Nothing
        }
    })
}

/// Reads a table of either kind.
enum Reader {
    Raw(Box<raw::RawTable>),
    Domain(Box<domain::DomainTable>),
    Nothing,
}

impl RowReading for Reader {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        match self {
            Reader::Raw(table) => table.row(cells, sink),
            Reader::Domain(table) => table.row(cells, sink),
            Reader::Nothing => {}
        }
    }
}
