//! The same test on both engines.
//!
//! ```no_run
//! # async fn example() {
//! headway_testkit::database::for_each_database(async |db| {
//!     assert!(db.read().await.unwrap().units().await.unwrap().is_empty());
//! })
//! .await;
//! # }
//! ```

mod cluster;

use std::sync::atomic::{AtomicU32, Ordering};

use headway_store::{Db, Engine};
use tempfile::TempDir;

use cluster::Cluster;
pub use cluster::{postgres_programs, postgres_user};

/// Runs a test on an empty, migrated SQLite database and on an empty, migrated PostgreSQL database. What failed says
/// on which.
pub async fn for_each_database(test: impl AsyncFn(Db)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::new(engine).await;
        let db = place.open().await;
        place.run(test(db.clone())).await;
        db.close().await;
    }
}

/// Like [`for_each_database`], for tests that open the database themselves.
pub async fn for_each_place(test: impl AsyncFn(&Place)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::new(engine).await;
        place.run(test(&place)).await;
    }
}

/// Where a test's own database is. It goes when this is dropped.
pub struct Place {
    engine: Engine,
    url: String,
    kept: Kept,
}

enum Kept {
    Sqlite(#[expect(dead_code, reason = "keeps the folder until the test is over")] TempDir),
    Postgres { cluster: &'static Cluster, name: String },
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Place {
    /// Makes room for a database: a file in a new folder, or a copy of a migrated PostgreSQL database.
    pub async fn new(engine: Engine) -> Place {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder can be made");
                let url = format!("sqlite:{}", folder.path().join("headway.db").display());
                Place { engine, url, kept: Kept::Sqlite(folder) }
            }
            Engine::Postgres => {
                let cluster = Cluster::get();
                let number = DATABASES.fetch_add(1, Ordering::Relaxed);
                let name = format!("headway_test_{}_{number}", std::process::id());
                cluster.create(&name).await;
                Place { engine, url: cluster.url(&name), kept: Kept::Postgres { cluster, name } }
            }
        }
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The address to open it at.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens the database.
    pub async fn open(&self) -> Db {
        Db::open(&self.url).await.unwrap_or_else(|error| panic!("failed to open {}: {error:?}", self.url))
    }

    async fn run(&self, test: impl Future<Output = ()>) {
        let failed = NameOnPanic(self.engine);
        test.await;
        drop(failed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Kept::Postgres { cluster, name } = &self.kept {
            cluster.drop_database(name);
        }
    }
}

struct NameOnPanic(Engine);

impl Drop for NameOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the test failed on {}", self.0.name());
        }
    }
}
