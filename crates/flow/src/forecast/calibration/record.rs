//! How far a team's claims have held.

use super::{Checks, Own, Place, Pool, risk};
use crate::{Known, TooFew, forecast::CLAIMS};

/// Checks that a record needs before it is shown.
pub const FEWEST_CHECKS: usize = 6;

/// How often claims held when they were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// How often the claim held.
    pub held: u32,
    /// How often it was checked.
    pub checks: u32,
    /// How far ahead, in days as the team counts them.
    pub days_ahead: u32,
}

/// How each of [`CLAIMS`] has held at each horizon: every past claim as it would have been made on its day, with
/// what was known of the team then, and what is known of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    horizons: Vec<HorizonRecord>,
}

#[derive(Clone, Debug, PartialEq)]
struct HorizonRecord {
    days_ahead: u32,
    /// For each check, where it ended and which claims held.
    checks: Vec<(Place, [bool; CLAIMS.len()])>,
}

impl Record {
    /// The record of a team.
    pub fn of(own: &Checks, others: &Pool) -> Self {
        let horizons = own.horizons.iter().enumerate().map(|(position, horizon)| {
            let mut past = Own::new(horizon);
            let mut over = horizon.checks.iter().peekable();
            let mut checks = Vec::with_capacity(horizon.checks.len());
            for check in &horizon.checks {
                while let Some(it) = over.next_if(|it| it.known + horizon.days <= check.known) {
                    past.add(it.reached);
                }
                // The claim is the count up to which the share is at most the risk.
                let share = past.share(others, position, check.reached);
                let held = CLAIMS.map(|percent| share > risk(percent));
                checks.push((check.reached, held));
            }
            HorizonRecord { days_ahead: horizon.days as u32, checks }
        });
        Record { horizons: horizons.collect() }
    }

    /// How a claim of [`CLAIMS`] has held at a horizon, by their positions.
    pub fn at(&self, horizon: usize, claim: usize) -> Known<Held> {
        let claims = self.claims(horizon, claim);
        if claims.len() < FEWEST_CHECKS {
            return Err(TooFew { n: claims.len(), need: FEWEST_CHECKS });
        }
        Ok(Held {
            held: claims.iter().filter(|held| **held).count() as u32,
            checks: claims.len() as u32,
            days_ahead: self.horizons.get(horizon).map_or(0, |it| it.days_ahead),
        })
    }

    /// Whether each past claim held, in order.
    pub fn claims(&self, horizon: usize, claim: usize) -> Vec<bool> {
        let checks = self.horizons.get(horizon).map_or(&[][..], |it| &it.checks);
        checks.iter().filter_map(|(_, held)| held.get(claim)).copied().collect()
    }

    /// How many checks ended where the outlook had seen at most this probability, and how many there were.
    pub fn missed(&self, horizon: usize, cdf: f64) -> (u32, u32) {
        let checks = self.horizons.get(horizon).map_or(&[][..], |it| &it.checks);
        let missed = checks.iter().filter(|(reached, _)| *reached <= Place::of(cdf)).count();
        (missed as u32, checks.len() as u32)
    }
}
