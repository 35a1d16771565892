//! Wire forms of mappings and workflows: how a tracker's words are read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mapping, with what the data shows beside it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappingPage {
    /// The mapping.
    pub mapping: MappingBody,
    /// States as they occur.
    pub states: Vec<StateFacts>,
    /// Items by type.
    pub kinds: Vec<NameCount>,
    /// Items by project, board or component.
    pub groups: Vec<NameCount>,
    /// Items by resolution.
    pub resolutions: Vec<NameCount>,
    /// Values of the impediment flag.
    pub flags: Vec<NameCount>,
    /// Labels, most frequent first, at most 200.
    pub labels: Vec<NameCount>,
    /// What must be mended before it can be used, as sentences.
    pub gaps: Vec<String>,
}

/// How a state occurs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StateFacts {
    /// The state.
    pub state: String,
    /// Items in it now.
    pub items: u64,
    /// Changes into it.
    pub entries: u64,
    /// What the tracker says of it.
    pub hint: Option<String>,
}

/// A name and how often it occurs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NameCount {
    /// The name.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// How a tracker's words become ours.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MappingBody {
    /// Stages in the order of the process.
    #[schema(max_items = 200)]
    pub stages: Vec<StageBody>,
    /// States to stages.
    #[schema(max_items = 2000)]
    pub states: Vec<StateRuleBody>,
    /// Types.
    #[schema(max_items = 2000)]
    pub kinds: Vec<KindRuleBody>,
    /// Teams.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub groups: Vec<GroupRuleBody>,
    /// What blocks.
    #[serde(default)]
    pub blocked: BlockedRuleBody,
    /// Resolutions that mean "not delivered".
    #[serde(default)]
    #[schema(max_items = 200)]
    pub cancelled_resolutions: Vec<String>,
}

/// A stage.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StageBody {
    /// Its name.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// `todo`, `active`, `waiting`, `done` or `cancelled`.
    #[schema(max_length = 16, pattern = "^(todo|active|waiting|done|cancelled)$")]
    pub category: String,
}

/// Which stage a state belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StateRuleBody {
    /// The tracker's state.
    #[schema(max_length = 255)]
    pub state: String,
    /// A stage's name; empty leaves it unmapped.
    #[schema(max_length = 120)]
    pub stage: String,
}

/// What a type counts as.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KindRuleBody {
    /// The tracker's type.
    #[schema(max_length = 255)]
    pub kind: String,
    /// `feature`, `defect`, `debt`, `risk` or `unmapped`.
    #[schema(max_length = 16, pattern = "^(feature|defect|debt|risk|unmapped)$")]
    pub work_type: String,
}

/// Where a group goes: exactly one of `team`, `new_team` and `skip`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupRuleBody {
    /// The tracker's project, board or component.
    #[schema(max_length = 255)]
    pub group: String,
    /// The key of a team that exists.
    #[schema(max_length = 64)]
    pub team: Option<String>,
    /// The name of a team to create.
    #[schema(max_length = 120)]
    pub new_team: Option<String>,
    /// Leave it out.
    #[serde(default)]
    pub skip: bool,
}

/// What says that an item is blocked.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct BlockedRuleBody {
    /// Values of the flag; empty means any.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub flags: Vec<String>,
    /// States.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub states: Vec<String>,
    /// Labels.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub labels: Vec<String>,
    /// Whether open links to unfinished items block.
    #[serde(default)]
    pub links: bool,
}

/// A team's process.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkflowBody {
    /// The stages in order.
    #[schema(max_items = 200)]
    pub stages: Vec<StageBody>,
    /// States to stages.
    #[schema(max_items = 2000)]
    pub states: Vec<StateRuleBody>,
    /// Types.
    #[schema(max_items = 2000)]
    pub kinds: Vec<KindRuleBody>,
    /// What blocks.
    #[serde(default)]
    pub blocked: BlockedRuleBody,
    /// Resolutions that mean "not delivered".
    #[serde(default)]
    #[schema(max_items = 200)]
    pub cancelled_resolutions: Vec<String>,
    /// `last`, `first` or `wipe`.
    #[schema(max_length = 8, pattern = "^(last|first|wipe)$")]
    pub start: String,
    /// `last` or `first`.
    #[schema(max_length = 8, pattern = "^(last|first)$")]
    pub finish: String,
    /// IANA name of the zone.
    #[schema(max_length = 64)]
    pub zone: String,
    /// Monday first.
    #[schema(min_items = 7, max_items = 7)]
    pub workdays: Vec<bool>,
    /// Days on which nobody works.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub holidays: Vec<String>,
    /// `calendar` or `working`.
    #[schema(max_length = 8, pattern = "^(calendar|working)$")]
    pub count_days: String,
    /// Percent of the service-level expectation; missing computes it.
    #[schema(minimum = 1, maximum = 99)]
    pub sle_percent: Option<u8>,
    /// Its days.
    #[schema(minimum = 1, maximum = 10_000)]
    pub sle_days: Option<u32>,
    /// Items in progress at most.
    #[schema(minimum = 1, maximum = 100_000)]
    pub wip_limit: Option<u32>,
    /// Days without activity after which an item counts as stalled.
    #[schema(minimum = 1, maximum = 1000)]
    pub stalled_after_days: u32,
}
