//! Wire forms: overviews, signals, the heat map, explanations.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Figure, ItemRef, Share, UnitRef, Window};

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

/// Signals of a scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Signals {
    /// Worst first.
    pub signals: Vec<Signal>,
    /// Whether more were found than are shown.
    pub truncated: bool,
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
