//! The tiny language of the worked examples.
//!
//! A `history` block is one fact a line. Settings come first: `today DAY`, `zone NAME`, `count working`,
//! `holiday DAY`, `start first|wipe`, `finish first`, `stages without waiting`, `stalled after N days`,
//! `sle N % in N d`. Then items: `NAME created TIME, STAGE TIME, …` where a part can also be `type CODE`,
//! `estimate N [TIME]`, `into SPRINT [TIME]`, `out of SPRINT TIME`, `blocked TIME [to TIME] by CAUSE`,
//! `priority TIME`, `active TIME` and `won't do TIME`. Then `sprint NAME TIME to TIME`,
//! `deployment NAME TIME [caused a failure], commit TIME [written TIME], fix TIME`, `incident TIME [to TIME]` and
//! `values N N N …`. A time is `2024-03-04 09:00`, or a day alone for its noon.

use std::collections::BTreeMap;

use headway_domain::{
    id::{DeploymentId, UnitId},
    time::{Day, Instant, Zone},
    work::{
        BlockedRule, Calendar, Category, CodeChange, DayCount, Deployment, DeploymentOutcome, FinishPolicy,
        Sle, Stage, StageIx, StartPolicy, WorkType, Workflow,
    },
};
use headway_flow::{
    dora::Incident,
    history::{BlockedCause, BlockedSpan, History, Move, Timed},
    item::Item,
};

/// A fenced block of a page.
pub struct Block<'a> {
    pub kind: &'a str,
    pub line: usize,
    pub lines: Vec<String>,
}

