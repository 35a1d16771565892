//! Forecasts as a whole: properties, simulated teams with a known truth.

use std::collections::BTreeSet;

use headway_domain::work::{Calendar, DayCount};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// A team whose rate wanders: what real ones do.
fn wandering(seed: u64, days: usize) -> Vec<u32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut log_rate = 0.2_f64;
    let mut counts = Vec::with_capacity(days);
    for _ in 0..days {
        log_rate = log_rate * 0.998 + (rng.random::<f64>() - 0.5) * 0.2;
        let limit = (-log_rate.exp()).exp();
        let (mut count, mut product) = (0, rng.random::<f64>());
        while product > limit {
            count += 1;
            product *= rng.random::<f64>();
        }
        counts.push(count);
    }
    counts
}

fn forecast<T>(counts: &[u32], ask: impl Fn(&Forecaster) -> T) -> Result<T, Shortfall> {
    let series = Series::of_counts(counts, Day(20_000));
    let protocol = Protocol::default();
    let checks = Checks::of(&series, &protocol);
    let pool = Pool::default();
    Ok(ask(&Forecaster::new(&series, &checks, &pool, &protocol)?))
}

#[test]
fn percentiles_are_monotone() {
    for seed in 0..5 {
        let (many, when) =
            forecast(&wandering(seed, 700), |it| (it.how_many(Day(20_045)), it.when(&Scope::exactly(40), 1)))
                .unwrap();
        assert!(many.claims.is_sorted_by(|a, b| a.at_least >= b.at_least));
        assert!(when.claims.is_sorted_by_key(|it| it.by.unwrap_or(Day(i32::MAX))));
        assert!(when.curve.points().is_sorted_by(|a, b| a.1 <= b.1 && a.0 < b.0));
    }
}

#[test]
fn the_three_questions_agree() {
    forecast(&wandering(4, 700), |it| {
        let when = it.when(&Scope::exactly(30), 1);
        for claim in when.claims {
            let day = claim.by.unwrap();
            assert!(it.chance(30, day).get() * 100.0 >= f64::from(claim.percent));
            let many = it.how_many(day).claims;
            assert!(many.iter().find(|it| it.percent == claim.percent).unwrap().at_least >= 30);
            assert!((when.curve.by(day).get() - it.chance(30, day).get()).abs() < 0.02);
        }
    })
    .unwrap();
}

#[test]
fn a_steady_team_finishes_when_arithmetic_says() {
    // Two a day, without exception, for more than four years.
    let when = forecast(&[2; 1_600], |it| it.when(&Scope::exactly(60), 1)).unwrap();
    let late = |claim: &DateClaim| claim.by.unwrap().0 - 20_030;
    assert!(when.claims.iter().take(3).all(|it| late(it).abs() <= 4), "{:?}", when.claims);
    assert!(when.claims.iter().all(|it| it.held.unwrap().checks > 100));
    // No percentile is left at "today", however alike the trials are.
    assert!(when.claims.iter().all(|it| it.by.unwrap() > Day(20_020)));
}

#[test]
fn a_team_that_finishes_nothing_gets_no_forecast() {
    assert_eq!(forecast(&[0; 400], |_| ()), Err(Shortfall::ActiveDays(crate::TooFew { n: 0, need: 5 })));
    assert_eq!(forecast(&[], |_| ()), Err(Shortfall::Weeks(crate::TooFew { n: 0, need: 8 })));
}

#[test]
fn a_quiet_month_at_the_end_makes_the_forecast_slower() {
    let busy = [1; 400];
    let mut stalled = busy;
    stalled[370..].fill(0);
    let by = |counts: &[u32]| {
        forecast(counts, |it| it.when(&Scope::exactly(30), 1).claims[2].by).unwrap().unwrap()
    };
    assert!(by(&stalled).0 > by(&busy).0 + 10);
}

#[test]
fn nothing_left_is_finished_today_and_much_left_is_never_certain() {
    forecast(&wandering(2, 600), |it| {
        assert!(it.when(&Scope::exactly(0), 1).claims.iter().all(|it| it.by == Some(Day(20_000))));
        assert_eq!(it.chance(0, Day(20_000)), Chance::CERTAIN);
        assert_eq!(it.chance(1, Day(20_000)), Chance::NONE);
        assert_eq!(it.chance(1, Day(20_400)).shown(), Shown::Over95);
        let far = it.when(&Scope::exactly(50_000), 1);
        assert!(far.claims.iter().all(|it| it.by.is_none()), "a date that is never reached is not today");
        assert!(far.curve.by(Day(20_365)).get() < 0.01);
        assert!(it.how_many(Day(19_990)).claims.iter().all(|it| it.at_least == 0));
    })
    .unwrap();
}

