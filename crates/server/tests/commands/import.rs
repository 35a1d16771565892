//! Importing: created units, dry run, second import, review and roll back, errors.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use headway_app::{
    Actor, App, Clock, Config, IdSource, OpContext, insight, jobs,
    organisation::{self, SecretKey},
    work::import::{self, Finding},
};
use headway_domain::{
    id::ImportId,
    organisation::UnitKind,
    time::Instant,
    work::{ImportState, Oddity, Step},
};
use headway_store::Db;
use uuid::Uuid;

use crate::{fixture, headway, text};

/// One second after the other.
pub struct Ticks(pub AtomicU64);

impl Clock for Ticks {
    fn now(&self) -> Instant {
        let ticks = self.0.fetch_add(1, Ordering::Relaxed);
        Instant(4_000_000_000_000_000 + i64::try_from(ticks).unwrap() * 1_000_000)
    }
}

/// One after the other.
pub struct Ids(pub AtomicU64);

impl IdSource for Ids {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }

    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

pub async fn open(folder: &Path) -> (App, OpContext) {
    let db = Db::open(&format!("sqlite:{}", folder.join("headway.sqlite").display())).await.unwrap();
    let ctx =
        OpContext::new(Actor::Operator, Arc::new(Ticks(AtomicU64::new(0))), Arc::new(Ids(AtomicU64::new(1))));
    (App::new(db, Config::new(folder.to_owned(), SecretKey::new([7; 32])), None), ctx)
}

/// The same clock and ids on behalf of the system.
pub fn system(ctx: &OpContext) -> OpContext {
    let mut system = ctx.clone();
    system.actor = Actor::System;
    system
}

/// Every finding of an import's report by its code, with its count; teams that it creates are none.
pub async fn report_counts(ctx: &OpContext, app: &App, id: ImportId) -> BTreeMap<String, u64> {
    let quality = import::quality(ctx, app, id).await.unwrap();
    let odd = quality.findings.iter().filter(|(finding, _)| *finding != Finding::Odd(Oddity::NewTeam));
    odd.map(|(finding, count)| (finding.code().to_owned(), *count)).collect()
}

fn run_import(folder: &Path, arguments: &[&str]) -> crate::Printed {
    let data = text(folder);
    headway(&[&["import", "--data", &data], arguments].concat())
}

#[tokio::test]
async fn a_second_import_of_the_same_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = fixture("changes.csv");
    let first = run_import(folder.path(), &[&file, "--unit", "Money"]).success();
    assert!(first.contains("Created the portfolio \"Money\" (key money)"), "{first}");
    assert!(first.contains("Read: 7 items, 14 changes (14 of state), 1 never started"), "{first}");
    assert!(first.contains("1 row unreadable"), "{first}");
    assert!(first.ends_with("7 added, 0 updated, 0 unchanged\n"), "{first}");
    let second = run_import(folder.path(), &[&file, "--unit", "money"]).success();
    assert!(second.ends_with("0 added, 0 updated, 7 unchanged\n"), "{second}");

    let (app, ctx) = open(folder.path()).await;
    let tree = organisation::units(&ctx, &app).await.unwrap();
    let names: Vec<_> = tree.units().iter().map(|unit| (unit.name.as_str(), unit.kind)).collect();
    assert_eq!(
        names,
        [("Ledger", UnitKind::Team), ("Money", UnitKind::Portfolio), ("Payments", UnitKind::Team)]
    );
    let imports = import::imports(&ctx, &app, None, 10).await.unwrap();
    assert!(imports.iter().all(|it| it.import.state == ImportState::Approved));
    let quality = import::quality(&ctx, &app, imports[1].import.id).await.unwrap();
    let count = |finding| quality.findings.iter().find(|(it, _)| *it == finding).map(|(_, count)| *count);
    assert_eq!(count(Finding::Odd(Oddity::Reopened)), Some(1));
    assert_eq!(count(Finding::Unreadable), Some(1));
}

