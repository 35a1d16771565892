//! What a tracker tells of one item, in numbers: the input of every measure.
//!
//! A [`History`] comes from a stored work item ([`History::of`]) or is filled directly, one buffer reused for a
//! million items. Nothing in it is an opinion: when work began or ended is read by [`crate::item`].

use headway_domain::{
    time::Instant,
    work::{
        BlockedRule, Category, Change, Field, HistoryExtent, LinkKind, StageIx, WorkItem, WorkType, Workflow,
    },
};

/// An item entered a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// When.
    pub at: Instant,
    /// Which.
    pub to: StageIx,
}

/// A value from an instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed<T> {
    /// Since when.
    pub at: Instant,
    /// What.
    pub value: T,
}

/// The value that held at an instant, of values ascending in time.
pub fn value_at<T>(series: &[Timed<T>], at: Instant) -> Option<&T> {
    let after = series.partition_point(|it| it.at <= at);
    series.get(after.checked_sub(1)?).map(|it| &it.value)
}

/// Why an item could not go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockedCause {
    /// Its impediment flag was set, to this.
    Flag(String),
    /// It was in this state of the tracker.
    State(String),
    /// It had this label.
    Label(String),
    /// It waited for this item.
    Item(String),
}

/// A time in which an item was blocked for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedSpan {
    /// Since when.
    pub from: Instant,
    /// Until when, this instant not included; `None` while it lasts.
    pub until: Option<Instant>,
    /// Why.
    pub cause: BlockedCause,
}

/// How an item that another one waits for stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// Nobody knows it, so it is not counted as blocking.
    Unknown,
    /// It is not finished.
    Open,
    /// It left the process at this instant.
    Left(Instant),
}

/// What a tracker tells of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// When it was created.
    pub created: Instant,
    /// The stage it was created in; `None` when that state is unmapped.
    pub first: Option<StageIx>,
    /// The stages it entered afterwards, ascending in time; of one instant, in the tracker's order.
    pub moves: Vec<Move>,
    /// When it got the resolution it has now, if that one means "left without being delivered".
    pub cancelled_at: Option<Instant>,
    /// When it was blocked, and why; ascending, and overlapping where there were several causes.
    pub blocked: Vec<BlockedSpan>,
    /// Every sign of life, ascending.
    pub activity: Vec<Instant>,
    /// Its estimate, from creation on.
    pub estimates: Vec<Timed<Option<f64>>>,
    /// The keys of its iterations, from creation on.
    pub iterations: Vec<Timed<Vec<String>>>,
    /// When its priority was changed, ascending.
    pub reprioritised: Vec<Instant>,
    /// What it counts as in the flow distribution.
    pub work_type: WorkType,
    /// Whether the whole past is known, and agrees with the state the item is in now.
    pub is_complete: bool,
}

impl Default for History {
    fn default() -> Self {
        History {
            created: Instant::default(),
            first: None,
            moves: Vec::new(),
            cancelled_at: None,
            blocked: Vec::new(),
            activity: Vec::new(),
            estimates: Vec::new(),
            iterations: Vec::new(),
            reprioritised: Vec::new(),
            work_type: WorkType::Unmapped,
            is_complete: true,
        }
    }
}

impl History {
    /// Empties it for the next item, keeping its buffers.
    pub fn reset(&mut self, created: Instant, first: Option<StageIx>) {
        self.created = created;
        self.first = first;
        self.moves.clear();
        self.cancelled_at = None;
        self.blocked.clear();
        self.activity.clear();
        self.estimates.clear();
        self.iterations.clear();
        self.reprioritised.clear();
        self.work_type = WorkType::Unmapped;
        self.is_complete = true;
    }

    /// Puts moves and signs of life that were added in any order into order; those of one instant keep theirs.
    pub fn sort(&mut self) {
        if !self.moves.is_sorted_by_key(|it| it.at) {
            self.moves.sort_by_key(|it| it.at);
        }
        if !self.activity.is_sorted() {
            self.activity.sort_unstable();
        }
    }

