//! The way to the database: pools, readers, transactions, and the wake-up after a commit.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::watch;
use tracing::Span;

use crate::{Engine, Error, dialect};

/// A database, opened and migrated. Clones share it.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    wake: Arc<watch::Sender<u64>>,
    /// Passes on the wake-ups of other nodes; ends with the last clone.
    listener: Option<Arc<Listener>>,
    /// A read-only copy of the database.
    replica: Option<PgPool>,
    /// The newest event that this process knows of: what it reads must be no older.
    seen: Arc<AtomicI64>,
}

#[derive(Clone)]
enum Pools {
    /// SQLite admits one writer at a time; queueing for the one connection that writes is fair and does not spin.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

struct Listener(tokio::task::JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolFigure {
    /// What it is called.
    pub name: &'static str,
    /// How many are open.
    pub open: u32,
    /// How many of those nobody uses.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

/// The metric of how long somebody waited for a connection, by what for.
pub const WAIT: &str = "headway_database_wait_seconds";

/// A connection that reads, each statement by itself.
pub struct Reader {
    held: Held,
    /// Seen in traces for as long as the connection is held.
    _span: Span,
}

/// A transaction. It is rolled back when it is dropped without [`Tx::commit`].
pub struct Tx {
    reader: Reader,
    wake: Arc<watch::Sender<u64>>,
    /// Whether the commit has to wake those who wait for events or jobs.
    pub(crate) wakes: bool,
    /// The newest event that it inserted.
    pub(crate) newest: i64,
    seen: Arc<AtomicI64>,
}

enum Held {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// The connection with its native type: what [`on!`] matches.
pub(crate) enum Driver<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Expands a body for the driver behind a reader or a transaction: `on!(self, |c| sqlx::query("…").execute(c))`.
macro_rules! on {
    ($session:expr, |$connection:ident| $body:expr) => {
        match $session.driver() {
            $crate::platform::Driver::Sqlite($connection) => $body,
            $crate::platform::Driver::Postgres($connection) => $body,
        }
    };
}
pub(crate) use on;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// A copy that does not answer soon is not waited for.
const REPLICA_WAIT: Duration = Duration::from_secs(1);
/// How long a connection waits for another one.
const BUSY: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database at `sqlite:PATH` (created when it is missing) or `postgres://…`, and brings its tables to
    /// this version.
    pub async fn open(url: &str) -> Result<Db, Error> {
        let wake = Arc::new(watch::Sender::new(0));
        if url.starts_with("sqlite:") {
            let pools = open_sqlite(url).await?;
            return Ok(Db { pools, wake, listener: None, replica: None, seen: Arc::default() });
        }
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY)
            .connect(url)
            .await?;
        // Nodes that start together take turns. A node that is older than the tables starts all the same: within one
        // major version new tables and columns don't disturb it, so that nodes can be upgraded one after the other.
        let mut migrator =
            Migrator { migrations: POSTGRES_MIGRATIONS.migrations.clone(), ..Migrator::DEFAULT };
        migrator.set_ignore_missing(true).run(&pool).await?;
        let mut hears = PgListener::connect_with(&pool).await?;
        hears.listen(dialect::CHANNEL).await?;
        let task = tokio::spawn(pass_on(hears, Arc::clone(&wake)));
        Ok(Db {
            pools: Pools::Postgres(pool),
            wake,
            listener: Some(Arc::new(Listener(task))),
            replica: None,
            seen: Arc::default(),
        })
    }

    /// Opens a database that is there, and changes nothing in it, not even its tables: another version of the program
    /// may be at work in it. Meant for one reader at a time.
    pub async fn open_as_it_is(url: &str) -> Result<Db, Error> {
        let pools = if url.starts_with("sqlite:") {
            // Few rows are read ahead: one may be megabytes long.
            let options = url.parse::<SqliteConnectOptions>()?.create_if_missing(false).row_buffer_size(8);
            let options =
                options.busy_timeout(BUSY).pragma("temp_store", "memory").disable_statement_logging();
            let readers = SqlitePoolOptions::new().max_connections(2);
            let readers = readers.connect_with(options.clone().pragma("query_only", "on")).await?;
            let writer = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
            Pools::Sqlite { readers, writer }
        } else {
            let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(BUSY);
            Pools::Postgres(pool.connect_with(quiet(url)?).await?)
        };
        Ok(Db {
            pools,
            wake: Arc::new(watch::Sender::new(0)),
            listener: None,
            replica: None,
            seen: Arc::default(),
        })
    }

    /// Opens a database to load rows into, with the tables of an earlier version, up to and including the migration
    /// `version`. A SQLite file is created, and is whole only once it is closed: nothing is kept that would put it
    /// right after a crash.
    pub async fn open_to_load(url: &str, version: i64) -> Result<Db, Error> {
        let pools = if url.starts_with("sqlite:") {
            let options = url
                .parse::<SqliteConnectOptions>()?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Off)
                .synchronous(SqliteSynchronous::Off)
                .foreign_keys(true)
                .row_buffer_size(8)
                .pragma("temp_store", "memory")
                .pragma("cache_size", "-65536")
                .disable_statement_logging();
            let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
            SQLITE_MIGRATIONS.run_to(version, &writer).await?;
            let readers = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
            Pools::Sqlite { readers, writer }
        } else {
            let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(BUSY);
            let pool = pool.connect_with(quiet(url)?).await?;
            POSTGRES_MIGRATIONS.run_to(version, &pool).await?;
            Pools::Postgres(pool)
        };
        Ok(Db {
            pools,
            wake: Arc::new(watch::Sender::new(0)),
            listener: None,
            replica: None,
            seen: Arc::default(),
        })
    }

    /// Brings everything that belongs to a SQLite database into its one file. [`Error::Unavailable`] when anybody has
    /// it open.
    pub async fn settle_file(url: &str) -> Result<(), Error> {
        let options = url.parse::<SqliteConnectOptions>()?.create_if_missing(false);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let settled = sqlx::query("pragma journal_mode = delete").execute(&mut connection).await;
        connection.close().await?;
        settled?;
        Ok(())
    }

    /// Brings the tables to this version.
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await?,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        match &self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection to read with, without a transaction around the statements.
    pub async fn read(&self) -> Result<Reader, Error> {
        let span = tracing::debug_span!("database", otel.name = "database read");
        let began = Stopwatch::now();
        let held = match &self.pools {
            Pools::Sqlite { readers, .. } => Held::SqliteReader(readers.acquire().await?),
            Pools::Postgres(pool) => Held::PostgresReader(pool.acquire().await?),
        };
        metrics::histogram!(WAIT, "for" => "read").record(began.elapsed().as_secs_f64());
        Ok(Reader { held, _span: span })
    }

    /// A reader all of whose statements see the database as it is now, whatever others write meanwhile.
    pub async fn snapshot(&self) -> Result<Reader, Error> {
        let mut reader = Reader::new(match &self.pools {
            Pools::Sqlite { readers, .. } => Held::SqliteTx(readers.begin().await?),
            Pools::Postgres(pool) => {
                Held::PostgresTx(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        });
        // Both engines take the snapshot with the first statement that reads from a table.
        reader.schema_version().await?;
        Ok(reader)
    }

    /// Begins a transaction that may write. On SQLite it waits here until it is the only one.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let span = tracing::debug_span!("database", otel.name = "database write");
        let began = Stopwatch::now();
        let held = match &self.pools {
            Pools::Sqlite { writer, .. } => Held::SqliteTx(writer.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => Held::PostgresTx(pool.begin().await?),
        };
        metrics::histogram!(WAIT, "for" => "write").record(began.elapsed().as_secs_f64());
        Ok(Tx {
            reader: Reader { held, _span: span },
            wake: Arc::clone(&self.wake),
            wakes: false,
            newest: 0,
            seen: Arc::clone(&self.seen),
        })
    }

    /// Reads figures from a read-only copy of the database, as long as it is not behind what this process knows.
    pub fn with_replica(self, url: &str) -> Result<Db, Error> {
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(REPLICA_WAIT);
        Ok(Db { replica: Some(pool.connect_lazy(url)?), ..self })
    }

    /// A connection to read what only changes with events: from the copy, when there is one that has all events this
    /// process knows of, else from the database itself.
    pub async fn read_by_events(&self) -> Result<Reader, Error> {
        if let Some(replica) = &self.replica
            && let Ok(connection) = replica.acquire().await
        {
            let mut reader = Reader::new(Held::PostgresReader(connection));
            if reader.last_event_seq().await.is_ok_and(|last| last >= self.seen.load(Ordering::Acquire)) {
                return Ok(reader);
            }
        }
        self.read().await
    }

    /// Notes that this process knows of an event.
    pub fn saw_event(&self, seq: i64) {
        self.seen.fetch_max(seq, Ordering::AcqRel);
    }

    /// Changes whenever a transaction that inserted events or jobs was committed, here or on another node. It may
    /// also change without a reason: readers look into the table either way.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.wake.subscribe()
    }

    /// How many connections there are.
    pub fn connections(&self) -> Vec<PoolFigure> {
        let figure = |name, open: u32, idle: usize, most| PoolFigure {
            name,
            open,
            idle: u32::try_from(idle).unwrap_or(u32::MAX),
            most,
        };
        match &self.pools {
            Pools::Sqlite { readers, writer } => vec![
                figure("readers", readers.size(), readers.num_idle(), SQLITE_READERS),
                figure("writer", writer.size(), writer.num_idle(), 1),
            ],
            Pools::Postgres(pool) => {
                vec![figure("postgres", pool.size(), pool.num_idle(), POSTGRES_CONNECTIONS)]
            }
        }
    }

    /// Closes all connections, after the statements that still run.
    pub async fn close(&self) {
        if let Some(listener) = &self.listener {
            listener.0.abort();
        }
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Without a word about statements that take long: those that read or write whole tables do.
fn quiet(url: &str) -> Result<PgConnectOptions, Error> {
    Ok(url.parse::<PgConnectOptions>()?.disable_statement_logging())
}

async fn open_sqlite(url: &str) -> Result<Pools, Error> {
    let options = url
        .parse::<SqliteConnectOptions>()?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("temp_store", "memory")
        // Of the file, so much is mapped by each connection: it counts as memory of this process.
        .pragma("mmap_size", "67108864");
    // The writer's cache holds the inner pages of the indexes that an import touches everywhere.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", "-32768"))
        .await?;
    SQLITE_MIGRATIONS.run(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "on").row_buffer_size(256))
        .await?;
    Ok(Pools::Sqlite { readers, writer })
}

/// Turns notifications of PostgreSQL into wake-ups. The listener connects again by itself.
async fn pass_on(mut listener: PgListener, wake: Arc<watch::Sender<u64>>) {
    loop {
        if let Err(error) = listener.recv().await {
            tracing::warn!(%error, "lost the connection that listens for other nodes; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // Also after an error: something may have been committed while nobody listened.
        wake.send_modify(|n| *n += 1);
    }
}

/// The newest version that this program's migrations make.
pub fn newest_schema() -> i64 {
    SQLITE_MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// A database in memory with the tables of this version, and with nothing but what the migrations put there.
pub(crate) async fn blank(version: i64) -> Result<Reader, Error> {
    let options = "sqlite::memory:".parse::<SqliteConnectOptions>()?;
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    SQLITE_MIGRATIONS.run_to(version, &pool).await?;
    Ok(Reader::new(Held::SqliteReader(pool.acquire().await?)))
}

impl Reader {
    fn new(held: Held) -> Self {
        Reader { held, _span: Span::none() }
    }

    /// The engine behind it.
    pub(crate) fn engine(&self) -> Engine {
        match &self.held {
            Held::SqliteReader(_) | Held::SqliteTx(_) => Engine::Sqlite,
            Held::PostgresReader(_) | Held::PostgresTx(_) => Engine::Postgres,
        }
    }

    pub(crate) fn driver(&mut self) -> Driver<'_> {
        match &mut self.held {
            Held::SqliteReader(connection) => Driver::Sqlite(connection),
            Held::SqliteTx(tx) => Driver::Sqlite(tx),
            Held::PostgresReader(connection) => Driver::Postgres(connection),
            Held::PostgresTx(tx) => Driver::Postgres(tx),
        }
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&mut self) -> Result<(), Error> {
        on!(self, |c| sqlx::query("select 1").execute(c).await.map(drop))?;
        Ok(())
    }
}

impl Tx {
    /// Makes everything durable and visible at once, and wakes whoever waits for it.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.wakes {
            dialect::notify(&mut self).await?;
        }
        match self.reader.held {
            Held::SqliteTx(tx) => tx.commit().await?,
            Held::PostgresTx(tx) => tx.commit().await?,
            // `Db::begin` is the only place that makes a `Tx`.
            Held::SqliteReader(_) | Held::PostgresReader(_) => {}
        }
        self.seen.fetch_max(self.newest, Ordering::AcqRel);
        if self.wakes {
            self.wake.send_modify(|n| *n += 1);
        }
        Ok(())
    }

    /// Takes everything back now instead of when it is dropped.
    pub async fn roll_back(self) -> Result<(), Error> {
        match self.reader.held {
            Held::SqliteTx(tx) => tx.rollback().await?,
            Held::PostgresTx(tx) => tx.rollback().await?,
            Held::SqliteReader(_) | Held::PostgresReader(_) => {}
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}
