//! Wire forms: measures of flow.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ItemRef, Percentile, Share, TooFew, UnitRef, Window};

/// Items finished by period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Throughput {
    /// The window.
    pub window: Window,
    /// `day`, `week` or `month`.
    pub bucket: String,
    /// Every period of the window, zeros included.
    pub periods: Vec<ThroughputPeriod>,
    /// Mean of the whole periods.
    pub mean: Option<f64>,
}

/// One period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThroughputPeriod {
    /// First day.
    pub start: String,
    /// Items delivered.
    pub delivered: u32,
    /// Items that left without being delivered.
    pub cancelled: u32,
    /// Items started.
    pub started: u32,
    /// Items created.
    pub created: u32,
    /// Whether the period is not over, so that it stays out of every statistic.
    pub is_partial: bool,
}

/// Asks for periods of a length.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BucketQuery {
    /// `day`, `week` (default) or `month`.
    #[param(example = "week", max_length = 8, pattern = "^(day|week|month)$")]
    pub bucket: Option<String>,
}

/// Cycle times of the items finished in a window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CycleTime {
    /// The window.
    pub window: Window,
    /// The items; when there are more than 4,000, every n-th by day, always with the slowest ones.
    pub points: Vec<CycleTimePoint>,
    /// How many items the percentiles are made of.
    pub n: u32,
    /// Percentiles 50, 70, 85 and 95 by nearest rank.
    pub percentiles: Vec<Percentile>,
    /// The service-level expectation.
    pub sle: Option<SleReport>,
    /// Items by days: `histogram[i]` items took `i + 1` days; the last bin holds all that took longer.
    pub histogram: Vec<u32>,
    /// Delivered items that were never in progress, left out here.
    pub never_started: Share,
    /// The rule, as a sentence: which start, which finish, which days.
    pub rule: String,
}

/// One finished item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CycleTimePoint {
    /// The item.
    #[serde(flatten)]
    pub item: ItemRef,
    /// The day it was finished.
    pub finished_on: String,
    /// Its cycle time.
    pub days: u32,
    /// Its work type.
    pub work_type: String,
}

/// A service-level expectation and how it holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SleReport {
    /// How many of a hundred items are expected.
    pub percent: u8,
    /// Within how many days.
    pub days: u32,
    /// Whether the team set it, rather than being computed from the data before the window.
    pub is_set: bool,
    /// Items of the window within it.
    pub held: Share,
}

/// Work in progress by stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Aging {
    /// The day.
    pub today: String,
    /// Stages in the order of the process; for a scope with several teams, stages of one name are put together.
    pub stages: Vec<AgingStage>,
    /// The items, oldest first; at most 2,000.
    pub items: Vec<AgingItem>,
    /// How many there are in all.
    pub item_count: u32,
    /// The service-level expectation in days.
    pub sle_days: Option<u32>,
}

/// A stage with the pace at which past items left it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgingStage {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Ages at which 50, 70, 85 and 95 % of past items had left it; empty with too little data.
    pub pace: Vec<Percentile>,
}

/// An item in progress.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgingItem {
    /// The item.
    #[serde(flatten)]
    pub item: ItemRef,
    /// The team.
    pub unit: UnitRef,
    /// The name of its stage.
    pub stage: String,
    /// Its age.
    pub age_days: u32,
    /// Days in this stage.
    pub stage_days: u32,
    /// Whether it is blocked now.
    pub is_blocked: bool,
    /// Whether nothing has happened on it for days.
    pub is_stalled: bool,
    /// Its work type.
    pub work_type: String,
}

/// Items that reached each stage, day by day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CumulativeFlow {
    /// The window.
    pub window: Window,
    /// The days; every day, or one a week when the window is longer than 400 days.
    pub days: Vec<String>,
    /// One line a stage, the last stage first as on the chart.
    pub stages: Vec<CumulativeFlowStage>,
    /// Horizontal distance between the first and the last line at the end of the window.
    pub approximate_cycle_time_days: Option<f64>,
    /// That, minus the mean cycle time of what was finished: work that grows old unseen.
    pub flow_debt_days: Option<f64>,
}

