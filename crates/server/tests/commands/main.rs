//! The commands `headway import` and `headway analyze`, run as a person runs them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod analyze;
mod data;
mod histories;
mod import;
mod oddities;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What a command printed.
struct Printed {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs `headway` with these arguments.
fn headway(arguments: &[&str]) -> Printed {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_headway")).args(arguments).output().expect("the program can be run");
    let text = |bytes| String::from_utf8(bytes).expect("what is printed is text");
    Printed { code: status.code(), out: text(stdout), err: text(stderr) }
}

impl Printed {
    /// What was printed by a command that succeeded.
    fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }
}

/// A fixture of these tests.
fn fixture(name: &str) -> String {
    text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

fn text(path: &Path) -> String {
    path.to_str().expect("paths of tests are text").to_owned()
}

/// Real histories beside the checkout; `None`, said aloud, when they are absent.
fn real_data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("HEADWAY_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: there are no real histories at {}; set HEADWAY_DATA to their folder",
        folder.display()
    );
    None
}
