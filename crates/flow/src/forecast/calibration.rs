//! How far such claims have held, and what has to be claimed so that they hold.
//!
//! At past origins the outlook is asked what it would have said, and the place of what then happened in that
//! distribution is written down: a number between 0 and 1, the *place*. If the outlook were right, places would
//! be spread evenly. They never quite are; a claim is made at the level at which past places say it holds.
//!
//! Three sources speak, the nearer the louder: the outlook itself, past checks of other teams, and the team's own.

mod record;

use crate::forecast::{
    outlook::Outlook,
    series::{Guard, Series},
};

pub use self::record::{FEWEST_CHECKS, Held, Record};

/// Places are kept in this many steps of equal log-odds, which are finest where claims of certainty are made: at
/// both ends.
const STEPS: u16 = 4_000;

/// The log-odds beyond which places are all the same: less than one in ten million.
const FARTHEST: f64 = 16.0;

/// How many checks of other teams weigh as much as the outlook's own word: ten teams with a long past.
const OUTLOOK_WEIGHT: f64 = 200.0;

/// How many independent checks of its own give a team as much weight as all others together.
const OTHERS_WEIGHT: f64 = 20.0;

/// How many checks of one other team weigh half of what any number of its checks can weigh: a team with a long past
/// does not outvote the others.
const TEAM_WEIGHT: u64 = 20;

/// The weight of the only check of a team, in the whole numbers that pools add up (so that a team can be taken out
/// again exactly).
const CHECK_WEIGHT: u64 = 1_024;

/// How past forecasts are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// How far ahead, in calendar days, ascending.
    pub horizons: Vec<usize>,
    /// Calendar days between two origins.
    pub every: usize,
    /// Calendar days of history before the first origin.
    pub after: usize,
    /// What a team must have done before an origin counts; the same as before a forecast is shown.
    pub guard: Guard,
}

impl Default for Protocol {
    fn default() -> Self {
        Protocol {
            horizons: vec![14, 30, 60, 90, 180],
            every: 14,
            after: 112,
            guard: Guard { weeks: 8, active_days: 5, items: 5 },
        }
    }
}

impl Protocol {
    /// The protocol of published comparisons: a year of history, and at least ten items in the last 90 days.
    pub fn after_a_year() -> Self {
        Protocol { after: 370, guard: Guard { weeks: 8, active_days: 5, items: 10 }, ..Protocol::default() }
    }

    /// The origins on a series, as numbers of counted days known there. They are anchored at its beginning, so
    /// that a new day adds an origin and moves none.
    pub fn origins<'a>(&self, series: &'a Series) -> impl Iterator<Item = usize> + use<'a> {
        let guard = self.guard;
        let first = series.counted_days(self.after);
        (first..=series.len())
            .step_by(series.counted_days(self.every))
            .filter(move |known| guard.check(series, *known).is_ok())
    }
}

/// Where a value stands in its distribution, in steps from the bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u16);

impl Place {
    /// The place of a value at most which the probability is `cdf`.
    pub fn of(cdf: f64) -> Self {
        let odds = (cdf / (1.0 - cdf)).ln().clamp(-FARTHEST, FARTHEST);
        let step = (odds + FARTHEST) / (2.0 * FARTHEST) * f64::from(STEPS);
        Place((step as u16).min(STEPS - 1))
    }

    /// The share of places at most so high, if they were spread evenly.
    fn even_share(self) -> f64 {
        let odds = f64::from(self.0 + 1) / f64::from(STEPS) * 2.0 * FARTHEST - FARTHEST;
        1.0 / (1.0 + (-odds).exp())
    }
}

/// One past forecast and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Counted days that were known.
    pub known: usize,
    /// How much of what was expected is at most what happened: a claim up to here held.
    pub reached: Place,
    /// Where what happened stands in what was expected. A count takes up a range of places, as wide as it was
    /// likely; this is one of them, as if at random, so that few large counts and many small ones can be pooled.
    pub place: Place,
}

