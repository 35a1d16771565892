//! What is read of JSON, whole and broken, in chunks of any size.

use std::io::{BufReader, Cursor};

use proptest::prelude::*;

use super::*;

/// The pieces of a text, read in chunks of a few bytes: `member:line:text`.
fn pieces(text: &str, chunk: usize) -> Vec<String> {
    let reader = BufReader::with_capacity(chunk, Cursor::new(text.as_bytes().to_vec()));
    let mut values = Values::new(Box::new(reader), &["issues", "values"]);
    let mut found = Vec::new();
    while let Some(piece) = values.next() {
        let text = String::from_utf8_lossy(values.text()).into_owned();
        found.push(match piece {
            Piece::Value(member) => format!("{}:{}:{text}", member.unwrap_or_default(), values.line()),
            Piece::Rest => format!("rest:{text}"),
            Piece::Broken(_) => format!("broken:{}", values.line()),
        });
    }
    found
}

fn same(text: &str, expected: &[&str]) {
    for chunk in [1, 2, 7, 4096] {
        // Only a chunk that holds the first line lets the reader know from the start how the file is laid out.
        assert_eq!(pieces(text, chunk), expected, "in chunks of {chunk}");
    }
}

#[test]
fn an_array_gives_its_elements() {
    same(r#" [ {"a": [1, "]"]} , {"b":"\"}"} ] "#, &[r#":1:{"a":[1, "]"]}"#, r#":2:{"b":"\"}"}"#]);
}

#[test]
fn a_page_gives_the_elements_of_its_array_and_the_rest() {
    same(
        r#"{"total": 2, "issues": [{"a":1},{"a":2}], "names": {"x":"y"}}"#,
        &[r#"rest:{"total":2}"#, r#"issues:1:{"a":1}"#, r#"issues:2:{"a":2}"#, r#"rest:{"names":{"x":"y"}}"#],
    );
}

#[test]
fn pages_may_follow_each_other_or_stand_in_an_array() {
    same(r#"{"issues":[{"a":1}]}{"issues":[{"a":2}]}"#, &[r#"issues:1:{"a":1}"#, r#"issues:2:{"a":2}"#]);
    same(r#"[{"issues":[{"a":1}]},{"issues":[]}]"#, &[r#"issues:1:{"a":1}"#]);
    same("[[{\"a\":1}],[{\"a\":2}]]", &[r#":1:{"a":1}"#, r#":2:{"a":2}"#]);
}

#[test]
fn a_broken_line_costs_one_line() {
    let text = "{\"a\":1}\n{\"a\":{\"b\":\n{\"a\":3}\nrubbish\n{\"a\":\"cut\n{\"a\":6}\n";
    same(text, &[r#":1:{"a":1}"#, "broken:2", r#":3:{"a":3}"#, "broken:4", "broken:5", r#":6:{"a":6}"#]);
}

#[test]
fn in_an_array_with_an_element_a_line_the_next_element_is_found() {
    let text = "[\n  {\"a\":1},\n  {\"a\":[2},\n  {\"a\":\"3},\n  {\"a\":4}\n]\n";
    same(text, &[r#":1:{"a":1}"#, "broken:2", "broken:3", r#":4:{"a":4}"#]);
}

#[test]
fn a_file_that_was_cut_off_says_so_once() {
    same(r#"[{"a":1},{"a":"#, &[r#":1:{"a":1}"#, "broken:2"]);
    same(r#"[{"a":1},{"a":}]"#, &[r#":1:{"a":1}"#, "broken:2"]);
}

#[test]
fn nulls_and_nothing_are_nothing() {
    same("null\n", &[]);
    same("", &[]);
    same("\u{feff}", &[]);
}

#[test]
fn a_record_that_is_too_large_is_left_out_in_bounded_memory() {
    let text = format!(r#"[{{"a":"{}"}},{{"a":2}}]"#, "x".repeat(LONGEST_RECORD + 10));
    let found = pieces(&text, 1 << 16);
    assert_eq!(found, ["broken:1", r#":2:{"a":2}"#]);
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_to_an_end(text in r#"[\[\]{}",:\\\na1 ]{0,60}"#, chunk in 1usize..9) {
        let found = pieces(&text, chunk);
        prop_assert!(found.len() <= text.len() + 1);
    }
}
