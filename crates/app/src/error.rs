//! Why a use case was not carried out. Each variant is a different answer to the caller.

use headway_domain::{
    organisation::MisplacedUnit,
    work::{IllegalStep, MappingGap},
};

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller may not do this.
    #[error("you may not do this")]
    Forbidden,
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// The request makes no sense.
    #[error("{message}")]
    Invalid {
        /// The field at fault, as in the request.
        field: &'static str,
        /// What is wrong and what is expected.
        message: String,
    },
    /// The request makes sense, but not now.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else was faster.
    #[error("somebody changed this in the meantime; load it again")]
    Stale,
    /// The database or the disk cannot be reached; trying again later may help.
    #[error("the database cannot be reached; try again in a moment")]
    Unavailable,
    /// A fault of ours. The cause is for the log and never leaves the server.
    #[error("something went wrong inside; the server's log says what")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A request that makes no sense.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Error::Invalid { field, message: message.into() }
    }

    /// A fault of ours.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Internal(cause.into())
    }
}

impl From<headway_store::Error> for Error {
    fn from(error: headway_store::Error) -> Self {
        match error {
            headway_store::Error::Duplicate(_) => {
                Error::Conflict("something with this key or name exists already".to_owned())
            }
            headway_store::Error::Stale => Error::Stale,
            headway_store::Error::Unavailable(_) => Error::Unavailable,
            other => Error::internal(other),
        }
    }
}

impl From<IllegalStep> for Error {
    fn from(step: IllegalStep) -> Self {
        Error::Conflict(step.to_string())
    }
}

impl From<MisplacedUnit> for Error {
    fn from(misplaced: MisplacedUnit) -> Self {
        Error::invalid("parent_id", misplaced.to_string())
    }
}

impl From<MappingGap> for Error {
    fn from(gap: MappingGap) -> Self {
        Error::invalid("mapping", gap.to_string())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::internal(error)
    }
}
