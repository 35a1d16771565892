//! The five measures of software delivery, from deployments, the changes they carry, and incidents.
//!
//! Where facts are inferred (a tag that looks like a release, a commit that says "fix"), every figure says so:
//! [`Evidence::Proxy`].

use std::{borrow::Borrow, collections::BTreeMap};

use headway_domain::{
    time::Instant,
    work::{Calendar, Deployment, DeploymentOutcome},
};

use crate::{
    Known, Share, TooFew,
    percentile::{Summary, interpolated, nearest_rank},
    period::{Grain, Window},
};

/// Something broke in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Option<Instant>,
}

/// What a figure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Somebody recorded it.
    Told,
    /// It is inferred.
    Proxy,
}

/// A deployment, what it caused, and how that ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome<'a> {
    /// The deployment.
    pub deployment: &'a Deployment,
    /// Whether it caused a failure.
    pub has_failed: bool,
    /// When the failure was over.
    pub restored: Option<Instant>,
    /// Whether it was made to repair an earlier one.
    pub is_rework: bool,
}

/// Deployments in order, each linked to what it caused. Facts outside a window of interest stay in: a link must
/// not depend on what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Deliveries<'a> {
    outcomes: Vec<Outcome<'a>>,
    incidents: Vec<Incident>,
    /// What the figures rest on.
    pub evidence: Evidence,
}

/// Days after a deployment in which a repair says that it had failed, where only commits can tell.
const PROXY_REPAIR_DAYS: i64 = 7;

impl<'a> Deliveries<'a> {
    /// Links deployments to incidents. Several finishes of one deployment (one key) are one, at the last of them;
    /// deployments that did not reach production are left out.
    pub fn of<D: Borrow<Deployment>>(deployments: &'a [D], incidents: &[Incident]) -> Self {
        let mut by_key: BTreeMap<(&str, &str), &Deployment> = BTreeMap::new();
        for deployment in deployments.iter().map(Borrow::borrow) {
            if deployment.outcome == DeploymentOutcome::Failed {
                continue;
            }
            let newest = by_key.entry((&deployment.environment, &deployment.key)).or_insert(deployment);
            if (newest.finished_at, newest.outcome.code())
                < (deployment.finished_at, deployment.outcome.code())
            {
                *newest = deployment;
            }
        }
        let mut incidents = incidents.to_vec();
        incidents.sort_unstable_by_key(|it| (it.opened, it.closed));
        let mut by_environment: BTreeMap<&str, Vec<&Deployment>> = BTreeMap::new();
        for ((environment, _), deployment) in by_key {
            by_environment.entry(environment).or_default().push(deployment);
        }
        let mut outcomes = Vec::new();
        for mut line in by_environment.into_values() {
            line.sort_by(|a, b| (a.finished_at, &a.key).cmp(&(b.finished_at, &b.key)));
            outcomes.extend(judge(&line, &incidents));
        }
        outcomes.sort_by(|a, b| {
            (a.deployment.finished_at, &a.deployment.key).cmp(&(b.deployment.finished_at, &b.deployment.key))
        });
        let is_proxy = outcomes.iter().any(|it| it.deployment.is_proxy);
        let evidence = if is_proxy { Evidence::Proxy } else { Evidence::Told };
        Deliveries { outcomes, incidents, evidence }
    }

