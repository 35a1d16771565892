//! Between the words of the work wing and their wire forms.

use headway_app::work::import::{
    DialectChoice, FileReport, ImportView, MappingView, Quality, meaning, possible_steps,
};
use headway_app::work::{ItemDetail, ItemLine};
use headway_domain::{
    id::ItemId,
    organisation::UnitTree,
    time::{Day, Zone},
    work::{
        BlockedRule, Calendar, Category, Counts, DayCount, Disposition, FinishPolicy, GroupRule,
        HistoryExtent, KindRule, LinkKind, Mapping, Sle, Stage, StageIx, StartPolicy, StateRule, Step,
        WorkType, Workflow,
    },
};
use headway_flow::{history::BlockedCause, item::Standing};

use super::wire;
use crate::{
    insight::wire::UnitRef,
    organisation::handlers::unit_ref,
    problem::{Problem, Result},
};

pub fn step_from_code(code: &str) -> Option<Step> {
    Some(match code {
        "dry_run" => Step::DryRun,
        "start" => Step::Start,
        "pause" => Step::Pause,
        "resume" => Step::Resume,
        "approve" => Step::Approve,
        "roll_back" => Step::RollBack,
        "abandon" => Step::Abandon,
        _ => return None,
    })
}

fn step_code(step: Step) -> Option<&'static str> {
    Some(match step {
        Step::Remap => "remap",
        Step::DryRun => "dry_run",
        Step::Start => "start",
        Step::Pause => "pause",
        Step::Resume => "resume",
        Step::Approve => "approve",
        Step::RollBack => "roll_back",
        Step::Abandon => "abandon",
        Step::Checked
        | Step::Reread
        | Step::DryRunDone
        | Step::Stored
        | Step::TakenBack
        | Step::Obstructed => return None,
    })
}

pub fn import(view: ImportView) -> wire::Import {
    let steps = possible_steps(&view.import).into_iter().filter_map(step_code).map(str::to_owned).collect();
    let gone = UnitRef {
        id: view.import.unit.to_string(),
        key: String::new(),
        name: "deleted".to_owned(),
        kind: "team".to_owned(),
    };
    wire::Import {
        id: view.import.id.to_string(),
        tracker: view.tracker,
        unit: view.unit.as_ref().map_or(gone, unit_ref),
        state: view.import.state.code().to_owned(),
        steps,
        created_at: view.import.created_at.to_string(),
        updated_at: view.import.updated_at.to_string(),
        files: view.files.into_iter().map(file).collect(),
        counts: counts(view.import.counts),
        forecast: view.import.forecast.map(counts),
        position: view.import.position,
        total: view.import.total,
        trouble: view.import.trouble,
    }
}

fn file(file: FileReport) -> wire::ImportFile {
    wire::ImportFile {
        name: file.name,
        upload: u32::try_from(file.upload).unwrap_or(u32::MAX),
        bytes: file.bytes,
        format: file.format,
        dialect: file.dialect.map(|dialect| wire::DialectBody {
            delimiter: dialect.delimiter.map(|byte| char::from(byte).to_string()),
            encoding: dialect.encoding,
            date_order: dialect.date_order,
            date_order_is_certain: dialect.date_order_is_certain,
            zone: dialect.zone,
        }),
        can: file.can,
        cannot: file.cannot,
        reason: file.reason,
    }
}

pub fn dialect(body: wire::DialectBody) -> Result<DialectChoice> {
    let delimiter = match body.delimiter.as_deref().map(str::as_bytes) {
        None | Some([]) => None,
        Some([byte]) => Some(*byte),
        Some(_) => return Err(Problem::invalid("delimiter", "expected one character of ASCII")),
    };
    let choice = DialectChoice {
        delimiter,
        encoding: body.encoding,
        date_order: body.date_order,
        date_order_is_certain: true,
        zone: body.zone,
    };
    choice.to_dialect()?;
    Ok(choice)
}

pub fn counts(counts: Counts) -> wire::ImportCounts {
    wire::ImportCounts {
        read: counts.read,
        added: counts.added,
        updated: counts.updated,
        unchanged: counts.unchanged,
        skipped: counts.skipped,
        failed: counts.failed,
        warned: counts.warned,
        changes: counts.changes,
        state_changes: counts.state_changes,
        never_started: counts.never_started,
        iterations: counts.iterations,
        deployments: counts.deployments,
        commits: counts.commits,
    }
}

