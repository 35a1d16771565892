//! What trackers' exports are really like, each in a small file of its own: the import says that it saw it and what it
//! made of it.

use std::fmt::Write;

use headway_app::work::import;
use headway_domain::work::Oddity;

use crate::{
    headway,
    import::{open, report_counts},
    text,
};

/// Imports one file, gives what the command printed and what the report counts of an oddity.
async fn seen(name: &str, content: &str, oddity: Oddity) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    let printed =
        headway(&["import", &text(&file), "--unit", "Works", "--data", &text(folder.path())]).success();
    let (app, ctx) = open(folder.path()).await;
    let id = import::imports(&ctx, &app, None, 1).await.unwrap()[0].import.id;
    let counts = report_counts(&ctx, &app, id).await;
    (printed, counts.get(oddity.code()).copied().unwrap_or_default())
}

/// An issue as Jira tells it, with these entries of its history.
fn issue(status: &str, histories: &[(&str, &str)]) -> String {
    let histories: Vec<String> =
        histories.iter().map(|(at, item)| format!(r#"{{"created":"{at}","items":[{item}]}}"#)).collect();
    format!(
        r#"{{"id":"1","key":"PAY-1","fields":{{"summary":"x","created":"2024-03-01T09:00:00.000+0100","project":{{"key":"PAY"}},"status":{status}}},"changelog":{{"startAt":0,"maxResults":{n},"total":{n},"histories":[{}]}}}}"#,
        histories.join(","),
        n = histories.len()
    )
}

const DOING: &str = r#"{"id":"3","name":"Doing"}"#;
const BEGUN: &str = r#"{"field":"status","from":"1","fromString":"Open","to":"3","toString":"Doing"}"#;
const BACK: &str = r#"{"field":"status","from":"3","fromString":"Doing","to":"1","toString":"Open"}"#;
const AGAIN: &str = r#"{"field":"status","from":"3","fromString":"Doing","to":"3","toString":"Doing"}"#;
const OLD_NAME: &str =
    r#"{"field":"status","from":"1","fromString":"Open","to":"3","toString":"In Progress"}"#;
const MOVED: &str = r#"{"field":"Key","fromString":"OLD-4","toString":"PAY-1"},{"field":"project","from":"9","fromString":"Old","to":"1","toString":"Payments"}"#;

#[tokio::test]
async fn mixed_offsets_in_one_history_are_read_each_with_its_own() {
    let two = issue(
        DOING,
        &[
            ("2024-03-01T10:00:00.000+0100", BEGUN),
            ("2024-03-02T10:00:00.000+0200", BACK),
            ("2024-03-03T10:00:00.000+0200", BEGUN),
        ],
    );
    let (printed, count) = seen("jira.jsonl", &two, Oddity::MixedOffsets).await;
    assert_eq!(count, 1);
    assert!(printed.contains("3 changes (3 of state)"), "{printed}");
}

#[tokio::test]
async fn a_status_that_was_renamed_has_one_name() {
    let renamed = issue(DOING, &[("2024-03-01T10:00:00.000+0100", OLD_NAME)]);
    let (printed, gap) = seen("jira.jsonl", &renamed, Oddity::HistoryIncomplete).await;
    assert!(printed.contains("Doing: Doing") && !printed.contains("In Progress"), "{printed}");
    assert_eq!(gap, 0, "the history leads to the state that the issue is in");
}

#[tokio::test]
async fn an_issue_that_changed_its_key_stays_one_item() {
    let before = issue(DOING, &[("2024-03-01T10:00:00.000+0100", BEGUN)]).replace("PAY-1", "OLD-4");
    let after =
        issue(DOING, &[("2024-03-01T10:00:00.000+0100", BEGUN), ("2024-03-04T10:00:00.000+0100", MOVED)]);
    let (printed, count) = seen("jira.jsonl", &after, Oddity::MovedProject).await;
    assert_eq!(count, 1);
    assert!(printed.contains("1 added"), "{printed}");

    let folder = tempfile::tempdir().unwrap();
    let file = text(&folder.path().join("jira.jsonl"));
    let data = text(folder.path());
    let import = |content: &str| {
        std::fs::write(&file, content).unwrap();
        headway(&["import", &file, "--unit", "Works", "--tracker", "Jira", "--data", &data]).success()
    };
    assert!(import(&before).ends_with("1 added, 0 updated, 0 unchanged\n"));
    assert!(
        import(&after).ends_with("0 added, 1 updated, 0 unchanged\n"),
        "known by its id under the new key"
    );
}

#[tokio::test]
async fn changes_that_change_nothing_are_dropped() {
    let idle =
        issue(DOING, &[("2024-03-01T10:00:00.000+0100", BEGUN), ("2024-03-02T10:00:00.000+0100", AGAIN)]);
    let (printed, count) = seen("jira.jsonl", &idle, Oddity::NoOpChange).await;
    assert_eq!(count, 1);
    assert!(printed.contains("1 change (1 of state)"), "{printed}");
}

#[tokio::test]
async fn an_item_that_was_created_in_progress_is_told() {
    let table = "ticket,time,field,old,new,created\n\
                 1,2024-01-05,status,In Progress,Done,2024-01-02\n\
                 2,2024-01-03,status,Open,In Progress,2024-01-02\n\
                 2,2024-01-05,status,In Progress,Done,2024-01-02\n";
    let (printed, count) = seen("changes.csv", table, Oddity::CreatedInProgress).await;
    assert_eq!(count, 1, "{printed}");
}

#[tokio::test]
async fn a_clean_up_on_one_day_is_told() {
    let mut table = "id,status,created,closed\n".to_owned();
    for day in 1..=20 {
        writeln!(table, "usual {day},Done,2024-01-01,2024-02-{day:02}").unwrap();
    }
    for item in 0..40 {
        writeln!(table, "old {item},Done,2024-01-01,2024-02-25").unwrap();
    }
    let (printed, count) = seen("tickets.csv", &table, Oddity::BulkClosed).await;
    assert_eq!(count, 1, "{printed}");
    assert!(printed.contains("Unusually many items were closed on one day"), "{printed}");
}

/// A board whose cards are created in the list `l1`; the export begins with what was done last.
fn board(actions: &str) -> String {
    format!(
        r#"{{"name":"Brett","cards":[
          {{"id":"65e19f00aaaaaaaaaaaaaaa1","idList":"l2","name":"One","closed":true}},
          {{"id":"65e1a4f0aaaaaaaaaaaaaaa2","idList":"l1","name":"Two","closed":false}}],
         "lists":[{{"id":"l1","name":"やること"}},{{"id":"l2","name":"作業中"}}],"actions":[{actions}]}}"#
    )
}

