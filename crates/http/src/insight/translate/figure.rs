//! From views to wire forms: what many pages share.

use headway_app::insight::ItemRef;
use headway_app::insight::Scope;
use headway_app::insight::durations::SleReport;
use headway_app::insight::figure::Better;
use headway_app::insight::figure::Figure;
use headway_app::insight::figure::TooFewOf;
use headway_app::insight::figure::Unit;
use headway_domain::time::Day;
use headway_flow::Share;
use headway_flow::TooFew;
use headway_flow::percentile::Summary;

use crate::insight::wire;

pub fn unit_code(unit: Unit) -> &'static str {
    match unit {
        Unit::Items => "items",
        Unit::ItemsPerWeek => "items_per_week",
        Unit::Days => "days",
        Unit::Hours => "hours",
        Unit::Share => "share",
        Unit::PerWeek => "per_week",
        Unit::Estimate => "estimate",
    }
}

pub(super) fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub fn too_few(few: TooFewOf) -> wire::TooFew {
    too_few_of(few.too_few, few.of)
}

pub(super) fn too_few_of(few: TooFew, of: &str) -> wire::TooFew {
    wire::TooFew { n: small(few.n), need: small(few.need), of: of.to_owned() }
}

pub(super) fn share(share: Share) -> wire::Share {
    wire::Share { count: small(share.part), of: small(share.of) }
}

pub fn item_ref(item: ItemRef) -> wire::ItemRef {
    wire::ItemRef { id: item.id.to_string(), label: item.label, title: item.title }
}

pub fn window(scope: &Scope) -> wire::Window {
    wire::Window {
        from: scope.window.first.to_string(),
        to: scope.window.last.to_string(),
        today: scope.today.to_string(),
        work_type: scope.work_type.map(|work_type| work_type.code().to_owned()),
    }
}

pub fn figure(figure: Figure) -> wire::Figure {
    wire::Figure {
        measure: figure.measure.code().to_owned(),
        value: figure.value.ok(),
        too_few: figure.value.err().map(too_few),
        unit: unit_code(figure.unit).to_owned(),
        previous: figure.previous,
        better: match figure.better {
            Better::Up => "up",
            Better::Down => "down",
            Better::Neither => "neither",
        }
        .to_owned(),
        history: figure.history,
        statistic: figure.statistic.to_owned(),
        item: figure.item.map(item_ref),
    }
}

pub(super) fn percentiles<T: Copy + Into<f64>>(summary: Option<Summary<T>>) -> Vec<wire::Percentile> {
    let Some(it) = summary else { return Vec::new() };
    [(50, it.p50), (70, it.p70), (85, it.p85), (95, it.p95)]
        .map(|(percent, value)| wire::Percentile { percent, value: value.into() })
        .into()
}

pub(super) fn two_percentiles<T: Copy + Into<f64>>(summary: Option<Summary<T>>) -> Vec<wire::Percentile> {
    percentiles(summary).into_iter().filter(|it| matches!(it.percent, 50 | 85)).collect()
}

pub(super) fn sle(report: SleReport) -> wire::SleReport {
    wire::SleReport {
        percent: report.sle.percent,
        days: report.sle.days,
        is_set: report.is_set,
        held: share(report.held),
    }
}

pub fn days(days: &[Day]) -> Vec<String> {
    days.iter().map(Day::to_string).collect()
}
