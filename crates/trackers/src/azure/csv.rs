//! Results of a query as CSV. There is no history in them, but dates that say when an item became active,
//! resolved and closed.

use std::io::BufRead;

use headway_domain::work::{Field, HistoryExtent, ItemRecord};

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    dates,
    history::History,
    json_rows::Sink,
    lenient::Stamp,
    table::{Cells, Head},
    table_rows::{self, RowReading},
};

/// What this is, if it is the result of a query.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let head = &sample.table.as_ref()?.head;
    if !(head.has("ID") && head.has("Work Item Type") && head.has("State")) {
        return None;
    }
    let has_dates = ["Activated Date", "Closed Date", "Resolved Date"].iter().any(|it| head.has(it));
    let mut can = vec!["work items with type, state, area, iteration and estimate".to_owned()];
    if has_dates {
        can.push("when they became active, resolved and closed, for the last time".to_owned());
    }
    Some(Recognised {
        format: Format::AzureCsv,
        dialect: sample.dialect.clone(),
        can,
        cannot: vec!["no full history; the revisions of the REST interface have it".to_owned()],
        hints: super::hints(),
        items_are_whole: true,
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| AzureTable::new(head, own))
}

struct AzureTable {
    dialect: Dialect,
    id: Option<usize>,
    kind: Option<usize>,
    /// Query results of trees have a column of titles for each level.
    titles: Vec<usize>,
    state: Option<usize>,
    column: Option<usize>,
    reason: Option<usize>,
    area: Option<usize>,
    iteration: Option<usize>,
    estimate: Option<usize>,
    tags: Option<usize>,
    priority: Option<usize>,
    parent: Option<usize>,
    assigned: Option<usize>,
    created: Option<usize>,
    activated: Option<usize>,
    resolved: Option<usize>,
    closed: Option<usize>,
}

impl AzureTable {
    fn new(head: &Head, dialect: Dialect) -> Self {
        let titles = (1..=10).filter_map(|level| head.find(&[&format!("Title {level}")]));
        AzureTable {
            dialect,
            id: head.find(&["ID"]),
            kind: head.find(&["Work Item Type"]),
            titles: head.find(&["Title"]).into_iter().chain(titles).collect(),
            state: head.find(&["State"]),
            column: head.find(&["Board Column"]),
            reason: head.find(&["Resolved Reason", "Reason"]),
            area: head.find(&["Area Path", "Node Name", "Team Project"]),
            iteration: head.find(&["Iteration Path"]),
            estimate: head.find(&["Story Points", "Effort", "Size"]),
            tags: head.find(&["Tags"]),
            priority: head.find(&["Priority"]),
            parent: head.find(&["Parent"]),
            assigned: head.find(&["Assigned To"]),
            created: head.find(&["Created Date"]),
            activated: head.find(&["Activated Date", "State Change Date"]),
            resolved: head.find(&["Resolved Date"]),
            closed: head.find(&["Closed Date"]),
        }
    }
}

impl RowReading for AzureTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        let get = |column: Option<usize>| column.and_then(|it| cells.get(it)).map(str::to_owned);
        let Some(key) = get(self.id) else {
            sink.problem(None, "the row has no ID");
            return;
        };
        for (column, name) in [(self.created, "Created Date"), (self.closed, "Closed Date")] {
            if let Some(text) = column.and_then(|it| cells.get(it))
                && dates::parse(text, &self.dialect).is_none()
            {
                sink.problem(Some(key), format!("{text:?} in the column {name:?} is not a date"));
                return;
            }
        }
        let date = |column: Option<usize>| {
            column.and_then(|it| cells.get(it)).and_then(|text| dates::parse(text, &self.dialect))
        };
        let state = get(self.state);
        let ends = ["Closed", "Done", "Completed", "Removed", "Resolved"];
        let has_ended = state.as_deref().is_some_and(|state| ends.contains(&state));
        let closed = if has_ended { date(self.closed).or_else(|| date(self.resolved)) } else { None };

        // The last way through: the states between are those of the dates that are given.
        let steps = [(date(self.activated), "Active"), (date(self.resolved), "Resolved")];
        let mut history = History::default();
        let mut before = "New".to_owned();
        let ended = closed.zip(state.clone());
        let between = steps.into_iter().filter_map(|(at, name)| Some((at?, name.to_owned())));
        for (at, name) in between.filter(|(at, _)| closed.is_none_or(|closed| *at < closed)).chain(ended) {
            if before != name {
                history.push(Stamp { at, offset: None }, Field::State, Some(before), Some(name.clone()));
            }
            before = name;
        }
        let (changes, oddities) = history.finish();
        let extent = if changes.is_empty() { HistoryExtent::None } else { HistoryExtent::Partial };
        let tags = get(self.tags).unwrap_or_default();
        let item = ItemRecord {
            key,
            title: self.titles.iter().find_map(|it| cells.get(*it)).map(str::to_owned),
            kind: get(self.kind),
            group: get(self.area),
            state: get(self.column).filter(|_| changes.is_empty()).or(state),
            resolution: if has_ended { get(self.reason) } else { None },
            created_at: date(self.created),
            closed_at: closed,
            estimate: get(self.estimate).and_then(|it| it.replace(',', ".").parse().ok()),
            parent: get(self.parent),
            priority: get(self.priority),
            labels: tags.split(';').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            iterations: get(self.iteration).into_iter().collect(),
            // `Kim Doe <kim@example.org>`: the address adds nothing.
            assignee: get(self.assigned).and_then(|it| it.split('<').next().map(|it| it.trim().to_owned())),
            extent: Some(extent),
            changes,
            ..ItemRecord::default()
        };
        sink.item(item, oddities);
    }
}
