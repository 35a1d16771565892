//! No reader ever panics or fails to come to an end, whatever it gets.

use headway_domain::work::Row;
use headway_trackers::{azure, devlake, github, gitlab, jira, redmine, trello};
use proptest::{prelude::*, test_runner::RngSeed};

use crate::{Reader, fixture, rows_of};

/// The readers of JSON, each with a fixture to break.
const READERS: [(Reader, &str); 6] = [
    (jira::rows, "jira/search.json"),
    (github::rows, "github/items.jsonl"),
    (gitlab::rows, "gitlab/issues.ndjson"),
    (azure::rows, "azure/workitems.json"),
    (redmine::rows, "redmine/issues.json"),
    (trello::rows, "trello/board.json"),
];

/// The readers of tables.
const TABLES: [(Reader, &str); 5] = [
    (jira::csv_rows, "jira/export.csv"),
    (azure::csv_rows, "azure/query.csv"),
    (devlake::rows, "devlake/issues.csv"),
    (devlake::rows, "devlake/cicd_deployment_commits.csv"),
    (devlake::rows, "devlake/_raw_jira_api_issue_changelogs.csv"),
];

fn ends(reader: Reader, text: Vec<u8>) -> Vec<Row> {
    let most = text.len() + 10;
    let rows = rows_of(reader, text);
    assert!(rows.len() <= most, "{} rows", rows.len());
    rows
}

fn fixed(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(fixed(300))]

    #[test]
    fn bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (reader, _) in READERS.into_iter().chain(TABLES) {
            ends(reader, bytes.clone());
        }
    }

    #[test]
    fn signs_of_json(text in r#"[\[\]{}",:\\\na1 ]{0,200}"#) {
        for (reader, _) in READERS {
            ends(reader, text.clone().into_bytes());
        }
    }
}

proptest! {
    #![proptest_config(fixed(150))]

    /// A sound file with a piece cut out, doubled, or overwritten.
    #[test]
    fn broken_files(start in 0.0..1.0f64, length in 0usize..60, with in r#"[\[\]{}",:\n0a]{0,6}"#, twice: bool) {
        for (reader, name) in READERS.into_iter().chain(TABLES) {
            let mut text = fixture(name).into_bytes();
            let from = (text.len() as f64 * start) as usize;
            let to = (from + length).min(text.len());
            let piece = text[from..to].to_vec();
            text.splice(from..to, with.bytes());
            if twice {
                text.splice(from..from, piece);
            }
            ends(reader, text);
        }
    }
}
