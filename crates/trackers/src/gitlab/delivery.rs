//! Releases, pipelines and deployments.

use headway_domain::work::{DeploymentOutcome, DeploymentRecord};
use serde::Deserialize;

use crate::{
    gitlab::project,
    lenient::{Many, Named, Object, Text, instant},
};

/// A release.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Release<'a> {
    #[serde(borrow)]
    tag: Text<'a>,
    #[serde(rename = "tag_name")]
    tag_name: Text<'a>,
    project_id: Text<'a>,
    created_at: Text<'a>,
    released_at: Text<'a>,
}

impl Release<'_> {
    /// The tag that was released.
    pub(super) fn tag(&self) -> Option<String> {
        self.tag.some().or_else(|| self.tag_name.some())
    }

    /// A release says that something was given out, not that it runs anywhere: the deployment is inferred.
    pub(super) fn record(&self) -> Option<DeploymentRecord> {
        Some(DeploymentRecord {
            key: format!("release {}", self.tag()?),
            group: project(&self.project_id, ""),
            finished_at: instant(&self.released_at).or_else(|| instant(&self.created_at))?,
            outcome: DeploymentOutcome::Succeeded,
            environment: "production".to_owned(),
            is_proxy: true,
        })
    }
}

/// A pipeline with its jobs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Pipeline<'a> {
    #[serde(borrow)]
    project_id: Text<'a>,
    stages: Many<Stage<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stage<'a> {
    #[serde(alias = "builds", borrow)]
    statuses: Many<Job<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Job<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    status: Text<'a>,
    environment: Named<'a>,
    finished_at: Text<'a>,
}

impl Pipeline<'_> {
    /// The deployments among its jobs: those that name an environment and have ended.
    pub(super) fn records(&self) -> impl Iterator<Item = DeploymentRecord> {
        self.stages.iter().flat_map(|stage| stage.statuses.iter()).filter_map(|job| {
            Some(DeploymentRecord {
                key: format!("job {}", job.id.some()?),
                group: project(&self.project_id, ""),
                finished_at: instant(&job.finished_at)?,
                outcome: outcome(&job.status)?,
                environment: job.environment.name.some()?,
                is_proxy: false,
            })
        })
    }
}

/// A deployment of the interface.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Deployment<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    status: Text<'a>,
    environment: Named<'a>,
    updated_at: Text<'a>,
    deployable: Object<Deployable<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Deployable<'a> {
    #[serde(borrow)]
    finished_at: Text<'a>,
    project: Object<DeployedProject<'a>>,
    web_url: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DeployedProject<'a> {
    #[serde(borrow)]
    path_with_namespace: Text<'a>,
}

impl Deployment<'_> {
    /// The deployment in our words, once it has ended.
    pub(super) fn record(&self) -> Option<DeploymentRecord> {
        let path = self.deployable.project.path_with_namespace.some();
        Some(DeploymentRecord {
            key: format!("deployment {}", self.id.some()?),
            group: path.or_else(|| project(&Text::default(), &self.deployable.web_url)),
            finished_at: instant(&self.deployable.finished_at).or_else(|| instant(&self.updated_at))?,
            outcome: outcome(&self.status)?,
            environment: self.environment.name.some()?,
            is_proxy: false,
        })
    }
}

/// How it ended; `None` while it runs or if it never ran.
fn outcome(status: &str) -> Option<DeploymentOutcome> {
    match status {
        "success" | "completed" => Some(DeploymentOutcome::Succeeded),
        "failed" => Some(DeploymentOutcome::Failed),
        _ => None,
    }
}
