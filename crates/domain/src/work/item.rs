//! Work items.

use crate::{
    id::{ItemId, TrackerId, UnitId},
    time::Instant,
    work::{Change, HistoryExtent, Link},
};

/// What an item is worth to the flow distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkType {
    /// New value.
    Feature,
    /// Something that does not work as it should.
    Defect,
    /// Work on the inside that keeps change cheap.
    Debt,
    /// Security, compliance, and other exposure.
    Risk,
    /// A kind nobody has mapped yet.
    Unmapped,
}

impl WorkType {
    /// All types, in the fixed order of their colours.
    pub const ALL: [WorkType; 5] =
        [WorkType::Feature, WorkType::Defect, WorkType::Debt, WorkType::Risk, WorkType::Unmapped];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            WorkType::Feature => "feature",
            WorkType::Defect => "defect",
            WorkType::Debt => "debt",
            WorkType::Risk => "risk",
            WorkType::Unmapped => "unmapped",
        }
    }

    /// The type with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        WorkType::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A work item with its whole history.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    /// Its id.
    pub id: ItemId,
    /// The team it belongs to.
    pub unit: UnitId,
    /// The tracker it came from.
    pub tracker: TrackerId,
    /// The tracker's own id.
    pub key: String,
    /// The key that people say.
    pub label: String,
    /// The title.
    pub title: String,
    /// The tracker's type; empty when unknown.
    pub kind: String,
    /// The project, board or component it came from; empty when unknown.
    pub group: String,
    /// The state now.
    pub state: String,
    /// Why it was closed.
    pub resolution: Option<String>,
    /// When it was created.
    pub created_at: Instant,
    /// When the tracker says it was closed.
    pub closed_at: Option<Instant>,
    /// The estimate.
    pub estimate: Option<f64>,
    /// The key of the item above.
    pub parent: Option<String>,
    /// Priority or urgency.
    pub priority: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Keys of its iterations.
    pub iterations: Vec<String>,
    /// Links to other items.
    pub links: Vec<Link>,
    /// Where to open it in the tracker.
    pub url: Option<String>,
    /// How much of the past `changes` holds.
    pub extent: HistoryExtent,
    /// What changed, by time; changes of one instant in the tracker's order.
    pub changes: Vec<Change>,
}