#[test]
fn dates_lie_on_days_that_count() {
    let mut calendar = Calendar { count: DayCount::Working, ..Calendar::default() };
    calendar.holidays = (20_010..20_024).map(Day).collect();
    let counts = wandering(6, 900);
    let days =
        (0_i32..).zip(&counts).flat_map(|(day, n)| std::iter::repeat_n(Day(19_100 + day), *n as usize));
    let series = Series::of_days(days, Day(19_999), &calendar);
    let protocol = Protocol::default();
    let checks = Checks::of(&series, &protocol);
    let pool = Pool::default();
    let forecaster = Forecaster::new(&series, &checks, &pool, &protocol).unwrap();
    for items in [1, 5, 12, 20, 60, 200] {
        for claim in forecaster.when(&Scope::exactly(items), 1).claims {
            assert!(calendar.is_workday(claim.by.unwrap()), "{items} items");
        }
    }
    // While nobody works, nothing is promised.
    assert_eq!(forecaster.chance(5, Day(20_023)), forecaster.chance(5, Day(20_009)));
}

#[test]
fn a_scope_in_doubt_is_finished_later_with_certainty() {
    forecast(&wandering(8, 700), |it| {
        let exact = it.when(&Scope::exactly(30), 1);
        let doubtful = Scope {
            items: 20..=40,
            split: 1.0..=1.4,
            growth: 0.0..=0.2,
            risks: vec![Risk { chance: 0.3, items: 5..=15 }],
        };
        let doubtful = it.when(&doubtful, 1);
        assert!(doubtful.claims[2].by > exact.claims[2].by);
    })
    .unwrap();
}

#[test]
fn claims_hold_on_teams_whose_rate_wanders() {
    let series: Vec<NamedSeries> = (0..24)
        .map(|it| NamedSeries {
            family: format!("family {}", it % 6),
            name: it.to_string(),
            series: Series::of_counts(&wandering(100 + it, 1_400), Day(0)),
        })
        .collect();
    let table = backtest(&series, &Protocol::after_a_year(), 1);
    for horizon in [14, 30, 60, 90] {
        let row = table.row(horizon, 85).unwrap();
        assert!((0.80..=0.92).contains(&row.calibrated.coverage()), "{row:?}");
        assert!(row.calibrated.loss <= row.reference.loss, "{row:?}");
        assert!(row.reference.coverage() < row.calibrated.coverage(), "{row:?}");
    }
    assert_eq!(table.unfit().count(), 0);
    let (_, when) = table.when.iter().find(|(percent, _)| *percent == 85).unwrap();
    assert!((0.78..=0.94).contains(&when.coverage()), "{when:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A calendar without a day off is no calendar.
    #[test]
    fn an_empty_calendar_is_plain_days(seed in 0_u64..1_000, items in 1_u32..80, days in 60_usize..800) {
        let counts = wandering(seed, days);
        let plain = Series::of_counts(&counts, Day(20_000));
        let first = 20_001 - days as i32;
        let on = (first..).zip(&counts).flat_map(|(day, n)| std::iter::repeat_n(Day(day), *n as usize));
        // The series of days begins with the first finished item.
        prop_assume!(counts[0] > 0);
        let calendar = Calendar {
            count: DayCount::Working,
            workdays: [true; 7],
            holidays: BTreeSet::new(),
            ..Calendar::default()
        };
        let protocol = Protocol::default();
        let working = Series::of_days(on, Day(20_000), &calendar);
        let pool = Pool::default();
        let ask = |series: &Series| {
            let checks = Checks::of(series, &protocol);
            let forecaster = Forecaster::new(series, &checks, &pool, &protocol)?;
            Ok::<_, Shortfall>((forecaster.how_many(Day(20_030)), forecaster.when(&Scope::exactly(items), 3)))
        };
        prop_assert_eq!(ask(&plain), ask(&working));
    }

    /// More work is never likelier to be done, and more time never makes it less likely by much.
    #[test]
    fn more_work_takes_longer(seed in 0_u64..1_000, items in 1_u64..60) {
        let chances = forecast(&wandering(seed, 500), |it| {
            (it.chance(items, Day(20_030)).get(), it.chance(items + 5, Day(20_030)).get())
        });
        if let Ok((fewer, more)) = chances {
            prop_assert!(more <= fewer);
        }
    }
}
