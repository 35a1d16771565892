//! Flow efficiency: how much of the time in progress was work, at most.

use std::borrow::Borrow;

use headway_domain::work::{Category, Workflow};

use crate::{
    blocked::{blocked_spans, stalled_spans, union},
    item::{Item, Span},
    period::Window,
};

/// What counts as waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitingRule {
    /// Time in stages of the category "waiting".
    Stages,
    /// Time in which the item was blocked or stalled, whatever its stage.
    Blocked,
}

/// Flow efficiency. That nothing tells waiting from work is a result of its own, never 100 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FlowEfficiency {
    /// Nothing says when an item waits.
    NotConfigured,
    /// Nothing that had started was finished in the window.
    NoData,
    /// Sums over the items that were finished in the window.
    Measured(FlowTime),
}

/// Seconds of work and of waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowTime {
    /// How many items.
    pub n: usize,
    /// Seconds not known to be waiting. Nights, weekends and work on something else are among them.
    pub active_seconds: f64,
    /// Seconds of waiting.
    pub waiting_seconds: f64,
}

impl FlowTime {
    /// Active time as a share of all: an upper bound.
    pub fn efficiency(self) -> Option<f64> {
        let all = self.active_seconds + self.waiting_seconds;
        (all > 0.0).then(|| self.active_seconds / all)
    }
}

/// The flow efficiency of the items that were finished in the window: the ratio of the sums, not the mean of
/// ratios.
pub fn flow_efficiency<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
    rule: WaitingRule,
) -> FlowEfficiency {
    let is_configured = match rule {
        WaitingRule::Stages => workflow.stages.iter().any(|it| it.category == Category::Waiting),
        WaitingRule::Blocked => items.iter().any(|it| {
            let item: &Item = it.borrow();
            !item.blocked.is_empty() || !item.quiet.is_empty()
        }),
    };
    if !is_configured {
        return FlowEfficiency::NotConfigured;
    }
    let mut sum = FlowTime::default();
    for item in items {
        let item: &Item = item.borrow();
        if item.finished.is_some_and(|it| window.contains(it.day))
            && let Some(time) = flow_time(item, workflow, rule)
        {
            sum.n += 1;
            sum.active_seconds += time.active_seconds;
            sum.waiting_seconds += time.waiting_seconds;
        }
    }
    if sum.efficiency().is_none() { FlowEfficiency::NoData } else { FlowEfficiency::Measured(sum) }
}

/// Work and waiting of one finished item, from its start to its finish; time among what is not started, and time
/// in which it was done before it was reopened, is neither.
pub fn flow_time(item: &Item, workflow: &Workflow, rule: WaitingRule) -> Option<FlowTime> {
    let life = Span { from: item.started?.at, until: item.finished?.at };
    let stays = |category: Category| {
        let stays = item.stays(life.until).filter(move |(stage, _)| workflow.category(*stage) == category);
        stays.map(move |(_, span)| span.within(life))
    };
    let seconds = |category| stays(category).map(Span::seconds).sum::<f64>();
    let (active, waiting) = match rule {
        WaitingRule::Stages => (seconds(Category::Active), seconds(Category::Waiting)),
        WaitingRule::Blocked => {
            let stalled = stalled_spans(item, life, workflow);
            let idle = union(blocked_spans(item, life).into_iter().chain(stalled));
            let all = seconds(Category::Active) + seconds(Category::Waiting);
            let in_progress = stays(Category::Active).chain(stays(Category::Waiting));
            let waiting: f64 =
                in_progress.flat_map(|stay| idle.iter().map(move |it| it.within(stay).seconds())).sum();
            (all - waiting, waiting)
        }
    };
    Some(FlowTime { n: 1, active_seconds: active, waiting_seconds: waiting })
}
