//! Forecasts of a scope, and how far they have held.

use std::sync::Arc;

use headway_domain::{
    id::ItemId,
    organisation::{Unit, UnitKind},
    time::Day,
    work::WorkType,
};
use headway_flow::{
    Known,
    forecast::{
        BacktestTable, CLAIMS, Chance, Checks, Curve, Forecaster, Held, NamedSeries, Pool, Protocol,
        Scope as WorkLeft, Series, Shortfall, backtest_one,
        joint::{self, Part},
    },
};

use crate::{
    App, Error, OpContext, Permission, Result,
    insight::{
        Scope, Team,
        facts::TeamFacts,
        figure::TooFewOf,
        scope::{Ask, scope},
    },
    organisation::known_tree,
};

/// The seed when nobody gives one.
const SEED: u32 = 1;
/// Trials of a joint simulation.
pub const TRIALS: u32 = 10_000;
/// The most items that may be named.
const MOST_ITEMS: usize = 5_000;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// How many items by this day?
    HowMany(Day),
    /// When are so many items done?
    Count(u32),
    /// When are these items done?
    Items(Vec<ItemId>),
    /// When is everything done that is open and has this label or parent?
    Matching(String),
}

/// A request for a forecast.
#[derive(Clone, Debug)]
pub struct ForecastAsk {
    /// What.
    pub question: Question,
    /// By then, with which probability?
    pub target: Option<Day>,
    /// How many items each of them becomes.
    pub split: (f64, f64),
    /// The seed of everything drawn.
    pub seed: Option<u32>,
    /// Only work of this type counts as finished.
    pub work_type: Option<WorkType>,
}

/// A forecast.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Its claims, or why there are none.
    pub claims: Result<Vec<Claim>, TooFewOf>,
    /// Items left.
    pub remaining: Option<u32>,
    /// The probability of reaching the target.
    pub target: Option<Chance>,
    /// Day by day, for "when".
    pub by_day: Vec<(Day, Chance)>,
    /// Count by count, for "how many".
    pub by_count: Vec<(u64, Chance)>,
    /// The teams.
    pub teams: Vec<TeamPart>,
    /// The seed.
    pub seed: u32,
    /// The first day that it is about.
    pub start: Day,
    /// Whether several teams were simulated together.
    pub is_joint: bool,
}

/// "By this day" or "at least so many", with how far such claims have held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How sure, in percent.
    pub percent: u8,
    /// The day.
    pub day: Option<Day>,
    /// The count.
    pub count: Option<u64>,
    /// How such claims have held.
    pub held: Option<Held>,
}

/// A team's part.
#[derive(Clone, Debug)]
pub struct TeamPart {
    /// The team.
    pub unit: Unit,
    /// Items left with it.
    pub remaining: u32,
    /// Its day at 85 %.
    pub day_85: Option<Day>,
    /// Share of trials in which it was the last to finish.
    pub is_last: f64,
    /// Why it has no forecast.
    pub too_few: Option<TooFewOf>,
}

/// A series with its past checks. Kept beside the facts: neither changes until the team's data does.
#[derive(Debug)]
pub(crate) struct Past {
    pub series: Series,
    pub checks: Checks,
}

impl Past {
    /// The past of one team on a day.
    pub(crate) fn of_team(facts: &TeamFacts, today: Day) -> Self {
        let finished = facts.items.iter().filter_map(|item| Some(item.finished?.day));
        Past::of(Series::of_days(finished, last_whole(today), &facts.workflow.calendar))
    }

    fn of(series: Series) -> Self {
        let checks = Checks::of(&series, &Protocol::default());
        Past { series, checks }
    }
}

/// Today is not over: the last day that counts is yesterday.
fn last_whole(today: Day) -> Day {
    today.plus(-1)
}

pub(crate) fn too_few(shortfall: Shortfall) -> TooFewOf {
    match shortfall {
        Shortfall::Weeks(too_few) => TooFewOf { too_few, of: "weeks" },
        Shortfall::ActiveDays(too_few) => TooFewOf { too_few, of: "active_days" },
        Shortfall::Items(too_few) => TooFewOf { too_few, of: "items" },
    }
}

