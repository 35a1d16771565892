//! The rules about promises: targets, forecasts and iterations.

use headway_domain::{insight::SignalKind, time::Day};

use crate::{
    forecast::{Chance, Forecaster},
    percentile::lower_median,
    signal::{HitRate, NextStep, Quantity, Rule, Signal, Subject, TrackRecord, rules::Finding},
};

/// The claim whose record says whether a team can be predicted.
const CLAIM: u8 = 85;

/// Checks that the record of a team needs before it speaks against it.
const FEWEST_CHECKS: usize = 12;

/// Iterations that a usual one is read from.
const FEWEST_ITERATIONS: usize = 3;

/// Iterations that are looked back on.
const MOST_ITERATIONS: usize = 7;

/// Completing less than this share of the commitment is a commitment missed.
const MISSED: f64 = 0.85;

/// Something promised: so many items by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// How many items are left.
    pub items: u32,
    /// By the end of which day.
    pub by: Day,
}

/// What an iteration began with, and what it completed. Items or estimates, the same throughout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IterationFacts {
    /// What it began with.
    pub committed: f64,
    /// What it completed; `None` while it lasts.
    pub completed: Option<f64>,
}

fn signal(kind: SignalKind, finding: Finding, track: TrackRecord) -> Signal {
    Signal {
        kind,
        level: finding.level,
        subject: finding.subject,
        evidence: finding.evidence,
        rule: finding.rule,
        track,
        next: NextStep::after(kind),
    }
}

/// Targets that are reached with less than 85 % (bad: 50 %). Its hits: past forecasts of this team in which a
/// target as demanding as this one was missed.
pub fn forecast_risk(targets: &[Target], forecaster: &Forecaster) -> Vec<Signal> {
    let rule = Rule::below(Quantity::ChancePercent, 85.0, 50.0);
    let find = |(position, target): (usize, &Target)| {
        let items = u64::from(target.items);
        let chance: Chance = forecaster.chance(items, target.by);
        let finding = Finding::when(rule, Subject::Target(position), chance.get() * 100.0, &[])?;
        let (missed, checks) = forecaster.missed_before(items, target.by);
        let raised = HitRate { hits: missed, checks }.known();
        let track = TrackRecord { raised, ..TrackRecord::NONE };
        Some(signal(SignalKind::ForecastRisk, finding, track))
    };
    targets.iter().enumerate().filter_map(find).collect()
}

/// Claims of 85 % about a month that held less often than 75 % (bad: 60 %). Its hits: the next claim after such a
/// record did not hold either.
pub fn unpredictable(forecaster: &Forecaster) -> Option<Signal> {
    let past = forecaster.past_claims(30, CLAIM);
    let rule = Rule::below(Quantity::HeldPercent, 75.0, 60.0);
    let percent = |past: &[bool]| past.iter().filter(|it| **it).count() as f64 / past.len() as f64 * 100.0;
    if past.len() < FEWEST_CHECKS {
        return None;
    }
    let checks = (Quantity::Checks, past.len() as f64);
    let finding = Finding::when(rule, Subject::Team, percent(&past), &[checks])?;
    let (mut raised, mut otherwise) = (HitRate::default(), HitRate::default());
    for next in FEWEST_CHECKS..past.len() {
        let is_raised = rule.level(percent(&past[..next])).is_some();
        if is_raised { &mut raised } else { &mut otherwise }.note(!past[next]);
    }
    let track = TrackRecord { raised: raised.known(), otherwise: otherwise.known() };
    Some(signal(SignalKind::Unpredictable, finding, track))
}

/// An iteration that begins with more than 110 % (bad: 140 %) of what the last ones completed. Its hits: past
/// iterations that began so and completed less than 85 % of it.
pub fn overcommitted(iterations: &[IterationFacts]) -> Option<Signal> {
    let rule = Rule::above(Quantity::CommittedPercent, 110.0, 140.0);
    let usual = |before: &[IterationFacts]| {
        let mut completed: Vec<f64> =
            before.iter().rev().filter_map(|it| it.completed).take(MOST_ITERATIONS).collect();
        let is_enough = completed.len() >= FEWEST_ITERATIONS;
        lower_median(&mut completed).filter(|usual| is_enough && *usual > 0.0)
    };
    let (mut raised, mut otherwise) = (HitRate::default(), HitRate::default());
    for (position, it) in iterations.iter().enumerate() {
        let (Some(usual), Some(completed)) = (usual(&iterations[..position]), it.completed) else { continue };
        let is_raised = rule.level(100.0 * it.committed / usual).is_some();
        if is_raised { &mut raised } else { &mut otherwise }.note(completed < MISSED * it.committed);
    }
    let position = iterations.iter().rposition(|it| it.completed.is_none())?;
    let (committed, usual) = (iterations[position].committed, usual(&iterations[..position])?);
    let more = [(Quantity::Committed, committed), (Quantity::UsuallyCompleted, usual)];
    let finding = Finding::when(rule, Subject::Iteration(position), 100.0 * committed / usual, &more)?;
    let track = TrackRecord { raised: raised.known(), otherwise: otherwise.known() };
    Some(signal(SignalKind::OvercommittedIteration, finding, track))
}
