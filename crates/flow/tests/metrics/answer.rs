//! Answers the questions of `expect` blocks: each is the name of a measure and what it is asked about.

use headway_domain::{
    time::{Day, Instant},
    work::{Sle, WorkType},
};
use headway_flow::{
    Known, Share, aging, blocked,
    cumulative_flow::CumulativeFlow,
    distribution::{Distribution, Weight},
    dora::{ChangeClock, Deliveries, Edition, Evidence, Level, Pace, Recovery},
    efficiency::{FlowEfficiency, WaitingRule, flow_efficiency},
    history::BlockedCause,
    item::{Item, Span},
    parity::{Reading, Tool},
    percentile::Summary,
    period::{Grain, Window},
    sle,
    sprint::{self, Amount, Figures, Timebox, Unit, Velocity},
    throughput, time_to_market, wip,
    xmr::{self, Chart, Design, Rule, Scale, Side, Width},
};

use crate::language::{Example, day, parse};

type Answer = Result<String, String>;

/// The answer to a question, as the pages write it.
pub fn answer(example: &Example, question: &str) -> Answer {
    let attempts = [of_item, of_window, of_sprint, of_delivery, of_values];
    attempts.iter().find_map(|it| it(example, question)).unwrap_or_else(|| Err("no such question".to_owned()))
}

/// What follows a prefix, when it does.
fn after<'a>(question: &'a str, prefix: &str) -> Option<&'a str> {
    question.strip_prefix(prefix)?.strip_prefix(' ')
}

fn window(text: &str) -> Result<Window, String> {
    let (first, last) = text.trim().split_once("..").ok_or("a window is DAY..DAY")?;
    Ok(Window { first: day(first)?, last: day(last)? })
}

fn days(value: Option<u32>) -> String {
    value.map_or("none".to_owned(), |it| format!("{it} d"))
}

fn hours(seconds: f64) -> String {
    format!("{:.1} h", seconds / 3600.0)
}

fn known<T>(value: Known<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|it| format!("too few ({} of {})", it.n, it.need), show)
}

fn share(value: Share) -> String {
    format!("{} of {}", value.part, value.of)
}

fn percent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

fn at<T: Copy>(summary: Summary<T>, percent: u8) -> Result<T, String> {
    match percent {
        50 => Ok(summary.p50),
        70 => Ok(summary.p70),
        85 => Ok(summary.p85),
        95 => Ok(summary.p95),
        other => Err(format!("{other} % is not shown")),
    }
}

fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|it| it.to_string()).collect::<Vec<_>>().join(" ")
}

/// Questions about one item.
fn of_item(example: &Example, question: &str) -> Option<Answer> {
    let calendar = &example.workflow.calendar;
    let of = |name: &str, show: &dyn Fn(&Item) -> String| Some(example.item(name).map(show));
    let not_timed = |it: &Item| match (it.finished, it.cancelled) {
        (Some(_), _) => "no start observed".to_owned(),
        (_, Some(_)) => "cancelled".to_owned(),
        _ => "not finished".to_owned(),
    };
    if question.contains(" % ") || question.contains("..") {
        return None;
    }
    if let Some(name) = after(question, "cycle time") {
        of(name, &|it| it.cycle_time_days(calendar).map_or_else(|| not_timed(it), |it| format!("{it} d")))
    } else if let Some(name) = after(question, "elapsed") {
        of(name, &|it| it.elapsed_seconds().map_or_else(|| not_timed(it), hours))
    } else if let Some(name) = after(question, "process time") {
        of(name, &|it| it.process_seconds(&example.workflow).map_or_else(|| not_timed(it), hours))
    } else if let Some(name) = after(question, "lead time") {
        of(name, &|it| days(it.lead_time_days(calendar)))
    } else if let Some(rest) = after(question, "age") {
        let (name, on) = rest.split_once(" on ")?;
        let on = match day(on) {
            Ok(on) => on,
            Err(why) => return Some(Err(why)),
        };
        of(name, &|it| days(it.age_on(on, &example.workflow)))
    } else if let Some(name) = after(question, "blocked") {
        of(name, &|it| hours(blocked::blocked_in_progress_seconds(it, example.now())))
    } else if let Some(name) = after(question, "stalled since") {
        let show = |it: &Item| {
            let since = blocked::stalled_since(it, example.now(), &example.workflow);
            since.map_or("not stalled".to_owned(), |it| calendar.day_of(it).to_string())
        };
        of(name, &show)
    } else if let Some(rest) = after(question, "tool") {
        let tool = Tool::ALL.into_iter().find(|it| after(rest, it.name()).is_some())?;
        let name = after(rest, tool.name())?;
        let history = example.histories.get(name).ok_or_else(|| format!("there is no item {name:?}"));
        Some(history.map(|it| match tool.cycle_time(it, &example.workflow) {
            Reading::Days(days) => format!("{} d", (days * 100.0).round() / 100.0),
            Reading::NotStarted => "no start observed".to_owned(),
            Reading::Unfinished => "not finished".to_owned(),
            Reading::NoRule => "no rule".to_owned(),
        }))
    } else if let Some(rest) = after(question, "cause") {
        let all = Span { from: Instant(0), until: example.now() };
        let clusters = blocked::clusters(&example.all(), all, example.now());
        let found = clusters.iter().find(|it| matches!(&it.cause, BlockedCause::Flag(name) if name == rest));
        Some(
            found
                .ok_or_else(|| format!("there is no cause {rest:?}"))
                .map(|it| format!("{} items, {}, {} open", it.items.len(), hours(it.seconds), it.open)),
        )
    } else {
        None
    }
}

