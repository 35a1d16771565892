//! What `headway analyze` counts in real histories: the figures that their description gives.

use std::path::Path;

use serde_json::Value;

use crate::{headway, real_data, text};

fn paths(folder: &Path, files: &[&str]) -> Vec<String> {
    files.iter().map(|file| text(&folder.join(file))).collect()
}

fn counts(folder: &Path, files: &[&str]) -> Value {
    let paths = paths(folder, files);
    let mut arguments = vec!["analyze", "--format", "json"];
    arguments.extend(paths.iter().map(String::as_str));
    let report: Value = serde_json::from_str(&headway(&arguments).success()).unwrap();
    report
}

#[test]
fn counts_are_those_of_the_description() {
    let Some(folder) = real_data() else { return };
    let check = |files: &[&str], expected: &[(&str, u64)]| {
        let report = counts(&folder, files);
        for (name, count) in expected {
            assert_eq!(report["counts"][name], *count, "{name} of {files:?}: {}", report["counts"]);
        }
    };
    let duraspace = [("items", 3_036), ("state_changes", 5_124), ("never_started", 1_946)];
    check(&["jira/jira-duraspace.jsonl.gz"], &duraspace);
    check(&["jira/jira-titanium.jsonl.gz"], &[("items", 29_057)]);
    check(&["github/github-core-gui.jsonl.gz"], &[("items", 878)]);
    let trac = ["trac/trac-jquery-tickets.csv.gz", "trac/trac-jquery-changes.csv.gz"];
    // Two tickets were never closed and went to "reopened" all the same: 875 did, 873 of them left an exit.
    check(&trac, &[("items", 13_852), ("changes", 63_553), ("state_changes", 22_057)]);
    check(&["trello/trello-clipkit.json"], &[("items", 67)]);
    check(&["trello/trello-pacs-spark.json"], &[("items", 45)]);
    check(&["gitlab/export-handbook.tar.gz"], &[("items", 6)]);
    check(&["xes/helpdesk.xes.gz"], &[("items", 4_580)]);
    check(&["git/augurs.fast-import.gz"], &[("commits", 448)]);
    check(&["git/perceval.fast-import.gz"], &[("commits", 2_131)]);
}

#[test]
fn oddities_are_those_of_the_description() {
    let Some(folder) = real_data() else { return };
    let report = counts(&folder, &["jira/jira-duraspace.jsonl.gz"]);
    let quality = report["quality"].as_array().unwrap();
    let count = |code: &str| {
        quality.iter().find(|it| it["code"] == code).map_or(0, |it| it["count"].as_u64().unwrap())
    };
    assert_eq!(count("reopened"), 141);
    assert_eq!(count("moved_project"), 55);
}
