//! Raw tables: in each row the answer of a tool's interface, told apart by what it is made of.

use headway_domain::work::{
    CommitRecord, DeploymentOutcome, DeploymentRecord, HistoryExtent, ItemRecord, Record,
};
use serde::Deserialize;

use crate::{
    github::{self, Github},
    gitlab::Gitlab,
    jira::{IssueChanges, Jira},
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    lenient::{Named, Object, Text, instant},
    table::{Cells, Head},
    table_rows::RowReading,
};

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An issue or a sprint of Jira.
    Jira,
    JiraChange,
    Github,
    GithubEvent,
    GithubRun,
    Gitlab,
    Jenkins,
    AzureBuild,
    AzurePull,
    Commit,
}

impl Shape {
    /// The shape of an answer; `None` if there is nothing to import in it.
    pub(super) fn of(json: &str) -> Option<Shape> {
        let outline = Outline::of(json);
        let has = |names: &[&str]| outline.has_all("", names);
        if has(&["key", "fields"]) || has(&["id", "name", "state", "originBoardId"]) {
            Some(Shape::Jira)
        } else if has(&["items", "created", "author"]) {
            Some(Shape::JiraChange)
        } else if has(&["event", "issue", "created_at"]) {
            Some(Shape::GithubEvent)
        } else if has(&["number", "title", "state", "user", "html_url"]) {
            Some(Shape::Github)
        } else if has(&["run_number", "conclusion", "head_sha"]) {
            Some(Shape::GithubRun)
        } else if has(&["_class", "timestamp", "result"]) || has(&["fullDisplayName", "timestamp", "result"])
        {
            Some(Shape::Jenkins)
        } else if has(&["buildNumber", "definition", "result"]) {
            Some(Shape::AzureBuild)
        } else if has(&["pullRequestId", "repository", "creationDate"]) {
            Some(Shape::AzurePull)
        } else if has(&["sha", "commit.author.date"]) || has(&["id", "authored_date", "committed_date"]) {
            Some(Shape::Commit)
        } else if Gitlab::knows(&outline) {
            Some(Shape::Gitlab)
        } else {
            None
        }
    }

    /// What can be read from such answers.
    pub(super) fn says(self) -> &'static str {
        match self {
            Shape::Jira => "issues or sprints of Jira",
            Shape::JiraChange => "changes of Jira's issues",
            Shape::Github => "issues or pull requests of GitHub",
            Shape::GithubEvent => "events of GitHub's issues",
            Shape::GithubRun => "workflow runs of GitHub; those that are called a deployment count as one",
            Shape::Gitlab => "issues, merge requests or deployments of GitLab",
            Shape::Jenkins => "builds of Jenkins; those that are called a deployment count as one",
            Shape::AzureBuild => "builds of Azure DevOps; those that are called a deployment count as one",
            Shape::AzurePull => "pull requests of Azure DevOps",
            Shape::Commit => "commits",
        }
    }
}

/// Reads a raw table.
pub(super) struct RawTable {
    data: Option<usize>,
    params: Option<usize>,
    input: Option<usize>,
    jira: Jira,
    github: Github,
    gitlab: Gitlab,
}

/// What DevLake asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked<'a> {
    #[serde(borrow, alias = "issueId", alias = "IssueId")]
    issue_id: Text<'a>,
    #[serde(rename = "FullName")]
    full_name: Text<'a>,
    #[serde(rename = "Name")]
    name: Text<'a>,
    #[serde(rename = "ProjectId")]
    project: Text<'a>,
}

impl RawTable {
    pub(super) fn new(head: &Head) -> Self {
        RawTable {
            data: head.find(&["data"]),
            params: head.find(&["params"]),
            input: head.find(&["input"]),
            jira: Jira::default(),
            github: Github::default(),
            gitlab: Gitlab::default(),
        }
    }
}