/// Questions about a window of days, which is always the last word.
fn of_window(example: &Example, question: &str) -> Option<Answer> {
    let (measure, span) = question.rsplit_once(' ')?;
    if let Ok(on) = day(span) {
        return of_day(example, measure, on);
    }
    let window = window(span).ok()?;
    let workflow = &example.workflow;
    let items = example.all();
    let flagged = |count: u32, is_partial: bool| format!("{count}{}", if is_partial { "~" } else { "" });
    let grain = |text: &str| match text {
        "by day" => Ok(Grain::Day),
        "by week" => Ok(Grain::Week),
        "by month" => Ok(Grain::Month),
        other => Err(format!("{other:?} is no period")),
    };
    let counts = |counts: Vec<throughput::Count>| {
        list(counts.iter().map(|it| flagged(it.count, it.period.is_partial)))
    };
    let flow = |text: &str, show: &dyn Fn(&wip::Flow) -> i64| {
        let flow = wip::flow(items.iter().copied(), window, grain(text)?);
        Ok(list(flow.iter().map(|it| format!("{}{}", show(it), if it.period.is_partial { "~" } else { "" }))))
    };
    let by_type = |text: &str, distribution: Distribution| {
        let work_type = WorkType::from_code(text).ok_or("no such type")?;
        Ok(known(distribution.share(work_type), percent))
    };
    let efficiency = |rule| match flow_efficiency(&items, workflow, window, rule) {
        FlowEfficiency::NotConfigured => "not configured".to_owned(),
        FlowEfficiency::NoData => "no data".to_owned(),
        FlowEfficiency::Measured(time) => percent(time.efficiency().unwrap_or(f64::NAN)),
    };
    let market = || time_to_market::time_to_market(&items, workflow, window, &released(example));
    if let Some(rest) = after(measure, "throughput") {
        Some(grain(rest).map(|it| counts(throughput::throughput(items.iter().copied(), window, it))))
    } else if let Some(rest) = after(measure, "created") {
        Some(grain(rest).map(|it| counts(wip::demand(items.iter().copied(), window, it))))
    } else if let Some(rest) = after(measure, "arrivals") {
        Some(flow(rest, &|it| i64::from(it.arrived)))
    } else if let Some(rest) = after(measure, "departures") {
        Some(flow(rest, &|it| i64::from(it.departed)))
    } else if let Some(rest) = after(measure, "net flow") {
        Some(flow(rest, &|it| it.net()))
    } else if measure == "wip" {
        Some(Ok(list(wip::daily_wip(items.iter().copied(), window))))
    } else if measure == "average wip" {
        Some(
            wip::average_wip(items.iter().copied(), window)
                .map(|it| format!("{it:.2}"))
                .ok_or("empty".to_owned()),
        )
    } else if measure == "total age" {
        Some(Ok(list(wip::total_age_days(items.iter().copied(), window, &workflow.calendar))))
    } else if let Some(name) = after(measure, "reached") {
        Some(example.stage(name).map(|stage| {
            let lines = CumulativeFlow::of(&items, workflow, window.last);
            list(window.days().map(|day| lines.at(stage, day)))
        }))
    } else if measure == "flow debt" {
        let lines = CumulativeFlow::of(&items, workflow, window.last);
        Some(Ok(known(lines.flow_debt_days(&items, workflow, window), |it| format!("{it:.1} d"))))
    } else if measure == "moved back" {
        let lines = CumulativeFlow::of(&items, workflow, window.last);
        let until = |it: Option<Day>| it.map_or("now".to_owned(), |it| it.to_string());
        Some(Ok(list(lines.corrections.iter().map(|it| format!("{}..{}", it.from, until(it.until))))))
    } else if measure == "flow efficiency" {
        Some(Ok(efficiency(WaitingRule::Stages)))
    } else if measure == "flow efficiency by blocking" {
        Some(Ok(efficiency(WaitingRule::Blocked)))
    } else if let Some(code) = after(measure, "share of points") {
        Some(by_type(code, Distribution::finished(items.iter().copied(), window, Weight::Estimates)))
    } else if let Some(code) = after(measure, "share") {
        Some(by_type(code, Distribution::finished(items.iter().copied(), window, Weight::Items)))
    } else if measure == "never started" {
        Some(Ok(known(sle::never_started(&items, window), share)))
    } else if let Some(rest) = after(measure, "sle") {
        let percent = rest.strip_suffix(" %").map(parse)?;
        Some(
            percent.map(|it| {
                known(sle::expectation(&items, workflow, window, it), |it| format!("{} d", it.days))
            }),
        )
    } else if let Some(rest) = after(measure, "kept") {
        let (percent, days) = rest.strip_suffix(" d")?.split_once(" % in ")?;
        let sle = Sle { percent: percent.parse().ok()?, days: days.parse().ok()? };
        Some(Ok(known(sle::kept(&items, workflow, window, sle), share)))
    } else if let Some(rest) = after(measure, "made") {
        let (before, middle) = rest.split_once(' ')?;
        let before = self::window(before).ok()?;
        let percent = middle.strip_suffix(" % kept")?.parse().ok()?;
        let checked = sle::checked(&items, workflow, before, window, percent);
        Some(Ok(known(checked, |it| format!("{} d, {}", it.expected.days, share(it.held)))))
    } else if let Some(rest) = after(measure, "cycle time") {
        summary(rest, sle::cycle_time_summary(&items, workflow, window))
    } else if let Some(rest) = after(measure, "lead time") {
        summary(rest, sle::lead_time_summary(&items, workflow, window))
    } else if let Some(rest) = after(measure, "adaptability") {
        summary(rest, time_to_market::adaptability(&items, workflow, window).days)
    } else if measure == "waiting for a start" {
        Some(Ok(time_to_market::adaptability(&items, workflow, window).waiting.to_string()))
    } else if let Some(rest) = after(measure, "time to market") {
        let percent: u8 = rest.strip_suffix(" %")?.parse().ok()?;
        let days = market().days;
        Some(days.map_or_else(
            |it| Ok(format!("too few ({} of {})", it.n, it.need)),
            |it| at(it, percent).map(|days| format!("{days:.2} d (n {})", it.n)),
        ))
    } else if let Some(name) = after(measure, "mean time in") {
        let market = market();
        if name == "release" {
            return Some(Ok(format!("{:.2} d", market.release_mean_days)));
        }
        Some(example.stage(name).map(|stage| {
            let found = market.stages.iter().find(|it| it.stage == stage);
            format!("{:.2} d", found.map_or(0.0, |it| it.mean_days))
        }))
    } else if let Some(rest) = after(measure, "pace") {
        let (name, percent) = rest.strip_suffix(" %")?.rsplit_once(' ')?;
        Some(example.stage(name).and_then(|stage| {
            let paces = aging::paces(&items, workflow, window);
            let pace = paces.iter().find(|it| it.stage == stage).ok_or("no stage of work")?;
            summary(&format!("{percent} %"), pace.days).unwrap_or(Err("no percentile".to_owned()))
        }))
    } else {
        None
    }
}

