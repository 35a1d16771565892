//! Tables with one row an item: identifiers, state, dates of creation, start and finish.
//!
//! Where there is no column for the state, the dates are the stages an item went through. Also read: tables of
//! links between items, a list of days on which something was done, and a creation date with a cycle time in days.

use std::io::BufRead;

use headway_domain::{
    time::{Day, Instant, MICROS_PER_DAY},
    work::{Category, HistoryExtent, ItemRecord, Link, LinkKind, Oddity},
};

use crate::{
    Dialect, Format, Recognised, Rows,
    columns::{self, Columns, columns as columns_named, number, stage_name},
    container::Sample,
    json_rows::Sink,
    path::{Path, Visit},
    table::{Cells, ColumnKind, Head, TableSample},
    table_rows::{self, RowReading},
};

const CYCLE_DAYS: &[&str] =
    &["cycle time days", "cycle time", "cycle_time_days", "lead time days", "lead time"];
const LINKED_FROM: &[&str] = &["issue key", "from key", "source", "source key"];
const LINKED_TO: &[&str] = &["linked issue key", "to key", "target", "target key"];
const LINK_NAME: &[&str] = &["name", "link type", "link", "type", "link name"];

/// What the rows of the table are.
enum Layout {
    /// Items.
    Items { columns: Box<Columns>, cycle_days: Vec<usize> },
    /// Days on which something was done, without saying what.
    Days { stage: String },
    /// Links between items.
    Links { from: Vec<usize>, to: Vec<usize>, name: Vec<usize> },
}

impl Layout {
    fn of(head: &Head) -> Option<Self> {
        let (from, to) = (columns_named(head, LINKED_FROM), columns_named(head, LINKED_TO));
        let name = columns_named(head, LINK_NAME);
        if !from.is_empty() && !to.is_empty() && !name.is_empty() {
            return Some(Layout::Links { from, to, name });
        }
        let columns = Columns::of(head);
        let cycle_days = columns_named(head, CYCLE_DAYS);
        let says_when =
            [&columns.created, &columns.started, &columns.closed].into_iter().any(|it| !it.is_empty());
        if !columns.key.is_empty() && (says_when || !columns.state.is_empty()) {
            return Some(Layout::Items { columns: Box::new(columns), cycle_days });
        }
        match head.names.as_slice() {
            [only] if columns.key.is_empty() => Some(Layout::Days { stage: stage_name(only) }),
            _ => None,
        }
    }

    /// A column that holds something else than its name says is no reason to read it so.
    fn suits(&self, table: &TableSample) -> bool {
        let is_date = |it: &usize| matches!(table.kinds.get(*it), Some(ColumnKind::Date | ColumnKind::Empty));
        match self {
            // Seconds since 1970 are numbers.
            Layout::Items { columns, .. } => {
                let dates = columns.created.iter().chain(&columns.started).chain(&columns.closed);
                !columns.state.is_empty()
                    || dates
                        .into_iter()
                        .any(|it| is_date(it) || table.kinds.get(*it) == Some(&ColumnKind::Number))
            }
            Layout::Days { .. } => table.kinds.first() == Some(&ColumnKind::Date),
            Layout::Links { .. } => true,
        }
    }
}

/// What this is, if it is a table of items.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let table = sample.table.as_ref()?;
    let head = &table.head;
    let layout = Layout::of(head).filter(|it| it.suits(table))?;
    let mut can = Vec::new();
    let mut cannot = Vec::new();
    let mut hints = Vec::new();
    match &layout {
        Layout::Items { columns, cycle_days } => {
            can.push("a table with one row an item".to_owned());
            can.push(format!("columns: {}", columns.shown(head).join(", ")));
            let stages = Stages::of(head, columns);
            if columns.state.is_empty() {
                hints = stages.hints();
            }
            if columns.started.is_empty() {
                cannot.push("no history: only the dates of creation and closing".to_owned());
            } else {
                cannot.push("no history but the dates of start and finish".to_owned());
            }
            if columns.created.is_empty() {
                cannot.push("no dates of creation: the start stands for it".to_owned());
            }
            if !cycle_days.is_empty() && columns.closed.is_empty() {
                can.push("the date of closing is that of creation and the cycle time in days".to_owned());
            }
        }
        Layout::Days { stage } => {
            can.push("a list of days on which something was done: enough for throughput".to_owned());
            cannot.push("no items: neither what was done nor when it was begun".to_owned());
            hints.push((stage.clone(), Category::Done));
        }
        Layout::Links { .. } => {
            can.push("links between items".to_owned());
            cannot.push("the items themselves: import them from another file of the same tracker".to_owned());
        }
    }
    Some(Recognised {
        format: Format::ItemTable,
        dialect: sample.dialect.clone(),
        can,
        cannot,
        hints,
        items_are_whole: false,
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| ItemTable {
        layout: Layout::of(head),
        head: head.clone(),
        dialect: own,
    })
}

