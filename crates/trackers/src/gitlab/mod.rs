//! GitLab: the files of a project export, and the lists of the REST interface.
//!
//! GitLab knows only open and closed; how work really stands is written in labels, so labels such as
//! `workflow::in review` (and the board lists `To Do` and `Doing`) are states here. Issues and merge requests are
//! items, milestones and iterations are timeboxes, jobs with an environment and deployments are deployments;
//! a release is told as one that is inferred.

mod delivery;
mod subject;

use std::{collections::HashSet, io::BufRead};

use headway_domain::work::{Category, IterationRecord, Record};
use serde::Deserialize;

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    gitlab::{
        delivery::{Deployment, Pipeline, Release},
        subject::{Subject, Timebox},
    },
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    lenient::Text,
};

/// Members of an export in one file that hold lists.
const ARRAYS: &[&str] =
    &["issues", "merge_requests", "milestones", "iterations", "ci_pipelines", "pipelines", "releases"];

/// What a value is, told from the members that only this kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Issue,
    MergeRequest,
    Timebox,
    Release,
    Pipeline,
    Deployment,
}

impl Kind {
    /// `has` says whether the value has a member of this name.
    fn of(has: impl Fn(&str) -> bool) -> Option<Kind> {
        if has("iid") && has("source_branch") && has("target_branch") {
            Some(Kind::MergeRequest)
        } else if has("deployable") && has("environment") {
            Some(Kind::Deployment)
        } else if has("iid") && has("title") && has("state") && (has("author_id") || has("author")) {
            Some(Kind::Issue)
        } else if has("tag") && has("released_at") {
            Some(Kind::Release)
        } else if has("sha") && has("ref") && has("status") && has("stages") {
            Some(Kind::Pipeline)
        } else if has("title") && has("due_date") && (has("start_date") || has("iid")) {
            Some(Kind::Timebox)
        } else {
            None
        }
    }
}

/// What this is, if it is a file of a GitLab export or a list of its interface that holds something to import.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let roots =
        ["", "issues[]", "merge_requests[]", "milestones[]", "ci_pipelines[]", "pipelines[]", "releases[]"];
    let mut can = Vec::new();
    let mut cannot = Vec::new();
    for root in roots {
        let Some(kind) = Kind::of(|name| outline.has_all(root, &[name])) else { continue };
        if !root.is_empty() && !outline.has_all(root, &["project_id"]) && kind != Kind::Release {
            continue;
        }
        can.push(
            match kind {
                Kind::Issue => {
                    "issues with their labels, milestones and weights; labels such as workflow::… are states"
                }
                Kind::MergeRequest => "merge requests with the dates of opening, merging and closing",
                Kind::Timebox => "milestones with dates",
                Kind::Release => "releases, as deployments that are inferred",
                Kind::Pipeline | Kind::Deployment => "deployments: jobs that name an environment",
            }
            .to_owned(),
        );
        let events = ["resource_label_events", "resource_state_events", "notes"];
        if matches!(kind, Kind::Issue | Kind::MergeRequest)
            && !events.iter().any(|it| outline.has_all(root, &[it]))
        {
            cannot.push("no history: only the dates of creation and closing".to_owned());
        }
    }
    (!can.is_empty()).then(|| Recognised {
        format: Format::GitlabExport,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can,
        cannot,
        hints: [("opened", Category::Todo), ("closed", Category::Done), ("merged", Category::Done)]
            .map(|(state, category)| (state.to_owned(), category))
            .into(),
        items_are_whole: true,
    })
}

/// Why there is nothing to import from a file of an export.
pub fn left_out(sample: &Sample) -> Option<String> {
    let name = &sample.name;
    let is_member = name.contains("tree/project");
    let is_version = name.ends_with("VERSION") && sample.is_whole && sample.text.len() < 40;
    ((is_member || is_version) && recognise(sample).is_none())
        .then(|| "settings of the project, nothing to import".to_owned())
}

/// The rows of a file of an export, or of a list of the interface.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Gitlab::default())
}

/// Reads GitLab's values.
#[derive(Debug, Default)]
pub(crate) struct Gitlab {
    timeboxes: HashSet<String>,
}

/// So many timeboxes are remembered; after that one may be told twice, which does no harm.
const MOST_TIMEBOXES: usize = 100_000;

