//! Wire forms of imports and of what they report.

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
