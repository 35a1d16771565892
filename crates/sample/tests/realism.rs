//! The sample looks like real teams: the figures that a first visitor sees lie where those of real teams lie.

#![expect(clippy::unwrap_used, reason = "a test that unwraps nothing has failed")]

use headway_domain::time::Day;
use headway_sample::{History, LimitChange, Method, Sample, Scale};

const SEED: u64 = 7;

fn today() -> Day {
    "2026-11-24".parse().unwrap()
}

fn histories(seed: u64) -> Vec<History> {
    Sample::new(seed, today(), Scale::default()).histories().collect()
}

/// Nearest rank.
fn percentile(sorted: &[u32], percent: usize) -> u32 {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0)
}

#[test]
fn figures_are_those_of_real_teams() {
    let sample = Sample::new(SEED, today(), Scale::default());
    eprintln!("{sample}");
    eprintln!(
        "team     items done canc never  /week  p50  p85  p98  wip  reop blocked% flow changes sprints say/do deploys"
    );
    let (mut items, mut changes) = (0, 0);
    for history in sample.histories() {
        let truth = &history.truth;
        let days = truth.cycle_days();
        let weeks: Vec<f64> = truth.weekly_throughput.iter().map(|(_, n)| f64::from(*n)).collect();
        let weeks = &weeks[..weeks.len() - 1];
        let per_week = weeks.iter().sum::<f64>() / weeks.len() as f64;
        let wip = truth.wip.iter().map(|(_, n)| f64::from(*n)).sum::<f64>() / truth.wip.len() as f64;
        let in_progress: f64 = truth
            .items
            .iter()
            .filter_map(|item| Some(item.exit_at().unwrap_or(truth.as_of).seconds_since(item.started_at?)))
            .sum();
        let team_changes: usize = history.items.iter().map(|item| item.changes.len()).sum();
        let closed: Vec<_> = truth.sprints.iter().filter(|sprint| sprint.completed_at.is_some()).collect();
        let say_do = closed.iter().map(|sprint| sprint.completed_of_committed.points).sum::<f64>()
            / closed.iter().map(|sprint| sprint.committed.points).sum::<f64>();
        eprintln!(
            "{:8} {:5} {:4} {:4} {:5} {per_week:6.1} {:4} {:4} {:4} {wip:4.1} {:4} {:7.1} {:6.1} {:6} {say_do:5.2} {:5}+{}+{}",
            history.team.name,
            truth.created(),
            truth.finished(),
            truth.cancelled(),
            truth.never_started(),
            percentile(&days, 50),
            percentile(&days, 85),
            percentile(&days, 98),
            truth.items.iter().map(|item| item.reopened).sum::<u32>(),
            100.0 * truth.blocked_seconds() / in_progress,
            team_changes as f64 / truth.created() as f64,
            closed.len(),
            truth.delivery.succeeded,
            truth.delivery.failed,
            truth.delivery.caused_failure,
        );
        items += truth.created();
        changes += team_changes;
        if history.team.group == "WRE" {
            assert!(truth.finished() > 3 && truth.weekly_throughput.len() <= 4);
            continue;
        }
        assert!((4.0..12.0).contains(&per_week), "{}: {per_week} a week", history.team.name);
        assert!(
            (8..=25).contains(&percentile(&days, 85)),
            "{}: P85 {}",
            history.team.name,
            percentile(&days, 85)
        );
        assert!((4.0..=20.0).contains(&wip), "{}: {wip} in progress", history.team.name);
        if history.team.method == Method::Scrum {
            assert!((0.55..0.98).contains(&say_do), "{}: {say_do}", history.team.name);
        }
    }
    assert!((8_000..14_000).contains(&items));
    let mean = changes as f64 / items as f64;
    assert!((7.0..12.0).contains(&mean), "{mean} changes an item");
}

