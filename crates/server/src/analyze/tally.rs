//! Figures counted item by item, so that no item has to be kept: a million of them pass through the same few columns.

use headway_app::work::import::{clean_up_days, each_oddity};
use headway_domain::{
    time::Day,
    work::{Category, Oddity, StageIx, Workflow},
};
use headway_flow::{
    aging::ages_at_leaving,
    efficiency::{FlowTime, WaitingRule, flow_time},
    item::{Item, Standing},
    period::Window,
};

use super::columns::{DayCounts, Histogram};

/// Which days are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The first day of the window; the first day of the data when nobody says.
    pub from: Option<Day>,
    /// The last day on which a finish counts.
    pub until: Day,
    /// The day that counts as today, when somebody says. Only what had happened by then counts.
    pub today: Option<Day>,
}

impl Days {
    /// Whether what happened on a day is in the window.
    pub fn contain(self, day: Day) -> bool {
        day <= self.until && self.from.is_none_or(|from| from <= day)
    }
}

/// Where items stand, all days together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    pub items: u64,
    pub finished: u64,
    pub cancelled: u64,
    pub in_progress: u64,
    pub not_started: u64,
    pub undated: u64,
    /// Went from not started straight to done at some time.
    pub never_started: u64,
}

/// The counts of one team.
#[derive(Debug, Default)]
pub struct TeamTally {
    pub name: String,
    pub finished: u64,
    pub never_started: u64,
    pub in_progress: u64,
    pub cycle_times: Histogram,
    pub finished_on: DayCounts,
}

/// An item in progress.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    label: (u32, u32),
    pub team: u32,
    pub stage: StageIx,
    pub started: Day,
    pub in_stage_since: Day,
}

/// Everything that was counted.
pub struct Tally {
    pub workflow: Workflow,
    days: Days,
    pub standings: Standings,
    pub teams: Vec<TeamTally>,
    pub created: DayCounts,
    pub finished: DayCounts,
    pub cancelled: DayCounts,
    pub arrived: DayCounts,
    pub departed: DayCounts,
    /// By stage, those of leaving undelivered excepted.
    pub reached: Vec<DayCounts>,
    pub cycle_times: Histogram,
    /// Finished in the window without having been in progress.
    pub never_started: u64,
    /// Ages at leaving each stage.
    pub paces: Vec<Histogram>,
    pub flow_time: FlowTime,
    pub open: Vec<Open>,
    labels: String,
    oddities: [u64; Oddity::ALL.len()],
    ages: Vec<Option<u32>>,
}

impl Tally {
    pub fn new(workflow: Workflow, days: Days) -> Self {
        let stages = workflow.stages.len();
        let board = workflow.stages.iter().filter(|it| it.category != Category::Cancelled).count();
        Tally {
            workflow,
            days,
            standings: Standings::default(),
            teams: Vec::new(),
            created: DayCounts::default(),
            finished: DayCounts::default(),
            cancelled: DayCounts::default(),
            arrived: DayCounts::default(),
            departed: DayCounts::default(),
            reached: (0..board).map(|_| DayCounts::default()).collect(),
            cycle_times: Histogram::default(),
            never_started: 0,
            paces: (0..stages).map(|_| Histogram::default()).collect(),
            flow_time: FlowTime::default(),
            open: Vec::new(),
            labels: String::new(),
            oddities: [0; Oddity::ALL.len()],
            ages: vec![None; stages],
        }
    }

    /// The position of a further team.
    pub fn add_team(&mut self, name: String) -> u32 {
        self.teams.push(TeamTally { name, ..TeamTally::default() });
        self.teams.len() as u32 - 1
    }

