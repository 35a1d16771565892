//! Wire forms of the organisation wing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A unit of the organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// The key that stands in addresses; unique.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `portfolio`, `value_stream`, `program` or `team`.
    pub kind: String,
    /// The id of the unit above; missing at the top.
    pub parent_id: Option<String>,
    /// Items at and below it.
    pub items: u64,
}

/// All units, parents before children.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Units {
    /// The units.
    pub units: Vec<Unit>,
}

/// A unit to create.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewUnit {
    /// Its name.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// `portfolio`, `value_stream`, `program` or `team`.
    #[schema(max_length = 16, pattern = "^(portfolio|value_stream|program|team)$")]
    pub kind: String,
    /// The id of the unit above.
    #[schema(max_length = 36)]
    pub parent_id: Option<String>,
}

/// What to change about a unit; what is missing stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct UnitPatch {
    /// A new name.
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// A new kind.
    #[schema(max_length = 16, pattern = "^(portfolio|value_stream|program|team)$")]
    pub kind: Option<String>,
    /// The id of a new unit above; an empty string moves it to the top.
    #[schema(max_length = 36)]
    pub parent_id: Option<String>,
}

/// Settings of the installation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// Whether names of people are kept from trackers. Off by default; nothing measures them either way.
    pub keep_names: bool,
}