/// The past of the scope as one series: all its teams together on the calendar of the first.
fn whole_past(scope: &Scope) -> Arc<Past> {
    if let ([team], None) = (scope.teams.as_slice(), scope.work_type) {
        return team.facts.past(scope.today);
    }
    let calendar = scope.teams.first().map(|team| team.facts.workflow.calendar.clone()).unwrap_or_default();
    let finished = scope.items().filter_map(|(_, _, item)| Some(item.finished?.day));
    Arc::new(Past::of(Series::of_days(finished, last_whole(scope.today), &calendar)))
}

/// The checks of all teams of the organisation, each on its own today, pooled.
pub async fn pool(ctx: &OpContext, app: &App) -> Result<Arc<Pool>> {
    ctx.authorise_somewhere(Permission::Read)?;
    let now = ctx.now();
    // Every zone is a multiple of this from the next, so no team's day changes in between.
    let quarter = now.0.div_euclid(15 * 60 * 1_000_000);
    // Taken before the facts are: what is forgotten meanwhile takes this with it.
    let pools = app.facts.pools();
    if let Some(pool) = pools.find(&quarter) {
        return Ok(pool);
    }
    let tree = known_tree(app).await?;
    let teams = tree.units().iter().filter(|unit| unit.kind == UnitKind::Team);
    let facts = app.facts.teams(&app.db, &teams.map(|unit| unit.id).collect::<Vec<_>>()).await?;
    // Where it is not kept yet, this is a backtest of every team: not for a thread that serves requests.
    let pooled = tokio::task::spawn_blocking(move || {
        pools.get(quarter, || {
            let pasts: Vec<Arc<Past>> = facts.iter().map(|facts| facts.past(facts.today(now))).collect();
            Pool::of(pasts.iter().map(|past| &past.checks))
        })
    });
    pooled.await.map_err(Error::internal)
}

/// Answers a question about a scope of which all teams of the organisation are part.
pub fn forecast_of(scope: &Scope, asked: &ForecastAsk) -> Result<Forecast> {
    check(asked, scope.today)?;
    let pasts: Vec<Arc<Past>> = scope.teams.iter().map(|team| team.facts.past(team.today)).collect();
    answer(scope, &Pool::of(pasts.iter().map(|past| &past.checks)), asked)
}

/// Answers a question about the days ahead.
pub async fn forecast(ctx: &OpContext, app: &App, unit: &str, asked: ForecastAsk) -> Result<Forecast> {
    let scope = scope(ctx, app, unit, &Ask { work_type: asked.work_type, ..Ask::default() }).await?;
    check(&asked, scope.today)?;
    let pool = pool(ctx, app).await?;
    // A simulation over many teams is work for a thread of its own.
    let answer = tokio::task::spawn_blocking(move || answer(&scope, &pool, &asked));
    answer.await.map_err(Error::internal)?
}

fn check(asked: &ForecastAsk, today: Day) -> Result<()> {
    match &asked.question {
        Question::HowMany(until) if *until < today || *until > today.plus(1_100) => {
            Err(Error::invalid("until", format!("expected a day from {today} to three years later")))
        }
        Question::Count(0) => Err(Error::invalid("count", "expected at least one item")),
        Question::Items(items) if items.is_empty() || items.len() > MOST_ITEMS => {
            Err(Error::invalid("items", format!("name 1 to {MOST_ITEMS} items")))
        }
        _ if !(1.0..=10.0).contains(&asked.split.0) || !(asked.split.0..=10.0).contains(&asked.split.1) => {
            Err(Error::invalid("split_low", "an item becomes 1 to 10 items, from low to high"))
        }
        _ => Ok(()),
    }
}

