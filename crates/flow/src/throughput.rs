//! Items finished in a period.

use headway_domain::time::Day;

use crate::{
    Known, TooFew,
    item::Item,
    period::{Grain, Period, Window},
};

/// How many items were finished in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The period.
    pub period: Period,
    /// How many.
    pub count: u32,
}

/// Items finished in each period of the window; every period is present, those without a finish and those up to
/// the window's end included.
pub fn throughput<'a>(items: impl IntoIterator<Item = &'a Item>, window: Window, grain: Grain) -> Vec<Count> {
    count_days(items.into_iter().filter_map(|item| Some(item.finished?.day)), window, grain)
}

/// How many of these days fall in each period of the window.
pub fn count_days(days: impl IntoIterator<Item = Day>, window: Window, grain: Grain) -> Vec<Count> {
    group(&daily(days, window), window, grain)
}

/// How many of these days fall on each day of the window.
pub fn daily(days: impl IntoIterator<Item = Day>, window: Window) -> Vec<u32> {
    let mut counts = vec![0; window.len()];
    for day in days {
        if let Some(position) = window.position(day) {
            counts[position] += 1;
        }
    }
    counts
}

/// Sums the daily counts of a window by period.
pub fn group(daily: &[u32], window: Window, grain: Grain) -> Vec<Count> {
    let mut counts: Vec<Count> =
        grain.periods(window).into_iter().map(|period| Count { period, count: 0 }).collect();
    let mut current = 0;
    for (day, count) in window.days().zip(daily) {
        while counts.get(current).is_some_and(|it| it.period.last < day) {
            current += 1;
        }
        if let Some(it) = counts.get_mut(current) {
            it.count += count;
        }
    }
    counts
}

/// The counts of whole periods only: what statistics are made of.
pub fn whole(counts: &[Count]) -> impl Iterator<Item = u32> {
    counts.iter().filter(|it| !it.period.is_partial).map(|it| it.count)
}

/// How alike two halves of the same samples are, as a share of their range: the samples are put in order and dealt
/// to two groups in turn, and the difference of the groups' means is divided by the range. Below 10 % is stable.
/// It says whether there are enough samples, not whether a forecast from them holds: that is what backtests are for.
pub fn stability(samples: &[u32]) -> Known<f64> {
    const NEED: usize = 4;
    if samples.len() < NEED {
        return Err(TooFew { n: samples.len(), need: NEED });
    }
    let mut ascending = samples.to_vec();
    ascending.sort_unstable();
    let mean = |skip: usize| {
        let group = ascending.iter().skip(skip).step_by(2);
        group.clone().map(|it| f64::from(*it)).sum::<f64>() / group.len() as f64
    };
    let range = f64::from(ascending[ascending.len() - 1] - ascending[0]);
    Ok(if range > 0.0 { (mean(0) - mean(1)).abs() / range } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_period_is_there_up_to_the_end() {
        let window = Window { first: Day(4), last: Day(4 + 27) };
        let counts = count_days([Day(4), Day(5), Day(12), Day(99), Day(-3)], window, Grain::Week);
        assert_eq!(counts.iter().map(|it| it.count).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert_eq!(whole(&counts).sum::<u32>(), 3);
    }

    #[test]
    fn all_grains_agree_on_the_sum() {
        let window = Window { first: Day(19_700), last: Day(20_100) };
        let days: Vec<Day> = (0..900).map(|it| Day(19_650 + (it * 37) % 500)).collect();
        let sums = [Grain::Day, Grain::Week, Grain::Month].map(|grain| {
            count_days(days.iter().copied(), window, grain).iter().map(|it| it.count).sum::<u32>()
        });
        assert_eq!(sums[0], sums[1]);
        assert_eq!(sums[1], sums[2]);
    }

    #[test]
    fn stable_samples_fall_in_two_like_halves() {
        // 1 3 5 and 2 4 6: means 3 and 4, range 5.
        assert!((stability(&[6, 1, 5, 2, 4, 3]).unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(stability(&[3, 3, 3, 3]), Ok(0.0));
        assert_eq!(stability(&[3, 3]), Err(TooFew { n: 2, need: 4 }));
    }
}
