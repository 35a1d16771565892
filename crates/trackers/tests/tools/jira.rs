//! Jira.

use headway_domain::work::{Field, HistoryExtent, LinkKind, Oddity, Record};
use headway_trackers::jira;

use crate::{count, fixture, items, problems, rows_of, steps};

#[test]
fn a_search_page_is_read_with_all_that_issues_tell() {
    let rows = rows_of(jira::rows, fixture("jira/search.json"));
    let found = items(&rows);
    assert_eq!(found.iter().map(|it| it.label.as_deref().unwrap()).collect::<Vec<_>>(), ["PAY-7", "PAY-12"]);
    assert_eq!(problems(&rows).iter().map(|it| it.0).collect::<Vec<_>>(), [2]);

    let item = found[0];
    assert_eq!(
        (item.key.as_str(), item.group.as_deref(), item.estimate),
        ("20001", Some("Payments"), Some(5.0))
    );
    assert_eq!(item.parent.as_deref(), Some("19001"));
    assert_eq!(item.iterations, ["31"]);
    assert_eq!(item.url.as_deref(), Some("https://jira.example.org/browse/PAY-7"));
    assert_eq!(item.extent, Some(HistoryExtent::Complete));
    let links: Vec<_> = item.links.iter().map(|it| (it.kind, it.to.as_str())).collect();
    assert_eq!(
        links,
        [(LinkKind::BlockedBy, "PAY-9"), (LinkKind::Blocks, "PAY-10"), (LinkKind::Related, "PAY-11")]
    );
    // The status was renamed: by its id it is the same as the one the issue is in now.
    assert_eq!(steps(item, Field::State), ["Open > Doing", "Doing > Open", "Open > Doing"]);
    assert_eq!(steps(item, Field::Flag), ["- > Impediment", "Impediment > -"]);
    assert_eq!(steps(item, Field::Iterations), ["- > 30+31"]);
    assert_eq!(steps(item, Field::Estimate), ["3 > 5"]);
    assert_eq!(steps(item, Field::BlockedBy), ["- > PAY-9"]);
    assert_eq!(steps(item, Field::Group), ["Old > Payments"]);
    assert_eq!(steps(item, Field::Labels), ["risk > risk+legal"]);
    assert_eq!(steps(item, Field::Activity).len(), 2, "a comment and an assignment");
    assert!(item.changes.is_sorted_by_key(|change| change.at));
    let sprint = rows.iter().find_map(|row| match &row.record {
        Ok(Record::Iteration(sprint)) => Some(sprint),
        _ => None,
    });
    assert_eq!(sprint.map(|it| (it.key.as_str(), it.group.as_deref())), Some(("31", Some("Payments"))));

    let oddities = [Oddity::MixedOffsets, Oddity::NoOpChange, Oddity::MovedProject];
    assert!(oddities.iter().all(|oddity| count(&rows, *oddity) == 1), "{rows:#?}");
    let cut = found[1];
    assert_eq!((cut.extent, count(&rows, Oddity::HistoryTruncated)), (Some(HistoryExtent::Partial), 1));
    assert_eq!((cut.parent.as_deref(), cut.resolution.as_deref()), (Some("20001"), Some("Won't Do")));
}

#[test]
fn no_content_and_no_author_comes_through() {
    let rows = rows_of(jira::rows, fixture("jira/search.json"));
    for item in items(&rows) {
        let mut item = item.clone();
        item.assignee = None;
        let text = format!("{item:?}");
        assert!(!text.contains("secret") && !text.to_lowercase().contains("kim"), "{text}");
    }
}

#[test]
fn the_same_issues_are_read_however_the_file_is_laid_out() {
    let issues: Vec<String> = (1..=3)
        .map(|n| {
            format!(
                r#"{{"id":"{n}","key":"A-{n}","fields":{{"summary":"x","created":"2024-03-01T09:00:00.000+0000"}}}}"#
            )
        })
        .collect();
    let list = issues.join(",");
    let layouts = [
        format!("[{list}]"),
        issues.join("\n"),
        format!(r#"{{"issues":[{list}]}}"#),
        format!(r#"{{"issues":[{}]}}{{"issues":[{},{}],"names":null}}"#, issues[0], issues[1], issues[2]),
        format!(r#"[{{"issues":[{list}]}}]"#),
    ];
    for layout in layouts {
        let rows = rows_of(jira::rows, layout.clone());
        let keys: Vec<_> = items(&rows).iter().map(|it| it.key.clone()).collect();
        assert_eq!((keys, problems(&rows).len()), (vec!["1".into(), "2".into(), "3".into()], 0), "{layout}");
    }
}

#[test]
fn a_broken_line_is_reported_with_its_number() {
    let text = "{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{}}\n{\"id\":\"2\",\"key\":\"A-2\",\"fields\":{\n{\"id\":\"3\",\"key\":\"A-3\",\"fields\":{\"summary\":\"\\ud83d\"}}\n";
    let rows = rows_of(jira::rows, text);
    assert_eq!(items(&rows).len(), 2);
    assert_eq!(problems(&rows), [(2, "the line ends in the middle of a record".to_owned())]);
    assert_eq!(count(&rows, Oddity::InvalidText), 1, "half a character");
}

#[test]
fn files_beside_the_issues_give_no_rows_and_no_problems() {
    let board = r#"{"id":1,"name":"SP board","type":"kanban","columnConfig":{"columns":[]}}"#;
    let statuses = r#"[{"name":"Open","id":"1","statusCategory":{"id":2,"key":"new"}}]"#;
    for text in [board, statuses, "{\"date_start\":\"2021-09-14\",\"date_end\":\"2021-12-13\"}"] {
        assert_eq!(rows_of(jira::rows, text), []);
    }
}

#[test]
fn sprints_of_a_board_and_changelogs_on_their_own_are_read() {
    let rows = rows_of(
        jira::rows,
        r#"{"values":[{"id":7,"state":"closed","name":"S 7","startDate":"2020-06-12T00:38:51.882Z","originBoardId":8}]}"#,
    );
    assert!(matches!(&rows[0].record, Ok(Record::Iteration(sprint)) if sprint.key == "7"), "{rows:?}");
    let rows = rows_of(
        jira::rows,
        r#"{"issueChangeLogs":[{"issueId":"10100","changeHistories":[{"id":"1","created":1492070429000,"items":[{"field":"status","from":"1","fromString":"Open","to":"2","toString":"Done"}]}]}]}"#,
    );
    assert_eq!(steps(items(&rows)[0], Field::State), ["Open > Done"]);
}

#[test]
fn repeated_columns_of_the_table_are_put_together() {
    let rows = rows_of(jira::csv_rows, fixture("jira/export.csv"));
    let found = items(&rows);
    assert_eq!(found.len(), 1);
    let item = found[0];
    assert_eq!(
        (item.labels.join(" "), item.iterations.join(" ")),
        ("risk legal".into(), "Sprint 30 Sprint 31".into())
    );
    assert_eq!(
        (item.estimate, item.parent.as_deref(), item.extent),
        (Some(5.0), Some("19001"), Some(HistoryExtent::None))
    );
    assert_eq!(
        item.links.iter().map(|it| it.kind).collect::<Vec<_>>(),
        [LinkKind::BlockedBy, LinkKind::Blocks]
    );
    assert_eq!(steps(item, Field::Activity).len(), 1);
    assert_eq!(problems(&rows).iter().map(|it| it.0).collect::<Vec<_>>(), [3, 4]);
}
