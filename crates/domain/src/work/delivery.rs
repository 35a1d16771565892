//! Deployments and the changes they carry.

use crate::{
    id::{DeploymentId, UnitId},
    time::Instant,
};

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeploymentOutcome {
    /// It runs.
    Succeeded,
    /// It did not reach production.
    Failed,
    /// It reached production and had to be repaired.
    CausedFailure,
}

impl DeploymentOutcome {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            DeploymentOutcome::Succeeded => "succeeded",
            DeploymentOutcome::Failed => "failed",
            DeploymentOutcome::CausedFailure => "caused_failure",
        }
    }

    /// The outcome with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Succeeded, Self::Failed, Self::CausedFailure].into_iter().find(|it| it.code() == code)
    }
}

/// A deployment to production.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The team that deployed.
    pub unit: UnitId,
    /// The tracker's id of it.
    pub key: String,
    /// When it was finished.
    pub finished_at: Instant,
    /// How it ended.
    pub outcome: DeploymentOutcome,
    /// The environment.
    pub environment: String,
    /// Whether inferred rather than told.
    pub is_proxy: bool,
    /// The changes it carried first.
    pub changes: Vec<CodeChange>,
}

/// A commit on its way to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChange {
    /// When it was written.
    pub authored_at: Instant,
    /// When it was committed.
    pub committed_at: Instant,
    /// Whether it takes back or repairs an earlier change.
    pub is_repair: bool,
}
