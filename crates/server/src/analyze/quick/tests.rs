//! Whether rows stand together or anywhere, and however they are written: the same items are counted.

use std::io::Write;

use headway_domain::time::Zone;

use super::*;

/// Rows by item: out of time order, with offsets, broken, without creation, with a long key, changing nothing.
const ROWS: &[&str] = &[
    "PAY-1,Kestrel,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,To do,Doing",
    "PAY-1,Kestrel,2024-01-01T08:00:00Z,2024-01-05T01:30:00+02:00,Doing,Done",
    "PAY-1,Kestrel,2024-01-01T08:00:00Z,2024-01-03 08:00:00.5,Doing,Review",
    "PAY-2,Osprey,,2024-01-04T08:00:00Z,To do,Doing",
    "PAY-2,Osprey,,never,Doing,Done",
    "PAY-2,Osprey,,2024-01-09T08:00:00Z,Doing,Doing",
    "PAY-10,,2024-01-01,2024-01-02,Done,Doing",
    "PAY-10,,2024-01-01,,,",
    "an item with a long name,Kestrel,2024-01-06,2024-01-07,To do,Done",
    "PAY-11,Kestrel,2024-01-06,2031-01-07,To do,Done",
    "PAY-12,Kestrel,2024-01-06,,,",
    "Z\u{fc}-3,Osprey,2024-01-06,2024-01-08T24:00:00Z,To do,Doing",
];

fn told(rows: &[String], end: &str, is_together: bool) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "item,team,created,at,from,to{end}{}", rows.join(end)).unwrap();
    let dialect = Dialect { delimiter: Some(b','), zone: Zone::utc(), ..Dialect::plain() };
    let day = |text: &str| text.parse().unwrap();
    let way = Way {
        dialect: &dialect,
        hints: &[],
        mapping: None,
        workflow: &Workflow::from_mapping,
        team: &|_, group| Some(group.to_owned()),
        days: Days { from: None, until: day("2024-02-01"), today: None },
        now: "2024-02-01T00:00:00Z".parse().unwrap(),
    };
    let counted = if is_together {
        let mut mapping = guess(file.path(), &way).unwrap().0;
        loop {
            match read_together(file.path(), &way, &mapping).unwrap() {
                Outcome::Counted(counted) => break *counted,
                Outcome::Remapped(proposal) => mapping = proposal,
                Outcome::Mixed | Outcome::Unfit => panic!("{rows:?}"),
            }
        }
    } else {
        read_scattered(file.path(), &way, None).unwrap().unwrap()
    };
    let tally = &counted.tally;
    let mut open: Vec<&str> = tally.open.iter().map(|it| tally.label(it)).collect();
    open.sort_unstable();
    let mut teams: Vec<_> = tally
        .teams
        .iter()
        .map(|it| format!("{} {} {:?}", it.name, it.in_progress, it.finished_on.days()))
        .collect();
    teams.sort_unstable();
    format!(
        "{:?} {} {} {} {:?} {:?} {open:?} {teams:?} {:?} {:?} {:?}",
        tally.standings,
        counted.changes,
        counted.state_changes,
        counted.unreadable,
        counted.span,
        counted.mapping.stages,
        tally.created.days(),
        tally.cycle_times.summary(),
        tally.oddities(),
    )
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let rows: Vec<String> = ROWS.iter().map(|it| (*it).to_owned()).collect();
    let expected = told(&rows, "\n", true);
    assert!(expected.starts_with("Standings { items: 7,"), "{expected}");
    let quoted: Vec<String> = rows
        .iter()
        .map(|row| row.split(',').map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(","))
        .collect();
    // Items in another order, and their rows in the same.
    let mixed: Vec<String> = rows
        .iter()
        .filter(|row| !row.contains("PAY-1,") && !row.contains("PAY-2,"))
        .chain(rows.iter().filter(|row| row.contains("PAY-1,") || row.contains("PAY-2,")))
        .cloned()
        .collect();
    for end in ["\n", "\r\n"] {
        for rows in [&rows, &quoted, &mixed] {
            assert_eq!(told(rows, end, true), expected);
            assert_eq!(told(rows, end, false), expected);
        }
    }
    // The rows of two items between those of all others.
    let is_first = |row: &&String| row.starts_with("PAY-1,") || row.starts_with("PAY-2,");
    let others = rows.iter().filter(|row| !is_first(row));
    let pairs = rows.iter().filter(is_first).zip(others).flat_map(|(a, b)| [a, b]);
    let spread: Vec<String> = pairs.cloned().collect();
    assert_eq!(spread.len(), rows.len());
    assert_eq!(told(&spread, "\n", false), expected);
}