    /// The deployments of a window.
    pub fn within<'b>(
        &'b self,
        window: Window,
        calendar: &'b Calendar,
    ) -> impl Iterator<Item = &'b Outcome<'a>> + Clone {
        self.outcomes.iter().filter(move |it| window.contains(calendar.day_of(it.deployment.finished_at)))
    }

    /// How often the team deploys.
    pub fn frequency(&self, window: Window, calendar: &Calendar) -> Known<Frequency> {
        let days: Vec<_> =
            self.within(window, calendar).map(|it| calendar.day_of(it.deployment.finished_at)).collect();
        if days.is_empty() {
            return Err(TooFew { n: 0, need: 1 });
        }
        // How many different parts of each whole period saw a deployment, periods without any included.
        let median = |grain: Grain, part: Grain| {
            let mut counts: Vec<usize> = (grain.periods(window).iter())
                .filter(|it| !it.is_partial)
                .map(|period| {
                    let inside = days.iter().filter(|it| period.first <= **it && **it <= period.last);
                    let mut parts: Vec<_> = inside.map(|it| part.start_of(*it)).collect();
                    parts.sort_unstable();
                    parts.dedup();
                    parts.len()
                })
                .collect();
            counts.sort_unstable();
            nearest_rank(&counts, 50)
        };
        let weekly = median(Grain::Week, Grain::Day).ok_or(TooFew { n: 0, need: 1 })?;
        let pace = match weekly {
            3.. => Pace::Daily,
            1 | 2 => Pace::Weekly,
            0 if median(Grain::Month, Grain::Month).is_some_and(|it| it >= 1) => Pace::Monthly,
            0 => Pace::Rarer,
        };
        Ok(Frequency { deployments: days.len(), days_per_week: weekly, pace })
    }

    /// Time from commit to production of the changes deployed in the window; changes that were committed after
    /// they were deployed are left out.
    pub fn lead_times(&self, window: Window, calendar: &Calendar, clock: ChangeClock) -> LeadTimes {
        let mut hours: Vec<f64> = Vec::new();
        for outcome in self.within(window, calendar) {
            hours.extend(outcome.deployment.changes.iter().filter_map(|change| {
                let from = match clock {
                    ChangeClock::Committed => change.committed_at,
                    ChangeClock::Authored => change.authored_at,
                };
                let seconds = outcome.deployment.finished_at.seconds_since(from);
                (seconds > 0.0).then_some(seconds / 3600.0)
            }));
        }
        hours.sort_unstable_by(f64::total_cmp);
        LeadTimes {
            clock,
            hours: Summary::of_ascending(&hours),
            interpolated_median_hours: interpolated(&hours, 50),
        }
    }

    /// How many deployments of the window caused a failure.
    pub fn change_fail_rate(&self, window: Window, calendar: &Calendar) -> Known<Share> {
        Share::count(self.within(window, calendar).map(|it| it.has_failed))
    }

    /// Time from each failed deployment of the window to its repair.
    pub fn recovery(&self, window: Window, calendar: &Calendar) -> Recovery {
        let failed = self.within(window, calendar).filter(|it| it.has_failed);
        let hours = failed
            .clone()
            .filter_map(|it| Some(it.restored?.seconds_since(it.deployment.finished_at) / 3600.0));
        Recovery { hours: Summary::of(hours), open: failed.filter(|it| it.restored.is_none()).count() }
    }

    /// Time from the opening of each incident of the window to its closing: what used to be called mean time to
    /// restore, and is not the recovery time of a deployment.
    pub fn incident_hours(&self, window: Window, calendar: &Calendar) -> Recovery {
        let opened = self.incidents.iter().filter(|it| window.contains(calendar.day_of(it.opened)));
        let hours = opened.clone().filter_map(|it| Some(it.closed?.seconds_since(it.opened) / 3600.0));
        Recovery { hours: Summary::of(hours), open: opened.filter(|it| it.closed.is_none()).count() }
    }

    /// How many deployments of the window were unplanned, made to repair an earlier one.
    pub fn rework_rate(&self, window: Window, calendar: &Calendar) -> Known<Share> {
        Share::count(self.within(window, calendar).map(|it| it.is_rework))
    }
}

/// Judges the deployments of one environment, in order.
fn judge<'a>(line: &[&'a Deployment], incidents: &[Incident]) -> Vec<Outcome<'a>> {
    let mut repairs_next = false;
    let judged = line.iter().enumerate().map(|(position, deployment)| {
        let next = line.get(position + 1);
        let until = next.map_or(Instant(i64::MAX), |it| it.finished_at);
        let first = incidents.partition_point(|it| it.opened <= deployment.finished_at);
        let caused = incidents[first..].iter().take_while(|it| it.opened <= until);
        // Where only commits can tell, a quick repair says that something was broken.
        let is_repaired_soon = next.is_some_and(|next| {
            let limit = PROXY_REPAIR_DAYS * headway_domain::time::MICROS_PER_DAY;
            let is_soon = next.finished_at.0 - deployment.finished_at.0 <= limit;
            deployment.is_proxy && is_soon && next.changes.iter().any(|it| it.is_repair)
        });
        let has_incident = caused.clone().next().is_some();
        let is_told = deployment.outcome == DeploymentOutcome::CausedFailure || has_incident;
        let has_failed = is_told || is_repaired_soon;
        // The failure is over when its incidents are closed; without any, with the next deployment that works.
        let closed: Option<Vec<Instant>> = caused.map(|it| it.closed).collect();
        let next_working = || {
            let mut later = line[position + 1..].iter();
            later.find(|it| it.outcome == DeploymentOutcome::Succeeded).map(|it| it.finished_at)
        };
        let restored = if has_incident { closed.and_then(|it| it.into_iter().max()) } else { next_working() };
        let is_rework = repairs_next || deployment.changes.iter().any(|it| it.is_repair);
        repairs_next = is_told;
        Outcome { deployment, has_failed, restored: restored.filter(|_| has_failed), is_rework }
    });
    judged.collect()
}

