//! The audit log: every change says who made it, in the transaction that makes it.
//!
//! An entry names people and things by their ids; names, addresses and texts stay out of it, so that erasing them
//! leaves the log whole. Of an anonymous act it says that there was one, never by whom.

use std::fmt::Display;

use headway_domain::{governance::audit::Doer, id::UnitId};
use headway_store::{NewAudit, Tx};
use serde_json::{Value, json};

use crate::{OpContext, Result};

/// Something that is being done, for the log.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    action: &'static str,
    subject_kind: &'static str,
    subject: String,
    unit: Option<UnitId>,
    detail: Value,
    doer: Option<Doer>,
}

impl Act {
    /// What is done, such as `unit.created`, to which kind of thing, and which.
    pub(crate) fn new(action: &'static str, subject_kind: &'static str, subject: impl Display) -> Self {
        Act { action, subject_kind, subject: subject.to_string(), unit: None, detail: json!({}), doer: None }
    }

    /// The unit that the thing belongs to.
    pub(crate) fn at(mut self, unit: UnitId) -> Self {
        self.unit = Some(unit);
        self
    }

    /// What else there is to say: codes and ids.
    pub(crate) fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// Who does it, where the context does not know yet: somebody who is just signing in.
    pub(crate) fn by(mut self, doer: Doer) -> Self {
        self.doer = Some(doer);
        self
    }
}

/// Writes an act into the log.
pub(crate) async fn record(ctx: &OpContext, tx: &mut Tx, act: Act) -> Result<()> {
    let new = NewAudit {
        at: ctx.now(),
        doer: act.doer.unwrap_or_else(|| ctx.actor.doer()),
        action: act.action.to_owned(),
        subject_kind: act.subject_kind.to_owned(),
        subject: act.subject,
        unit: act.unit,
        detail: act.detail,
    };
    tx.insert_audit(&new).await?;
    Ok(())
}

/// Writes an act into the log and commits what it did: the end of every use case that a person asked for.
pub(crate) async fn commit(ctx: &OpContext, mut tx: Tx, act: Act) -> Result<()> {
    record(ctx, &mut tx, act).await?;
    Ok(tx.commit().await?)
}
