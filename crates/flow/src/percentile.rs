//! Percentiles: nearest rank, so that "at least 85 % took at most so long" is literally true.

use crate::{Known, TooFew};

/// Below this many values a percentile is shown in grey.
pub const THIN: usize = 10;

/// The percentiles that are shown everywhere.
pub const SHOWN: [u8; 4] = [50, 70, 85, 95];

/// The `percent` percentile of ascending values by nearest rank: the element `ceil(percent / 100 × n)`, counted
/// from one. `None` when there are no values.
pub fn nearest_rank<T: Copy>(ascending: &[T], percent: u8) -> Option<T> {
    let rank = (usize::from(percent.min(100)) * ascending.len()).div_ceil(100).max(1);
    ascending.get(rank - 1).copied()
}

/// The percentile by linear interpolation (R-7: what spreadsheets and `NumPy` do), for comparison with tools that
/// use it.
pub fn interpolated(ascending: &[f64], percent: u8) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let position = f64::from(percent.min(100)) / 100.0 * last as f64;
    let below = ascending[position.floor() as usize];
    let above = ascending[position.ceil() as usize];
    Some(below + (above - below) * position.fract())
}

/// The middle of values in any order by nearest rank (the lower of two middles); reorders them.
pub fn lower_median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    nearest_rank(values, 50)
}

/// How durations are distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary<T> {
    /// How many.
    pub n: usize,
    /// Half took at most this.
    pub p50: T,
    /// 70 % took at most this.
    pub p70: T,
    /// 85 % took at most this.
    pub p85: T,
    /// 95 % took at most this.
    pub p95: T,
    /// The shortest.
    pub least: T,
    /// The longest.
    pub most: T,
}

impl<T: Copy> Summary<T> {
    /// Of ascending values.
    pub fn of_ascending(values: &[T]) -> Known<Self> {
        let at = |percent| nearest_rank(values, percent);
        match (at(50), at(70), at(85), at(95), values) {
            (Some(p50), Some(p70), Some(p85), Some(p95), [least, ..]) => Ok(Summary {
                n: values.len(),
                p50,
                p70,
                p85,
                p95,
                least: *least,
                most: values[values.len() - 1],
            }),
            _ => Err(TooFew { n: 0, need: 1 }),
        }
    }

    /// Whether there are so few values that the percentiles are shown in grey.
    pub fn is_thin(&self) -> bool {
        self.n < THIN
    }
}

impl Summary<u32> {
    /// Of whole days, in any order.
    pub fn of_days(days: impl IntoIterator<Item = u32>) -> Known<Self> {
        let mut values: Vec<u32> = days.into_iter().collect();
        sort_days(&mut values);
        Self::of_ascending(&values)
    }
}

/// Sorts whole days. There are few different ones, so counting them is quicker than comparing: a portfolio has
/// hundreds of thousands in a window.
pub fn sort_days(values: &mut [u32]) {
    const MOST_DAYS: u32 = 4_096;
    let most = values.iter().copied().max().unwrap_or(0);
    if most >= MOST_DAYS || values.len() < 256 {
        values.sort_unstable();
        return;
    }
    let mut counts = vec![0_usize; most as usize + 1];
    for value in values.iter() {
        counts[*value as usize] += 1;
    }
    let mut at = 0;
    for (days, count) in (0..).zip(counts) {
        values[at..at + count].fill(days);
        at += count;
    }
}

impl Summary<f64> {
    /// Of numbers, in any order; numbers that are not finite are left out.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Known<Self> {
        let mut values: Vec<f64> = numbers.into_iter().filter(|it| it.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        Self::of_ascending(&values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_that_share_took_at_most_that_long() {
        for n in 1..60_u32 {
            let values: Vec<u32> = (1..=n).map(|it| it / 3).collect();
            let mut before = 0;
            for percent in 0..=100 {
                let value = nearest_rank(&values, percent).unwrap();
                let covered = values.iter().filter(|it| **it <= value).count();
                assert!(covered * 100 >= usize::from(percent) * values.len());
                assert!(value >= before, "percentiles never fall");
                before = value;
            }
        }
    }

    #[test]
    fn many_days_are_sorted_like_few() {
        for most in [10, 4_095, 4_096, 1_000_000] {
            let mut values: Vec<u32> =
                (0..1_000_u32).map(|it| it.wrapping_mul(2_654_435_761) % (most + 1)).collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            sort_days(&mut values);
            assert_eq!(values, expected);
        }
    }

    #[test]
    fn the_eighty_fifth_of_ten_is_the_ninth() {
        let values: Vec<u32> = (1..=10).collect();
        assert_eq!(nearest_rank(&values, 85), Some(9));
    }

    #[test]
    fn interpolation_agrees_with_spreadsheets() {
        assert_eq!(interpolated(&[1.0, 2.0, 3.0, 4.0], 50), Some(2.5));
        assert_eq!(interpolated(&[1.0, 2.0, 3.0, 4.0], 85), Some(3.55));
        assert_eq!(interpolated(&[], 85), None);
    }

    #[test]
    fn nothing_is_too_few() {
        assert_eq!(Summary::of_days([]), Err(TooFew { n: 0, need: 1 }));
        assert_eq!(nearest_rank::<u32>(&[], 85), None);
        let one = Summary::of_days([4]).unwrap();
        assert_eq!((one.p50, one.p95, one.is_thin()), (4, 4, true));
    }
}
