//! Process behaviour charts of a scope.

use headway_domain::time::Day;
use headway_flow::{
    period::Grain,
    throughput,
    xmr::{Chart, Design, Finding, Scale},
};

use crate::insight::{ItemRef, Scope, series::wip_of};

/// What a chart is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BehaviourOf {
    /// Items finished a week.
    Throughput,
    /// Cycle times in order of finish.
    CycleTime,
    /// Mean work in progress a week.
    Wip,
}

impl BehaviourOf {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            BehaviourOf::Throughput => "throughput",
            BehaviourOf::CycleTime => "cycle_time",
            BehaviourOf::Wip => "wip",
        }
    }

    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Throughput, Self::CycleTime, Self::Wip].into_iter().find(|it| it.code() == code)
    }
}

/// A process behaviour chart.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// The scale of the limits.
    pub scale: Scale,
    /// The points.
    pub points: Vec<BehaviourPoint>,
    /// The segments and their findings; positions are those of `points`.
    pub chart: Chart,
}

/// One point.
#[derive(Clone, Debug)]
pub struct BehaviourPoint {
    /// The first day of the week, or the day of finish.
    pub day: Day,
    /// Its value.
    pub value: f64,
    /// The item, where the point is one.
    pub item: Option<ItemRef>,
    /// Whether its week is not over; it has no part in the limits.
    pub is_partial: bool,
}

/// The most items of a chart: more than that on one chart says nothing to the eye.
const MOST_ITEMS: usize = 400;

/// The chart of a measure.
pub fn behaviour_of(scope: &Scope, of: BehaviourOf) -> Behaviour {
    let (design, points) = match of {
        BehaviourOf::Throughput => (Design::COUNTS, weekly_throughput(scope)),
        BehaviourOf::Wip => (Design::COUNTS, weekly_wip(scope)),
        BehaviourOf::CycleTime => (Design::DURATIONS, cycle_times(scope)),
    };
    // A partial week at the end is drawn, and has no part in limits and rules.
    let whole: Vec<f64> = points.iter().filter(|point| !point.is_partial).map(|point| point.value).collect();
    let offset = points.iter().take_while(|point| point.is_partial).count();
    let mut chart = Chart::of(&whole, design, &[]);
    for segment in &mut chart.segments {
        segment.from += offset;
        segment.until += offset;
    }
    for finding in &mut chart.findings {
        *finding = Finding { at: finding.at + offset, ..*finding };
    }
    Behaviour { scale: design.scale, points, chart }
}

fn weekly_throughput(scope: &Scope) -> Vec<BehaviourPoint> {
    let finished = scope.items().filter_map(|(_, _, item)| Some(item.finished?.day));
    let weeks = throughput::count_days(finished, scope.window, Grain::Week);
    weeks
        .into_iter()
        .map(|week| BehaviourPoint {
            day: week.period.first,
            value: f64::from(week.count),
            item: None,
            is_partial: week.period.is_partial,
        })
        .collect()
}

fn weekly_wip(scope: &Scope) -> Vec<BehaviourPoint> {
    let wip = wip_of(scope).wip;
    let weeks = Grain::Week.periods(scope.window);
    weeks
        .into_iter()
        .map(|week| {
            let days = week.first.through(week.last).filter_map(|day| wip.get(scope.window.position(day)?));
            let days: Vec<f64> = days.map(|it| f64::from(*it)).collect();
            let mean = days.iter().sum::<f64>() / days.len().max(1) as f64;
            BehaviourPoint { day: week.first, value: mean, item: None, is_partial: week.is_partial }
        })
        .collect()
}

fn cycle_times(scope: &Scope) -> Vec<BehaviourPoint> {
    let finished = scope.items().filter_map(|(team, name, item)| {
        let moment = item.finished.filter(|it| scope.window.contains(it.day))?;
        Some((moment, item.cycle_time_days(&team.facts.workflow.calendar)?, name))
    });
    let mut finished: Vec<_> = finished.collect();
    finished.sort_by_key(|(moment, _, name)| (moment.at, name.id));
    let skip = finished.len().saturating_sub(MOST_ITEMS);
    let shown = finished.into_iter().skip(skip);
    shown
        .map(|(moment, days, name)| BehaviourPoint {
            day: moment.day,
            value: f64::from(days),
            item: Some(ItemRef::of(name)),
            is_partial: false,
        })
        .collect()
}
