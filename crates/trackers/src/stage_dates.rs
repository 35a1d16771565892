//! Tables with one row an item and one column a stage, each holding the date on which the item entered it: the
//! layout of ActionableAgile, also written by extractors for Jira and Azure DevOps.

use std::io::BufRead;

use headway_domain::work::{Category, HistoryExtent, Oddity};

use crate::{
    Dialect, Format, Recognised, Rows,
    columns::{self, Columns, is_other_date},
    container::Sample,
    dates,
    json_rows::Sink,
    path::{Path, Visit},
    table::{Cells, ColumnKind, TableSample},
    table_rows::{self, RowReading},
};

/// Which column is what.
struct Layout {
    columns: Columns,
    /// The columns of the stages, in the order of the process, and their names.
    stages: Vec<(usize, String)>,
}

impl Layout {
    fn of(table: &TableSample) -> Option<Self> {
        let head = &table.head;
        let columns = Columns::of(head);
        if columns.key.is_empty() {
            return None;
        }
        let named =
            [&columns.key, &columns.label, &columns.title, &columns.kind, &columns.group, &columns.url];
        let is_named = |column: &usize| named.iter().any(|it| it.contains(column));
        let is_dated = |column: usize| table.kinds.get(column) == Some(&ColumnKind::Date);
        let candidates: Vec<usize> = (0..head.names.len())
            .filter(|it| is_dated(*it) && !is_other_date(head, *it) && !is_named(it))
            .collect();
        // A stage that nobody has reached yet is an empty column among the others.
        let (first, last) = (*candidates.first()?, *candidates.last()?);
        let others =
            [&columns.estimate, &columns.parent, &columns.priority, &columns.labels, &columns.resolution];
        let is_other = |column: &usize| is_named(column) || others.iter().any(|it| it.contains(column));
        let is_stage = |column: &usize| {
            candidates.contains(column)
                || table.kinds.get(*column) == Some(&ColumnKind::Empty)
                    && (first..=last + 1).contains(column)
                    && !is_other(column)
                    && !is_other_date(head, *column)
                    && !head.names[*column].is_empty()
        };
        let is_start_or_finish =
            |column: &usize| columns.started.contains(column) || columns.closed.contains(column);
        let of_its_own = candidates.iter().filter(|it| !is_start_or_finish(it)).count();
        // Dates of start and finish alone are a table of items.
        if of_its_own == 0 || candidates.len() < 2 || (!columns.state.is_empty() && candidates.len() < 3) {
            return None;
        }
        let stages = (first..head.names.len())
            .filter(is_stage)
            .map(|column| (column, head.names[column].clone()))
            .collect();
        Some(Layout { columns, stages })
    }
}

