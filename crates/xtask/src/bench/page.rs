//! How much JavaScript a browser loads before the first page of the web client is there.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use super::{
    Bench,
    table::{Figure, Goal, Table, Unit},
    web_build,
};
use crate::web;

/// Measures.
pub fn measure(_bench: &Bench) -> Result<Table> {
    let build = web_build();
    if !build.join("200.html").is_file() {
        web::build()?;
    }
    let page = std::fs::read_to_string(build.join("200.html"))?;
    let mut files = BTreeSet::new();
    for part in page.split("\"/_app/").skip(1) {
        let path = part.split('"').next().unwrap_or_default();
        if has_js(path) {
            follow(&build.join("_app").join(path), &mut files)?;
        }
    }
    let shell = compressed(&files)?;
    follow(&start_page(&build)?, &mut files)?;
    let first = compressed(&files)?;
    let mut table = Table::default();
    table.add(
        Figure::new("JavaScript of the first page, gzip", first / 1e3, Unit::Kilobytes)
            .goal(Goal::AtMost(120.0))
            .note(format!("{} files; the frame alone {:.0} kB", files.len(), shell / 1e3)),
    );
    Ok(table)
}

fn has_js(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "js")
}

/// Adds a file and everything it imports at once, not what it loads later.
fn follow(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    let path = path
        .canonicalize()
        .with_context(|| format!("the page names {}, which is not there", path.display()))?;
    if !files.insert(path.clone()) {
        return Ok(());
    }
    let text = std::fs::read_to_string(&path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for mark in ["from\"", "from \"", "import\"", "import \""] {
        for part in text.split(mark).skip(1) {
            let target = part.split('"').next().unwrap_or_default();
            if target.starts_with('.') && has_js(target) {
                follow(&folder.join(target), files)?;
            }
        }
    }
    Ok(())
}

/// The script of the page at `/`: the client's own list of routes says which.
fn start_page(build: &Path) -> Result<PathBuf> {
    let immutable = build.join("_app/immutable");
    let named = |folder: &str, start: &str| -> Result<PathBuf> {
        let mut entries = std::fs::read_dir(immutable.join(folder))?.flatten().map(|entry| entry.path());
        let is_it =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
        entries.find(is_it).with_context(|| format!("the build has no file {folder}/{start}…"))
    };
    let app = std::fs::read_to_string(named("entry", "app.")?)?;
    let node = app.split("\"/\":[").nth(1).and_then(|it| it.split([']', ',']).next());
    let node = node.context("the client's list of routes has no \"/\"")?;
    named("nodes", &format!("{}.", node.trim_start_matches('-')))
}

fn compressed(files: &BTreeSet<PathBuf>) -> Result<f64> {
    let mut sum = 0;
    for file in files {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&std::fs::read(file)?)?;
        sum += encoder.finish()?.len();
    }
    Ok(sum as f64)
}
