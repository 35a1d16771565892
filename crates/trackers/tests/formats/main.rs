//! The formats that are no single tool's: tables, event logs, git; recognised from real files and broken ones.
#![expect(clippy::unwrap_used, reason = "helpers of tests; a panic is a failed test")]

mod any_bytes;
mod broken;
mod data;
mod repositories;
mod speed;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use headway_domain::work::{Change, Field, ItemRecord, Oddity, Problem, Record, Row};
use headway_trackers::{Contents, Input, Source, read, recognise};

/// A file of the real data, if it is there; says so if it is not.
fn data(name: &str) -> Option<PathBuf> {
    let root = env::var_os("HEADWAY_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}", path.display());
    None
}

fn input(path: &Path) -> Input {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    Input { name, path: path.to_owned() }
}

/// A file with these contents, which goes away with the folder.
fn file(name: &str, contents: &[u8]) -> (tempfile::TempDir, Input) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, contents).unwrap();
    (folder, input(&path))
}

/// The only source in a file.
fn source(input: &Input) -> Source {
    let Contents { mut sources, left_out } = recognise(input).unwrap();
    assert_eq!((sources.len(), left_out.len()), (1, 0), "{sources:?} {left_out:?}");
    sources.remove(0)
}

fn rows(source: &Source) -> Vec<Row> {
    read(source).unwrap().collect()
}

fn items(rows: &[Row]) -> Vec<&ItemRecord> {
    rows.iter()
        .filter_map(|row| match &row.record {
            Ok(Record::Item(item)) => Some(&**item),
            _ => None,
        })
        .collect()
}

fn problems(rows: &[Row]) -> Vec<(u64, &Problem)> {
    rows.iter().filter_map(|row| Some((row.location.line, row.record.as_ref().err()?))).collect()
}

fn odd(rows: &[Row], oddity: Oddity) -> usize {
    rows.iter().filter(|row| row.oddities.contains(&oddity)).count()
}

fn changes<'a>(items: &[&'a ItemRecord], field: Field) -> Vec<&'a Change> {
    items.iter().flat_map(|item| &item.changes).filter(|change| change.field == field).collect()
}
