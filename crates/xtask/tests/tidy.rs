//! Rules of the house that no compiler knows: which room may know which, where SQL stands, what files look like.
//!
//! A rule that fails says which file broke it. The lists of exceptions may only shrink: a test fails as well when an
//! entry is no longer needed.

#![expect(clippy::expect_used, reason = "what cannot be read is a failed test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use headway_domain::insight::Measure;

/// Which crates of the workspace each one may know. What is not named here may know every other.
const EDGES: [(&str, &[&str]); 8] = [
    ("headway-domain", &[]),
    ("headway-flow", &["domain"]),
    ("headway-trackers", &["domain"]),
    ("headway-store", &["domain"]),
    ("headway-app", &["domain", "flow", "trackers", "store"]),
    // The wire types are made of domain and flow; store and trackers stay behind the use cases.
    ("headway-http", &["domain", "flow", "app"]),
    ("headway-server", &["domain", "flow", "trackers", "store", "app", "http", "sample"]),
    ("headway-sample", &["domain", "flow"]),
];

/// Run by developers and by tests only: they may know everything.
const FREE: [&str; 2] = ["headway-testkit", "xtask"];

/// Crates from outside that only some may know.
const KEPT: [(&str, &[&str]); 3] = [
    ("sqlx", &["headway-store"]),
    ("axum", &["headway-http", "headway-server"]),
    ("reqwest", &["headway-trackers", "headway-server"]),
];

/// Never in the crates that are true with pencil and paper.
const NOT_PURE: [&str; 7] = ["tokio", "futures", "serde", "serde_json", "axum", "sqlx", "reqwest"];
const PURE: [&str; 2] = ["headway-domain", "headway-flow"];

/// SQL that means different things on the two engines, with what to use instead.
const BANNED_SQL: [(&str, &str); 14] = [
    (" like ", "the search index, or a range"),
    (" ilike ", "the search index, or a range"),
    ("lower(", "a column that was folded when it was written"),
    ("upper(", "a column that was folded when it was written"),
    ("now()", "an instant from the context"),
    ("current_timestamp", "an instant from the context"),
    ("strftime(", "day numbers"),
    ("datetime(", "day numbers"),
    ("date_trunc(", "day numbers"),
    ("extract(", "day numbers"),
    ("any($", "the list helper in dialect.rs"),
    ("->>", "a column"),
    ("json_extract(", "a column"),
    ("jsonb_", "a column"),
];

/// Files over this many lines ask to be split.
const LONG: usize = 500;

/// Files that are longer. Take a file off when it has become shorter; do not add one.
const LONG_FILES: [&str; 0] = [];

/// Written by a program.
const GENERATED: [&str; 1] = ["web/src/lib/api/schema.d.ts"];

/// Pages beside the measures that have no worked example. This list, too, may only shrink.
const WITHOUT_EXAMPLE: [&str; 1] = ["signals.md"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers", "service", "services"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file that is or would be committed, by its path from the root.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files of the checkout");
    assert!(listed.status.success(), "git can list the files: {}", String::from_utf8_lossy(&listed.stderr));
    let text = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    let files: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    // A file that was deleted but not yet committed is still listed.
    let files: Vec<String> = files.into_iter().filter(|path| root().join(path).is_file()).collect();
    assert!(files.len() > 100, "this is the checkout");
    files
}

fn rust_files() -> impl Iterator<Item = String> {
    files().into_iter().filter(|path| has_extension(path, &["rs"]))
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    Path::new(path).extension().is_some_and(|it| extensions.iter().any(|extension| it == *extension))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// A crate, and what it depends on by kind.
struct Crate {
    name: String,
    normal: BTreeSet<String>,
    for_tests: BTreeSet<String>,
}

fn crates() -> Vec<Crate> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo speaks JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let crates = packages.iter().map(|package| {
        let name = |value: &serde_json::Value| value["name"].as_str().expect("it has a name").to_owned();
        let of_kind = |is_for_tests: bool| {
            let all = package["dependencies"].as_array().expect("it says what it depends on");
            all.iter().filter(|it| (it["kind"] == "dev") == is_for_tests).map(name).collect()
        };
        Crate { name: name(package), normal: of_kind(false), for_tests: of_kind(true) }
    });
    crates.collect()
}

