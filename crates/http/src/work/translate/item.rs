//! Items and lists of them.

use headway_app::work::{ItemDetail, ItemLine};
use headway_domain::{
    id::ItemId,
    work::{HistoryExtent, LinkKind},
};
use headway_flow::{history::BlockedCause, item::Standing};

use crate::{organisation::handlers::unit_ref, work::wire};

pub fn item_line(line: ItemLine, state: Option<String>) -> wire::ItemSummary {
    wire::ItemSummary {
        id: line.id.to_string(),
        label: line.label,
        title: line.title,
        unit: unit_ref(&line.unit),
        kind: line.kind,
        work_type: line.work_type.code().to_owned(),
        state,
        stage: line.stage,
        progress: match line.standing {
            Standing::NotStarted => "not_started",
            Standing::InProgress => "in_progress",
            Standing::Finished => "finished",
            Standing::Cancelled => "cancelled",
        }
        .to_owned(),
        created_at: line.created_at.to_string(),
        started_at: line.started_at.map(|at| at.to_string()),
        finished_at: line.left_at.map(|at| at.to_string()),
        age_days: line.age_days,
        cycle_time_days: line.cycle_time_days,
        is_blocked: line.is_blocked,
    }
}

pub fn cause(cause: &BlockedCause) -> String {
    match cause {
        BlockedCause::Flag(value) => value.clone(),
        BlockedCause::State(state) => state.clone(),
        BlockedCause::Label(label) => label.clone(),
        BlockedCause::Item(key) => format!("waits for {key}"),
    }
}

pub fn item_detail(detail: ItemDetail) -> wire::Item {
    let days = |seconds: f64| seconds / 86_400.0;
    let fact = |measure: &str, value: Option<f64>, unit: &str, because: String| wire::ItemFact {
        measure: measure.to_owned(),
        value,
        unit: unit.to_owned(),
        because,
    };
    let line = &detail.line;
    let cycle_time_because = match (line.standing, line.started_at, line.left_at) {
        (Standing::Finished, Some(from), Some(until)) => {
            format!("started {from}, finished {until}, both days counted")
        }
        (Standing::Finished, None, _) => {
            "no start was observed: it went from not started straight to done".to_owned()
        }
        (Standing::Cancelled, ..) => "it left without being delivered".to_owned(),
        _ => "it is not finished".to_owned(),
    };
    let mut facts = vec![fact("cycle_time", line.cycle_time_days.map(f64::from), "days", cycle_time_because)];
    facts.push(fact(
        "lead_time",
        detail.lead_time_days.map(f64::from),
        "days",
        format!("created {}", line.created_at),
    ));
    if let Some(age) = line.age_days {
        let because =
            line.started_at.map_or_else(String::new, |at| format!("started {at}, up to {}", detail.today));
        facts.push(fact("work_item_age", Some(f64::from(age)), "days", because));
    }
    facts.push(fact(
        "blocked_time",
        Some(days(detail.blocked_seconds)),
        "days",
        format!("the union of {} blocked periods while in progress", detail.blocked.len()),
    ));
    let item = detail.item;
    wire::Item {
        visits: detail
            .visits
            .into_iter()
            .map(|visit| wire::StageVisit {
                days: days(visit.until.unwrap_or(detail.end).seconds_since(visit.from).max(0.0)),
                stage: visit.stage,
                category: visit.category.code().to_owned(),
                from: visit.from.to_string(),
                until: visit.until.map(|at| at.to_string()),
            })
            .collect(),
        blocked: detail
            .blocked
            .iter()
            .map(|span| wire::BlockedPeriod {
                from: span.from.to_string(),
                until: span.until.map(|at| at.to_string()),
                cause: cause(&span.cause),
            })
            .collect(),
        facts,
        tracker: detail.tracker,
        url: item.url,
        resolution: item.resolution,
        estimate: item.estimate,
        parent: item.parent,
        priority: item.priority,
        labels: item.labels,
        links: item
            .links
            .into_iter()
            .map(|link| wire::ItemLink {
                kind: match link.kind {
                    LinkKind::BlockedBy => "blocked_by",
                    LinkKind::Blocks => "blocks",
                    LinkKind::Related => "related",
                }
                .to_owned(),
                id: detail.linked.get(&link.to).map(ItemId::to_string),
                to: link.to,
            })
            .collect(),
        history_extent: match item.extent {
            HistoryExtent::None => "none",
            HistoryExtent::Partial => "partial",
            HistoryExtent::Complete => "complete",
        }
        .to_owned(),
        changes: item
            .changes
            .into_iter()
            .map(|change| wire::ItemChange {
                at: change.at.to_string(),
                field: change.field.code().to_owned(),
                from: change.from,
                to: change.to,
            })
            .collect(),
        summary: item_line(detail.line, Some(item.state)),
    }
}
