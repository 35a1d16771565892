//! Real data that nobody here wrote: the counts are those of its own description.

use headway_domain::work::{Change, Field, HistoryExtent, Oddity, Record};
use headway_trackers::{Dialect, Format, Input, github, jira, trello};

use crate::{count, data, items, open, problems};

#[test]
fn duraspace_has_3036_issues_and_5124_changes_of_status() {
    let Some(path) = data("jira/jira-duraspace.jsonl.gz") else { return };
    let rows: Vec<_> = jira::rows(open(&path), "duraspace".to_owned(), &Dialect::plain()).collect();
    assert_eq!(problems(&rows), []);
    let found = items(&rows);
    assert_eq!(found.len(), 3_036);
    let of = |field| found.iter().flat_map(|it| &it.changes).filter(|change| change.field == field).count();
    assert_eq!(of(Field::State), 5_124);
    assert_eq!(count(&rows, Oddity::MovedProject), 55);
    assert_eq!(count(&rows, Oddity::MixedOffsets), 61);
    assert!(found.iter().all(|it| it.extent == Some(HistoryExtent::Complete) && it.created_at.is_some()));
    // The history always leads to the state that the issue is in.
    for item in &found {
        let last = item.changes.iter().rfind(|change| change.field == Field::State);
        assert!(last.is_none_or(|last| last.to == item.state), "{:?}", item.label);
    }
    let is_done = |state: &Option<String>| matches!(state.as_deref(), Some("Closed" | "Resolved"));
    let came_back = |it: &Change| it.field == Field::State && is_done(&it.from) && !is_done(&it.to);
    assert_eq!(found.iter().filter(|it| it.changes.iter().any(came_back)).count(), 141, "reopened");
    assert_eq!(rows.len() - found.len(), 14, "sprints");
    assert!(found.iter().filter(|it| it.estimate.is_some()).count() >= 273);
}

#[test]
fn titanium_has_29057_issues_without_history() {
    let Some(path) = data("jira/jira-titanium.jsonl.gz") else { return };
    let rows: Vec<_> = jira::rows(open(&path), "titanium".to_owned(), &Dialect::plain()).collect();
    assert_eq!(problems(&rows), []);
    assert_eq!(items(&rows).len(), 29_057);
    assert!(items(&rows).iter().all(|it| it.extent == Some(HistoryExtent::None) && it.changes.is_empty()));
}

#[test]
fn the_gui_of_core_has_878_items() {
    let Some(path) = data("github/github-core-gui.jsonl.gz") else { return };
    let rows: Vec<_> = github::rows(open(&path), "gui".to_owned(), &Dialect::plain()).collect();
    assert_eq!(problems(&rows), []);
    let found = items(&rows);
    assert_eq!(found.len(), 878);
    let pulls = |state: &str| {
        found
            .iter()
            .filter(|it| it.kind.as_deref() == Some("Pull request") && it.state.as_deref() == Some(state))
            .count()
    };
    assert_eq!(pulls("merged"), 332);
    assert_eq!(pulls("merged") + pulls("closed") + pulls("open"), 537);
    for item in &found {
        let last = item.changes.iter().rfind(|change| change.field == Field::State);
        assert_eq!(
            last.map_or(Some("open"), |last| last.to.as_deref()),
            item.state.as_deref(),
            "{}",
            item.key
        );
    }
}

#[test]
fn the_boards_have_45_and_67_cards() {
    for (name, cards) in [("trello/trello-pacs-spark.json", 45), ("trello/trello-clipkit.json", 67)] {
        let Some(path) = data(name) else { return };
        let rows: Vec<_> = trello::rows(open(&path), name.to_owned(), &Dialect::plain()).collect();
        assert_eq!(problems(&rows), []);
        let found = items(&rows);
        assert_eq!(found.len(), cards);
        for item in &found {
            let last = item.changes.iter().rfind(|change| change.field == Field::State);
            assert!(last.is_none_or(|last| last.to == item.state), "{:?} {:?}", item.label, item.changes);
            assert!(item.created_at.is_some());
        }
    }
}

