//! Signals: what needs attention, by which rule, on what evidence, and how often the rule was right here.
//!
//! The way through: a `View` is a team as it was at the end of a day, with nothing of what came later; a
//! rule looks at a view and raises [`Signal`]s; what became of what the same rule raised at past days is
//! its [`TrackRecord`]. Definitions and hits, rule by rule, are a page: `docs/metrics/signals.md`.
//!
//! Not here: words. Evidence, rules and next steps are codes and figures, so that they can be said in any
//! language.

mod outcome;
mod promises;
mod rules;
mod signals;
mod view;

use headway_domain::{
    insight::{SignalKind, SignalLevel},
    time::Day,
};

pub use self::{
    promises::{IterationFacts, Target},
    signals::{Team, signals, with_forecasts},
};
use crate::{Known, TooFew};

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Days since the start of an item.
    AgeDays,
    /// Days within which items are expected to be finished.
    ExpectedDays,
    /// Days since the start within which most items left the stage.
    StagePaceDays,
    /// Days for which an item has been blocked.
    BlockedDays,
    /// Days without a sign of life.
    QuietDays,
    /// Items finished in the window.
    Finished,
    /// Items that the forecast had claimed at least.
    ClaimedAtLeast,
    /// Items that came into progress in the window.
    Arrived,
    /// Items that left progress in the window.
    Departed,
    /// Arrivals less departures, in percent of departures.
    ExcessPercent,
    /// Items in progress.
    Wip,
    /// How many items the team wants in progress at most.
    WipLimit,
    /// Days of the window over the limit, in percent.
    DaysOverPercent,
    /// Sum of the ages of all items in progress.
    TotalAgeDays,
    /// The same at the beginning of the window.
    TotalAgeBefore,
    /// By how much a figure grew in the window, in percent.
    GrowthPercent,
    /// Items created in the window.
    Created,
    /// Items that left the backlog in the window, delivered or not.
    Left,
    /// The probability of reaching a target, in percent.
    ChancePercent,
    /// How often claims held, in percent.
    HeldPercent,
    /// How often claims were checked.
    Checks,
    /// What an iteration began with.
    Committed,
    /// What iterations usually complete.
    UsuallyCompleted,
    /// The commitment in percent of what is usually completed.
    CommittedPercent,
}

impl Quantity {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Quantity::AgeDays => "age_days",
            Quantity::ExpectedDays => "expected_days",
            Quantity::StagePaceDays => "stage_pace_days",
            Quantity::BlockedDays => "blocked_days",
            Quantity::QuietDays => "quiet_days",
            Quantity::Finished => "finished",
            Quantity::ClaimedAtLeast => "claimed_at_least",
            Quantity::Arrived => "arrived",
            Quantity::Departed => "departed",
            Quantity::ExcessPercent => "excess_percent",
            Quantity::Wip => "wip",
            Quantity::WipLimit => "wip_limit",
            Quantity::DaysOverPercent => "days_over_percent",
            Quantity::TotalAgeDays => "total_age_days",
            Quantity::TotalAgeBefore => "total_age_before",
            Quantity::GrowthPercent => "growth_percent",
            Quantity::Created => "created",
            Quantity::Left => "left",
            Quantity::ChancePercent => "chance_percent",
            Quantity::HeldPercent => "held_percent",
            Quantity::Checks => "checks",
            Quantity::Committed => "committed",
            Quantity::UsuallyCompleted => "usually_completed",
            Quantity::CommittedPercent => "committed_percent",
        }
    }
}

/// A number behind a signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What it counts.
    pub quantity: Quantity,
    /// How much.
    pub value: f64,
}

/// Which side of its limit a figure has to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// The rule that raised a signal: a figure beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Which figure.
    pub quantity: Quantity,
    /// Beyond which side.
    pub side: Side,
    /// From here on it is worth a look.
    pub watch: f64,
    /// From here on it is bad.
    pub bad: f64,
}

impl Rule {
    fn above(quantity: Quantity, watch: f64, bad: f64) -> Self {
        Rule { quantity, side: Side::Above, watch, bad }
    }

    fn below(quantity: Quantity, watch: f64, bad: f64) -> Self {
        Rule { quantity, side: Side::Below, watch, bad }
    }

    /// How much attention a value asks for; `None` when it is within the limits.
    pub fn level(&self, value: f64) -> Option<SignalLevel> {
        let is_beyond = |limit: f64| match self.side {
            Side::Above => value > limit,
            Side::Below => value < limit,
        };
        match (is_beyond(self.bad), is_beyond(self.watch)) {
            (true, _) => Some(SignalLevel::Bad),
            (_, true) => Some(SignalLevel::Watch),
            _ => None,
        }
    }
}