/// The stages that the columns of dates stand for, where no column says the state.
struct Stages {
    open: String,
    started: Option<String>,
    closed: String,
}

impl Stages {
    fn of(head: &Head, columns: &Columns) -> Self {
        let name =
            |columns: &[usize]| columns.first().and_then(|it| head.names.get(*it)).map(|it| stage_name(it));
        Stages {
            open: name(&columns.created).unwrap_or_else(|| "Open".to_owned()),
            started: name(&columns.started),
            closed: name(&columns.closed).unwrap_or_else(|| "Closed".to_owned()),
        }
    }

    fn hints(&self) -> Vec<(String, Category)> {
        let started = self.started.iter().map(|it| (it.clone(), Category::Active));
        let ends = [(self.open.clone(), Category::Todo), (self.closed.clone(), Category::Done)];
        let [first, last] = ends;
        std::iter::once(first).chain(started).chain(std::iter::once(last)).collect()
    }
}

struct ItemTable {
    layout: Option<Layout>,
    head: Head,
    dialect: Dialect,
}

impl RowReading for ItemTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        match &self.layout {
            Some(Layout::Items { columns, cycle_days }) => self.item(columns, cycle_days, cells, sink),
            Some(Layout::Days { stage }) => self.day(stage, cells, sink),
            Some(Layout::Links { from, to, name }) => link(from, to, name, cells, sink),
            None => sink.problem(None, "the table has no columns for key and dates"),
        }
    }
}

impl ItemTable {
    fn item(&self, columns: &Columns, cycle_days: &[usize], cells: &Cells, sink: &mut Sink) {
        let Some(mut item) = columns.item(cells) else {
            sink.problem(None, format!("the row has no {:?}", name_of(&self.head, &columns.key)));
            return;
        };
        let wanted = [columns.created.as_slice(), &columns.started, &columns.closed];
        let [created, started, mut closed] = match columns::instants(cells, wanted, &self.head, &self.dialect)
        {
            Ok(instants) => instants,
            Err(reason) => return sink.problem(Some(item.key), reason),
        };
        if columns.closed.is_empty() {
            closed =
                created.zip(cells.any(cycle_days).and_then(number)).and_then(|(at, days)| after(at, days));
        }
        let mut oddities = Vec::new();
        // A finish before the creation is told once the parts of an item are together.
        let ends_before = |begin: Option<_>| begin.zip(closed).is_some_and(|(begin, end)| begin > end);
        if ends_before(started) && !ends_before(created) {
            oddities.push(Oddity::FinishBeforeStart);
        }
        item.created_at = created;
        item.closed_at = closed;
        item.extent = Some(HistoryExtent::None);
        if columns.state.is_empty() {
            let stages = Stages::of(&self.head, columns);
            item.state = Some(match (closed, started, &stages.started) {
                (Some(_), ..) => stages.closed.clone(),
                (None, Some(_), Some(started)) => started.clone(),
                _ => stages.open.clone(),
            });
            if let (Some(started), Some(name)) = (started, stages.started) {
                let visit = |stage: String, at| Visit { stage, at };
                let visits =
                    [(stages.open, created), (name, Some(started)), (stages.closed, closed)].into_iter();
                let visits = visits.filter_map(|(stage, at)| Some(visit(stage, at?))).collect();
                let path = Path::of(visits, created.is_some());
                item.changes = path.changes;
                item.extent = Some(HistoryExtent::Complete);
            }
        }
        sink.item(item, oddities);
    }

    fn day(&self, stage: &str, cells: &Cells, sink: &mut Sink) {
        match columns::instants(cells, [&[0]], &self.head, &self.dialect) {
            Ok([Some(at)]) => sink.item(
                ItemRecord {
                    key: format!("row {}", cells.line),
                    state: Some(stage.to_owned()),
                    closed_at: Some(at),
                    extent: Some(HistoryExtent::None),
                    ..ItemRecord::default()
                },
                Vec::new(),
            ),
            // An empty line is no item.
            Ok([None]) => {}
            Err(reason) => sink.problem(None, reason),
        }
    }
}

fn name_of<'a>(head: &'a Head, columns: &[usize]) -> &'a str {
    columns.first().and_then(|it| head.names.get(*it)).map_or("key", String::as_str)
}

/// The instant so many days later; absurd numbers give none.
fn after(at: Instant, days: f64) -> Option<Instant> {
    let span = days * MICROS_PER_DAY as f64;
    let most = f64::from(Day(40_000).0) * MICROS_PER_DAY as f64;
    (span.abs() <= most).then(|| Instant(at.0.saturating_add(span.round() as i64)))
}