#[test]
fn every_file_of_a_tool_is_recognised_as_what_it_is() {
    let expected = [
        ("jira/jira-duraspace.jsonl.gz", Format::JiraJson),
        ("jira/jira-titanium.jsonl.gz", Format::JiraJson),
        ("jirametrics/jira-sample.tar.gz", Format::JiraJson),
        ("github/github-core-gui.jsonl.gz", Format::GithubJson),
        ("gitlab/export-handbook.tar.gz", Format::GitlabExport),
        ("trello/trello-clipkit.json", Format::TrelloJson),
        ("trello/trello-pacs-spark.json", Format::TrelloJson),
        ("devlake/e2e-tables.tar.gz", Format::DevlakeRaw),
    ];
    for (name, format) in expected {
        let Some(path) = data(name) else { return };
        let contents = headway_trackers::recognise(&Input { name: name.to_owned(), path }).unwrap();
        for source in &contents.sources {
            assert_eq!(source.recognised.format, format, "{name}: {:?}", source.members);
        }
        for left_out in &contents.left_out {
            println!("{name} left out {}: {}", left_out.member, left_out.reason);
        }
    }
}

/// The rows of every source of a file, by source.
fn all_rows(name: &str) -> Option<Vec<headway_domain::work::Row>> {
    let path = data(name)?;
    let contents = headway_trackers::recognise(&Input { name: name.to_owned(), path }).unwrap();
    Some(contents.sources.iter().flat_map(|source| headway_trackers::read(source).unwrap()).collect())
}

#[test]
fn the_sample_of_jirametrics_holds_twelve_issue_files() {
    let Some(rows) = all_rows("jirametrics/jira-sample.tar.gz") else { return };
    assert_eq!(problems(&rows), []);
    assert_eq!(items(&rows).len(), 12);
}

#[test]
fn the_export_of_the_handbook_has_6_issues() {
    let Some(rows) = all_rows("gitlab/export-handbook.tar.gz") else { return };
    assert_eq!(problems(&rows), []);
    assert_eq!(items(&rows).len(), 6);
}

#[test]
fn the_tables_of_devlake_are_read() {
    let Some(rows) = all_rows("devlake/e2e-tables.tar.gz") else { return };
    let mut by_file: std::collections::BTreeMap<&str, [usize; 5]> = std::collections::BTreeMap::new();
    for row in &rows {
        let kind = match &row.record {
            Ok(Record::Item(_)) => 0,
            Ok(Record::Iteration(_)) => 1,
            Ok(Record::Deployment(_)) => 2,
            Ok(Record::Commit(_)) => 3,
            Err(_) => 4,
        };
        by_file.entry(&row.location.file).or_default()[kind] += 1;
    }
    let of = |file: &str| {
        let found = by_file.iter().filter(|(name, _)| name.ends_with(file)).map(|(_, counts)| *counts);
        found.collect::<Vec<_>>()
    };
    assert_eq!(problems(&rows), []);
    assert_eq!(of("/jira/e2e/raw_tables/_raw_jira_api_issues.csv"), [[33, 3, 0, 0, 0]]);
    assert_eq!(of("/jira/e2e/raw_tables/_raw_jira_api_issue_changelogs.csv"), [[279, 0, 0, 0, 0]]);
    assert_eq!(of("/jira/e2e/snapshot_tables/issues.csv"), [[30, 0, 0, 0, 0]]);
    assert_eq!(of("/jira/e2e/snapshot_tables/sprints.csv"), [[0, 29, 0, 0, 0]]);
    assert_eq!(of("_raw_github_api_issues.csv"), [[42, 0, 0, 0, 0]]);
    assert_eq!(of("_raw_github_api_pull_request_commits.csv"), [[0, 0, 0, 91, 0]]);
    assert_eq!(of("_raw_gitlab_api_issues.csv"), [[16, 6, 0, 0, 0]]);
    assert_eq!(of("_raw_gitlab_api_deployments.csv"), [[0, 0, 3, 0, 0]]);
    assert_eq!(of("_raw_jenkins_api_builds.csv"), [[0, 0, 12, 0, 0]]);
    assert_eq!(of("_raw_azuredevops_go_api_pull_requests.csv"), [[1, 0, 0, 0, 0]]);
    assert_eq!(of("/raw_tables/incidents.csv"), [[7, 0, 0, 0, 0]]);
    assert_eq!(of("/change_lead_time/cicd_deployment_commits.csv"), [[0, 0, 9, 0, 0]]);
    assert_eq!(of("_pipelines.csv"), [[0; 5]; 0], "told by the tables of deployments");
}
