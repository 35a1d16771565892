//! From views to wire forms: overviews, signals, the heat map, explanations.

use headway_app::insight as app;
use headway_app::insight::Scope;
use headway_app::insight::heat_map::HeatMapRow;
use headway_app::insight::heat_map::Trend;
use headway_app::insight::signals::TeamSignal;
use headway_domain::insight::Measure;
use headway_domain::insight::SignalLevel;

use super::{figure, item_ref, share, small, unit_code, window};
use crate::{
    insight::{wire, words},
    organisation::handlers::unit_ref,
};

pub(super) fn level_code(level: SignalLevel) -> &'static str {
    match level {
        SignalLevel::Watch => "watch",
        SignalLevel::Bad => "bad",
    }
}

pub fn signal(found: TeamSignal) -> wire::Signal {
    let signal = found.signal;
    let subject = found.items.first().map(|item| item.id.to_string()).unwrap_or_default();
    wire::Signal {
        id: format!("{}:{}:{subject}", signal.kind.code(), found.unit.id),
        kind: signal.kind.code().to_owned(),
        level: level_code(signal.level).to_owned(),
        unit: unit_ref(&found.unit),
        items: found.items.into_iter().map(item_ref).collect(),
        item_count: small(found.item_count),
        evidence: signal.evidence.figures.iter().map(words::evidence).collect(),
        rule: words::rule(&signal.rule),
        hit_rate: signal.track.raised.ok().map(|rate| wire::Share { count: rate.hits, of: rate.checks }),
        otherwise_rate: signal
            .track
            .otherwise
            .ok()
            .map(|rate| wire::Share { count: rate.hits, of: rate.checks }),
        hit_means: words::hit_means(signal.kind).to_owned(),
        next_step: words::next_step(signal.next).to_owned(),
    }
}

pub fn overview(scope: &Scope, view: app::Overview) -> wire::Overview {
    let extent = view.extent;
    wire::Overview {
        window: window(scope),
        data: wire::DataExtent {
            items: small(extent.items),
            delivered: small(extent.delivered),
            in_progress: small(extent.in_progress),
            first_day: extent.span.map(|(first, _)| first.to_string()),
            last_day: extent.span.map(|(_, last)| last.to_string()),
            teams: small(extent.teams),
            has_deployments: extent.has_deployments,
            has_iterations: extent.has_iterations,
        },
        figures: view.figures.into_iter().map(figure).collect(),
        signals: view.signals.into_iter().map(signal).collect(),
        signal_count: small(view.signal_count),
        never_started: share(view.never_started),
    }
}

pub fn heat_map(scope: &Scope, rows: Vec<HeatMapRow>) -> wire::HeatMap {
    let cell = |cell: app::heat_map::HeatMapCell| wire::HeatMapCell {
        measure: cell.figure.measure.code().to_owned(),
        value: cell.figure.value.ok(),
        unit: unit_code(cell.figure.unit).to_owned(),
        trend: match cell.trend {
            Trend::Better => "better",
            Trend::Worse => "worse",
            Trend::Steady => "steady",
            Trend::Unknown => "unknown",
        }
        .to_owned(),
        signal: cell.signal.map_or("none", level_code).to_owned(),
        history: cell.figure.history,
    };
    let row = |row: HeatMapRow| wire::HeatMapRow {
        unit: unit_ref(&row.unit),
        path: row.path.iter().map(unit_ref).collect(),
        cells: row.cells.into_iter().map(cell).collect(),
        bad_signals: small(row.bad_signals),
        watch_signals: small(row.watch_signals),
        top_signal: row.top.map(signal),
    };
    wire::HeatMap {
        window: window(scope),
        measures: app::heat_map::COLUMNS.iter().map(|measure| measure.code().to_owned()).collect(),
        rows: rows.into_iter().map(row).collect(),
        count: small(scope.teams.len()),
    }
}

pub fn explanation(
    measure: Measure,
    definition: wire::MeasureDefinition,
    view: app::Explanation,
) -> wire::Explanation {
    let unit = unit_code(view.unit).to_owned();
    wire::Explanation {
        measure: measure.code().to_owned(),
        title: definition.title,
        definition: definition.definition,
        figure: view.figure.map(figure),
        inputs: view
            .inputs
            .into_iter()
            .map(|(name, value)| wire::ExplanationInput { name: name.to_owned(), value })
            .collect(),
        items: view
            .items
            .into_iter()
            .map(|(item, value)| wire::ExplainedItem { item: item_ref(item), value, unit: unit.clone() })
            .collect(),
        item_count: small(view.item_count),
    }
}

pub fn changes(since: String, view: app::Changes) -> wire::Changes {
    wire::Changes {
        since,
        started: small(view.started),
        delivered: small(view.delivered),
        created: small(view.created),
        blocked: small(view.blocked),
        delivered_items: view.delivered_items.into_iter().map(item_ref).collect(),
    }
}
