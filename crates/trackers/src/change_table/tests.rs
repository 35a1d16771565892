//! Tables of changes as trackers write them: columns, orders, odd rows.

use super::*;
use crate::testing::{items, sample};

fn steps(text: &str) -> Vec<(String, Field, Option<String>, Option<String>)> {
    items(text, rows)
        .into_iter()
        .map(|(mut item, _)| {
            let change = item.changes.remove(0);
            (item.key, change.field, change.from, change.to)
        })
        .collect()
}

fn step(key: &str, field: Field, from: &str, to: &str) -> (String, Field, Option<String>, Option<String>) {
    let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (key.to_owned(), field, value(from), value(to))
}

#[test]
fn trac() {
    let text = "ticket,seq,time,author,field,old,new\n\
        1,1,2006-06-09T03:21:00Z,u1,resolution,,fixed\n\
        1,1,2006-06-09T03:21:00Z,u1,status,new,closed\n\
        1,2,2006-09-29T03:32:00Z,u2,keywords,a,a b\n\
        1,3,2006-09-29T03:32:00Z,u2,cc,,me@example.org\n\
        1,4,2006-09-29T03:32:00Z,u2,component,ajax,core\n\
        1,5,2006-09-29T03:33:00Z,u2,keywords,a b,\"a,b\"\n";
    let recognised = recognise(&sample(text)).unwrap();
    assert!(!recognised.items_are_whole);
    assert_eq!(
        recognised.can[1],
        "columns: key from \"ticket\", time from \"time\", field from \"field\", before from \"old\", after from \"new\""
    );
    assert_eq!(
        steps(text),
        [
            step("1", Field::Resolution, "", "fixed"),
            step("1", Field::State, "new", "closed"),
            step("1", Field::Labels, "a", "a\u{1f}b"),
            step("1", Field::Activity, "", ""),
            step("1", Field::Group, "ajax", "core"),
            // The keywords are the same: only the marks between them changed.
            step("1", Field::Activity, "", ""),
        ]
    );
    assert_eq!(items(text, rows).pop().unwrap().1, [Oddity::NoOpChange]);
}

#[test]
fn bugzilla() {
    let text = "bug_id,who,bug_when,field_name,removed,added\n\
        42,x@example.org,2004-02-03 11:12:13,bug_status,NEW,ASSIGNED\n\
        42,x@example.org,2004-02-04 11:12:13,dependson,,\"7, 8\"\n\
        42,x@example.org,2004-02-05 11:12:13,blocked,,9\n";
    assert!(recognise(&sample(text)).is_some());
    assert_eq!(
        steps(text),
        [
            step("42", Field::State, "NEW", "ASSIGNED"),
            step("42", Field::BlockedBy, "", "7\u{1f}8"),
            step("42", Field::Activity, "", ""),
        ]
    );
}

#[test]
fn service_now() {
    let text = "number,incident_state,opened_at,sys_updated_at,assignment_group,assigned_to,priority,closed_at\n\
        INC1,New,29/2/2016 01:16,29/2/2016 01:23,Group 56,?,3 - Moderate,?\n\
        INC1,Resolved,29/2/2016 01:16,29/2/2016 08:53,Group 56,Resolver 1,3 - Moderate,?\n\
        INC1,Resolved,29/2/2016 01:16,29/2/2016 11:29,Group 56,?,3 - Moderate,?\n\
        INC1,Closed,29/2/2016 01:16,5/3/2016 12:00,Group 56,?,3 - Moderate,5/3/2016 12:00\n";
    let recognised = recognise(&sample(text)).unwrap();
    assert!(recognised.dialect.date_order_is_certain);
    assert_eq!(
        steps(text),
        [
            step("INC1", Field::State, "", "New"),
            step("INC1", Field::State, "New", "Resolved"),
            step("INC1", Field::Activity, "", ""),
            step("INC1", Field::State, "Resolved", "Closed"),
        ]
    );
    let last = items(text, rows).pop().unwrap().0;
    assert_eq!(last.created_at.unwrap().to_string(), "2016-02-29T01:16:00Z");
    assert_eq!(last.closed_at.unwrap().to_string(), "2016-03-05T12:00:00Z");
    assert_eq!(last.group.as_deref(), Some("Group 56"));
}

#[test]
fn a_plain_table() {
    let text = "item,team,type,created,at,from,to\nA-1,Kestrel,Story,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,Ready,Doing\n";
    assert!(recognise(&sample(text)).is_some());
    let (item, _) = items(text, rows).remove(0);
    assert_eq!(
        (item.key.as_str(), item.group.as_deref(), item.kind.as_deref()),
        ("A-1", Some("Kestrel"), Some("Story"))
    );
    assert_eq!(item.created_at.unwrap().to_string(), "2024-01-01T08:00:00Z");
    assert_eq!(item.changes[0].at.to_string(), "2024-01-02T08:00:00Z");
}

#[test]
fn a_table_of_items_is_no_log() {
    assert!(recognise(&sample("id,status,updated\n1,open,2024-01-01\n2,done,2024-01-02\n")).is_none());
    assert!(recognise(&sample("id,status,updated\n1,open,2024-01-01\n1,done,2024-01-02\n")).is_some());
}