/// A line of the diagram.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CumulativeFlowStage {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Items that had reached it, per day of [`CumulativeFlow::days`].
    pub reached: Vec<u32>,
}

/// Work in progress, day by day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Wip {
    /// The window.
    pub window: Window,
    /// The days.
    pub days: Vec<String>,
    /// Items in progress at the end of each day.
    pub wip: Vec<u32>,
    /// Sum of their ages.
    pub total_age_days: Vec<u32>,
    /// The team's limit.
    pub limit: Option<u32>,
}

/// Where time goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Efficiency {
    /// The window.
    pub window: Window,
    /// Active time of all items finished in the window as a share of active and waiting time. An upper bound:
    /// nights, weekends and other work count as active.
    pub ratio: Option<f64>,
    /// `ok`, `not_configured` (no stage is of the category "waiting") or `no_data`.
    pub state: String,
    /// The same with blocked time counted as waiting.
    pub ratio_less_blocked: Option<f64>,
    /// Items it is made of.
    pub n: u32,
    /// Time by stage.
    pub stages: Vec<StageTime>,
}

/// Time in a stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageTime {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Sum over all items.
    pub total_days: f64,
    /// Percentiles 50 and 85 per item that visited it.
    pub percentiles: Vec<Percentile>,
}

/// What blocks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Blockers {
    /// The window.
    pub window: Window,
    /// Blocked time in the window, the union per item, in days.
    pub total_days: f64,
    /// Items that were blocked.
    pub items: Share,
    /// By cause, most time first.
    pub clusters: Vec<BlockerCluster>,
    /// Blocked now.
    pub blocked_now: Vec<AgingItem>,
}

/// Blocked time by cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BlockerCluster {
    /// The flag's value, the label, the state, or `link`.
    pub cause: String,
    /// Blocked time in days.
    pub days: f64,
    /// Items.
    pub items: u32,
    /// Teams.
    pub teams: u32,
}

/// Finished items by work type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Distribution {
    /// The window.
    pub window: Window,
    /// First days of the periods (months).
    pub periods: Vec<String>,
    /// One row a work type, in the fixed order.
    pub types: Vec<DistributionType>,
}

/// One work type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DistributionType {
    /// Its code.
    pub work_type: String,
    /// Items per period.
    pub delivered: Vec<u32>,
    /// Items in progress now.
    pub in_progress: u32,
}

/// Asks for a process behaviour chart.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BehaviourQuery {
    /// `throughput` (weekly, default), `cycle_time` (items in order of finish), `wip` (weekly mean).
    #[param(example = "throughput", max_length = 24, pattern = "^(throughput|cycle_time|wip)?$")]
    pub measure: Option<String>,
}

/// A process behaviour chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Behaviour {
    /// The window.
    pub window: Window,
    /// What is drawn.
    pub measure: String,
    /// `linear`, `log` or `square_root`: the scale on which the limits were computed.
    pub scale: String,
    /// The points.
    pub points: Vec<BehaviourPoint>,
    /// Stretches with limits of their own.
    pub segments: Vec<BehaviourSegment>,
    /// Why there are no limits.
    pub too_few: Option<TooFew>,
}

/// One point.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BehaviourPoint {
    /// The period or the day of finish.
    pub day: String,
    /// The value on the original scale.
    pub value: f64,
    /// The item, where a point is one.
    pub item: Option<ItemRef>,
    /// The rules that fired: `outside`, `two_of_three`, `four_of_five`, `eight_in_a_row`, `moving_range`.
    pub signals: Vec<String>,
    /// Whether the period is not over.
    pub is_partial: bool,
}

/// Limits of a stretch, back on the original scale.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BehaviourSegment {
    /// First point, an index into [`Behaviour::points`].
    pub first: u32,
    /// Last point.
    pub last: u32,
    /// The centre.
    pub centre: f64,
    /// Upper natural process limit.
    pub upper: f64,
    /// Lower natural process limit; missing when it would be below what is possible.
    pub lower: Option<f64>,
}
