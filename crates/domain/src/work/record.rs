//! What a tracker tells, in our words: the neutral history that every importer writes and that the sample
//! organisation writes too.

use crate::{
    time::{Day, Instant},
    work::{DeploymentOutcome, Location, Oddity, Problem},
};

/// What changed on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The tracker's state.
    State,
    /// Why it was closed.
    Resolution,
    /// An impediment flag: set when the new value is not empty.
    Flag,
    /// The estimate, a number in text.
    Estimate,
    /// The iterations it belongs to, by key, separated by U+001F.
    Iterations,
    /// The tracker's type.
    Kind,
    /// The project, board or component that decides the team.
    Group,
    /// The item above it.
    Parent,
    /// Labels, separated by U+001F.
    Labels,
    /// Priority or urgency.
    Priority,
    /// The title.
    Title,
    /// "Is blocked by": the key of the blocking item was added (new) or removed (old).
    BlockedBy,
    /// Anything else that shows life, without its content: a comment, an assignment, an edit.
    Activity,
}

impl Field {
    /// All fields.
    pub const ALL: [Field; 13] = [
        Field::State,
        Field::Resolution,
        Field::Flag,
        Field::Estimate,
        Field::Iterations,
        Field::Kind,
        Field::Group,
        Field::Parent,
        Field::Labels,
        Field::Priority,
        Field::Title,
        Field::BlockedBy,
        Field::Activity,
    ];

    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Field::State => "state",
            Field::Resolution => "resolution",
            Field::Flag => "flag",
            Field::Estimate => "estimate",
            Field::Iterations => "iterations",
            Field::Kind => "kind",
            Field::Group => "group",
            Field::Parent => "parent",
            Field::Labels => "labels",
            Field::Priority => "priority",
            Field::Title => "title",
            Field::BlockedBy => "blocked_by",
            Field::Activity => "activity",
        }
    }

    /// The field with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Field::ALL.into_iter().find(|field| field.code() == code)
    }
}

/// One change of one field. `None` is the empty value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// When.
    pub at: Instant,
    /// What.
    pub field: Field,
    /// The value before.
    pub from: Option<String>,
    /// The value after.
    pub to: Option<String>,
}

/// How much of an item's past a tracker gave us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HistoryExtent {
    /// No changes at all: only the dates of creation and closing.
    None,
    /// Some: an export that keeps only the newest changes.
    Partial,
    /// All.
    Complete,
}

/// How an item relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// This item waits for the other.
    BlockedBy,
    /// The other waits for this one.
    Blocks,
    /// Any other relation.
    Related,
}

/// A link to another item of the same tracker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// How.
    pub kind: LinkKind,
    /// The other item's [`ItemRecord::key`] or [`ItemRecord::label`].
    pub to: String,
}

/// One item as a tracker tells it. Everything but the key may be missing, so that a table of tickets and a table
/// of their changes can be put together: see [`ItemRecord::absorb`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemRecord {
    /// The tracker's own id, which survives a move between projects. A second import updates by it.
    pub key: String,
    /// The key that people say, such as `PAY-123`; the same as `key` when there is no other.
    pub label: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The tracker's type.
    pub kind: Option<String>,
    /// The project, board or component that decides the team.
    pub group: Option<String>,
    /// The state now.
    pub state: Option<String>,
    /// Why it was closed.
    pub resolution: Option<String>,
    /// When it was created.
    pub created_at: Option<Instant>,
    /// When it was closed, where the tracker says so: the finish of an item without history.
    pub closed_at: Option<Instant>,
    /// The estimate.
    pub estimate: Option<f64>,
    /// The key of the item above.
    pub parent: Option<String>,
    /// Priority or urgency.
    pub priority: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Keys of the iterations it belongs to.
    pub iterations: Vec<String>,
    /// Links to other items.
    pub links: Vec<Link>,
    /// Where to open it in the tracker.
    pub url: Option<String>,
    /// Who works on it. Dropped before storage unless an administrator switched names on.
    pub assignee: Option<String>,
    /// How much of the past `changes` holds.
    pub extent: Option<HistoryExtent>,
    /// What changed, in the tracker's order.
    pub changes: Vec<Change>,
}