/// What a crate may know, and what that may know.
fn everything_below(name: &str, edges: &BTreeMap<&str, &[&str]>) -> BTreeSet<String> {
    let mut below = BTreeSet::new();
    for other in edges.get(name).into_iter().copied().flatten() {
        let other = format!("headway-{other}");
        below.extend(everything_below(&other, edges));
        below.insert(other);
    }
    below
}

#[test]
fn crates_know_only_the_floors_below() {
    let crates = crates();
    let ours: BTreeSet<String> = crates.iter().map(|it| it.name.clone()).collect();
    let edges: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let mut broken = Vec::new();
    for it in &crates {
        let Some(allowed) = edges.get(it.name.as_str()) else {
            if !FREE.contains(&it.name.as_str()) {
                broken.push(format!("{} has no line in EDGES", it.name));
            }
            continue;
        };
        let is_allowed = |other: &str| allowed.iter().any(|name| other == format!("headway-{name}"));
        for other in it.normal.iter().filter(|other| ours.contains(*other) && !is_allowed(other)) {
            broken.push(format!("{} may not depend on {other}", it.name));
        }
        // Tests may name whatever their crate stands on, and what is made for tests.
        let below = everything_below(&it.name, &edges);
        let is_for_tests = |other: &str| ["headway-testkit", "headway-sample"].contains(&other);
        for other in it.for_tests.iter().filter(|other| ours.contains(*other)) {
            if !below.contains(other) && !is_for_tests(other) {
                broken.push(format!("tests of {} may not depend on {other}", it.name));
            }
        }
    }
    assert_none(
        &broken,
        "server → http → app → { store, trackers, flow } → domain; sample → { domain, flow }",
    );
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut broken = Vec::new();
    for it in crates().iter().filter(|it| !FREE.contains(&it.name.as_str())) {
        for (library, rooms) in KEPT {
            if it.normal.contains(library) && !rooms.contains(&it.name.as_str()) {
                broken.push(format!(
                    "{} may not depend on {library}: only {} may",
                    it.name,
                    rooms.join(", ")
                ));
            }
        }
        let is_pure = PURE.contains(&it.name.as_str());
        for library in NOT_PURE.iter().filter(|library| is_pure && it.normal.contains(**library)) {
            broken.push(format!(
                "{} may not depend on {library}: it does no I/O and has no wire form",
                it.name
            ));
        }
    }
    assert_none(&broken, "a library has one room");
}

/// The text of every string in a Rust source, with the line it begins on. Comments are not strings.
fn strings(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let bytes = source.as_bytes();
    let (mut at, mut line) = (0, 1);
    let count = |text: &[u8]| memchr::memchr_iter(b'\n', text).count();
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = if rest.starts_with(b"//") {
            rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len())
        } else if let Some(hashes) = raw_string_start(rest, at.checked_sub(1).map(|it| bytes[it])) {
            let end = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            let body = source[at + open..].find(&end).unwrap_or(rest.len() - open);
            found.push((line, source[at + open..at + open + body].to_owned()));
            open + body + end.len()
        } else if rest[0] == b'"' {
            let mut end = 1;
            while end < rest.len() && rest[end] != b'"' {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            found.push((line, source.get(at + 1..at + end).unwrap_or_default().to_owned()));
            end + 1
        } else if rest.starts_with(b"'\"'") || rest.starts_with(b"b'\"'") {
            rest.iter().position(|it| *it == b'"').unwrap_or(0) + 2
        } else if rest.starts_with(b"'\\") {
            // A character with an escape: it may be a quote.
            3
        } else {
            1
        };
        let length = length.min(rest.len());
        line += count(&rest[..length]);
        at += length;
    }
    found
}