pub fn quality(quality: Quality) -> wire::Quality {
    let oddities = quality.findings.into_iter().map(|(finding, count)| {
        let meaning = meaning(finding);
        wire::OddityCount {
            code: finding.code().to_owned(),
            severity: meaning.severity.code().to_owned(),
            count,
            meaning: meaning.text.to_owned(),
        }
    });
    wire::Quality {
        counts: counts(quality.counts),
        oddities: oddities.collect(),
        first_day: quality.span.map(|(first, _)| first.to_string()),
        last_day: quality.span.map(|(_, last)| last.to_string()),
    }
}

pub fn mapping_page(view: &MappingView) -> wire::MappingPage {
    let census = &view.census;
    let named = |counts: &std::collections::BTreeMap<String, u64>| -> Vec<wire::NameCount> {
        let mut named: Vec<_> = counts
            .iter()
            .map(|(name, count)| wire::NameCount { name: name.clone(), count: *count })
            .collect();
        named.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        named
    };
    let mut labels = named(&census.labels);
    labels.truncate(200);
    wire::MappingPage {
        states: census
            .states
            .iter()
            .map(|(state, count)| wire::StateFacts {
                state: state.clone(),
                items: count.items,
                entries: count.entries,
                hint: count.hint.map(|category| category.code().to_owned()),
            })
            .collect(),
        kinds: named(&census.kinds),
        groups: named(&census.groups),
        resolutions: named(&census.resolutions),
        flags: named(&census.flags),
        labels,
        gaps: view.mapping.gaps().into_iter().map(|gap| gap.to_string()).collect(),
        mapping: mapping(&view.mapping, &view.units),
    }
}

fn stages(stages: &[Stage]) -> Vec<wire::StageBody> {
    let body = |stage: &Stage| wire::StageBody {
        name: stage.name.clone(),
        category: stage.category.code().to_owned(),
    };
    stages.iter().map(body).collect()
}

fn kinds(kinds: &[KindRule]) -> Vec<wire::KindRuleBody> {
    let body = |rule: &KindRule| wire::KindRuleBody {
        kind: rule.kind.clone(),
        work_type: rule.work_type.code().to_owned(),
    };
    kinds.iter().map(body).collect()
}

fn blocked(rule: &BlockedRule) -> wire::BlockedRuleBody {
    wire::BlockedRuleBody {
        flags: rule.flags.clone(),
        states: rule.states.clone(),
        labels: rule.labels.clone(),
        links: rule.links,
    }
}

fn mapping(mapping: &Mapping, units: &UnitTree) -> wire::MappingBody {
    let group = |rule: &GroupRule| {
        let mut body =
            wire::GroupRuleBody { group: rule.group.clone(), team: None, new_team: None, skip: false };
        match &rule.to {
            Disposition::Team(id) => body.team = units.get(*id).map(|unit| unit.key.clone()),
            Disposition::NewTeam(name) => body.new_team = Some(name.clone()),
            Disposition::Skip => body.skip = true,
        }
        body
    };
    wire::MappingBody {
        stages: stages(&mapping.stages),
        states: mapping
            .states
            .iter()
            .map(|rule| wire::StateRuleBody { state: rule.state.clone(), stage: rule.stage.clone() })
            .collect(),
        kinds: kinds(&mapping.kinds),
        groups: mapping.groups.iter().map(group).collect(),
        blocked: blocked(&mapping.blocked),
        cancelled_resolutions: mapping.cancelled_resolutions.clone(),
    }
}

fn category(code: &str) -> Result<Category> {
    Category::from_code(code)
        .ok_or_else(|| Problem::invalid("category", "expected todo, active, waiting, done or cancelled"))
}

pub fn work_type(code: &str) -> Result<WorkType> {
    WorkType::from_code(code)
        .ok_or_else(|| Problem::invalid("work_type", "expected feature, defect, debt, risk or unmapped"))
}

fn stages_of(stages: Vec<wire::StageBody>) -> Result<Vec<Stage>> {
    let stage = |body: wire::StageBody| Ok(Stage { category: category(&body.category)?, name: body.name });
    stages.into_iter().map(stage).collect()
}

fn kinds_of(kinds: Vec<wire::KindRuleBody>) -> Result<Vec<KindRule>> {
    let kind =
        |body: wire::KindRuleBody| Ok(KindRule { work_type: work_type(&body.work_type)?, kind: body.kind });
    kinds.into_iter().map(kind).collect()
}

fn blocked_of(body: wire::BlockedRuleBody) -> BlockedRule {
    BlockedRule { flags: body.flags, states: body.states, labels: body.labels, links: body.links }
}

