//! Random numbers from a seed. Every team rolls its own dice, so that one team never depends on how many others
//! there are.

use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use uuid::Uuid;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice of one stream of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mixed = seed ^ stream.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17);
        Dice(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// Between 0 (included) and 1 (excluded).
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Between `low` (included) and `high` (excluded).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A whole number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.0.random_range(0..n) }
    }

    /// One of several.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// The index of one of several, by weight.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.unit() * weights.iter().sum::<f64>();
        for (ix, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return ix;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Normally distributed, mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Lognormally distributed around a median.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Exponentially distributed.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Poisson distributed.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let limit = (-mean).exp();
        let mut product = self.unit();
        let mut count = 0;
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Gamma distributed with this shape and mean 1 (the method of Marsaglia and Tsang; `shape` at least 1).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape.max(1.0) - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v / shape.max(1.0);
            }
        }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A random id.
    pub fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(n: u32, mut draw: impl FnMut() -> f64) -> f64 {
        (0..n).map(|_| draw()).sum::<f64>() / f64::from(n)
    }

    #[test]
    fn distributions_have_their_means() {
        let mut dice = Dice::new(7, 0);
        assert!((mean(20_000, || f64::from(dice.poisson(2.5))) - 2.5).abs() < 0.05);
        assert!((mean(20_000, || f64::from(dice.poisson(80.0))) - 80.0).abs() < 0.5);
        assert!((mean(20_000, || dice.exponential(3.0)) - 3.0).abs() < 0.1);
        assert!((mean(20_000, || dice.gamma(4.0)) - 1.0).abs() < 0.02);
        assert!(mean(20_000, || dice.normal()).abs() < 0.03);
        let heavy = mean(20_000, || f64::from(u8::from(dice.weighted(&[1.0, 3.0]) == 1)));
        assert!((heavy - 0.75).abs() < 0.02);
    }

    #[test]
    fn streams_differ_and_repeat() {
        assert_ne!(Dice::new(1, 0).bits(), Dice::new(1, 1).bits());
        assert_ne!(Dice::new(1, 0).bits(), Dice::new(2, 0).bits());
        assert_eq!(Dice::new(1, 5).bits(), Dice::new(1, 5).bits());
    }
}
