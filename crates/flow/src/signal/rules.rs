//! The rules that look at a team's work. Each looks at a view alone, so that it can be tried on past days.

use headway_domain::{
    insight::{SignalKind, SignalLevel},
    time::Day,
    work::Workflow,
};

use crate::{
    aging,
    blocked::{blocked_by, stalled_since},
    forecast::{Protocol, Series, outlook::Outlook},
    history::BlockedCause,
    item::Item,
    period::Window,
    signal::{
        Evidence, Figure, Quantity, Rule, Subject,
        view::{FEWEST_ITEMS, View},
    },
    wip::{daily_wip, total_age_days},
};

/// Days that rules about the team compare.
pub const WINDOW_DAYS: u32 = 28;

/// Days that rules about scope look back.
const SCOPE_DAYS: u32 = 90;

/// Days without any sign of life after which data counts as stale.
const STALE_DAYS: f64 = 7.0;

/// What a rule found on a day.
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// How much attention it asks for.
    pub level: SignalLevel,
    /// The rule.
    pub rule: Rule,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Finding {
    /// A finding when the first figure is beyond the limits of the rule.
    pub fn when(rule: Rule, subject: Subject, value: f64, more: &[(Quantity, f64)]) -> Option<Self> {
        let level = rule.level(value)?;
        let first = Figure { quantity: rule.quantity, value };
        let more = more.iter().map(|(quantity, value)| Figure { quantity: *quantity, value: *value });
        let evidence =
            Evidence { figures: std::iter::once(first).chain(more).collect(), ..Evidence::default() };
        Some(Finding { subject, level, rule, evidence })
    }

    /// The days that the figures were read from.
    pub fn over(mut self, window: Window) -> Self {
        self.evidence.days = Some((window.first, window.last));
        self
    }

    /// The items behind it.
    pub fn with(mut self, items: impl IntoIterator<Item = usize>) -> Self {
        self.evidence.items.extend(items);
        self
    }
}

/// Whether an item of this key belongs to another team.
pub type IsForeign<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// The rules about single items.
pub const OF_ITEMS: [SignalKind; 5] = [
    SignalKind::AgeBeyondSle,
    SignalKind::SlowInStage,
    SignalKind::Blocked,
    SignalKind::Stalled,
    SignalKind::DependencyRisk,
];

/// The rules about the team's work as a whole.
pub const OF_TEAM: [SignalKind; 6] = [
    SignalKind::ThroughputShift,
    SignalKind::WipGrowth,
    SignalKind::WipOverLimit,
    SignalKind::AgeGrowth,
    SignalKind::ScopeGrowth,
    SignalKind::StaleData,
];

/// What a rule finds in a view. Rules that need more than a view find nothing here.
pub fn find(kind: SignalKind, view: &View, is_foreign: IsForeign) -> Vec<Finding> {
    match kind {
        SignalKind::AgeBeyondSle => age_beyond_sle(view),
        SignalKind::SlowInStage => slow_in_stage(view),
        SignalKind::Blocked => blocked(view, Quantity::BlockedDays, |_| true),
        SignalKind::DependencyRisk => blocked(
            view,
            Quantity::BlockedDays,
            |cause| matches!(cause, BlockedCause::Item(key) if is_foreign(key)),
        ),
        SignalKind::Stalled => stalled(view),
        SignalKind::ThroughputShift => throughput_shift(view).into_iter().collect(),
        SignalKind::WipGrowth => wip_growth(view).into_iter().collect(),
        SignalKind::WipOverLimit => wip_over_limit(view).into_iter().collect(),
        SignalKind::AgeGrowth => age_growth(view).into_iter().collect(),
        SignalKind::ScopeGrowth => scope_growth(view).into_iter().collect(),
        SignalKind::StaleData => stale_data(view).into_iter().collect(),
        SignalKind::ForecastRisk | SignalKind::Unpredictable | SignalKind::OvercommittedIteration => {
            Vec::new()
        }
    }
}

