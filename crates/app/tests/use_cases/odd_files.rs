//! Files that are not as they should be: bad rows are reported and stop nobody, a wrong file gets one sentence.

use headway_app::work::import::{self, Finding, ReportFilter};
use headway_domain::work::{ImportState, Step};
use headway_testkit::app::for_each_app;

#[tokio::test]
async fn bad_rows_are_reported_and_stop_nobody() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let tickets = "ticket,title,component,status,created\n\
                       A,First,Kestrel,Done,2026-03-01\n\
                       B,Second,Kestrel,Open,the other day\n\
                       ,Nameless,Kestrel,Open,2026-03-02\n\
                       C,Third,Kestrel,Open,2026-03-03\n";
        let changes = "ticket,changed at,field,from,to\n\
                       A,2026-03-02,status,Open,Doing\n\
                       A,soon,status,Doing,Done\n\
                       A,2026-03-05,status,Doing,Done\n\
                       C,2026-03-05,status,,\n";
        let files = [("tickets.csv", tickets), ("changes.csv", changes)];
        let done = t.import_files(&works, &files, ImportState::Review).await;
        assert_eq!((done.import.counts.added, done.import.counts.failed), (2, 3));
        let filter = ReportFilter { finding: Some(Finding::Unreadable), ..ReportFilter::default() };
        let report = import::report(&t.owner(), &t.app, done.import.id, filter, 0, 100).await.unwrap();
        let places: Vec<_> = report
            .iter()
            .map(|(_, entry)| {
                let at = entry.location.as_ref().unwrap();
                (at.file.as_str(), at.line, entry.key.as_deref())
            })
            .collect();
        assert_eq!(
            places,
            [("tickets.csv", 3, Some("B")), ("tickets.csv", 4, None), ("changes.csv", 3, Some("A"))]
        );
        assert!(report.iter().all(|(_, entry)| entry.text.len() > 10), "each says why: {report:?}");

        // Page by page the same.
        let mut seqs = Vec::new();
        let mut after = 0;
        while let Some((seq, _)) =
            import::report(&t.owner(), &t.app, done.import.id, filter, after, 1).await.unwrap().pop()
        {
            seqs.push(seq);
            after = seq;
        }
        assert_eq!(seqs, report.iter().map(|(seq, _)| *seq).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn the_same_report_after_every_dry_run() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let tickets = "ticket,component,status,created,closed\n\
                       A,K,Done,2026-03-01,2026-03-02\nB,K,Open,2026-03-01,\n";
        let ready = t.import_files(&works, &[("t.csv", tickets)], ImportState::Ready).await;
        let quality = import::quality(&t.owner(), &t.app, ready.import.id).await.unwrap();
        assert_eq!(quality.counts.never_started, 1);
        for _ in 0..2 {
            t.step(ready.import.id, Step::DryRun).await.unwrap();
            let again = import::quality(&t.owner(), &t.app, ready.import.id).await.unwrap();
            assert_eq!((again.findings, again.counts), (quality.findings.clone(), quality.counts));
        }
        t.step(ready.import.id, Step::Start).await.unwrap();
        let stored = import::quality(&t.owner(), &t.app, ready.import.id).await.unwrap();
        assert_eq!((stored.findings, stored.counts), (quality.findings, quality.counts));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_gets_one_clear_sentence() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let facts = t.facts().await;
        let files = [
            ("broken.json", "{\"issues\": [{\"key\": "),
            ("holiday.csv", "\u{fffd}\u{1}\u{2}\u{3}PNG"),
            ("empty.csv", ""),
            ("prose.csv", "Once upon a time there was a table.\nIt had no columns at all, and no dates.\n"),
            ("head.csv", "ticket,title,status,created\n"),
        ];
        for (name, text) in files {
            let view = t.import_files(&works, &[(name, text)], ImportState::Abandoned).await;
            let reason = view.import.trouble.unwrap();
            assert!(reason.len() > 15 && reason.lines().count() == 1, "{name}: {reason:?}");
            assert!(!import::folder_for(&t.app, view.import.id).exists(), "{name} is kept for nobody");
        }
        assert_eq!(t.facts().await, facts);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_file_beside_a_right_one_is_left_out() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let table = "ticket,title,status,created\n1,One,Open,2026-03-01\n";
        let files = [("right.csv", table), ("wrong.bin", "\u{0}\u{1}\u{2}")];
        let view = t.import_files(&works, &files, ImportState::Approved).await;
        assert_eq!(view.import.counts.added, 1);
        let reasons: Vec<_> =
            view.files.iter().map(|file| (file.name.as_str(), file.reason.is_some())).collect();
        assert_eq!(reasons, [("right.csv", false), ("wrong.bin", true)]);
    })
    .await;
}

#[tokio::test]
async fn texts_that_a_database_does_not_like_are_stored() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let table = "ticket,title,component,status,created\n\
                     a\u{1}b,\"bell \u{7} and \u{1b}[2J\",\"Kes\u{1}trel\",Op\u{7f}en,2026-03-01\n\
                     😀,\"'; drop table work_item; --\",Kestrel,\"Do'ne\"\"\",0203-01-01\n";
        let view = t.import_files(&works, &[("od\u{0}d.csv", table)], ImportState::Approved).await;
        assert_eq!(view.import.counts.added + view.import.counts.failed, 2);
    })
    .await;
}
