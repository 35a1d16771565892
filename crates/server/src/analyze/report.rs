//! What is told of work histories, in stable names: the JSON of `headway analyze`, and the base of its table.

use headway_app::work::import::{FileReport, Finding, meaning};
use headway_domain::{
    time::{Day, Instant},
    work::{Category, Mapping, StageIx, Workflow},
};
use headway_flow::{
    percentile::Summary,
    period::{Grain, Window},
    throughput,
};
use serde::Serialize;

use super::{
    forecast::{Calibration, Forecast, Question},
    tally::{Open, Tally},
};

/// Everything that is told.
#[derive(Debug, Serialize)]
pub struct Report {
    pub files: Vec<FileReport>,
    pub window: WindowText,
    pub policies: Policies,
    pub counts: CountsText,
    pub stages: Vec<StageText>,
    pub cycle_time: CycleTime,
    pub throughput: Throughput,
    pub wip: Wip,
    pub aging: Vec<AgingStage>,
    pub oldest: Vec<OldestItem>,
    pub cumulative_flow: CumulativeFlow,
    pub flow_efficiency: Efficiency,
    pub forecast: Forecast,
    pub calibration: Calibration,
    pub quality: Vec<Oddness>,
    /// Whether single rows were looked at for oddities; on the short way only items are.
    pub quality_of_rows: bool,
    pub parity: Option<Parity>,
}

#[derive(Debug, Serialize)]
pub struct WindowText {
    pub from: String,
    pub to: String,
    pub today: String,
}

#[derive(Debug, Serialize)]
pub struct Policies {
    pub start: &'static str,
    pub finish: &'static str,
    /// `calendar` or `working`.
    pub days: &'static str,
    pub zone: String,
}

/// Counts over everything in the files, whatever the window.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq, Eq)]
pub struct CountsText {
    pub items: u64,
    pub changes: u64,
    pub state_changes: u64,
    pub never_started: u64,
    pub finished: u64,
    pub cancelled: u64,
    pub in_progress: u64,
    pub not_started: u64,
    pub undated: u64,
    pub skipped: u64,
    pub unreadable_rows: u64,
    pub teams: u64,
    pub iterations: u64,
    pub deployments: u64,
    pub commits: u64,
}

#[derive(Debug, Serialize)]
pub struct StageText {
    pub name: String,
    pub category: &'static str,
    pub states: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct Percentiles {
    pub n: usize,
    pub p50: u32,
    pub p70: u32,
    pub p85: u32,
    pub p95: u32,
    pub least: u32,
    pub most: u32,
}

impl From<Summary<u32>> for Percentiles {
    fn from(it: Summary<u32>) -> Self {
        Percentiles {
            n: it.n,
            p50: it.p50,
            p70: it.p70,
            p85: it.p85,
            p95: it.p95,
            least: it.least,
            most: it.most,
        }
    }
}

/// Days from start to finish, both counted, of what was finished in the window.
#[derive(Debug, Serialize)]
pub struct CycleTime {
    pub all: Option<Percentiles>,
    /// Finished without having been in progress: in no percentile.
    pub never_started: u64,
    pub teams: Vec<TeamRow>,
}

#[derive(Debug, Serialize)]
pub struct TeamRow {
    pub team: String,
    pub finished: u64,
    pub never_started: u64,
    pub in_progress: u64,
    pub cycle_time: Option<Percentiles>,
}

/// Items by week and by day; the days begin with `window.from`.
#[derive(Debug, Serialize)]
pub struct Throughput {
    pub finished: u64,
    pub per_week: Option<f64>,
    pub weeks: Vec<Week>,
    pub days: Vec<u32>,
}

#[derive(Debug, Serialize)]
pub struct Week {
    pub start: String,
    pub created: u32,
    pub started: u32,
    pub finished: u32,
    pub cancelled: u32,
    pub is_partial: bool,
}

/// Items in progress at the end of each day of the window.
#[derive(Debug, Serialize)]
pub struct Wip {
    pub now: u32,
    pub mean: Option<f64>,
    pub days: Vec<u32>,
}

/// Ages of what is in a stage today, and at which age finished items had left it.
#[derive(Debug, Serialize)]
pub struct AgingStage {
    pub stage: String,
    pub category: &'static str,
    pub items: u64,
    pub oldest_days: Option<u32>,
    pub p50_days: Option<u32>,
    pub p85_days: Option<u32>,
    pub pace: Option<Percentiles>,
}

#[derive(Debug, Serialize)]
pub struct OldestItem {
    pub item: String,
    pub team: String,
    pub stage: String,
    pub age_days: u32,
    pub stage_days: u32,
}

/// Items that had reached each stage by the end of each day of the window.
#[derive(Debug, Serialize)]
pub struct CumulativeFlow {
    pub stages: Vec<ReachedStage>,
}

#[derive(Debug, Serialize)]
pub struct ReachedStage {
    pub stage: String,
    pub category: &'static str,
    pub days: Vec<u64>,
}

#[derive(Debug, Serialize)]
pub struct Efficiency {
    /// `ok`, `not_configured` (no stage says that items wait) or `no_data`.
    pub state: &'static str,
    pub ratio: Option<f64>,
    pub items: usize,
    pub active_days: f64,
    pub waiting_days: f64,
}

#[derive(Debug, Serialize)]
pub struct Oddness {
    pub code: &'static str,
    pub severity: &'static str,
    pub count: u64,
    pub meaning: &'static str,
}

/// What another tool would show of the same items.
#[derive(Debug, Serialize)]
pub struct Parity {
    pub tool: &'static str,
    pub items: usize,
    pub not_started: usize,
    pub p50: Option<f64>,
    pub p85: Option<f64>,
}

/// What the figures are made of.
pub struct Basis<'a> {
    pub files: Vec<FileReport>,
    pub mapping: &'a Mapping,
    pub tally: &'a Tally,
    /// Changes, rows and everything else that is not an item.
    pub counts: CountsText,
    pub findings: Vec<(Finding, u64)>,
    pub quality_of_rows: bool,
    pub parity: Option<Parity>,
    /// The first and the last instant of the data.
    pub span: Option<(Instant, Instant)>,
}

