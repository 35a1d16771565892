//! Blocked and stalled work: for how long, and why.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

use headway_domain::{
    time::{Instant, MICROS_PER_DAY},
    work::Workflow,
};

use crate::{
    history::{BlockedCause, BlockedSpan},
    item::{Item, Span},
};

/// The union of spans, in order and without overlaps.
pub fn union(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().filter(|it| it.from < it.until).collect();
    spans.sort_unstable_by_key(|it| it.from);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => merged.push(span),
        }
    }
    merged
}

/// The time between an item's start and the moment it left, or `now`; `None` when it never started.
pub fn life(item: &Item, now: Instant) -> Option<Span> {
    let from = item.started?.at;
    Some(Span { from, until: item.left().map_or(now, |it| it.at).max(from) })
}

/// When an item was blocked within a span, causes united; what lasts ends when the item left, or with the span.
pub fn blocked_spans(item: &Item, within: Span) -> Vec<Span> {
    let end = item.left().map_or(within.until, |it| it.at.min(within.until));
    union(item.blocked.iter().map(|it| closed(it, end).within(within)))
}

/// Seconds in which an item was blocked within a span.
pub fn blocked_seconds(item: &Item, within: Span) -> f64 {
    blocked_spans(item, within).into_iter().map(Span::seconds).sum()
}

/// Seconds in which an item in progress was blocked, from its start to its end or `now`.
pub fn blocked_in_progress_seconds(item: &Item, now: Instant) -> f64 {
    life(item, now).map_or(0.0, |life| blocked_seconds(item, life))
}

/// Whether an item is in progress and blocked at `now`, and why: the longest-standing cause.
pub fn blocked_by(item: &Item, now: Instant) -> Option<&BlockedSpan> {
    let holds = |it: &&BlockedSpan| it.from <= now && it.until.is_none_or(|until| now < until);
    item.is_in_progress().then(|| item.blocked.iter().find(holds)).flatten()
}

/// Since when an item in progress shows no sign of life, if that is at least as long as the workflow allows. An
/// item that is blocked is blocked, not stalled: it is never counted as both.
pub fn stalled_since(item: &Item, now: Instant, workflow: &Workflow) -> Option<Instant> {
    let limit = i64::from(workflow.stalled_after_days) * MICROS_PER_DAY;
    let is_quiet = limit > 0 && now.0.saturating_sub(item.last_active.0) >= limit;
    (is_quiet && item.is_in_progress() && blocked_by(item, now).is_none()).then_some(item.last_active)
}

/// When an item was stalled within a span: in gaps between its signs of life that are long enough, blocked time
/// taken out.
pub fn stalled_spans(item: &Item, within: Span, workflow: &Workflow) -> Vec<Span> {
    let limit = i64::from(workflow.stalled_after_days) * MICROS_PER_DAY;
    let tail = Span { from: item.last_active, until: item.left().map_or(within.until, |it| it.at) };
    let tail = (limit > 0 && tail.until.0.saturating_sub(tail.from.0) >= limit).then_some(tail);
    let quiet = union(item.quiet.iter().copied().chain(tail).map(|it| it.within(within)));
    subtract(&quiet, &blocked_spans(item, within))
}

/// What is in `spans` and not in `taken`; both in order and without overlaps.
fn subtract(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut rest = Vec::new();
    for span in spans {
        let mut from = span.from;
        for out in taken.iter().filter(|it| it.from < span.until && span.from < it.until) {
            if from < out.from {
                rest.push(Span { from, until: out.from });
            }
            from = from.max(out.until);
        }
        if from < span.until {
            rest.push(Span { from, until: span.until });
        }
    }
    rest
}

/// What one cause cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The cause.
    pub cause: BlockedCause,
    /// Positions of the items it blocked, in the input.
    pub items: Vec<usize>,
    /// How long, summed over items, in seconds.
    pub seconds: f64,
    /// How many of the items it blocks still.
    pub open: usize,
}

/// The causes that blocked work in progress within a span of time, the most expensive first. An item that was
/// blocked for two causes at once counts for both: causes do not add up to the blocked time.
pub fn clusters<I: Borrow<Item>>(items: &[I], within: Span, now: Instant) -> Vec<Cluster> {
    #[derive(Default)]
    struct Cost {
        items: BTreeSet<usize>,
        open: BTreeSet<usize>,
        seconds: f64,
    }
    let mut costs: BTreeMap<&BlockedCause, Cost> = BTreeMap::new();
    for (position, item) in items.iter().enumerate() {
        let item: &Item = item.borrow();
        let Some(life) = life(item, now) else { continue };
        for span in &item.blocked {
            let seconds = closed(span, life.until).within(life).within(within).seconds();
            if seconds > 0.0 {
                let cost = costs.entry(&span.cause).or_default();
                cost.items.insert(position);
                cost.seconds += seconds;
                if span.until.is_none() && item.is_in_progress() {
                    cost.open.insert(position);
                }
            }
        }
    }
    let mut clusters: Vec<Cluster> = costs
        .into_iter()
        .map(|(cause, cost)| Cluster {
            cause: cause.clone(),
            items: cost.items.into_iter().collect(),
            seconds: cost.seconds,
            open: cost.open.len(),
        })
        .collect();
    clusters.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.cause.cmp(&b.cause)));
    clusters
}

fn closed(span: &BlockedSpan, end: Instant) -> Span {
    Span { from: span.from, until: span.until.unwrap_or(end).max(span.from) }
}
