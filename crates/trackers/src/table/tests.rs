//! What tables are read as.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn table(text: &str) -> Table {
    let dialect = Dialect { delimiter: crate::dialect::delimiter_of(text), ..Dialect::plain() };
    Table::open(Box::new(Cursor::new(text.to_owned())), &dialect).unwrap()
}

fn rows(text: &str) -> Vec<(u64, Vec<String>, Vec<Oddity>)> {
    let mut table = table(text);
    let mut rows = Vec::new();
    while let Some(row) = table.next_row() {
        let row = row.unwrap();
        rows.push((row.line, row.record.iter().map(str::to_owned).collect(), row.oddities.clone()));
    }
    rows
}

#[test]
fn lines_are_those_of_the_file() {
    let rows = rows("id,text\r\n1,\"two\r\nlines\"\r\n\r\n2,x\r\n");
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(rows[0].1[1].trim(), "two\r\nlines");
}

#[test]
fn a_quote_that_is_left_open_starts_where_it_starts() {
    assert_eq!(rows("a,b\n1,2\n3,\"x\n").iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(rows("a,b\n1,2\n\n3,x").iter().map(|row| row.0).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn unquoted_delimiters_are_put_together_where_the_others_fit() {
    let rows =
        rows("board,name,points,opened\n5,Sprint 1,3,2024-01-02\n5,Fix, test, ship,4,2024-01-03\n6,A,7,\n");
    assert_eq!(rows[1].1, ["5", "Fix, test, ship", "4", "2024-01-03"]);
    assert_eq!(rows[1].2, [Oddity::UnquotedDelimiter]);
    assert_eq!(rows[0].2, []);
}

#[test]
fn padding_is_no_unquoted_delimiter() {
    assert_eq!(rows("a,b\n1,2,,\n")[0].2, []);
    assert_eq!(rows("a,b,,\n1,2,,\n")[0].1, ["1", "2"]);
}

#[test]
fn unknown_values_are_empty() {
    let mut table = table("a,b,c\n?,N/A, x \n");
    let cells = table.next_row().unwrap().unwrap();
    assert_eq!((cells.get(0), cells.get(1), cells.get(2), cells.get(3)), (None, None, Some("x"), None));
    assert_eq!(cells.oddities, [Oddity::UnknownValue]);
}

#[test]
fn columns_of_one_name_are_put_together() {
    let mut table = table("id,label,label\n1,,x\n");
    let columns: Vec<_> = table.sample().head.find_all("label").collect();
    assert_eq!(columns, [1, 2]);
    let cells = table.next_row().unwrap().unwrap();
    assert_eq!(cells.any(&columns), Some("x"));
    assert_eq!(cells.oddities, [Oddity::DuplicateColumn]);
}

#[test]
fn columns_are_told_apart() {
    use ColumnKind::{Date, Empty, Number, Text};
    let table = table("id;when;points;nothing;title\n1;1.2.2024;1,5;;a\n2;3.4.2024;2;;3\n");
    assert_eq!(table.sample().kinds, [Number, Date, Number, Empty, Text]);
}

proptest! {
    #[test]
    fn any_text_ends(text in "[a-c,;\"\n\r ?0-9]{0,300}", delimiter in prop::sample::select(vec![b',', b';', b'\t'])) {
        let dialect = Dialect { delimiter: Some(delimiter), ..Dialect::plain() };
        if let Ok(mut table) = Table::open(Box::new(Cursor::new(text.clone())), &dialect) {
            let mut count = 0;
            while let Some(row) = table.next_row() {
                prop_assert!(row.is_ok());
                count += 1;
                prop_assert!(count <= text.len());
            }
        }
    }
}