/// What is asked.
pub struct Asked {
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub today: Option<Day>,
    pub real_today: Day,
    pub question: Question,
}

impl Report {
    pub fn of(basis: Basis<'_>, asked: &Asked) -> Self {
        let tally = basis.tally;
        let workflow = &tally.workflow;
        let days =
            basis.span.map(|(first, last)| (workflow.calendar.day_of(first), workflow.calendar.day_of(last)));
        let today = asked
            .today
            .unwrap_or_else(|| headway_app::insight::today_of(days.map(|it| it.1), asked.real_today));
        let last = asked.to.unwrap_or(today);
        let first = asked.from.or(days.map(|it| it.0)).unwrap_or(last).max(Day(0));
        let window = Window { first: first.min(last), last };
        let (forecast, calibration) = super::forecast::of(tally, today, &asked.question);
        Report {
            window: WindowText {
                from: window.first.to_string(),
                to: last.to_string(),
                today: today.to_string(),
            },
            policies: policies(workflow),
            counts: counts(tally, basis.counts),
            stages: stages(basis.mapping),
            cycle_time: cycle_time(tally),
            throughput: throughput_of(tally, window),
            wip: wip(tally, window),
            aging: aging(tally, today),
            oldest: oldest(tally, today),
            cumulative_flow: cumulative_flow(tally, window),
            flow_efficiency: efficiency(tally),
            forecast,
            calibration,
            quality: quality(basis.findings),
            quality_of_rows: basis.quality_of_rows,
            parity: basis.parity,
            files: basis.files,
        }
    }
}

fn policies(workflow: &Workflow) -> Policies {
    Policies {
        start: workflow.start.code(),
        finish: workflow.finish.code(),
        days: match workflow.calendar.count {
            headway_domain::work::DayCount::Calendar => "calendar",
            headway_domain::work::DayCount::Working => "working",
        },
        zone: workflow.calendar.zone.name().to_owned(),
    }
}

fn counts(tally: &Tally, others: CountsText) -> CountsText {
    let all = tally.standings;
    CountsText {
        items: all.items + others.skipped,
        never_started: all.never_started,
        finished: all.finished,
        cancelled: all.cancelled,
        in_progress: all.in_progress,
        not_started: all.not_started,
        undated: all.undated,
        teams: tally.teams.len() as u64,
        ..others
    }
}

fn stages(mapping: &Mapping) -> Vec<StageText> {
    let stage = |stage: &headway_domain::work::Stage| StageText {
        name: stage.name.clone(),
        category: stage.category.code(),
        states: mapping
            .states
            .iter()
            .filter(|it| it.stage == stage.name)
            .map(|it| it.state.clone())
            .collect(),
    };
    mapping.stages.iter().map(stage).collect()
}

fn cycle_time(tally: &Tally) -> CycleTime {
    let mut teams: Vec<TeamRow> = tally
        .teams
        .iter()
        .map(|team| TeamRow {
            team: team.name.clone(),
            finished: team.finished,
            never_started: team.never_started,
            in_progress: team.in_progress,
            cycle_time: team.cycle_times.summary().map(Into::into),
        })
        .collect();
    teams.sort_by(|a, b| a.team.cmp(&b.team));
    CycleTime { all: tally.cycle_times.summary().map(Into::into), never_started: tally.never_started, teams }
}

