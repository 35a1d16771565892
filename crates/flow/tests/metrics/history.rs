//! From a stored work item to its history: what is known, what is missing, and what blocks.

use std::collections::HashMap;

use headway_domain::{
    id::{ItemId, TrackerId, UnitId},
    time::Instant,
    work::{Change, Field, HistoryExtent, Link, LinkKind, WorkItem, WorkType, Workflow},
};
use headway_flow::{
    history::{BlockedCause, Blocker, History},
    item::{Item, Standing, derive},
    quality::{Doubt, doubts},
};

use crate::language::Example;

fn at(text: &str) -> Instant {
    format!("2024-03-{text}:00Z").replace(' ', "T").parse().unwrap()
}

fn workflow() -> Workflow {
    let mut workflow = Example::read(&["today 2024-03-15".to_owned()]).unwrap().workflow;
    let states = [
        ("Open", 0),
        ("Doing", 1),
        ("On hold", 2),
        ("In review", 3),
        ("Resolved", 4),
        ("Closed", 4),
        ("Rejected", 5),
    ];
    workflow.states = HashMap::from(states.map(|(state, stage)| (state.to_owned(), stage)));
    workflow.cancelled_resolutions = vec!["Won't Fix".to_owned()];
    workflow
}

fn work_item(key: &str, state: &str, changes: &[(&str, Field, &str, &str)]) -> WorkItem {
    let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    WorkItem {
        id: ItemId(uuid::Uuid::nil()),
        unit: UnitId(uuid::Uuid::nil()),
        tracker: TrackerId(uuid::Uuid::nil()),
        key: key.to_owned(),
        label: format!("P-{key}"),
        title: String::new(),
        kind: "Bug".to_owned(),
        group: String::new(),
        state: state.to_owned(),
        resolution: None,
        created_at: at("01 09:00"),
        closed_at: None,
        estimate: None,
        parent: None,
        priority: None,
        labels: Vec::new(),
        iterations: Vec::new(),
        links: Vec::new(),
        url: None,
        extent: HistoryExtent::Complete,
        changes: changes
            .iter()
            .map(|(when, field, from, to)| Change {
                at: at(when),
                field: *field,
                from: value(from),
                to: value(to),
            })
            .collect(),
    }
}

fn read(item: &WorkItem, workflow: &Workflow) -> Item {
    Item::of(&History::of(item, workflow, |_| Blocker::Unknown), workflow)
}

#[test]
fn the_first_state_is_what_the_first_change_left() {
    let item = work_item(
        "1",
        "Resolved",
        &[("05 10:00", Field::State, "Doing", "Resolved"), ("04 15:00", Field::State, "Open", "Doing")],
    );
    let item = read(&item, &workflow());
    assert_eq!(item.visits.iter().map(|it| it.stage).collect::<Vec<_>>(), [0, 1, 4]);
    assert_eq!(item.cycle_time_days(&workflow().calendar), Some(2));
    assert!(item.is_complete);
}

#[test]
fn unmapped_states_move_nothing() {
    let item = work_item(
        "1",
        "Resolved",
        &[
            ("04 09:00", Field::State, "Open", "Doing"),
            ("05 09:00", Field::State, "Doing", "Somewhere"),
            ("06 09:00", Field::State, "Somewhere", "Doing"),
            ("07 09:00", Field::State, "Doing", "Resolved"),
        ],
    );
    let item = read(&item, &workflow());
    assert_eq!(item.visits.iter().map(|it| it.stage).collect::<Vec<_>>(), [0, 1, 4]);
    let only = read(&work_item("2", "Somewhere", &[]), &workflow());
    assert_eq!((only.stage(), only.standing()), (None, Standing::NotStarted));
}

#[test]
fn a_history_that_ends_elsewhere_is_flagged() {
    let item = work_item("1", "In review", &[("04 09:00", Field::State, "Open", "Doing")]);
    assert!(!read(&item, &workflow()).is_complete);
}

