//! When several teams have finished their parts of one thing.
//!
//! In every trial each part draws its own day, and the thing is finished on the last of them. Percentiles can't be
//! put together from percentiles: when two teams each finish by Friday with 85 %, both do with about 72 %.
//! Parts are drawn independently. Teams that share their fate would finish closer together, so the dates err on
//! the late side.

use headway_domain::time::Day;
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::forecast::Curve;

/// Trials that share a stream of random numbers. The split is fixed, so that the result does not depend on the
/// number of threads.
const BLOCK: u32 = 1_024;

/// Separates the streams of blocks.
const STREAM: u64 = 0x9E37_79B9_7F4A_7C15;

/// What one team does: its part is finished when all of these are. Usually the curve of its set of items, and one
/// for each item already in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The curves.
    pub curves: Vec<Curve>,
}

/// When a thing made of parts is finished.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// How many trials there were.
    pub trials: u32,
    /// Trials that finished on each day, ascending; those that never did are in none.
    pub days: Vec<(Day, u32)>,
    /// For each part, the trials in which it was the last to finish, or never did. Ties count for all.
    pub last: Vec<u32>,
}

impl Joint {
    /// The probability day by day.
    pub fn curve(&self) -> Curve {
        let mut sum = 0;
        Curve::new(self.days.iter().map(|(day, trials)| {
            sum += trials;
            (*day, f64::from(sum) / f64::from(self.trials.max(1)))
        }))
    }
}

/// Plays the parts so many times.
pub fn simulate(parts: &[Part], trials: u32, seed: u64) -> Joint {
    let span = span(parts);
    let blocks = trials.div_ceil(BLOCK);
    // Seeds that differ by one begin far apart.
    let origin = Xoshiro256PlusPlus::seed_from_u64(seed).next_u64();
    let sum = (0..blocks)
        .into_par_iter()
        .map(|block| {
            let trials = BLOCK.min(trials - block * BLOCK);
            play(parts, span, trials, origin ^ u64::from(block).wrapping_mul(STREAM))
        })
        .reduce(|| Tally::new(span, parts.len()), Tally::plus);
    let days = (0_i32..).zip(sum.days).filter(|(_, trials)| *trials > 0);
    Joint {
        trials,
        days: days.map(|(offset, trials)| (span.0.plus(offset), trials)).collect(),
        last: sum.last,
    }
}

/// The first and the last day on which anything can be finished.
fn span(parts: &[Part]) -> (Day, Day) {
    let days = || parts.iter().flat_map(|it| &it.curves).flat_map(Curve::points).map(|(day, _)| *day);
    (days().min().unwrap_or_default(), days().max().unwrap_or_default())
}

/// What a block of trials came to.
struct Tally {
    days: Vec<u32>,
    last: Vec<u32>,
}

impl Tally {
    fn new((first, last): (Day, Day), parts: usize) -> Self {
        Tally { days: vec![0; first.through(last).len()], last: vec![0; parts] }
    }

    fn plus(mut self, other: Tally) -> Self {
        for (sum, value) in self.days.iter_mut().zip(other.days) {
            *sum += value;
        }
        for (sum, value) in self.last.iter_mut().zip(other.last) {
            *sum += value;
        }
        self
    }
}

fn play(parts: &[Part], span: (Day, Day), trials: u32, seed: u64) -> Tally {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut tally = Tally::new(span, parts.len());
    // A part that never finishes is later than every day.
    let never = Day(i32::MAX);
    let mut finished = vec![never; parts.len()];
    for _ in 0..trials {
        for (part, day) in parts.iter().zip(&mut finished) {
            let days = part.curves.iter().map(|curve| curve.day_of(rng.random()).unwrap_or(never));
            *day = days.max().unwrap_or(span.0);
        }
        let end = finished.iter().copied().max().unwrap_or(never);
        for (part, last) in finished.iter().zip(&mut tally.last) {
            *last += u32::from(*part == end);
        }
        if end != never {
            tally.days[(end.0 - span.0.0) as usize] += 1;
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Chance;

    fn part(points: &[(i32, f64)]) -> Part {
        Part { curves: vec![Curve::new(points.iter().map(|(day, chance)| (Day(*day), *chance)))] }
    }

    fn teams() -> Vec<Part> {
        vec![part(&[(5, 0.85), (9, 1.0)]), part(&[(5, 0.85), (12, 0.99)]), part(&[(2, 0.5), (4, 1.0)])]
    }

    #[test]
    fn two_claims_of_85_percent_make_one_of_72() {
        let curve = simulate(&teams(), 50_000, 1).curve();
        assert!((curve.by(Day(5)).get() - 0.85 * 0.85).abs() < 0.01);
        assert!((curve.by(Day(12)).get() - 0.99).abs() < 0.005);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| simulate(&teams(), 10_000, 42))
        };
        assert_eq!(on(1), on(2));
        assert_eq!(on(1), on(3));
        assert_ne!(on(1), simulate(&teams(), 10_000, 43));
    }

    #[test]
    fn the_part_that_holds_the_others_up_is_known() {
        let joint = simulate(&teams(), 10_000, 5);
        assert!(joint.last[2] < 1);
        assert!(joint.last[0] > 5_000 && joint.last[1] > 5_000, "most trials end with both on day 5");
    }

    #[test]
    fn a_part_that_never_finishes_leaves_no_chance() {
        let joint = simulate(&[part(&[(5, 1.0)]), part(&[])], 2_000, 5);
        assert_eq!((joint.days.len(), joint.last[1]), (0, 2_000));
        assert_eq!(joint.curve().first_day(50), None);
        assert_eq!(joint.curve().by(Day(1_000)).get().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn items_in_progress_hold_their_team_up() {
        let mut slow = part(&[(3, 1.0)]);
        slow.curves.push(Curve::new([(Day(2), 0.2), (Day(30), 1.0)]));
        let joint = simulate(&[slow], 10_000, 5);
        assert!((joint.curve().by(Day(3)).get() - 0.2).abs() < 0.02);
    }

    #[test]
    fn no_trials_and_no_parts_are_no_chance() {
        assert_eq!(simulate(&teams(), 0, 1).curve(), Curve::default());
        assert_eq!(simulate(&[], 100, 1).curve().by(Day(9)), Chance::NONE);
    }
}
