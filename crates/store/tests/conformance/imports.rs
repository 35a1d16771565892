//! Import runs and their reports.

use std::collections::{BTreeMap, BTreeSet};

use headway_domain::work::{
    BlockedRule, Category, Census, Counts, Disposition, GroupRule, Import, ImportState, ItemRecord, KindRule,
    Location, Mapping, Oddity, Severity, Stage, StateRule, WorkType,
};
use headway_store::{Error, Finding, ImportRun, ReportEntry, ReportFilter};
use headway_testkit::database::for_each_database;
use serde_json::json;

use crate::fixtures::{at, organisation, run, team, tracker};

fn mapped() -> (Mapping, Census) {
    let mapping = Mapping {
        stages: vec![Stage { name: "Doing".to_owned(), category: Category::Active }],
        states: vec![StateRule { state: "In \"work\"".to_owned(), stage: "Doing".to_owned() }],
        kinds: vec![KindRule { kind: "Bug".to_owned(), work_type: WorkType::Defect }],
        groups: vec![
            GroupRule { group: "A".to_owned(), to: Disposition::Team(team(2)) },
            GroupRule { group: "B".to_owned(), to: Disposition::NewTeam("Bees".to_owned()) },
            GroupRule { group: "C".to_owned(), to: Disposition::Skip },
        ],
        blocked: BlockedRule { flags: vec!["x".to_owned()], links: true, ..BlockedRule::default() },
        cancelled_resolutions: vec!["Won't do".to_owned()],
    };
    let mut census = Census::default();
    census.add(&ItemRecord {
        key: "1".to_owned(),
        state: Some("Doing".to_owned()),
        kind: Some("Bug".to_owned()),
        created_at: Some(at(3)),
        labels: vec!["l".to_owned()],
        ..ItemRecord::default()
    });
    census.hint("Doing", Category::Active);
    (mapping, census)
}

#[tokio::test]
async fn an_import_is_kept_whole() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        let first = run(1, ImportState::Checking);
        tx.insert_import(&first).await.unwrap();
        assert_eq!(tx.import_run(first.import.id).await.unwrap(), Some(first.clone()));
        let (mapping, census) = mapped();
        let now = ImportRun {
            import: Import {
                state: ImportState::Mapping,
                unit: team(2),
                updated_at: at(8),
                counts: Counts { read: 1, added: 2, commits: 3, ..Counts::default() },
                forecast: Some(Counts { unchanged: 4, ..Counts::default() }),
                position: 5,
                total: Some(6),
                trouble: Some("the disk is full".to_owned()),
                ..first.import.clone()
            },
            mapping: Some(mapping),
            census: Some(census),
            files: json!([]),
            options: json!(null),
        };
        tx.update_import(&first.import, &now).await.unwrap();
        assert_eq!(tx.import_run(first.import.id).await.unwrap(), Some(now.clone()));
        assert_eq!(tx.import(first.import.id).await.unwrap(), Some(now.import.clone()));
        let paused = Import { state: ImportState::Abandoned, trouble: None, ..now.import.clone() };
        tx.update_import_state(&now.import, &paused).await.unwrap();
        let after = tx.import_run(first.import.id).await.unwrap().unwrap();
        assert_eq!(after, ImportRun { import: paused, ..now });
    })
    .await;
}

#[tokio::test]
async fn of_two_steps_of_one_import_the_second_is_stale() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = run(1, ImportState::Running);
        let was = run.import.clone();
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&run).await.unwrap();
        let paused = Import { state: ImportState::Paused, ..was.clone() };
        tx.update_import_state(&was, &paused).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let review = Import { state: ImportState::Review, ..was.clone() };
        assert!(matches!(tx.update_import_state(&was, &review).await, Err(Error::Stale)));
        let remapped = ImportRun { import: review, ..run };
        assert!(matches!(tx.update_import(&was, &remapped).await, Err(Error::Stale)));
        assert_eq!(tx.import(was.id).await.unwrap(), Some(paused));
    })
    .await;
}

