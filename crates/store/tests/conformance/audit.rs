//! The audit log.

use futures::TryStreamExt;
use headway_domain::{
    governance::audit::{Broken, Checker, Doer},
    id::PersonId,
};
use headway_store::{AuditFilter, Db, NewAudit};
use headway_testkit::database::{Place, for_each_database, for_each_place};
use serde_json::json;
use uuid::Uuid;

use crate::fixtures::{at, team};

fn act(n: i64) -> NewAudit {
    NewAudit {
        at: at(n),
        doer: Doer::Person {
            person: Uuid::from_u128(n.unsigned_abs().into()),
            via: Some(Uuid::from_u128(7)),
        },
        action: if n % 2 == 0 { "unit.created" } else { "unit.deleted" }.to_owned(),
        subject_kind: "unit".to_owned(),
        subject: format!("{n}"),
        unit: (n > 2).then(|| team(u128::from(n.unsigned_abs()))),
        detail: json!({ "n": n, "text": "a\u{0}b" }),
    }
}

async fn write(db: &Db, count: i64) {
    for n in 1..=count {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.insert_audit(&act(n)).await.unwrap(), n);
        tx.commit().await.unwrap();
    }
}

async fn verify(db: &Db) -> Result<(), Broken> {
    let mut reader = db.read().await.unwrap();
    let count = reader.count_audit().await.unwrap();
    let mut checker = Checker::default();
    let mut chain = reader.audit_chain();
    while let Some(entry) = chain.try_next().await.unwrap() {
        checker.check(&entry)?;
    }
    checker.end(count)
}

#[tokio::test]
async fn entries_form_a_chain() {
    for_each_database(async |db| {
        assert_eq!(verify(&db).await, Ok(()));
        write(&db, 5).await;
        assert_eq!(verify(&db).await, Ok(()));
        // A transaction that is taken back leaves no gap.
        let mut tx = db.begin().await.unwrap();
        tx.insert_audit(&act(6)).await.unwrap();
        tx.roll_back().await.unwrap();
        assert_eq!(verify(&db).await, Ok(()));
        assert_eq!(db.read().await.unwrap().count_audit().await.unwrap(), 5);
    })
    .await;
}

#[tokio::test]
async fn entries_are_found() {
    for_each_database(async |db| {
        write(&db, 5).await;
        let mut reader = db.read().await.unwrap();
        let mut found = async |filter: AuditFilter, before| {
            let found = reader.audit(&filter, before, 3).await.unwrap();
            found.iter().map(|stored| stored.entry.seq).collect::<Vec<_>>()
        };
        let all = AuditFilter::default;
        assert_eq!(found(all(), None).await, [5, 4, 3]);
        assert_eq!(found(all(), Some(3)).await, [2, 1]);
        assert_eq!(found(AuditFilter { units: Some(vec![team(4), team(5)]), ..all() }, None).await, [5, 4]);
        assert_eq!(found(AuditFilter { units: Some(vec![]), ..all() }, None).await, [0; 0]);
        let person = Some(PersonId(Uuid::from_u128(2)));
        assert_eq!(found(AuditFilter { person, ..all() }, None).await, [2]);
        assert_eq!(found(AuditFilter { action: Some("unit.c".to_owned()), ..all() }, None).await, [4, 2]);
        let subject = (Some("unit".to_owned()), Some("3".to_owned()));
        let subject = AuditFilter { subject_kind: subject.0, subject: subject.1, ..all() };
        assert_eq!(found(subject, None).await, [3]);
        assert_eq!(found(AuditFilter { from: Some(at(2)), to: Some(at(4)), ..all() }, None).await, [3, 2]);
        assert_eq!(found(AuditFilter { action: Some("\0".to_owned()), ..all() }, None).await, [0; 0]);
        assert_eq!(reader.audit_entry(4).await.unwrap().unwrap().entry.subject, "4");
        assert_eq!(reader.audit_entry(9).await.unwrap(), None);
        assert_eq!(reader.last_audit_before(at(4)).await.unwrap(), Some(3));
        assert_eq!(reader.last_audit_before(at(1)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_cut_off_leaves_a_chain_behind_it() {
    for_each_database(async |db| {
        write(&db, 5).await;
        let last = db.read().await.unwrap().audit_entry(3).await.unwrap().unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.delete_audit_through(3).await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert_eq!(verify(&db).await, Err(Broken::Missing(1)));
        let mut reader = db.read().await.unwrap();
        let rest: Vec<_> = reader.audit_chain().try_collect().await.unwrap();
        let mut checker = Checker::behind(3, last.digest);
        rest.iter().try_for_each(|entry| checker.check(entry)).unwrap();
        assert_eq!(checker.end(5), Ok(()));
    })
    .await;
}

async fn change(place: &Place, sql: &'static str) {
    use sqlx::{Connection, Executor};
    if place.url().starts_with("sqlite:") {
        sqlx::SqliteConnection::connect(place.url()).await.unwrap().execute(sql).await.unwrap();
    } else {
        sqlx::PgConnection::connect(place.url()).await.unwrap().execute(sql).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_changes_the_table_is_found_out() {
    let changes = [
        (
            "update audit set doer = 'operator', person_id = null, via_id = null where seq = 2",
            Broken::Changed(2),
        ),
        ("update audit set via_id = person_id where seq = 2", Broken::Changed(2)),
        ("update audit set subject_kind = 'team' where seq = 2", Broken::Changed(2)),
        (
            "update audit set digest = (select a.digest from audit a where a.seq = 1) where seq = 2",
            Broken::Changed(2),
        ),
        // One that moved: the number is part of what is digested.
        ("update audit set seq = 9 where seq = 2", Broken::Missing(2)),
        ("update audit set at = at + 1 where seq = 3", Broken::Changed(3)),
        ("update audit set action = 'unit.renamed' where seq = 1", Broken::Changed(1)),
        ("update audit set subject = '33' where seq = 3", Broken::Changed(3)),
        ("update audit set detail = '{}' where seq = 5", Broken::Changed(5)),
        ("update audit set person_id = via_id where seq = 4", Broken::Changed(4)),
        ("update audit set unit_id = null where seq = 4", Broken::Changed(4)),
        ("delete from audit where seq = 2", Broken::Missing(2)),
        ("delete from audit where seq = 5", Broken::Missing(5)),
    ];
    for (sql, broken) in changes {
        for_each_place(async |place| {
            let db = place.open().await;
            write(&db, 5).await;
            change(place, sql).await;
            assert_eq!(verify(&db).await, Err(broken), "{sql}");
            db.close().await;
        })
        .await;
    }
}
