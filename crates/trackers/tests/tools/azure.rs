//! Azure DevOps.

use headway_domain::work::{Field, HistoryExtent, LinkKind};
use headway_trackers::{DateOrder, Dialect, azure};

use crate::{fixture, items, problems, rows_of, steps};

#[test]
fn revisions_become_changes() {
    let rows = rows_of(azure::rows, fixture("azure/workitems.json"));
    let [story, bug] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!(problems(&rows), [(3, "the record has no fields".to_owned())]);
    assert_eq!(steps(story, Field::State), ["New > Doing", "Doing > Doing (done)", "Doing (done) > Done"]);
    assert_eq!(steps(story, Field::Iterations), ["Shop\\S1 > Shop\\S2"]);
    assert_eq!(steps(story, Field::Estimate), ["3 > 5"]);
    assert_eq!(steps(story, Field::Labels), ["- > risk+legal"]);
    assert_eq!(
        (story.parent.as_deref(), story.estimate, story.extent),
        (Some("7"), Some(5.0), Some(HistoryExtent::Complete))
    );
    assert_eq!((story.links[0].kind, story.links[0].to.as_str()), (LinkKind::BlockedBy, "8"));
    assert_eq!(story.url.as_deref(), Some("https://dev.azure.com/acme/_workitems/edit/41"));
    assert!(story.created_at.is_some() && story.closed_at.is_some());
    assert_eq!((bug.extent, bug.group.as_deref()), (Some(HistoryExtent::None), Some("Shop")));
}

#[test]
fn a_list_of_revisions_or_updates_is_put_together() {
    let revisions = r#"{"value":[
        {"id":1,"rev":1,"fields":{"System.State":"New","System.CreatedDate":"2024-03-01T09:00:00Z","System.ChangedDate":"2024-03-01T09:00:00Z"}},
        {"id":1,"rev":2,"fields":{"System.State":"Done","System.CreatedDate":"2024-03-01T09:00:00Z","System.ChangedDate":"2024-03-02T09:00:00Z"}},
        {"id":2,"rev":1,"fields":{"System.State":"New","System.CreatedDate":"2024-03-01T09:00:00Z","System.ChangedDate":"2024-03-01T09:00:00Z"}}]}"#;
    let rows = rows_of(azure::rows, revisions);
    assert_eq!(items(&rows).len(), 2);
    assert_eq!(steps(items(&rows)[0], Field::State), ["New > Done"]);

    let rows = rows_of(azure::rows, fixture("azure/updates.json"));
    let [item] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!(item.key, "41");
    assert_eq!(steps(item, Field::State), ["New > Active", "Active > Closed"]);
    assert_eq!(steps(item, Field::BlockedBy), ["- > 8"]);
    // The second update says nothing of its time, but the first says when it was replaced.
    assert_eq!(item.changes[0].at, "2024-03-02T09:00:00Z".parse().unwrap());
}

#[test]
fn a_query_result_tells_the_last_way_through() {
    let dialect = Dialect { delimiter: Some(b','), date_order: DateOrder::MonthFirst, ..Dialect::plain() };
    let text = fixture("azure/query.csv").into_bytes();
    let rows: Vec<_> =
        azure::csv_rows(Box::new(std::io::Cursor::new(text)), "file".to_owned(), &dialect).collect();
    let [story, bug] = items(&rows)[..] else { panic!("{rows:#?}") };
    assert_eq!(steps(story, Field::State), ["New > Active", "Active > Closed"]);
    assert_eq!((story.extent, bug.extent), (Some(HistoryExtent::Partial), Some(HistoryExtent::None)));
    assert_eq!(
        (story.labels.join("+"), story.assignee.as_deref()),
        ("risk+legal".to_owned(), Some("Kim Doe"))
    );
    assert_eq!(problems(&rows).len(), 1);
}