fn throughput_of(tally: &Tally, window: Window) -> Throughput {
    let days = tally.finished.in_window(window);
    let weekly = |daily: &[u32]| throughput::group(daily, window, Grain::Week);
    let finished = weekly(&days);
    let whole: Vec<u32> = throughput::whole(&finished).collect();
    let per_week = (!whole.is_empty()).then(|| f64::from(whole.iter().sum::<u32>()) / whole.len() as f64);
    let created = weekly(&tally.created.in_window(window));
    let started = weekly(&tally.arrived.in_window(window));
    let cancelled = weekly(&tally.cancelled.in_window(window));
    let weeks = finished.iter().zip(created).zip(started).zip(cancelled);
    Throughput {
        finished: days.iter().map(|it| u64::from(*it)).sum(),
        per_week: per_week.map(rounded),
        weeks: weeks
            .map(|(((finished, created), started), cancelled)| Week {
                start: finished.period.first.to_string(),
                created: created.count,
                started: started.count,
                finished: finished.count,
                cancelled: cancelled.count,
                is_partial: finished.period.is_partial,
            })
            .collect(),
        days,
    }
}

/// Two decimals are more than anybody reads, and few enough to be the same whichever way a sum was added up.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn wip(tally: &Tally, window: Window) -> Wip {
    let days = tally.daily_wip(window);
    let sum: u64 = days.iter().map(|it| u64::from(*it)).sum();
    Wip {
        now: u32::try_from(tally.open.len()).unwrap_or(u32::MAX),
        mean: (!days.is_empty()).then(|| rounded(sum as f64 / days.len() as f64)),
        days,
    }
}

fn age(tally: &Tally, since: Day, today: Day) -> u32 {
    tally.workflow.calendar.days_between(since, today).unwrap_or(0)
}

fn stage_name(tally: &Tally, stage: StageIx) -> String {
    tally.workflow.stages.get(usize::from(stage)).map(|it| it.name.clone()).unwrap_or_default()
}

fn aging(tally: &Tally, today: Day) -> Vec<AgingStage> {
    let stages = (0..).zip(&tally.workflow.stages).zip(&tally.paces);
    stages
        .filter(|((_, stage), _)| stage.category.is_in_progress())
        .map(|((ix, stage), pace)| {
            let open = tally.open.iter().filter(|it| it.stage == ix);
            let ages = Summary::of_days(open.map(|it| age(tally, it.started, today))).ok();
            AgingStage {
                stage: stage.name.clone(),
                category: stage.category.code(),
                items: ages.map_or(0, |it| it.n as u64),
                oldest_days: ages.map(|it| it.most),
                p50_days: ages.map(|it| it.p50),
                p85_days: ages.map(|it| it.p85),
                pace: pace.summary().map(Into::into),
            }
        })
        .collect()
}

fn oldest(tally: &Tally, today: Day) -> Vec<OldestItem> {
    /// How many are told.
    const MOST: usize = 20;
    let mut open: Vec<&Open> = tally.open.iter().collect();
    let order =
        |a: &&Open, b: &&Open| a.started.cmp(&b.started).then_with(|| tally.label(a).cmp(tally.label(b)));
    if open.len() > MOST {
        open.select_nth_unstable_by(MOST, order);
        open.truncate(MOST);
    }
    open.sort_by(order);
    open.into_iter()
        .map(|it| OldestItem {
            item: tally.label(it).to_owned(),
            team: tally.teams[it.team as usize].name.clone(),
            stage: stage_name(tally, it.stage),
            age_days: age(tally, it.started, today),
            stage_days: age(tally, it.in_stage_since, today),
        })
        .collect()
}

fn cumulative_flow(tally: &Tally, window: Window) -> CumulativeFlow {
    let board = tally.workflow.stages.iter().filter(|it| it.category != Category::Cancelled);
    let stages = board.zip(&tally.reached).map(|(stage, reached)| {
        let mut sum = reached.before(window.first);
        ReachedStage {
            stage: stage.name.clone(),
            category: stage.category.code(),
            days: reached
                .in_window(window)
                .into_iter()
                .map(|count| {
                    sum += u64::from(count);
                    sum
                })
                .collect(),
        }
    });
    CumulativeFlow { stages: stages.collect() }
}

fn efficiency(tally: &Tally) -> Efficiency {
    let time = tally.flow_time;
    let is_configured = tally.workflow.stages.iter().any(|it| it.category == Category::Waiting);
    let ratio = time.efficiency().filter(|_| is_configured);
    Efficiency {
        state: match ratio {
            _ if !is_configured => "not_configured",
            None => "no_data",
            Some(_) => "ok",
        },
        ratio: ratio.map(|it| (it * 10_000.0).round() / 10_000.0),
        items: time.n,
        active_days: rounded(time.active_seconds / 86_400.0),
        waiting_days: rounded(time.waiting_seconds / 86_400.0),
    }
}

fn quality(mut findings: Vec<(Finding, u64)>) -> Vec<Oddness> {
    findings.sort_by_key(|(finding, count)| (std::cmp::Reverse(*count), *finding));
    let oddness = |(finding, count): (Finding, u64)| Oddness {
        code: finding.code(),
        severity: finding.severity().code(),
        count,
        meaning: meaning(finding).text,
    };
    findings.into_iter().map(oddness).collect()
}
