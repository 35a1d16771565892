//! Wire forms of what belongs to no wing: errors, search, health, the first visit.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::insight::wire::UnitRef;

/// What went wrong, by RFC 9457.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// A URI for the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// A stable code for programs.
    pub code: String,
    /// The field at fault, as a JSON pointer.
    pub pointer: Option<String>,
}

/// Whether the installation is empty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Start {
    /// The version of the server.
    pub version: String,
    /// The top units.
    pub top: Vec<UnitRef>,
    /// Whether there are items.
    pub has_items: bool,
    /// Whether the sample organisation is loaded or being loaded.
    pub sample: SampleState,
    /// `sqlite` or `postgres`.
    pub database: String,
}

/// The state of the sample organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SampleState {
    /// `absent`, `loading` or `loaded`.
    pub state: String,
    /// From 0 to 1, while loading.
    pub progress: f64,
}

/// What to search for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words.
    pub q: String,
    /// How many, at most 50.
    #[param(minimum = 1, maximum = 50)]
    pub limit: Option<u32>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Best first.
    pub hits: Vec<SearchHit>,
}

/// A hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// `unit` or `item`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The key people say.
    pub label: String,
    /// Its name or title.
    pub title: String,
    /// The unit it belongs to.
    pub unit: Option<UnitRef>,
}

/// The server is up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The version.
    pub version: String,
}
