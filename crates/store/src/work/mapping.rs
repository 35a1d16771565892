//! Mappings and censuses of import runs in JSON.

use std::collections::BTreeMap;

use headway_domain::{
    id::UnitId,
    time::Instant,
    work::{Category, Census, Disposition, GroupRule, Mapping, StateCount, StateRule},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::workflow::{BlockedBody, kinds_from_body, kinds_to_body, stages_from_body, stages_to_body};

#[derive(Serialize, Deserialize)]
pub(super) struct MappingBody {
    stages: Vec<(String, String)>,
    states: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    groups: Vec<(String, DispositionBody)>,
    blocked: BlockedBody,
    cancelled_resolutions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DispositionBody {
    Team(Uuid),
    NewTeam(String),
    Skip,
}

impl From<&Mapping> for MappingBody {
    fn from(mapping: &Mapping) -> Self {
        let group = |rule: &GroupRule| {
            let to = match &rule.to {
                Disposition::Team(unit) => DispositionBody::Team(unit.0),
                Disposition::NewTeam(name) => DispositionBody::NewTeam(name.clone()),
                Disposition::Skip => DispositionBody::Skip,
            };
            (rule.group.clone(), to)
        };
        MappingBody {
            stages: stages_to_body(&mapping.stages),
            states: mapping.states.iter().map(|rule| (rule.state.clone(), rule.stage.clone())).collect(),
            kinds: kinds_to_body(&mapping.kinds),
            groups: mapping.groups.iter().map(group).collect(),
            blocked: (&mapping.blocked).into(),
            cancelled_resolutions: mapping.cancelled_resolutions.clone(),
        }
    }
}

impl TryFrom<MappingBody> for Mapping {
    type Error = String;

    fn try_from(body: MappingBody) -> Result<Self, String> {
        let group = |(group, to)| {
            let to = match to {
                DispositionBody::Team(unit) => Disposition::Team(UnitId(unit)),
                DispositionBody::NewTeam(name) => Disposition::NewTeam(name),
                DispositionBody::Skip => Disposition::Skip,
            };
            GroupRule { group, to }
        };
        Ok(Mapping {
            stages: stages_from_body(body.stages)?,
            states: body.states.into_iter().map(|(state, stage)| StateRule { state, stage }).collect(),
            kinds: kinds_from_body(body.kinds)?,
            groups: body.groups.into_iter().map(group).collect(),
            blocked: body.blocked.into(),
            cancelled_resolutions: body.cancelled_resolutions,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct CensusBody {
    items: u64,
    changes: u64,
    state_changes: u64,
    states: BTreeMap<String, StateCountBody>,
    kinds: BTreeMap<String, u64>,
    groups: BTreeMap<String, u64>,
    resolutions: BTreeMap<String, u64>,
    flags: BTreeMap<String, u64>,
    labels: BTreeMap<String, u64>,
    iterations: u64,
    deployments: u64,
    commits: u64,
    span: Option<(i64, i64)>,
}

#[derive(Serialize, Deserialize)]
struct StateCountBody {
    items: u64,
    entries: u64,
    position_sum: f64,
    positions: u64,
    closed_items: u64,
    hint: Option<String>,
}

impl From<&Census> for CensusBody {
    fn from(census: &Census) -> Self {
        let state = |(name, count): (&String, &StateCount)| {
            let body = StateCountBody {
                items: count.items,
                entries: count.entries,
                position_sum: count.position_sum,
                positions: count.positions,
                closed_items: count.closed_items,
                hint: count.hint.map(|hint| hint.code().to_owned()),
            };
            (name.clone(), body)
        };
        CensusBody {
            items: census.items,
            changes: census.changes,
            state_changes: census.state_changes,
            states: census.states.iter().map(state).collect(),
            kinds: census.kinds.clone(),
            groups: census.groups.clone(),
            resolutions: census.resolutions.clone(),
            flags: census.flags.clone(),
            labels: census.labels.clone(),
            iterations: census.iterations,
            deployments: census.deployments,
            commits: census.commits,
            span: census.span.map(|(first, last)| (first.0, last.0)),
        }
    }
}

impl From<CensusBody> for Census {
    fn from(body: CensusBody) -> Self {
        let state = |(name, count): (String, StateCountBody)| {
            let count = StateCount {
                items: count.items,
                entries: count.entries,
                position_sum: count.position_sum,
                positions: count.positions,
                closed_items: count.closed_items,
                hint: count.hint.as_deref().and_then(Category::from_code),
            };
            (name, count)
        };
        Census {
            items: body.items,
            changes: body.changes,
            state_changes: body.state_changes,
            states: body.states.into_iter().map(state).collect(),
            kinds: body.kinds,
            groups: body.groups,
            resolutions: body.resolutions,
            flags: body.flags,
            labels: body.labels,
            iterations: body.iterations,
            deployments: body.deployments,
            commits: body.commits,
            span: body.span.map(|(first, last)| (Instant(first), Instant(last))),
        }
    }
}
