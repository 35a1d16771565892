//! Wire forms of items and lists of them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::insight::wire::UnitRef;

/// Which items.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// `open`, `not_started`, `in_progress`, `finished`, `cancelled`, `blocked` or all when missing.
    #[param(max_length = 16, pattern = "^(open|not_started|in_progress|finished|cancelled|blocked)?$")]
    pub progress: Option<String>,
    /// A work type.
    #[param(max_length = 16, pattern = "^(feature|defect|debt|risk|unmapped)?$")]
    pub work_type: Option<String>,
    /// The name of a stage.
    #[param(max_length = 120)]
    pub stage: Option<String>,
    /// A label.
    #[param(max_length = 120)]
    pub label: Option<String>,
    /// Words of the title or the key.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// `created` (default), `updated`, `finished`, `age`, `cycle_time`, `label`; with a leading `-` the other way round.
    #[param(max_length = 16, pattern = "^(-?(created|updated|finished|age|cycle_time|label))?$")]
    pub sort: Option<String>,
    /// Where to go on.
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// How many, at most 100; 25 when missing.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

/// Items.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items {
    /// The items.
    pub items: Vec<ItemSummary>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// How many match in all; missing where counting would cost more than the page.
    pub count: Option<u64>,
}

/// An item in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemSummary {
    /// Its id.
    pub id: String,
    /// The key people say.
    pub label: String,
    /// Its title.
    pub title: String,
    /// The team.
    pub unit: UnitRef,
    /// The tracker's type.
    pub kind: String,
    /// What it counts as.
    pub work_type: String,
    /// The tracker's state; only with a single item.
    pub state: Option<String>,
    /// The stage; missing when the state is unmapped.
    pub stage: Option<String>,
    /// `not_started`, `in_progress`, `finished` or `cancelled`.
    pub progress: String,
    /// When it was created.
    pub created_at: String,
    /// When work started.
    pub started_at: Option<String>,
    /// When it was finished or cancelled.
    pub finished_at: Option<String>,
    /// Age in days, while in progress.
    pub age_days: Option<u32>,
    /// Cycle time in days, once finished.
    pub cycle_time_days: Option<u32>,
    /// Whether it is blocked now.
    pub is_blocked: bool,
}

/// An item with its history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Item {
    /// As in lists.
    #[serde(flatten)]
    pub summary: ItemSummary,
    /// Where to open it in the tracker.
    pub url: Option<String>,
    /// The tracker.
    pub tracker: String,
    /// Why it was closed.
    pub resolution: Option<String>,
    /// The estimate.
    pub estimate: Option<f64>,
    /// The item above.
    pub parent: Option<String>,
    /// Priority.
    pub priority: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Links.
    pub links: Vec<ItemLink>,
    /// `none`, `partial` or `complete`.
    pub history_extent: String,
    /// What changed, oldest first.
    pub changes: Vec<ItemChange>,
    /// Time in each stage, visit by visit.
    pub visits: Vec<StageVisit>,
    /// When it was blocked.
    pub blocked: Vec<BlockedPeriod>,
    /// Facts with their explanation.
    pub facts: Vec<ItemFact>,
}

/// A link.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemLink {
    /// `blocked_by`, `blocks` or `related`.
    pub kind: String,
    /// The other item's key.
    pub to: String,
    /// The other item's id, when it is here.
    pub id: Option<String>,
}

/// A change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemChange {
    /// When.
    pub at: String,
    /// What.
    pub field: String,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// A stay in a stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageVisit {
    /// The stage.
    pub stage: String,
    /// Its category.
    pub category: String,
    /// From.
    pub from: String,
    /// Until; missing while it lasts.
    pub until: Option<String>,
    /// How long.
    pub days: f64,
}

/// A time in which the item was blocked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BlockedPeriod {
    /// From.
    pub from: String,
    /// Until; missing while it lasts.
    pub until: Option<String>,
    /// Why.
    pub cause: String,
}

/// A fact about an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemFact {
    /// The measure.
    pub measure: String,
    /// Its value.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
    /// How it comes about, as a sentence.
    pub because: String,
}