fn age_beyond_sle(view: &View) -> Vec<Finding> {
    let Some(expected) = view.expected_days().map(f64::from) else { return Vec::new() };
    let rule = Rule::above(Quantity::AgeDays, expected, 2.0 * expected);
    let find = |it: aging::Aged| {
        let subject = Subject::Item(view.positions[it.item]);
        Finding::when(rule, subject, f64::from(it.age_days), &[(Quantity::ExpectedDays, expected)])
    };
    aging::aged(&view.items, view.workflow, view.day).into_iter().filter_map(find).collect()
}

fn slow_in_stage(view: &View) -> Vec<Finding> {
    let paces = aging::paces(&view.items, view.workflow, view.lately());
    let find = |it: aging::Aged| {
        let pace = paces.iter().find(|pace| pace.stage == it.stage)?.days.ok()?;
        let rule = Rule::above(Quantity::AgeDays, f64::from(pace.p85), f64::from(pace.p95));
        let subject = Subject::Item(view.positions[it.item]);
        let is_known = pace.n >= FEWEST_ITEMS;
        let usual = (Quantity::StagePaceDays, f64::from(pace.p85));
        Finding::when(rule, subject, f64::from(it.age_days), &[usual]).filter(|_| is_known)
    };
    aging::aged(&view.items, view.workflow, view.day).into_iter().filter_map(find).collect()
}

fn blocked(view: &View, quantity: Quantity, counts: impl Fn(&BlockedCause) -> bool) -> Vec<Finding> {
    let rule = Rule::above(quantity, 0.0, f64::from(view.workflow.stalled_after_days));
    let find = |(item, position): (&Item, &usize)| {
        blocked_by(item, view.now)?;
        let holds = item.blocked.iter().filter(|it| it.until.is_none() && counts(&it.cause));
        let since = holds.map(|it| it.from).min()?;
        // A block of this very instant is a block.
        Finding::when(rule, Subject::Item(*position), view.days_since(since).max(f64::MIN_POSITIVE), &[])
    };
    view.all().zip(&view.positions).filter_map(find).collect()
}

fn stalled(view: &View) -> Vec<Finding> {
    let limit = f64::from(view.workflow.stalled_after_days);
    // "At least so long" is the workflow's rule; the smallest step below it is not.
    let rule = Rule::above(Quantity::QuietDays, limit.next_down(), 3.0 * limit);
    let find = |(item, position): (&Item, &usize)| {
        let since = stalled_since(item, view.now, view.workflow)?;
        Finding::when(rule, Subject::Item(*position), view.days_since(since).max(limit), &[])
    };
    view.all().zip(&view.positions).filter_map(find).collect()
}

/// The days on which the team finished something, in the clock of its forecasts.
pub fn series(view: &View) -> Series {
    Series::of_days(view.all().filter_map(|it| Some(it.finished?.day)), view.day, &view.workflow.calendar)
}

/// Fewer items than a forecast made at the beginning of the window had claimed with 95 % (bad: 99 %).
fn throughput_shift(view: &View) -> Option<Finding> {
    let series = series(view);
    let days = series.counted_days(WINDOW_DAYS as usize);
    let known = series.len().checked_sub(days)?;
    Protocol::default().guard.check(&series, known).ok()?;
    let outlook = Outlook::after(&series, known).items_within(days);
    let claim = |risk: f64| outlook.first_count(|cdf| cdf > risk) as f64;
    let rule = Rule::below(Quantity::Finished, claim(0.05), claim(0.01));
    let finished = series.sum(known, series.len()) as f64;
    let window = Window::ending(view.day, WINDOW_DAYS);
    let claimed = (Quantity::ClaimedAtLeast, rule.watch);
    Some(
        Finding::when(rule, Subject::Team, finished, &[claimed])?
            .over(window)
            .with(finished_in(view, window)),
    )
}

fn finished_in(view: &View, window: Window) -> Vec<usize> {
    let is_in = |item: &Item| item.finished.is_some_and(|it| window.contains(it.day));
    view.all().zip(&view.positions).filter(|(item, _)| is_in(item)).map(|(_, at)| *at).collect()
}

fn in_progress(view: &View) -> Vec<usize> {
    view.all().zip(&view.positions).filter(|(item, _)| item.is_in_progress()).map(|(_, at)| *at).collect()
}

