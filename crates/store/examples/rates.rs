//! How fast items go in and come out, beside the plain bulk insert of the same rows on the same engine.
//!
//! `cargo run --release -p headway-store --example rates -- [items] [changes per item] [items per batch]`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails has nothing to say")]

use std::{collections::BTreeMap, time::Instant as Clock};

use futures::TryStreamExt;
use headway_domain::{
    id::{ImportId, ItemId, TrackerId, UnitId},
    organisation::{Unit, UnitKind},
    time::Instant,
    work::{Change, Counts, Field, HistoryExtent, Import, ImportState, WorkItem},
};
use headway_store::{Batch, Db, Engine, ImportRun, ImportedItem, ItemFilter, NewEvent, Tracker};
use headway_testkit::database::Place;
use serde_json::json;
use sqlx::{Arguments, AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteArguments};
use uuid::Uuid;

const STATES: [&str; 6] = ["To do", "Analysis", "In progress", "Review", "Test", "Done"];
const ITEMS_PER_TEAM: u64 = 1_000;

struct Size {
    items: u64,
    changes: u64,
    batch: u64,
}

fn team(n: u64) -> UnitId {
    UnitId(Uuid::from_u128(u128::from(n / ITEMS_PER_TEAM) + 1))
}

fn item(n: u64, size: &Size, version: u64) -> ImportedItem {
    let created = 1_600_000_000_000_000 + i64::try_from(n).unwrap() * 60_000_000;
    let state = |ix: u64| STATES[usize::try_from(ix % 6).unwrap()].to_owned();
    let change = |ix: u64| Change {
        at: Instant(created + i64::try_from(ix + 1).unwrap() * 7_000_000_123),
        field: Field::State,
        from: Some(state(ix)),
        to: Some(state(ix + 1)),
    };
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_le_bytes());
    digest[8..16].copy_from_slice(&version.to_le_bytes());
    let item = WorkItem {
        id: ItemId(Uuid::from_u128((u128::from(n) << 64) | 0x7a3c_9d11)),
        unit: team(n),
        tracker: TrackerId(Uuid::from_u128(9)),
        key: format!("{}", 10_000_000 + n),
        label: format!("PAY-{n}"),
        title: format!(
            "Customers see the balance of account {} at once, version {version}",
            n * 7919 % 100_003
        ),
        kind: "Story".to_owned(),
        group: "PAY".to_owned(),
        state: state(size.changes),
        resolution: Some("Done".to_owned()),
        created_at: Instant(created),
        closed_at: Some(Instant(created + 70_000_000_000)),
        estimate: Some(3.0),
        parent: Some("PAY-1".to_owned()),
        priority: Some("Medium".to_owned()),
        labels: vec!["backend".to_owned()],
        iterations: vec!["sprint-12".to_owned()],
        links: Vec::new(),
        url: Some(format!("https://tracker.example/browse/PAY-{n}")),
        extent: HistoryExtent::Complete,
        changes: (0..size.changes).map(change).collect(),
    };
    ImportedItem { item, digest, assignee: None }
}

async fn prepare(db: &Db, size: &Size) {
    let mut tx = db.begin().await.unwrap();
    for n in 0..size.items.div_ceil(ITEMS_PER_TEAM) {
        let name = format!("Team {n}");
        let unit = Unit {
            id: team(n * ITEMS_PER_TEAM),
            parent: None,
            kind: UnitKind::Team,
            key: name.clone(),
            name,
        };
        tx.insert_unit(&unit).await.unwrap();
    }
    let id = TrackerId(Uuid::from_u128(9));
    tx.insert_tracker(&Tracker { id, name: "t".to_owned(), created_at: Instant(0) }).await.unwrap();
    tx.commit().await.unwrap();
}