/// The number of hashes when a raw string begins here.
fn raw_string_start(rest: &[u8], before: Option<u8>) -> Option<usize> {
    let is_part_of_a_word = before.is_some_and(|it| it.is_ascii_alphanumeric() && it != b'b' || it == b'_');
    if rest[0] != b'r' || is_part_of_a_word {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|it| **it == b'#').count();
    (rest.get(1 + hashes) == Some(&b'"')).then_some(hashes)
}

fn begins_like_sql(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    let then = |verb: &str, word: &str| text.starts_with(verb) && text.contains(word);
    then("select ", " from ")
        || text.starts_with("insert into ")
        || then("update ", " set ")
        || text.starts_with("delete from ")
        || then("with ", " as (")
}

#[test]
fn strings_are_told_from_code() {
    let source =
        "let a = \"one\\\"two\"; // \"no\"\nlet b = r#\"three \"x\" four\"#; let c = '\"'; f(\"five\")";
    let found = strings(source);
    assert_eq!(
        found,
        [(1, "one\\\"two".to_owned()), (2, "three \"x\" four".to_owned()), (2, "five".to_owned())]
    );
    assert!(begins_like_sql("  select id from item"));
    assert!(!begins_like_sql("Select a file from the list"[1..].trim()));
}

#[test]
fn both_engines_read_the_same_sql() {
    let mut broken = Vec::new();
    let mut statements = 0;
    for path in rust_files().filter(|it| it.starts_with("crates/store/src/") && !it.ends_with("/dialect.rs"))
    {
        for (line, text) in strings(&read(&path)) {
            let text = text.to_lowercase();
            // An argument that is handed in is no SQL function of ours to judge; statements have a verb.
            let is_sql = begins_like_sql(&text) || text.contains(" where ") || text.contains(" order by ");
            if !is_sql {
                continue;
            }
            statements += 1;
            for (banned, instead) in BANNED_SQL {
                if text.contains(banned) {
                    broken.push(format!("{path}:{line}: {} (use {instead})", banned.trim()));
                }
            }
            if text.contains("sum(") && !text.contains("cast(sum(") && !text.contains("cast(coalesce(sum(") {
                broken.push(format!("{path}:{line}: sum( without a cast (PostgreSQL answers a numeric)"));
            }
        }
    }
    assert!(statements > 40, "statements are recognised as such");
    assert_none(&broken, "one SQL text for both engines; what differs stands in dialect.rs");
}

#[test]
fn only_the_store_knows_sql() {
    let mut broken = Vec::new();
    let rooms = ["crates/store/", "crates/testkit/", "crates/xtask/"];
    for path in rust_files()
        .filter(|path| path.starts_with("crates/") && !rooms.iter().any(|it| path.starts_with(it)))
    {
        let sql = strings(&read(&path)).into_iter().filter(|(_, text)| begins_like_sql(text));
        broken.extend(
            sql.map(|(line, text)| format!("{path}:{line}: {}", text.lines().next().unwrap_or_default())),
        );
    }
    assert_none(&broken, "only store has SQL");
}

#[test]
fn migrations_have_the_same_names_on_both_engines() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = format!("crates/store/migrations/{engine}/");
        let names = files().into_iter().filter_map(|path| Some(path.strip_prefix(&folder)?.to_owned()));
        names.collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let pages = files()
        .into_iter()
        .filter(|path| has_extension(path, &["md"]) && (path.starts_with("docs/") || !path.contains('/')));
    for path in pages {
        let folder = root().join(Path::new(&path).parent().unwrap_or(Path::new("")));
        for (line, target) in links(&read(&path)) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !folder.join(file).exists() {
                broken.push(format!("{path}:{line}: {target}"));
            }
        }
    }
    assert_none(&broken, "links to files that are not there");
}

