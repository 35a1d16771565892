//! Wire forms of the insight wing. Days are `YYYY-MM-DD`, instants RFC 3339, shares from 0 to 1.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of the data a page looks at. Everything is optional: without it, the last 180 days of all types.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WindowQuery {
    /// First day, `YYYY-MM-DD`.
    #[param(example = "2026-06-01", max_length = 10, format = Date)]
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`; today when missing.
    #[param(example = "2026-11-24", max_length = 10, format = Date)]
    pub to: Option<String>,
    /// Only this work type: `feature`, `defect`, `debt`, `risk` or `unmapped`.
    #[param(example = "defect", max_length = 16, pattern = "^(feature|defect|debt|risk|unmapped)?$")]
    pub work_type: Option<String>,
}

/// There is too little data for a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TooFew {
    /// How much there is.
    pub n: u32,
    /// How much is needed.
    pub need: u32,
    /// Of what: `items`, `weeks`, `active_days`, `points`, `deployments`, `iterations`, `checks`.
    pub of: String,
}

/// A part of a whole, as counts, so that nobody has to guess the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// How many.
    pub count: u32,
    /// Of how many.
    pub of: u32,
}

/// The window that an answer is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Window {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// The day that counts as today: today on the team's clock, or the last day of the data when that is older than
    /// 60 days.
    pub today: String,
    /// The work type asked for.
    pub work_type: Option<String>,
}

/// A key figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Figure {
    /// The measure's code; its page is `GET /api/v1/units/{unit}/measures/{measure}`.
    pub measure: String,
    /// The value; missing when there is too little data.
    pub value: Option<f64>,
    /// `items`, `items_per_week`, `days`, `hours`, `share`, `per_week`.
    pub unit: String,
    /// Why there is no value.
    pub too_few: Option<TooFew>,
    /// The same figure over the window of equal length before.
    pub previous: Option<f64>,
    /// Which direction is better: `up`, `down` or `neither`.
    pub better: String,
    /// The last twelve weeks, oldest first.
    pub history: Vec<Option<f64>>,
    /// Which statistic the value is, such as `p85` or `mean`.
    pub statistic: String,
    /// The item behind the figure, where it is one (the oldest item in progress).
    pub item: Option<ItemRef>,
}

/// Just enough of an item to name it and to open it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemRef {
    /// Its id.
    pub id: String,
    /// The key people say.
    pub label: String,
    /// Its title.
    pub title: String,
}

/// What there is to look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DataExtent {
    /// Items.
    pub items: u32,
    /// Items delivered.
    pub delivered: u32,
    /// Items in progress now.
    pub in_progress: u32,
    /// The first day on which anything happened.
    pub first_day: Option<String>,
    /// The last.
    pub last_day: Option<String>,
    /// Teams in scope.
    pub teams: u32,
    /// Whether there are deployments.
    pub has_deployments: bool,
    /// Whether there are iterations.
    pub has_iterations: bool,
}

/// What a unit's first screen shows above the charts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Overview {
    /// The window.
    pub window: Window,
    /// What there is.
    pub data: DataExtent,
    /// Throughput, cycle time, work in progress, oldest item.
    pub figures: Vec<Figure>,
    /// The five signals that need attention most.
    pub signals: Vec<Signal>,
    /// How many signals there are in all.
    pub signal_count: u32,
    /// Delivered items that were never in progress; they count in throughput and stay out of cycle-time percentiles.
    pub never_started: Share,
}

/// A signal: something that needs attention, with its evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Signal {
    /// Stable within a day: kind, unit and subject.
    pub id: String,
    /// The rule's code, see the guide.
    pub kind: String,
    /// `watch` or `bad`.
    pub level: String,
    /// The team.
    pub unit: UnitRef,
    /// The items behind it, at most ten.
    pub items: Vec<ItemRef>,
    /// How many items are behind it in all.
    pub item_count: u32,
    /// The figures behind it.
    pub evidence: Vec<Evidence>,
    /// The rule, with its threshold, as a sentence.
    pub rule: String,
    /// How often the rule was right on this team's past; missing when it could not be checked often enough.
    pub hit_rate: Option<Share>,
    /// Where the rule was not raised, how often the same came true all the same: a rule is worth as much as the two
    /// differ.
    pub otherwise_rate: Option<Share>,
    /// What counts as right, as a sentence.
    pub hit_means: String,
    /// What to do next, as a sentence.
    pub next_step: String,
}

/// A figure behind a signal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// What it is, such as `age`, `limit`, `expected`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Its unit, as in [`Figure::unit`].
    pub unit: String,
}

/// A unit, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitRef {
    /// Its id.
    pub id: String,
    /// The key that stands in addresses.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `portfolio`, `value_stream`, `program` or `team`.
    pub kind: String,
}

/// Signals of a scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Signals {
    /// Worst first.
    pub signals: Vec<Signal>,
    /// Whether more were found than are shown.
    pub truncated: bool,
}

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

/// A percentile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Percentile {
    /// How many of a hundred.
    pub percent: u8,
    /// At least so many took this or less.
    pub value: f64,
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

/// Time from idea to production.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimeToMarket {
    /// The window.
    pub window: Window,
    /// Items it is made of.
    pub n: u32,
    /// Percentiles 50, 70, 85 and 95 of the time from creation to finish, in days.
    pub percentiles: Vec<Percentile>,
    /// Time in each stage, in the order of the process, the wait before the start included.
    pub stages: Vec<StageTime>,
    /// Days from a change of priority to work on the item: percentiles 50 and 85.
    pub adaptability: Vec<Percentile>,
    /// Items that `adaptability` is made of.
    pub adaptability_n: u32,
    /// From finish to the next deployment, where deployments exist.
    pub deployment_wait: Vec<Percentile>,
}

/// Delivery performance (DORA).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The window.
    pub window: Window,
    /// The measures; each with its level by the stated version of the buckets.
    pub measures: Vec<DeliveryMeasure>,
    /// Deployments per week.
    pub weeks: Vec<DeliveryWeek>,
    /// The version of the buckets, such as `2023`.
    pub bucket_version: String,
    /// Whether any fact is inferred (tags, wording of commits) rather than told.
    pub is_proxy: bool,
}

/// One delivery measure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryMeasure {
    /// Its code.
    pub measure: String,
    /// Its value.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
    /// `elite`, `high`, `medium` or `low`.
    pub level: Option<String>,
    /// What it is made of.
    pub n: u32,
    /// Why there is no value.
    pub too_few: Option<TooFew>,
    /// Which variant of the definition this is, as a sentence.
    pub variant: String,
}

/// Deployments of a week.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryWeek {
    /// Its Monday.
    pub start: String,
    /// Deployments that succeeded.
    pub deployments: u32,
    /// Those that caused a failure.
    pub failures: u32,
    /// Median lead time for changes in hours.
    pub lead_time_hours: Option<f64>,
}

/// Iterations of a team.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Iterations {
    /// Newest first; at most 60.
    pub iterations: Vec<IterationReport>,
    /// Completed estimate: percentiles 15, 50 and 85 of the last seven closed ones.
    pub velocity: Vec<Percentile>,
    /// Completed of what was committed over the last seven closed ones.
    pub say_do: Option<f64>,
    /// Why there is no velocity.
    pub too_few: Option<TooFew>,
}

/// One iteration. `started + added - removed + estimate_change - completed = remaining`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IterationReport {
    /// Its id.
    pub id: String,
    /// The team.
    pub unit: UnitRef,
    /// Its name.
    pub name: String,
    /// First day.
    pub starts_on: Option<String>,
    /// Last day.
    pub ends_on: Option<String>,
    /// Whether it is closed.
    pub is_closed: bool,
    /// Items.
    pub items: IterationSums,
    /// Estimates.
    pub estimate: IterationSums,
    /// Items without an estimate.
    pub unestimated: u32,
    /// Completed of what was committed; missing when nothing was.
    pub say_do: Option<f64>,
}

/// Sums of an iteration.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct IterationSums {
    /// In it and not done at its start.
    pub committed: f64,
    /// Added after the start.
    pub added: f64,
    /// Removed.
    pub removed: f64,
    /// Change of estimates after the start.
    pub estimate_change: f64,
    /// Done at its end.
    pub completed: f64,
    /// Done at its end of what was committed.
    pub completed_of_committed: f64,
    /// Not done at its end: carried over.
    pub remaining: f64,
}

/// Remaining work through an iteration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BurnDown {
    /// The iteration.
    pub iteration: IterationReport,
    /// Its days.
    pub days: Vec<String>,
    /// Estimate remaining at the end of each day; items where nothing is estimated.
    pub remaining: Vec<f64>,
    /// Scope at the end of each day.
    pub scope: Vec<f64>,
    /// `estimate` or `items`.
    pub unit: String,
}

/// Scope and done, day by day, with a forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BurnUp {
    /// The window.
    pub window: Window,
    /// The days.
    pub days: Vec<String>,
    /// Items in scope at the end of each day.
    pub scope: Vec<u32>,
    /// Items done.
    pub done: Vec<u32>,
}

/// Asks how many items will be finished, or when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ForecastRequest {
    /// "When": so many items are left. Either this, `items`, or `until`.
    #[schema(minimum = 1, maximum = 100_000)]
    pub count: Option<u32>,
    /// "When": these items are left, by id; they may belong to several teams (at most 5,000).
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub items: Vec<String>,
    /// "When": everything that is open in this scope and matches this label or parent.
    #[schema(max_length = 200)]
    pub matching: Option<String>,
    /// "How many": by this day, `YYYY-MM-DD`.
    #[schema(max_length = 10)]
    pub until: Option<String>,
    /// A target day: the answer then holds the probability of finishing by it.
    #[schema(max_length = 10)]
    pub target: Option<String>,
    /// Items that the left ones may grow to, per item (1.0 = no splitting), as a range.
    pub split_low: Option<f64>,
    /// The upper end of the range.
    pub split_high: Option<f64>,
    /// The seed; the same seed and data give the same answer.
    pub seed: Option<u32>,
}

/// A forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// `when` or `how_many`.
    pub kind: String,
    /// The claims at 50, 70, 85 and 95 %.
    pub claims: Vec<Claim>,
    /// Items left, for "when".
    pub remaining: Option<u32>,
    /// The probability of reaching the target day, capped at 0.95 while work remains.
    pub target_probability: Option<f64>,
    /// The distribution: for "when" the share of trials finished by each day; for "how many" the share of trials with
    /// at least so many.
    pub curve: Vec<CurvePoint>,
    /// Why there is no forecast.
    pub too_few: Option<TooFew>,
    /// The teams whose histories were used.
    pub teams: Vec<ForecastTeam>,
    /// The seed.
    pub seed: u32,
    /// Trials of the joint simulation of several teams; 0 where the distribution was computed exactly.
    pub trials: u32,
    /// How it was made, as sentences.
    pub method: Vec<String>,
    /// The first day that the forecast is about.
    pub start: String,
    /// Quantile loss of this team's past forecasts against the plain bootstrap's; below 1 is better.
    pub loss_ratio: Option<f64>,
}

/// One claim, with how far such claims have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Claim {
    /// How sure, of a hundred.
    pub percent: u8,
    /// "Finished on or before this day".
    pub day: Option<String>,
    /// "So many or more".
    pub count: Option<u32>,
    /// In how many past checks of this team such a claim held; missing when there were none.
    pub held: Option<Share>,
}

/// A point of the distribution.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CurvePoint {
    /// The day, for "when".
    pub day: Option<String>,
    /// The count, for "how many".
    pub count: Option<u32>,
    /// Its probability, 0 to 0.95 while work remains.
    pub probability: f64,
}

/// A team's part in a forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForecastTeam {
    /// The team.
    pub unit: UnitRef,
    /// Items left with it.
    pub remaining: u32,
    /// Its day at 85 %.
    pub day_85: Option<String>,
    /// Share of trials in which it was the last to finish.
    pub is_last: f64,
    /// Why it has no forecast of its own.
    pub too_few: Option<TooFew>,
}

/// How far this scope's forecasts have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Calibration {
    /// One row a horizon.
    pub horizons: Vec<CalibrationHorizon>,
    /// Why there is none.
    pub too_few: Option<TooFew>,
    /// How the checks were made, as a sentence.
    pub method: String,
}

/// How far forecasts over one horizon have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalibrationHorizon {
    /// Days ahead.
    pub days: u32,
    /// Per claim (50, 70, 85, 95): in how many past checks it held.
    pub claims: Vec<CalibrationClaim>,
    /// Quantile loss against the plain bootstrap of 90 days; below 1 is better.
    pub loss_ratio: Option<f64>,
}

/// How far one claim has held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalibrationClaim {
    /// How sure it was, of a hundred.
    pub percent: u8,
    /// How often it held.
    pub held: Share,
    /// How often the plain bootstrap's claim held on the same checks.
    pub plain_held: Share,
}

/// The teams below a unit, by what needs attention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatMap {
    /// The window.
    pub window: Window,
    /// The measures of the columns.
    pub measures: Vec<String>,
    /// The teams that need attention most; never a rank of results.
    pub rows: Vec<HeatMapRow>,
    /// How many teams there are.
    pub count: u32,
}

/// A team.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatMapRow {
    /// The team.
    pub unit: UnitRef,
    /// The path of units above it, the scope excluded.
    pub path: Vec<UnitRef>,
    /// One cell a measure.
    pub cells: Vec<HeatMapCell>,
    /// Signals by level.
    pub bad_signals: u32,
    /// Signals to watch.
    pub watch_signals: u32,
    /// The most urgent signal.
    pub top_signal: Option<Signal>,
}

/// A measure of a team against its own past.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatMapCell {
    /// The measure.
    pub measure: String,
    /// Its value.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
    /// Against the team's own window before: `better`, `worse`, `steady` or `unknown`. Only a change beyond the team's
    /// own variation counts.
    pub trend: String,
    /// `good`, `watch`, `bad` or `none`: the worst signal that concerns this measure.
    pub signal: String,
    /// The last twelve weeks.
    pub history: Vec<Option<f64>>,
}

/// A number explained: what it is, what went in, which items are behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The measure.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// Its definition: the Markdown page from `docs/metrics/`, worked examples included.
    pub definition: String,
    /// The value in this window.
    pub figure: Option<Figure>,
    /// What went in: policies, calendar, window, counts.
    pub inputs: Vec<ExplanationInput>,
    /// The first fifty items behind it.
    pub items: Vec<ExplainedItem>,
    /// How many items are behind it in all.
    pub item_count: u32,
}

/// An input of a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplanationInput {
    /// Its name.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// An item behind a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedItem {
    /// The item.
    #[serde(flatten)]
    pub item: ItemRef,
    /// What it contributes.
    pub value: Option<f64>,
    /// In this unit.
    pub unit: String,
}

/// Definition of one measure, without a scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasureDefinition {
    /// The measure's code.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// The Markdown page.
    pub definition: String,
}

/// What is new in a scope since an instant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Changes {
    /// Since when.
    pub since: String,
    /// Items started.
    pub started: u32,
    /// Items delivered.
    pub delivered: u32,
    /// Items created.
    pub created: u32,
    /// Items that became blocked.
    pub blocked: u32,
    /// The delivered ones, newest first, at most twenty.
    pub delivered_items: Vec<ItemRef>,
}
