//! Items: lists of them, and one with its history.

use std::collections::{HashMap, HashSet};

use headway_domain::{
    id::{ItemId, UnitId},
    organisation::Unit,
    time::{Day, Instant},
    work::{Category, WorkItem, WorkType},
};
use headway_flow::{
    blocked::blocked_by,
    history::BlockedSpan,
    item::{Item, Standing},
};
use headway_store::{ItemCursor, ItemFilter};

use crate::{
    App, Error, OpContext, Permission, Result,
    insight::{Ask, Scope, Team, TeamFacts, extents, scope},
    organisation::{find_unit, known_tree},
};

/// Where an item stands, as a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not finished and not cancelled.
    Open,
    /// Not started.
    NotStarted,
    /// In progress.
    InProgress,
    /// Delivered.
    Finished,
    /// Left undelivered.
    Cancelled,
    /// In progress and blocked.
    Blocked,
}

impl Progress {
    /// The filter with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "open" => Progress::Open,
            "not_started" => Progress::NotStarted,
            "in_progress" => Progress::InProgress,
            "finished" => Progress::Finished,
            "cancelled" => Progress::Cancelled,
            "blocked" => Progress::Blocked,
            _ => return None,
        })
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last sign of life first.
    Updated,
    /// The newest first.
    #[default]
    Created,
    /// The last finished first.
    Finished,
    /// The oldest work in progress first.
    Age,
    /// The longest cycle time first.
    CycleTime,
    /// By label.
    Label,
}

impl Order {
    /// The order with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "updated" => Order::Updated,
            "created" => Order::Created,
            "finished" => Order::Finished,
            "age" => Order::Age,
            "cycle_time" => Order::CycleTime,
            "label" => Order::Label,
            _ => return None,
        })
    }
}

/// Which items.
#[derive(Clone, Debug, Default)]
pub struct ItemFilterInput {
    /// Where they stand.
    pub progress: Option<Progress>,
    /// What they count as.
    pub work_type: Option<WorkType>,
    /// The name of their stage.
    pub stage: Option<String>,
    /// One of their labels.
    pub label: Option<String>,
    /// Words of key and title.
    pub words: Vec<String>,
    /// In which order.
    pub order: Order,
    /// The other way round.
    pub is_reversed: bool,
    /// Where the page before ended, as it said.
    pub after: Option<String>,
    /// So many are wanted.
    pub limit: u32,
}

impl ItemFilterInput {
    /// Whether the database alone can answer: then a page costs the same however many items there are.
    fn is_plain(&self) -> bool {
        let is_unfiltered = self.progress.is_none() && self.work_type.is_none();
        is_unfiltered
            && self.stage.is_none()
            && self.label.is_none()
            && self.order == Order::Created
            && !self.is_reversed
    }
}