    /// The history of a stored work item, as its team's workflow names the stages. `blocker` says how the items
    /// stand that this one waits for.
    pub fn of(item: &WorkItem, workflow: &Workflow, blocker: impl Fn(&str) -> Blocker) -> Self {
        let mut changes: Vec<&Change> = item.changes.iter().collect();
        changes.sort_by_key(|it| it.at);
        let of = |field: Field| changes.iter().copied().filter(move |it| it.field == field);

        let mut history = History {
            created: item.created_at,
            work_type: workflow.work_type(&item.kind),
            activity: changes.iter().map(|it| it.at).collect(),
            reprioritised: of(Field::Priority).map(|it| it.at).collect(),
            ..History::default()
        };
        history.read_moves(item, workflow, of(Field::State));
        history.estimates =
            series(item.created_at, of(Field::Estimate), &item.estimate, |text| number(text.as_deref()));
        history.iterations =
            series(item.created_at, of(Field::Iterations), &item.iterations, |text| keys(text.as_deref()));
        if let Some(resolution) = &item.resolution
            && workflow.cancelled_resolutions.contains(resolution)
        {
            let set = of(Field::Resolution).rfind(|it| it.to.as_ref() == Some(resolution));
            history.cancelled_at = set
                .map(|it| it.at)
                .or(item.closed_at)
                .or(changes.last().map(|it| it.at))
                .or(Some(item.created_at));
        }
        history.blocked = blocked_spans(item, &changes, &workflow.blocked, blocker);
        history
    }

    /// Reads the moves between stages, and whether they tell the whole story.
    fn read_moves<'a>(
        &mut self,
        item: &WorkItem,
        workflow: &Workflow,
        states: impl DoubleEndedIterator<Item = &'a Change> + Clone,
    ) {
        let now = workflow.stage_of(&item.state);
        let oldest = states.clone().next();
        let newest = states.clone().next_back();
        self.first = match oldest {
            Some(change) => change.from.as_deref().and_then(|state| workflow.stage_of(state)),
            None => now,
        };
        self.moves = states
            .filter_map(|change| Some(Move { at: change.at, to: workflow.stage_of(change.to.as_deref()?)? }))
            .collect();
        let agrees = newest.is_none_or(|change| change.to.as_deref() == Some(item.state.as_str()));
        self.is_complete = item.extent == HistoryExtent::Complete && agrees;

        // Where the changes do not hold the end, the closing date does.
        let known_end = self.moves.last().map(|it| it.to);
        let has_left = |stage: Option<StageIx>| stage.is_some_and(|it| workflow.category(it).is_exit());
        if let Some(closed) = item.closed_at
            && !self.is_complete
            && !has_left(known_end)
        {
            let done = now.filter(|it| workflow.category(*it).is_exit()).or_else(|| {
                let position = workflow.stages.iter().position(|it| it.category == Category::Done);
                position.and_then(|it| StageIx::try_from(it).ok())
            });
            if self.moves.is_empty() && has_left(self.first) {
                let todo = workflow.stages.first().is_some_and(|it| it.category == Category::Todo);
                self.first = todo.then_some(0);
            }
            if let Some(to) = done {
                let at = self.moves.last().map_or(closed, |last| closed.max(last.at));
                self.moves.push(Move { at, to });
            }
        }
    }
}

/// The values of a field from creation on: before its first change it had the value that change took away, and
/// without any change the one it has now.
fn series<'a, T: Clone>(
    created: Instant,
    changes: impl Iterator<Item = &'a Change>,
    now: &T,
    read: impl Fn(&Option<String>) -> T,
) -> Vec<Timed<T>> {
    let mut values = Vec::new();
    for change in changes {
        if values.is_empty() {
            values.push(Timed { at: created.min(change.at), value: read(&change.from) });
        }
        values.push(Timed { at: change.at, value: read(&change.to) });
    }
    if values.is_empty() {
        values.push(Timed { at: created, value: now.clone() });
    }
    values
}

fn number(text: Option<&str>) -> Option<f64> {
    text?.trim().parse().ok().filter(|it: &f64| it.is_finite())
}

