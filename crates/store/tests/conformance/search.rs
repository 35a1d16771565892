//! Search finds the same on both engines.

use headway_store::Db;
use headway_testkit::database::for_each_database;

use crate::fixtures::{bare_item, import_items, imported, organisation};

async fn found(db: &Db, text: &str) -> (Vec<String>, Vec<String>) {
    let hits = db.read().await.unwrap().search(text, None, 5).await.unwrap();
    let units = hits.units.into_iter().map(|unit| unit.name).collect();
    (units, hits.items.into_iter().map(|item| item.label).collect())
}

#[tokio::test]
async fn words_are_found_by_their_beginnings() {
    for_each_database(async |db| {
        organisation(&db).await;
        let titled = |n: u128, title: &str| {
            let mut item = bare_item(n, 2);
            item.title = title.to_owned();
            imported(item, 1)
        };
        let items = vec![
            titled(1, "Kestrels log in with a password"),
            titled(12, "Login page: Größe & FARBE (don't)"),
            titled(120, "log-in fails for user@example.org, code E1234"),
            titled(121, "पासवर्ड भूल गए"),
        ];
        import_items(&db, 1, items).await;
        let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();

        // The exact number first, then what begins with it, the newest first.
        assert_eq!(found(&db, "PAY-12").await.1, labels(&["PAY-12", "PAY-121", "PAY-120"]));
        assert_eq!(found(&db, "kes").await, (labels(&["Kestrel"]), labels(&["PAY-1"])));
        assert_eq!(found(&db, "log in").await.1, labels(&["PAY-120", "PAY-1"]));
        assert_eq!(found(&db, "in log").await.1, labels(&["PAY-120", "PAY-1"]));
        assert_eq!(found(&db, "GRÖSSE").await.1, labels(&[]));
        assert_eq!(found(&db, "grö far").await.1, labels(&[]), "only the last word may be unfinished");
        assert_eq!(found(&db, "größe far").await.1, labels(&["PAY-12"]));
        assert_eq!(found(&db, "E12").await.1, labels(&["PAY-120"]));
        assert_eq!(found(&db, "example.org").await.1, labels(&["PAY-120"]));
        assert_eq!(found(&db, "पासव").await.1, labels(&["PAY-121"]));
        for nothing in ["", " -- ", "' \" * : & |", "zzz", "pay near 12"] {
            assert_eq!(found(&db, nothing).await.1, labels(&[]), "{nothing}");
        }
        assert_eq!(found(&db, "all bi").await.0, labels(&["All Birds"]));
    })
    .await;
}

#[tokio::test]
async fn a_changed_title_is_found_by_its_new_words_only() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut item = bare_item(1, 2);
        item.title = "before".to_owned();
        import_items(&db, 1, vec![imported(item.clone(), 1)]).await;
        item.title = "after".to_owned();
        import_items(&db, 2, vec![imported(item, 2)]).await;
        assert_eq!(found(&db, "before").await.1.len(), 0);
        assert_eq!(found(&db, "after").await.1, ["PAY-1"]);
    })
    .await;
}
