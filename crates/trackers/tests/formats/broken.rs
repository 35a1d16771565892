//! Files that are not what they say, packed files and archives, unusual encodings.

use std::io::Write;

use headway_domain::work::{Oddity, Record};
use headway_trackers::{DateOrder, Format, read, recognise};

use crate::{file, items, odd, problems, rows, source};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn a_file_that_is_not_what_it_says_gets_one_clear_sentence() {
    for (name, bytes, says) in [
        ("export.csv", &b"%PDF-1.7 x"[..], "a PDF document"),
        ("export.csv", b"PK\x03\x04\x14\0", "save the sheet as CSV"),
        ("export.csv", b"\x89PNG\r\n\x1a\n", "an image"),
        ("export.csv", b"", "the file is empty"),
        ("export.csv", b"\n  \n", "the file is empty"),
        ("export.json", b"<!DOCTYPE html><html><body>Sign in</body></html>", "sign-in page"),
        ("export.csv", b"\x01\x02\x03\x04\x05\x06\x07\x08", "no text"),
        ("export.csv", b"name,colour\nx,red\ny,blue\n", "the columns are \"name\", \"colour\""),
        ("export.json", b"{\"hello\": 1}", "of no tracker"),
        ("export.xml", b"<?xml version=\"1.0\"?><rss/>", "no XES event log"),
        ("notes.txt", b"Dear all", "in no format"),
        ("export.csv", b"2024-01-01,1\n2024-01-02,2\n", "does not name the columns"),
        ("export.csv.gz", &gzip(b"id,created\n1,2024-01-01\n")[..20], "breaks off"),
    ] {
        let (_folder, input) = file(name, bytes);
        let reason = recognise(&input).unwrap_err().reason;
        assert!(reason.contains(says), "{name}: {reason}");
    }
    let gone = headway_trackers::Input { name: "x".to_owned(), path: "/no/such/file".into() };
    assert_eq!(recognise(&gone).unwrap_err().reason, "there is no such file");
}

#[test]
fn a_long_packed_file_that_breaks_off_gives_what_it_has() {
    use std::fmt::Write as _;
    let mut text = "id,created,title\n".to_owned();
    for row in 0..200_000_u32 {
        writeln!(text, "{row},2024-01-01,{:x}", row.wrapping_mul(2_654_435_761)).unwrap();
    }
    let packed = gzip(text.as_bytes());
    let (_folder, input) = file("long.csv.gz", &packed[..packed.len() - 1_000]);
    let rows = rows(&source(&input));
    let problems = problems(&rows);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].1.reason.contains("breaks off"));
    assert!(items(&rows).len() > 150_000);
}

#[test]
fn members_of_an_archive_are_read_by_format() {
    let table = b"id,status,created\n1,open,2024-01-01\n";
    let more = b"id,status,created\n2,done,2024-01-02\n";
    let changes = b"ticket,time,field,old,new\n1,2024-01-03T00:00:00Z,status,open,done\n";
    let packed = gzip(more);
    let bytes = archive(&[
        ("x/a.csv", table),
        ("x/readme.txt", b"hello"),
        ("x/changes.csv", changes),
        ("x/b.csv.gz", &packed),
    ]);
    for bytes in [gzip(&bytes), bytes] {
        let (_folder, input) = file("all.tar.gz", &bytes);
        let contents = recognise(&input).unwrap();
        assert_eq!(contents.left_out.len(), 1);
        assert_eq!(contents.left_out[0].member, "x/readme.txt");
        let formats: Vec<_> = contents.sources.iter().map(|it| it.recognised.format).collect();
        assert_eq!(formats, [Format::ItemTable, Format::ChangeTable]);
        let rows = rows(&contents.sources[0]);
        assert_eq!(items(&rows).iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(rows[1].location.file, "all.tar.gz/x/b.csv.gz");
        assert_eq!(rows[1].location.line, 2);
    }
}

#[test]
fn encodings_are_found() {
    let text = "id;title;opened\n1;Z\u{fc}rich;31.12.2023\n2;Gen\u{e8}ve;1.2.2024\n";
    let utf_16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for (bytes, encoding) in
        [(text.as_bytes().to_vec(), "UTF-8"), (utf_16, "UTF-16LE"), (latin, "windows-1252")]
    {
        let (_folder, input) = file("export.csv", &bytes);
        let source = source(&input);
        assert_eq!(source.recognised.dialect.encoding, encoding);
        assert_eq!(source.recognised.dialect.delimiter, Some(b';'));
        assert_eq!(source.recognised.dialect.date_order, DateOrder::DayFirst);
        let rows = rows(&source);
        assert_eq!(items(&rows)[0].title.as_deref(), Some("Z\u{fc}rich"));
        assert_eq!(items(&rows)[0].created_at.unwrap().to_string(), "2023-12-31T00:00:00Z");
    }
}

#[test]
fn a_person_may_correct_the_dialect() {
    let (_folder, input) = file("export.csv", b"id,created\n1,3/4/2024\n");
    let mut source = source(&input);
    assert!(!source.recognised.dialect.date_order_is_certain);
    source.recognised.dialect.date_order = DateOrder::MonthFirst;
    source.recognised.dialect.zone = headway_domain::time::Zone::named("America/New_York").unwrap();
    let created = items(&rows(&source))[0].created_at.unwrap();
    assert_eq!(created.to_string(), "2024-03-04T05:00:00Z");
}

#[test]
fn bad_rows_are_told_with_their_line_and_stop_nothing() {
    let text = "ticket,time,field,old,new\n\
        1,2024-01-03T00:00:00Z,status,open,done\n\
        ,2024-01-03T00:00:00Z,status,open,done\n\n\
        2,never,status,open,done\n\
        3,2024-01-03T00:00:00Z,,open,done\n\
        4,2024-01-03T00:00:00Z,status,done,done\n\
        5,2024-01-03T00:00:00Z,status,?,done,\n\
        6,2024-01-03T00:00:00Z,status,open,\"done\nand dusted\"\n\
        7\n";
    let (_folder, input) = file("changes.csv", text.as_bytes());
    let rows = rows(&source(&input));
    let told = problems(&rows);
    assert_eq!(told.iter().map(|it| it.0).collect::<Vec<_>>(), [3, 5, 6, 11]);
    assert_eq!(told[1].1.key.as_deref(), Some("2"));
    assert_eq!(odd(&rows, Oddity::NoOpChange), 1);
    assert_eq!(odd(&rows, Oddity::UnknownValue), 1);
    assert_eq!(items(&rows).len(), 4);
}

#[test]
fn reading_again_gives_the_same_in_the_same_order() {
    let (_folder, input) = file("a.csv", b"id,created\n2,2024-01-02\n1,2024-01-01\n3,x\n");
    let source = source(&input);
    let once: Vec<_> = read(&source).unwrap().collect();
    assert_eq!(once, read(&source).unwrap().collect::<Vec<_>>());
    assert!(matches!(once[0].record, Ok(Record::Item(_))));
}
