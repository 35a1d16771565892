//! Small facts for the tests.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use headway_domain::{
    id::{ImportId, ItemId, TrackerId, UnitId},
    organisation::{Unit, UnitKind},
    time::Instant,
    work::{
        BlockedRule, Category, Change, Counts, Field, HistoryExtent, Import, ImportState, Link, LinkKind,
        Mapping, Stage, StateRule, WorkItem, Workflow,
    },
};
use headway_store::{Batch, Db, ImportRun, ImportedItem, NewEvent, TaughtWorkflow, Tracker};
use serde_json::json;
use uuid::Uuid;

pub const HOUR: i64 = 3_600_000_000;

pub fn at(hours: i64) -> Instant {
    Instant(1_700_000_000_000_000 + hours * HOUR)
}

pub fn unit(n: u128, parent: Option<u128>, kind: UnitKind, name: &str) -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(n)),
        parent: parent.map(|n| UnitId(Uuid::from_u128(n))),
        kind,
        key: name.to_lowercase().replace(' ', "-"),
        name: name.to_owned(),
    }
}

/// Portfolio 1 with the teams 2 "Kestrel" and 3 "Heron", and tracker 9.
pub async fn organisation(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.insert_unit(&unit(1, None, UnitKind::Portfolio, "All Birds")).await.unwrap();
    tx.insert_unit(&unit(2, Some(1), UnitKind::Team, "Kestrel")).await.unwrap();
    tx.insert_unit(&unit(3, Some(1), UnitKind::Team, "Heron")).await.unwrap();
    let tracker = Tracker { id: tracker(), name: "Jira".to_owned(), created_at: at(0) };
    tx.insert_tracker(&tracker).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn team(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

pub fn tracker() -> TrackerId {
    TrackerId(Uuid::from_u128(9))
}

/// An item with every field set and text that tries the quoting.
pub fn item(n: u128, unit: u128) -> WorkItem {
    let hours = i64::try_from(n).unwrap();
    let state = |from: &str, to: &str, hours| Change {
        at: at(hours),
        field: Field::State,
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    };
    WorkItem {
        id: ItemId(Uuid::from_u128(1_000_000 + n)),
        unit: team(unit),
        tracker: tracker(),
        key: format!("{n}"),
        label: format!("PAY-{n}"),
        title: format!("Ünïcode 'quoted' \"{n}\" \\ 100 % _x"),
        kind: if n.is_multiple_of(2) { "Bug" } else { "Story" }.to_owned(),
        group: "PAY".to_owned(),
        state: if n.is_multiple_of(3) { "Done" } else { "Doing" }.to_owned(),
        resolution: Some("Fixed".to_owned()),
        created_at: at(hours),
        closed_at: n.is_multiple_of(3).then(|| at(hours + 50)),
        estimate: Some(0.1),
        parent: Some("0".to_owned()),
        priority: Some("High".to_owned()),
        labels: vec!["a,b".to_owned(), "c\"d".to_owned()],
        iterations: vec!["it-1".to_owned()],
        links: vec![Link { kind: LinkKind::BlockedBy, to: "PAY-7".to_owned() }],
        url: Some("https://tracker.example/PAY".to_owned()),
        extent: HistoryExtent::Complete,
        changes: vec![
            state("To do", "Doing", hours + 1),
            Change { at: at(hours + 1), field: Field::Activity, from: None, to: None },
            Change { at: at(hours + 2), field: Field::Flag, from: None, to: Some("Impediment".to_owned()) },
            state("Doing", "Done", hours + 3),
        ],
    }
}

/// An item with nothing but what it must have.
pub fn bare_item(n: u128, unit: u128) -> WorkItem {
    WorkItem {
        resolution: None,
        closed_at: None,
        estimate: None,
        parent: None,
        priority: None,
        labels: Vec::new(),
        iterations: Vec::new(),
        links: Vec::new(),
        url: None,
        extent: HistoryExtent::None,
        changes: Vec::new(),
        ..item(n, unit)
    }
}

pub fn imported(item: WorkItem, digest: u8) -> ImportedItem {
    ImportedItem { item, digest: [digest; 32], assignee: None }
}

pub fn workflow() -> Workflow {
    let stage = |name: &str, category| Stage { name: name.to_owned(), category };
    let rule = |state: &str| StateRule { state: state.to_owned(), stage: state.to_owned() };
    Workflow::from_mapping(Mapping {
        stages: vec![
            stage("To do", Category::Todo),
            stage("Doing", Category::Active),
            stage("Done", Category::Done),
        ],
        states: vec![rule("To do"), rule("Doing"), rule("Done")],
        kinds: Vec::new(),
        groups: Vec::new(),
        blocked: BlockedRule::default(),
        cancelled_resolutions: vec!["Won't do".to_owned()],
    })
}

/// The first workflow of a team, as an import brings it.
pub fn first_workflow(n: u128) -> TaughtWorkflow {
    TaughtWorkflow { unit: team(n), was: None, now: workflow() }
}

pub fn event(kind: &str) -> NewEvent {
    NewEvent { at: at(1), kind: kind.to_owned(), units: Vec::new(), payload: json!({ "n": 1 }) }
}

pub fn run(n: u128, state: ImportState) -> ImportRun {
    ImportRun {
        import: Import {
            id: ImportId(Uuid::from_u128(500 + n)),
            tracker: tracker(),
            unit: team(1),
            state,
            created_at: at(i64::try_from(n).unwrap()),
            updated_at: at(i64::try_from(n).unwrap()),
            counts: Counts::default(),
            forecast: None,
            position: 0,
            total: None,
            trouble: None,
        },
        mapping: None,
        census: None,
        files: json!([{ "name": "a.csv" }]),
        options: json!({ "names": false }),
    }
}

pub fn batch(run: &ImportRun, from: u64, items: Vec<ImportedItem>) -> Batch {
    Batch {
        run: run.import.id,
        tracker: run.import.tracker,
        from,
        to: from + items.len().max(1) as u64,
        units: Vec::new(),
        workflows: Vec::new(),
        counts: Counts { read: items.len() as u64, ..Counts::default() },
        items,
        iterations: Vec::new(),
        deployments: Vec::new(),
        commits: Vec::new(),
        findings: BTreeMap::new(),
        report: Vec::new(),
        event: event("items"),
    }
}

/// Stores an import that runs, and its items in one batch.
pub async fn import_items(db: &Db, n: u128, items: Vec<ImportedItem>) -> ImportRun {
    let run = run(n, ImportState::Running);
    let mut tx = db.begin().await.unwrap();
    tx.insert_import(&run).await.unwrap();
    tx.save_batch(&batch(&run, 0, items)).await.unwrap();
    tx.commit().await.unwrap();
    run
}

pub async fn items_of(db: &Db, unit: UnitId) -> Vec<WorkItem> {
    db.read().await.unwrap().team_items(unit).try_collect().await.unwrap()
}

/// Moves an import on.
pub async fn set_state(db: &Db, run: &ImportRun, state: ImportState) -> Import {
    let mut tx = db.begin().await.unwrap();
    let was = tx.import(run.import.id).await.unwrap().unwrap();
    let now = Import { state, ..was.clone() };
    tx.update_import_state(&was, &now).await.unwrap();
    tx.commit().await.unwrap();
    now
}