#[test]
fn effects_are_as_large_as_the_story_says() {
    for seed in 1..=6 {
        // Another day is another history.
        let sample = Sample::new(seed, today().plus(seed as i32 * 17), Scale { teams: 10 });
        let story = sample.story().clone();
        let mut found = 0;
        for history in sample.histories() {
            for change in [&story.experiment, &story.idle_experiment, &story.wip_doubled] {
                if change.team == history.team.group {
                    let effect = history.truth.effect_of(change).unwrap();
                    let error = (effect - change.effect).abs();
                    assert!(error <= LimitChange::TOLERANCE, "{} {effect}, seed {seed}", change.team);
                    found += 1;
                }
            }
        }
        assert_eq!(found, 3);
    }
}

#[test]
fn what_is_planted_can_be_found() {
    let sample = Sample::new(SEED, today(), Scale::default());
    let story = sample.story().clone();
    let histories = histories(SEED);
    let of = |group: &str| histories.iter().find(|it| it.team.group == group).unwrap();

    // The test environment blocks seven teams, and no other, on the days of the story.
    let mut blocked_now = 0;
    for history in &histories {
        let flags: Vec<_> = history
            .items
            .iter()
            .flat_map(|item| &item.changes)
            .filter(|change| change.to.as_deref() == Some(headway_sample::TEST_ENVIRONMENT))
            .collect();
        let suffers = story.outage_teams.contains(&history.team.group.as_str());
        assert_eq!(!flags.is_empty(), suffers, "{}", history.team.name);
        let calendar = &history.team.workflow.calendar;
        assert!(flags.iter().all(|flag| story.is_test_environment_down(calendar.day_of(flag.at))));
        blocked_now += usize::from(suffers && history.truth.items.iter().any(|item| item.is_blocked));
    }
    assert!(blocked_now >= 6, "only {blocked_now} of seven teams are blocked now");

    // Shares of themes.
    let mut shares = [0.0_f64; 4];
    let done: Vec<_> =
        histories.iter().flat_map(|it| &it.truth.items).filter(|item| item.finished_at.is_some()).collect();
    for item in &done {
        shares[item.theme] += 100.0 / done.len() as f64;
    }
    eprintln!("themes {shares:.1?}");
    for (share, theme) in shares.iter().zip(story.allocation) {
        assert!((share - f64::from(theme.measured)).abs() < 1.5, "{shares:?}");
    }

    // The dirty tracker holds each kind of dirt.
    let dirty = of(story.dirty_team);
    eprintln!("{:?}", dirty.truth.oddities);
    assert!(dirty.truth.oddities.iter().all(|(_, count)| *count > 3));
    assert_eq!(dirty.truth.oddities.len(), 6);
    let mut table = Vec::new();
    headway_sample::write_dirty_tracker(&sample, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(["-05:00", "-06:00", "+00:00", "+01:00", ",Parked,"].iter().all(|it| table.contains(it)));
}

#[test]
fn the_initiative_waits_for_the_provider() {
    for seed in [SEED, 1, 2, 3, 4, 5] {
        let sample = Sample::new(seed, today(), Scale { teams: 4 });
        let story = sample.story().initiative;
        let histories: Vec<History> = sample.histories().collect();
        // Items in all, still open, and blocked.
        let count = |group: &str| {
            let history = histories.iter().find(|it| it.team.group == group).unwrap();
            let items: Vec<_> = history.truth.items.iter().filter(|item| item.is_in_initiative).collect();
            let open = items.iter().filter(|item| item.exit_at().is_none()).count();
            (items.len(), open, items.iter().filter(|item| item.is_blocked).count())
        };
        let (lead, waiting, provider) = (count(story.lead), count(story.waiting), count(story.provider));
        eprintln!("seed {seed}: items, open, blocked: {lead:?} {waiting:?} {provider:?}");
        assert_eq!((lead.0, waiting.0), (12, 12));
        assert!(lead.1 <= 3, "the lead is not nearly through: {lead:?}");
        assert!(waiting.2 >= 4, "the other team does not wait: {waiting:?}");
        assert_eq!(provider, (1, 1, 0));
    }
}
