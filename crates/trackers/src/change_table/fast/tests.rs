//! Both readers tell the same, whatever a table holds.

use std::io::Cursor;

use headway_domain::work::Record;
use proptest::prelude::*;

use super::*;
use crate::{
    container::{Sample, Utf8},
    dialect,
};

/// What is compared: line and reason of problems, everything of rows.
type Told = Result<(String, Option<Instant>, Option<String>, Option<String>), (u64, Problem)>;

fn fast(text: &[u8], dialect: &Dialect) -> Option<Vec<Told>> {
    let mut told = Vec::new();
    let done = scan(text, dialect, |row| {
        told.push(row.map(|row| {
            let change = row.change.map(|it| format!("{} {:?} {:?} {:?}", it.at, it.field, it.from, it.to));
            let owned = |text: Option<&str>| text.map(str::to_owned);
            (row.key.to_owned(), row.created_at, owned(row.group), change)
        }));
    });
    done.ok().map(|()| told)
}

fn general(text: &[u8], dialect: &Dialect) -> Vec<Told> {
    let reader = Box::new(Utf8::new(Cursor::new(text.to_vec()), dialect));
    crate::change_table::rows(reader, "file".to_owned(), dialect)
        .map(|row| match row.record {
            Ok(Record::Item(item)) => {
                let change = item.changes.first();
                let change = change.map(|it| format!("{} {:?} {:?} {:?}", it.at, it.field, it.from, it.to));
                Ok((item.key, item.created_at, item.group, change))
            }
            Ok(other) => panic!("{other:?}"),
            Err(problem) => Err((row.location.line, problem)),
        })
        .collect()
}

fn assert_same(text: &[u8]) {
    let dialect = dialect::detect(&String::from_utf8_lossy(text), dialect::encoding_of(text));
    assert_eq!(fast(text, &dialect).unwrap(), general(text, &dialect), "{}", String::from_utf8_lossy(text));
}

const HEAD: &str = "item,team,type,created,at,from,to\n";

#[test]
fn plain_rows_are_the_same() {
    let rows = "1,A,Story,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,Ready,Doing\n\
        2,,?,,2024-01-02T00:00:00.5+01:00, Ready ,Doing\r\n\n \n3,A,B\n4,A,B,x,2024-01-02,a,b\n5,A,B,,,,\n\
        6,A,B,2024-01-01,,,\n7,A,B,2024-01-01,2024-01-02,a,a\n8,A,B,2024-01-01,2024-01-02,a,b,c\n9,A,B,2024-01-01,2024-01-02,a,b";
    assert_same(format!("{HEAD}{rows}").as_bytes());
    assert_same(format!("\u{feff}{HEAD}{rows}").as_bytes());
    assert_same(
        "ticket,time,field,old,new\n1,2006-06-09T03:21:00Z,keywords,a,a b\n1,2006-06-09,,a,b\n".as_bytes(),
    );
}

#[test]
fn odd_rows_are_the_same() {
    let rows = [
        "1,A,Story,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,Ready,Doing",
        "1,A,Story,2024-01-01T00:00:00Z,2023-12-31T23:59:60Z,Doing,Ready",
        "1,A,Story,2024-01-01T00:00:00+0100,2024-01-02 05:00:00.123456-08:00,Ready,Nothing",
        "2,\"A, B\",Story,2024-02-30T00:00:00Z,2024-01-02T00:00:00Z,Ready,Doing",
        "2,B,Story,2024-02-29T24:00:00Z,2024-01-02T24:00:01Z,Ready,Doing",
        "2,null,Story,,2024-01-02T00:00:00Z,NaN,undefined",
        "3,Une,Story,,2024-01-02T00:00:00Z,N/A,Nat",
        ",B,Story,2024-01-01,2024-01-02,Ready,Doing",
        "4,B,Story,2024-01-01,soon,Ready,Doing",
        "4,B,Story,2024-01-01,2024-01-02,Ready,Doing,,",
        "5,B",
        "5,B,Story,2024-01-01,2024-01-02,a\rb,c,d",
        "6,Z\u{fc}rich,Story,2024-01-01,2024-01-02,\u{a0}Ready\u{a0},D\u{f6}ing",
        "   ",
        "",
        "\r",
    ];
    for end in ["\n", "\r\n", "\r\r\n", " \n"] {
        for start in ["", "\u{feff}"] {
            let text = format!("{start}{HEAD}{}", rows.join(end));
            assert_same(text.as_bytes());
            // The rows in front of a piece's end, and none of them quoted.
            let long = rows.iter().filter(|row| !row.contains('"')).copied().collect::<Vec<_>>().join(end);
            let text = format!("{start}{HEAD}{}", format!("{long}{end}").repeat(200));
            assert_same(text.as_bytes());
        }
    }
}