#[test]
fn without_history_the_closing_date_is_the_finish() {
    let mut item = work_item("1", "Closed", &[]);
    item.extent = HistoryExtent::None;
    item.closed_at = Some(at("08 09:00"));
    let item = read(&item, &workflow());
    assert!(item.never_started());
    assert_eq!(item.finished.unwrap().at, at("08 09:00"));
    assert_eq!(item.lead_time_days(&workflow().calendar), Some(8));
    // Even when the state itself is one that nobody mapped.
    let mut item = work_item("2", "Somewhere", &[]);
    item.extent = HistoryExtent::None;
    item.closed_at = Some(at("08 09:00"));
    assert_eq!(read(&item, &workflow()).finished.unwrap().at, at("08 09:00"));
}

#[test]
fn an_exit_that_nobody_dated_counts_nowhere() {
    let mut item = work_item("1", "Closed", &[]);
    item.extent = HistoryExtent::Partial;
    let facts = read(&item, &workflow());
    assert!(facts.is_undated && facts.finished.is_none() && !facts.is_in_progress());
    // With a history that is known to be whole, it was created done.
    item.extent = HistoryExtent::Complete;
    assert_eq!(read(&item, &workflow()).finished.unwrap().at, item.created_at);
}

#[test]
fn a_resolution_can_say_that_nothing_was_delivered() {
    let mut item = work_item(
        "1",
        "Closed",
        &[
            ("04 09:00", Field::State, "Open", "Doing"),
            ("06 09:00", Field::Resolution, "", "Won't Fix"),
            ("06 09:00", Field::State, "Doing", "Closed"),
        ],
    );
    item.resolution = Some("Won't Fix".to_owned());
    let facts = read(&item, &workflow());
    assert_eq!((facts.finished, facts.cancelled.unwrap().at), (None, at("06 09:00")));
    // Whatever the stage.
    item.state = "Doing".to_owned();
    item.changes.pop();
    let facts = read(&item, &workflow());
    assert_eq!((facts.standing(), facts.cancelled.unwrap().at), (Standing::Cancelled, at("06 09:00")));
}

#[test]
fn flags_states_and_labels_block() {
    let mut workflow = workflow();
    workflow.blocked.states = vec!["On hold".to_owned()];
    workflow.blocked.labels = vec!["blocked".to_owned()];
    let mut item = work_item(
        "1",
        "Doing",
        &[
            ("04 09:00", Field::State, "Open", "Doing"),
            ("05 09:00", Field::Flag, "", "Impediment"),
            ("05 12:00", Field::Flag, "Impediment", ""),
            ("06 09:00", Field::State, "Doing", "On hold"),
            ("07 09:00", Field::State, "On hold", "Doing"),
            ("08 09:00", Field::Labels, "web", "web\u{1f}blocked"),
        ],
    );
    item.labels = vec!["web".to_owned(), "blocked".to_owned()];
    let found: Vec<_> =
        read(&item, &workflow).blocked.iter().map(|it| (it.from, it.until, it.cause.clone())).collect();
    let expected = [
        (at("05 09:00"), Some(at("05 12:00")), BlockedCause::Flag("Impediment".to_owned())),
        (at("06 09:00"), Some(at("07 09:00")), BlockedCause::State("On hold".to_owned())),
        (at("08 09:00"), None, BlockedCause::Label("blocked".to_owned())),
    ];
    assert_eq!(found, expected);
    // Only some values of the flag mean blocked.
    workflow.blocked.flags = vec!["Blocked".to_owned()];
    assert_eq!(read(&item, &workflow).blocked.len(), 2);
}

