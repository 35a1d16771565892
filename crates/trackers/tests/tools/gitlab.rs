//! GitLab.

use headway_domain::work::{DeploymentOutcome, DeploymentRecord, Field, HistoryExtent, Record, Row};
use headway_trackers::gitlab;

use crate::{fixture, items, problems, rows_of, steps};

#[test]
fn labels_of_the_workflow_are_states() {
    let rows = rows_of(gitlab::rows, fixture("gitlab/issues.ndjson"));
    let [first, old, waiting] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!(problems(&rows).iter().map(|it| it.0).collect::<Vec<_>>(), [4]);
    assert_eq!(
        steps(first, Field::State),
        [
            "opened > in dev",
            "in dev > in review",
            "in review > closed",
            "closed > in review",
            "in review > closed"
        ]
    );
    assert_eq!(
        (first.kind.as_deref(), first.estimate, first.label.as_deref()),
        (Some("feature"), Some(3.0), Some("#1"))
    );
    assert_eq!(steps(first, Field::Iterations), ["- > 17.0"]);
    assert_eq!(steps(first, Field::Activity).len(), 1);
    assert!(rows.iter().any(|row| matches!(&row.record, Ok(Record::Iteration(it)) if it.key == "17.0")));
    assert_eq!(steps(old, Field::State), ["opened > closed"], "told by a note alone");
    assert_eq!((waiting.state.as_deref(), waiting.extent), (Some("Doing"), Some(HistoryExtent::None)));
    assert_eq!(waiting.group.as_deref(), Some("acme/shop"));
}

fn deployments(rows: &[Row]) -> Vec<&DeploymentRecord> {
    rows.iter()
        .filter_map(|row| match &row.record {
            Ok(Record::Deployment(it)) => Some(it),
            _ => None,
        })
        .collect()
}

#[test]
fn jobs_with_an_environment_and_releases_are_deployments() {
    let pipelines =
        r#"{"id":1,"ref":"main","sha":"c0","status":"success","project_id":77,"stages":[{"statuses":[
        {"id":11,"status":"success","environment":null,"finished_at":"2024-03-01T09:00:00Z"},
        {"id":12,"status":"failed","environment":"production","finished_at":"2024-03-01T09:30:00Z"},
        {"id":13,"status":"success","environment":{"name":"production"},"finished_at":"2024-03-01T10:00:00Z"},
        {"id":14,"status":"manual","environment":"production","finished_at":null}]}]}"#
            .replace('\n', " ");
    let rows = rows_of(gitlab::rows, pipelines);
    let told: Vec<_> =
        deployments(&rows).iter().map(|it| (it.key.as_str(), it.outcome, it.is_proxy)).collect();
    assert_eq!(
        told,
        [("job 12", DeploymentOutcome::Failed, false), ("job 13", DeploymentOutcome::Succeeded, false)]
    );
    let rows = rows_of(
        gitlab::rows,
        r#"{"id":1,"tag":"v1.3","project_id":77,"released_at":"2020-07-02T18:51:17.452Z"}"#,
    );
    assert!(deployments(&rows)[0].is_proxy);
}

#[test]
fn merge_requests_are_items_of_their_own() {
    let rows = rows_of(
        gitlab::rows,
        r#"[{"id":501,"iid":1,"title":"x","state":"merged","source_branch":"a","target_branch":"b","created_at":"2024-03-01T09:00:00Z","merged_at":"2024-03-02T09:00:00Z","author":{"name":"Kim"}},
            {"id":502,"iid":2,"title":"y","state":"closed","source_branch":"a","target_branch":"b","created_at":"2024-03-01T09:00:00Z","closed_at":"2024-03-02T09:00:00Z","author":{"name":"Kim"}}]"#,
    );
    let found = items(&rows);
    assert_eq!((found[0].key.as_str(), found[0].label.as_deref()), ("merge request 501", Some("!1")));
    assert_eq!(found[1].resolution.as_deref(), Some("declined"));
}