/// The fenced blocks of a page, without empty lines.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(kind), None) => open = Some(Block { kind, line: number + 1, lines: Vec::new() }),
            (None, Some(mut block)) => {
                if !line.trim().is_empty() {
                    block.lines.push(line.trim().to_owned());
                }
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The facts of a `history` block.
pub struct Example {
    pub workflow: Workflow,
    pub today: Day,
    pub histories: BTreeMap<String, History>,
    pub items: BTreeMap<String, Item>,
    pub sprints: Vec<(String, Instant, Instant)>,
    pub deployments: Vec<Deployment>,
    pub incidents: Vec<Incident>,
    pub values: Vec<f64>,
}

type Read<T> = Result<T, String>;

impl Example {
    pub fn read(lines: &[String]) -> Read<Self> {
        let mut example = Example {
            workflow: workflow(),
            today: Day(0),
            histories: BTreeMap::new(),
            items: BTreeMap::new(),
            sprints: Vec::new(),
            deployments: Vec::new(),
            incidents: Vec::new(),
            values: Vec::new(),
        };
        for line in lines {
            example.line(line).map_err(|why| format!("{line}: {why}"))?;
        }
        for (name, history) in &mut example.histories {
            history.sort();
            history.estimates.sort_by_key(|it| it.at);
            example.items.insert(name.clone(), Item::of(history, &example.workflow));
        }
        Ok(example)
    }

    /// The instant "now": the end of today.
    pub fn now(&self) -> Instant {
        self.workflow.calendar.end_of(self.today)
    }

    pub fn item(&self, name: &str) -> Read<&Item> {
        self.items.get(name).ok_or_else(|| format!("there is no item {name:?}"))
    }

    pub fn all(&self) -> Vec<&Item> {
        self.items.values().collect()
    }

    pub fn stage(&self, name: &str) -> Read<StageIx> {
        let position = self.workflow.stages.iter().position(|it| it.name == name);
        position.map(|it| it as StageIx).ok_or_else(|| format!("there is no stage {name:?}"))
    }

    pub fn time(&self, text: &str) -> Read<Instant> {
        let text = text.trim();
        let civil = if text.len() == 10 { format!("{text} 12:00") } else { text.to_owned() };
        let civil = civil.parse().map_err(|why| format!("{text:?} is no time: {why}"))?;
        self.workflow.calendar.zone.instant_of(civil).ok_or_else(|| format!("{text:?} is no time"))
    }

    fn line(&mut self, line: &str) -> Read<()> {
        let (word, rest) = line.split_once(' ').ok_or("a line needs two words")?;
        match word {
            "today" => self.today = day(rest)?,
            "zone" => self.workflow.calendar.zone = Zone::named(rest).map_err(|it| it.to_string())?,
            "count" if rest == "working" => self.workflow.calendar.count = DayCount::Working,
            "holiday" => {
                self.workflow.calendar.holidays.insert(day(rest)?);
            }
            "start" => self.workflow.start = StartPolicy::from_code(rest).ok_or("no such policy")?,
            "finish" => self.workflow.finish = FinishPolicy::from_code(rest).ok_or("no such policy")?,
            "stages" if rest == "without waiting" => {
                self.workflow.stages.retain(|it| it.category != Category::Waiting);
            }
            "stalled" => {
                let days = rest.strip_prefix("after ").and_then(|it| it.strip_suffix(" days"));
                self.workflow.stalled_after_days = parse(days.ok_or("stalled after N days")?)?;
            }
            "sle" => {
                let (percent, days) = rest.split_once(" % in ").ok_or("sle N % in N d")?;
                let days = days.strip_suffix(" d").ok_or("sle N % in N d")?;
                self.workflow.sle = Some(Sle { percent: parse(percent)?, days: parse(days)? });
            }
            "sprint" => {
                let (name, span) = rest.split_once(' ').ok_or("sprint NAME TIME to TIME")?;
                let (starts, ends) = span.split_once(" to ").ok_or("sprint NAME TIME to TIME")?;
                self.sprints.push((name.to_owned(), self.time(starts)?, self.time(ends)?));
            }
            "deployment" => self.deployment(rest)?,
            "incident" => {
                let (opened, closed) = rest.split_once(" to ").map_or((rest, None), |(a, b)| (a, Some(b)));
                let closed = closed.map(|it| self.time(it)).transpose()?;
                self.incidents.push(Incident { opened: self.time(opened)?, closed });
            }
            "values" => {
                self.values = rest.split_whitespace().map(parse).collect::<Read<_>>()?;
            }
            name => self.item_line(name, rest)?,
        }
        Ok(())
    }

    fn item_line(&mut self, name: &str, rest: &str) -> Read<()> {
        let mut history = History { work_type: WorkType::Feature, ..History::default() };
        for (position, part) in rest.split(", ").enumerate() {
            if position == 0 {
                let created = part.strip_prefix("created ").ok_or("an item begins with NAME created TIME")?;
                history.created = self.time(created)?;
                history.first = Some(self.stage("To do")?);
            } else {
                self.part(&mut history, part)?;
            }
        }
        self.histories.insert(name.to_owned(), history);
        Ok(())
    }

    fn part(&self, history: &mut History, part: &str) -> Read<()> {
        if let Some(code) = part.strip_prefix("type ") {
            history.work_type = WorkType::from_code(code).ok_or("no such type")?;
        } else if let Some(estimate) = part.strip_prefix("estimate ") {
            let (number, at) = estimate.split_once(' ').map_or((estimate, None), |(n, at)| (n, Some(at)));
            let at = at.map_or(Ok(history.created), |it| self.time(it))?;
            history.estimates.push(Timed { at, value: Some(parse(number)?) });
        } else if let Some(sprint) = part.strip_prefix("into ") {
            let (key, at) = sprint.split_once(' ').map_or((sprint, None), |(key, at)| (key, Some(at)));
            let at = at.map_or(Ok(history.created), |it| self.time(it))?;
            history.iterations.push(Timed { at, value: vec![key.to_owned()] });
        } else if let Some(sprint) = part.strip_prefix("out of ") {
            let (_, at) = sprint.split_once(' ').ok_or("out of SPRINT TIME")?;
            history.iterations.push(Timed { at: self.time(at)?, value: Vec::new() });
        } else if let Some(blocked) = part.strip_prefix("blocked ") {
            let (span, cause) = blocked.split_once(" by ").ok_or("blocked TIME [to TIME] by CAUSE")?;
            let (from, until) = span.split_once(" to ").map_or((span, None), |(a, b)| (a, Some(b)));
            let until = until.map(|it| self.time(it)).transpose()?;
            let cause = BlockedCause::Flag(cause.to_owned());
            history.blocked.push(BlockedSpan { from: self.time(from)?, until, cause });
        } else if let Some(at) = part.strip_prefix("priority ") {
            history.reprioritised.push(self.time(at)?);
        } else if let Some(at) = part.strip_prefix("active ") {
            history.activity.push(self.time(at)?);
        } else if let Some(at) = part.strip_prefix("won't do ") {
            history.cancelled_at = Some(self.time(at)?);
        } else {
            let stage = self.workflow.stages.iter().find(|it| part.starts_with(&format!("{} 2", it.name)));
            let stage = &stage.ok_or_else(|| format!("{part:?} is not understood"))?.name;
            let at = self.time(&part[stage.len()..])?;
            history.moves.push(Move { at, to: self.stage(stage)? });
        }
        Ok(())
    }

    fn deployment(&mut self, rest: &str) -> Read<()> {
        let mut parts = rest.split(", ");
        let head = parts.next().ok_or("deployment NAME TIME")?;
        let (head, is_proxy) = head.strip_suffix(" inferred").map_or((head, false), |it| (it, true));
        let (head, outcome) = match head.strip_suffix(" caused a failure") {
            Some(head) => (head, DeploymentOutcome::CausedFailure),
            None => match head.strip_suffix(" failed") {
                Some(head) => (head, DeploymentOutcome::Failed),
                None => (head, DeploymentOutcome::Succeeded),
            },
        };
        let (key, at) = head.split_once(' ').ok_or("deployment NAME TIME")?;
        let mut changes = Vec::new();
        for part in parts {
            let (is_repair, times) = match part.strip_prefix("fix ") {
                Some(times) => (true, times),
                None => {
                    (false, part.strip_prefix("commit ").ok_or("a deployment carries commits and fixes")?)
                }
            };
            let (committed, authored) = times.split_once(" written ").unwrap_or((times, times));
            let (committed_at, authored_at) = (self.time(committed)?, self.time(authored)?);
            changes.push(CodeChange { authored_at, committed_at, is_repair });
        }
        self.deployments.push(Deployment {
            id: DeploymentId(uuid::Uuid::nil()),
            unit: UnitId(uuid::Uuid::nil()),
            key: key.to_owned(),
            finished_at: self.time(at)?,
            outcome,
            environment: "production".to_owned(),
            is_proxy,
            changes,
        });
        Ok(())
    }
}

/// The workflow of all examples, unless they say otherwise.
fn workflow() -> Workflow {
    let stage = |name: &str, category| Stage { name: name.to_owned(), category };
    Workflow {
        stages: vec![
            stage("To do", Category::Todo),
            stage("In progress", Category::Active),
            stage("Waiting", Category::Waiting),
            stage("Review", Category::Active),
            stage("Done", Category::Done),
            stage("Cancelled", Category::Cancelled),
        ],
        states: std::collections::HashMap::new(),
        kinds: Vec::new(),
        blocked: BlockedRule::default(),
        cancelled_resolutions: Vec::new(),
        start: StartPolicy::Last,
        finish: FinishPolicy::Last,
        calendar: Calendar::default(),
        sle: None,
        wip_limit: None,
        stalled_after_days: 5,
    }
}

pub fn day(text: &str) -> Read<Day> {
    text.trim().parse().map_err(|why| format!("{text:?} is no day: {why}"))
}

pub fn parse<T: std::str::FromStr>(text: &str) -> Read<T> {
    text.trim().parse().map_err(|_| format!("{text:?} is no number"))
}
