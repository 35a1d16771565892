//! Tables with one row a sprint, with sums of what was committed, added, removed and done: research data on Scrum
//! boards, and velocity tables as people keep them.

use std::io::BufRead;

use headway_domain::work::{GivenSums, IterationRecord, Record};

use crate::{
    Dialect, Format, Recognised, Rows,
    columns::{self, columns as columns_named, number, shown},
    container::Sample,
    json_rows::Sink,
    table::{Cells, Head},
    table_rows::{self, RowReading},
};

/// Which column says what.
struct Layout {
    key: Vec<usize>,
    name: Vec<usize>,
    group: Vec<usize>,
    starts: Vec<usize>,
    ends: Vec<usize>,
    completed_at: Vec<usize>,
    /// Items and estimate, each for committed, added, removed and done.
    items: [Vec<usize>; 4],
    estimate: [Vec<usize>; 4],
}

impl Layout {
    fn of(head: &Head) -> Option<Self> {
        let find = |names: &[&str]| columns_named(head, names);
        let layout = Layout {
            key: find(&["sprint id", "sprintid", "iteration id"]),
            name: find(&["name", "sprint name", "sprint", "iteration", "iteration name"]),
            group: find(&["board id", "boardid", "team", "board", "project"]),
            starts: find(&["start date", "started", "start", "starts at", "activated date"]),
            ends: find(&["end date", "end", "ends at", "planned end"]),
            completed_at: find(&["complete date", "completed date", "closed date"]),
            items: [
                find(&["no_issue_starttime", "committed items", "items committed", "planned items"]),
                find(&["no_issue_added", "added items", "items added"]),
                find(&["no_issue_removed", "removed items", "items removed"]),
                find(&["no_issuedone", "completed items", "items completed", "done items"]),
            ],
            estimate: [
                find(&[
                    "vel_starttime",
                    "committed points",
                    "committed",
                    "commitment",
                    "planned points",
                    "planned",
                ]),
                find(&["vel_added", "added points", "points added", "added"]),
                find(&["vel_removed", "removed points", "points removed", "removed"]),
                find(&["vel_done", "completed points", "completed", "velocity", "delivered", "done"]),
            ],
        };
        let has_sums = |sums: &[Vec<usize>; 4]| !sums[0].is_empty() && !sums[3].is_empty();
        let is_named = !layout.key.is_empty() || !layout.name.is_empty();
        (is_named && (has_sums(&layout.items) || has_sums(&layout.estimate))).then_some(layout)
    }
}

/// What this is, if it is a table of sprints.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let head = &sample.table.as_ref()?.head;
    let layout = Layout::of(head)?;
    let roles = [
        ("key", &layout.key),
        ("name", &layout.name),
        ("team", &layout.group),
        ("committed estimate", &layout.estimate[0]),
        ("completed estimate", &layout.estimate[3]),
    ];
    let roles: Vec<_> =
        roles.into_iter().filter_map(|(role, it)| Some(shown(role, head, *it.first()?))).collect();
    let mut cannot = vec!["no items: only sums".to_owned()];
    if layout.starts.is_empty() {
        cannot.push("no dates: when the sprints were is not in it".to_owned());
    }
    Some(Recognised {
        format: Format::SprintTable,
        dialect: sample.dialect.clone(),
        can: vec![
            "sprints with what was committed, added, removed and done".to_owned(),
            format!("columns: {}", roles.join(", ")),
        ],
        cannot,
        hints: Vec::new(),
        items_are_whole: true,
    })
}

