//! The one place that decides who may do what.
//!
//! Until people can sign in there are three actors: the person at this machine, who may do everything (the server
//! listens on loopback only), the system itself, and nobody, who may do nothing. Deny by default.

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The person at this machine.
    Owner,
    /// A job that somebody's earlier act started.
    System,
    /// Somebody unknown.
    Nobody,
}

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See units, items and every figure.
    Read,
    /// Create, change and delete units and their workflows.
    ManageUnits,
    /// Import, approve and roll back.
    Import,
    /// Change the settings of the installation.
    ManageSettings,
    /// Run jobs.
    RunJobs,
}

impl Actor {
    /// Whether the actor may.
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Actor::Owner => permission != Permission::RunJobs,
            Actor::System => true,
            Actor::Nobody => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_nothing() {
        let all = [
            Permission::Read,
            Permission::ManageUnits,
            Permission::Import,
            Permission::ManageSettings,
            Permission::RunJobs,
        ];
        assert!(all.into_iter().all(|permission| !Actor::Nobody.may(permission)));
        assert!(all.into_iter().all(|permission| Actor::System.may(permission)));
        assert!(!Actor::Owner.may(Permission::RunJobs));
    }
}
