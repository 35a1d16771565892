//! The running application: what every use case needs besides its context.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use headway_domain::{id::UnitId, organisation::UnitTree};
use headway_store::Db;
use tokio::sync::Semaphore;

use crate::{
    Known,
    insight::Facts,
    live::Tail,
    organisation::{Callers, SecretKey},
    outbound::{NoWayOut, Outbound},
    platform::Health,
    sample::SampleSource,
};

/// How the application is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder for uploaded files and everything else that is not in the database.
    pub data: PathBuf,
    /// How long a job runner may be silent before another takes its job over.
    pub lease: Duration,
    /// The address people use, without a slash at the end, for links in what is sent to them.
    pub public_url: Option<String>,
    /// What protects secrets in the database.
    pub secret_key: SecretKey,
}

impl Config {
    /// The usual set-up around this folder, with this key.
    pub fn new(data: PathBuf, secret_key: SecretKey) -> Self {
        Config { data, lease: Duration::from_secs(15), public_url: None, secret_key }
    }
}

/// How many passwords are hashed at once.
const MOST_HASHING: usize = 2;

/// The running application. Clones share it.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// How it is set up.
    pub config: Arc<Config>,
    /// The units, kept in memory and brought up to date by events.
    pub units: Known<UnitTree>,
    /// How many items each unit holds itself, likewise.
    pub extents: Known<BTreeMap<UnitId, u64>>,
    /// The newest events, likewise.
    pub(crate) tail: Tail,
    /// Whom sessions and tokens stand for, likewise.
    pub callers: Callers,
    /// Turns at hashing passwords, which takes memory and time.
    pub(crate) hashing: Arc<Semaphore>,
    /// The teams' histories as measures read them, kept in memory and brought up to date by events.
    pub facts: Facts,
    /// What this process knows of its own health.
    pub health: Health,
    /// Where the sample organisation comes from, in programs that bring one.
    pub sample: Option<Arc<dyn SampleSource>>,
    /// The way out to other servers; none until the program brings one.
    pub outbound: Arc<dyn Outbound>,
}

impl App {
    /// An application on an open database.
    pub fn new(db: Db, config: Config, sample: Option<Arc<dyn SampleSource>>) -> Self {
        App {
            db,
            config: Arc::new(config),
            units: Known::default(),
            extents: Known::default(),
            tail: Tail::default(),
            callers: Callers::default(),
            hashing: Arc::new(Semaphore::new(MOST_HASHING)),
            facts: Facts::default(),
            health: Health::default(),
            sample,
            outbound: Arc::new(NoWayOut),
        }
    }
}