    /// Counts an item of a team.
    pub fn add(&mut self, item: &Item, team: u32, label: &str) {
        self.created.add(item.created.day);
        // Each kind of oddity counts once an item.
        let mut seen = 0_u32;
        each_oddity(item, &self.workflow, &mut |oddity: Oddity| seen |= 1 << oddity as u32);
        for (ix, count) in self.oddities.iter_mut().enumerate() {
            *count += u64::from(seen >> ix & 1);
        }
        self.standings.never_started += u64::from(seen >> Oddity::NeverStarted as u32 & 1);
        self.stand(item, team);
        if item.is_undated {
            return;
        }
        if let Some(arrived) = item.arrived() {
            self.arrived.add(arrived.day);
            if let Some(departed) = item.departed() {
                self.departed.add(departed.day);
            }
        }
        if let Some(cancelled) = item.cancelled {
            self.cancelled.add(cancelled.day);
        }
        let reached = &mut self.reached;
        item.reached(&self.workflow, |stage, day| {
            if let Some(column) = reached.get_mut(usize::from(stage)) {
                column.add(day);
            }
        });
        self.add_finish(item, team);
        self.add_open(item, team, label);
    }

    fn stand(&mut self, item: &Item, team: u32) {
        let all = &mut self.standings;
        all.items += 1;
        match item.standing() {
            _ if item.is_undated => all.undated += 1,
            Standing::Finished => all.finished += 1,
            Standing::Cancelled => all.cancelled += 1,
            Standing::InProgress => {
                all.in_progress += 1;
                self.teams[team as usize].in_progress += 1;
            }
            Standing::NotStarted => all.not_started += 1,
        }
    }

    fn add_finish(&mut self, item: &Item, team: u32) {
        let Some(finished) = item.finished else { return };
        let team = &mut self.teams[team as usize];
        self.finished.add(finished.day);
        team.finished_on.add(finished.day);
        if !self.days.contain(finished.day) {
            return;
        }
        team.finished += 1;
        if item.started.is_none() {
            self.never_started += 1;
            team.never_started += 1;
        }
        if let Some(days) = item.cycle_time_days(&self.workflow.calendar) {
            self.cycle_times.add(days);
            team.cycle_times.add(days);
        }
        ages_at_leaving(item, &self.workflow, &mut self.ages);
        for (pace, age) in self.paces.iter_mut().zip(&self.ages) {
            if let Some(age) = age {
                pace.add(*age);
            }
        }
        if let Some(time) = flow_time(item, &self.workflow, WaitingRule::Stages) {
            self.flow_time.n += 1;
            self.flow_time.active_seconds += time.active_seconds;
            self.flow_time.waiting_seconds += time.waiting_seconds;
        }
    }

    fn add_open(&mut self, item: &Item, team: u32, label: &str) {
        let (started, known) = match self.days.today {
            // On an earlier day the item may have been in progress that has left since.
            Some(today) => {
                let dates = item.as_of(today, &self.workflow);
                let left = dates.finished.or(dates.cancelled);
                (dates.started.filter(|_| left.is_none()), item.visits.partition_point(|it| it.day <= today))
            }
            None => (item.started.filter(|_| item.is_in_progress()), item.visits.len()),
        };
        let (Some(started), Some(visit)) = (started, item.visits[..known].last()) else { return };
        let from = self.labels.len() as u32;
        self.labels.push_str(label);
        self.open.push(Open {
            label: (from, self.labels.len() as u32),
            team,
            stage: visit.stage,
            started: started.day,
            in_stage_since: visit.day,
        });
    }

    /// Counts something odd that items do not show.
    pub fn note(&mut self, oddity: Oddity, count: u64) {
        self.oddities[oddity as usize] += count;
    }

    /// What an open item is called.
    pub fn label(&self, open: &Open) -> &str {
        self.labels.get(open.label.0 as usize..open.label.1 as usize).unwrap_or_default()
    }

    /// How often each oddity was found, clean-ups included.
    pub fn oddities(&self) -> Vec<(Oddity, u64)> {
        let mut counts = self.oddities;
        let clean_ups = self.teams.iter().map(|team| clean_up_days(team.finished_on.days()).len() as u64);
        counts[Oddity::BulkClosed as usize] += clean_ups.sum::<u64>();
        Oddity::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    /// Items in progress at the end of each day of a window.
    pub fn daily_wip(&self, window: Window) -> Vec<u32> {
        let mut level = self.arrived.before(window.first) as i64 - self.departed.before(window.first) as i64;
        let pairs = self.arrived.in_window(window).into_iter().zip(self.departed.in_window(window));
        pairs
            .map(|(arrived, departed)| {
                level += i64::from(arrived) - i64::from(departed);
                u32::try_from(level).unwrap_or(0)
            })
            .collect()
    }
}
