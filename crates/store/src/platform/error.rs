//! What can go wrong with stored data.

use std::fmt::Display;

/// Why a statement failed. The text fits after "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another row has this key already.
    #[error("store a second record under a key that is taken ({0})")]
    Duplicate(String),
    /// It refers to something that is not there, or something still refers to it.
    #[error("keep references whole: something it refers to is missing, or something still refers to it")]
    Referenced,
    /// Somebody else changed or took it since it was read.
    #[error("store a change of something that has changed meanwhile; read it again")]
    Stale,
    /// A row holds what no version of the program has written.
    #[error("read row {id} of table {table}: {reason}; restore the database from a backup or report this")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A row can't be read or written, or a table is not as it should be.
    #[error("read or write a row of table {table} ({row}): {reason}")]
    Row {
        /// The table.
        table: String,
        /// What is known of the row.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database does not answer, or is too busy.
    #[error("reach the database; check that it runs and try again")]
    Unavailable(#[source] sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("bring the database's tables to this version")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A statement failed otherwise.
    #[error("run a statement")]
    Sql(#[source] sqlx::Error),
}

/// A row that holds what no version of the program has written.
pub(crate) fn corrupt(table: &'static str, id: impl Display, reason: impl Display) -> Error {
    Error::Corrupt { table, id: id.to_string(), reason: reason.to_string() }
}

/// SQLite: busy, locked, full, cannot open. PostgreSQL: lost connections, too many of them, serialisation failures
/// and deadlocks, shutdown.
fn says_unavailable(code: &str) -> bool {
    const POSTGRES: [&str; 5] = ["08", "40", "53", "55", "57"];
    match code.parse::<u32>() {
        Ok(sqlite) if code.len() < 5 => matches!(sqlite & 0xff, 5 | 6 | 13 | 14),
        _ => POSTGRES.iter().any(|class| code.starts_with(class)),
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Error::Duplicate(
                    database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned),
                ),
                ErrorKind::ForeignKeyViolation => Error::Referenced,
                _ if database.code().is_some_and(|code| says_unavailable(&code)) => Error::Unavailable(error),
                _ => Error::Sql(error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Error::Unavailable(error),
            _ => Error::Sql(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Error::Migration(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_and_lost_databases_are_unavailable() {
        // SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, serialization_failure, deadlock_detected, admin_shutdown.
        for code in ["5", "517", "40001", "40P01", "57P01"] {
            assert!(says_unavailable(code), "{code}");
        }
        // SQLITE_ERROR, SQLITE_CONSTRAINT_CHECK, undefined_table, not_null_violation.
        for code in ["1", "275", "42P01", "23502"] {
            assert!(!says_unavailable(code), "{code}");
        }
    }
}
