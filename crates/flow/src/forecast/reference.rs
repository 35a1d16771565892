//! The forecast that nearly every tool ships, to measure ours against: each day ahead is drawn from the last 90,
//! independently.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::forecast::series::Series;

/// Calendar days it draws from.
pub const LOOK_BACK: usize = 90;

/// The sums of so many draws of a day, ascending, one for each trial. With `horizons` ascending, trial by trial
/// the longer horizons go on from the shorter.
pub fn sums(series: &Series, known: usize, horizons: &[usize], trials: usize, seed: u64) -> Vec<Vec<u64>> {
    let from = known.saturating_sub(series.counted_days(LOOK_BACK));
    let days: Vec<u64> = (from..known).map(|it| series.count(it)).collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut sums = vec![Vec::with_capacity(trials); horizons.len()];
    for _ in 0..trials {
        let (mut sum, mut drawn) = (0, 0);
        for (horizon, sums) in horizons.iter().zip(&mut sums) {
            while drawn < *horizon && !days.is_empty() {
                sum += days[rng.random_range(0..days.len())];
                drawn += 1;
            }
            sums.push(sum);
        }
    }
    for sums in &mut sums {
        sums.sort_unstable();
    }
    sums
}

/// The count that at least this share of the trials reached.
pub fn at_least(ascending: &[u64], percent: u8) -> u64 {
    let fall_short = ascending.len() * usize::from(100 - percent.min(100)) / 100;
    ascending.get(fall_short).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use headway_domain::time::Day;

    use super::*;

    #[test]
    fn it_agrees_with_exact_convolution() {
        let counts: Vec<u32> = (0..90).map(|it| [0, 0, 1, 0, 3, 0, 0, 7, 1, 0][it % 10]).collect();
        let mut day = [0.0_f64; 8];
        for count in &counts {
            day[*count as usize] += 1.0 / 90.0;
        }
        let mut exact = vec![1.0];
        for _ in 0..30 {
            let mut next = vec![0.0; exact.len() + 7];
            for (i, p) in exact.iter().enumerate() {
                for (j, q) in day.iter().enumerate() {
                    next[i + j] += p * q;
                }
            }
            exact = next;
        }
        let trials = sums(&Series::of_counts(&counts, Day(0)), 90, &[30], 20_000, 7);
        let mut cdf = 0.0;
        for (count, p) in exact.iter().enumerate() {
            cdf += p;
            let share = trials[0].partition_point(|it| *it <= count as u64) as f64 / 20_000.0;
            assert!((cdf - share).abs() < 0.012, "at {count}: {cdf} exactly, {share} drawn");
        }
    }

    #[test]
    fn constant_throughput_gives_the_exact_count_at_every_percentile() {
        let trials = sums(&Series::of_counts(&[2; 100], Day(0)), 100, &[14, 30], 500, 1);
        for percent in [50, 70, 85, 95] {
            assert_eq!((at_least(&trials[0], percent), at_least(&trials[1], percent)), (28, 60));
        }
    }
}