fn answer(scope: &Scope, pool: &Pool, asked: &ForecastAsk) -> Result<Forecast> {
    match &asked.question {
        Question::HowMany(until) => Ok(how_many(scope, pool, asked, *until)),
        Question::Count(count) => Ok(when_count(scope, pool, asked, *count)),
        Question::Items(items) => {
            let wanted: std::collections::HashSet<_> = items.iter().collect();
            when_items(scope, pool, asked, |name| wanted.contains(&name.id))
        }
        Question::Matching(text) => when_items(scope, pool, asked, |name| name.matches(text)),
    }
}

fn empty(scope: &Scope, asked: &ForecastAsk, why: TooFewOf) -> Forecast {
    Forecast {
        claims: Err(why),
        remaining: None,
        target: None,
        by_day: Vec::new(),
        by_count: Vec::new(),
        teams: Vec::new(),
        seed: asked.seed.unwrap_or(SEED),
        start: scope.today,
        is_joint: false,
    }
}

/// The pool without what the scope itself has put into it.
fn others(pool: &Pool, teams: &[Team]) -> Pool {
    teams.iter().fold(pool.clone(), |pool, team| pool.without(&team.facts.past(team.today).checks))
}

fn how_many(scope: &Scope, pool: &Pool, asked: &ForecastAsk, until: Day) -> Forecast {
    let past = whole_past(scope);
    let others = others(pool, &scope.teams);
    let forecaster = match Forecaster::new(&past.series, &past.checks, &others, &Protocol::default()) {
        Ok(forecaster) => forecaster,
        Err(shortfall) => return empty(scope, asked, too_few(shortfall)),
    };
    let told = forecaster.how_many(until);
    let claims = told.claims.iter().map(|claim| Claim {
        percent: claim.percent,
        day: None,
        count: Some(claim.at_least),
        held: claim.held.ok(),
    });
    // Up to what one in twenty exceeds, in at most a hundred steps.
    let most = told.claims[0].at_least.saturating_mul(3).max(10);
    let step = (most / 100).max(1);
    let by_count = (0..=most).step_by(step as usize).map(|count| (count, forecaster.chance(count, until)));
    let by_count: Vec<_> = by_count.take_while(|(_, chance)| chance.get() > 0.01).collect();
    Forecast {
        claims: Ok(claims.collect()),
        by_count,
        teams: vec![],
        ..empty(scope, asked, too_few_nothing())
    }
}

fn too_few_nothing() -> TooFewOf {
    TooFewOf { too_few: headway_flow::TooFew { n: 0, need: 0 }, of: "weeks" }
}

fn work_left(asked: &ForecastAsk, count: u32) -> WorkLeft {
    WorkLeft { split: asked.split.0..=asked.split.1, ..WorkLeft::exactly(count) }
}

fn when_count(scope: &Scope, pool: &Pool, asked: &ForecastAsk, count: u32) -> Forecast {
    let past = whole_past(scope);
    let others = others(pool, &scope.teams);
    let forecaster = match Forecaster::new(&past.series, &past.checks, &others, &Protocol::default()) {
        Ok(forecaster) => forecaster,
        Err(shortfall) => return empty(scope, asked, too_few(shortfall)),
    };
    let seed = asked.seed.unwrap_or(SEED);
    let told = forecaster.when(&work_left(asked, count), u64::from(seed));
    let claims = told.claims.iter().map(|claim| Claim {
        percent: claim.percent,
        day: claim.by,
        count: None,
        held: claim.held.ok(),
    });
    Forecast {
        claims: Ok(claims.collect()),
        remaining: Some(count),
        target: asked.target.map(|day| told.curve.by(day)),
        by_day: points(&told.curve),
        ..empty(scope, asked, too_few_nothing())
    }
}

/// A curve as points that a chart can draw: as far as nearly certain, and not more than a hundred and fifty.
fn points(curve: &Curve) -> Vec<(Day, Chance)> {
    let all: Vec<(Day, Chance)> =
        curve.points().iter().map(|(day, chance)| (*day, Chance::new(*chance))).collect();
    let end = all.iter().position(|(_, chance)| chance.get() >= 0.99).map_or(all.len(), |at| at + 1);
    let stride = end.div_ceil(150).max(1);
    all[..end].iter().step_by(stride).copied().collect()
}