fn summary(percent: &str, summary: Known<Summary<u32>>) -> Option<Answer> {
    let percent: u8 = percent.strip_suffix(" %")?.parse().ok()?;
    Some(match summary {
        Ok(it) => at(it, percent).map(|days| format!("{days} d (n {})", it.n)),
        Err(it) => Ok(format!("too few ({} of {})", it.n, it.need)),
    })
}

/// The instants of working deployments.
fn released(example: &Example) -> Vec<Instant> {
    let mut all: Vec<_> = example.deployments.iter().map(|it| it.finished_at).collect();
    all.sort_unstable();
    all
}

fn of_day(example: &Example, measure: &str, on: Day) -> Option<Answer> {
    let items = example.all();
    (measure == "approximate cycle time on").then(|| {
        let lines = CumulativeFlow::of(&items, &example.workflow, on);
        Ok(known(lines.approximate_cycle_time_days(on), |it| format!("{it} d")))
    })
}

/// Questions about iterations.
fn of_sprint(example: &Example, question: &str) -> Option<Answer> {
    let pairs: Vec<_> = example.items.iter().map(|(name, item)| (&example.histories[name], item)).collect();
    let timebox = |name: &str| {
        let found = example.sprints.iter().find(|(key, ..)| key == name);
        found.map(|(key, starts, ends)| Timebox { key, starts: *starts, ends: *ends })
    };
    let figures = |timebox| Figures::of(pairs.iter().copied(), timebox, &example.workflow);
    let amount = |it: Amount| format!("{} items, {} points", it.items, it.points);
    if question == "velocity" {
        let completed: Vec<f64> = example
            .sprints
            .iter()
            .filter_map(|(key, ..)| Some(figures(timebox(key)?).completed.points))
            .collect();
        return Some(Ok(known(Velocity::of(&completed), |it| {
            format!("mean {:.1}, median {}, p15 {}, p85 {} (n {})", it.mean, it.median, it.p15, it.p85, it.n)
        })));
    }
    let (measure, name) = question.rsplit_once(' ')?;
    let sprint = timebox(name)?;
    let it = figures(sprint);
    Some(Ok(match measure {
        "committed" => amount(it.started),
        "added" => amount(it.added),
        "removed" => amount(it.removed),
        "completed" => amount(it.completed),
        "completed of the commitment" => amount(it.completed_of_started),
        "remaining" => amount(it.remaining),
        "estimate change" => format!("{:+} points", it.estimate_change),
        "unestimated" => format!("{} items", it.unestimated),
        "say-do by items" => known(it.say_do(Unit::Items), percent),
        "say-do by points" => known(it.say_do(Unit::Points), percent),
        "completed to committed by points" => known(it.completed_to_committed(Unit::Points), percent),
        "scope change by items" => known(it.scope_change(Unit::Items), percent),
        "carry-over by items" => known(it.carry_over(Unit::Items), percent),
        "burn-up" => list(
            sprint::burn(pairs.iter().copied(), sprint, &example.workflow)
                .iter()
                .map(|it| format!("{}/{}", it.done.items, it.scope.items)),
        ),
        _ => return None,
    }))
}