/// Imports every item, or every tenth of them changed, and says how long the store took.
async fn import(db: &Db, size: &Size, number: u128, version: impl Fn(u64) -> u64) -> (f64, Counts) {
    let run = ImportRun {
        import: Import {
            id: ImportId(Uuid::from_u128(number)),
            tracker: TrackerId(Uuid::from_u128(9)),
            unit: team(0),
            state: ImportState::Running,
            created_at: Instant(0),
            updated_at: Instant(0),
            counts: Counts::default(),
            forecast: None,
            position: 0,
            total: None,
            trouble: None,
        },
        mapping: None,
        census: None,
        files: json!([]),
        options: json!({}),
    };
    let mut tx = db.begin().await.unwrap();
    tx.insert_import(&run).await.unwrap();
    tx.commit().await.unwrap();
    let mut seconds = 0.0;
    let mut counts = Counts::default();
    for from in (0..size.items).step_by(usize::try_from(size.batch).unwrap()) {
        let to = (from + size.batch).min(size.items);
        let batch = Batch {
            run: run.import.id,
            tracker: run.import.tracker,
            from,
            to,
            units: Vec::new(),
            workflows: Vec::new(),
            items: (from..to).map(|n| item(n, size, version(n))).collect(),
            iterations: Vec::new(),
            deployments: Vec::new(),
            commits: Vec::new(),
            counts: Counts::default(),
            findings: BTreeMap::new(),
            report: Vec::new(),
            event: NewEvent {
                at: Instant(0),
                kind: "items".to_owned(),
                units: Vec::new(),
                payload: json!({}),
            },
        };
        let clock = Clock::now();
        let mut tx = db.begin().await.unwrap();
        counts = tx.save_batch(&batch).await.unwrap().import.counts;
        tx.commit().await.unwrap();
        seconds += clock.elapsed().as_secs_f64();
    }
    (seconds, counts)
}

/// The columns of an item's row that a plain insert fills, the history as the store writes it.
fn plain_row(imported: &ImportedItem) -> [String; 18] {
    let ImportedItem { item, digest, .. } = imported;
    let history: Vec<_> =
        item.changes.iter().map(|it| json!([it.at.0, it.field.code(), it.from, it.to])).collect();
    [
        item.unit.to_string(),
        item.key.clone(),
        item.label.clone(),
        item.label.clone(),
        item.title.clone(),
        item.title.to_lowercase(),
        item.kind.clone(),
        item.group.clone(),
        item.state.clone(),
        item.resolution.clone().unwrap_or_default(),
        item.created_at.0.to_string(),
        item.closed_at.map_or(0, |at| at.0).to_string(),
        item.parent.clone().unwrap_or_default(),
        item.priority.clone().unwrap_or_default(),
        item.labels.join(","),
        item.url.clone().unwrap_or_default(),
        Uuid::from_slice(&digest[..16]).unwrap().to_string(),
        json!(history).to_string(),
    ]
}

const PLAIN: &str =
    "create table plain (id text primary key, a text, b text, c text, d text, e text, f text, g text,
    h text, i text, j text, k text, l text, m text, n text, o text, p text, q text, r text)";

/// Statements of many rows in one transaction, into a table with a primary key and nothing else.
async fn plain_sqlite(url: &str, size: &Size) -> f64 {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    sqlx::query("pragma synchronous = normal").execute(&mut connection).await.unwrap();
    sqlx::query(PLAIN).execute(&mut connection).await.unwrap();
    let rows_per_statement = 500;
    let row = format!("({})", ["?"; 19].join(","));
    let mut seconds = 0.0;
    sqlx::query("begin").execute(&mut connection).await.unwrap();
    for from in (0..size.items).step_by(rows_per_statement) {
        let to = (from + rows_per_statement as u64).min(size.items);
        let rows: Vec<_> = (from..to)
            .map(|n| {
                let item = item(n, size, 1);
                (item.item.id, plain_row(&item))
            })
            .collect();
        let clock = Clock::now();
        let sql = format!("insert into plain values {}", vec![row.as_str(); rows.len()].join(","));
        let mut arguments = SqliteArguments::default();
        for (id, values) in &rows {
            arguments.add(id.to_string()).unwrap();
            for value in values {
                arguments.add(value.as_str()).unwrap();
            }
        }
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut connection).await.unwrap();
        seconds += clock.elapsed().as_secs_f64();
    }
    let clock = Clock::now();
    sqlx::query("commit").execute(&mut connection).await.unwrap();
    seconds + clock.elapsed().as_secs_f64()
}

