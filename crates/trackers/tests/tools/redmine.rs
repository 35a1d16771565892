//! Redmine.

use headway_domain::work::{Field, HistoryExtent, LinkKind, Oddity};
use headway_trackers::redmine;

use crate::{count, fixture, items, problems, rows_of, steps};

#[test]
fn journals_become_changes_with_names_for_ids() {
    let rows = rows_of(redmine::rows, fixture("redmine/issues.json"));
    let [card, crash] = items(&rows)[..] else { panic!("{rows:#?}") };
    // "New" stands in a list behind the issues, "In Progress" in another issue.
    assert_eq!(steps(card, Field::State), ["New > In Progress", "In Progress > Closed"]);
    assert_eq!(steps(card, Field::Kind), ["Bug > Feature"]);
    assert_eq!(steps(card, Field::Group), ["7 > Shop"], "a project that nothing names");
    assert_eq!(steps(card, Field::BlockedBy), ["- > 499"]);
    assert_eq!(steps(card, Field::Activity).len(), 2, "an assignment and a comment");
    assert_eq!(
        (card.parent.as_deref(), card.estimate, card.closed_at.is_some()),
        (Some("400"), Some(8.0), true)
    );
    let links: Vec<_> = card.links.iter().map(|it| (it.kind, it.to.as_str())).collect();
    assert_eq!(links, [(LinkKind::BlockedBy, "499"), (LinkKind::Blocks, "502")]);
    assert_eq!(count(&rows, Oddity::MovedProject), 1);
    assert_eq!(crash.extent, Some(HistoryExtent::None));
    assert_eq!(problems(&rows).len(), 1);
    assert!(!format!("{:?}", card.changes).contains("secret"));
}

#[test]
fn a_single_issue_is_read_and_unknown_ids_stay() {
    let rows = rows_of(
        redmine::rows,
        r#"{"issue":{"id":7,"subject":"x","status":{"id":3,"name":"Done"},"tracker":{"id":1,"name":"Bug"},"created_on":"2024-03-01T09:00:00Z",
            "journals":[{"created_on":"2024-03-02T09:00:00Z","details":[{"property":"attr","name":"status_id","old_value":"1","new_value":"3"}]}]}}"#,
    );
    assert_eq!(steps(items(&rows)[0], Field::State), ["1 > Done"]);
}
