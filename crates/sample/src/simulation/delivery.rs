//! Deployments: they bring what was committed to production; a few fail, a few have to be repaired.

use headway_domain::{
    time::Instant,
    work::{CommitRecord, DeploymentOutcome, DeploymentRecord},
};

use super::{HOUR, SECOND, Simulation, TICK, TICKS};
use crate::truth::DeliveryTruth;

/// Minutes of a build, in microseconds: what is committed later is not in the deployment.
const BUILD: i64 = 10 * 60 * SECOND;

/// Deployments, commits, and what is known of them.
pub(super) struct Deliveries {
    pub deployments: Vec<DeploymentRecord>,
    pub commits: Vec<CommitRecord>,
    pub truth: DeliveryTruth,
}

/// The commits of a team on their way.
struct Pipeline {
    group: String,
    deployments: Vec<DeploymentRecord>,
    commits: Vec<CommitRecord>,
    truth: DeliveryTruth,
    /// The first commit that may not be in production; commits stand by time.
    next: usize,
}

impl Pipeline {
    fn has_news(&self, at: Instant) -> bool {
        self.commits.get(self.next).is_some_and(|commit| commit.committed_at.0 + BUILD <= at.0)
    }

    fn deploy(&mut self, at: Instant, outcome: DeploymentOutcome) {
        let key = format!("{}-D{}", self.group, self.deployments.len() + 1);
        self.deployments.push(DeploymentRecord {
            key: key.clone(),
            group: Some(self.group.clone()),
            finished_at: at,
            outcome,
            environment: "production".to_owned(),
            is_proxy: false,
        });
        match outcome {
            DeploymentOutcome::Failed => {
                self.truth.failed += 1;
                return;
            }
            DeploymentOutcome::Succeeded => self.truth.succeeded += 1,
            DeploymentOutcome::CausedFailure => self.truth.caused_failure += 1,
        }
        while self.has_news(at) {
            let commit = &mut self.commits[self.next];
            commit.deployment = Some(key.clone());
            self.truth.lead_seconds.push(at.seconds_since(commit.committed_at));
            self.next += 1;
        }
    }

    /// Puts a repair among the commits, by time.
    fn add_repair(&mut self, repair: CommitRecord) {
        let place = self.commits.partition_point(|commit| commit.committed_at <= repair.committed_at);
        self.commits.insert(place.max(self.next), repair);
    }
}

impl Simulation<'_> {
    /// Deploys everything that was committed, day by day.
    pub(super) fn deliver(&mut self, as_of: Instant) -> Deliveries {
        let mut commits = std::mem::take(&mut self.commits);
        commits.sort_by_key(|commit| commit.committed_at);
        let mut pipeline = Pipeline {
            group: self.plan.key.clone(),
            deployments: Vec::new(),
            commits,
            truth: DeliveryTruth::default(),
            next: 0,
        };
        let mut busy_until = Instant(i64::MIN);
        for morning in std::mem::take(&mut self.mornings) {
            let count = self.dice.poisson(self.plan.deployments_per_week / 5.0);
            let mut moments: Vec<Instant> = (0..count)
                .map(|_| {
                    let tick = 2 + self.dice.below(TICKS as usize - 4) as i64;
                    Instant(morning.0 + tick * TICK + self.dice.below(1_800) as i64 * SECOND)
                })
                .collect();
            moments.sort_unstable();
            for at in moments {
                if at <= busy_until || !pipeline.has_news(at) {
                    continue;
                }
                busy_until = at;
                let roll = self.dice.unit();
                if roll < 0.04 {
                    pipeline.deploy(at, DeploymentOutcome::Failed);
                } else if roll < 0.12 {
                    busy_until = self.break_and_repair(&mut pipeline, at, as_of);
                } else {
                    pipeline.deploy(at, DeploymentOutcome::Succeeded);
                }
            }
        }
        let Pipeline { deployments, commits, mut truth, .. } = pipeline;
        truth.lead_seconds.sort_by(f64::total_cmp);
        truth.commits = commits.len() as u32;
        Deliveries { deployments, commits, truth }
    }

    /// A deployment that breaks something, and the one that repairs it some hours later. When it is repaired.
    fn break_and_repair(&mut self, pipeline: &mut Pipeline, at: Instant, as_of: Instant) -> Instant {
        pipeline.deploy(at, DeploymentOutcome::CausedFailure);
        let takes = (self.dice.lognormal(1.6, 0.8).clamp(0.5, 20.0) * HOUR as f64) as i64 / SECOND * SECOND;
        let repaired_at = Instant(at.0 + takes);
        if repaired_at >= as_of {
            return repaired_at;
        }
        let committed_at = Instant(repaired_at.0 - BUILD - SECOND);
        let authored_at = Instant(at.0 + (committed_at.0 - at.0) / 2 / SECOND * SECOND);
        let key = self.commit_key();
        pipeline.add_repair(CommitRecord {
            key,
            group: Some(pipeline.group.clone()),
            authored_at,
            committed_at,
            deployment: None,
            is_repair: true,
        });
        pipeline.deploy(repaired_at, DeploymentOutcome::Succeeded);
        pipeline.truth.repairs += 1;
        pipeline.truth.recovery_seconds.push(repaired_at.seconds_since(at));
        repaired_at
    }
}
