//! People, groups and grants: nobody gives or takes more than they have, and somebody always owns the installation.

use headway_app::{
    Actor, Error, OpContext, Permission, governance,
    organisation::{
        self, Credential, NewGrant, NewPerson, NewToken, PersonPage, PersonPatch, WhyAsk, add_member,
        change_accountable, create_grant, create_group, create_person, explain, grants, revoke_grant,
        update_person,
    },
};
use headway_domain::{
    id::PersonId,
    organisation::{Accountability, Grantee, Limit, Person, PersonState, Role, Unit},
};
use headway_testkit::app::{TestApp, for_each_app};

/// The context of somebody who holds a role, and who that is.
async fn somebody(t: &TestApp, role: Option<Role>, unit: Option<&Unit>) -> (OpContext, PersonId) {
    let ctx = t.person(role, unit).await;
    let id = ctx.caller().unwrap().person;
    (ctx, id)
}

async fn human(t: &TestApp, name: &str, role: Option<Role>) -> Person {
    let email = Some(format!("{}@example.org", name.to_lowercase()));
    let new = NewPerson { name: name.to_owned(), email, password: None, role };
    create_person(&t.owner(), &t.app, new).await.unwrap()
}

/// The same person again, with what they may now.
async fn again(t: &TestApp, person: PersonId) -> OpContext {
    let limit = Limit { role: Role::Owner, unit: None };
    let new = NewToken { name: "again".to_owned(), limit, days: 1 };
    let token = organisation::create_token_for(&t.owner(), &t.app, person, new).await.unwrap().1;
    let nobody = t.context(Actor::Nobody);
    let caller = organisation::authenticate(&nobody, &t.app, Credential::Token(&token)).await.unwrap();
    nobody.acting_as(Actor::Person(caller.unwrap()))
}

fn to(person: PersonId, role: Role, unit: Option<&Unit>) -> NewGrant {
    NewGrant { to: Grantee::Person(person), role, unit: unit.map(|unit| unit.id) }
}

#[tokio::test]
async fn a_lead_gives_no_more_than_they_have_and_only_there() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let (kestrel, osprey) = (t.team(&works, "Kestrel").await, t.team(&works, "Osprey").await);
        let (lead, own) = somebody(&t, Some(Role::Lead), Some(&kestrel)).await;
        let mira = human(&t, "Mira", None).await.id;
        let given = create_grant(&lead, &t.app, to(mira, Role::Member, Some(&kestrel))).await.unwrap();
        let same = create_grant(&lead, &t.app, to(mira, Role::Member, Some(&kestrel))).await.unwrap();
        assert_eq!(given, same, "given twice is given once");
        for role in [Role::Pmo, Role::Administrator, Role::Owner] {
            let more = create_grant(&lead, &t.app, to(own, role, Some(&kestrel))).await;
            assert!(matches!(more, Err(Error::Conflict(_))), "{role:?}: {more:?}");
        }
        let beside = create_grant(&lead, &t.app, to(mira, Role::Viewer, Some(&osprey))).await;
        assert!(matches!(beside, Err(Error::NotFound(_))), "{beside:?}");
        let above = create_grant(&lead, &t.app, to(mira, Role::Viewer, None)).await;
        assert!(matches!(above, Err(Error::Forbidden)), "{above:?}");
        let everybody = NewGrant { to: Grantee::Everybody, role: Role::Viewer, unit: Some(kestrel.id) };
        assert!(create_grant(&lead, &t.app, everybody).await.is_err());

        let there = grants(&lead, &t.app, Some("kestrel")).await.unwrap();
        assert_eq!(there.iter().filter(|view| !view.is_inherited).count(), 2);
        assert!(again(&t, mira).await.may_somewhere(Permission::EditWork));
        revoke_grant(&lead, &t.app, given.id).await.unwrap();
        assert!(!again(&t, mira).await.may_somewhere(Permission::Read));
        let gone = revoke_grant(&lead, &t.app, given.id).await;
        assert!(matches!(gone, Err(Error::NotFound("grant"))));
    })
    .await;
}

