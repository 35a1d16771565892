//! GitHub.

use headway_domain::work::{Field, HistoryExtent, Record};
use headway_trackers::github;

use crate::{fixture, items, problems, rows_of, steps};

#[test]
fn timelines_become_changes() {
    let rows = rows_of(github::rows, fixture("github/items.jsonl"));
    let found = items(&rows);
    assert_eq!(problems(&rows).iter().map(|it| it.0).collect::<Vec<_>>(), [3]);
    let [issue, pull, column] = found[..] else { panic!("{found:#?}") };

    assert_eq!((issue.key.as_str(), issue.group.as_deref()), ("acme/shop#7", Some("acme/shop")));
    assert_eq!((issue.kind.as_deref(), issue.resolution.as_deref()), (Some("bug"), Some("not_planned")));
    assert_eq!(steps(issue, Field::State), ["open > closed", "closed > open", "open > closed"]);
    assert_eq!(steps(issue, Field::Resolution), ["- > completed", "completed > -", "- > not_planned"]);
    assert_eq!(steps(issue, Field::Labels), ["- > bug", "bug > bug+help", "bug+help > bug"]);
    assert_eq!(steps(issue, Field::Iterations), ["- > acme/shop:1.0"]);
    assert_eq!(steps(issue, Field::Title), ["Crash > Crash at start"]);
    assert_eq!(steps(issue, Field::Activity).len(), 1);
    assert_eq!(issue.iterations, ["acme/shop:1.0"]);
    assert!(
        rows.iter().any(|row| matches!(&row.record, Ok(Record::Iteration(it)) if it.key == "acme/shop:1.0"))
    );

    assert_eq!((pull.kind.as_deref(), pull.state.as_deref()), (Some("Pull request"), Some("merged")));
    assert_eq!(steps(pull, Field::State), ["open > merged"]);
    assert_eq!(steps(pull, Field::Activity).len(), 3, "a commit, a review, ready for review");

    assert_eq!(column.state.as_deref(), Some("Doing"));
    assert_eq!(steps(column, Field::State), ["open > To do", "To do > Doing"]);
}

#[test]
fn a_list_of_the_interface_has_no_history() {
    let rows = rows_of(
        github::rows,
        r#"[{"number":1,"title":"x","state":"closed","created_at":"2024-03-01T09:00:00Z","closed_at":"2024-03-02T09:00:00Z",
            "repository_url":"https://api.github.com/repos/acme/shop","pull_request":{"merged_at":null}},
            {"number":2,"title":"y","state":"open","created_at":"2024-03-01T09:00:00Z","html_url":"https://github.com/acme/shop/issues/2","type":{"name":"Task"}}]"#,
    );
    let found = items(&rows);
    assert_eq!(found.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), ["acme/shop#1", "acme/shop#2"]);
    assert_eq!(
        (found[0].state.as_deref(), found[0].resolution.as_deref()),
        (Some("closed"), Some("declined"))
    );
    assert_eq!((found[1].kind.as_deref(), found[1].extent), (Some("Task"), Some(HistoryExtent::None)));
}