/// Why there is nothing to import from the table of issues that lies beside such a table of sprints.
pub fn left_out(sample: &Sample) -> Option<String> {
    let head = &sample.table.as_ref()?.head;
    let is_features =
        head.has("boardid") && head.has("sprintid") && head.has("no_comment") && head.has("type");
    is_features.then(|| {
        "it is a table of what issues of sprints are like, without their keys and dates; choose the table of \
         iterations beside it"
            .to_owned()
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| SprintTable {
        layout: Layout::of(head),
        head: head.clone(),
        dialect: own,
    })
}

struct SprintTable {
    layout: Option<Layout>,
    head: Head,
    dialect: Dialect,
}

impl RowReading for SprintTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        let Some(layout) = &self.layout else {
            return sink.problem(None, "the table has no columns for sprints");
        };
        let get = |columns: &[usize]| cells.any(columns);
        let (id, name, group) = (get(&layout.key), get(&layout.name), get(&layout.group));
        let Some(own) = id.or(name) else {
            return sink.problem(None, "the row does not say which sprint it is");
        };
        // Boards number their sprints each for itself.
        let key = group.map_or_else(|| own.to_owned(), |group| format!("{group}/{own}"));
        let wanted = [layout.starts.as_slice(), &layout.ends, &layout.completed_at];
        let [starts_at, ends_at, completed_at] =
            match columns::instants(cells, wanted, &self.head, &self.dialect) {
                Ok(instants) => instants,
                Err(reason) => return sink.problem(Some(key), reason),
            };
        let mut wrong = None;
        let mut sum = |columns: &[usize]| match cells.any(columns) {
            None => 0.0,
            Some(text) => number(text).unwrap_or_else(|| {
                wrong = Some(text.to_owned());
                0.0
            }),
        };
        let items = [0, 1, 2, 3].map(|ix: usize| sum(&layout.items[ix]));
        let estimate = [0, 1, 2, 3].map(|ix: usize| sum(&layout.estimate[ix]));
        if let Some(text) = wrong {
            return sink.problem(Some(key), format!("{text:?} is not a number of items or points"));
        }
        sink.record(Record::Iteration(IterationRecord {
            name: name.unwrap_or(own).to_owned(),
            group: group.map(str::to_owned),
            key,
            starts_at,
            ends_at,
            completed_at,
            given: Some(GivenSums {
                committed_items: items[0],
                committed_estimate: estimate[0],
                added_items: items[1],
                added_estimate: estimate[1],
                removed_items: items[2],
                removed_estimate: estimate[2],
                completed_items: items[3],
                completed_estimate: estimate[3],
            }),
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use headway_domain::work::Oddity;

    use super::*;
    use crate::testing::sample;

    const TEXT: &str = "boardid,sprintid,name,vel_diff,planday,no_issue_starttime,vel_starttime,no_issue_added,vel_added,\
        no_issue_removed,vel_removed,no_issuetodo,vel_todo,no_issueinprogress,vel_inprogress,no_issuedone,vel_done\n\
        5,7,Sprint 1,-7,14,4,17,1,2,0,0,4,17,0,0,3,12\n\
        5,12,Babbage, RC1, one,32,10,1,4,3,12,3,12,0,0,0,0,1,4\n\
        5,14,Good,3,10,1,4,3,12,3,12,0,0,0,0,1,4\n5,15,Good,4,10,1,4,3,12,3,12,0,0,0,0,1,4\n\
        5,13,Bad,x,10,many,4,3,12,3,12,0,0,0,0,1,4\n";

    #[test]
    fn sums_are_given() {
        let recognised = recognise(&sample(TEXT)).unwrap();
        let rows: Vec<_> = rows(Box::new(Cursor::new(TEXT)), "f".to_owned(), &recognised.dialect).collect();
        let Ok(Record::Iteration(first)) = &rows[0].record else { panic!("{rows:?}") };
        let given = first.given.unwrap();
        assert_eq!((first.key.as_str(), first.name.as_str()), ("5/7", "Sprint 1"));
        assert_eq!(
            (given.committed_items, given.committed_estimate, given.completed_estimate),
            (4.0, 17.0, 12.0)
        );
        let Ok(Record::Iteration(second)) = &rows[1].record else { panic!("{rows:?}") };
        assert_eq!(second.name, "Babbage, RC1, one");
        assert_eq!(rows[1].oddities, [Oddity::UnquotedDelimiter]);
        assert!(rows[4].record.is_err());
    }

    #[test]
    fn a_velocity_table() {
        let text = "Sprint,Start Date,End Date,Committed,Completed\nS1,2024-01-01,2024-01-14,20,18\n";
        let recognised = recognise(&sample(text)).unwrap();
        let row = rows(Box::new(Cursor::new(text)), "f".to_owned(), &recognised.dialect).next().unwrap();
        let Ok(Record::Iteration(sprint)) = row.record else { panic!("{row:?}") };
        assert_eq!((sprint.key.as_str(), sprint.given.unwrap().completed_estimate), ("S1", 18.0));
        assert!(sprint.starts_at < sprint.ends_at);
    }
}