/// Questions about deployments.
fn of_delivery(example: &Example, question: &str) -> Option<Answer> {
    let (measure, span) = question.rsplit_once(' ')?;
    let window = window(span).ok()?;
    let calendar = &example.workflow.calendar;
    let deliveries = Deliveries::of(&example.deployments, &example.incidents);
    let pace = |pace| match pace {
        Pace::Daily => "daily",
        Pace::Weekly => "weekly",
        Pace::Monthly => "monthly",
        Pace::Rarer => "rarer",
    };
    let recovery =
        |it: Recovery| format!("{}, {} open", known(it.hours, |it| format!("{:.1} h", it.p50)), it.open);
    let lead_time = |clock| deliveries.lead_times(window, calendar, clock);
    let level = |level: Option<Level>| level.map_or("none".to_owned(), |it| format!("{it:?}").to_lowercase());
    Some(Ok(match measure {
        "deployments" => known(deliveries.frequency(window, calendar), |it| it.deployments.to_string()),
        "deployment days a week" => {
            known(deliveries.frequency(window, calendar), |it| it.days_per_week.to_string())
        }
        "deployment pace" => known(deliveries.frequency(window, calendar), |it| pace(it.pace).to_owned()),
        "lead time for changes" => {
            known(lead_time(ChangeClock::Committed).hours, |it| format!("{:.1} h (n {})", it.p50, it.n))
        }
        "lead time for changes since written" => {
            known(lead_time(ChangeClock::Authored).hours, |it| format!("{:.1} h (n {})", it.p50, it.n))
        }
        "interpolated lead time for changes" => lead_time(ChangeClock::Committed)
            .interpolated_median_hours
            .map_or("none".to_owned(), |it| format!("{it:.1} h")),
        "level of lead time 2023" => level(
            lead_time(ChangeClock::Committed).hours.ok().and_then(|it| Edition::Of2023.lead_time(it.p50)),
        ),
        "level of lead time 2021" => level(
            lead_time(ChangeClock::Committed).hours.ok().and_then(|it| Edition::Of2021.lead_time(it.p50)),
        ),
        "change fail rate" => known(deliveries.change_fail_rate(window, calendar), share),
        "level of change fail rate 2023" => level(
            deliveries
                .change_fail_rate(window, calendar)
                .ok()
                .and_then(|it| Edition::Of2023.change_fail_rate(it)),
        ),
        "level of change fail rate 2019" => level(
            deliveries
                .change_fail_rate(window, calendar)
                .ok()
                .and_then(|it| Edition::Of2019.change_fail_rate(it)),
        ),
        "recovery" => recovery(deliveries.recovery(window, calendar)),
        "incident duration" => recovery(deliveries.incident_hours(window, calendar)),
        "rework rate" => known(deliveries.rework_rate(window, calendar), share),
        "evidence" => {
            if deliveries.evidence == Evidence::Proxy {
                "proxy".to_owned()
            } else {
                "told".to_owned()
            }
        }
        _ => return None,
    }))
}