/// How often a team usually deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// On three or more days of the usual week.
    Daily,
    /// On one or two days of the usual week.
    Weekly,
    /// In the usual month.
    Monthly,
    /// More rarely.
    Rarer,
}

/// How often the team deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequency {
    /// Deployments.
    pub deployments: usize,
    /// The median number of days with a deployment in a week, weeks without any included.
    pub days_per_week: usize,
    /// The pace that is called.
    pub pace: Pace,
}

/// From which date of a change its lead time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeClock {
    /// When it was committed, which a rebase moves. The default.
    Committed,
    /// When it was written: the idea in code.
    Authored,
}

/// Lead times for changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadTimes {
    /// From which date.
    pub clock: ChangeClock,
    /// In hours, by nearest rank.
    pub hours: Known<Summary<f64>>,
    /// The interpolated median that Four Keys shows, for comparison.
    pub interpolated_median_hours: Option<f64>,
}

/// Times to repair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// In hours, of what is repaired.
    pub hours: Known<Summary<f64>>,
    /// How many are not repaired yet.
    pub open: usize,
}

/// Whose names for levels are used. The thresholds change with every report, so a level without its edition
/// means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// As Four Keys had them.
    Of2019,
    /// The report of 2021.
    Of2021,
    /// The report of 2023.
    Of2023,
}

/// The level that an edition calls a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The worst.
    Low,
    /// Better.
    Medium,
    /// Good.
    High,
    /// The best.
    Elite,
}

impl Edition {
    /// The newest.
    pub const NEWEST: Edition = Edition::Of2023;

    /// The level of a lead time for changes; `None` where the edition gives no thresholds.
    pub fn lead_time(self, hours: f64) -> Option<Level> {
        const DAY: f64 = 24.0;
        match self {
            Edition::Of2019 => None,
            Edition::Of2021 => Some(below(hours, [1.0, 7.0 * DAY, 180.0 * DAY])),
            Edition::Of2023 => Some(below(hours, [DAY, 7.0 * DAY, 30.0 * DAY])),
        }
    }

    /// The level of a change fail rate; `None` where the edition gives no thresholds.
    pub fn change_fail_rate(self, rate: Share) -> Option<Level> {
        let up_to = |limits: [usize; 3]| {
            let passed = limits.iter().filter(|it| rate.part * 100 > **it * rate.of).count();
            [Level::Elite, Level::High, Level::Medium, Level::Low][passed]
        };
        match self {
            // Three bands: the best two levels shared one.
            Edition::Of2019 => Some(match up_to([15, 15, 45]) {
                Level::High => Level::Elite,
                level => level,
            }),
            Edition::Of2021 => None,
            Edition::Of2023 => Some(up_to([5, 10, 15])),
        }
    }

    /// The level of a recovery time; `None` where the edition gives no thresholds.
    pub fn recovery(self, hours: f64) -> Option<Level> {
        match self {
            Edition::Of2019 => None,
            Edition::Of2021 | Edition::Of2023 => Some(below(hours, [1.0, 24.0, 7.0 * 24.0])),
        }
    }

    /// The level of a deployment frequency.
    pub fn frequency(self, pace: Pace) -> Level {
        match pace {
            Pace::Daily => Level::Elite,
            Pace::Weekly => Level::High,
            Pace::Monthly => Level::Medium,
            Pace::Rarer => Level::Low,
        }
    }
}

fn below(value: f64, limits: [f64; 3]) -> Level {
    let passed = limits.iter().filter(|it| value >= **it).count();
    [Level::Elite, Level::High, Level::Medium, Level::Low][passed]
}