/// The members that tell what a value is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Members {
    iid: Option<serde::de::IgnoredAny>,
    title: Option<serde::de::IgnoredAny>,
    state: Option<serde::de::IgnoredAny>,
    author_id: Option<serde::de::IgnoredAny>,
    author: Option<serde::de::IgnoredAny>,
    source_branch: Option<serde::de::IgnoredAny>,
    target_branch: Option<serde::de::IgnoredAny>,
    tag: Option<serde::de::IgnoredAny>,
    released_at: Option<serde::de::IgnoredAny>,
    sha: Option<serde::de::IgnoredAny>,
    #[serde(rename = "ref")]
    reference: Option<serde::de::IgnoredAny>,
    status: Option<serde::de::IgnoredAny>,
    stages: Option<serde::de::IgnoredAny>,
    due_date: Option<serde::de::IgnoredAny>,
    start_date: Option<serde::de::IgnoredAny>,
    deployable: Option<serde::de::IgnoredAny>,
    environment: Option<serde::de::IgnoredAny>,
}

impl Members {
    fn has(&self, name: &str) -> bool {
        match name {
            "iid" => &self.iid,
            "title" => &self.title,
            "state" => &self.state,
            "author_id" => &self.author_id,
            "author" => &self.author,
            "source_branch" => &self.source_branch,
            "target_branch" => &self.target_branch,
            "tag" => &self.tag,
            "released_at" => &self.released_at,
            "sha" => &self.sha,
            "ref" => &self.reference,
            "status" => &self.status,
            "stages" => &self.stages,
            "due_date" => &self.due_date,
            "start_date" => &self.start_date,
            "deployable" => &self.deployable,
            "environment" => &self.environment,
            _ => return false,
        }
        .is_some()
    }
}

impl Reading for Gitlab {
    fn value(&mut self, member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        let kind = match member {
            Some("issues") => Some(Kind::Issue),
            Some("merge_requests") => Some(Kind::MergeRequest),
            Some("milestones" | "iterations") => Some(Kind::Timebox),
            Some("ci_pipelines" | "pipelines") => Some(Kind::Pipeline),
            Some("releases") => Some(Kind::Release),
            _ => {
                let members: Members = serde_json::from_str(json)?;
                Kind::of(|name| members.has(name))
            }
        };
        match kind {
            Some(kind @ (Kind::Issue | Kind::MergeRequest)) => {
                let subject: Subject<'_> = serde_json::from_str(json)?;
                for timebox in subject.timeboxes() {
                    self.timebox(timebox.record(), sink);
                }
                let (item, oddities) = subject.item(kind == Kind::MergeRequest);
                sink.item(item, oddities);
            }
            Some(Kind::Timebox) => {
                let timebox: Timebox<'_> = serde_json::from_str(json)?;
                self.timebox(timebox.record(), sink);
            }
            Some(Kind::Release) => {
                let release: Release<'_> = serde_json::from_str(json)?;
                match release.record() {
                    Some(record) => sink.record(Record::Deployment(record)),
                    None => sink.problem(release.tag(), "the release has no tag or no date"),
                }
            }
            Some(Kind::Pipeline) => {
                let pipeline: Pipeline<'_> = serde_json::from_str(json)?;
                for record in pipeline.records() {
                    sink.record(Record::Deployment(record));
                }
            }
            Some(Kind::Deployment) => {
                let deployment: Deployment<'_> = serde_json::from_str(json)?;
                if let Some(record) = deployment.record() {
                    sink.record(Record::Deployment(record));
                }
            }
            None => {}
        }
        Ok(())
    }
}

impl Gitlab {
    /// Whether a value of this outline is something to import.
    pub(crate) fn knows(outline: &Outline) -> bool {
        Kind::of(|name| outline.has(name)).is_some()
    }

    fn timebox(&mut self, record: Option<IterationRecord>, sink: &mut Sink) {
        if let Some(record) = record
            && self.timeboxes.len() < MOST_TIMEBOXES
            && self.timeboxes.insert(record.key.clone())
        {
            sink.record(Record::Iteration(record));
        }
    }
}

/// The project that a number, or the address of a page in it, stands for.
fn project(id: &Text<'_>, address: &str) -> Option<String> {
    let path = address
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .and_then(|(_, path)| path.split_once("/-/"));
    path.map(|(path, _)| path.to_owned()).or_else(|| Some(format!("Project {}", id.some()?)))
}