const ARCHIVED: &str = r#"{"type":"updateCard","date":"2024-03-08T09:00:00.000Z","data":{"card":{"id":"65e19f00aaaaaaaaaaaaaaa1","closed":true},"old":{"closed":false}}}"#;
const STARTED: &str = r#"{"type":"updateCard","date":"2024-03-06T09:00:00.000Z","data":{"card":{"id":"65e19f00aaaaaaaaaaaaaaa1"},"listBefore":{"id":"l1","name":"やること"},"listAfter":{"id":"l2","name":"作業中"},"old":{"idList":"l1"}}}"#;
const CREATED: &str = r#"{"type":"createCard","date":"2024-03-01T09:26:24.000Z","data":{"list":{"id":"l1","name":"やること"},"card":{"id":"65e19f00aaaaaaaaaaaaaaa1"}}}"#;

#[tokio::test]
async fn a_card_without_its_creation_takes_it_from_its_id() {
    let told = board(&[ARCHIVED, STARTED, CREATED].join(","));
    let (printed, count) = seen("board.json", &told, Oddity::CreationInferred).await;
    assert_eq!(count, 1, "of the second card nothing is told");
    // The newest action comes first, lists are named in any script, what is archived is done.
    assert!(printed.contains("2 changes (2 of state)"), "{printed}");
    assert!(
        printed.contains("作業中: 作業中") && printed.contains("done       Archived: Archived"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_board_with_a_thousand_actions_lacks_older_ones() {
    let (_, count) = seen("board.json", &board(&[STARTED; 1_000].join(",")), Oddity::HistoryTruncated).await;
    assert!(count > 0);
}

#[tokio::test]
async fn a_question_mark_is_nothing() {
    let table = "id,status,created,closed\n1,Done,2024-01-01,2024-01-05\n2,Open,2024-01-01,?\n";
    let (printed, count) = seen("tickets.csv", table, Oddity::UnknownValue).await;
    assert_eq!(count, 1);
    assert!(printed.contains("2 added"), "{printed}");
}

#[tokio::test]
async fn dates_with_the_day_first_are_found_out() {
    let table = "id;status;created;closed\n1;Done;03.04.2024;28.04.2024\n2;Open;05.04.2024;\n";
    let (printed, count) = seen("tickets.csv", table, Oddity::ImplausibleDate).await;
    assert!(printed.contains("dates day first") && !printed.contains("a guess"), "{printed}");
    assert_eq!(count, 0);
}

#[tokio::test]
async fn unquoted_commas_are_put_together_again() {
    let table = "id,title,status,created\n1,Plain,Open,2024-01-01\n2,Fix, test, ship,Open,2024-01-02\n";
    let (printed, count) = seen("tickets.csv", table, Oddity::UnquotedDelimiter).await;
    assert_eq!(count, 1);
    assert!(printed.contains("2 added"), "{printed}");
}

#[tokio::test]
async fn two_columns_of_one_name_are_one() {
    let table = "id,label,label,status,created\n1,,risk,Open,2024-01-01\n";
    let (printed, count) = seen("tickets.csv", table, Oddity::DuplicateColumn).await;
    assert_eq!(count, 1);
    assert!(printed.contains("1 added"), "{printed}");
}

#[tokio::test]
async fn a_finish_before_the_start_is_told_once_and_counts_in_no_duration() {
    let before_creation = "id,status,created,closed\n1,Done,2024-01-05,2024-01-01\n";
    let before_start = "id,created,started,closed\n1,2024-01-01,2024-01-09,2024-01-05\n";
    let stages =
        "ID,Backlog,Doing,Done\n1,2024-01-05,2024-01-06,2024-01-02\n2,2024-01-01,2024-01-09,2024-01-05\n";
    for (table, expected) in [(before_creation, 1), (before_start, 1), (stages, 2)] {
        let (printed, count) = seen("tickets.csv", table, Oddity::FinishBeforeStart).await;
        assert_eq!(count, expected, "{printed}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tickets.csv");
    std::fs::write(&file, before_start).unwrap();
    let report = headway(&["analyze", &text(&file), "--format", "json", "--today", "2024-02-01"]).success();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["cycle_time"]["all"]["n"].as_u64().unwrap_or_default(), 0, "{report}");
}
