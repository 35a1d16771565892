//! Real data that nobody here wrote: the counts are those of its own description.

use std::collections::HashSet;

use headway_domain::work::{Category, Field, ItemRecord, Oddity, Record};
use headway_trackers::{DateOrder, Format, recognise};

use crate::{changes, data, input, items, odd, problems, rows, source};

#[test]
fn trac_has_13852_tickets_and_63553_changes() {
    let (Some(tickets), Some(history)) =
        (data("trac/trac-jquery-tickets.csv.gz"), data("trac/trac-jquery-changes.csv.gz"))
    else {
        return;
    };
    let table = source(&input(&tickets));
    assert_eq!((table.recognised.format, table.recognised.items_are_whole), (Format::ItemTable, false));
    let table = rows(&table);
    assert_eq!(problems(&table), []);
    let tickets = items(&table);
    assert_eq!(tickets.len(), 13_852);
    let keys: HashSet<&str> = tickets.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys.len(), 13_852);
    assert!(tickets.iter().all(|it| it.created_at.is_some() && it.state.is_some()));

    let history = source(&input(&history));
    assert_eq!((history.recognised.format, history.recognised.items_are_whole), (Format::ChangeTable, false));
    let history = rows(&history);
    assert_eq!(problems(&history), []);
    let found = items(&history);
    assert_eq!(found.iter().map(|it| it.changes.len()).sum::<usize>(), 63_553);
    assert_eq!(changes(&found, Field::State).len(), 22_057);
    assert_eq!(odd(&history, Oddity::NoOpChange), 1_813);
    assert!(
        found.iter().all(|it| keys.contains(it.key.as_str())),
        "every change is of a ticket in the table"
    );
    assert!(found.iter().all(|it| it.assignee.is_none()));
    let reopened: HashSet<&str> = found
        .iter()
        .filter(|it| it.changes[0].field == Field::State && it.changes[0].to.as_deref() == Some("reopened"))
        .map(|it| it.key.as_str())
        .collect();
    assert_eq!(reopened.len(), 875);
}

#[test]
fn the_event_log_has_4580_cases_and_21348_events() {
    let Some(path) = data("xes/helpdesk.xes.gz") else { return };
    let log = rows(&source(&input(&path)));
    assert_eq!(problems(&log), []);
    let cases = items(&log);
    assert_eq!(cases.len(), 4_580);
    assert_eq!(cases.iter().map(|it| it.changes.len()).sum::<usize>(), 21_348);
}

#[test]
fn the_event_table_has_42_events_of_6_cases() {
    let Some(path) = data("xes/running-example.csv") else { return };
    let table = source(&input(&path));
    assert_eq!(table.recognised.format, Format::ChangeTable);
    let table = rows(&table);
    let events = items(&table);
    assert_eq!(events.len(), 42);
    assert_eq!(events.iter().map(|it| it.key.as_str()).collect::<HashSet<_>>().len(), 6);
    assert_eq!(events[0].changes[0].at.to_string(), "2010-12-30T13:32:00Z");
    assert_eq!(events[1].changes[0].from.as_deref(), Some("register request"));
}

