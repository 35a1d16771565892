//! The application on a test database, with a clock and ids that repeat.

use std::sync::Arc;

use headway_app::{
    Actor, App, Config, OpContext, Result, jobs,
    organisation::{self, Credential, NewPerson, NewToken, NewUnit, PasswordSignIn, SecretKey, create_unit},
    sample::SampleSource,
    work::import::{self, ImportView, NewImport, Upload},
};
use headway_domain::{
    id::{GrantId, ImportId, UnitId},
    organisation::{Grant, Grantee, Limit, Role, Unit, UnitKind},
    time::Day,
    work::{ImportState, Mapping, Record, Step, Workflow},
};
use headway_store::Db;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    clock::FixedClock,
    database::for_each_database,
    history::{TODAY, Team, changes, day, tickets},
    ids::SequentialIds,
};

/// The application, and what tests turn around it.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its clock, at noon of [`TODAY`].
    pub clock: FixedClock,
    /// Its ids.
    pub ids: SequentialIds,
    /// The ids of people, who come and go without changing those of anything else.
    people_ids: SequentialIds,
    #[expect(dead_code, reason = "keeps the folder until the test is over")]
    data: TempDir,
}

/// Runs a test on an empty application on SQLite, and on one on PostgreSQL.
pub async fn for_each_app(test: impl AsyncFn(TestApp)) {
    // The futures of whole tests are large.
    for_each_database(async |db| Box::pin(test(TestApp::new(db))).await).await;
}

/// The smallest sample organisation there can be: a unit that nothing belongs to.
struct OneUnit;

impl SampleSource for OneUnit {
    fn units(&self, _: Day) -> Vec<Unit> {
        let id = UnitId(Uuid::from_u128(1));
        vec![Unit {
            id,
            parent: None,
            kind: UnitKind::Portfolio,
            key: "sample".to_owned(),
            name: "Sample".to_owned(),
        }]
    }

    fn workflows(&self, _: Day) -> Vec<(UnitId, Workflow)> {
        Vec::new()
    }

    fn trackers(&self, _: Day) -> Vec<(String, Mapping)> {
        Vec::new()
    }

    fn records(&self, _: Day, _: &str) -> Box<dyn Iterator<Item = Record> + Send> {
        Box::new(std::iter::empty())
    }
}