#[test]
fn an_item_waits_until_the_other_one_is_finished() {
    let mut workflow = workflow();
    workflow.blocked.links = true;
    let first = work_item("1", "Closed", &[("04 09:00", Field::State, "Open", "Closed")]);
    let mut second = work_item(
        "2",
        "Doing",
        &[
            ("02 09:00", Field::State, "Open", "Doing"),
            ("03 09:00", Field::BlockedBy, "", "1"),
            ("03 10:00", Field::BlockedBy, "", "other"),
            ("05 10:00", Field::BlockedBy, "other", ""),
        ],
    );
    second.links = vec![
        Link { kind: LinkKind::BlockedBy, to: "1".to_owned() },
        Link { kind: LinkKind::BlockedBy, to: "P-3".to_owned() },
        Link { kind: LinkKind::BlockedBy, to: "nobody".to_owned() },
    ];
    let third = work_item("3", "Open", &[]);
    let items = derive(&[first, second, third], &workflow, |key| {
        if key == "other" { Blocker::Open } else { Blocker::Unknown }
    });
    let found: Vec<_> = items[1].blocked.iter().map(|it| (it.from, it.until, it.cause.clone())).collect();
    let expected = [
        (at("01 09:00"), None, BlockedCause::Item("P-3".to_owned())),
        (at("03 09:00"), Some(at("04 09:00")), BlockedCause::Item("1".to_owned())),
        (at("03 10:00"), Some(at("05 10:00")), BlockedCause::Item("other".to_owned())),
    ];
    assert_eq!(found, expected);
}

#[test]
fn estimates_and_iterations_reach_back_to_creation() {
    let mut item = work_item(
        "1",
        "Doing",
        &[
            ("04 09:00", Field::Estimate, "3", "5"),
            ("05 09:00", Field::Iterations, "", "S1"),
            ("06 09:00", Field::Iterations, "S1", "S1\u{1f}S2"),
        ],
    );
    item.estimate = Some(5.0);
    let history = History::of(&item, &workflow(), |_| Blocker::Unknown);
    assert_eq!(history.estimates.iter().map(|it| it.value).collect::<Vec<_>>(), [Some(3.0), Some(5.0)]);
    assert_eq!(history.estimates[0].at, item.created_at);
    assert_eq!(history.iterations.last().unwrap().value, ["S1", "S2"]);
    assert_eq!(history.work_type, WorkType::Unmapped);
}

#[test]
fn a_sign_of_life_below_is_one_above() {
    let above = work_item("1", "Doing", &[("02 09:00", Field::State, "Open", "Doing")]);
    let mut below = work_item("2", "Doing", &[("09 09:00", Field::State, "Open", "Doing")]);
    below.parent = Some("P-1".to_owned());
    let items = derive(&[above, below], &workflow(), |_| Blocker::Unknown);
    assert_eq!(items[0].last_active, at("09 09:00"));
    assert_eq!(items[0].quiet.len(), 1, "seven days of silence are still a gap");
}

#[test]
fn doubts_are_counted() {
    let mut dateless = work_item("3", "Closed", &[]);
    dateless.extent = HistoryExtent::None;
    let mut early = work_item("4", "Closed", &[("01 08:00", Field::State, "Open", "Closed")]);
    early.created_at = at("05 09:00");
    let work = [
        work_item(
            "1",
            "Closed",
            &[
                ("02 09:00", Field::State, "Open", "In review"),
                ("03 09:00", Field::State, "In review", "Doing"),
                ("04 09:00", Field::State, "Doing", "Closed"),
                ("05 09:00", Field::State, "Closed", "Open"),
                ("06 09:00", Field::State, "Open", "Closed"),
            ],
        ),
        work_item("2", "Elsewhere", &[]),
        dateless,
        early,
    ];
    let items = derive(&work, &workflow(), |_| Blocker::Unknown);
    let expected = [
        (Doubt::NeverStarted, 2),
        (Doubt::Reopened, 1),
        (Doubt::BackToTodo, 0),
        (Doubt::MovedBack, 1),
        (Doubt::FinishedBeforeCreated, 1),
        (Doubt::Incomplete, 1),
        (Doubt::Undated, 1),
        (Doubt::Unmapped, 1),
    ];
    assert_eq!(doubts(&items, &workflow()), expected);
}