#[test]
fn long_lines_and_wide_tables_are_the_same() {
    let wide: Vec<String> = (0..300).map(|ix| format!(",c{ix}")).collect();
    let wide = wide.concat();
    let cells = ",x".repeat(300);
    let text = format!(
        "item,at,from,to{wide}\n1,2024-01-01,a,b{cells}\n2,2024-01-01,a,b\n3,2024-01-01,a,b{cells},y\n"
    );
    assert_same(text.as_bytes());
    let long = "x".repeat(3 << 20);
    assert_same(
        format!("{HEAD}1,A,x,,2024-01-02,a,b\n2,A,{long},,2024-01-02,a,b\n3,A,x,,2024-01-02,a,b\n")
            .as_bytes(),
    );
}

#[test]
fn quotes_and_broken_letters_are_the_same() {
    let row = |ix: usize| format!("{ix},A,Story,2024-01-01,2024-01-02,\"Rea\ndy\",Doing\n");
    let plain = |ix: usize| format!("{ix},A,Story,2024-01-01,2024-01-02,Ready,Doing\n");
    // Several pieces, of which some have quotes, one of them across the border.
    let mut text = HEAD.to_owned();
    for ix in 0..12_000 {
        text += &if (3_000..3_100).contains(&ix) || ix % 5_000 == 17 { row(ix) } else { plain(ix) };
    }
    text += ",,,\n";
    assert_same(text.as_bytes());
    let mut broken = text.clone().into_bytes();
    broken[100] = 0xff;
    broken[300_000] = 0xff;
    assert_same(&broken);
}

#[test]
fn logs_and_other_encodings_go_through_the_general_reader() {
    assert_same(b"case,activity,timestamp\n1,a,2024-01-01\n1,b,2024-01-02\n");
    let text = "item;at;from;to\n1;2.1.2024;Z\u{fc};B\n";
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    assert_same(&latin);
    let sample = Sample::new("x", b"name,colour\nx,y\n", true);
    assert!(fast(b"name,colour\nx,y\n", &sample.dialect).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_the_same(cells in prop::collection::vec(prop::sample::select(vec![
        "1", "A", "2024-01-02", "2024-01-02T03:04:05Z", "x y", "?", " ", "", "\"", "\"a,\nb\"", "\u{fc}", "null",
    ]), 0..80), breaks in prop::collection::vec(0..80_usize, 0..14), head in prop::sample::select(vec![
        "item,created,at,from,to\n", "ticket,time,field,old,new\n", "id,id,at,from,to\n", "item,at,to,from,\n",
    ])) {
        let mut text = head.to_owned();
        for (ix, cell) in cells.iter().enumerate() {
            text += cell;
            text += if breaks.contains(&ix) { "\n" } else { "," };
        }
        let dialect = Dialect { delimiter: Some(b','), ..Dialect::plain() };
        prop_assert_eq!(fast(text.as_bytes(), &dialect).unwrap(), general(text.as_bytes(), &dialect));
    }
}
