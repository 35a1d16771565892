//! Apache DevLake.

use headway_domain::work::{
    Category, DeploymentOutcome, DeploymentRecord, Field, HistoryExtent, Record, Row,
};
use headway_trackers::{container::Sample, devlake};

use crate::{fixture, items, problems, rows_of, steps};

fn deployments(rows: &[Row]) -> Vec<(&str, DeploymentOutcome, &str)> {
    rows.iter()
        .filter_map(|row| match &row.record {
            Ok(Record::Deployment(DeploymentRecord { key, outcome, environment, .. })) => {
                Some((key.as_str(), *outcome, environment.as_str()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn answers_are_read_by_their_tool() {
    let rows = rows_of(devlake::rows, fixture("devlake/_raw_jira_api_issue_changelogs.csv"));
    let [item] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!((item.key.as_str(), item.extent), ("13383", Some(HistoryExtent::Complete)));
    assert_eq!(steps(item, Field::State), ["Open > Done"]);
    assert_eq!(problems(&rows).iter().map(|it| it.0).collect::<Vec<_>>(), [3, 4]);

    let rows = rows_of(devlake::rows, fixture("devlake/_raw_jenkins_api_builds.csv"));
    assert_eq!(
        deployments(&rows),
        [
            ("shop/deploy-prod#31", DeploymentOutcome::Succeeded, "production"),
            ("shop/test#7", DeploymentOutcome::Failed, "build")
        ]
    );
}

#[test]
fn domain_tables_are_read_as_what_they_are() {
    let rows = rows_of(devlake::rows, fixture("devlake/issues.csv"));
    let [first, second] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!(
        (first.label.as_deref(), first.state.as_deref(), first.estimate),
        (Some("EE-1"), Some("已完成"), None)
    );
    assert_eq!((second.estimate, second.parent.as_deref()), (Some(2.0), Some("jira:JiraIssue:2:10063")));
    let rows = rows_of(devlake::rows, fixture("devlake/cicd_deployment_commits.csv"));
    assert_eq!(
        deployments(&rows),
        [
            ("pipeline1", DeploymentOutcome::Succeeded, "production"),
            ("pipeline2", DeploymentOutcome::Failed, "production")
        ]
    );
}

#[test]
fn the_common_status_is_a_hint_for_the_tools_own() {
    let sample = Sample::new("issues.csv", fixture("devlake/issues.csv").as_bytes(), true);
    let recognised = devlake::recognise(&sample).unwrap();
    assert_eq!(
        recognised.hints,
        [("Open".to_owned(), Category::Todo), ("已完成".to_owned(), Category::Done)]
    );
    assert!(!recognised.items_are_whole);
}

#[test]
fn tables_with_nothing_to_import_are_named() {
    let text = "board_id,issue_id,_raw_data_params,_raw_data_table\nb1,i1,p,t\n";
    let sample = Sample::new("x/snapshot_tables/board_issues.csv", text.as_bytes(), true);
    assert_eq!(devlake::left_out(&sample).as_deref(), Some("table board_issues: nothing to import"));
    let sample = Sample::new("issues.csv", fixture("devlake/issues.csv").as_bytes(), true);
    assert_eq!(devlake::left_out(&sample), None);
}
