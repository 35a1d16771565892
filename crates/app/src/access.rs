//! The one place that decides who may do what. The rule itself stands in `headway_domain::organisation`.

use std::sync::Arc;

use headway_domain::{
    governance::audit::{Digest, Doer},
    id::{PersonId, SessionId, TokenId, UnitId},
    organisation::{Decision, Permissions, Rights, UnitTree},
};

pub use headway_domain::organisation::Permission;

use crate::{Error, OpContext, Result};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who signed in, or a program with a token.
    Person(Arc<Caller>),
    /// Whoever runs commands on this machine: the database is theirs anyway.
    Operator,
    /// A job that somebody's earlier act started.
    System,
    /// Somebody unknown, who may do nothing.
    Nobody,
}

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: PersonId,
    /// With what.
    pub via: Via,
    /// The roles they hold, and the limit of their token.
    pub rights: Rights,
    /// The hash of what they showed, to look again whether it is still good.
    pub(crate) proof: Digest,
}

/// What somebody has signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A browser.
    Session(SessionId),
    /// A token for the API.
    Token(TokenId),
}

impl Via {
    fn id(self) -> uuid::Uuid {
        match self {
            Via::Session(id) => id.0,
            Via::Token(id) => id.0,
        }
    }
}

impl Actor {
    /// Who acts, as the audit log says it.
    pub fn doer(&self) -> Doer {
        match self {
            Actor::Person(caller) => Doer::Person { person: caller.person.0, via: Some(caller.via.id()) },
            Actor::Operator => Doer::Operator,
            Actor::System => Doer::System,
            Actor::Nobody => Doer::Nobody,
        }
    }

    /// Everything allowed at the end of a path of units; the empty path is the organisation itself.
    fn allowed(&self, path: &[UnitId]) -> Permissions {
        match self {
            Actor::Person(caller) => caller.rights.at(path),
            Actor::Operator => Permission::ALL.into_iter().collect(),
            Actor::System => Permission::ALL.into_iter().chain([Permission::RunJobs]).collect(),
            Actor::Nobody => Permissions::NONE,
        }
    }
}

impl OpContext {
    /// The person who acts. [`Error::Unauthenticated`] for anybody else.
    pub fn caller(&self) -> Result<&Caller> {
        match &self.actor {
            Actor::Person(caller) => Ok(caller),
            Actor::Operator | Actor::System | Actor::Nobody => Err(Error::Unauthenticated),
        }
    }

    /// Whether the actor may do this to the organisation as a whole.
    pub fn may(&self, permission: Permission) -> bool {
        self.actor.allowed(&[]).has(permission)
    }

    /// Whether the actor may do this to a unit.
    pub fn may_at(&self, permission: Permission, tree: &UnitTree, unit: UnitId) -> bool {
        self.permissions_at(tree, unit).has(permission)
    }

    /// Everything that the actor may do to a unit.
    pub fn permissions_at(&self, tree: &UnitTree, unit: UnitId) -> Permissions {
        self.actor.allowed(&path(tree, unit))
    }

    /// Everything that the actor may do to the organisation as a whole.
    pub fn permissions(&self) -> Permissions {
        self.actor.allowed(&[])
    }

    /// The units that the actor may see; `None` for all.
    pub fn seen(&self, tree: &UnitTree) -> Option<Vec<UnitId>> {
        if self.may(Permission::Read) {
            return None;
        }
        let ids = tree.units().iter().map(|unit| unit.id);
        Some(ids.filter(|unit| self.may_at(Permission::Read, tree, *unit)).collect())
    }

    /// Whether the actor may do this anywhere at all.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        match &self.actor {
            Actor::Person(caller) => caller.rights.anywhere(permission),
            other => other.allowed(&[]).has(permission),
        }
    }

    /// Refuses what the actor may not do to the organisation as a whole.
    pub fn authorise(&self, permission: Permission) -> Result<()> {
        if self.may(permission) { Ok(()) } else { Err(self.refused()) }
    }

    /// Refuses what the actor may not do to a unit. A unit that they may not even see is not there for them.
    pub fn authorise_at(&self, permission: Permission, tree: &UnitTree, unit: UnitId) -> Result<()> {
        let allowed = self.permissions_at(tree, unit);
        if allowed.has(permission) {
            return Ok(());
        }
        if allowed.has(Permission::Read) || matches!(self.actor, Actor::Nobody) {
            return Err(self.refused());
        }
        Err(Error::NotFound("unit"))
    }

    /// Refuses what the actor may do to no unit at all. What they are shown then is only of the units they may.
    pub fn authorise_somewhere(&self, permission: Permission) -> Result<()> {
        if self.may_somewhere(permission) { Ok(()) } else { Err(self.refused()) }
    }

    /// Refuses whoever has not signed in.
    pub fn authorise_anybody(&self) -> Result<()> {
        if matches!(self.actor, Actor::Nobody) { Err(Error::Unauthenticated) } else { Ok(()) }
    }

    /// Whether and why the actor may do this at the end of a path of units. Only people have reasons.
    pub fn explain(&self, permission: Permission, path: &[UnitId]) -> Option<Decision> {
        match &self.actor {
            Actor::Person(caller) => Some(caller.rights.decide(permission, path)),
            Actor::Operator | Actor::System | Actor::Nobody => None,
        }
    }

    fn refused(&self) -> Error {
        match self.actor {
            Actor::Nobody => Error::Unauthenticated,
            Actor::Person(_) | Actor::Operator | Actor::System => Error::Forbidden,
        }
    }
}

/// The ids from the top down to a unit. A unit that the tree does not hold has only itself.
pub(crate) fn path(tree: &UnitTree, unit: UnitId) -> Vec<UnitId> {
    let path: Vec<UnitId> = tree.path(unit).into_iter().map(|unit| unit.id).collect();
    if path.is_empty() { vec![unit] } else { path }
}
