//! Measures and forecasts: pure functions from work histories to numbers.
//!
//! The way through: a [`history::History`] is what a tracker tells of one item, in numbers; an [`item::Item`] is
//! what a team's workflow reads in it (started, finished, which stage when); every measure is a function of
//! items. The definition of each measure, with worked examples that run as tests, is a page in `docs/metrics/`.
//!
//! **Invariant:** `flow` never reads a clock, and its functions are total: too little data is a value
//! ([`TooFew`]), never an error, a panic or a NaN. The order of the input never matters.
//!
//! Not here: where histories come from (`headway-store`, `headway-trackers`), who may see a number
//! (`headway-app`), how it is drawn (the web client).

pub mod aging;
pub mod blocked;
pub mod clock;
pub mod cube;
pub mod cumulative_flow;
pub mod distribution;
pub mod dora;
pub mod efficiency;
pub mod forecast;
pub mod history;
pub mod item;
pub mod parity;
pub mod percentile;
pub mod period;
pub mod quality;
pub mod signal;
pub mod sle;
pub mod sprint;
pub mod throughput;
pub mod time_to_market;
pub mod wip;
pub mod xmr;

/// There are too few observations to say anything: `n` where `need` are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TooFew {
    /// How many there are.
    pub n: usize,
    /// How many are needed.
    pub need: usize,
}

/// A number, or the news that there are too few observations for it.
pub type Known<T> = Result<T, TooFew>;

/// A part of a number of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// How many of them.
    pub part: usize,
    /// Of how many.
    pub of: usize,
}

impl Share {
    /// How many of these are so; too few when there are none.
    pub fn count(outcomes: impl IntoIterator<Item = bool>) -> Known<Self> {
        let mut share = Share { part: 0, of: 0 };
        for is_so in outcomes {
            share.part += usize::from(is_so);
            share.of += 1;
        }
        if share.of == 0 { Err(TooFew { n: 0, need: 1 }) } else { Ok(share) }
    }

    /// From 0 to 1.
    pub fn fraction(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.part as f64 / self.of as f64 }
    }
}
