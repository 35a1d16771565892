//! The data of charts as the API gives them, for who draws them without a server: a report, the command line.

use headway_app::insight::{
    Scope,
    behaviour::{BehaviourOf, behaviour_of},
    durations::{aging_of, cycle_times_of},
    outlook::Forecast,
    series::{cumulative_flow_of, throughput_of},
};
use headway_flow::period::Grain;
use serde::Serialize;

use super::translate;

/// The charts that a scope alone has the data for.
pub const CHARTS: [&str; 5] = ["throughput", "cycle_time", "aging", "cumulative_flow", "behaviour"];

/// The data of one of [`CHARTS`] as JSON; `None` when there is no chart of this name.
pub fn chart_data(chart: &str, scope: &Scope) -> Option<serde_json::Result<String>> {
    fn json(data: &impl Serialize) -> serde_json::Result<String> {
        serde_json::to_string(data)
    }
    let week = BehaviourOf::Throughput;
    Some(match chart {
        "throughput" => json(&translate::throughput(scope, "week", throughput_of(scope, Grain::Week))),
        "cycle_time" => json(&translate::cycle_time(scope, cycle_times_of(scope), String::new())),
        "aging" => json(&translate::aging(scope, aging_of(scope))),
        "cumulative_flow" => json(&translate::cumulative_flow(scope, cumulative_flow_of(scope))),
        "behaviour" => json(&translate::behaviour(scope, week.code(), &behaviour_of(scope, week))),
        _ => return None,
    })
}

/// The data of the chart of a forecast as JSON.
pub fn forecast_data(forecast: Forecast) -> serde_json::Result<String> {
    serde_json::to_string(&translate::forecast(forecast, Vec::new()))
}