/// Questions about a row of values.
fn of_values(example: &Example, question: &str) -> Option<Answer> {
    let (measure, scale) = question.rsplit_once(" on ").unwrap_or((question, "plain"));
    let design = match scale {
        "plain" => Design::TEXTBOOK,
        "root" => Design::COUNTS,
        "log" => Design::DURATIONS,
        _ => return None,
    };
    let (measure, width) =
        measure.strip_prefix("median ").map_or((measure, Width::MeanRange), |it| (it, Width::MedianRange));
    let baseline = &example.values[..example.values.len().min(design.baseline)];
    let limits = || xmr::limits(baseline, design.scale, width, design.floor);
    let chart = || Chart::of(&example.values, Design { width, ..design }, &[]);
    let name = |rule| match rule {
        Rule::BeyondLimit => "beyond the limit",
        Rule::LargeStep => "large step",
        Rule::TwoOfThree => "two of three",
        Rule::FourOfFive => "four of five",
        Rule::EightInARow => "eight in a row",
    };
    let side = |side| if side == Side::Upper { "above" } else { "below" };
    debug_assert!(design.scale != Scale::Plain || scale == "plain");
    Some(Ok(match measure {
        "centre" => known(limits(), |it| format!("{:.2}", it.centre)),
        "upper limit" => known(limits(), |it| format!("{:.2}", it.upper)),
        "lower limit" => {
            known(limits(), |it| it.lower.map_or("not drawn".to_owned(), |it| format!("{it:.2}")))
        }
        "range" => known(limits(), |it| format!("{:.2}", it.range)),
        "upper range" => known(limits(), |it| format!("{:.2}", it.upper_range)),
        "limits" => known(chart().segments.first()?.limits, |it| {
            format!("{:.2} to {:.2}", it.lower.unwrap_or(0.0), it.upper)
        }),
        "findings" => {
            let found = chart().findings;
            if found.is_empty() {
                "none".to_owned()
            } else {
                found
                    .iter()
                    .map(|it| format!("{} {} {}", it.at + 1, name(it.rule), side(it.side)))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
        }
        "suggested break" => chart().suggested_break().map_or("none".to_owned(), |it| (it + 1).to_string()),
        _ => return None,
    }))
}