#[tokio::test]
async fn nobody_climbs_through_a_group() {
    for_each_app(async |t| {
        let (admin, own) = somebody(&t, Some(Role::Administrator), None).await;
        let owner = human(&t, "Olga", Some(Role::Owner)).await;
        let group = create_group(&t.owner(), &t.app, "Board").await.unwrap().id;
        let new = NewGrant { to: Grantee::Group(group), role: Role::Owner, unit: None };
        create_grant(&t.owner(), &t.app, new).await.unwrap();
        for refused in [
            add_member(&admin, &t.app, group, own).await,
            organisation::delete_group(&admin, &t.app, group).await,
            create_grant(&admin, &t.app, to(own, Role::Owner, None)).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        }
        // Nor by taking over the account of somebody who may more.
        let email = Some("mine@example.org".to_owned());
        let patch = PersonPatch { email, ..PersonPatch::default() };
        assert!(matches!(update_person(&admin, &t.app, owner.id, patch).await, Err(Error::Conflict(_))));
        let erased = governance::erase(&admin, &t.app, owner.id, "Olga").await;
        assert!(matches!(erased, Err(Error::Conflict(_))));
        add_member(&t.owner(), &t.app, group, own).await.unwrap();
        assert!(again(&t, own).await.may(Permission::ManageOwners));
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays() {
    for_each_app(async |t| {
        let owner = human(&t, "Olga", Some(Role::Owner)).await.id;
        let ctx = again(&t, owner).await;
        let grant = grants(&ctx, &t.app, None).await.unwrap();
        let grant = grant.iter().find(|view| view.grant.to == Grantee::Person(owner)).unwrap().grant.id;
        let patch = || PersonPatch { is_active: Some(false), ..PersonPatch::default() };
        let refused = [
            revoke_grant(&ctx, &t.app, grant).await,
            update_person(&t.owner(), &t.app, owner, patch()).await.map(drop),
            governance::erase(&t.owner(), &t.app, owner, "Olga").await,
        ];
        assert!(refused.iter().all(|it| matches!(it, Err(Error::Conflict(_)))), "{refused:?}");
        human(&t, "Omar", Some(Role::Owner)).await;
        update_person(&t.owner(), &t.app, owner, patch()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_at_once() {
    for_each_app(async |t| {
        let (admin, _) = somebody(&t, Some(Role::Administrator), None).await;
        let mira = human(&t, "Mira", Some(Role::Member)).await;
        let limit = Limit { role: Role::Owner, unit: None };
        let new = NewToken { name: "mine".to_owned(), limit, days: 9 };
        let token = organisation::create_token_for(&t.owner(), &t.app, mira.id, new).await.unwrap().1;
        let nobody = t.context(Actor::Nobody);
        let knock = async || {
            organisation::authenticate(&nobody, &t.app, Credential::Token(&token)).await.unwrap().is_some()
        };
        assert!(knock().await);
        let patch = |is_active| PersonPatch { is_active: Some(is_active), ..PersonPatch::default() };
        let out = update_person(&admin, &t.app, mira.id, patch(false)).await.unwrap();
        assert_eq!(out.state, PersonState::Inactive);
        assert!(!knock().await);
        update_person(&admin, &t.app, mira.id, patch(true)).await.unwrap();
        assert!(!knock().await, "tokens are gone for good");
        let page = PersonPage { text: "MIR".to_owned(), limit: 5, ..PersonPage::default() };
        assert_eq!(organisation::people(&admin, &t.app, page.clone(), None).await.unwrap().len(), 1);
        let works = t.portfolio("Works").await;
        let (lead, _) = somebody(&t, Some(Role::Lead), Some(&works)).await;
        let seen = organisation::people(&lead, &t.app, page, None).await.unwrap();
        assert_eq!(seen[0].email, None, "addresses are for administrators");
    })
    .await;
}

#[tokio::test]
async fn a_decision_says_why() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let kestrel = t.team(&works, "Kestrel").await;
        let boss = human(&t, "Lena", None).await;
        create_grant(&t.owner(), &t.app, to(boss.id, Role::Lead, Some(&works))).await.unwrap();
        let (member, id) = somebody(&t, Some(Role::Member), Some(&works)).await;
        let ask = |permission, person| WhyAsk { permission, unit: Some(kestrel.key.clone()), person };
        let may = explain(&member, &t.app, ask(Permission::Read, None)).await.unwrap();
        assert!(may.is_allowed && may.could_grant.is_empty());
        assert_eq!(may.because[0].unit.as_ref().unwrap().id, works.id, "it is inherited from above");
        let not = explain(&member, &t.app, ask(Permission::Import, None)).await.unwrap();
        assert!(!not.is_allowed && not.because.is_empty());
        assert_eq!(not.roles, [Role::Owner, Role::Administrator, Role::Pmo, Role::Lead]);
        assert_eq!(not.could_grant.iter().map(|it| it.id).collect::<Vec<_>>(), [boss.id]);
        assert_eq!(not.could_grant[0].email, None);
        let other = explain(&member, &t.app, ask(Permission::Read, Some(boss.id))).await;
        assert!(matches!(other, Err(Error::Forbidden)));
        let (admin, _) = somebody(&t, Some(Role::Administrator), None).await;
        let told = explain(&admin, &t.app, ask(Permission::Import, Some(id))).await.unwrap();
        assert!(!told.is_allowed);
        let (stranger, _) = somebody(&t, None, None).await;
        let unseen = explain(&stranger, &t.app, ask(Permission::Read, None)).await;
        assert!(matches!(unseen, Err(Error::NotFound("unit"))));
    })
    .await;
}

#[tokio::test]
async fn whoever_answers_for_a_unit_may_nothing_by_that() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let (lead, _) = somebody(&t, Some(Role::Lead), Some(&works)).await;
        let mira = human(&t, "Mira", None).await.id;
        let told = vec![(Accountability::Sponsor, mira), (Accountability::Owner, mira)];
        let named = change_accountable(&lead, &t.app, "works", told).await.unwrap();
        assert_eq!(named.len(), 2);
        assert!(named.iter().all(|(_, person)| person.name == "Mira" && person.email.is_none()));
        assert!(!again(&t, mira).await.may_somewhere(Permission::Read));
        let (viewer, _) = somebody(&t, Some(Role::Viewer), Some(&works)).await;
        let refused = change_accountable(&viewer, &t.app, "works", vec![]).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
    })
    .await;
}

#[tokio::test]
async fn the_erased_leave_an_id_and_nothing_else() {
    for_each_app(async |t| {
        let mira = human(&t, "Mira", Some(Role::Member)).await;
        let (admin, _) = somebody(&t, Some(Role::Administrator), None).await;
        let data = governance::data_of(&admin, &t.app, mira.id).await.unwrap();
        let text = format!("{:?}", data.places);
        assert!(text.contains("mira@example.org") && text.contains("member"), "{text}");
        let wrong = governance::erase(&admin, &t.app, mira.id, "mira").await;
        assert!(matches!(wrong, Err(Error::Invalid { field: "name", .. })));
        governance::erase(&admin, &t.app, mira.id, "Mira").await.unwrap();
        let left = t.app.db.read().await.unwrap().person(mira.id).await.unwrap().unwrap();
        assert_eq!((left.state, left.name.as_str(), left.email.clone()), (PersonState::Erased, "", None));
        assert!(matches!(organisation::person(&admin, &t.app, mira.id).await, Err(Error::NotFound(_))));
        assert!(governance::verify(&t.owner(), &t.app, &[]).await.unwrap().broken.is_none());
        // The address is free again.
        human(&t, "Mira", None).await;
    })
    .await;
}
