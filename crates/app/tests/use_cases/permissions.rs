//! Nobody may do nothing: every use case is refused to somebody unknown.

use std::{fs, path::Path, pin::Pin};

use headway_app::{
    Actor, Error, OpContext, Permission, Result,
    governance::{self, AuditAsk},
    insight, jobs, live,
    organisation::{
        self, Credential, NewGrant, NewPerson, NewToken, NewUnit, PersonPage, PersonPatch, Settings,
        UnitPatch, WhyAsk,
    },
    platform, sample,
    work::{self, ItemFilterInput, import},
};
use headway_domain::{
    id::{GrantId, GroupId, ImportId, ItemId, PersonId, TokenId},
    organisation::{Grantee, Limit, Role, UnitKind, UnitTree},
    work::{ImportState, Mapping, Step, Workflow},
};
use headway_testkit::{
    app::{TestApp, for_each_app},
    history::{day, team},
};

use uuid::Uuid;

type Call<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// What the use cases are called with: things that are there, so that only the actor is wrong.
struct Given {
    import: ImportId,
    item: ItemId,
}

/// One call of every use case, by its name.
fn calls<'a>(t: &'a TestApp, ctx: &'a OpContext, given: &'a Given) -> Vec<(&'static str, Call<'a>)> {
    let app = &t.app;
    macro_rules! calls {
        ($($name:literal => $call:expr,)*) => {
            vec![$(($name, Box::pin(async move { $call.map(drop) }) as Call<'a>)),*]
        };
    }
    calls! {
        "units" => organisation::units(ctx, app).await,
        "unit_by_key" => organisation::unit_by_key(ctx, app, "works").await,
        "create_unit" => {
            let new = NewUnit { name: "New".to_owned(), kind: UnitKind::Team, parent: None };
            organisation::create_unit(ctx, app, new).await
        },
        "update_unit" => organisation::update_unit(ctx, app, "works", UnitPatch::default()).await,
        "delete_unit" => organisation::delete_unit(ctx, app, "works").await,
        "settings" => organisation::settings(ctx, app).await,
        "change_settings" => organisation::change_settings(ctx, app, Settings { keep_names: true }).await,
        "authenticate" => organisation::authenticate(ctx, app, Credential::Token("hw_unknown")).await
            .and_then(|caller| caller.ok_or(Error::Unauthenticated)),
        "new_set_up_code" => organisation::new_set_up_code(ctx, app).await,
        // Whoever knows the code may; this one does not.
        "set_up" => {
            let asked = organisation::SetUp {
                code: String::new(),
                name: "Olga".to_owned(),
                email: "olga@example.org".to_owned(),
                password: "four words and a bird".to_owned(),
                agent: String::new(),
            };
            match organisation::set_up(ctx, app, asked).await {
                Err(Error::Invalid { field: "code", .. }) => Err::<(), _>(Error::Unauthenticated),
                other => other.map(drop),
            }
        },
        "sign_in" => {
            let asked = organisation::PasswordSignIn {
                email: "nobody@example.org".to_owned(),
                password: String::new(),
                agent: String::new(),
            };
            organisation::sign_in(ctx, app, asked).await
        },
        "sign_out" => organisation::sign_out(ctx, app).await,
        "myself" => organisation::myself(ctx, app).await,
        "tokens" => organisation::tokens(ctx, app).await,
        "create_token" => organisation::create_token(ctx, app, new_token()).await,
        "create_token_for" => {
            organisation::create_token_for(ctx, app, PersonId(Uuid::nil()), new_token()).await
        },
        "revoke_token" => organisation::revoke_token(ctx, app, TokenId(Uuid::nil())).await,
        "create_person" => {
            let new = NewPerson { name: "Mira".to_owned(), email: None, password: None, role: None };
            organisation::create_person(ctx, app, new).await
        },
        "person_by_email" => organisation::person_by_email(ctx, app, "mira@example.org").await,
        "back_up" => platform::back_up(ctx, app, Path::new("/nowhere/a.tar"), &mut |_, _, _| {}).await,
        "export" => platform::export(ctx, app, Path::new("/nowhere/a.tar"), &mut |_, _, _| {}).await,
        "verify" => platform::verify(ctx, app).await,
        "verify_archive" => platform::verify_archive(ctx, Path::new("/nowhere/a.tar")).await,
        "restore" => {
            let place = platform::Place { data: "/nowhere".into(), database: None };
            let (accept, occupied) = (platform::Accept::Backups, platform::Occupied::Refuse);
            platform::restore(ctx, Path::new("/nowhere/a.tar"), &place, accept, occupied, &mut |_, _, _| {}).await
        },
        "people" => organisation::people(ctx, app, PersonPage::default(), None).await,
        "person" => organisation::person(ctx, app, PersonId(Uuid::nil())).await,
        "update_person" => {
            organisation::update_person(ctx, app, PersonId(Uuid::nil()), PersonPatch::default()).await
        },
        "create_service_token" => {
            organisation::create_service_token(ctx, app, PersonId(Uuid::nil()), new_token()).await
        },
        "revoke_service_token" => {
            let (service, token) = (PersonId(Uuid::nil()), TokenId(Uuid::nil()));
            organisation::revoke_service_token(ctx, app, service, token).await
        },
        "grants" => organisation::grants(ctx, app, Some("works")).await,
        "create_grant" => {
            let new = NewGrant { to: Grantee::Everybody, role: Role::Viewer, unit: None };
            organisation::create_grant(ctx, app, new).await
        },
        "revoke_grant" => organisation::revoke_grant(ctx, app, GrantId(Uuid::nil())).await,
        "groups" => organisation::groups(ctx, app).await,
        "group" => organisation::group(ctx, app, GroupId(Uuid::nil())).await,
        "create_group" => organisation::create_group(ctx, app, "Coaches").await,
        "rename_group" => organisation::rename_group(ctx, app, GroupId(Uuid::nil()), "Guides").await,
        "delete_group" => organisation::delete_group(ctx, app, GroupId(Uuid::nil())).await,
        "add_member" => {
            organisation::add_member(ctx, app, GroupId(Uuid::nil()), PersonId(Uuid::nil())).await
        },
        "remove_member" => {
            organisation::remove_member(ctx, app, GroupId(Uuid::nil()), PersonId(Uuid::nil())).await
        },
        "accountable" => organisation::accountable(ctx, app, "works").await,
        "change_accountable" => organisation::change_accountable(ctx, app, "works", vec![]).await,
        "explain" => {
            let asked = WhyAsk { permission: Permission::Read, unit: None, person: None };
            organisation::explain(ctx, app, asked).await
        },
        "read_gauges" => headway_app::telemetry::read_gauges(ctx, app).await,
        "entries" => governance::entries(ctx, app, &AuditAsk::default()).await,
        "begin_export" => governance::begin_export(ctx, app, &AuditAsk::default()).await,
        "more" => governance::more(ctx, app, &AuditAsk::default()).await,
        "own_entries" => governance::own_entries(ctx, app, None, 5).await,
        "verify" => governance::verify(ctx, app, &[]).await,
        "head" => governance::head(ctx, app).await,
        "retention" => governance::retention::retention(ctx, app).await,
        "change_retention" => governance::retention::change_retention(ctx, app, &[]).await,
        "own_data" => governance::own_data(ctx, app).await,
        "data_of" => governance::data_of(ctx, app, PersonId(Uuid::nil())).await,
        "erase" => governance::erase(ctx, app, PersonId(Uuid::nil()), "Mira").await,
        "search" => platform::search(ctx, app, "login", 5).await,
        "state" => sample::state(ctx, app).await,
        "request" => sample::request(ctx, app).await,
        "newest" => live::newest(ctx, app).await,
        "follow" => live::follow(ctx, app, 0),
        "run" => jobs::run(ctx, app, std::future::ready(())).await,
        "run_until_idle" => jobs::run_until_idle(ctx, app).await,
        "create_import" => {
            let upload = import::Upload { name: "a.csv".to_owned(), path: "/nowhere".into(), bytes: 1 };
            let new = import::NewImport {
                id: given.import,
                unit: "works".to_owned(),
                tracker: None,
                files: vec![upload],
            };
            import::create_import(ctx, app, new).await
        },
        "new_upload_id" => import::new_upload_id(ctx),
        "import" => import::import(ctx, app, given.import).await,
        "imports" => import::imports(ctx, app, None, 5).await,
        "take_step" => import::take_step(ctx, app, given.import, Step::Abandon).await,
        "mapping" => import::mapping(ctx, app, given.import).await,
        "change_mapping" => import::change_mapping(ctx, app, given.import, Mapping::default()).await,
        "change_dialects" => import::change_dialects(ctx, app, given.import, vec![]).await,
        "report" => import::report(ctx, app, given.import, import::ReportFilter::default(), 0, 5).await,
        "quality" => import::quality(ctx, app, given.import).await,
        "workflow" => work::workflow(ctx, app, "kestrel").await,
        "change_workflow" => {
            work::change_workflow(ctx, app, "kestrel", Workflow::from_mapping(Mapping::default())).await
        },
        "items" => work::items(ctx, app, "works", &ItemFilterInput { limit: 5, ..ItemFilterInput::default() }).await,
        "item" => work::item(ctx, app, given.item).await,
        "items_per_unit" => insight::items_per_unit(ctx, app, &UnitTree::default()).await,
        "has_items" => insight::has_items(ctx, app).await,
        "keep_up" => insight::keep_up(ctx, app, std::future::ready(())).await,
        "scope" => insight::scope(ctx, app, "works", &insight::Ask::default()).await,
        "pool" => insight::outlook::pool(ctx, app).await,
        "forecast" => {
            let asked = insight::outlook::ForecastAsk {
                question: insight::outlook::Question::Count(3),
                target: None,
                split: (1.0, 1.0),
                seed: None,
                work_type: None,
            };
            insight::outlook::forecast(ctx, app, "works", asked).await
        },
        "calibration" => insight::outlook::calibration(ctx, app, "works").await,
    }
}

fn new_token() -> NewToken {
    NewToken { name: "one".to_owned(), limit: Limit { role: Role::Owner, unit: None }, days: 1 }
}

async fn given(t: &TestApp) -> Given {
    let works = t.portfolio("Works").await;
    let one = team("Kestrel").with_item("login").started(day(3));
    let import = t.import(&works, &[&one], ImportState::Review).await.import.id;
    let filter = ItemFilterInput { limit: 1, ..ItemFilterInput::default() };
    let item = work::items(&t.owner(), &t.app, "works", &filter).await.unwrap().items[0].id;
    Given { import, item }
}

#[tokio::test]
async fn nobody_may_do_nothing() {
    for_each_app(async |t| {
        let given = given(&t).await;
        let facts = t.facts().await;
        let nobody = t.context(Actor::Nobody);
        for (name, call) in calls(&t, &nobody, &given) {
            let refused = call.await;
            assert!(matches!(refused, Err(Error::Unauthenticated)), "{name} gives {refused:?}");
        }
        assert_eq!(t.facts().await, facts);
    })
    .await;
}

#[tokio::test]
async fn a_person_runs_no_jobs() {
    for_each_app(async |t| {
        let refused = jobs::run_until_idle(&t.owner(), &t.app).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
    })
    .await;
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Names of the public functions that are given a context and the application.
fn use_cases(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, start) in source.match_indices("pub async fn ").chain(source.match_indices("pub fn ")) {
        let rest = &source[at + start.len()..];
        let signature = rest.split('{').next().unwrap();
        if signature.contains("ctx: &OpContext") && signature.contains("app: &App") {
            names.push(rest.split(['(', '<']).next().unwrap());
        }
    }
    names
}

#[test]
fn every_use_case_is_in_the_table() {
    let mut source = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    let names = use_cases(&source);
    assert!(names.len() >= 34, "the search for use cases finds only {names:?}");
    let table = include_str!("permissions.rs");
    let missing: Vec<_> = names.iter().filter(|name| !table.contains(&format!("\"{name}\" =>"))).collect();
    assert!(missing.is_empty(), "add {missing:?} to the table of calls");
}