impl RowReading for RawTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        let get = |column: Option<usize>| column.and_then(|it| cells.get(it)).unwrap_or_default();
        let json = get(self.data);
        if json.is_empty() {
            sink.problem(None, "the row holds no answer");
            return;
        }
        let params: Asked<'_> = serde_json::from_str(get(self.params)).unwrap_or_default();
        let input: Asked<'_> = serde_json::from_str(get(self.input)).unwrap_or_default();
        let bytes = json.as_bytes();
        match Shape::of(json) {
            Some(Shape::Jira) => json_rows::read_value(&mut self.jira, None, bytes, sink),
            Some(Shape::Github) => json_rows::read_value(&mut self.github, None, bytes, sink),
            Some(Shape::Gitlab) => json_rows::read_value(&mut self.gitlab, None, bytes, sink),
            Some(shape) => json_rows::read_value(&mut Other { shape, params, input }, None, bytes, sink),
            // Broken text has no shape, or only the beginning of one.
            None => {
                if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(json) {
                    sink.problem(None, format!("the answer is not sound JSON: {error}"));
                }
            }
        }
    }
}

/// Answers that no other module reads.
struct Other<'p> {
    shape: Shape,
    params: Asked<'p>,
    input: Asked<'p>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Run<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    path: Text<'a>,
    conclusion: Text<'a>,
    updated_at: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JenkinsBuild<'a> {
    #[serde(rename = "fullDisplayName", borrow)]
    name: Text<'a>,
    number: Text<'a>,
    result: Text<'a>,
    /// Milliseconds since 1970.
    timestamp: i64,
    duration: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AzureBuild<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    result: Text<'a>,
    #[serde(rename = "finishTime")]
    finished: Text<'a>,
    definition: Named<'a>,
    project: Named<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AzurePull<'a> {
    #[serde(rename = "pullRequestId", borrow)]
    id: Text<'a>,
    repository: Named<'a>,
    title: Text<'a>,
    status: Text<'a>,
    #[serde(rename = "creationDate")]
    created: Text<'a>,
    #[serde(rename = "closedDate")]
    closed: Text<'a>,
}

/// A commit of GitHub or GitLab.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Commit<'a> {
    #[serde(borrow)]
    sha: Text<'a>,
    id: Text<'a>,
    authored_date: Text<'a>,
    committed_date: Text<'a>,
    title: Text<'a>,
    #[serde(rename = "commit")]
    inner: Object<Inner<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner<'a> {
    #[serde(borrow)]
    author: Object<Signed<'a>>,
    committer: Object<Signed<'a>>,
    message: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Signed<'a> {
    #[serde(borrow)]
    date: Text<'a>,
}

