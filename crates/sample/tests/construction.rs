//! What `headway-flow` measures in the sample organisation equals what is known of it by construction.
//!
//! The books of the simulation were kept while it ran; the measures see nothing but the records.

#![expect(clippy::unwrap_used, reason = "a test that unwraps nothing has failed")]

use std::collections::HashMap;

use headway_domain::{
    id::{DeploymentId, ItemId, TrackerId},
    time::{Day, Instant},
    work::{CodeChange, Deployment, ItemRecord, WorkItem},
};
use headway_flow::{
    blocked::{blocked_by, blocked_in_progress_seconds},
    dora::{ChangeClock, Deliveries},
    history::{Blocker, History as ItemHistory},
    item::{Item, derive},
    percentile::nearest_rank,
    period::{Grain, Window},
    sprint::{Amount, Figures, Timebox},
    throughput::throughput,
    wip::daily_wip,
};
use headway_sample::{History, ItemTruth, Sample, Scale, Sum};
use uuid::Uuid;

const SEEDS: [u64; 2] = [7, 2_026];

fn today() -> Day {
    "2026-11-24".parse().unwrap()
}

/// A record as the store gives it back.
fn stored(record: &ItemRecord, history: &History) -> WorkItem {
    WorkItem {
        id: ItemId(Uuid::from_u128(record.key.parse().unwrap())),
        unit: history.team.unit,
        tracker: TrackerId(Uuid::nil()),
        key: record.key.clone(),
        label: record.label.clone().unwrap(),
        title: record.title.clone().unwrap(),
        kind: record.kind.clone().unwrap(),
        group: record.group.clone().unwrap(),
        state: record.state.clone().unwrap(),
        resolution: record.resolution.clone(),
        created_at: record.created_at.unwrap(),
        closed_at: record.closed_at,
        estimate: record.estimate,
        parent: record.parent.clone(),
        priority: record.priority.clone(),
        labels: record.labels.clone(),
        iterations: record.iterations.clone(),
        links: record.links.clone(),
        url: record.url.clone(),
        extent: record.extent.unwrap(),
        changes: record.changes.clone(),
    }
}

/// A team as it is measured: its items in two forms, next to what is known of them.
struct Measured {
    history: History,
    stored: Vec<WorkItem>,
    items: Vec<Item>,
}

impl Measured {
    /// The items that were not spoilt on purpose, next to what is known of them.
    fn fair(&self) -> impl Iterator<Item = (&Item, &ItemTruth)> + Clone {
        self.items.iter().zip(&self.history.truth.items).filter(|(_, truth)| !truth.is_spoilt)
    }

    fn name(&self) -> &str {
        &self.history.team.name
    }
}

fn measured(seed: u64, teams: usize) -> Vec<Measured> {
    let sample = Sample::new(seed, today(), Scale { teams });
    eprintln!("{sample}");
    // Items wait for items of teams that come earlier.
    let mut left: HashMap<String, Blocker> = HashMap::new();
    sample
        .histories()
        .map(|history| {
            let stored: Vec<WorkItem> = history.items.iter().map(|it| stored(it, &history)).collect();
            let elsewhere = |key: &str| left.get(key).copied().unwrap_or(Blocker::Unknown);
            let items = derive(&stored, &history.team.workflow, elsewhere);
            for (work, item) in stored.iter().zip(&items) {
                let stands = item.left().map_or(Blocker::Open, |moment| Blocker::Left(moment.at));
                left.insert(work.key.clone(), stands);
            }
            Measured { history, stored, items }
        })
        .collect()
}

fn every_team(check: impl Fn(&Measured)) {
    for seed in SEEDS {
        let teams = measured(seed, 12);
        assert_eq!(teams.len(), 12);
        teams.iter().for_each(&check);
    }
}

#[test]
fn items_start_finish_and_leave_when_they_did() {
    every_team(|team| {
        let calendar = &team.history.team.workflow.calendar;
        for (item, truth) in team.fair() {
            let label = &truth.label;
            assert_eq!(item.created.at, truth.created_at, "{label}");
            assert_eq!(item.started.map(|it| it.at), truth.started_at, "{label} started");
            assert_eq!(item.finished.map(|it| it.at), truth.finished_at, "{label} finished");
            assert_eq!(item.cancelled.map(|it| it.at), truth.cancelled_at, "{label} cancelled");
            assert_eq!(item.cycle_time_days(calendar), truth.cycle_days, "{label} cycle time");
            assert_eq!(item.never_started(), truth.never_started(), "{label} never started");
            assert_eq!(item.work_type, truth.work_type, "{label} work type");
        }
    });
}

