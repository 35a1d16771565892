//! How much longer an item takes that is already in progress: survival by Kaplan and Meier.
//!
//! Items that are not finished yet say something too: that they took longer than their age. Leaving them out
//! would make work look faster than it is.

use headway_domain::time::Day;

use crate::{
    Known, TooFew,
    forecast::{Chance, Curve},
};

/// Items of at least an item's age that are needed to say how it goes on.
pub const FEWEST_ALIKE: usize = 10;

/// The share of items that are still unfinished after each number of days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    /// `unfinished[d]` after `d` days; the first is 1.
    unfinished: Vec<f64>,
    /// How many items were watched for more than `d` days.
    watched: Vec<usize>,
}

impl Survival {
    /// From the cycle times of finished items and the ages of those in progress, in days with both ends counted.
    pub fn of(finished: &[u32], in_progress: &[u32]) -> Self {
        let longest = finished.iter().chain(in_progress).max().map_or(0, |it| *it as usize);
        let mut ends = vec![(0_usize, 0_usize); longest + 1];
        for days in finished {
            ends[*days as usize].0 += 1;
        }
        for days in in_progress {
            ends[*days as usize].1 += 1;
        }
        let mut at_risk = finished.len() + in_progress.len();
        let mut share = 1.0;
        let mut survival = Survival::default();
        for (done, open) in ends {
            // An item of this age that is still open was watched through this day.
            if at_risk > 0 {
                share *= 1.0 - done as f64 / at_risk as f64;
            }
            at_risk -= done + open;
            survival.unfinished.push(share);
            survival.watched.push(at_risk);
        }
        survival
    }

    /// The probability that an item which is unfinished at the end of day `age` is finished within `days` more.
    pub fn chance_within(&self, age: u32, days: u32) -> Known<Chance> {
        let now = self.share_at(age)?;
        let later = (age as usize + days as usize).min(self.unfinished.len() - 1);
        Ok(Chance::new(1.0 - self.unfinished[later] / now))
    }

    /// The same day by day, for the counted days ahead of the team.
    pub fn curve(&self, age: u32, days_ahead: &[Day]) -> Known<Curve> {
        let now = self.share_at(age)?;
        let later = self.unfinished.iter().skip(age as usize + 1);
        Ok(Curve::new(days_ahead.iter().zip(later).map(|(day, share)| (*day, 1.0 - share / now))))
    }

    fn share_at(&self, age: u32) -> Known<f64> {
        let n = self.watched.get(age as usize).copied().unwrap_or(0);
        match self.unfinished.get(age as usize) {
            Some(share) if n >= FEWEST_ALIKE && *share > 0.0 => Ok(*share),
            _ => Err(TooFew { n, need: FEWEST_ALIKE }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_textbook() {
        // Ten subjects: events at 3, 5, 5, 8; censored at 4 and 6; the rest watched to 10.
        let it = Survival::of(&[3, 5, 5, 8], &[4, 6, 10, 10, 10, 10]);
        let expected = [(2, 1.0), (3, 0.9), (4, 0.9), (5, 0.9 * 6.0 / 8.0), (8, 0.9 * 6.0 / 8.0 * 4.0 / 5.0)];
        for (day, share) in expected {
            assert!((it.unfinished[day] - share).abs() < 1e-12, "after {day} days");
        }
    }

    #[test]
    fn without_open_items_it_is_the_share_of_longer_ones() {
        let days: Vec<u32> = (1..=40).collect();
        let it = Survival::of(&days, &[]);
        assert!((it.chance_within(0, 10).unwrap().get() - 0.25).abs() < 1e-12);
        assert!((it.chance_within(20, 10).unwrap().get() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn open_items_make_it_slower() {
        let days: Vec<u32> = (1..=40).collect();
        let open = [30; 20];
        let with = Survival::of(&days, &open).chance_within(10, 10).unwrap();
        let without = Survival::of(&days, &[]).chance_within(10, 10).unwrap();
        assert!(with.get() < without.get());
    }

    #[test]
    fn an_item_older_than_nearly_all_is_unknown() {
        let days: Vec<u32> = (1..=40).collect();
        let it = Survival::of(&days, &[]);
        assert_eq!(it.chance_within(35, 5), Err(TooFew { n: 5, need: FEWEST_ALIKE }));
        assert_eq!(it.chance_within(400, 5), Err(TooFew { n: 0, need: FEWEST_ALIKE }));
        assert_eq!(Survival::of(&[], &[]).chance_within(0, 5), Err(TooFew { n: 0, need: FEWEST_ALIKE }));
    }

    #[test]
    fn an_age_beyond_what_was_watched_gains_nothing_more() {
        let it = Survival::of(&[2; 20], &[30; 20]);
        let ahead: Vec<Day> = (1..100).map(Day).collect();
        let curve = it.curve(1, &ahead).unwrap();
        assert!((curve.by(Day(1)).get() - 0.5).abs() < 1e-12);
        assert_eq!(curve.first_day(85), None);
    }
}