/// What a signal is about. Positions are those of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The team.
    Team,
    /// One of [`Team::items`].
    Item(usize),
    /// One of the targets.
    Target(usize),
    /// One of [`Team::iterations`].
    Iteration(usize),
}

/// The figures and facts behind a signal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The figures, the one that the rule looks at first.
    pub figures: Vec<Figure>,
    /// The items behind them, by position.
    pub items: Vec<usize>,
    /// The days they were read from, both included.
    pub days: Option<(Day, Day)>,
}

/// How often something was right when it could be checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HitRate {
    /// How often it was right.
    pub hits: u32,
    /// How often it was checked.
    pub checks: u32,
}

impl HitRate {
    /// Checks that a rate needs before it is shown.
    pub const FEWEST: usize = 6;

    fn note(&mut self, is_hit: bool) {
        self.checks += 1;
        self.hits += u32::from(is_hit);
    }

    fn known(self) -> Known<HitRate> {
        let n = self.checks as usize;
        if n >= Self::FEWEST { Ok(self) } else { Err(TooFew { n, need: Self::FEWEST }) }
    }
}

/// What became of what a rule raised at past days of this team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackRecord {
    /// Where it was raised, how often what it warns of came true.
    pub raised: Known<HitRate>,
    /// Where it was not raised, how often the same came true all the same. A rule is worth as much as the two
    /// differ.
    pub otherwise: Known<HitRate>,
}

impl TrackRecord {
    /// A rule that was never checked.
    const NONE: TrackRecord = TrackRecord {
        raised: Err(TooFew { n: 0, need: HitRate::FEWEST }),
        otherwise: Err(TooFew { n: 0, need: HitRate::FEWEST }),
    };
}

/// What to do about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Finish it together, or cut it into smaller ones.
    SwarmOrSplit,
    /// Ask what it waits for in this stage.
    AskAboutStage,
    /// Record and remove the impediment.
    RemoveImpediment,
    /// Work on it, or put it back.
    ResumeOrReturn,
    /// Look for what changed.
    LookForCause,
    /// Start nothing until something is finished.
    StopStarting,
    /// Finish the oldest first.
    FinishOldest,
    /// Agree on what is left out.
    CutScope,
    /// Talk to the team that it waits for.
    TalkToProvider,
    /// Move the date, or the scope.
    RenegotiateTarget,
    /// Make work arrive more evenly before promising anything.
    PromiseLess,
    /// Take something out of the iteration.
    ReduceCommitment,
    /// Check the import.
    CheckImport,
}

impl NextStep {
    /// The step that a signal of this kind calls for.
    pub fn after(kind: SignalKind) -> Self {
        match kind {
            SignalKind::AgeBeyondSle => NextStep::SwarmOrSplit,
            SignalKind::SlowInStage => NextStep::AskAboutStage,
            SignalKind::Blocked => NextStep::RemoveImpediment,
            SignalKind::Stalled => NextStep::ResumeOrReturn,
            SignalKind::ThroughputShift => NextStep::LookForCause,
            SignalKind::WipGrowth | SignalKind::WipOverLimit => NextStep::StopStarting,
            SignalKind::AgeGrowth => NextStep::FinishOldest,
            SignalKind::ScopeGrowth => NextStep::CutScope,
            SignalKind::DependencyRisk => NextStep::TalkToProvider,
            SignalKind::ForecastRisk => NextStep::RenegotiateTarget,
            SignalKind::Unpredictable => NextStep::PromiseLess,
            SignalKind::OvercommittedIteration => NextStep::ReduceCommitment,
            SignalKind::StaleData => NextStep::CheckImport,
        }
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            NextStep::SwarmOrSplit => "swarm_or_split",
            NextStep::AskAboutStage => "ask_about_stage",
            NextStep::RemoveImpediment => "remove_impediment",
            NextStep::ResumeOrReturn => "resume_or_return",
            NextStep::LookForCause => "look_for_cause",
            NextStep::StopStarting => "stop_starting",
            NextStep::FinishOldest => "finish_oldest",
            NextStep::CutScope => "cut_scope",
            NextStep::TalkToProvider => "talk_to_provider",
            NextStep::RenegotiateTarget => "renegotiate_target",
            NextStep::PromiseLess => "promise_less",
            NextStep::ReduceCommitment => "reduce_commitment",
            NextStep::CheckImport => "check_import",
        }
    }
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// The rule, by name.
    pub kind: SignalKind,
    /// How much attention it asks for.
    pub level: SignalLevel,
    /// What it is about.
    pub subject: Subject,
    /// What it rests on.
    pub evidence: Evidence,
    /// The rule, with its limits.
    pub rule: Rule,
    /// How often the rule was right here.
    pub track: TrackRecord,
    /// What to do.
    pub next: NextStep,
}

#[cfg(test)]
mod tests;
