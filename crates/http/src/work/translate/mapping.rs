//! Mappings and workflows: how a tracker's words are read.

use headway_app::work::import::MappingView;
use headway_domain::{
    organisation::UnitTree,
    time::{Day, Zone},
    work::{
        BlockedRule, Calendar, Category, DayCount, Disposition, FinishPolicy, GroupRule, KindRule, Mapping,
        Sle, Stage, StageIx, StartPolicy, StateRule, WorkType, Workflow,
    },
};

use crate::{
    problem::{Problem, Result},
    work::wire,
};

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
