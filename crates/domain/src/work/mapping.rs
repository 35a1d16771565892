//! How a tracker's words become ours: proposed from the data, edited by a person, kept as a text file.

mod proposal;

use std::collections::BTreeMap;

use crate::{
    id::UnitId,
    work::{Category, Stage, WorkType},
};

/// Which stage a state belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRule {
    /// The tracker's state.
    pub state: String,
    /// The name of one of [`Mapping::stages`]; empty leaves the state unmapped.
    pub stage: String,
}

/// What a tracker's type counts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRule {
    /// The tracker's type.
    pub kind: String,
    /// What it counts as.
    pub work_type: WorkType,
}

/// Which team a project, board or component belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// To a team that exists.
    Team(UnitId),
    /// To a team that the import creates below the chosen unit; the same name twice is the same team.
    NewTeam(String),
    /// Left out of the import.
    Skip,
}

/// Where a group goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// The tracker's project, board or component; empty for items that name none.
    pub group: String,
    /// Where it goes.
    pub to: Disposition,
}

/// What says that an item is blocked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockedRule {
    /// Values of the impediment flag; empty means any value.
    pub flags: Vec<String>,
    /// States in which an item is blocked.
    pub states: Vec<String>,
    /// Labels that say so.
    pub labels: Vec<String>,
    /// Whether an open "is blocked by" link to an unfinished item blocks.
    pub links: bool,
}

/// How a tracker's words become ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The stages, in the order of the process.
    pub stages: Vec<Stage>,
    /// States to stages.
    pub states: Vec<StateRule>,
    /// Types.
    pub kinds: Vec<KindRule>,
    /// Teams.
    pub groups: Vec<GroupRule>,
    /// What blocks.
    pub blocked: BlockedRule,
    /// Resolutions that mean "left without being delivered".
    pub cancelled_resolutions: Vec<String>,
}

/// What a mapping leaves open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingGap {
    /// A rule names a stage that is not there.
    #[error("state {state:?} is mapped to {stage:?}, which is not one of the stages")]
    NoSuchStage {
        /// The state.
        state: String,
        /// The stage that is missing.
        stage: String,
    },
    /// Two stages with one name.
    #[error("there are two stages named {0:?}")]
    DuplicateStage(String),
    /// Two rules for one state.
    #[error("state {0:?} is mapped twice")]
    DuplicateState(String),
    /// Nothing is ever done.
    #[error("no stage is of the category \"done\", so nothing would ever be finished")]
    NothingDone,
    /// Stages stand in an order in which no item can move.
    #[error("stage {0:?} stands after a finished one; put the stages in the order of the process")]
    OutOfOrder(String),
    /// A team without a name.
    #[error("the new team for {0:?} has no name")]
    NamelessTeam(String),
}
impl Mapping {
    /// What must be mended before the mapping can be used.
    pub fn gaps(&self) -> Vec<MappingGap> {
        let mut gaps = Vec::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for stage in &self.stages {
            *names.entry(&stage.name).or_default() += 1;
        }
        gaps.extend(
            names
                .iter()
                .filter(|(_, n)| **n > 1)
                .map(|(name, _)| MappingGap::DuplicateStage((*name).to_owned())),
        );
        let mut states: BTreeMap<&str, u32> = BTreeMap::new();
        for rule in &self.states {
            *states.entry(&rule.state).or_default() += 1;
            if !rule.stage.is_empty() && !names.contains_key(rule.stage.as_str()) {
                gaps.push(MappingGap::NoSuchStage { state: rule.state.clone(), stage: rule.stage.clone() });
            }
        }
        gaps.extend(
            states
                .iter()
                .filter(|(_, n)| **n > 1)
                .map(|(name, _)| MappingGap::DuplicateState((*name).to_owned())),
        );
        if !self.states.is_empty() && !self.stages.iter().any(|stage| stage.category == Category::Done) {
            gaps.push(MappingGap::NothingDone);
        }
        for pair in self.stages.windows(2) {
            if rank(pair[1].category) < rank(pair[0].category) {
                gaps.push(MappingGap::OutOfOrder(pair[1].name.clone()));
            }
        }
        for rule in &self.groups {
            if matches!(&rule.to, Disposition::NewTeam(name) if name.trim().is_empty()) {
                gaps.push(MappingGap::NamelessTeam(rule.group.clone()));
            }
        }
        gaps
    }

    /// Where a group goes; groups that no rule names go to a new team of their name.
    pub fn disposition(&self, group: &str) -> Disposition {
        self.groups
            .iter()
            .find(|rule| rule.group == group)
            .map_or_else(|| Disposition::NewTeam(team_of(group)), |rule| rule.to.clone())
    }
}
/// The name of the team that a group becomes when nobody says.
fn team_of(group: &str) -> String {
    if group.trim().is_empty() { "Imported team".to_owned() } else { group.to_owned() }
}

/// Stages stand in this order; active and waiting ones may alternate.
fn rank(category: Category) -> u8 {
    match category {
        Category::Todo => 0,
        Category::Active | Category::Waiting => 1,
        Category::Done => 2,
        Category::Cancelled => 3,
    }
}