/// A number from 0 to 1 that looks random and is always the same for the same origin.
fn scatter(known: usize, days: usize) -> f64 {
    let mixed = (known as u64 ^ ((days as u64) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// The checks at one horizon.
#[derive(Clone, Debug, PartialEq)]
struct Horizon {
    /// Counted days.
    days: usize,
    /// Share of its checks that do not overlap.
    independent: f64,
    checks: Vec<Check>,
}

/// All past checks of a team. They depend on its history alone: keep them until it changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Checks {
    horizons: Vec<Horizon>,
}

impl Checks {
    /// Checks the outlook at every origin of the protocol.
    pub fn of(series: &Series, protocol: &Protocol) -> Self {
        let every = series.counted_days(protocol.every);
        let mut horizons: Vec<Horizon> = protocol
            .horizons
            .iter()
            .map(|days| {
                let days = series.counted_days(*days);
                Horizon { days, independent: (every as f64 / days as f64).min(1.0), checks: Vec::new() }
            })
            .collect();
        for known in protocol.origins(series) {
            let outlook = Outlook::after(series, known);
            for horizon in horizons.iter_mut().filter(|it| known + it.days <= series.len()) {
                let happened = series.sum(known, known + horizon.days);
                let (below, at_most) = outlook.items_within(horizon.days).cdf_around(happened);
                let place = below + (at_most - below) * scatter(known, horizon.days);
                horizon.checks.push(Check { known, reached: Place::of(at_most), place: Place::of(place) });
            }
        }
        Checks { horizons }
    }

    /// The checks at a horizon of the protocol, by its position.
    pub fn at(&self, horizon: usize) -> &[Check] {
        self.horizons.get(horizon).map_or(&[], |it| &it.checks)
    }
}

/// The places of many teams at each horizon.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    horizons: Vec<Tally>,
}

/// The weight of places that are at most so high.
#[derive(Clone, Debug, PartialEq)]
struct Tally {
    at_most: Vec<u64>,
}

impl Pool {
    /// Pools the checks of these teams, made by one protocol.
    pub fn of<'a>(teams: impl IntoIterator<Item = &'a Checks>) -> Self {
        let mut horizons: Vec<Tally> = Vec::new();
        for team in teams {
            for (position, horizon) in team.horizons.iter().enumerate() {
                if horizons.len() <= position {
                    horizons.push(Tally { at_most: vec![0; usize::from(STEPS)] });
                }
                let weight = CHECK_WEIGHT * TEAM_WEIGHT / (TEAM_WEIGHT + horizon.checks.len() as u64);
                for check in &horizon.checks {
                    horizons[position].at_most[usize::from(check.place.0)] += weight;
                }
            }
        }
        for tally in &mut horizons {
            let mut sum = 0;
            for value in &mut tally.at_most {
                sum += *value;
                *value = sum;
            }
        }
        Pool { horizons }
    }

    /// The pool without a team that is in it: its others.
    pub fn without(&self, team: &Checks) -> Self {
        let own = Pool::of([team]);
        let mut others = self.clone();
        for (tally, own) in others.horizons.iter_mut().zip(&own.horizons) {
            for (value, own) in tally.at_most.iter_mut().zip(&own.at_most) {
                *value = value.saturating_sub(*own);
            }
        }
        others
    }

    /// The share of past counts that stood at most at this place, with the outlook's own word for the first
    /// [`OUTLOOK_WEIGHT`] checks.
    fn share(&self, horizon: usize, place: Place) -> f64 {
        let step = usize::from(place.0);
        let even = place.even_share();
        let Some(tally) = self.horizons.get(horizon) else { return even };
        let outlook = OUTLOOK_WEIGHT * CHECK_WEIGHT as f64;
        let all = tally.at_most[usize::from(STEPS) - 1] as f64;
        (outlook * even + tally.at_most[step] as f64) / (outlook + all)
    }
}

/// What past checks say about the outlook of a team, as far as they were over by a certain day.
#[derive(Clone, Debug)]
pub struct Calibration<'a> {
    pool: &'a Pool,
    horizons: Vec<Own>,
}

/// The team's own past at one horizon.
///
/// What counts here is whether claims held ([`Check::reached`]), so that a team of few items is not promised less
/// than it needs because counts are whole numbers.
#[derive(Clone, Debug)]
struct Own {
    days: usize,
    independent: f64,
    /// Ascending.
    places: Vec<Place>,
}

impl Own {
    fn new(horizon: &Horizon) -> Self {
        Own { days: horizon.days, independent: horizon.independent, places: Vec::new() }
    }

    fn add(&mut self, place: Place) {
        let position = self.places.partition_point(|it| *it <= place);
        self.places.insert(position, place);
    }

    /// The share of counts that will stand at most at this place.
    fn share(&self, pool: &Pool, horizon: usize, place: Place) -> f64 {
        let others = pool.share(horizon, place);
        let n = self.places.len() as f64;
        // Checks that overlap see the same days: they count once.
        let independent = n * self.independent;
        let weight = independent / (independent + OTHERS_WEIGHT);
        // One more than seen, of one more: the next count may be lower than all before.
        let own = (self.places.partition_point(|it| *it <= place) as f64 + 1.0) / (n + 1.0);
        (1.0 - weight) * others + weight * own
    }
}

/// The risk that a claim leaves.
fn risk(percent: u8) -> f64 {
    f64::from(100 - percent.min(100)) / 100.0
}

impl<'a> Calibration<'a> {
    /// The calibration on a day when `known` counted days were known: only checks whose horizon was over count.
    pub fn after(known: usize, own: &Checks, others: &'a Pool) -> Self {
        let over = |horizon: &Horizon| {
            let checks = horizon.checks.iter().take_while(|check| check.known + horizon.days <= known);
            let mut places: Vec<Place> = checks.map(|check| check.reached).collect();
            places.sort_unstable();
            Own { places, ..Own::new(horizon) }
        };
        Calibration { pool: others, horizons: own.horizons.iter().map(over).collect() }
    }