/// What this is, if it is a table with a date for each stage.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let table = sample.table.as_ref()?;
    let layout = Layout::of(table)?;
    let stages = layout.stages.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let mut cannot =
        vec!["only the last way through the stages is in it: items that moved back are not told".to_owned()];
    if layout.columns.created.is_empty() {
        cannot.push("no dates of creation: the first stage stands for it".to_owned());
    }
    let first = layout.stages.first().map(|(_, name)| (name.clone(), Category::Todo));
    let last = layout.stages.last().map(|(_, name)| (name.clone(), Category::Done));
    Some(Recognised {
        format: Format::StageDates,
        dialect: sample.dialect.clone(),
        can: vec![
            "a table with a date for each stage".to_owned(),
            format!("stages: {stages}"),
            format!("columns: {}", layout.columns.shown(&table.head).join(", ")),
        ],
        cannot,
        hints: first.into_iter().chain(last).collect(),
        items_are_whole: false,
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows_of_sample(reader, file, dialect, move |table| StageDates {
        layout: Layout::of(table),
        table: TableSample { rows: Vec::new(), ..table.clone() },
        dialect: own,
    })
}

struct StageDates {
    layout: Option<Layout>,
    table: TableSample,
    dialect: Dialect,
}

impl RowReading for StageDates {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        let Some(layout) = &self.layout else {
            return sink.problem(None, "the table has no columns with the dates of stages");
        };
        let Some(mut item) = layout.columns.item(cells) else {
            return sink.problem(None, "the row does not say which item it is");
        };
        let head = &self.table.head;
        let mut visits = Vec::new();
        for (column, stage) in &layout.stages {
            let Some(text) = cells.get(*column) else { continue };
            match dates::parse(text, &self.dialect) {
                Some(at) => visits.push(Visit { stage: stage.clone(), at }),
                None => return sink.problem(Some(item.key), columns::not_a_date(text, head, &[*column])),
            }
        }
        let created = match columns::instants(cells, [&layout.columns.created], head, &self.dialect) {
            Ok([created]) => created,
            Err(reason) => return sink.problem(Some(item.key), reason),
        };
        if created.is_none() && visits.is_empty() {
            return sink.problem(Some(item.key), "the row has no date at all");
        }
        let last = layout.stages.last().map(|(_, name)| name.as_str());
        item.state = visits.last().map(|visit| visit.stage.clone()).or(item.state);
        item.closed_at =
            visits.last().filter(|visit| Some(visit.stage.as_str()) == last).map(|visit| visit.at);
        item.created_at = created.or(visits.first().map(|visit| visit.at));
        let path = Path::of(visits, created.is_none());
        item.extent = Some(HistoryExtent::Complete);
        item.changes = path.changes;
        // A finish before the creation is told once the parts of an item are together.
        let is_told_later = item.closed_at.zip(item.created_at).is_some_and(|(end, begin)| end < begin);
        let is_odd = path.ends_too_early && !is_told_later;
        sink.item(item, if is_odd { vec![Oddity::FinishBeforeStart] } else { Vec::new() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{items, sample};

    const TEXT: &str = "ID,Backlog,In Analysis,In Development,Review,Done,Type,Blocked Days\n\
        D-1,2018-04-16,,2018-09-05,,2018-09-26,Story,\n\
        D-2,2018-04-16,2018-08-22,,,,Bug,\n\
        D-3,2018-04-16,2018-04-16,2018-04-16,,2018-04-16,Story,\n\
        D-4,2018-04-16,2018-05-01,2018-05-20,,2018-05-10,Story,\n\
        D-5,,,,,,Task,\n\
        D-6,2018-04-16,soon,,,,Task,\n";

    #[test]
    fn stages_are_the_columns_with_dates() {
        let recognised = recognise(&sample(TEXT)).unwrap();
        assert_eq!(recognised.can[1], "stages: Backlog, In Analysis, In Development, Review, Done");
        assert!(recognise(&sample("ID,Activated Date,Closed Date\n1,2024-01-01,2024-01-02\n")).is_none());
    }

    #[test]
    fn each_row_is_a_path() {
        let items = items(TEXT, rows);
        assert_eq!(items.len(), 4);
        let steps = |ix: usize| {
            let changes = items[ix].0.changes.iter();
            changes
                .map(|it| format!("{}>{}", it.from.as_deref().unwrap(), it.to.as_deref().unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(0), ["Backlog>In Development", "In Development>Done"]);
        assert_eq!(items[0].0.created_at.unwrap().to_string(), "2018-04-16T00:00:00Z");
        assert_eq!((items[0].0.kind.as_deref(), items[0].0.state.as_deref()), (Some("Story"), Some("Done")));
        assert_eq!((items[1].0.state.as_deref(), items[1].0.closed_at), (Some("In Analysis"), None));
        assert_eq!(steps(2).len(), 3);
        assert_eq!(steps(3), ["Backlog>In Analysis", "In Analysis>Done"]);
        assert_eq!(items[3].1, [Oddity::FinishBeforeStart]);
    }

    #[test]
    fn rows_without_dates_are_told() {
        let rows: Vec<_> =
            rows(Box::new(std::io::Cursor::new(TEXT)), "f".to_owned(), &sample(TEXT).dialect).collect();
        let reasons: Vec<_> =
            rows.iter().filter_map(|row| row.record.as_ref().err()).map(|it| &*it.reason).collect();
        assert_eq!(reasons.len(), 2);
        assert_eq!(reasons[0], "the row has no date at all");
        assert!(reasons[1].starts_with("\"soon\" in the column \"In Analysis\""));
    }
}
