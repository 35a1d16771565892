//! Every change that somebody asked for is in the audit log: use cases end with `audit::commit`, and the few files that
//! commit without it say why.

#![expect(clippy::expect_used, reason = "what cannot be read is a failed test")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files that commit something without an entry of its own, with the reason. Take one off when it is no longer needed.
const WITHOUT: [(&str, &str); 11] = [
    ("clean_up.rs", "nobody asked: what is too old goes by itself"),
    ("governance/audit.rs", "this is where entries are committed"),
    ("governance/retention.rs", "the entry of a cut is recorded in the same transaction"),
    ("jobs.rs", "the queue of jobs: what somebody asked for was recorded when they did"),
    ("organisation/callers.rs", "when somebody was last seen"),
    ("organisation/sign_in.rs", "the code for the set-up; a new session is recorded with it"),
    ("platform/restore.rs", "the log itself is restored"),
    ("sample.rs", "a job"),
    ("work/import/check.rs", "a job"),
    ("work/import/mod.rs", "a step that a job takes"),
    ("work/import/run.rs", "a job"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn what_somebody_asks_for_is_in_the_audit_log() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let committing = found.iter().filter(|path| {
        fs::read_to_string(path).expect("a source is text").lines().any(|line| line.contains(".commit()"))
    });
    let committing: Vec<String> = committing
        .map(|path| path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned())
        .collect();
    let unexplained: Vec<_> =
        committing.iter().filter(|path| WITHOUT.iter().all(|(file, _)| file != path)).collect();
    assert!(
        unexplained.is_empty(),
        "end with audit::commit, or say in crates/xtask/tests/commits.rs why not: {unexplained:?}"
    );
    let needless: Vec<_> =
        WITHOUT.iter().filter(|(file, _)| !committing.iter().any(|path| path == file)).collect();
    assert!(needless.is_empty(), "take these off the list: {needless:?}");
    assert!(WITHOUT.iter().all(|(_, why)| !why.is_empty()));
}