impl TestApp {
    /// The application on this database.
    pub fn new(db: Db) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        let app = App::new(
            db,
            Config::new(data.path().to_owned(), SecretKey::new([7; 32])),
            Some(Arc::new(OneUnit)),
        );
        TestApp {
            app,
            clock: FixedClock::at_noon_of(day(TODAY)),
            ids: SequentialIds::default(),
            people_ids: SequentialIds::from(1 << 40),
            data,
        }
    }

    /// A context for this actor.
    pub fn context(&self, actor: Actor) -> OpContext {
        OpContext::new(actor, Arc::new(self.clock.clone()), Arc::new(self.ids.clone()))
    }

    /// Whoever runs commands on this machine, who may do everything but run jobs.
    pub fn owner(&self) -> OpContext {
        self.context(Actor::Operator)
    }

    /// A token of a new person who holds this role on a unit, or in the whole organisation; or of one without any.
    pub async fn token(&self, role: Option<Role>, unit: Option<&Unit>) -> String {
        let ctx =
            OpContext::new(Actor::Operator, Arc::new(self.clock.clone()), Arc::new(self.people_ids.clone()));
        let new = NewPerson { name: "Somebody".to_owned(), email: None, password: None, role: None };
        let person =
            organisation::create_person(&ctx, &self.app, new).await.expect("a person can be created");
        if let Some(role) = role {
            let unit = unit.map(|unit| unit.id);
            let grant = Grant { id: GrantId(ctx.new_id()), to: Grantee::Person(person.id), role, unit };
            let mut tx = self.app.db.begin().await.expect("a transaction can begin");
            tx.insert_grant(&grant).await.expect("a role can be granted");
            tx.commit().await.expect("a grant can be kept");
        }
        let new =
            NewToken { name: "tests".to_owned(), limit: Limit { role: Role::Owner, unit: None }, days: 300 };
        let made = organisation::create_token_for(&ctx, &self.app, person.id, new).await;
        made.expect("a token can be made").1
    }

    /// A new person who holds this role on a unit, or in the whole organisation; or one without any.
    pub async fn person(&self, role: Option<Role>, unit: Option<&Unit>) -> OpContext {
        let token = self.token(role, unit).await;
        let nobody = self.context(Actor::Nobody);
        let caller = organisation::authenticate(&nobody, &self.app, Credential::Token(&token)).await;
        let caller = caller.expect("the database can be read").expect("a new token is good");
        nobody.acting_as(Actor::Person(caller))
    }

    /// Somebody with this role in the whole organisation who is signed in with a browser.
    pub async fn browser(&self, role: Option<Role>) -> OpContext {
        let ctx =
            OpContext::new(Actor::Operator, Arc::new(self.clock.clone()), Arc::new(self.people_ids.clone()));
        let (email, password) = (format!("{}@example.org", ctx.new_id()), "four words and a bird".to_owned());
        let new = NewPerson {
            name: "Somebody".to_owned(),
            email: Some(email.clone()),
            password: Some(password.clone()),
            role,
        };
        organisation::create_person(&ctx, &self.app, new).await.expect("a person can be created");
        let nobody = self.context(Actor::Nobody);
        let asked = PasswordSignIn { email, password, agent: String::new() };
        let signed_in =
            organisation::sign_in(&nobody, &self.app, asked).await.expect("the password is right");
        let credential = Credential::Session(&signed_in.token);
        let caller = organisation::authenticate(&nobody, &self.app, credential).await;
        let caller = caller.expect("the database can be read").expect("a new session is good");
        nobody.acting_as(Actor::Person(caller))
    }

    /// Runs jobs until none is due.
    pub async fn work(&self) {
        jobs::run_until_idle(&self.context(Actor::System), &self.app).await.expect("jobs can be run");
    }

    /// A portfolio without units.
    pub async fn portfolio(&self, name: &str) -> Unit {
        let new = NewUnit { name: name.to_owned(), kind: UnitKind::Portfolio, parent: None };
        create_unit(&self.owner(), &self.app, new).await.expect("a portfolio can be created")
    }

    /// A team below a unit.
    pub async fn team(&self, below: &Unit, name: &str) -> Unit {
        let new = NewUnit { name: name.to_owned(), kind: UnitKind::Team, parent: Some(below.id) };
        create_unit(&self.owner(), &self.app, new).await.expect("a team can be created")
    }

    /// Asks for an import of files with these names and contents.
    pub async fn upload(&self, unit: &Unit, tracker: &str, files: &[(&str, &str)]) -> Result<ImportView> {
        let id = import::new_upload_id(&self.owner())?;
        let folder = import::folder_for(&self.app, id);
        std::fs::create_dir_all(&folder)?;
        let mut uploads = Vec::new();
        for (n, (name, text)) in files.iter().enumerate() {
            let path = folder.join(format!("file-{n}"));
            std::fs::write(&path, text)?;
            uploads.push(Upload { name: (*name).to_owned(), path, bytes: text.len() as u64 });
        }
        let new = NewImport { id, unit: unit.key.clone(), tracker: Some(tracker.to_owned()), files: uploads };
        import::create_import(&self.owner(), &self.app, new).await
    }

    /// Takes a step with an import and does the work that follows.
    pub async fn step(&self, id: ImportId, step: Step) -> Result<ImportView> {
        import::take_step(&self.owner(), &self.app, id, step).await?;
        self.work().await;
        import::import(&self.owner(), &self.app, id).await
    }

    /// Imports the histories of teams from a table of tickets and one of changes, as far as to this state.
    pub async fn import(&self, unit: &Unit, teams: &[&Team], until: ImportState) -> ImportView {
        let (tickets, changes) = (tickets(teams), changes(teams));
        let files = [("tickets.csv", tickets.as_str()), ("changes.csv", changes.as_str())];
        self.import_files(unit, &files, until).await
    }

    /// Imports files of the tracker "Tracker", as far as to this state.
    pub async fn import_files(&self, unit: &Unit, files: &[(&str, &str)], until: ImportState) -> ImportView {
        let asked = self.upload(unit, "Tracker", files).await.expect("files can be uploaded");
        self.work().await;
        let id = asked.import.id;
        let mut view = import::import(&self.owner(), &self.app, id).await.expect("the import is there");
        for step in [Step::DryRun, Step::Start, Step::Approve] {
            if view.import.state == until {
                break;
            }
            view = self.step(id, step).await.unwrap_or_else(|error| panic!("failed to {step:?}: {error}"));
        }
        assert_eq!(view.import.state, until, "{:?}", view.import.trouble);
        view
    }

    /// Every fact in the database, a line each. A tracker stays known once something of it was asked for.
    pub async fn facts(&self) -> Vec<String> {
        let mut reader = self.app.db.read().await.expect("the database can be read");
        let mut dump = reader.fact_dump().await.expect("facts can be read");
        dump.retain(|line| !line.starts_with("tracker "));
        dump
    }
}