/// When several teams have finished their parts: in every trial each team draws its own day, and the last counts.
fn when_items(
    scope: &Scope,
    pool: &Pool,
    asked: &ForecastAsk,
    is_wanted: impl Fn(&crate::insight::Name) -> bool,
) -> Result<Forecast> {
    let seed = asked.seed.unwrap_or(SEED);
    let mut teams = Vec::new();
    let mut parts = Vec::new();
    let mut remaining = 0;
    let mut missing = None;
    let mut helds: Vec<[Known<Held>; CLAIMS.len()]> = Vec::new();
    for team in &scope.teams {
        let open = team.facts.names.iter().zip(&team.facts.items);
        let open = open.filter(|(name, item)| is_wanted(name) && item.left().is_none() && !item.is_undated);
        let left = u32::try_from(open.count()).unwrap_or(u32::MAX);
        if left == 0 {
            continue;
        }
        remaining += left;
        let past = team.facts.past(scope.today);
        let others = pool.without(&past.checks);
        let mut part =
            TeamPart { unit: team.unit.clone(), remaining: left, day_85: None, is_last: 0.0, too_few: None };
        match Forecaster::new(&past.series, &past.checks, &others, &Protocol::default()) {
            Ok(forecaster) => {
                let told = forecaster.when(&work_left(asked, left), u64::from(seed));
                part.day_85 = told.curve.first_day(85);
                helds.push(told.claims.map(|claim| claim.held));
                parts.push(Part { curves: vec![told.curve] });
            }
            Err(shortfall) => {
                let why = too_few(shortfall);
                part.too_few = Some(why);
                missing = Some(why);
            }
        }
        teams.push(part);
    }
    if remaining == 0 {
        return Err(Error::invalid(
            "items",
            "nothing of this is open in this scope: there is no work left to forecast",
        ));
    }
    let mut forecast = empty(scope, asked, missing.unwrap_or_else(too_few_nothing));
    forecast.remaining = Some(remaining);
    // Without a forecast for one part there is none for the whole: the part may be the last.
    if missing.is_none() {
        let joint = joint::simulate(&parts, TRIALS, u64::from(seed));
        let curve = joint.curve();
        for (team, last) in teams.iter_mut().zip(&joint.last) {
            team.is_last = f64::from(*last) / f64::from(joint.trials.max(1));
        }
        let held = |claim: usize| match helds.as_slice() {
            [one] => one[claim].ok(),
            _ => None,
        };
        let claims = CLAIMS.iter().enumerate().map(|(ix, percent)| Claim {
            percent: *percent,
            day: curve.first_day(*percent),
            count: None,
            held: held(ix),
        });
        forecast.claims = Ok(claims.collect());
        forecast.target = asked.target.map(|day| curve.by(day));
        forecast.by_day = points(&curve);
        forecast.is_joint = parts.len() > 1;
    }
    forecast.teams = teams;
    Ok(forecast)
}

/// How far the forecasts of a scope have held.
pub async fn calibration(ctx: &OpContext, app: &App, unit: &str) -> Result<Result<BacktestTable, TooFewOf>> {
    let scope = scope(ctx, app, unit, &Ask::default()).await?;
    let pool = pool(ctx, app).await?;
    let table = tokio::task::spawn_blocking(move || {
        let past = whole_past(&scope);
        let protocol = Protocol::default();
        protocol.guard.check(&past.series, past.series.len()).map_err(too_few)?;
        let name = scope.unit.name.clone();
        let series = NamedSeries { family: name.clone(), name, series: past.series.clone() };
        let others = others(&pool, &scope.teams);
        Ok(backtest_one(&series, &past.checks, &others, &protocol, u64::from(SEED)))
    });
    table.await.map_err(Error::internal)
}
