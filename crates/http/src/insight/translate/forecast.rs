//! From views to wire forms: forecasts and their calibration.

use headway_app::insight::figure::TooFewOf;
use headway_app::insight::outlook;

use super::{small, too_few};
use crate::{insight::wire, organisation::handlers::unit_ref};

/// A probability is shown to at most 95 %: no forecast knows better.
pub(super) fn shown(chance: headway_flow::forecast::Chance) -> f64 {
    chance.get().min(0.95)
}

pub fn forecast(view: outlook::Forecast, method: Vec<String>) -> wire::Forecast {
    let held = |it: headway_flow::forecast::Held| wire::Share { count: it.held, of: it.checks };
    let kind = if view.remaining.is_some() { "when" } else { "how_many" };
    let failed = view.claims.as_ref().err().copied();
    let claims = view.claims.unwrap_or_default().into_iter().map(|claim| wire::Claim {
        percent: claim.percent,
        day: claim.day.map(|day| day.to_string()),
        count: claim.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        held: claim.held.map(held),
    });
    let by_day = view.by_day.into_iter().map(|(day, chance)| wire::CurvePoint {
        day: Some(day.to_string()),
        count: None,
        probability: shown(chance),
    });
    let by_count = view.by_count.into_iter().map(|(count, chance)| wire::CurvePoint {
        day: None,
        count: u32::try_from(count).ok(),
        probability: if count == 0 { 1.0 } else { shown(chance) },
    });
    wire::Forecast {
        kind: kind.to_owned(),
        claims: claims.collect(),
        remaining: view.remaining,
        target_probability: view.target.map(shown),
        curve: by_day.chain(by_count).collect(),
        too_few: failed.map(too_few),
        teams: view
            .teams
            .into_iter()
            .map(|team| wire::ForecastTeam {
                unit: unit_ref(&team.unit),
                remaining: team.remaining,
                day_85: team.day_85.map(|day| day.to_string()),
                is_last: team.is_last,
                too_few: team.too_few.map(too_few),
            })
            .collect(),
        seed: view.seed,
        trials: if view.is_joint { outlook::TRIALS } else { 0 },
        method,
        start: view.start.to_string(),
        loss_ratio: None,
    }
}

pub fn calibration(
    found: Result<headway_flow::forecast::BacktestTable, TooFewOf>,
    method: String,
) -> wire::Calibration {
    let table = match found {
        Err(few) => return wire::Calibration { horizons: Vec::new(), too_few: Some(too_few(few)), method },
        Ok(table) => table,
    };
    let mut horizons: Vec<wire::CalibrationHorizon> = Vec::new();
    for row in &table.rows {
        let days = small(row.horizon);
        if horizons.last().is_none_or(|it| it.days != days) {
            horizons.push(wire::CalibrationHorizon { days, claims: Vec::new(), loss_ratio: None });
        }
        let Some(horizon) = horizons.last_mut() else { continue };
        if row.percent == 85 && row.reference.loss > 0.0 {
            horizon.loss_ratio = Some(row.calibrated.loss / row.reference.loss);
        }
        horizon.claims.push(wire::CalibrationClaim {
            percent: row.percent,
            held: wire::Share { count: row.calibrated.held, of: row.calibrated.checks },
            plain_held: wire::Share { count: row.reference.held, of: row.reference.checks },
        });
    }
    horizons.retain(|horizon| horizon.claims.iter().any(|claim| claim.held.of > 0));
    let few = horizons.is_empty().then(|| wire::TooFew { n: 0, need: 1, of: "checks".to_owned() });
    wire::Calibration { horizons, too_few: few, method }
}