fn link(from: &[usize], to: &[usize], name: &[usize], cells: &Cells, sink: &mut Sink) {
    let (Some(key), Some(to)) = (cells.any(from), cells.any(to)) else {
        sink.problem(None, "the row does not say which two items it links");
        return;
    };
    let name = cells.any(name).unwrap_or_default().to_lowercase();
    let kind = if name.contains("blocked by") || name.contains("depends on") {
        LinkKind::BlockedBy
    } else if name.contains("block") || name.contains("depended on by") {
        LinkKind::Blocks
    } else {
        LinkKind::Related
    };
    let links = vec![Link { kind, to: to.to_owned() }];
    sink.item(ItemRecord { key: key.to_owned(), links, ..ItemRecord::default() }, Vec::new());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{items, only, sample};

    #[test]
    fn start_and_finish_become_a_path() {
        let text = "Closed Date;Activated Date;ID;Story Points\n\
                    5/31/2023 8:04:10 AM;5/15/2023 10:29:09 AM;136197;5\n;5/27/2024 8:35:25 AM;197991;\n";
        let recognised = recognise(&sample(text)).unwrap();
        assert!(recognised.dialect.date_order_is_certain);
        assert_eq!(recognised.hints[1], ("Activated".to_owned(), Category::Active));
        let items = items(text, rows);
        let steps: Vec<_> = items[0]
            .0
            .changes
            .iter()
            .map(|it| (it.from.as_deref(), it.to.as_deref(), it.at.to_string()))
            .collect();
        assert_eq!(
            steps,
            [
                (None, Some("Activated"), "2023-05-15T10:29:09Z".to_owned()),
                (Some("Activated"), Some("Closed"), "2023-05-31T08:04:10Z".to_owned())
            ]
        );
        assert_eq!((items[0].0.estimate, items[0].0.state.as_deref()), (Some(5.0), Some("Closed")));
        assert_eq!(items[1].0.state.as_deref(), Some("Activated"));
    }

    #[test]
    fn a_finish_before_the_start_is_odd_and_not_a_path() {
        let text = "id,created,started,closed\n1,2024-01-01,2024-01-09,2024-01-05\n";
        let items = items(text, rows);
        assert_eq!(items[0].1, [Oddity::FinishBeforeStart]);
        assert_eq!(items[0].0.changes.len(), 1, "done without a start");
    }

    #[test]
    fn a_cycle_time_gives_the_finish() {
        let (item, oddities) = only("id,grp,cycle_time_days,created_date\n5052,0,-1,2015-02-05\n", rows);
        assert_eq!(item.closed_at.unwrap().to_string(), "2015-02-04T00:00:00Z");
        assert_eq!((item.group.as_deref(), oddities), (Some("0"), Vec::new()));
        let (_, oddities) = item.assemble(Instant(i64::MAX)).unwrap();
        assert_eq!(oddities, [Oddity::FinishBeforeStart]);
    }

    #[test]
    fn a_list_of_days_is_items_without_names() {
        let text = "Done\r\n2018-09-26\r\n2018-09-13\r\n";
        assert!(recognise(&sample(text)).is_some());
        let items = items(text, rows);
        assert_eq!(items.iter().map(|it| it.0.key.as_str()).collect::<Vec<_>>(), ["row 2", "row 3"]);
        assert!(recognise(&sample("Note\nhello\nworld\n")).is_none());
    }

    #[test]
    fn tickets_of_trac() {
        let text = "id,status,type,resolution,opened,closed,modified,priority,milestone,component,reporter,owner,title\n\
                    1,closed,bug,invalid,2006-06-09T03:16:00Z,2007-02-19T08:24:00Z,2011-10-24T20:35:00Z,major,1.0,ajax,u1,u2,SPAM\n";
        let (item, _) = only(text, rows);
        assert_eq!(item.kind.as_deref(), Some("bug"));
        assert_eq!(item.group.as_deref(), Some("ajax"));
        assert_eq!(item.created_at.unwrap().to_string(), "2006-06-09T03:16:00Z");
        assert_eq!(item.iterations, ["1.0"]);
        assert_eq!((item.state.as_deref(), item.title.as_deref()), (Some("closed"), Some("SPAM")));
    }

    #[test]
    fn links_say_who_waits_for_whom() {
        let (item, _) = only("idissuelink,issuekey,linkedIssueKey,name\n1,A-1,A-2,is blocked by\n", rows);
        assert_eq!(item.links, [Link { kind: LinkKind::BlockedBy, to: "A-2".to_owned() }]);
    }

    #[test]
    fn a_wrong_date_is_one_bad_row() {
        let text = "id,created\n1,2024-01-01\n2,yesterday\n3,2024-01-03\n";
        let dialect = sample(text).dialect;
        let rows: Vec<_> = rows(Box::new(std::io::Cursor::new(text)), "f".to_owned(), &dialect).collect();
        assert_eq!(rows.iter().map(|row| row.record.is_ok()).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(rows[1].location.line, 3);
    }
}