#[test]
fn tables_of_stages_and_items() {
    for (name, format, order, count, early) in [
        ("csv/flowmetricscsv-example.csv", Format::ItemTable, DateOrder::MonthFirst, 266, 0),
        ("csv/flowpulse-demo.csv", Format::ItemTable, DateOrder::DayFirst, 1_562, 0),
        ("csv/jabopiti.csv", Format::StageDates, DateOrder::YearFirst, 200, 0),
        ("csv/jira-anonymised.csv", Format::ItemTable, DateOrder::YearFirst, 4_123, 1_662),
        ("csv/rueedlinger.csv", Format::ItemTable, DateOrder::YearFirst, 4_123, 1_662),
        ("csv/rdevries.csv", Format::ItemTable, DateOrder::YearFirst, 118, 0),
        ("csv/jira-changelog-rows.csv", Format::ChangeTable, DateOrder::YearFirst, 588, 0),
    ] {
        let Some(path) = data(name) else { return };
        let source = source(&input(&path));
        let dialect = &source.recognised.dialect;
        assert_eq!((source.recognised.format, dialect.date_order), (format, order), "{name}");
        assert!(dialect.date_order_is_certain, "{name}");
        let rows = rows(&source);
        assert_eq!(problems(&rows), [], "{name}");
        assert_eq!(items(&rows).len(), count, "{name}");
        let is_early =
            |it: &&&ItemRecord| it.closed_at.zip(it.created_at).is_some_and(|(end, begin)| end < begin);
        assert_eq!(items(&rows).iter().filter(is_early).count(), early, "{name}");
        assert_eq!(odd(&rows, Oddity::FinishBeforeStart), 0, "{name}: told once, with the whole item");
    }
}

#[test]
fn rows_of_a_jira_changelog_carry_what_the_issue_is() {
    let Some(path) = data("csv/jira-changelog-rows.csv") else { return };
    let source = source(&input(&path));
    assert!(source.recognised.hints.contains(&("Deployed".to_owned(), Category::Done)));
    let rows = rows(&source);
    let found = items(&rows);
    assert_eq!(found.iter().filter(|it| it.changes.is_empty()).count(), 65, "issues without a change");
    let first = items(&rows)[0];
    assert_eq!((first.key.as_str(), first.label.as_deref()), ("55840", Some("PRJ-1161")));
    assert_eq!((first.group.as_deref(), first.kind.as_deref()), (Some("PRJ"), Some("Bug")));
    assert_eq!(first.created_at.unwrap().to_string(), "2020-06-01T15:49:02.582Z");
    assert_eq!(first.changes[0].from.as_deref(), Some("To Do"));
}

#[test]
fn sprints_have_their_sums() {
    for (name, count) in [("mongodb", 765), ("spring", 476)]
        .iter()
        .flat_map(|(name, count)| [0, 80].map(|at| (format!("sprints/{name}_iteration_{at}.csv"), *count)))
    {
        let Some(path) = data(&name) else { return };
        let source = source(&input(&path));
        assert_eq!(source.recognised.format, Format::SprintTable);
        let rows = rows(&source);
        assert_eq!(problems(&rows), []);
        let sprints: Vec<_> = rows
            .iter()
            .filter_map(|row| match &row.record {
                Ok(Record::Iteration(sprint)) => Some(sprint),
                _ => None,
            })
            .collect();
        assert_eq!(sprints.len(), count, "{name}");
        assert_eq!(sprints.iter().map(|it| &it.key).collect::<HashSet<_>>().len(), count, "{name}");
        assert!(sprints.iter().all(|it| it.given.is_some_and(|given| given.committed_items >= 0.0)));
    }
}

#[test]
fn what_lies_beside_the_sprints() {
    let Some(path) = data("sprints/spring_issuelink_0.csv") else { return };
    let links = rows(&source(&input(&path)));
    assert_eq!(items(&links).iter().map(|it| it.links.len()).sum::<usize>(), 1_519);
    let Some(path) = data("sprints/spring_issue_0.csv") else { return };
    assert!(recognise(&input(&path)).unwrap_err().reason.contains("without their keys and dates"));
}

#[test]
fn every_file_is_recognised_or_says_why_not() {
    let Some(root) = data("csv") else { return };
    let root = root.parent().unwrap();
    let mut unreadable = Vec::new();
    for folder in std::fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir()) {
        for path in std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if let Err(error) = recognise(&input(&path)) {
                unreadable.push(format!("{}: {}", path.file_name().unwrap().display(), error.reason));
            }
        }
    }
    unreadable.retain(|it| !it.contains("_issue_") && !it.starts_with("README"));
    assert_eq!(unreadable, [] as [String; 0]);
}