    /// The two horizons around so many counted days, and how near the second is.
    fn around(&self, days: usize) -> (usize, usize, f64) {
        let after = self.horizons.partition_point(|it| it.days < days);
        let last = self.horizons.len().saturating_sub(1);
        match after {
            0 => (0, 0, 0.0),
            _ if after > last => (last, last, 0.0),
            _ => {
                let (before, next) = (self.horizons[after - 1].days, self.horizons[after].days);
                (after - 1, after, (days - before) as f64 / (next - before) as f64)
            }
        }
    }

    /// The calibrated probability of at most a count, from the outlook's probability of it.
    pub fn share(&self, days: usize, cdf: f64) -> f64 {
        let place = Place::of(cdf);
        let share = |horizon: usize| {
            let own = self.horizons.get(horizon);
            own.map_or(cdf, |own| own.share(self.pool, horizon, place))
        };
        let (before, next, nearness) = self.around(days);
        if before == next {
            return share(before);
        }
        (1.0 - nearness) * share(before) + nearness * share(next)
    }

    /// The count that is reached with at least this probability within so many counted days.
    pub fn at_least(&self, outlook: &Outlook, days: usize, percent: u8) -> u64 {
        let distribution = outlook.items_within(days);
        let risk = risk(percent);
        distribution.first_count(|cdf| self.share(days, cdf) > risk)
    }

    /// The position of the horizon that is nearest to so many counted days.
    pub fn nearest(&self, days: usize) -> usize {
        let (before, next, nearness) = self.around(days);
        if nearness < 0.5 { before } else { next }
    }
}

#[cfg(test)]
mod tests {
    use headway_domain::time::Day;

    use super::*;
    use crate::{TooFew, forecast::CLAIMS};

    fn drifting(seed: u32, days: u32) -> Series {
        let mut state = seed;
        let counts: Vec<u32> = (0..days)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) % 5
            })
            .collect();
        Series::of_counts(&counts, Day(0))
    }

    #[test]
    fn a_new_day_moves_no_origin() {
        let whole = drifting(7, 900);
        let protocol = Protocol::default();
        let earlier =
            Series::of_counts(&(0..800).map(|it| whole.count(it) as u32).collect::<Vec<_>>(), Day(-100));
        let checks = Checks::of(&whole, &protocol);
        let before = Checks::of(&earlier, &protocol);
        for horizon in 0..4 {
            assert!(checks.at(horizon).starts_with(before.at(horizon)));
        }
    }

    #[test]
    fn the_pool_without_a_team_is_the_pool_of_the_others() {
        let protocol = Protocol::default();
        let all: Vec<Checks> = (1..5).map(|seed| Checks::of(&drifting(seed, 800), &protocol)).collect();
        assert_eq!(Pool::of(&all).without(&all[0]), Pool::of(&all[1..]));
    }

    #[test]
    fn without_any_check_the_outlook_speaks() {
        let series = drifting(3, 120);
        let checks = Checks::of(&series, &Protocol::default());
        let pool = Pool::default();
        let calibration = Calibration::after(series.len(), &checks, &pool);
        for cdf in [0.1, 0.5, 0.9] {
            assert!((calibration.share(30, cdf) - cdf).abs() < 2e-3);
        }
        assert_eq!(Record::of(&checks, &pool).at(0, 2), Err(TooFew { n: 0, need: FEWEST_CHECKS }));
    }

    #[test]
    fn checks_that_are_not_over_are_not_known() {
        let series = drifting(3, 900);
        let checks = Checks::of(&series, &Protocol::default());
        let pool = Pool::default();
        let early = Calibration::after(126, &checks, &pool);
        assert_eq!(early.horizons.iter().map(|it| it.places.len()).collect::<Vec<_>>(), [1, 0, 0, 0, 0]);
    }

    #[test]
    fn the_record_agrees_with_making_each_claim_anew() {
        let series = drifting(11, 1_000);
        let checks = Checks::of(&series, &Protocol::default());
        let pool = Pool::of(&[Checks::of(&drifting(12, 1_000), &Protocol::default())]);
        let record = Record::of(&checks, &pool);
        for (horizon, days) in [14, 30, 60, 90].into_iter().enumerate() {
            for (claim, percent) in CLAIMS.into_iter().enumerate() {
                let held = checks.at(horizon).iter().filter(|check| {
                    let calibration = Calibration::after(check.known, &checks, &pool);
                    let outlook = Outlook::after(&series, check.known);
                    series.sum(check.known, check.known + days)
                        >= calibration.at_least(&outlook, days, percent)
                });
                assert_eq!(record.at(horizon, claim).unwrap().held as usize, held.count());
            }
        }
    }
}