#[tokio::test]
async fn imports_are_listed_newest_first() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        for n in 1..=5 {
            let state = if n == 4 { ImportState::RolledBack } else { ImportState::Review };
            tx.insert_import(&run(n, state)).await.unwrap();
        }
        let numbers = |imports: Vec<Import>| -> Vec<u128> {
            imports.into_iter().map(|it| it.id.0.as_u128() - 500).collect()
        };
        assert_eq!(tx.import_units(tracker()).await.unwrap(), [team(1)]);
        assert!(tx.imports(Some(&[]), None, 9).await.unwrap().is_empty());
        assert_eq!(tx.imports(Some(&[team(1)]), None, 9).await.unwrap().len(), 5);
        assert!(tx.imports(Some(&[team(2)]), None, 9).await.unwrap().is_empty());
        let first = tx.imports(None, None, 2).await.unwrap();
        let last = first.last().map(|it| (it.created_at, it.id));
        assert_eq!(numbers(first), [5, 4]);
        assert_eq!(numbers(tx.imports(None, last, 9).await.unwrap()), [3, 2, 1]);
        let second = tx.import(run(2, ImportState::Review).import.id).await.unwrap().unwrap();
        assert_eq!(numbers(tx.imports_after(&second).await.unwrap()), [3, 5]);
        assert_eq!(tx.imports_under_way(second.tracker).await.unwrap(), []);
        let paused = Import { state: ImportState::Paused, ..second.clone() };
        tx.update_import_state(&second, &paused).await.unwrap();
        assert_eq!(tx.imports_under_way(second.tracker).await.unwrap(), [paused]);
    })
    .await;
}

fn entry(finding: Finding, line: u64) -> ReportEntry {
    ReportEntry {
        finding,
        location: Some(Location { file: "a.csv".to_owned(), line }),
        key: Some("PAY-1".to_owned()),
        text: format!("line {line}"),
    }
}

#[tokio::test]
async fn a_report_is_read_page_by_page() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = run(1, ImportState::Running);
        let id = run.import.id;
        let odd = Finding::Odd(Oddity::Reopened);
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&run).await.unwrap();
        let counts = BTreeMap::from([(Finding::Unreadable, 1), (odd, 40)]);
        tx.append_report(id, &[entry(odd, 1), entry(Finding::Unreadable, 2)], &counts).await.unwrap();
        let nowhere = ReportEntry { location: None, key: None, ..entry(odd, 3) };
        tx.append_report(id, std::slice::from_ref(&nowhere), &BTreeMap::from([(odd, 2)])).await.unwrap();
        tx.append_report(id, &[], &BTreeMap::new()).await.unwrap();

        let all = tx.report(id, ReportFilter::default(), 0, 10).await.unwrap();
        let expected = [(1, entry(odd, 1)), (2, entry(Finding::Unreadable, 2)), (3, nowhere.clone())];
        assert_eq!(all, expected);
        assert_eq!(tx.report(id, ReportFilter::default(), 1, 1).await.unwrap(), expected[1..2]);
        let errors = ReportFilter { severity: Some(Severity::Error), finding: None };
        assert_eq!(tx.report(id, errors, 0, 10).await.unwrap(), expected[1..2]);
        let reopened = ReportFilter { severity: None, finding: Some(odd) };
        assert_eq!(tx.report(id, reopened, 1, 10).await.unwrap(), expected[2..]);
        assert_eq!(tx.oddities(id).await.unwrap(), BTreeMap::from([(Finding::Unreadable, 1), (odd, 42)]));

        tx.delete_findings(id, &[odd, Finding::Odd(Oddity::TextCut)]).await.unwrap();
        assert_eq!(tx.report(id, ReportFilter::default(), 0, 10).await.unwrap(), expected[1..2]);
        assert_eq!(tx.oddities(id).await.unwrap(), BTreeMap::from([(Finding::Unreadable, 1)]));
        tx.delete_report(id).await.unwrap();
        assert_eq!(tx.report(id, ReportFilter::default(), 0, 10).await.unwrap(), []);
        assert!(tx.oddities(id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn old_reports_of_imports_that_are_over_go() {
    for_each_database(async |db| {
        organisation(&db).await;
        let odd = Finding::Odd(Oddity::Reopened);
        let counts = BTreeMap::from([(odd, 40)]);
        let mut tx = db.begin().await.unwrap();
        let states = [ImportState::Approved, ImportState::Review, ImportState::Abandoned];
        for (state, n) in states.into_iter().zip(1..) {
            let run = run(n, state);
            tx.insert_import(&run).await.unwrap();
            tx.append_report(run.import.id, &[entry(odd, 1)], &counts).await.unwrap();
        }
        assert_eq!(tx.delete_reports_before(at(3)).await.unwrap(), 1);
        let mut left = Vec::new();
        for n in 1..=3 {
            let id = run(n, ImportState::Review).import.id;
            left.push(tx.report(id, ReportFilter::default(), 0, 10).await.unwrap().len());
            assert_eq!(tx.oddities(id).await.unwrap(), counts, "what was counted stays");
        }
        assert_eq!(left, [0, 1, 1]);
    })
    .await;
}

#[test]
fn findings_have_codes_of_their_own() {
    let findings: Vec<_> = Oddity::ALL.into_iter().map(Finding::Odd).chain([Finding::Unreadable]).collect();
    assert_eq!(findings.iter().map(|it| it.code()).collect::<BTreeSet<_>>().len(), findings.len());
    for finding in findings {
        assert_eq!(Finding::from_code(finding.code()), Some(finding));
    }
}