#[test]
fn counts_and_percentiles_are_those_of_the_books() {
    every_team(|team| {
        let truth = &team.history.truth;
        let count = |is_so: &dyn Fn(&Item) -> bool| team.items.iter().filter(|it| is_so(it)).count();
        let is_clean = truth.items.iter().all(|item| !item.is_spoilt);
        if !is_clean {
            return;
        }
        assert_eq!(team.items.len(), truth.created());
        assert_eq!(count(&|it| it.started.is_some()), truth.started(), "{}", team.name());
        assert_eq!(count(&|it| it.finished.is_some()), truth.finished(), "{}", team.name());
        assert_eq!(count(&|it| it.cancelled.is_some()), truth.cancelled(), "{}", team.name());
        assert_eq!(count(&Item::never_started), truth.never_started(), "{}", team.name());
        let calendar = &team.history.team.workflow.calendar;
        let mut days: Vec<u32> = team.items.iter().filter_map(|it| it.cycle_time_days(calendar)).collect();
        days.sort_unstable();
        let known = truth.cycle_days();
        assert_eq!(days, known);
        // The smallest number of days within which at least 85 of 100 were finished.
        let within = |limit: u32| known.iter().filter(|it| **it <= limit).count() * 100;
        let expected = known.iter().copied().find(|it| within(*it) >= 85 * known.len());
        assert_eq!(nearest_rank(&days, 85), expected, "{}", team.name());
    });
}

#[test]
fn blocked_time_is_that_of_the_books() {
    every_team(|team| {
        let as_of = team.history.truth.as_of;
        for (item, truth) in team.fair() {
            let seconds = blocked_in_progress_seconds(item, as_of);
            assert!(
                (seconds - truth.blocked_seconds()).abs() < 0.5,
                "{}: measured {seconds}, known {}",
                truth.label,
                truth.blocked_seconds()
            );
            assert_eq!(blocked_by(item, as_of).is_some(), truth.is_blocked, "{}", truth.label);
        }
    });
}

#[test]
fn work_in_progress_and_throughput_are_those_of_the_books() {
    every_team(|team| {
        let truth = &team.history.truth;
        let window = Window { first: truth.wip[0].0, last: today().plus(-1) };
        let workflow = &team.history.team.workflow;
        let fair: Vec<&Item> = team.fair().map(|(item, _)| item).collect();
        if fair.len() == team.items.len() {
            let known: Vec<u32> = truth.wip.iter().map(|(_, n)| *n).collect();
            assert_eq!(daily_wip(fair.iter().copied(), window), known, "{}", team.name());
            // By what was known on the day itself, it is what stood on the board.
            let as_of = |day| {
                let is_open = |item: &&&Item| item.age_on(day, workflow).is_some();
                fair.iter().filter(is_open).count() as u32
            };
            let on_board: Vec<_> = window.days().map(|day| (day, as_of(day))).collect();
            assert_eq!(on_board, truth.on_board, "{}", team.name());
        }
        let weeks = &truth.weekly_throughput;
        let window = Window { first: weeks[0].0, last: weeks[weeks.len() - 1].0.plus(6) };
        let found: Vec<(Day, u32)> = throughput(&team.items, window, Grain::Week)
            .iter()
            .map(|it| (it.period.first, it.count))
            .collect();
        let spoilt = truth.items.iter().filter(|it| it.is_spoilt).count() as u32;
        if spoilt == 0 {
            assert_eq!(&found, weeks, "{}", team.name());
        }
    });
}

fn same(amount: Amount, sum: Sum) -> bool {
    (amount.items - f64::from(sum.items)).abs() < 1e-9 && (amount.points - sum.points).abs() < 1e-9
}