fn keys(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split('\u{1f}').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Spans that are open, and those that ended.
#[derive(Default)]
struct Spans {
    open: Vec<(Instant, BlockedCause)>,
    ended: Vec<BlockedSpan>,
}

impl Spans {
    /// From `at` on exactly these causes hold.
    fn set(&mut self, at: Instant, causes: Vec<BlockedCause>) {
        let (stay, end): (Vec<_>, Vec<_>) = self.open.drain(..).partition(|(_, it)| causes.contains(it));
        self.open = stay;
        self.ended.extend(end.into_iter().map(|(from, cause)| BlockedSpan { from, until: Some(at), cause }));
        for cause in causes {
            if !self.open.iter().any(|(_, it)| *it == cause) {
                self.open.push((at, cause));
            }
        }
    }

    fn finish(self) -> impl Iterator<Item = BlockedSpan> {
        let open = self.open.into_iter().map(|(from, cause)| BlockedSpan { from, until: None, cause });
        self.ended.into_iter().chain(open).filter(|it| it.until != Some(it.from))
    }
}

/// When the item was blocked by any of the rules, one span a cause.
fn blocked_spans(
    item: &WorkItem,
    changes: &[&Change],
    rule: &BlockedRule,
    blocker: impl Fn(&str) -> Blocker,
) -> Vec<BlockedSpan> {
    let of = |field: Field| changes.iter().copied().filter(move |it| it.field == field);
    let flag = |text: &Option<String>| {
        let set =
            text.iter().filter(|it| !it.is_empty() && (rule.flags.is_empty() || rule.flags.contains(it)));
        set.cloned().map(BlockedCause::Flag).collect::<Vec<_>>()
    };
    let state = |text: &Option<String>| {
        let set = text.iter().filter(|it| rule.states.contains(it));
        set.cloned().map(BlockedCause::State).collect()
    };
    let label = |text: &Option<String>| {
        let labels = keys(text.as_deref()).into_iter();
        labels.filter(|it| rule.labels.contains(it)).map(BlockedCause::Label).collect()
    };
    let labels_now = Some(item.labels.join("\u{1f}"));
    let mut spans: Vec<BlockedSpan> = Vec::new();
    let mut read = |field, now: &Option<String>, causes: &dyn Fn(&Option<String>) -> Vec<BlockedCause>| {
        let mut found = Spans::default();
        for it in series(item.created_at, of(field), &causes(now), causes) {
            found.set(it.at, it.value);
        }
        spans.extend(found.finish());
    };
    read(Field::Flag, &None, &flag);
    if !rule.states.is_empty() {
        read(Field::State, &Some(item.state.clone()), &state);
    }
    if !rule.labels.is_empty() {
        read(Field::Labels, &labels_now, &label);
    }
    if rule.links {
        spans.extend(link_spans(item, of(Field::BlockedBy), blocker));
    }
    spans.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.cause.cmp(&b.cause)));
    spans
}

/// When the item waited for others that were not finished. A link whose beginning nobody recorded was there
/// from the start.
fn link_spans<'a>(
    item: &WorkItem,
    changes: impl Iterator<Item = &'a Change> + Clone,
    blocker: impl Fn(&str) -> Blocker,
) -> Vec<BlockedSpan> {
    let mut waits: Vec<(&str, Instant, Option<Instant>)> = Vec::new();
    for change in changes {
        if let Some(removed) = change.from.as_deref() {
            match waits.iter_mut().find(|(key, _, until)| *key == removed && until.is_none()) {
                Some(wait) => wait.2 = Some(change.at),
                None => waits.push((removed, item.created_at, Some(change.at))),
            }
        }
        if let Some(added) = change.to.as_deref() {
            waits.push((added, change.at, None));
        }
    }
    for link in item.links.iter().filter(|it| it.kind == LinkKind::BlockedBy) {
        if !waits.iter().any(|(key, _, until)| *key == link.to && until.is_none()) {
            waits.push((&link.to, item.created_at, None));
        }
    }
    let spans = waits.into_iter().filter_map(|(key, from, until)| {
        let until = match blocker(key) {
            Blocker::Unknown => return None,
            Blocker::Open => until,
            Blocker::Left(at) => Some(until.map_or(at, |it| it.min(at))),
        };
        let is_empty = until.is_some_and(|it| it <= from);
        (!is_empty).then(|| BlockedSpan { from, until, cause: BlockedCause::Item(key.to_owned()) })
    });
    spans.collect()
}
