//! Wire forms: what many pages share: windows, figures, names, too little data.

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

/// A percentile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Percentile {
    /// How many of a hundred.
    pub percent: u8,
    /// At least so many took this or less.
    pub value: f64,
}
