//! The sample as a whole: its units, its teams and their histories.

use std::fmt;

use headway_domain::{
    id::UnitId,
    organisation::Unit,
    time::Day,
    work::{
        CommitRecord, DeploymentRecord, Disposition, GroupRule, ItemRecord, IterationRecord, Mapping, Record,
        Workflow,
    },
};

use crate::{
    dirty,
    epic::{Epic, epics},
    organisation::{BLOCK, PROGRAMS, team_id, units},
    plan::{Method, TeamPlan, numbered},
    process::mapping,
    simulation::{Provided, Run, Simulation},
    story::{LimitChange, Story},
    truth::Truth,
};

/// How often a history with a planted change is simulated at most. About one in four fits.
const MOST_TAKES: u32 = 80;

/// How large the organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Teams, from 1. Each has about 1,000 items.
    pub teams: usize,
}

impl Default for Scale {
    fn default() -> Self {
        Scale { teams: BLOCK }
    }
}

/// Where a team keeps its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tracker {
    /// The tracker of nearly all teams.
    Delivery,
    /// An old one with dirty data.
    Old,
}

impl Tracker {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Tracker::Delivery => "Delivery tracker",
            Tracker::Old => "Old warehouse desk",
        }
    }
}

/// A team, and how its tracker is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Its unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The key of its project: the group of its records and the prefix of its labels.
    pub group: String,
    /// How it plans.
    pub method: Method,
    /// Where it keeps its items.
    pub tracker: Tracker,
    /// How its tracker's words are read.
    pub mapping: Mapping,
    /// Its process, with its calendar, and with its limit and expectation where it has set them.
    pub workflow: Workflow,
}

/// The two years of one team.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The team.
    pub team: Team,
    /// Its items, in the order of their keys.
    pub items: Vec<ItemRecord>,
    /// Its sprints, by time.
    pub iterations: Vec<IterationRecord>,
    /// Its deployments, by time.
    pub deployments: Vec<DeploymentRecord>,
    /// Its commits, by time.
    pub commits: Vec<CommitRecord>,
    /// What is known of it.
    pub truth: Truth,
}

impl History {
    /// Everything as an importer would hand it over: sprints, items, deployments, commits.
    pub fn into_records(self) -> impl Iterator<Item = Record> {
        let iterations = self.iterations.into_iter().map(Record::Iteration);
        let items = self.items.into_iter().map(|item| Record::Item(Box::new(item)));
        let deployments = self.deployments.into_iter().map(Record::Deployment);
        let commits = self.commits.into_iter().map(Record::Commit);
        iterations.chain(items).chain(deployments).chain(commits)
    }
}

/// The sample organisation.
#[derive(Clone, Debug)]
pub struct Sample {
    seed: u64,
    scale: Scale,
    story: Story,
}

impl fmt::Display for Sample {
    /// Says how to build the same one again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sample organisation: seed {}, {} teams, two years up to ", self.seed, self.scale.teams)?;
        self.story.today.fmt(f)
    }
}

impl Sample {
    /// The seed that is used when nobody chooses another.
    pub const SEED: u64 = 7;

    /// The organisation of a seed, in the two years before `today`. The last events lie on the day before.
    pub fn new(seed: u64, today: Day, scale: Scale) -> Self {
        Sample { seed, scale: Scale { teams: scale.teams.max(1) }, story: Story::ending(today) }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What is planted.
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// All units, parents before children.
    pub fn units(&self) -> Vec<Unit> {
        units(self.seed, self.scale.teams)
    }

    /// All teams, those that others depend on first.
    pub fn teams(&self) -> impl Iterator<Item = Team> {
        (0..self.scale.teams).map(|index| team(&self.plan(index)))
    }

    /// The mapping of a whole tracker: that of its teams, with all their groups.
    pub fn mapping(&self, tracker: Tracker) -> Mapping {
        let mut whole = mapping();
        for team in self.teams().filter(|team| team.tracker == tracker) {
            whole.groups.extend(team.mapping.groups);
        }
        whole
    }

    /// The epics that items name as their parents.
    pub fn epics(&self) -> Vec<Epic> {
        (0..self.scale.teams.div_ceil(BLOCK))
            .flat_map(|block| epics(&self.story, block, |program| program_key(program, block)))
            .collect()
    }

    /// The histories of all teams, simulated one after the other.
    pub fn histories(&self) -> impl Iterator<Item = History> {
        let mut provided: Vec<Provided> = Vec::new();
        (0..self.scale.teams).map(move |index| {
            if index.is_multiple_of(BLOCK) {
                provided.clear();
            }
            let plan = self.plan(index);
            let program = program_key(plan.program, index / BLOCK);
            let run = self.simulate(&plan, &program, &provided);
            if plan.method == Method::Platform {
                provided.extend(run.provided());
            }
            let mut history = run.into_history(team(&plan));
            if plan.is_dirty {
                dirty::spoil(self.seed, &mut history);
            }
            history
        })
    }

    /// The records of all teams, as one stream.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        self.histories().flat_map(History::into_records)
    }

    /// Simulates a team; one with a planted change again and again, until chance agrees with the story.
    fn simulate(&self, plan: &TeamPlan, program: &str, provided: &[Provided]) -> Run {
        let run = |take| Simulation::new(self.seed, take, plan, &self.story, program, provided).run();
        let mut best = run(0);
        let Some(change) = plan.change else { return best };
        for take in 1..MOST_TAKES {
            if best.error(&change) <= LimitChange::TOLERANCE {
                break;
            }
            let next = run(take);
            if next.error(&change) < best.error(&change) {
                best = next;
            }
        }
        best
    }

    fn plan(&self, index: usize) -> TeamPlan {
        TeamPlan::new(self.seed, index, team_id(self.seed, index), &self.story)
    }
}

fn program_key(program: usize, block: usize) -> String {
    numbered(PROGRAMS[program].key, "", block)
}

fn team(plan: &TeamPlan) -> Team {
    let mut mapping = mapping();
    mapping.groups.push(GroupRule { group: plan.key.clone(), to: Disposition::Team(plan.unit) });
    let workflow = Workflow {
        calendar: plan.calendar.clone(),
        sle: plan.sle,
        wip_limit: plan.declared_limit,
        ..Workflow::from_mapping(mapping.clone())
    };
    Team {
        unit: plan.unit,
        name: plan.name.clone(),
        group: plan.key.clone(),
        method: plan.method,
        tracker: if plan.is_dirty { Tracker::Old } else { Tracker::Delivery },
        mapping,
        workflow,
    }
}
