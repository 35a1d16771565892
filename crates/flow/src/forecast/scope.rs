//! How much there is to finish, as far as anybody knows.

use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Draws of a scope that is not exactly known.
const DRAWS: u32 = 4_096;

/// Above this much new work for each finished item a set is never finished; it is drawn as this much.
const MOST_GROWTH: f64 = 0.95;

/// The largest set that is forecast item by item.
const MOST_ITEMS: f64 = 100_000.0;

/// Something that may add work.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// How likely it is, from 0 to 1.
    pub chance: f64,
    /// How many items it adds.
    pub items: RangeInclusive<u32>,
}

/// The size of a set of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// How many items are in it now.
    pub items: RangeInclusive<u32>,
    /// How many items each of them becomes when it is worked on.
    pub split: RangeInclusive<f64>,
    /// How many new items come to the set for each one finished.
    pub growth: RangeInclusive<f64>,
    /// What may add more.
    pub risks: Vec<Risk>,
}

impl Scope {
    /// Exactly so many items.
    pub fn exactly(items: u32) -> Self {
        Scope { items: items..=items, split: 1.0..=1.0, growth: 0.0..=0.0, risks: Vec::new() }
    }

    /// The sizes it may have, ascending, with their probabilities.
    pub fn sizes(&self, seed: u64) -> Vec<(u64, f64)> {
        let is_exact = self.items.start() >= self.items.end()
            && self.split.start() >= self.split.end()
            && self.growth.start() >= self.growth.end()
            && self.risks.iter().all(|risk| risk.chance <= 0.0);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let draws = if is_exact { 1 } else { DRAWS };
        let mut sizes: Vec<u64> = (0..draws).map(|_| self.draw(&mut rng)).collect();
        sizes.sort_unstable();
        let weight = |group: &[u64]| group.len() as f64 / f64::from(draws);
        sizes.chunk_by(|a, b| a == b).map(|group| (group[0], weight(group))).collect()
    }

    /// One size it may have. A draw takes the same numbers from `rng` whatever it draws.
    fn draw(&self, rng: &mut Xoshiro256PlusPlus) -> u64 {
        let items = f64::from(whole(&self.items, rng)) * real(&self.split, rng).max(0.0);
        let growth = real(&self.growth, rng).clamp(0.0, MOST_GROWTH);
        let added: u32 = self
            .risks
            .iter()
            .map(|risk| {
                let happens = rng.random::<f64>() < risk.chance;
                let items = whole(&risk.items, rng);
                if happens { items } else { 0 }
            })
            .sum();
        // Each finished item brings `growth` new ones, which bring theirs.
        let size = (items + f64::from(added)) / (1.0 - growth);
        // A part of an item takes an item's place; a rounding error does not.
        (size - 1e-9).ceil().clamp(0.0, MOST_ITEMS) as u64
    }
}

fn whole(range: &RangeInclusive<u32>, rng: &mut Xoshiro256PlusPlus) -> u32 {
    let (low, high) = (*range.start(), *range.end());
    rng.random_range(low..=high.max(low))
}

fn real(range: &RangeInclusive<f64>, rng: &mut Xoshiro256PlusPlus) -> f64 {
    let (low, high) = (*range.start(), *range.end());
    low + (high - low).max(0.0) * rng.random::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(scope: &Scope) -> f64 {
        scope.sizes(3).iter().map(|(size, weight)| *size as f64 * weight).sum()
    }

    #[test]
    fn an_exact_scope_is_one_size() {
        assert_eq!(Scope::exactly(30).sizes(1), [(30, 1.0)]);
        assert_eq!(Scope::exactly(0).sizes(1), [(0, 1.0)]);
    }

    #[test]
    fn splits_growth_and_risks_multiply_and_add() {
        let range = Scope { items: 20..=40, ..Scope::exactly(0) };
        assert!((mean(&range) - 30.0).abs() < 0.5);
        let split = Scope { split: 1.0..=2.0, ..range.clone() };
        assert!((mean(&split) - 45.5).abs() < 1.0);
        let growing = Scope { growth: 0.5..=0.5, ..Scope::exactly(10) };
        assert_eq!(growing.sizes(1), [(20, 1.0)]);
        let risky = Scope { risks: vec![Risk { chance: 0.25, items: 8..=8 }], ..Scope::exactly(10) };
        let sizes = risky.sizes(1);
        assert_eq!(sizes.iter().map(|it| it.0).collect::<Vec<_>>(), [10, 18]);
        assert!((sizes[1].1 - 0.25).abs() < 0.03);
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let scope = Scope { items: 5..=50, split: 0.8..=1.7, ..Scope::exactly(0) };
        assert_eq!(scope.sizes(9), scope.sizes(9));
        assert_ne!(scope.sizes(9), scope.sizes(10));
    }
}
