//! Work in progress, its age, and what flows in and out.

use headway_domain::{
    time::Day,
    work::{Calendar, DayCount},
};

use crate::{
    item::Item,
    period::{Grain, Period, Window},
    throughput::daily,
};

/// Items in progress at the end of each day of the window.
pub fn daily_wip<'a>(items: impl IntoIterator<Item = &'a Item>, window: Window) -> Vec<u32> {
    let mut changes = vec![0_i64; window.len() + 1];
    let mut note = |day: Day, by: i64| {
        if day <= window.last && !window.is_empty() {
            changes[window.position(day).unwrap_or(0)] += by;
        }
    };
    for item in items {
        if let Some(arrived) = item.arrived() {
            note(arrived.day, 1);
            if let Some(departed) = item.departed() {
                note(departed.day, -1);
            }
        }
    }
    running(&changes, window.len())
}

/// Running sums of the first `n` changes.
fn running(changes: &[i64], n: usize) -> Vec<u32> {
    let levels = changes.iter().take(n).scan(0_i64, |level, change| {
        *level += change;
        Some(u32::try_from(*level).unwrap_or(0))
    });
    levels.collect()
}

/// The average work in progress of the window, counting the day of arrival and the day of departure as half a
/// day each (and a day that holds both as half a day). With this average Little's law holds exactly: throughput
/// a day is average WIP divided by average time in process, when everything that passed through did so within
/// the window. `None` for an empty window.
pub fn average_wip<'a>(items: impl IntoIterator<Item = &'a Item>, window: Window) -> Option<f64> {
    if window.is_empty() {
        return None;
    }
    let item_days = items.into_iter().filter_map(|item| {
        let from = item.arrived()?.day;
        let until = item.departed().map(|it| it.day);
        if until == Some(from) {
            return Some(if window.contains(from) { 0.5 } else { 0.0 });
        }
        let first = from.max(window.first);
        let last = until.unwrap_or(window.last).min(window.last);
        let halves = [Some(from), until].into_iter().flatten().filter(|it| window.contains(*it)).count();
        Some(Window { first, last }.len() as f64 - 0.5 * halves as f64)
    });
    Some(item_days.sum::<f64>() / window.len() as f64)
}

/// The sum of the ages of all items in progress at the end of each day of the window. It grows by the WIP every
/// day and falls only when items leave.
pub fn total_age_days<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    window: Window,
    calendar: &Calendar,
) -> Vec<u64> {
    let mut ages = vec![0_u64; window.len()];
    for item in items {
        let (Some(arrived), departed) = (item.arrived(), item.departed()) else { continue };
        let first = arrived.day.max(window.first);
        let last = departed.map_or(window.last, |it| it.day.plus(-1).min(window.last));
        for day in first.through(last) {
            let age = match calendar.count {
                DayCount::Calendar => u32::try_from(day.0 - arrived.day.0 + 1).unwrap_or(0),
                DayCount::Working => calendar.days_between(arrived.day, day).unwrap_or(0),
            };
            ages[(day.0 - window.first.0) as usize] += u64::from(age);
        }
    }
    ages
}

/// What came in and what went out in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The period.
    pub period: Period,
    /// Items that came into progress.
    pub arrived: u32,
    /// Items that left it, delivered or not.
    pub departed: u32,
}

impl Flow {
    /// Arrivals less departures: by how much work in progress grew.
    pub fn net(self) -> i64 {
        i64::from(self.arrived) - i64::from(self.departed)
    }
}

/// Arrivals and departures in each period of the window, partial periods flagged.
pub fn flow<'a>(
    items: impl IntoIterator<Item = &'a Item, IntoIter: Clone>,
    window: Window,
    grain: Grain,
) -> Vec<Flow> {
    let items = items.into_iter();
    let arrived = daily(items.clone().filter_map(|it| Some(it.arrived()?.day)), window);
    let departed = daily(items.filter_map(|it| Some(it.departed()?.day)), window);
    let arrived = crate::throughput::group(&arrived, window, grain);
    let departed = crate::throughput::group(&departed, window, grain);
    let pairs = arrived.into_iter().zip(departed);
    pairs.map(|(a, d)| Flow { period: a.period, arrived: a.count, departed: d.count }).collect()
}

/// Items created in each period of the window: demand, whether or not anybody has committed to it.
pub fn demand<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    window: Window,
    grain: Grain,
) -> Vec<crate::throughput::Count> {
    crate::throughput::count_days(items.into_iter().map(|it| it.created.day), window, grain)
}