impl ItemRecord {
    /// Adds what another record of the same item says: its attributes win, its changes are appended.
    pub fn absorb(&mut self, other: ItemRecord) {
        fn take<T>(mine: &mut Option<T>, theirs: Option<T>) {
            if theirs.is_some() {
                *mine = theirs;
            }
        }
        take(&mut self.label, other.label);
        take(&mut self.title, other.title);
        take(&mut self.kind, other.kind);
        take(&mut self.group, other.group);
        take(&mut self.state, other.state);
        take(&mut self.resolution, other.resolution);
        take(&mut self.created_at, other.created_at);
        take(&mut self.closed_at, other.closed_at);
        take(&mut self.estimate, other.estimate);
        take(&mut self.parent, other.parent);
        take(&mut self.priority, other.priority);
        take(&mut self.url, other.url);
        take(&mut self.assignee, other.assignee);
        self.extent = self.extent.max(other.extent);
        for label in other.labels {
            if !self.labels.contains(&label) {
                self.labels.push(label);
            }
        }
        for iteration in other.iterations {
            if !self.iterations.contains(&iteration) {
                self.iterations.push(iteration);
            }
        }
        for link in other.links {
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
        self.changes.extend(other.changes);
    }
}

/// A timebox as a tracker tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct IterationRecord {
    /// The tracker's id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The project or board that decides the team.
    pub group: Option<String>,
    /// When it began, or is planned to.
    pub starts_at: Option<Instant>,
    /// When it is planned to end.
    pub ends_at: Option<Instant>,
    /// When it was closed.
    pub completed_at: Option<Instant>,
    /// Sums given by exports that hold no items: committed, added, removed, completed (items, then estimate).
    pub given: Option<GivenSums>,
}

/// What an export of sprints says of itself, where it holds sums instead of items.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GivenSums {
    /// Items at the start.
    pub committed_items: f64,
    /// Estimate at the start.
    pub committed_estimate: f64,
    /// Items added after the start.
    pub added_items: f64,
    /// Estimate added after the start.
    pub added_estimate: f64,
    /// Items removed.
    pub removed_items: f64,
    /// Estimate removed.
    pub removed_estimate: f64,
    /// Items done.
    pub completed_items: f64,
    /// Estimate done.
    pub completed_estimate: f64,
}

/// A deployment to production as a tracker or a repository tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentRecord {
    /// The tracker's id: a tag, a pipeline.
    pub key: String,
    /// The repository or project that decides the team.
    pub group: Option<String>,
    /// When it was finished.
    pub finished_at: Instant,
    /// How it ended.
    pub outcome: DeploymentOutcome,
    /// The environment, such as `production`.
    pub environment: String,
    /// Whether the facts are inferred (a tag that looks like a release) rather than told.
    pub is_proxy: bool,
}

/// A commit, and the deployment that brought it to production.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitRecord {
    /// The repository's id of it.
    pub key: String,
    /// The repository that decides the team.
    pub group: Option<String>,
    /// When it was written.
    pub authored_at: Instant,
    /// When it was committed; later than `authored_at` for rebased work.
    pub committed_at: Instant,
    /// The key of the first deployment that contains it.
    pub deployment: Option<String>,
    /// Whether it takes back or repairs an earlier change, as far as its text tells.
    pub is_repair: bool,
}

/// Anything a file can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// An item, whole or a part of it.
    Item(Box<ItemRecord>),
    /// A timebox.
    Iteration(IterationRecord),
    /// A deployment.
    Deployment(DeploymentRecord),
    /// A commit.
    Commit(CommitRecord),
}

/// One row of a file: where it stands, what it says or why it can't be read, and what was odd about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it stands.
    pub location: Location,
    /// What it says.
    pub record: Result<Record, Problem>,
    /// What was odd about it, though it could be read.
    pub oddities: Vec<Oddity>,
}

/// The earliest day that a work history may plausibly hold: earlier dates are reported as impossible.
pub const EARLIEST_DAY: Day = Day(0);
