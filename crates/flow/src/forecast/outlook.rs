//! What the recent past says of the days ahead, before calibration.
//!
//! Four look-backs read the team's rate; each is a guess with an error of its own. Around it, counts scatter as
//! much as the team's weeks have scattered, and the rate itself wanders the more the further one looks.

use crate::forecast::{
    count::{CountDistribution, NegativeBinomial},
    series::Series,
};

/// Calendar days that each reading looks back.
pub const LOOK_BACKS: [usize; 4] = [60, 90, 180, 365];

/// Variance of the logarithm of a team's rate that each calendar day ahead adds. Chosen on half of the families
/// of real series that `docs/metrics/forecast.md` names.
const DRIFT_PER_DAY: f64 = 0.003;

/// Calendar days after which the rate wanders no further: teams return to what they are.
const DRIFT_DAYS: f64 = 60.0;

/// Weeks from which the scatter of the team's counts is read.
const SCATTER_WEEKS: usize = 26;

/// One reading of the rate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    /// Items per counted day.
    rate: f64,
    /// Relative variance of that guess.
    doubt: f64,
}

/// The outlook of a team at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    readings: [Reading; LOOK_BACKS.len()],
    /// Variance of the counts by their mean; 1 when they scatter like chance.
    scatter: f64,
    /// Calendar days that a counted day stands for.
    stride: f64,
}

impl Outlook {
    /// The outlook after the first `known` counted days of a series; nothing after them is looked at.
    pub fn after(series: &Series, known: usize) -> Self {
        let known = known.min(series.len());
        let scatter = scatter(series, known);
        let readings = LOOK_BACKS.map(|days| {
            let days = series.counted_days(days).min(known).max(1);
            // Half an item more than seen: a quiet time is no proof that nothing will ever be finished again.
            let items = series.sum(known.saturating_sub(days), known) as f64 + 0.5;
            Reading { rate: items / days as f64, doubt: scatter / items }
        });
        Outlook { readings, scatter, stride: 7.0 / series.days_per_week() as f64 }
    }

    /// How many items will be finished within so many counted days.
    pub fn items_within(&self, days: usize) -> CountDistribution {
        let wander = (DRIFT_PER_DAY * (days as f64 * self.stride).min(DRIFT_DAYS)).exp();
        let parts = self.readings.iter().map(|reading| {
            let mean = reading.rate * days as f64;
            let doubt = (1.0 + reading.doubt) * wander - 1.0;
            NegativeBinomial { mean, size: mean / (self.scatter - 1.0 + doubt * mean) }
        });
        CountDistribution { parts: parts.collect() }
    }

    /// Items a counted day, over all readings.
    pub fn rate(&self) -> f64 {
        self.readings.iter().map(|reading| reading.rate).sum::<f64>() / self.readings.len() as f64
    }
}

/// The variance of weekly counts by their mean, never less than that of pure chance.
fn scatter(series: &Series, known: usize) -> f64 {
    let week = series.days_per_week();
    let weeks = SCATTER_WEEKS.min(known / week);
    if weeks < 2 {
        return 1.0;
    }
    let counts = (0..weeks).map(|it| series.sum(known - (it + 1) * week, known - it * week) as f64);
    let mean = counts.clone().sum::<f64>() / weeks as f64;
    let variance = counts.map(|it| (it - mean).powi(2)).sum::<f64>() / (weeks as f64 - 1.0);
    (variance / mean.max(0.05)).max(1.0)
}

#[cfg(test)]
mod tests {
    use headway_domain::time::Day;

    use super::*;

    #[test]
    fn nothing_after_the_origin_is_looked_at() {
        let mut counts: Vec<u32> = (0..500).map(|it| it % 3).collect();
        let before = Outlook::after(&Series::of_counts(&counts, Day(0)), 400);
        counts[400..].fill(90);
        assert_eq!(Outlook::after(&Series::of_counts(&counts, Day(0)), 400), before);
    }

    #[test]
    fn a_steady_team_is_expected_to_stay_so() {
        let outlook = Outlook::after(&Series::of_counts(&[2; 500], Day(0)), 500);
        assert!((outlook.rate() - 2.0).abs() < 0.01);
        assert!((outlook.items_within(30).mean() - 60.0).abs() < 0.3);
    }

    #[test]
    fn the_further_the_wider() {
        let counts: Vec<u32> = (0..500).map(|it| (it * 7) % 4).collect();
        let outlook = Outlook::after(&Series::of_counts(&counts, Day(0)), 500);
        let relative = |days| {
            let it = outlook.items_within(days);
            1.0 - it.cdf((it.mean() * 0.8) as u64)
        };
        assert!(relative(120) < relative(30));
    }

    #[test]
    fn a_team_that_stopped_is_seen_to_stop() {
        let mut counts = vec![2; 500];
        counts[380..].fill(0);
        let outlook = Outlook::after(&Series::of_counts(&counts, Day(0)), 500);
        assert!(outlook.items_within(30).cdf(10) > 0.5);
    }
}