/// An item in a list.
#[derive(Clone, Debug)]
pub struct ItemLine {
    /// Its id.
    pub id: ItemId,
    /// The key people say.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its team.
    pub unit: Unit,
    /// The tracker's type.
    pub kind: String,
    /// What it counts as.
    pub work_type: WorkType,
    /// The stage it is in.
    pub stage: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// When it was created.
    pub created_at: Instant,
    /// When work started.
    pub started_at: Option<Instant>,
    /// When it left.
    pub left_at: Option<Instant>,
    /// Its age.
    pub age_days: Option<u32>,
    /// Its cycle time.
    pub cycle_time_days: Option<u32>,
    /// Whether it is blocked now.
    pub is_blocked: bool,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct ItemLines {
    /// The items.
    pub items: Vec<ItemLine>,
    /// How many match in all; `None` where counting would cost more than the page.
    pub count: Option<u64>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The items of a scope that pass a filter.
pub async fn items(ctx: &OpContext, app: &App, unit: &str, filter: &ItemFilterInput) -> Result<ItemLines> {
    if filter.is_plain() {
        plain_items(ctx, app, unit, filter).await
    } else {
        derived_items(ctx, app, unit, filter).await
    }
}

/// A page from the database, with the facts of the teams it touches.
async fn plain_items(ctx: &OpContext, app: &App, unit: &str, filter: &ItemFilterInput) -> Result<ItemLines> {
    let tree = known_tree(app).await?;
    let top = find_unit(ctx, Permission::Read, &tree, unit)?;
    let teams: HashSet<UnitId> = tree.teams(top.id).into_iter().map(|team| team.id).collect();
    let after = filter.after.as_deref().map(str::parse::<ItemCursor>).transpose();
    let after = after.map_err(|error| Error::invalid("cursor", error.to_string()))?;
    let extents = extents(app).await?;
    let count = teams.iter().filter_map(|team| extents.get(team)).sum();
    // Where every item of the organisation is in scope, naming all teams would only make the question longer.
    let is_everything = extents.keys().all(|team| teams.contains(team));
    let wanted = ItemFilter {
        units: (!is_everything).then(|| teams.into_iter().collect()),
        text: (!filter.words.is_empty()).then(|| filter.words.join(" ")),
        ..ItemFilter::default()
    };
    let page = app.db.read_by_events().await?.work_items(&wanted, after.as_ref(), filter.limit).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for summary in page.items {
        let facts = app.facts.team(&app.db, summary.unit).await?;
        let team = tree.get(summary.unit).zip(facts.position(summary.created_at, summary.id));
        // An item that came in this moment is not among the facts yet; the next look will have it.
        let Some((unit, position)) = team else { continue };
        let team = Team { unit: unit.clone(), today: facts.today(ctx.now()), facts };
        items.push(line(&team, position));
    }
    let count = filter.words.is_empty().then_some(count);
    Ok(ItemLines { items, count, next: page.next.map(|cursor| cursor.to_string()) })
}

/// A page by what is derived: where items stand, how old they are, how long they took.
async fn derived_items(
    ctx: &OpContext,
    app: &App,
    unit: &str,
    filter: &ItemFilterInput,
) -> Result<ItemLines> {
    let skip = filter.after.as_deref().map(str::parse::<usize>).transpose();
    let skip =
        skip.map_err(|_| Error::invalid("cursor", "expected a cursor that a page of this list has given"))?;
    let (skip, limit) = (skip.unwrap_or(0), filter.limit as usize);
    let ask = Ask { work_type: filter.work_type, ..Ask::default() };
    let scope = scope(ctx, app, unit, &ask).await?;
    let filter = filter.clone();
    // Looking at every item of an organisation takes a while; the threads that serve requests are not for that.
    let lines = tokio::task::spawn_blocking(move || lines_of(&scope, &filter, skip, limit));
    lines.await.map_err(Error::internal)
}

fn lines_of(scope: &Scope, filter: &ItemFilterInput, skip: usize, limit: usize) -> ItemLines {
    let teams = scope.teams.iter().flat_map(|team| (0..team.facts.items.len()).map(move |at| (team, at)));
    let mut found: Vec<(&Team, usize)> =
        teams.filter(|(team, position)| passes(scope, filter, team, *position)).collect();
    let count = found.len();
    let end = skip.saturating_add(limit).min(count);
    let compare = |a: &(&Team, usize), b: &(&Team, usize)| {
        let (one, other) = (&a.0.facts.names[a.1], &b.0.facts.names[b.1]);
        let order = if filter.order == Order::Label {
            label_key(&one.label).cmp(&label_key(&other.label))
        } else {
            sort_key(filter.order, b).cmp(&sort_key(filter.order, a))
        };
        let order = if filter.is_reversed { order.reverse() } else { order };
        order.then_with(|| one.id.cmp(&other.id))
    };
    // Only what is shown has to be in order.
    if end < count && end > 0 {
        found.select_nth_unstable_by(end - 1, compare);
    }
    let shown = &mut found[..end];
    shown.sort_unstable_by(compare);
    let items = shown.iter().skip(skip).map(|(team, position)| line(team, *position));
    let next = (end < count && end > skip).then(|| end.to_string());
    ItemLines { items: items.collect(), count: Some(count as u64), next }
}

fn passes(scope: &Scope, filter: &ItemFilterInput, team: &Team, position: usize) -> bool {
    let (name, item) = (&team.facts.names[position], &team.facts.items[position]);
    let standing = item.standing();
    let progress = filter.progress.is_none_or(|progress| match progress {
        Progress::Open => matches!(standing, Standing::NotStarted | Standing::InProgress),
        Progress::NotStarted => standing == Standing::NotStarted,
        Progress::InProgress => standing == Standing::InProgress,
        Progress::Finished => standing == Standing::Finished,
        Progress::Cancelled => standing == Standing::Cancelled,
        Progress::Blocked => is_blocked(team, item),
    });
    scope.holds(item)
        && progress
        && filter
            .stage
            .as_ref()
            .is_none_or(|stage| stage_name(&team.facts, item).is_some_and(|it| it == stage))
        && filter.label.as_ref().is_none_or(|label| name.labels.contains(label))
        && filter
            .words
            .iter()
            .all(|word| name.label.to_lowercase().contains(word) || name.title.to_lowercase().contains(word))
}

fn sort_key(order: Order, (team, position): &(&Team, usize)) -> i64 {
    let item = &team.facts.items[*position];
    let calendar = &team.facts.workflow.calendar;
    match order {
        Order::Updated => item.last_active.0,
        Order::Created => item.created.at.0,
        Order::Finished => item.left().map_or(i64::MIN, |it| it.at.0),
        Order::Age => item.age_days(team.today, calendar).map_or(-1, i64::from),
        Order::CycleTime => item.cycle_time_days(calendar).map_or(-1, i64::from),
        Order::Label => 0,
    }
}

/// PAY-9 stands before PAY-10.
fn label_key(label: &str) -> (String, u64) {
    let prefix = label.trim_end_matches(|c: char| c.is_ascii_digit());
    (prefix.to_lowercase(), label[prefix.len()..].parse().unwrap_or(0))
}

fn is_blocked(team: &Team, item: &Item) -> bool {
    let now = Instant(team.facts.workflow.calendar.end_of(team.today).0 - 1);
    blocked_by(item, now).is_some()
}

fn stage_name<'f>(facts: &'f TeamFacts, item: &Item) -> Option<&'f String> {
    facts.workflow.stages.get(usize::from(item.stage()?)).map(|stage| &stage.name)
}

