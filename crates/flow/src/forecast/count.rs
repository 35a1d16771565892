//! The distribution of a count: a mixture of negative binomials, evaluated exactly.

/// No team finishes more than this in any time that is forecast.
const MOST: usize = 10_000_000;

/// A negative binomial by its mean and its size: the smaller the size, the wider it is. It is what a Poisson count
/// becomes when its rate is itself uncertain (a gamma).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeBinomial {
    /// The mean.
    pub mean: f64,
    /// The size; the variance is `mean + mean² / size`.
    pub size: f64,
}

impl NegativeBinomial {
    /// The ratio of the probability of `k + 1` to that of `k`.
    fn step(self, k: f64) -> f64 {
        (k + self.size) / (k + 1.0) * self.mean / (self.size + self.mean)
    }

    /// Calls `visit` with the probability of each of `0..=last`.
    fn walk(self, last: usize, mut visit: impl FnMut(usize, f64)) {
        // The probability of nothing, as a logarithm: for large counts it is too small for a number.
        let none = -self.size * (self.mean / self.size).ln_1p();
        if none > -600.0 {
            let mut p = none.exp();
            for k in 0..=last {
                visit(k, p);
                p *= self.step(k as f64);
            }
            return;
        }
        let (offset, weights) = self.around_the_mode();
        for k in 0..=last {
            visit(k, k.checked_sub(offset).and_then(|it| weights.get(it)).copied().unwrap_or(0.0));
        }
    }

    /// All probabilities that matter, from the most likely count outwards, with the count of the first.
    fn around_the_mode(self) -> (usize, Vec<f64>) {
        let mode = ((self.mean * (self.size - 1.0) / self.size).floor()).max(0.0);
        let mut below = Vec::new();
        let (mut k, mut weight) = (mode, 1.0);
        while k > 0.0 && weight > 1e-18 {
            k -= 1.0;
            weight /= self.step(k);
            below.push(weight);
        }
        let offset = mode as usize - below.len();
        let mut weights: Vec<f64> = below.into_iter().rev().collect();
        let (mut k, mut weight) = (mode, 1.0);
        while weight > 1e-18 {
            weights.push(weight);
            weight *= self.step(k);
            k += 1.0;
        }
        let total: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= total;
        }
        (offset, weights)
    }
}

/// Several readings of the same past, each with the same weight.
#[derive(Clone, Debug, PartialEq)]
pub struct CountDistribution {
    /// The readings.
    pub parts: Vec<NegativeBinomial>,
}

impl CountDistribution {
    /// The probability of at most `count`.
    pub fn cdf(&self, count: u64) -> f64 {
        let mut sum = 0.0;
        for part in &self.parts {
            part.walk(count as usize, |_, p| sum += p);
        }
        (sum / self.parts.len().max(1) as f64).min(1.0)
    }

    /// The probabilities of less than `count`, and of at most `count`.
    pub fn cdf_around(&self, count: u64) -> (f64, f64) {
        let (mut below, mut exactly) = (0.0, 0.0);
        for part in &self.parts {
            part.walk(count as usize, |k, p| {
                if k == count as usize {
                    exactly += p;
                } else {
                    below += p;
                }
            });
        }
        let n = self.parts.len().max(1) as f64;
        (below / n, (below / n + exactly / n).min(1.0))
    }

    /// The probabilities of at most `0, 1, …, last`.
    pub fn cdf_table(&self, last: usize) -> Vec<f64> {
        let mut table = vec![0.0; last + 1];
        for part in &self.parts {
            part.walk(last, |k, p| table[k] += p);
        }
        let mut sum = 0.0;
        for value in &mut table {
            sum += *value / self.parts.len().max(1) as f64;
            *value = sum.min(1.0);
        }
        table
    }

    /// The first count at which the probability of at most it fulfils a condition that, once true, stays true.
    pub fn first_count(&self, is_enough: impl Fn(f64) -> bool) -> u64 {
        let mut last = (self.mean() * 2.0) as usize + 16;
        loop {
            let table = self.cdf_table(last);
            let first = table.partition_point(|cdf| !is_enough(*cdf));
            if first < table.len() || last > MOST {
                return first as u64;
            }
            last *= 2;
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.parts.iter().map(|part| part.mean).sum::<f64>() / self.parts.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(it: NegativeBinomial, last: usize) -> Vec<f64> {
        let mut all = Vec::new();
        it.walk(last, |_, p| all.push(p));
        all
    }

    /// The oracle: the distribution of a sum, counted out.
    fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; a.len()];
        for (i, p) in a.iter().enumerate() {
            for (j, q) in b.iter().enumerate().take(a.len() - i) {
                sum[i + j] += p * q;
            }
        }
        sum
    }

    #[test]
    fn thirty_days_are_thirty_convolutions_of_one() {
        let day = probabilities(NegativeBinomial { mean: 0.7, size: 0.4 }, 150);
        let mut sum = day.clone();
        for _ in 1..30 {
            sum = convolve(&sum, &day);
        }
        // Days that draw their noise independently keep the ratio of variance to mean, so sizes add up.
        let month = probabilities(NegativeBinomial { mean: 21.0, size: 12.0 }, 150);
        for (exact, ours) in sum.iter().zip(&month) {
            assert!((exact - ours).abs() < 1e-12);
        }
    }

    #[test]
    fn both_ways_of_evaluating_agree() {
        let it = NegativeBinomial { mean: 300.0, size: 40.0 };
        let (offset, weights) = it.around_the_mode();
        let direct = probabilities(it, 600);
        for (k, weight) in weights.iter().enumerate().take(500) {
            assert!((direct[offset + k] - weight).abs() < 1e-13);
        }
    }

    #[test]
    fn huge_counts_do_not_underflow() {
        let it = CountDistribution { parts: vec![NegativeBinomial { mean: 20_000.0, size: 300.0 }] };
        assert!((it.cdf(20_000) - 0.5).abs() < 0.02);
        assert!(it.cdf(10_000) < 1e-6 && it.cdf(40_000) > 0.999);
    }

    #[test]
    fn a_table_is_its_single_values() {
        let parts = [(3.0, 0.8), (5.0, 2.0), (9.0, 30.0)].map(|(mean, size)| NegativeBinomial { mean, size });
        let it = CountDistribution { parts: parts.to_vec() };
        for (count, value) in it.cdf_table(60).into_iter().enumerate() {
            assert!((it.cdf(count as u64) - value).abs() < 1e-12);
        }
        assert!((it.cdf(2_000) - 1.0).abs() < 1e-9);
    }
}