impl Reading for Other<'_> {
    fn value(&mut self, _member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        match self.shape {
            Shape::JiraChange => {
                let changes: IssueChanges<'_> = serde_json::from_str(json)?;
                match changes.item_of(&self.input.issue_id) {
                    Some((item, oddities)) => sink.item(item, oddities),
                    None => sink
                        .problem(None, "the change does not say which issue it belongs to, or when it was"),
                }
            }
            Shape::GithubEvent => {
                if let Some((item, oddities)) = github::item_of_event(json)? {
                    sink.item(item, oddities);
                }
            }
            Shape::GithubRun => {
                let run: Run<'_> = serde_json::from_str(json)?;
                let name = format!("{} {}", &*run.name, &*run.path);
                let finished = instant(&run.updated_at);
                let found = Build {
                    key: format!("run {}", &*run.id),
                    name: &name,
                    result: &run.conclusion,
                    finished,
                };
                found.tell(self.params.name.some(), sink);
            }
            Shape::Jenkins => {
                let build: JenkinsBuild<'_> = serde_json::from_str(json)?;
                let finished = instant(&(build.timestamp.saturating_add(build.duration.max(0))).to_string());
                let job = self.params.full_name.some();
                let key = format!("{}#{}", job.as_deref().unwrap_or(&build.name), &*build.number);
                let found = Build { key, name: &build.name, result: &build.result, finished };
                found.tell(job, sink);
            }
            Shape::AzureBuild => {
                let build: AzureBuild<'_> = serde_json::from_str(json)?;
                let finished = instant(&build.finished);
                let key = format!("build {}", &*build.id);
                let found = Build { key, name: &build.definition.name, result: &build.result, finished };
                found.tell(build.project.name.some().or_else(|| self.params.project.some()), sink);
            }
            Shape::AzurePull => {
                let pull: AzurePull<'_> = serde_json::from_str(json)?;
                let repository = pull.repository.name.some();
                let has_ended = &*pull.status != "active";
                let key = match (&repository, pull.id.some()) {
                    (Some(repository), Some(id)) => format!("{repository}!{id}"),
                    _ => String::new(),
                };
                let item = ItemRecord {
                    key,
                    title: pull.title.some(),
                    kind: Some("Pull request".to_owned()),
                    group: repository,
                    state: pull.status.some(),
                    created_at: instant(&pull.created),
                    closed_at: if has_ended { instant(&pull.closed) } else { None },
                    extent: Some(HistoryExtent::None),
                    ..ItemRecord::default()
                };
                sink.item(item, Vec::new());
            }
            _ => {
                let commit: Commit<'_> = serde_json::from_str(json)?;
                match commit.record(self.params.name.some().or_else(|| self.params.project.some())) {
                    Some(record) => sink.record(Record::Commit(record)),
                    None => sink.problem(commit.sha.some(), "the commit has no id or no date"),
                }
            }
        }
        Ok(())
    }
}

/// A build that may be a deployment.
struct Build<'a> {
    key: String,
    name: &'a str,
    result: &'a str,
    finished: Option<headway_domain::time::Instant>,
}

impl Build<'_> {
    /// A build is told as what it is called: one that names deployment, release or production is a deployment as
    /// far as anybody can tell, any other is a build.
    fn tell(self, group: Option<String>, sink: &mut Sink) {
        let Some(outcome) = outcome(self.result) else { return };
        let Some(finished_at) = self.finished else {
            sink.problem(Some(self.key), "the build has ended, but does not say when");
            return;
        };
        let name = self.name.to_lowercase();
        let deploys = ["deploy", "release", "prod", "publish"].iter().any(|it| name.contains(it));
        sink.record(Record::Deployment(DeploymentRecord {
            key: self.key,
            group,
            finished_at,
            outcome,
            environment: if deploys { "production" } else { "build" }.to_owned(),
            is_proxy: true,
        }));
    }
}

/// How a build or a deployment ended; `None` while it runs, or if it was stopped before it did anything.
pub(super) fn outcome(result: &str) -> Option<DeploymentOutcome> {
    match result.to_lowercase().as_str() {
        "success" | "succeeded" | "partiallysucceeded" | "unstable" => Some(DeploymentOutcome::Succeeded),
        "failure" | "failed" | "error" | "timed_out" => Some(DeploymentOutcome::Failed),
        _ => None,
    }
}

impl Commit<'_> {
    fn record(&self, group: Option<String>) -> Option<CommitRecord> {
        let authored = [&self.authored_date, &self.inner.author.date].into_iter().find_map(|it| instant(it));
        let committed =
            [&self.committed_date, &self.inner.committer.date].into_iter().find_map(|it| instant(it));
        let message = if self.title.is_empty() { &self.inner.message } else { &self.title };
        Some(CommitRecord {
            key: self.sha.some().or_else(|| self.id.some())?,
            group,
            authored_at: authored.or(committed)?,
            committed_at: committed.or(authored)?,
            deployment: None,
            is_repair: is_repair(message),
        })
    }
}

/// Whether the first line of a commit's text says that it takes back or repairs something.
pub(super) fn is_repair(message: &str) -> bool {
    let subject = message.lines().next().unwrap_or_default().to_lowercase();
    ["revert", "hotfix", "fix:", "fix(", "rollback", "roll back"].iter().any(|it| subject.starts_with(it))
}
