//! All rules at once, each with its record.

use headway_domain::{insight::SignalKind, time::Day, work::Workflow};

use crate::{
    forecast::Forecaster,
    item::Item,
    signal::{
        HitRate, NextStep, Signal, Subject, TrackRecord,
        outcome::Future,
        promises::{self, IterationFacts, Target},
        rules::{self, Finding, IsForeign},
        view::View,
    },
};

/// Calendar days between two past days on which rules are tried.
const EVERY_DAYS: i32 = 14;

/// Calendar days of history before the first of them.
const AFTER_DAYS: i32 = 112;

/// How many past days rules are tried on at most: two years.
const MOST_DAYS: usize = 52;

/// What signals are read from.
#[derive(Clone, Copy)]
pub struct Team<'a> {
    /// The team's items, as they are at the end of `today`.
    pub items: &'a [Item],
    /// Its workflow.
    pub workflow: &'a Workflow,
    /// The day the signals are for.
    pub today: Day,
    /// Whether an item with this key belongs to another team.
    pub is_foreign: IsForeign<'a>,
    /// Its iterations in order, the running one last.
    pub iterations: &'a [IterationFacts],
}

impl<'a> Team<'a> {
    /// A team without iterations, none of whose items wait for other teams.
    pub fn new(items: &'a [Item], workflow: &'a Workflow, today: Day) -> Self {
        Team { items, workflow, today, is_foreign: &|_| false, iterations: &[] }
    }
}

/// What needs attention in a team today, from its own history alone: bad before worth a look, then by kind and
/// subject.
pub fn signals(team: &Team) -> Vec<Signal> {
    let today = View::at(team.items, team.workflow, team.today);
    let kinds = rules::OF_ITEMS.into_iter().chain(rules::OF_TEAM);
    let kinds = kinds.filter(|kind| rules::applies(*kind, team.workflow));
    let found: Vec<(SignalKind, Vec<Finding>)> = kinds
        .map(|kind| (kind, rules::find(kind, &today, team.is_foreign)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let tracks = tracks(team, found.iter().map(|(kind, _)| *kind));
    let mut signals = Vec::new();
    for ((kind, found), track) in found.into_iter().zip(tracks) {
        signals.extend(found.into_iter().map(|finding| Signal {
            kind,
            level: finding.level,
            subject: finding.subject,
            evidence: finding.evidence,
            rule: finding.rule,
            track,
            next: NextStep::after(kind),
        }));
    }
    signals.extend(promises::overcommitted(team.iterations));
    sort(&mut signals);
    signals
}

/// The same with what its forecasts say, which rest on the checks of other teams too: whether what it has promised
/// is in danger, and whether it can be predicted at all.
pub fn with_forecasts(mut signals: Vec<Signal>, targets: &[Target], forecaster: &Forecaster) -> Vec<Signal> {
    signals.extend(promises::forecast_risk(targets, forecaster));
    signals.extend(promises::unpredictable(forecaster));
    sort(&mut signals);
    signals
}

fn sort(signals: &mut [Signal]) {
    signals.sort_by_key(|it| (std::cmp::Reverse(it.level), it.kind, it.subject));
}

/// The record of each of these rules on the team's past.
fn tracks(team: &Team, kinds: impl Iterator<Item = SignalKind>) -> Vec<TrackRecord> {
    let mut rates: Vec<(SignalKind, HitRate, HitRate)> =
        kinds.map(|kind| (kind, HitRate::default(), HitRate::default())).collect();
    if rates.is_empty() {
        return Vec::new();
    }
    let future = Future { items: team.items, workflow: team.workflow, today: team.today };
    for day in past_days(team) {
        let view = View::at(team.items, team.workflow, day);
        for (kind, raised, otherwise) in &mut rates {
            let found: Vec<Subject> =
                rules::find(*kind, &view, team.is_foreign).into_iter().map(|it| it.subject).collect();
            for subject in subjects(*kind, &view) {
                let Some(is_hit) = future.came_true(*kind, subject, &view) else { continue };
                if found.contains(&subject) { &mut *raised } else { &mut *otherwise }.note(is_hit);
            }
        }
    }
    rates
        .into_iter()
        .map(|(_, raised, otherwise)| TrackRecord { raised: raised.known(), otherwise: otherwise.known() })
        .collect()
}

/// What a rule could have been raised about.
fn subjects(kind: SignalKind, view: &View) -> Vec<Subject> {
    if rules::OF_TEAM.contains(&kind) {
        return vec![Subject::Team];
    }
    let items = view.all().zip(&view.positions).filter(|(item, _)| item.is_in_progress());
    items.map(|(_, position)| Subject::Item(*position)).collect()
}

/// The days that rules are tried on, the newest first.
fn past_days(team: &Team) -> impl Iterator<Item = Day> {
    let first = team.items.iter().map(|it| it.created.day).min().unwrap_or(team.today).plus(AFTER_DAYS);
    let today = team.today;
    (1_i32..).map(move |it| today.plus(-it * EVERY_DAYS)).take_while(move |day| *day >= first).take(MOST_DAYS)
}
