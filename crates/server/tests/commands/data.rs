//! Every real history: the counts that its description gives, an import, and a second one that changes nothing.

use std::path::Path;

use serde_json::Value;

use crate::{headway, real_data, text};

/// Files that belong together, in the folder of real histories.
const SETS: &[&[&str]] = &[
    &["jira/jira-duraspace.jsonl.gz"],
    &["jira/jira-titanium.jsonl.gz"],
    &["jirametrics/jira-sample.tar.gz"],
    &["devlake/e2e-tables.tar.gz"],
    &["github/github-core-gui.jsonl.gz"],
    &["trac/trac-jquery-tickets.csv.gz", "trac/trac-jquery-changes.csv.gz"],
    &["trello/trello-clipkit.json"],
    &["trello/trello-pacs-spark.json"],
    &["gitlab/export-handbook.tar.gz"],
    &["xes/helpdesk.xes.gz"],
    &["xes/running-example.csv"],
    &["csv/flowmetricscsv-example.csv"],
    &["csv/flowpulse-demo.csv"],
    &["csv/jabopiti.csv"],
    &["csv/jira-anonymised.csv"],
    &["csv/jira-changelog-rows.csv"],
    &["csv/rdevries.csv"],
    &["csv/rueedlinger.csv"],
    &["sprints/mongodb_issue_0.csv", "sprints/mongodb_issuelink_0.csv", "sprints/mongodb_iteration_0.csv"],
    &["sprints/mongodb_issue_80.csv", "sprints/mongodb_issuelink_80.csv", "sprints/mongodb_iteration_80.csv"],
    &["sprints/spring_issue_0.csv", "sprints/spring_issuelink_0.csv", "sprints/spring_iteration_0.csv"],
    &["sprints/spring_issue_80.csv", "sprints/spring_issuelink_80.csv", "sprints/spring_iteration_80.csv"],
    &["git/augurs.fast-import.gz"],
    &["git/perceval.fast-import.gz"],
];

fn paths(folder: &Path, files: &[&str]) -> Vec<String> {
    files.iter().map(|file| text(&folder.join(file))).collect()
}

#[test]
fn every_file_is_in_a_set() {
    let Some(folder) = real_data() else { return };
    for wing in std::fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|it| it.path().is_dir()) {
        for file in std::fs::read_dir(wing.path()).unwrap().map(|it| it.unwrap().path()) {
            let name = text(file.strip_prefix(&folder).unwrap());
            let is_known = SETS.iter().any(|files| files.contains(&name.as_str()));
            assert!(is_known || name.ends_with("README.md"), "{name} is in no set");
        }
    }
}

#[test]
fn a_second_import_of_any_file_changes_nothing() {
    let Some(folder) = real_data() else { return };
    for files in SETS {
        let data = tempfile::tempdir().unwrap();
        let paths = paths(&folder, files);
        let import = || {
            let mut arguments = vec!["import", "--unit", "Real", "--data"];
            let place = text(data.path());
            arguments.push(&place);
            arguments.extend(paths.iter().map(String::as_str));
            headway(&arguments).success()
        };
        let first = import();
        let added = |printed: &str| {
            let last = printed.lines().last().unwrap_or_default().to_owned();
            last.split(' ').next().unwrap_or_default().replace(',', "").parse::<u64>().unwrap()
        };
        let has_deliveries = first.contains("new or changed");
        assert!(added(&first) > 0 || has_deliveries, "{files:?}\n{first}");
        let second = import();
        let last = second.lines().last().unwrap_or_default();
        assert!(last.starts_with("0 added, 0 updated, "), "{files:?}\n{second}");
        assert!(!second.contains("new or changed"), "{files:?}\n{second}");
    }
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
    // Of the 63,553 changes of fields five change a value to what it was.
    check(&trac, &[("items", 13_852), ("changes", 63_548), ("state_changes", 22_057)]);
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
