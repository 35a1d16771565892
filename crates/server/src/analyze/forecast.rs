//! How many by when, when so many, and how far such claims have held.

use headway_domain::time::Day;
use headway_flow::{
    Known,
    forecast::{CLAIMS, Checks, Forecaster, Held, Pool, Protocol, Scope, Series, Shortfall},
};
use serde::Serialize;

use super::tally::Tally;

/// Days ahead when nobody gives a day.
const AHEAD: i32 = 30;

/// What is asked about the days ahead.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// How many by the end of this day?
    pub until: Option<Day>,
    /// When are so many items done? What is in progress, when nobody says.
    pub items: Option<u32>,
    /// The seed of everything drawn.
    pub seed: u64,
}

/// Two answers, or why there are none.
#[derive(Debug, Serialize)]
pub struct Forecast {
    pub seed: u64,
    pub too_few: Option<TooFew>,
    pub how_many: Option<HowMany>,
    pub when: Option<When>,
}

#[derive(Debug, Serialize)]
pub struct TooFew {
    pub n: usize,
    pub need: usize,
    pub of: &'static str,
}

#[derive(Debug, Serialize)]
pub struct HowMany {
    pub until: String,
    pub claims: Vec<CountClaim>,
}

#[derive(Debug, Serialize)]
pub struct CountClaim {
    pub percent: u8,
    pub at_least: u64,
    pub held: Option<HeldText>,
}

#[derive(Debug, Serialize)]
pub struct When {
    pub items: u32,
    pub claims: Vec<DateClaim>,
}

#[derive(Debug, Serialize)]
pub struct DateClaim {
    pub percent: u8,
    /// Missing when it is further away than forecasts reach.
    pub by: Option<String>,
    pub held: Option<HeldText>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct HeldText {
    pub held: u32,
    pub checks: u32,
}

/// How claims of this history have held at past days.
#[derive(Debug, Serialize)]
pub struct Calibration {
    pub horizons: Vec<Horizon>,
}

#[derive(Debug, Serialize)]
pub struct Horizon {
    pub days: usize,
    pub claims: Vec<HeldClaim>,
}

#[derive(Debug, Serialize)]
pub struct HeldClaim {
    pub percent: u8,
    pub held: u32,
    pub checks: u32,
}

fn held(known: Known<Held>) -> Option<HeldText> {
    known.ok().map(|it| HeldText { held: it.held, checks: it.checks })
}

/// The forecast of everything that was counted, with its record.
pub fn of(tally: &Tally, today: Day, question: &Question) -> (Forecast, Calibration) {
    let protocol = Protocol::default();
    // Today is not over: the last day that counts is yesterday.
    let yesterday = today.plus(-1);
    let series = Series::of_days(tally.finished.repeated(yesterday), yesterday, &tally.workflow.calendar);
    let checks = Checks::of(&series, &protocol);
    let nobody = Pool::default();
    let mut forecast = Forecast { seed: question.seed, too_few: None, how_many: None, when: None };
    let forecaster = match Forecaster::new(&series, &checks, &nobody, &protocol) {
        Ok(forecaster) => forecaster,
        Err(shortfall) => {
            forecast.too_few = Some(too_few(shortfall));
            return (forecast, Calibration { horizons: Vec::new() });
        }
    };
    let until = question.until.unwrap_or_else(|| today.plus(AHEAD));
    let told = forecaster.how_many(until);
    let claims =
        told.claims.map(|it| CountClaim { percent: it.percent, at_least: it.at_least, held: held(it.held) });
    forecast.how_many = Some(HowMany { until: until.to_string(), claims: claims.into() });
    let items = question.items.unwrap_or_else(|| u32::try_from(tally.open.len()).unwrap_or(u32::MAX));
    if items > 0 {
        let told = forecaster.when(&Scope::exactly(items), question.seed);
        let by = |day: Option<Day>| day.map(|it| it.to_string());
        let claims =
            told.claims.map(|it| DateClaim { percent: it.percent, by: by(it.by), held: held(it.held) });
        forecast.when = Some(When { items, claims: claims.into() });
    }
    let record = forecaster.record();
    let horizons = protocol.horizons.iter().enumerate().map(|(horizon, days)| {
        let claims = CLAIMS.iter().enumerate().filter_map(|(claim, percent)| {
            let held = record.at(horizon, claim).ok()?;
            Some(HeldClaim { percent: *percent, held: held.held, checks: held.checks })
        });
        Horizon { days: *days, claims: claims.collect() }
    });
    let horizons = horizons.filter(|it| !it.claims.is_empty()).collect();
    (forecast, Calibration { horizons })
}

fn too_few(shortfall: Shortfall) -> TooFew {
    let (few, of) = match shortfall {
        Shortfall::Weeks(few) => (few, "weeks"),
        Shortfall::ActiveDays(few) => (few, "active_days"),
        Shortfall::Items(few) => (few, "items"),
    };
    TooFew { n: few.n, need: few.need, of }
}