/// More came into progress than left it: at least two items, and by more than 5 % (bad: 25 %).
fn wip_growth(view: &View) -> Option<Finding> {
    let window = Window::ending(view.day, WINDOW_DAYS);
    let days = |day: Option<Day>| usize::from(day.is_some_and(|it| window.contains(it)));
    let arrived: usize = view.all().map(|it| days(it.arrived().map(|it| it.day))).sum();
    let departed: usize = view.all().map(|it| days(it.departed().map(|it| it.day))).sum();
    if arrived < departed + 2 {
        return None;
    }
    let excess = (arrived - departed) as f64 / departed.max(1) as f64 * 100.0;
    let rule = Rule::above(Quantity::ExcessPercent, 5.0, 25.0);
    let more = [(Quantity::Arrived, arrived as f64), (Quantity::Departed, departed as f64)];
    Some(Finding::when(rule, Subject::Team, excess, &more)?.over(window).with(in_progress(view)))
}

fn wip_over_limit(view: &View) -> Option<Finding> {
    let limit = view.workflow.wip_limit?;
    let window = Window::ending(view.day, WINDOW_DAYS);
    let wip = daily_wip(view.all(), window);
    let over = wip.iter().filter(|it| **it > limit).count() as f64 / wip.len().max(1) as f64 * 100.0;
    let rule = Rule::above(Quantity::DaysOverPercent, 50.0, 90.0);
    let now = wip.last().copied().unwrap_or(0);
    let more = [(Quantity::Wip, f64::from(now)), (Quantity::WipLimit, f64::from(limit))];
    Some(Finding::when(rule, Subject::Team, over, &more)?.over(window).with(in_progress(view)))
}

/// The total age of work in progress grew by more than 10 % (bad: 50 %).
fn age_growth(view: &View) -> Option<Finding> {
    let window = Window::ending(view.day, WINDOW_DAYS);
    let ages = total_age_days(view.all(), window, &view.workflow.calendar);
    let (before, now) = (*ages.first()? as f64, *ages.last()? as f64);
    if before < 1.0 {
        return None;
    }
    let rule = Rule::above(Quantity::GrowthPercent, 10.0, 50.0);
    let more = [(Quantity::TotalAgeDays, now), (Quantity::TotalAgeBefore, before)];
    let growth = (now - before) / before * 100.0;
    Some(Finding::when(rule, Subject::Team, growth, &more)?.over(window).with(in_progress(view)))
}

/// More was created than left: at least five items, and by more than 10 % (bad: 50 %).
fn scope_growth(view: &View) -> Option<Finding> {
    let window = Window::ending(view.day, SCOPE_DAYS);
    let is_new = |it: &Item| window.contains(it.created.day);
    let created = view.all().filter(|it| is_new(it)).count();
    let left = view.all().filter(|it| it.left().is_some_and(|it| window.contains(it.day))).count();
    if created < left + 5 {
        return None;
    }
    let growth = (created - left) as f64 / left.max(1) as f64 * 100.0;
    let rule = Rule::above(Quantity::ExcessPercent, 10.0, 50.0);
    let more = [(Quantity::Created, created as f64), (Quantity::Left, left as f64)];
    let new = view.all().zip(&view.positions).filter(|(it, _)| is_new(it) && it.left().is_none());
    let new: Vec<usize> = new.map(|(_, at)| *at).collect();
    Some(Finding::when(rule, Subject::Team, growth, &more)?.over(window).with(new))
}

fn stale_data(view: &View) -> Option<Finding> {
    let last = view.last_sign_of_life()?;
    let rule = Rule::above(Quantity::QuietDays, STALE_DAYS, 2.0 * STALE_DAYS);
    let since = view.workflow.calendar.day_of(last);
    let finding = Finding::when(rule, Subject::Team, view.days_since(last), &[])?;
    Some(finding.over(Window { first: since, last: view.day }))
}

/// Whether a team has what a rule needs at all: without a limit nothing can be over it.
pub fn applies(kind: SignalKind, workflow: &Workflow) -> bool {
    match kind {
        SignalKind::WipOverLimit => workflow.wip_limit.is_some(),
        SignalKind::Stalled => workflow.stalled_after_days > 0,
        _ => true,
    }
}
