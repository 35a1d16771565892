//! Items, their histories, and lists of them.

use headway_domain::{
    id::TrackerId,
    work::{Change, Field, WorkItem},
};
use headway_store::{Db, ImportedItem, ItemFilter, ItemPage, KnownItem};
use headway_testkit::database::for_each_database;
use uuid::Uuid;

use crate::fixtures::{at, bare_item, import_items, imported, item, items_of, organisation, team, tracker};

#[tokio::test]
async fn an_item_is_kept_whole() {
    for_each_database(async |db| {
        organisation(&db).await;
        let named = ImportedItem { assignee: Some("Kim".to_owned()), ..imported(item(1, 2), 7) };
        import_items(&db, 1, vec![named, imported(bare_item(2, 2), 8)]).await;
        let mut reader = db.read().await.unwrap();
        let stored = reader.work_item(item(1, 2).id).await.unwrap().unwrap();
        assert_eq!(stored.item, item(1, 2));
        assert_eq!((stored.digest, stored.assignee.as_deref()), ([7; 32], Some("Kim")));
        assert_eq!(reader.work_item(bare_item(2, 2).id).await.unwrap().unwrap().item, bare_item(2, 2));
        assert_eq!(reader.work_item(item(3, 2).id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_text_may_hold_any_character() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut odd = item(1, 2);
        odd.title = "nul \0 and \u{1f980}".to_owned();
        odd.changes.push(Change {
            at: at(9),
            field: Field::Title,
            from: None,
            to: Some("nul \0".to_owned()),
        });
        import_items(&db, 1, vec![imported(odd, 1)]).await;
        let stored = items_of(&db, team(2)).await.remove(0);
        assert_eq!(stored.title, "nul \u{fffd} and \u{1f980}");
        assert_eq!(stored.changes.last().unwrap().to.as_deref(), Some("nul \0"));
    })
    .await;
}

#[tokio::test]
async fn a_team_s_items_come_with_their_histories() {
    for_each_database(async |db| {
        organisation(&db).await;
        let all: Vec<WorkItem> = (1..=7).map(|n| item(n, if n.is_multiple_of(2) { 2 } else { 3 })).collect();
        import_items(&db, 1, all.iter().rev().map(|it| imported(it.clone(), 1)).collect()).await;
        let of = |unit| all.iter().filter(|it| it.unit == team(unit)).cloned().collect::<Vec<_>>();
        assert_eq!(items_of(&db, team(2)).await, of(2));
        assert_eq!(items_of(&db, team(3)).await, of(3));
        assert_eq!(items_of(&db, team(1)).await, []);
    })
    .await;
}

#[tokio::test]
async fn digests_tell_which_items_are_known() {
    for_each_database(async |db| {
        organisation(&db).await;
        import_items(&db, 1, (1..=1200).map(|n| imported(bare_item(n, 2), 3)).collect()).await;
        let keys: Vec<String> = (1000..2500).map(|n| n.to_string()).collect();
        let known = db.read().await.unwrap().digests(tracker(), &keys).await.unwrap();
        assert_eq!(known.len(), 201);
        let expected = KnownItem { id: bare_item(1200, 2).id, unit: team(2), digest: [3; 32] };
        assert_eq!(known["1200"], expected);
    })
    .await;
}

async fn walk(db: &Db, filter: &ItemFilter) -> Vec<String> {
    let mut reader = db.read().await.unwrap();
    let mut labels = Vec::new();
    let mut after = None;
    loop {
        let page = reader.work_items(filter, after.as_ref(), 3).await.unwrap();
        assert!(page.items.len() <= 3);
        labels.extend(page.items.into_iter().map(|it| it.label));
        // Through its text, as in an address.
        let Some(next) = page.next else { return labels };
        after = Some(next.to_string().parse().unwrap());
    }
}

#[tokio::test]
async fn pages_of_a_list_hold_every_item_once_and_in_order() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut items: Vec<_> = (1..=11).map(|n| item(n, if n <= 6 { 2 } else { 3 })).collect();
        // Two of one moment.
        items[4].created_at = items[3].created_at;
        import_items(&db, 1, items.iter().map(|it| imported(it.clone(), 1)).collect()).await;
        let labels = |numbers: &[u32]| numbers.iter().map(|n| format!("PAY-{n}")).collect::<Vec<_>>();
        let all = ItemFilter::default();
        assert_eq!(walk(&db, &all).await, labels(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));

        let one = ItemFilter { units: Some(vec![team(2)]), ..ItemFilter::default() };
        assert_eq!(walk(&db, &one).await, labels(&[6, 5, 4, 3, 2, 1]));
        let two = ItemFilter { units: Some(vec![team(2), team(3)]), ..ItemFilter::default() };
        assert_eq!(walk(&db, &two).await.len(), 11);
        let many = ItemFilter { units: Some((3..30).map(team).collect()), ..ItemFilter::default() };
        assert_eq!(walk(&db, &many).await, labels(&[11, 10, 9, 8, 7]));
        let none = ItemFilter { units: Some(Vec::new()), ..ItemFilter::default() };
        assert_eq!(walk(&db, &none).await, labels(&[]));
        let bugs = ItemFilter {
            kinds: vec!["Bug".to_owned(), "Chore".to_owned()],
            states: vec!["Done".to_owned()],
            ..ItemFilter::default()
        };
        assert_eq!(walk(&db, &bugs).await, labels(&[6]));
        let text = ItemFilter {
            text: Some("ÜNÏCODE pay-11".to_owned()),
            units: Some(vec![team(3)]),
            ..ItemFilter::default()
        };
        assert_eq!(walk(&db, &text).await, labels(&[11]));

        let mut reader = db.read().await.unwrap();
        let ItemPage { items, next } = reader.work_items(&all, None, 11).await.unwrap();
        assert_eq!((items.len(), next), (11, None));
    })
    .await;
}

#[tokio::test]
async fn items_are_found_by_key_and_by_label() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut shouted = item(5, 2);
        shouted.label = "pay-4".to_owned();
        let items = (1..=4).map(|n| item(n, 2)).chain([shouted]).map(|it| imported(it, 1)).collect();
        import_items(&db, 1, items).await;
        let mut reader = db.read().await.unwrap();
        let names = ["2", "PAY-2", "PAY-4", "PAY-04", "9"].map(str::to_owned);
        assert_eq!(reader.items_by_name(tracker(), &names).await.unwrap(), [item(2, 2), item(4, 2)]);
        assert_eq!(reader.items_by_name(TrackerId(Uuid::from_u128(1)), &names).await.unwrap(), []);
    })
    .await;
}
