//! An import in a real process that is killed at random moments and started again: nothing is lost, nothing doubled.
//!
//! `HEADWAY_KILLS` says how often each database's server is killed (6 when missing), and `HEADWAY_KILLS_SEED` when.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use headway_store::{Db, Engine};
use headway_testkit::database::Place;
use serde_json::{Value, json};

use crate::server::{Server, owner_token};

/// How long a runner that was killed keeps its job from others.
const LEASE: &str = "0.4";
/// A round that takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(15);

/// Random numbers that repeat (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }
}

const STATES: [&str; 4] = ["Open", "Doing", "Review", "Done"];

/// Two exports of one tracker, about 30,000 rows each; the second is newer.
fn exports() -> [[(&'static str, String); 2]; 2] {
    let mut dice = Dice(1);
    let mut texts = [(); 2].map(|()| {
        ("ticket,title,component,status,created\n".to_owned(), "ticket,changed at,field,from,to\n".to_owned())
    });
    for item in 0..7_500_u64 {
        let team = dice.below(5);
        let day = |n: u64| format!("2026-{:02}-{:02}T{:02}:15:00Z", 1 + n / 28 % 6, 1 + n % 28, 8 + item % 9);
        let created = dice.below(120);
        let moves = [dice.below(4), 3][usize::from(dice.below(3) > 0)];
        // In the second export one in ten has moved on, one in twenty has another team, and one in twenty is new.
        let (has_moved, has_gone, is_new) = (dice.below(10) == 0, dice.below(20) == 0, dice.below(20) == 0);
        for (export, (tickets, changes)) in texts.iter_mut().enumerate() {
            let newer = export == 1;
            if is_new && !newer {
                continue;
            }
            let moves = if newer && has_moved { (moves + 1).min(3) } else { moves };
            let team = if newer && has_gone { 5 } else { team };
            let state = STATES[usize::try_from(moves).unwrap()];
            writeln!(tickets, "T{item},Ticket {item},Team {team},{state},{}", day(created)).unwrap();
            for step in 0..moves {
                let (from, to) =
                    (STATES[usize::try_from(step).unwrap()], STATES[usize::try_from(step + 1).unwrap()]);
                writeln!(changes, "T{item},{},status,{from},{to}", day(created + step + 1)).unwrap();
            }
        }
    }
    texts.map(|(tickets, changes)| [("tickets.csv", tickets), ("changes.csv", changes)])
}

/// A server that is killed now and then, and the person in front of it, who does not give up.
struct Round<'a> {
    place: &'a Place,
    data: tempfile::TempDir,
    token: String,
    server: Option<Server>,
    /// When to kill, and how often still.
    dice: &'a mut Dice,
    kills_left: u64,
    /// The longest time that a server lives.
    longest: Duration,
    began: Instant,
    /// The longest time in one state, seen in this round.
    slowest: Duration,
    /// The state that was last seen, and how often the server was killed in each.
    state: String,
    deaths: BTreeMap<String, u64>,
}

impl Round<'_> {
    /// The server, started again when it was killed.
    fn server(&mut self) -> &Server {
        let is_dead = match &self.server {
            None => true,
            Some(server) => server.is_dead(),
        };
        if is_dead {
            if self.server.is_some() {
                *self.deaths.entry(self.state.clone()).or_default() += 1;
            }
            assert!(
                self.began.elapsed() < PATIENCE,
                "the round takes too long; see {}",
                self.data.path().display()
            );
            let mut server = Server::start(
                self.place.url(),
                self.data.path(),
                &self.token,
                &["--listen", "127.0.0.1:0", "--lease", LEASE],
            );
            if self.kills_left > 0 {
                self.kills_left -= 1;
                // A third of them die young, the others may come to an end of what they are doing: a check begins
                // anew every time, and is given up when it was begun too often.
                let longest = [self.longest.min(Duration::from_millis(700)), self.longest];
                let longest = longest[usize::from(self.dice.below(3) > 0)];
                let millis = u64::try_from(longest.as_millis()).unwrap();
                server.kill_after(Duration::from_millis(self.dice.below(millis)));
            }
            self.server = Some(server);
        }
        self.server.as_ref().unwrap()
    }

    /// Imports files up to the end that is wanted: `approve` or `roll_back`.
    fn import(&mut self, files: &[(&str, String)], end: &str) {
        let known = self.imports();
        let mut last = (String::new(), Instant::now());
        loop {
            let Some(import) = self.newest().filter(|it| !known.contains(&it["id"])) else {
                if let Some((status, body)) = self.server().upload(files) {
                    assert!(status == 201, "the upload gives {status}: {body}");
                }
                continue;
            };
            let state = import["state"].as_str().unwrap().to_owned();
            if state != last.0 {
                self.slowest = self.slowest.max(last.1.elapsed());
                last = (state.clone(), Instant::now());
                self.state.clone_from(&state);
            }
            let step = match state.as_str() {
                "mapping" => "dry_run",
                "ready" => "start",
                "review" => {
                    assert_eq!(import["counts"], import["forecast"], "the run does what the dry run said");
                    end
                }
                "approved" | "rolled_back" => return,
                "checking" | "dry_running" | "running" | "rolling_back" => {
                    assert!(self.began.elapsed() < PATIENCE, "the import stands still: {import}");
                    thread::sleep(Duration::from_millis(10));
                    continue;
                }
                other => panic!("the import is {other}: {}", import["trouble"]),
            };
            let path = format!("imports/{}/steps", import["id"].as_str().unwrap());
            if let Some((status, body)) = self.server().post(&path, &json!({ "step": step })) {
                assert!(status == 200, "{step} gives {status}: {body}");
            }
        }
    }

    fn newest(&mut self) -> Option<Value> {
        loop {
            if let Some(page) = self.server().get("imports?limit=1") {
                return page["imports"].as_array().unwrap().first().cloned();
            }
        }
    }

    fn imports(&mut self) -> Vec<Value> {
        loop {
            if let Some(page) = self.server().get("imports?limit=100") {
                return page["imports"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            }
        }
    }

    fn create_portfolio(&mut self) {
        while self.server().get("units/works").is_none_or(|unit| unit["key"] != "works") {
            self.server().post("units", &json!({ "name": "Works", "kind": "portfolio" }));
        }
    }

    async fn facts(&mut self) -> Vec<String> {
        // Nobody writes any more: every import is over.
        let db = Db::open(self.place.url()).await.unwrap();
        let dump = db.read().await.unwrap().fact_dump().await.unwrap();
        db.close().await;
        dump
    }

    /// Ends the server. One that was still to be killed does not count.
    fn end(&mut self) {
        if let Some(server) = self.server.take() {
            let is_alive = !server.is_dead();
            self.kills_left += u64::from(is_alive && server.is_doomed);
            server.kill();
        }
    }

    /// A first export; a newer one, taken back; the newer one again. What is stored then.
    async fn play(&mut self) -> Vec<String> {
        let [first, newer] = exports();
        self.create_portfolio();
        self.import(&first, "approve");
        let before = self.facts().await;
        self.import(&newer, "roll_back");
        assert!(self.facts().await == before, "a roll-back leaves the database as it was");
        self.import(&newer, "approve");
        let after = self.facts().await;
        self.end();
        assert_ne!(after, before);
        neutral(&after)
    }
}

/// Facts without the ids that are different in every database.
fn neutral(dump: &[String]) -> Vec<String> {
    let lines: Vec<(&str, Value)> = dump
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(table, json)| (table, serde_json::from_str(json).unwrap()))
        .collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut names = Vec::new();
    for (table, row) in &lines {
        match *table {
            "unit" => names.push((text(&row["id"]), text(&row["key"]))),
            "tracker" => names.push((text(&row[0]), text(&row[1]))),
            _ => {}
        }
    }
    let mut neutral: Vec<String> = lines
        .into_iter()
        .map(|(table, mut row)| {
            match table {
                "work_item" => drop(row.as_object_mut().unwrap().remove("id")),
                "tracker" => row[2] = Value::Null,
                _ => {}
            }
            let line = format!("{table} {row}");
            names.iter().fold(line, |line, (id, name)| line.replace(id, name))
        })
        .collect();
    neutral.sort();
    neutral
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn killed_imports_lose_nothing_and_double_nothing() {
    let number = |name: &str, default: u64| env::var(name).map_or(default, |text| text.parse().unwrap());
    let (kills, seed) = (number("HEADWAY_KILLS", 6), number("HEADWAY_KILLS_SEED", 20_261_124));
    println!("{kills} kills on each database, with HEADWAY_KILLS_SEED={seed}");
    let mut dice = Dice(seed);

    let (undisturbed, slowest) = {
        let place = Place::new(Engine::Sqlite).await;
        let mut round = round(&place, &mut dice, 0, Duration::ZERO);
        (round.play().await, round.slowest)
    };
    assert!(undisturbed.iter().filter(|line| line.starts_with("work_item")).count() == 7_500);
    println!("undisturbed, the slowest step takes {slowest:?}");

    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut left = kills;
        while left > 0 {
            let place = Place::new(engine).await;
            let mut round = round(&place, &mut dice, left, slowest * 3);
            let facts = round.play().await;
            println!(
                "{}: {} kills in {:?}: {:?}",
                engine.name(),
                left - round.kills_left,
                round.began.elapsed(),
                round.deaths
            );
            left = round.kills_left;
            assert!(
                facts.len() == undisturbed.len(),
                "{} facts instead of {}",
                facts.len(),
                undisturbed.len()
            );
            let differing = facts.iter().zip(&undisturbed).find(|(here, there)| here != there);
            assert_eq!(differing, None, "with seed {seed} on {}", engine.name());
        }
    }
}

fn round<'a>(place: &'a Place, dice: &'a mut Dice, kills: u64, longest: Duration) -> Round<'a> {
    let data = tempfile::tempdir().unwrap();
    Round {
        token: owner_token(place.url(), data.path()),
        place,
        data,
        server: None,
        dice,
        kills_left: kills,
        longest: longest.max(Duration::from_millis(100)),
        began: Instant::now(),
        slowest: Duration::ZERO,
        state: "uploading".to_owned(),
        deaths: BTreeMap::new(),
    }
}