#[tokio::test]
async fn an_import_in_review_can_be_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let printed =
        run_import(folder.path(), &[&fixture("changes.csv"), "--unit", "Money", "--review"]).success();
    assert!(printed.contains("To be approved or rolled back"), "{printed}");

    let (app, ctx) = open(folder.path()).await;
    let id = import::imports(&ctx, &app, None, 1).await.unwrap()[0].import.id;
    assert!(insight::has_items(&ctx, &app).await.unwrap());
    import::take_step(&ctx, &app, id, Step::RollBack).await.unwrap();
    jobs::run_until_idle(&system(&ctx), &app).await.unwrap();
    let view = import::import(&ctx, &app, id).await.unwrap();
    assert_eq!(view.import.state, ImportState::RolledBack);
    assert!(!insight::has_items(&ctx, &app).await.unwrap());
    let tree = organisation::units(&ctx, &app).await.unwrap();
    assert_eq!(tree.units().len(), 1, "the teams that the import created are gone");
}

#[tokio::test]
async fn a_dry_run_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mapping = text(&folder.path().join("mapping.toml"));
    let file = fixture("changes.csv");
    let arguments = [file.as_str(), "--unit", "Money", "--dry-run", "--save-mapping", &mapping];
    let printed = run_import(folder.path(), &arguments).success();
    assert!(printed.contains("items: 7 to add"), "{printed}");
    assert!(printed.ends_with("Dry run: nothing was stored\n"), "{printed}");
    let (app, ctx) = open(folder.path()).await;
    assert_eq!(organisation::units(&ctx, &app).await.unwrap().units().len(), 0);
    app.db.close().await;

    // The saved mapping, edited, is used the next time.
    let text = std::fs::read_to_string(&mapping).unwrap();
    std::fs::write(&mapping, text.replace("new_team = \"Ledger\"", "skip = true")).unwrap();
    let printed = run_import(folder.path(), &[&file, "--unit", "Money", "--mapping", &mapping]).success();
    assert!(printed.ends_with("4 added, 0 updated, 0 unchanged\n"), "{printed}");
    assert!(printed.contains("3 left out"), "{printed}");
}

#[test]
fn a_saved_mapping_outlives_a_team_that_was_created_for_a_dry_run() {
    let folder = tempfile::tempdir().unwrap();
    let mapping = text(&folder.path().join("mapping.toml"));
    let file = folder.path().join("one.csv");
    std::fs::write(&file, "id,title,status,created\n1,One,Open,2026-03-05\n").unwrap();
    let file = text(&file);
    let arguments = [file.as_str(), "--unit", "Otters", "--dry-run", "--save-mapping", &mapping];
    let printed = run_import(folder.path(), &arguments).success();
    assert!(printed.contains("Created the team \"Otters\""), "{printed}");
    // The first time nothing is there, the second time the team is.
    for expected in ["1 added, 0 updated, 0 unchanged\n", "0 added, 0 updated, 1 unchanged\n"] {
        let printed =
            run_import(folder.path(), &[&file, "--unit", "Otters", "--mapping", &mapping]).success();
        assert!(printed.ends_with(expected), "{printed}");
    }
}

#[test]
fn whoever_stops_reading_does_not_stop_an_import() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_headway"));
    command.args(["import", "--data", &data, &fixture("changes.csv"), "--unit", "Money"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut running = command.spawn().unwrap();
    drop(running.stdout.take());
    let ended = running.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let again = run_import(folder.path(), &[&fixture("changes.csv"), "--unit", "money"]).success();
    assert!(again.ends_with("0 added, 0 updated, 7 unchanged\n"), "{again}");
}

#[test]
fn errors_are_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let missing = run_import(folder.path(), &["nowhere.csv", "--unit", "Money"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("failed to open nowhere.csv"), "{}", missing.err);

    let picture = folder.path().join("picture.csv");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\n").unwrap();
    let foreign = run_import(folder.path(), &[&text(&picture), "--unit", "Money"]);
    assert_eq!(foreign.code, Some(1));
    assert!(foreign.err.contains("failed to import: it is an image"), "{}", foreign.err);

    assert_eq!(headway(&["import", "--unit", "Money"]).code, Some(2));
    assert_eq!(headway(&["import", &fixture("changes.csv")]).code, Some(2));
}