/// The targets of a page's links to other files, with their lines.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_code = false;
    for (line, text) in (1..).zip(page.lines()) {
        is_code ^= text.trim_start().starts_with("```");
        if is_code {
            continue;
        }
        for part in text.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            let is_elsewhere = ["http:", "https:", "mailto:"].iter().any(|it| target.starts_with(it));
            if !is_elsewhere {
                found.push((line, target.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_rust_file_opens_with_its_purpose() {
    let broken: Vec<String> = rust_files()
        .filter(|path| path.starts_with("crates/"))
        .filter(|path| !read(path).trim_start().starts_with("//!"))
        .collect();
    assert_none(&broken, "a file begins with `//!` and what it is for");
}

#[test]
fn names_say_what_is_inside() {
    let broken: Vec<String> = files()
        .into_iter()
        .filter(|path| path.starts_with("crates/") || path.starts_with("web/src/"))
        .filter(|path| {
            let mut parts = path.split('/');
            parts.any(|part| EMPTY_NAMES.contains(&part.split('.').next().unwrap_or_default()))
        })
        .collect();
    assert_none(&broken, "modules that could hold anything");
}

#[test]
fn nothing_speaks_of_the_machine_it_was_written_on() {
    let folders: [String; 4] = ["work", "root", "home", "tmp/hw"].map(|it| format!("/{it}/"));
    let mut broken = Vec::new();
    for path in files() {
        // Pictures and other bytes have no paths to find.
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue };
        for (line, text) in (1..).zip(text.lines()) {
            for folder in &folders {
                // A folder of this project may have such a name, and so may a part of somebody else's URL.
                let is_absolute = text.match_indices(folder.as_str()).any(|(at, _)| {
                    at == 0 || text[..at].ends_with([' ', '"', '\'', '`', '(', '=', ':', '<', '>', ','])
                });
                if is_absolute {
                    broken.push(format!("{path}:{line}: {folder}"));
                }
            }
            if path.ends_with("package-lock.json") && text.trim_start().starts_with("\"resolved\":") {
                broken.push(format!("{path}:{line}: the address of a registry"));
                break;
            }
        }
    }
    assert_none(&broken, "paths and addresses of one machine");
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let mut broken = Vec::new();
    for path in rust_files() {
        for (line, text) in (1..).zip(read(&path).lines()) {
            let text = text.trim_start();
            if text.starts_with("#[allow(") || text.starts_with("#![allow(") {
                broken.push(format!("{path}:{line}"));
            }
        }
    }
    assert_none(&broken, "use #[expect(lint, reason = \"…\")]");
}

#[test]
fn files_stay_readable() {
    let mut broken = Vec::new();
    for path in files() {
        let is_source = has_extension(&path, &["rs", "svelte", "ts", "css"]);
        if !is_source || GENERATED.contains(&path.as_str()) {
            continue;
        }
        let lines = read(&path).lines().count();
        let is_listed = LONG_FILES.contains(&path.as_str());
        if lines > LONG && !is_listed {
            broken.push(format!("{path} has {lines} lines; split it"));
        } else if lines <= LONG && is_listed {
            broken.push(format!("{path} has become short; take it off the list"));
        }
    }
    for gone in LONG_FILES.iter().filter(|path| !root().join(path).exists()) {
        broken.push(format!("{gone} is gone; take it off the list"));
    }
    assert_none(&broken, "files of more than 500 lines");
}

#[test]
fn every_measure_has_its_page_with_worked_examples() {
    let mut broken = Vec::new();
    for measure in Measure::ALL {
        let page = format!("docs/metrics/{}.md", measure.code().replace('_', "-"));
        if !root().join(&page).is_file() {
            broken.push(format!("{page} is missing"));
        }
    }
    for path in files() {
        let Some(page) = path.strip_prefix("docs/metrics/") else { continue };
        let has_example = read(&path).lines().any(|line| line == "```expect");
        match (has_example, WITHOUT_EXAMPLE.contains(&page)) {
            (false, false) => broken.push(format!("{path} has no ```expect block")),
            (true, true) => broken.push(format!("{path} has an example; take it off the list")),
            _ => {}
        }
    }
    assert_none(&broken, "a measure is a page, and the page is a test");
}