/// COPY in one transaction, into a table with a primary key and nothing else.
async fn plain_postgres(url: &str, size: &Size) -> f64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query(PLAIN).execute(&mut connection).await.unwrap();
    let mut seconds = 0.0;
    let mut copy = connection.copy_in_raw("copy plain from stdin").await.unwrap();
    for from in (0..size.items).step_by(1000) {
        let mut text = String::new();
        for n in from..(from + 1000).min(size.items) {
            let item = item(n, size, 1);
            text.push_str(&item.item.id.to_string());
            for value in plain_row(&item) {
                text.push('\t');
                text.push_str(&value.replace('\\', "\\\\"));
            }
            text.push('\n');
        }
        let clock = Clock::now();
        copy.send(text.into_bytes()).await.unwrap();
        seconds += clock.elapsed().as_secs_f64();
    }
    let clock = Clock::now();
    copy.finish().await.unwrap();
    seconds + clock.elapsed().as_secs_f64()
}

fn say(what: &str, items: u64, seconds: f64) {
    println!("  {what:<46} {:>9.0} items/s  {seconds:>7.2} s", items as f64 / seconds);
}

async fn measure(engine: Engine, size: &Size) {
    println!(
        "{}: {} items, {} changes each, batches of {}",
        engine.name(),
        size.items,
        size.changes,
        size.batch
    );
    let place = Place::new(engine).await;
    let plain = match engine {
        Engine::Sqlite => plain_sqlite(&format!("{}.plain?mode=rwc", place.url()), size).await,
        Engine::Postgres => plain_postgres(place.url(), size).await,
    };
    say("plain bulk insert (primary key only)", size.items, plain);
    let db = place.open().await;
    prepare(&db, size).await;
    let (first, counts) = import(&db, size, 1, |_| 1).await;
    assert_eq!(counts.added, size.items);
    say("save_batch, everything new", size.items, first);
    println!("  ratio to the plain insert: 1 / {:.2}", first / plain);
    let (again, counts) = import(&db, size, 2, |_| 1).await;
    assert_eq!(counts.unchanged, size.items);
    say("save_batch, nothing changed", size.items, again);
    let (tenth, counts) = import(&db, size, 3, |n| if n.is_multiple_of(10) { 2 } else { 1 }).await;
    assert_eq!(counts.updated, size.items.div_ceil(10));
    say("save_batch, a tenth changed", size.items, tenth);

    let mut reader = db.read().await.unwrap();
    let teams = size.items / ITEMS_PER_TEAM;
    let clock = Clock::now();
    let mut read = 0;
    for n in 0..teams {
        read += reader.team_items(team(n * ITEMS_PER_TEAM)).try_collect::<Vec<_>>().await.unwrap().len();
    }
    say("team_items: team after team", read as u64, clock.elapsed().as_secs_f64());

    let filters = [
        ("a page of 25, all units", ItemFilter::default()),
        ("a page of 25, one unit", ItemFilter { units: Some(vec![team(0)]), ..ItemFilter::default() }),
    ];
    for (what, filter) in filters {
        let clock = Clock::now();
        for _ in 0..200 {
            reader.work_items(&filter, None, 25).await.unwrap();
        }
        println!("  {what:<46} {:>9.3} ms", clock.elapsed().as_secs_f64() * 1000.0 / 200.0);
    }
    let clock = Clock::now();
    for n in 0..200_u128 {
        reader.work_item(ItemId(Uuid::from_u128((n << 64) | 0x7a3c_9d11))).await.unwrap().unwrap();
    }
    println!("  {:<46} {:>9.3} ms", "one item", clock.elapsed().as_secs_f64() * 1000.0 / 200.0);
    for text in ["PAY-777", "account 77", "cust"] {
        let clock = Clock::now();
        for _ in 0..20 {
            reader.search(text, None, 20).await.unwrap();
        }
        let what = format!("search {text:?}");
        println!("  {what:<46} {:>9.3} ms", clock.elapsed().as_secs_f64() * 1000.0 / 20.0);
    }
    drop(reader);
    db.close().await;
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|it| it.parse::<u64>().unwrap());
    let size = Size {
        items: numbers.next().unwrap_or(100_000),
        changes: numbers.next().unwrap_or(8),
        batch: numbers.next().unwrap_or(1_000),
    };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        measure(engine, &size).await;
    }
}