#[test]
fn sprints_are_those_of_the_books() {
    every_team(|team| {
        let workflow = &team.history.team.workflow;
        let pasts: Vec<ItemHistory> =
            team.stored.iter().map(|it| ItemHistory::of(it, workflow, |_| Blocker::Unknown)).collect();
        for truth in &team.history.truth.sprints {
            let timebox = Timebox {
                key: &truth.key,
                starts: truth.starts_at,
                ends: truth.completed_at.unwrap_or(team.history.truth.as_of),
            };
            let figures = Figures::of(pasts.iter().zip(&team.items), timebox, workflow);
            assert!(same(figures.started, truth.committed), "{truth:?} {figures:?}");
            assert!(same(figures.added, truth.added), "{truth:?} {figures:?}");
            assert!(same(figures.removed, truth.removed), "{truth:?} {figures:?}");
            if truth.completed_at.is_some() {
                assert!(same(figures.completed, truth.completed), "{truth:?} {figures:?}");
                assert!(same(figures.completed_of_started, truth.completed_of_committed), "{truth:?}");
            }
        }
    });
}

#[test]
fn deliveries_are_those_of_the_books() {
    every_team(|team| {
        let history = &team.history;
        let mut changes: HashMap<&str, Vec<CodeChange>> = HashMap::new();
        for commit in &history.commits {
            if let Some(key) = &commit.deployment {
                changes.entry(key).or_default().push(CodeChange {
                    authored_at: commit.authored_at,
                    committed_at: commit.committed_at,
                    is_repair: commit.is_repair,
                });
            }
        }
        let deployments: Vec<Deployment> = history
            .deployments
            .iter()
            .enumerate()
            .map(|(n, it)| Deployment {
                id: DeploymentId(Uuid::from_u128(n as u128)),
                unit: history.team.unit,
                key: it.key.clone(),
                finished_at: it.finished_at,
                outcome: it.outcome,
                environment: it.environment.clone(),
                is_proxy: it.is_proxy,
                changes: changes.remove(it.key.as_str()).unwrap_or_default(),
            })
            .collect();
        let calendar = &history.team.workflow.calendar;
        let window = Window { first: today().plus(-800), last: today() };
        let deliveries = Deliveries::of(&deployments, &[]);
        let known = &history.truth.delivery;
        let found = deliveries.within(window, calendar).count() as u32;
        assert_eq!(found, known.reached_production(), "{}", team.name());
        let failed = deliveries.within(window, calendar).filter(|it| it.has_failed).count() as u32;
        assert_eq!(failed, known.caused_failure, "{}", team.name());
        let repairs = deliveries.within(window, calendar).filter(|it| it.is_rework).count() as u32;
        assert_eq!(repairs, known.repairs, "{}", team.name());

        let median_hours = nearest_rank(&known.lead_seconds, 50).unwrap() / 3_600.0;
        let lead = deliveries.lead_times(window, calendar, ChangeClock::Committed).hours.unwrap();
        assert_eq!(lead.n, known.lead_seconds.len(), "{}", team.name());
        assert!((lead.p50 - median_hours).abs() < 1e-6, "{}", team.name());
        let recovery = deliveries.recovery(window, calendar);
        assert_eq!(
            recovery.hours.map_or(0, |it| it.n) + recovery.open,
            known.caused_failure as usize,
            "{}",
            team.name()
        );
        let mut recovered: Vec<f64> = known.recovery_seconds.iter().map(|it| it / 3_600.0).collect();
        recovered.sort_by(f64::total_cmp);
        if let (Ok(hours), Some(median)) = (recovery.hours, nearest_rank(&recovered, 50)) {
            assert!((hours.p50 - median).abs() < 1e-6, "{}", team.name());
        }
    });
}

#[test]
fn nothing_happens_after_yesterday() {
    for history in Sample::new(SEEDS[0], today(), Scale::default()).histories() {
        let as_of: Instant = history.truth.as_of;
        let moments = history.items.iter().flat_map(|item| {
            item.changes.iter().map(|change| change.at).chain(item.created_at).chain(item.closed_at)
        });
        let commits = history.commits.iter().map(|it| it.committed_at);
        let deployments = history.deployments.iter().map(|it| it.finished_at);
        assert!(moments.chain(commits).chain(deployments).all(|at| at < as_of), "{}", history.team.name);
        for item in &history.items {
            if history.team.tracker == headway_sample::Tracker::Delivery {
                assert!(item.changes.is_sorted_by_key(|change| change.at), "{:?}", item.label);
            }
        }
    }
}
