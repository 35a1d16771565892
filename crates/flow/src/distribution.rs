//! Flow distribution: what kind of work is finished, or in progress.

use headway_domain::work::WorkType;

use crate::{Known, TooFew, item::Item, period::Window};

/// Amounts of work by type, in the order of [`WorkType::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distribution {
    /// How much of each type: items, or their estimates.
    pub amounts: [f64; 5],
    /// How many items.
    pub n: usize,
}

/// What an item weighs in a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// One each. The default.
    Items,
    /// Its estimate; nothing when it has none.
    Estimates,
}

impl Distribution {
    /// Of items finished in the window.
    pub fn finished<'a>(items: impl IntoIterator<Item = &'a Item>, window: Window, weight: Weight) -> Self {
        let of_window = |it: &&Item| it.finished.is_some_and(|it| window.contains(it.day));
        Self::of(items.into_iter().filter(of_window), weight)
    }

    /// Of items in progress.
    pub fn in_progress<'a>(items: impl IntoIterator<Item = &'a Item>, weight: Weight) -> Self {
        Self::of(items.into_iter().filter(|it| it.is_in_progress()), weight)
    }

    fn of<'a>(items: impl Iterator<Item = &'a Item>, weight: Weight) -> Self {
        let mut sum = Distribution::default();
        for item in items {
            sum.n += 1;
            sum.amounts[position(item.work_type)] += match weight {
                Weight::Items => 1.0,
                Weight::Estimates => item.estimate.unwrap_or(0.0).max(0.0),
            };
        }
        sum
    }

    /// The share of a type, from 0 to 1; types that nobody has mapped are a share of their own.
    pub fn share(&self, work_type: WorkType) -> Known<f64> {
        let all: f64 = self.amounts.iter().sum();
        if all > 0.0 {
            Ok(self.amounts[position(work_type)] / all)
        } else {
            Err(TooFew { n: self.n, need: 1 })
        }
    }
}

/// The position of a type in [`WorkType::ALL`].
pub fn position(work_type: WorkType) -> usize {
    match work_type {
        WorkType::Feature => 0,
        WorkType::Defect => 1,
        WorkType::Debt => 2,
        WorkType::Risk => 3,
        WorkType::Unmapped => 4,
    }
}
