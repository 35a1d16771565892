//! Series whose nature is known: weekly counts that are stable, drift, wander or shift, and durations. Tests of
//! signals and forecasts count with them how often a rule speaks without cause, and how often it is silent with
//! one.

use crate::dice::Dice;

/// Weekly counts around a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weekly {
    /// The seed.
    pub seed: u64,
    /// How many weeks.
    pub weeks: usize,
    /// Items a week.
    pub mean: f64,
    /// How much more the counts vary than those of independent events (Poisson), which is 0: their variance is
    /// `mean + dispersion * mean²`. Real teams have 0.05 to 0.3.
    pub dispersion: f64,
}

impl Weekly {
    /// The rate never changes.
    pub fn stable(&self) -> Vec<u32> {
        self.at_rates(|_| 1.0)
    }

    /// The rate changes evenly until it has become `factor` times what it was.
    pub fn drifting(&self, factor: f64) -> Vec<u32> {
        let last = self.weeks.saturating_sub(1).max(1) as f64;
        self.at_rates(|week| factor.powf(week as f64 / last))
    }

    /// From week `at` (from 0) on, the rate is `factor` times what it was.
    pub fn shifted(&self, at: usize, factor: f64) -> Vec<u32> {
        self.at_rates(|week| if week < at { 1.0 } else { factor })
    }

    /// The rate wanders: its logarithm keeps `memory` (0 to 1) of the week before, and deviates by `deviation`
    /// in the long run. Open-source projects do this; it is what makes plain forecasts over-confident.
    pub fn wandering(&self, memory: f64, deviation: f64) -> Vec<u32> {
        let mut dice = Dice::new(self.seed, 1);
        let innovation = deviation * (1.0 - memory * memory).max(0.0).sqrt();
        let mut log_rate = deviation * dice.normal();
        let rates: Vec<f64> = (0..self.weeks)
            .map(|_| {
                log_rate = memory * log_rate + innovation * dice.normal();
                (log_rate - deviation * deviation / 2.0).exp()
            })
            .collect();
        self.at_rates(|week| rates[week])
    }

    fn at_rates(&self, rate: impl Fn(usize) -> f64) -> Vec<u32> {
        let mut dice = Dice::new(self.seed, 0);
        (0..self.weeks)
            .map(|week| {
                let luck = if self.dispersion > 0.0 { self.luck(&mut dice) } else { 1.0 };
                dice.poisson(self.mean * rate(week) * luck)
            })
            .collect()
    }

    /// Gamma distributed with mean 1 and variance [`Weekly::dispersion`].
    fn luck(&self, dice: &mut Dice) -> f64 {
        dice.gamma(1.0 / self.dispersion)
    }
}

/// Durations in whole days, at least 1, lognormal around a median.
pub fn durations(seed: u64, count: usize, median: f64, sigma: f64) -> Vec<u32> {
    let mut dice = Dice::new(seed, 2);
    (0..count).map(|_| dice.lognormal(median, sigma).ceil().max(1.0) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(counts: &[u32]) -> f64 {
        f64::from(counts.iter().sum::<u32>()) / counts.len() as f64
    }

    #[test]
    fn series_do_what_their_names_say() {
        let weekly = Weekly { seed: 4, weeks: 4_000, mean: 8.0, dispersion: 0.15 };
        let stable = weekly.stable();
        assert!((mean(&stable) - 8.0).abs() < 0.3);
        let variance = stable.iter().map(|n| (f64::from(*n) - 8.0).powi(2)).sum::<f64>() / 4_000.0;
        assert!((variance - (8.0 + 0.15 * 64.0)).abs() < 2.5, "{variance}");
        let shifted = weekly.shifted(2_000, 1.5);
        assert!((mean(&shifted[2_000..]) / mean(&shifted[..2_000]) - 1.5).abs() < 0.1);
        let drifting = weekly.drifting(0.5);
        assert!(mean(&drifting[3_900..]) < 0.6 * mean(&drifting[..100]));
        assert!((mean(&weekly.wandering(0.95, 0.3)) - 8.0).abs() < 1.0);
        assert_eq!(weekly.stable(), stable);
    }

    #[test]
    fn durations_lie_around_their_median() {
        let mut days = durations(4, 2_001, 6.0, 0.8);
        days.sort_unstable();
        assert!((6..=7).contains(&days[1_000]));
        assert!(days[0] >= 1);
    }
}
