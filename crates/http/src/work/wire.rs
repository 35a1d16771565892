//! Wire forms of the work wing: imports, workflows, items.

use headway_app::work::import::Finding;
use headway_domain::work::Oddity;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::schema::{Object, ObjectBuilder, Type},
};

use crate::insight::wire::UnitRef;

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// The tracker whose data it brings.
    pub tracker: String,
    /// The unit it was made for.
    pub unit: UnitRef,
    /// `checking`, `mapping`, `dry_running`, `ready`, `running`, `paused`, `review`, `rolling_back`, `approved`,
    /// `rolled_back` or `abandoned`.
    pub state: String,
    /// What can be done now: `remap`, `dry_run`, `start`, `pause`, `resume`, `approve`, `roll_back`, `abandon`.
    pub steps: Vec<String>,
    /// When it was asked for.
    pub created_at: String,
    /// When it last moved.
    pub updated_at: String,
    /// The files.
    pub files: Vec<ImportFile>,
    /// What it did so far.
    pub counts: ImportCounts,
    /// What the dry run said it would do.
    pub forecast: Option<ImportCounts>,
    /// Rows done.
    pub position: u64,
    /// Rows in all, known after the check.
    pub total: Option<u64>,
    /// What went wrong and what to do.
    pub trouble: Option<String>,
}

/// All imports, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Imports {
    /// The imports.
    pub imports: Vec<Import>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// A file of an import (or a member of an archive).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportFile {
    /// Its name.
    pub name: String,
    /// The position of the uploaded file that it came in: members of one archive have the same.
    pub upload: u32,
    /// The size in bytes of that uploaded file.
    pub bytes: u64,
    /// The recognised format; missing when there is nothing to import in it.
    pub format: Option<String>,
    /// The dialect.
    pub dialect: Option<DialectBody>,
    /// What can be read from it.
    pub can: Vec<String>,
    /// What it cannot give.
    pub cannot: Vec<String>,
    /// Why there is nothing to import.
    pub reason: Option<String>,
}

/// How a text format is written.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DialectBody {
    /// Between cells: `,`, `;`, a tab or `|`.
    #[schema(max_length = 1)]
    pub delimiter: Option<String>,
    /// The encoding, such as `UTF-8`.
    #[schema(max_length = 40)]
    pub encoding: String,
    /// `year_first`, `day_first` or `month_first`.
    #[schema(max_length = 16, pattern = "^(year_first|day_first|month_first)$")]
    pub date_order: String,
    /// Whether the data left no doubt about it.
    #[serde(default)]
    pub date_order_is_certain: bool,
    /// The zone of dates without offset.
    #[schema(max_length = 64)]
    pub zone: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportCounts {
    /// Items read.
    pub read: u64,
    /// Items that were not there before.
    pub added: u64,
    /// Items that differ from what was there.
    pub updated: u64,
    /// Items as they were.
    pub unchanged: u64,
    /// Items left out by the mapping.
    pub skipped: u64,
    /// Rows that could not be read.
    pub failed: u64,
    /// Rows that were odd.
    pub warned: u64,
    /// Changes of any field.
    pub changes: u64,
    /// Changes of state.
    pub state_changes: u64,
    /// Items that went from not started straight to done.
    pub never_started: u64,
    /// Iterations added or updated.
    pub iterations: u64,
    /// Deployments added or updated.
    pub deployments: u64,
    /// Commits added or updated.
    pub commits: u64,
}

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

/// Asks for a step of an import.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ImportStep {
    /// `dry_run`, `start`, `pause`, `resume`, `approve`, `roll_back`, `abandon`.
    #[schema(max_length = 16, pattern = "^(dry_run|start|pause|resume|approve|roll_back|abandon)$")]
    pub step: String,
}

/// Part of an import's report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportPage {
    /// Entries.
    pub entries: Vec<ReportEntry>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// An entry of the report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportEntry {
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// The oddity's code, or `unreadable`.
    pub code: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The item's key.
    pub item_key: Option<String>,
    /// What happened, as a sentence.
    pub text: String,
}

/// The codes that a report knows.
fn finding_code() -> Object {
    let codes: Vec<_> = Oddity::ALL.into_iter().map(Finding::Odd).chain([Finding::Unreadable]).collect();
    let codes: Vec<_> = codes.into_iter().map(Finding::code).collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("Only this code."))
        .max_length(Some(40))
        .pattern(Some(format!("^({})?$", codes.join("|"))))
        .build()
}

/// Which part of the report.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// Only this severity: `note`, `warning` or `error`.
    #[param(max_length = 8, pattern = "^(note|warning|error)?$")]
    pub severity: Option<String>,
    /// Only this code.
    #[param(schema_with = finding_code)]
    pub code: Option<String>,
    /// Where to go on.
    #[param(max_length = 18, pattern = "^[0-9]{1,18}$")]
    pub cursor: Option<String>,
    /// How many, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// Quality of an import's data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Quality {
    /// The counts.
    pub counts: ImportCounts,
    /// Oddities by code, most frequent first.
    pub oddities: Vec<OddityCount>,
    /// First day of the data.
    pub first_day: Option<String>,
    /// Last day of the data.
    pub last_day: Option<String>,
}

/// How often an oddity occurred.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OddityCount {
    /// Its code.
    pub code: String,
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// How often.
    pub count: u64,
    /// What it means and how it was handled, as a sentence.
    pub meaning: String,
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
