//! People, groups, grants, sessions and tokens.

use headway_domain::{
    id::{GrantId, GroupId, PersonId, SessionId, TokenId, UnitId},
    organisation::{
        Accountability, Grant, Grantee, Group, Held, Limit, Person, PersonKind, PersonState, Role, Through,
    },
    time::Instant,
};
use headway_store::{Db, Error, PERSONAL, PersonPage, Session, SignedIn, Token};
use headway_testkit::database::for_each_database;
use uuid::Uuid;

use crate::fixtures::{at, organisation, team};

fn id(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn person(n: u128, name: &str) -> Person {
    Person {
        id: id(n),
        kind: PersonKind::Human,
        state: PersonState::Active,
        name: name.to_owned(),
        email: Some(format!("{}@example.org", name.to_lowercase())),
        handle: name.to_lowercase(),
        is_break_glass: false,
        created_at: at(1),
    }
}

async fn with_people(db: &Db, names: &[&str]) {
    let mut tx = db.begin().await.unwrap();
    tx.lock_people().await.unwrap();
    for (n, name) in (1..).zip(names) {
        tx.insert_person(&person(n, name)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn people_are_kept_as_they_are() {
    for_each_database(async |db| {
        with_people(&db, &["Mira", "Noor", "Max"]).await;
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.person(id(1)).await.unwrap(), Some(person(1, "Mira")));
        assert_eq!(reader.person(id(9)).await.unwrap(), None);
        assert_eq!(reader.person_by_email("noor@example.org").await.unwrap(), Some(person(2, "Noor")));
        assert_eq!(reader.person_by_email("a\0b").await.unwrap(), None);
        assert_eq!(reader.person_by_handle("max").await.unwrap(), Some(person(3, "Max")));
        assert_eq!(reader.person_by_handle("Max").await.unwrap(), None);
        assert_eq!(reader.count_people().await.unwrap(), 3);
        let named = reader.people_by_id(&[id(3), id(7), id(1)]).await.unwrap();
        assert_eq!(named.len(), 2);
        assert!(reader.people_by_id(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn people_are_listed_by_name_and_found_by_parts() {
    for_each_database(async |db| {
        with_people(&db, &["Mira", "Noor", "Max"]).await;
        let mut reader = db.read().await.unwrap();
        let names = |people: Vec<Person>| people.into_iter().map(|person| person.name).collect::<Vec<_>>();
        let all = PersonPage { limit: 2, ..PersonPage::default() };
        assert_eq!(names(reader.people(&all).await.unwrap()), ["Max", "Mira"]);
        let next = PersonPage { after: Some(("Mira".to_owned(), id(1))), ..all.clone() };
        assert_eq!(names(reader.people(&next).await.unwrap()), ["Noor"]);
        let begun = PersonPage { text: "MI".to_owned(), limit: 9, ..PersonPage::default() };
        assert_eq!(names(reader.people(&begun).await.unwrap()), ["Mira"]);
        let mailed = PersonPage { text: "OOR@".to_owned(), limit: 9, ..PersonPage::default() };
        assert_eq!(names(reader.people(&mailed).await.unwrap()), ["Noor"]);
    })
    .await;
}

#[tokio::test]
async fn an_address_and_a_handle_are_given_once() {
    for_each_database(async |db| {
        with_people(&db, &["Mira"]).await;
        for other in [
            Person { handle: "other".to_owned(), ..person(2, "Mira") },
            Person { email: None, ..person(2, "Mira") },
        ] {
            let mut tx = db.begin().await.unwrap();
            assert!(matches!(tx.insert_person(&other).await, Err(Error::Duplicate(_))));
        }
        let mut tx = db.begin().await.unwrap();
        let renamed = Person { name: "Mira Two".to_owned(), ..person(1, "Mira") };
        tx.update_person(&renamed).await.unwrap();
        assert!(matches!(tx.update_person(&person(5, "Nobody")).await, Err(Error::Stale)));
        assert_eq!(tx.password_hash(id(1)).await.unwrap(), None);
        tx.update_password_hash(id(1), Some("$argon2id$")).await.unwrap();
        assert_eq!(tx.password_hash(id(1)).await.unwrap().as_deref(), Some("$argon2id$"));
        tx.commit().await.unwrap();
        assert_eq!(db.read().await.unwrap().person(id(1)).await.unwrap(), Some(renamed));
    })
    .await;
}

fn grant(n: u128, to: Grantee, role: Role, unit: Option<UnitId>) -> Grant {
    Grant { id: GrantId(Uuid::from_u128(n)), to, role, unit }
}

#[tokio::test]
async fn roles_come_from_own_grants_groups_and_everybody() {
    for_each_database(async |db| {
        organisation(&db).await;
        with_people(&db, &["Mira", "Noor"]).await;
        let group = Group { id: GroupId(Uuid::from_u128(1)), name: "Coaches".to_owned(), external_id: None };
        let mut tx = db.begin().await.unwrap();
        tx.insert_group(&group).await.unwrap();
        tx.insert_group_member(group.id, id(1)).await.unwrap();
        tx.insert_group_member(group.id, id(1)).await.unwrap();
        let grants = [
            grant(1, Grantee::Person(id(1)), Role::Owner, None),
            grant(2, Grantee::Group(group.id), Role::Coach, Some(team(2))),
            grant(3, Grantee::Everybody, Role::Viewer, None),
        ];
        for grant in &grants {
            tx.insert_grant(grant).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut reader = db.read().await.unwrap();
        let held = |n: usize, through| Held {
            grant: grants[n].id,
            role: grants[n].role,
            unit: grants[n].unit,
            through,
        };
        let everybody = held(2, Through::Group(None));
        assert_eq!(
            reader.held_by(id(1)).await.unwrap(),
            [held(0, Through::Person), held(1, Through::Group(Some(group.id))), everybody]
        );
        assert_eq!(reader.held_by(id(2)).await.unwrap(), [everybody]);
        assert_eq!(reader.grants().await.unwrap(), grants);
        assert_eq!(reader.grant(grants[1].id).await.unwrap(), Some(grants[1]));
        assert_eq!(reader.grants_reaching(&[team(3)]).await.unwrap(), [grants[0], grants[2]]);
        assert_eq!(reader.grants_reaching(&[team(2)]).await.unwrap(), grants);
        assert_eq!(reader.grants_of_group(group.id).await.unwrap(), [grants[1]]);
        let found = async |reader: &mut headway_store::Reader, page: PersonPage| {
            let found = reader.people(&PersonPage { limit: 9, ..page }).await.unwrap();
            found.into_iter().map(|person| person.name).collect::<Vec<_>>()
        };
        let all = PersonPage::default;
        let coaches = PersonPage { role: Some(Role::Coach), ..all() };
        assert_eq!(found(&mut reader, coaches).await, ["Mira"]);
        assert_eq!(found(&mut reader, PersonPage { group: Some(group.id), ..all() }).await, ["Mira"]);
        let services = PersonPage { kind: Some(PersonKind::Service), ..all() };
        assert_eq!(found(&mut reader, services).await, [""; 0]);
        let inactive = PersonPage { state: Some(PersonState::Inactive), ..all() };
        assert_eq!(found(&mut reader, inactive).await, [""; 0]);
        assert_eq!(reader.count_owners().await.unwrap(), 1);
        assert_eq!(reader.groups().await.unwrap(), std::slice::from_ref(&group));
        assert_eq!(reader.group(group.id).await.unwrap(), Some(group.clone()));
        assert_eq!(reader.group_members(group.id).await.unwrap(), [person(1, "Mira")]);
        assert_eq!(reader.groups_of(id(1)).await.unwrap(), std::slice::from_ref(&group));
        drop(reader);

        let mut tx = db.begin().await.unwrap();
        tx.delete_grant(grants[0].id).await.unwrap();
        assert!(matches!(tx.delete_grant(grants[0].id).await, Err(Error::Stale)));
        tx.delete_group_member(group.id, id(1)).await.unwrap();
        assert_eq!(tx.held_by(id(1)).await.unwrap(), [everybody]);
        let renamed = Group { name: "Guides".to_owned(), ..group.clone() };
        tx.update_group(&renamed).await.unwrap();
        assert_eq!(tx.groups().await.unwrap(), [renamed]);
        tx.delete_group(group.id).await.unwrap();
        assert!(matches!(tx.delete_group(group.id).await, Err(Error::Stale)));
        assert_eq!(tx.grants().await.unwrap(), [grants[2]]);
        assert_eq!(tx.count_owners().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_granted_on_a_unit_goes_with_it() {
    for_each_database(async |db| {
        organisation(&db).await;
        with_people(&db, &["Mira"]).await;
        let mut tx = db.begin().await.unwrap();
        tx.insert_grant(&grant(1, Grantee::Person(id(1)), Role::Lead, Some(team(3)))).await.unwrap();
        tx.insert_token(&token(1, Some(team(3))), &[1; 32]).await.unwrap();
        tx.delete_unit(team(3)).await.unwrap();
        assert!(tx.grants().await.unwrap().is_empty());
        assert!(tx.tokens(id(1)).await.unwrap().is_empty());
    })
    .await;
}

fn session(n: u128, seen_at: Instant) -> Session {
    Session {
        id: SessionId(Uuid::from_u128(n)),
        person: id(1),
        method: "password".to_owned(),
        agent: "Browser".to_owned(),
        created_at: at(1),
        seen_at,
        expires_at: at(50),
    }
}

#[tokio::test]
async fn sessions_are_found_by_the_hash_of_their_token() {
    for_each_database(async |db| {
        with_people(&db, &["Mira"]).await;
        let mut tx = db.begin().await.unwrap();
        for n in 1..=3_u8 {
            tx.insert_session(&session(n.into(), at(n.into())), &[n; 32]).await.unwrap();
        }
        let found =
            SignedIn { id: session(2, at(2)).id, person: id(1), seen_at: Some(at(2)), expires_at: at(50) };
        assert_eq!(tx.session_by_hash(&[2; 32]).await.unwrap(), Some(found));
        assert_eq!(tx.session_by_hash(&[9; 32]).await.unwrap(), None);
        tx.update_session_seen(found.id, at(7)).await.unwrap();
        let order: Vec<_> = tx.sessions(id(1)).await.unwrap();
        assert_eq!(order, [session(2, at(7)), session(3, at(3)), session(1, at(1))]);
        tx.delete_session(id(1), order[1].id).await.unwrap();
        assert!(matches!(tx.delete_session(id(1), order[1].id).await, Err(Error::Stale)));
        assert!(matches!(tx.delete_session(id(2), order[0].id).await, Err(Error::Stale)));
        assert_eq!(tx.delete_sessions(id(1), Some(order[0].id)).await.unwrap(), 1);
        assert_eq!(tx.delete_ended_sessions(at(50)).await.unwrap(), 0);
        assert_eq!(tx.delete_ended_sessions(at(51)).await.unwrap(), 1);
    })
    .await;
}

fn token(n: u128, unit: Option<UnitId>) -> Token {
    Token {
        id: TokenId(Uuid::from_u128(n)),
        person: id(1),
        name: "reports".to_owned(),
        limit: Limit { role: Role::Viewer, unit },
        created_at: at(1),
        seen_at: None,
        expires_at: at(50),
    }
}

#[tokio::test]
async fn tokens_keep_their_limits() {
    for_each_database(async |db| {
        organisation(&db).await;
        with_people(&db, &["Mira"]).await;
        let mut tx = db.begin().await.unwrap();
        tx.insert_token(&token(1, None), &[1; 32]).await.unwrap();
        tx.insert_token(&token(2, Some(team(2))), &[2; 32]).await.unwrap();
        let (found, limit) = tx.token_by_hash(&[2; 32]).await.unwrap().unwrap();
        assert_eq!(
            (found.id, found.seen_at, limit),
            (token(2, None).id, None, token(2, Some(team(2))).limit)
        );
        assert_eq!(tx.token_by_hash(&[9; 32]).await.unwrap(), None);
        tx.update_token_seen(found.id, at(3)).await.unwrap();
        assert_eq!(tx.token_by_hash(&[2; 32]).await.unwrap().unwrap().0.seen_at, Some(at(3)));
        assert_eq!(tx.tokens(id(1)).await.unwrap().len(), 2);
        tx.delete_token(id(1), found.id).await.unwrap();
        assert!(matches!(tx.delete_token(id(1), found.id).await, Err(Error::Stale)));
        assert_eq!(tx.delete_tokens(id(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_answers_for_a_unit_is_told_apart() {
    for_each_database(async |db| {
        organisation(&db).await;
        with_people(&db, &["Mira", "Noor"]).await;
        let mut tx = db.begin().await.unwrap();
        for kind in [Accountability::Owner, Accountability::Lead, Accountability::Lead] {
            tx.insert_accountable(team(2), kind, id(1)).await.unwrap();
        }
        let both = [(Accountability::Lead, id(1)), (Accountability::Owner, id(1))];
        assert_eq!(tx.accountable(team(2)).await.unwrap(), both);
        assert!(tx.accountable(team(3)).await.unwrap().is_empty());
        tx.delete_accountable(team(2)).await.unwrap();
        assert!(tx.accountable(team(2)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_of_a_person_is_shown_without_secrets_and_erased() {
    for_each_database(async |db| {
        organisation(&db).await;
        with_people(&db, &["Mira", "Noor"]).await;
        let mut tx = db.begin().await.unwrap();
        tx.update_password_hash(id(1), Some("$argon2id$")).await.unwrap();
        tx.insert_session(&session(1, at(1)), &[1; 32]).await.unwrap();
        tx.insert_token(&token(1, None), &[1; 32]).await.unwrap();
        tx.insert_accountable(team(2), Accountability::Owner, id(1)).await.unwrap();
        tx.insert_grant(&grant(1, Grantee::Person(id(1)), Role::Lead, None)).await.unwrap();
        let mut lines = String::new();
        for table in PERSONAL {
            lines.push_str(&tx.personal_lines(table, id(1)).await.unwrap().join("\n"));
        }
        for told in ["mira@example.org", "Browser", "reports", "lead", "owner"] {
            assert!(lines.contains(told), "{told} is not in {lines}");
        }
        assert!(!lines.contains("argon2id") && !lines.contains("token_hash") && !lines.contains("noor"));
        assert_eq!(tx.delete_personal(id(1)).await.unwrap(), 4);
        assert_eq!(tx.delete_personal(id(1)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn every_table_about_people_says_what_becomes_of_it() {
    for_each_database(async |db| {
        let about = db.read().await.unwrap().tables_about_people().await.unwrap();
        assert!(about.len() >= 6, "{about:?}");
        for (table, column) in about {
            let is_listed =
                PERSONAL.iter().any(|it| (it.table, it.column) == (table.as_str(), column.as_str()));
            assert!(is_listed, "add {table}.{column} to PERSONAL in store/src/governance/personal.rs");
        }
    })
    .await;
}