pub fn mapping_of(body: wire::MappingBody, units: &UnitTree) -> Result<Mapping> {
    let group = |body: wire::GroupRuleBody| {
        let to = headway_app::work::import::mapping_text::disposition(
            body.team.as_deref(),
            body.new_team,
            body.skip,
            units,
        );
        let to = to.map_err(|why| Problem::invalid("groups", format!("group {:?}: {why}", body.group)))?;
        Ok(GroupRule { group: body.group, to })
    };
    Ok(Mapping {
        stages: stages_of(body.stages)?,
        states: body
            .states
            .into_iter()
            .map(|rule| StateRule { state: rule.state, stage: rule.stage })
            .collect(),
        kinds: kinds_of(body.kinds)?,
        groups: body.groups.into_iter().map(group).collect::<Result<_>>()?,
        blocked: blocked_of(body.blocked),
        cancelled_resolutions: body.cancelled_resolutions,
    })
}

pub fn workflow(workflow: &Workflow) -> wire::WorkflowBody {
    let mut states: Vec<_> = workflow
        .states
        .iter()
        .map(|(state, stage)| wire::StateRuleBody {
            state: state.clone(),
            stage: workflow.stages.get(usize::from(*stage)).map(|it| it.name.clone()).unwrap_or_default(),
        })
        .collect();
    states.sort_by(|a, b| a.state.cmp(&b.state));
    wire::WorkflowBody {
        stages: stages(&workflow.stages),
        states,
        kinds: kinds(&workflow.kinds),
        blocked: blocked(&workflow.blocked),
        cancelled_resolutions: workflow.cancelled_resolutions.clone(),
        start: workflow.start.code().to_owned(),
        finish: workflow.finish.code().to_owned(),
        zone: workflow.calendar.zone.name().to_owned(),
        workdays: workflow.calendar.workdays.into(),
        holidays: workflow.calendar.holidays.iter().map(Day::to_string).collect(),
        count_days: match workflow.calendar.count {
            DayCount::Calendar => "calendar".to_owned(),
            DayCount::Working => "working".to_owned(),
        },
        sle_percent: workflow.sle.map(|sle| sle.percent),
        sle_days: workflow.sle.map(|sle| sle.days),
        wip_limit: workflow.wip_limit,
        stalled_after_days: workflow.stalled_after_days,
    }
}

pub fn workflow_of(body: wire::WorkflowBody) -> Result<Workflow> {
    let stages = stages_of(body.stages)?;
    let mut states = std::collections::HashMap::new();
    for rule in body.states.into_iter().filter(|rule| !rule.stage.is_empty()) {
        let position = stages.iter().position(|stage| stage.name == rule.stage);
        let position = position.and_then(|it| StageIx::try_from(it).ok()).ok_or_else(|| {
            Problem::invalid(
                "states",
                format!(
                    "state {:?} is mapped to {:?}, which is not one of the stages",
                    rule.state, rule.stage
                ),
            )
        })?;
        states.insert(rule.state, position);
    }
    let holiday = |text: String| {
        text.parse::<Day>()
            .map_err(|_| Problem::invalid("holidays", format!("{text:?} is not a day such as 2026-12-25")))
    };
    let sle = match (body.sle_percent, body.sle_days) {
        (Some(percent @ 1..=99), Some(days @ 1..=10_000)) => Some(Sle { percent, days }),
        (None, None) => None,
        _ => {
            return Err(Problem::invalid(
                "sle_days",
                "give both a percentage from 1 to 99 and days from 1 to 10000, or neither",
            ));
        }
    };
    Ok(Workflow {
        stages,
        states,
        kinds: kinds_of(body.kinds)?,
        blocked: blocked_of(body.blocked),
        cancelled_resolutions: body.cancelled_resolutions,
        start: StartPolicy::from_code(&body.start)
            .ok_or_else(|| Problem::invalid("start", "expected last, first or wipe"))?,
        finish: FinishPolicy::from_code(&body.finish)
            .ok_or_else(|| Problem::invalid("finish", "expected last or first"))?,
        calendar: Calendar {
            zone: Zone::named(&body.zone).map_err(|error| Problem::invalid("zone", error.to_string()))?,
            workdays: body
                .workdays
                .try_into()
                .map_err(|_| Problem::invalid("workdays", "expected seven values, Monday first"))?,
            holidays: body.holidays.into_iter().map(holiday).collect::<Result<_>>()?,
            count: match body.count_days.as_str() {
                "calendar" => DayCount::Calendar,
                "working" => DayCount::Working,
                _ => return Err(Problem::invalid("count_days", "expected calendar or working")),
            },
        },
        sle,
        wip_limit: match body.wip_limit {
            Some(0 | 100_001..) => return Err(Problem::invalid("wip_limit", "expected 1 to 100000")),
            limit => limit,
        },
        stalled_after_days: match body.stalled_after_days {
            days @ 1..=1000 => days,
            _ => return Err(Problem::invalid("stalled_after_days", "expected 1 to 1000")),
        },
    })
}

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
