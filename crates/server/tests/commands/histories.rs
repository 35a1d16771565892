//! Every real history through `headway import` on both databases: the counts that its description gives, a second
//! import that changes nothing, a roll-back that leaves the facts as they were before.
//!
//! What is expected stands in `fixtures/histories.json`, which the journey of the web client reads as well. Where a
//! figure is another one than the description's, `why` says so.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, atomic::AtomicU64},
};

use headway_app::{
    Actor, App, Config, OpContext, jobs,
    organisation::{self, SecretKey},
    work::import::{self, ImportView},
};
use headway_domain::{
    organisation::UnitKind,
    work::{ImportState, Step},
};
use headway_store::Engine;
use headway_testkit::database::Place;
use serde::Deserialize;

use crate::{
    fixture, headway,
    import::{Ids, Ticks, report_counts, system},
    real_data, text,
};

/// Files that belong together, and what an import of them comes to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    name: String,
    /// In the folder of real histories.
    files: Vec<String>,
    /// Whether the files are streams of which a repository can be made, which gives the same.
    #[serde(default)]
    is_repository: bool,
    counts: Figures,
    /// Every finding of the report with its count.
    odd: BTreeMap<String, u64>,
    /// Files without anything to import, each with a part of the reason that is given.
    #[serde(default)]
    left_out: BTreeMap<String, String>,
    /// Why figures differ from those of the description.
    #[serde(default)]
    #[expect(dead_code, reason = "for people")]
    why: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Figures {
    items: u64,
    changes: u64,
    state_changes: u64,
    never_started: u64,
    iterations: u64,
    deployments: u64,
    commits: u64,
    unreadable: u64,
    /// Teams that come to be.
    teams: u64,
}

fn histories() -> Vec<History> {
    serde_json::from_str(include_str!("../fixtures/histories.json")).unwrap()
}

#[test]
fn every_file_is_in_a_history() {
    let Some(folder) = real_data() else { return };
    let known: Vec<String> = histories().into_iter().flat_map(|it| it.files).collect();
    for wing in std::fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|it| it.path().is_dir()) {
        for file in std::fs::read_dir(wing.path()).unwrap().map(|it| it.unwrap().path()) {
            let name = text(file.strip_prefix(&folder).unwrap());
            assert!(known.contains(&name) || name.ends_with("README.md"), "{name} is in no history");
        }
    }
}

#[tokio::test]
async fn histories_come_into_sqlite_and_out_again() {
    come_and_go(Engine::Sqlite).await;
}

#[tokio::test]
async fn histories_come_into_postgres_and_out_again() {
    come_and_go(Engine::Postgres).await;
}

async fn come_and_go(engine: Engine) {
    let Some(folder) = real_data() else { return };
    let house = House::new(engine).await;
    for history in histories() {
        let files: Vec<PathBuf> = history.files.iter().map(|file| folder.join(file)).collect();
        house.visit(&history, &files).await;
        let Some(repository) = history.is_repository.then(|| repository(&files[0])).flatten() else {
            continue;
        };
        house.visit(&history, &[repository.path().join(&history.name)]).await;
    }
}

/// A database that holds something else already.
struct House {
    place: Place,
    data: tempfile::TempDir,
    app: App,
    ctx: OpContext,
}

impl House {
    async fn new(engine: Engine) -> Self {
        let place = Place::new(engine).await;
        let data = tempfile::tempdir().unwrap();
        let app =
            App::new(place.open().await, Config::new(data.path().to_owned(), SecretKey::new([7; 32])), None);
        let ctx = OpContext::new(
            Actor::Operator,
            Arc::new(Ticks(AtomicU64::new(0))),
            Arc::new(Ids(AtomicU64::new(1))),
        );
        let house = House { place, data, app, ctx };
        house.import(&[PathBuf::from(fixture("changes.csv"))], &["--unit", "Money"]);
        let new = organisation::NewUnit { name: "Real".to_owned(), kind: UnitKind::Portfolio, parent: None };
        organisation::create_unit(&house.ctx, &house.app, new).await.unwrap();
        house
    }

    /// Runs the command, and gives what it printed.
    fn import(&self, files: &[PathBuf], more: &[&str]) -> String {
        let place = ["import", "--database", self.place.url(), "--data", self.data.path().to_str().unwrap()];
        let files = files.iter().map(|file| file.to_str().unwrap());
        headway(&place.into_iter().chain(more.iter().copied()).chain(files).collect::<Vec<_>>()).success()
    }

