//! Trello.

use headway_domain::work::{Field, HistoryExtent, Oddity};
use headway_trackers::trello;

use crate::{count, fixture, items, problems, rows_of, steps};

#[test]
fn a_board_tells_newest_first() {
    let rows = rows_of(trello::rows, fixture("trello/board.json"));
    let [card, late] = items(&rows)[..] else { panic!("{rows:#?}") };
    // Lists by their name of now; one that is gone by the name it had.
    assert_eq!(steps(card, Field::State), ["やること > 作業中", "作業中 > Gone", "Gone > Archived"]);
    assert_eq!(
        (card.group.as_deref(), card.estimate, card.state.as_deref()),
        (Some("Бoard"), Some(3.0), Some("Archived"))
    );
    assert_eq!(card.closed_at, Some("2024-03-08T09:00:00Z".parse().unwrap()));
    assert_eq!(card.created_at, Some("2024-03-01T09:26:24Z".parse().unwrap()));
    assert_eq!(steps(card, Field::Activity).len(), 2, "a comment and a ticked item");
    assert_eq!((card.labels.join("+"), card.assignee.as_deref()), ("red".to_owned(), Some("Kim")));
    assert!(!format!("{card:?}").contains("secret"));

    assert_eq!(late.created_at, Some("2024-03-01T09:25:20Z".parse().unwrap()), "from its id");
    assert_eq!(late.extent, Some(HistoryExtent::Complete));
    assert_eq!(count(&rows, Oddity::CreationInferred), 1);
    assert_eq!(problems(&rows), [(11, "the card has no id".to_owned())]);
}

#[test]
fn a_thousand_actions_mean_that_older_ones_are_missing() {
    let action = r#"{"type":"updateCard","date":"2024-03-06T09:00:00.000Z","data":{"card":{"id":"65e1a4f0aaaaaaaaaaaaaaa1"},"listBefore":{"id":"l2","name":"Doing"},"listAfter":{"id":"l1","name":"Done"}}}"#;
    let board = format!(
        r#"{{"name":"b","cards":[{{"id":"65e1a4f0aaaaaaaaaaaaaaa1","idList":"l1","name":"x"}}],"actions":[{}]}}"#,
        vec![action; 1000].join(",")
    );
    let rows = rows_of(trello::rows, board);
    assert_eq!(
        (count(&rows, Oddity::HistoryTruncated), items(&rows)[0].extent),
        (1, Some(HistoryExtent::Partial))
    );
}

#[test]
fn a_card_of_an_unknown_board_goes_to_the_same_one_every_time() {
    let boards: Vec<String> = (1..9).map(|n| format!(r#"{{"id":"b{n}","name":"Board {n}"}}"#)).collect();
    let card = r#"{"id":"65e1a4f0aaaaaaaaaaaaaaa9","idBoard":"gone","name":"x","idList":"l1"}"#;
    let file = format!(r#"[{},{{"cards":[{card}]}}]"#, boards.join(","));
    for _ in 0..20 {
        let rows = rows_of(trello::rows, file.clone());
        assert_eq!(items(&rows)[0].group.as_deref(), Some("Board 1"));
    }
}