fn line(team: &Team, position: usize) -> ItemLine {
    let (name, item) = (&team.facts.names[position], &team.facts.items[position]);
    let calendar = &team.facts.workflow.calendar;
    ItemLine {
        id: name.id,
        label: name.label.to_string(),
        title: name.title.to_string(),
        unit: team.unit.clone(),
        kind: name.kind.to_string(),
        work_type: item.work_type,
        stage: stage_name(&team.facts, item).cloned(),
        standing: item.standing(),
        created_at: item.created.at,
        started_at: item.started.map(|it| it.at),
        left_at: item.left().map(|it| it.at),
        age_days: item.age_days(team.today, calendar),
        cycle_time_days: item.cycle_time_days(calendar),
        is_blocked: is_blocked(team, item),
    }
}

/// An item with its history.
#[derive(Clone, Debug)]
pub struct ItemDetail {
    /// As in lists.
    pub line: ItemLine,
    /// As stored.
    pub item: WorkItem,
    /// The name of its tracker.
    pub tracker: String,
    /// Ids of the items its links lead to, by the name in the link.
    pub linked: HashMap<String, ItemId>,
    /// Its stays in stages.
    pub visits: Vec<StageVisit>,
    /// When it was blocked, and why.
    pub blocked: Vec<BlockedSpan>,
    /// Its lead time.
    pub lead_time_days: Option<u32>,
    /// Seconds from start to finish.
    pub elapsed_seconds: Option<f64>,
    /// Blocked seconds while in progress.
    pub blocked_seconds: f64,
    /// The day that counts as today.
    pub today: Day,
    /// The end of that day: where what still lasts is cut off.
    pub end: Instant,
}

/// A stay in a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageVisit {
    /// The stage.
    pub stage: String,
    /// Its category.
    pub category: Category,
    /// From.
    pub from: Instant,
    /// Until; `None` while it lasts.
    pub until: Option<Instant>,
}

/// One item.
pub async fn item(ctx: &OpContext, app: &App, id: ItemId) -> Result<ItemDetail> {
    ctx.authorise_anybody()?;
    let tree = known_tree(app).await?;
    let mut reader = app.db.read().await?;
    let stored = reader.work_item(id).await?.ok_or(Error::NotFound("item"))?.item;
    ctx.authorise_at(Permission::Read, &tree, stored.unit).map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("item"),
        other => other,
    })?;
    let tracker = reader.tracker(stored.tracker).await?.map(|tracker| tracker.name).unwrap_or_default();
    let names: Vec<String> = stored.links.iter().map(|link| link.to.clone()).collect();
    let others = reader.items_by_name(stored.tracker, &names).await?;
    drop(reader);

    let mut linked = HashMap::new();
    for other in others.into_iter().filter(|other| ctx.may_at(Permission::Read, &tree, other.unit)) {
        linked.insert(other.key, other.id);
        linked.insert(other.label, other.id);
    }
    let unit = tree.get(stored.unit).cloned().ok_or(Error::NotFound("item"))?;
    let facts = app.facts.team(&app.db, unit.id).await?;
    let team = Team { unit, today: facts.today(ctx.now()), facts };
    let position = team.facts.position(stored.created_at, id).ok_or(Error::NotFound("item"))?;
    let facts = &team.facts.items[position];
    let workflow = &team.facts.workflow;
    let now = Instant(workflow.calendar.end_of(team.today).0 - 1);
    let visits = facts.visits.iter().enumerate().map(|(ix, visit)| StageVisit {
        stage: workflow.stages.get(usize::from(visit.stage)).map(|it| it.name.clone()).unwrap_or_default(),
        category: workflow.category(visit.stage),
        from: visit.from,
        until: facts.visits.get(ix + 1).map(|next| next.from),
    });
    Ok(ItemDetail {
        line: line(&team, position),
        tracker,
        linked,
        visits: visits.collect(),
        blocked: facts.blocked.to_vec(),
        lead_time_days: facts.lead_time_days(&workflow.calendar),
        elapsed_seconds: facts.elapsed_seconds(),
        blocked_seconds: headway_flow::blocked::blocked_in_progress_seconds(facts, now),
        today: team.today,
        end: facts.left().map_or(now, |left| left.at),
        item: stored,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_ordered_as_people_count() {
        let mut labels = ["PAY-10", "pay-9", "ABC-1", "PAY-100", "PAY"];
        labels.sort_by_key(|label| label_key(label));
        assert_eq!(labels, ["ABC-1", "PAY", "pay-9", "PAY-10", "PAY-100"]);
    }
}
