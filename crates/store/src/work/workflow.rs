//! Workflows, kept as JSON: they are read and written whole, and nothing asks for a part of one.

use std::collections::BTreeMap;

use headway_domain::{
    id::UnitId,
    time::{Day, Zone},
    work::{
        BlockedRule, Calendar, Category, DayCount, FinishPolicy, KindRule, Sle, Stage, StageIx, StartPolicy,
        WorkType, Workflow,
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::batch::TaughtWorkflow;
use crate::{
    Error, Reader, Tx,
    platform::{corrupt, on},
};

/// The body of a row. Maps are sorted, so that equal workflows have equal bodies.
#[derive(Serialize, Deserialize)]
struct WorkflowBody {
    stages: Vec<(String, String)>,
    states: BTreeMap<String, StageIx>,
    kinds: Vec<(String, String)>,
    blocked: BlockedBody,
    cancelled_resolutions: Vec<String>,
    start: String,
    finish: String,
    zone: String,
    workdays: [bool; 7],
    holidays: Vec<i32>,
    counts_workdays_only: bool,
    sle: Option<(u8, u32)>,
    wip_limit: Option<u32>,
    stalled_after_days: u32,
}

/// [`BlockedRule`] in JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct BlockedBody {
    flags: Vec<String>,
    states: Vec<String>,
    labels: Vec<String>,
    links: bool,
}

impl From<&BlockedRule> for BlockedBody {
    fn from(rule: &BlockedRule) -> Self {
        let BlockedRule { flags, states, labels, links } = rule.clone();
        BlockedBody { flags, states, labels, links }
    }
}

impl From<BlockedBody> for BlockedRule {
    fn from(body: BlockedBody) -> Self {
        let BlockedBody { flags, states, labels, links } = body;
        BlockedRule { flags, states, labels, links }
    }
}

pub(super) fn stages_to_body(stages: &[Stage]) -> Vec<(String, String)> {
    stages.iter().map(|stage| (stage.name.clone(), stage.category.code().to_owned())).collect()
}

pub(super) fn stages_from_body(stages: Vec<(String, String)>) -> Result<Vec<Stage>, String> {
    let stage = |(name, category): (String, String)| match Category::from_code(&category) {
        Some(category) => Ok(Stage { name, category }),
        None => Err(format!("unknown category {category:?}")),
    };
    stages.into_iter().map(stage).collect()
}

pub(super) fn kinds_to_body(kinds: &[KindRule]) -> Vec<(String, String)> {
    kinds.iter().map(|rule| (rule.kind.clone(), rule.work_type.code().to_owned())).collect()
}

pub(super) fn kinds_from_body(kinds: Vec<(String, String)>) -> Result<Vec<KindRule>, String> {
    let rule = |(kind, code): (String, String)| match WorkType::from_code(&code) {
        Some(work_type) => Ok(KindRule { kind, work_type }),
        None => Err(format!("unknown work type {code:?}")),
    };
    kinds.into_iter().map(rule).collect()
}

impl From<&Workflow> for WorkflowBody {
    fn from(workflow: &Workflow) -> Self {
        WorkflowBody {
            stages: stages_to_body(&workflow.stages),
            states: workflow.states.iter().map(|(state, stage)| (state.clone(), *stage)).collect(),
            kinds: kinds_to_body(&workflow.kinds),
            blocked: (&workflow.blocked).into(),
            cancelled_resolutions: workflow.cancelled_resolutions.clone(),
            start: workflow.start.code().to_owned(),
            finish: workflow.finish.code().to_owned(),
            zone: workflow.calendar.zone.name().to_owned(),
            workdays: workflow.calendar.workdays,
            holidays: workflow.calendar.holidays.iter().map(|day| day.0).collect(),
            counts_workdays_only: workflow.calendar.count == DayCount::Working,
            sle: workflow.sle.map(|sle| (sle.percent, sle.days)),
            wip_limit: workflow.wip_limit,
            stalled_after_days: workflow.stalled_after_days,
        }
    }
}

impl TryFrom<WorkflowBody> for Workflow {
    type Error = String;

    fn try_from(body: WorkflowBody) -> Result<Self, String> {
        Ok(Workflow {
            stages: stages_from_body(body.stages)?,
            states: body.states.into_iter().collect(),
            kinds: kinds_from_body(body.kinds)?,
            blocked: body.blocked.into(),
            cancelled_resolutions: body.cancelled_resolutions,
            start: StartPolicy::from_code(&body.start).ok_or("unknown start policy")?,
            finish: FinishPolicy::from_code(&body.finish).ok_or("unknown finish policy")?,
            calendar: Calendar {
                zone: Zone::named(&body.zone).map_err(|error| error.to_string())?,
                workdays: body.workdays,
                holidays: body.holidays.into_iter().map(Day).collect(),
                count: if body.counts_workdays_only { DayCount::Working } else { DayCount::Calendar },
            },
            sle: body.sle.map(|(percent, days)| Sle { percent, days }),
            wip_limit: body.wip_limit,
            stalled_after_days: body.stalled_after_days,
        })
    }
}

/// What stands in the row of this workflow.
fn to_body(workflow: &Workflow) -> Result<String, Error> {
    serde_json::to_string(&WorkflowBody::from(workflow)).map_err(|error| corrupt("workflow", "new", error))
}

fn from_body(unit: Uuid, body: &str) -> Result<Workflow, Error> {
    let body: WorkflowBody = serde_json::from_str(body).map_err(|error| corrupt("workflow", unit, error))?;
    body.try_into().map_err(|reason: String| corrupt("workflow", unit, reason))
}

impl Reader {
    /// The workflow of a team.
    pub async fn workflow(&mut self, unit: UnitId) -> Result<Option<Workflow>, Error> {
        let body = self.workflow_body(unit).await?;
        body.map(|body| from_body(unit.0, &body)).transpose()
    }

    async fn workflow_body(&mut self, unit: UnitId) -> Result<Option<String>, Error> {
        let sql = "select body from workflow where unit_id = $1";
        Ok(on!(self, |c| sqlx::query_scalar(sql).bind(unit.0).fetch_optional(c).await)?)
    }

    /// The workflows of all teams that have one.
    pub async fn workflows(&mut self) -> Result<Vec<(UnitId, Workflow)>, Error> {
        let sql = "select unit_id, body from workflow order by unit_id";
        let rows: Vec<(Uuid, String)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        rows.into_iter().map(|(unit, body)| Ok((UnitId(unit), from_body(unit, &body)?))).collect()
    }
}

impl Tx {
    /// Gives a team its first workflow. [`Error::Duplicate`] when it has one.
    pub async fn insert_workflow(&mut self, unit: UnitId, workflow: &Workflow) -> Result<(), Error> {
        let body = to_body(workflow)?;
        let sql = "insert into workflow (unit_id, body) values ($1, $2)";
        on!(self, |c| sqlx::query(sql).bind(unit.0).bind(body).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Changes a team's workflow that was read as `was`. [`Error::Stale`] when it is not like that any more.
    pub async fn update_workflow(
        &mut self,
        unit: UnitId,
        was: &Workflow,
        now: &Workflow,
    ) -> Result<(), Error> {
        // Compared by what it says: an earlier version may have written the same in another way.
        let Some(body) = self.workflow_body(unit).await? else { return Err(Error::Stale) };
        if from_body(unit.0, &body)? != *was {
            return Err(Error::Stale);
        }
        let sql = "update workflow set body = $3 where unit_id = $1 and body = $2";
        let now = to_body(now)?;
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(unit.0).bind(body).bind(now);
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Stores what a team's workflow has learned, and says what to take back. [`Error::Stale`] when somebody has
    /// changed it since it was read.
    pub(super) async fn teach(&mut self, taught: &TaughtWorkflow) -> Result<Taught, Error> {
        let TaughtWorkflow { unit, was, now } = taught;
        match was {
            Some(was) => self.update_workflow(*unit, was, now).await?,
            None => self.insert_workflow(*unit, now).await.map_err(|error| match error {
                Error::Duplicate(_) => Error::Stale,
                other => other,
            })?,
        }
        let before = was.as_ref().map(to_body).transpose()?;
        Ok(Taught { unit: unit.0, before, after: to_body(now)? })
    }

    /// Takes back what an import taught, and nothing else: what somebody has changed since stays.
    pub(super) async fn unteach(&mut self, taught: Taught) -> Result<(), Error> {
        let Taught { unit, before, after } = taught;
        let Some(now) = self.workflow(UnitId(unit)).await? else { return Ok(()) };
        let after = from_body(unit, &after)?;
        let Some(before) = before else {
            // A first workflow that somebody has made their own is theirs.
            let sql = "delete from workflow where unit_id = $1 and body = $2";
            let after = to_body(&after)?;
            on!(self, |c| sqlx::query(sql).bind(unit).bind(after).execute(c).await.map(drop))?;
            return Ok(());
        };
        let mut back = now.clone();
        back.unlearn(&from_body(unit, &before)?, &after);
        self.update_workflow(UnitId(unit), &now, &back).await
    }
}

/// What an import did to a team's workflow: the bodies before and after.
#[derive(Serialize, Deserialize)]
pub(super) struct Taught {
    pub(super) unit: Uuid,
    before: Option<String>,
    after: String,
}