    /// A history comes, comes once more, and goes.
    async fn visit(&self, history: &History, files: &[PathBuf]) {
        let (name, engine) = (&history.name, self.place.engine().name());
        let before = self.facts().await;
        let teams = self.teams().await;

        let first = self.import(files, &["--unit", "real", "--tracker", name, "--review"]);
        let came = self.newest().await;
        assert_eq!(came.import.state, ImportState::Review);
        let mut told = printed(&first);
        told.teams = self.teams().await - teams;
        assert_eq!(told, history.counts, "{name} on {engine}\n{first}");
        let odd = report_counts(&self.ctx, &self.app, came.import.id).await;
        assert_eq!(odd, history.odd, "{name} on {engine}");
        let flowing = first.split_whitespace().collect::<Vec<_>>().join(" ");
        for (file, reason) in &history.left_out {
            let line = flowing.split_once(&format!("{file}: left out, ")).map_or("", |(_, line)| line);
            assert!(line.starts_with(reason), "{file} of {name}\n{first}");
        }

        let stored = self.facts().await;
        let second = self.import(files, &["--unit", "real", "--tracker", name, "--review"]);
        let unchanged = format!("\n0 added, 0 updated, {} unchanged\n", grouped(history.counts.items));
        assert!(second.contains(&unchanged), "{name} on {engine}\n{second}");
        assert!(!second.contains("new or changed"), "{name} on {engine}\n{second}");
        assert_same(&self.facts().await, &stored, &format!("{name} twice on {engine}"));

        // The later one first, as imports of one tracker are taken back.
        for id in [self.newest().await.import.id, came.import.id] {
            import::take_step(&self.ctx, &self.app, id, Step::RollBack).await.unwrap();
            jobs::run_until_idle(&system(&self.ctx), &self.app).await.unwrap();
            let gone = import::import(&self.ctx, &self.app, id).await.unwrap().import;
            assert_eq!(gone.state, ImportState::RolledBack, "{name} on {engine}: {:?}", gone.trouble);
        }
        assert_same(&self.facts().await, &before, &format!("{name} gone from {engine}"));
    }

    /// All facts. A tracker stays known once something of it was asked for.
    async fn facts(&self) -> Vec<String> {
        let mut dump = self.app.db.read().await.unwrap().fact_dump().await.unwrap();
        dump.retain(|line| !line.starts_with("tracker "));
        dump
    }

    async fn teams(&self) -> u64 {
        let units = self.app.db.read().await.unwrap().units().await.unwrap();
        units.iter().filter(|unit| unit.kind == UnitKind::Team).count() as u64
    }

    async fn newest(&self) -> ImportView {
        import::imports(&self.ctx, &self.app, None, 1).await.unwrap().remove(0)
    }
}

#[track_caller]
fn assert_same(facts: &[String], expected: &[String], what: &str) {
    let differing = facts.iter().zip(expected).find(|(fact, expected)| fact != expected);
    assert_eq!((facts.len(), differing), (expected.len(), None), "{what}");
}

/// The counts that the command printed.
fn printed(report: &str) -> Figures {
    let line = |start: &str| {
        let line = report.lines().find_map(|line| line.trim_start().strip_prefix(start)).unwrap_or_default();
        line.split_whitespace().map(|it| it.trim_matches(['(', ')', ',', ';'])).collect::<Vec<_>>()
    };
    let count = |words: &[&str], of: &str| {
        let found = words.windows(2).find(|pair| pair[1].starts_with(of));
        found.map_or(0, |pair| pair[0].replace(',', "").parse().unwrap())
    };
    let (read, others, rows) = (line("Read: "), line("new or changed: "), line("items: "));
    assert_eq!(count(&rows, "to"), count(&read, "item"), "everything is new\n{report}");
    Figures {
        items: count(&read, "item"),
        changes: count(&read, "change"),
        state_changes: count(&read, "of"),
        never_started: count(&read, "never"),
        iterations: count(&others, "iteration"),
        deployments: count(&others, "deployment"),
        commits: count(&others, "commit"),
        unreadable: count(&rows, "row"),
        teams: 0,
    }
}

/// A number as the command prints it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let group = |digits: &[u8]| String::from_utf8_lossy(digits).into_owned();
    digits.as_bytes().rchunks(3).rev().map(group).collect::<Vec<_>>().join(",")
}

/// A folder in which a repository lies that was made of a stream, under the stream's name; `None`, said aloud,
/// without git.
fn repository(stream: &Path) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let name = stream.file_name().and_then(|it| it.to_str()).unwrap().split('.').next().unwrap();
    let place = folder.path().join(name);
    let Ok(made) = Command::new("git").args(["init", "--quiet"]).arg(&place).status() else {
        eprintln!("skipped: there is no git to make repositories with");
        return None;
    };
    assert!(made.success());
    let mut unpacked = Command::new("gzip")
        .args(["--decompress", "--stdout"])
        .stdin(File::open(stream).unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let filled = Command::new("git")
        .arg("-C")
        .arg(&place)
        .args(["fast-import", "--quiet", "--force"])
        .stdin(unpacked.stdout.take().unwrap())
        .status()
        .unwrap();
    assert!(filled.success() && unpacked.wait().unwrap().success());
    Some(folder)
}
