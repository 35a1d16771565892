//! GitHub: issues and pull requests with the events of their timelines.
//!
//! They come one a line with their events beside them, or as the REST interface lists them, alone or with a
//! member `timeline` or `events`. An item's key is `owner/repository#number`, by which links and people name it.

mod event;

use std::{collections::HashSet, io::BufRead};

use headway_domain::work::{Category, Field, HistoryExtent, ItemRecord, IterationRecord, Oddity, Record};
use serde::Deserialize;

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    github::event::{Event, Timeline},
    history::History,
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    lenient::{Many, Named, Object, Text, instant, stamp},
};

const ARRAYS: &[&str] = &["issues", "pulls", "pull_requests", "items"];

/// What this is, if it is issues or pull requests of GitHub.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let own = ["number", "title", "state", "created_at"];
    let roots = ["", "issue", "pull", "pull_request", "issues[]", "pulls[]", "items[]", "pull_requests[]"];
    let root = outline.root(&roots, &own)?;
    let speaks_github =
        ["html_url", "repository_url", "state_reason", "merged_at", "node_id", "locked", "pull_request"];
    if !speaks_github.iter().any(|it| outline.has_all(root, &[it])) {
        return None;
    }
    let beside = if root.ends_with("[]") { root } else { "" };
    let lists = ["events", "timeline"];
    let has_events = lists.iter().any(|it| outline.has_all(beside, &[it]) || outline.has_all(root, &[it]));
    let no_events =
        "no history: only the dates of creation and closing; fetch the timeline of each issue to get it";
    Some(Recognised {
        format: Format::GithubJson,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can: vec![
            if has_events {
                "issues and pull requests with their labels, milestones and every event of their timelines"
            } else {
                "issues and pull requests with their labels, milestones and dates"
            }
            .to_owned(),
        ],
        cannot: if has_events { Vec::new() } else { vec![no_events.to_owned()] },
        hints: [("open", Category::Todo), ("closed", Category::Done), ("merged", Category::Done)]
            .map(|(state, category)| (state.to_owned(), category))
            .into(),
        items_are_whole: true,
    })
}

/// The rows of a file of issues and pull requests.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Github::default())
}

/// An issue or a pull request with its events beside it.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    issue: Option<Subject<'a>>,
    #[serde(default, alias = "pull_request")]
    pull: Option<Subject<'a>>,
    #[serde(default, alias = "timeline")]
    events: Option<Many<Event<'a>>>,
}

/// An issue or a pull request.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Subject<'a> {
    #[serde(borrow)]
    number: Text<'a>,
    title: Text<'a>,
    state: Text<'a>,
    state_reason: Text<'a>,
    created_at: Text<'a>,
    closed_at: Text<'a>,
    merged_at: Text<'a>,
    html_url: Text<'a>,
    repository_url: Text<'a>,
    url: Text<'a>,
    labels: Many<Named<'a>>,
    milestone: Option<Object<Milestone<'a>>>,
    assignee: Named<'a>,
    assignees: Many<Named<'a>>,
    #[serde(rename = "type")]
    kind: Named<'a>,
    /// In lists of issues this marks pull requests.
    pull_request: Option<Object<PullMark<'a>>>,
    /// Pull requests alone have a head.
    head: Option<serde::de::IgnoredAny>,
    parent_issue_url: Text<'a>,
    #[serde(alias = "timeline")]
    events: Option<Many<Event<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PullMark<'a> {
    #[serde(borrow)]
    merged_at: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Milestone<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    created_at: Text<'a>,
    due_on: Text<'a>,
    closed_at: Text<'a>,
}

/// Reads GitHub's values.
#[derive(Debug, Default)]
pub(crate) struct Github {
    milestones: HashSet<String>,
}

/// So many milestones are remembered; after that one may be told twice, which does no harm.
const MOST_MILESTONES: usize = 100_000;

impl Reading for Github {
    fn value(&mut self, member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        let envelope: Envelope<'_> = serde_json::from_str(json)?;
        let is_pull_list = matches!(member, Some("pulls" | "pull_requests"));
        match (&envelope.issue, &envelope.pull) {
            (Some(issue), pull) if !issue.number.is_empty() => {
                self.subject(issue, pull.is_some(), envelope.events.as_ref(), sink);
            }
            (None, Some(pull)) if !pull.number.is_empty() => {
                self.subject(pull, true, envelope.events.as_ref(), sink);
            }
            _ => {
                let subject: Subject<'_> = serde_json::from_str(json)?;
                let is_pull = is_pull_list || subject.head.is_some() || subject.pull_request.is_some();
                self.subject(&subject, is_pull, subject.events.as_ref(), sink);
            }
        }
        Ok(())
    }
}

impl Github {
    fn subject(
        &mut self,
        subject: &Subject<'_>,
        is_pull: bool,
        events: Option<&Many<Event<'_>>>,
        sink: &mut Sink,
    ) {
        let repository = subject.repository();
        if let Some(milestone) = &subject.milestone
            && let Some(record) = milestone.record(repository.as_deref())
            && self.milestones.len() < MOST_MILESTONES
            && self.milestones.insert(record.key.clone())
        {
            sink.record(Record::Iteration(record));
        }
        let (item, oddities) = subject.item(is_pull, repository, events);
        sink.item(item, oddities);
    }
}

impl Milestone<'_> {
    /// A milestone is a timebox if it has a date.
    fn record(&self, repository: Option<&str>) -> Option<IterationRecord> {
        let ends_at = instant(&self.due_on)?;
        let title = self.title.some()?;
        Some(IterationRecord {
            key: milestone_key(repository, &title),
            name: title,
            group: repository.map(str::to_owned),
            starts_at: instant(&self.created_at),
            ends_at: Some(ends_at),
            completed_at: instant(&self.closed_at),
            given: None,
        })
    }
}

/// Titles of milestones are unique in a repository only.
fn milestone_key(repository: Option<&str>, title: &str) -> String {
    repository.map_or_else(|| title.to_owned(), |repository| format!("{repository}:{title}"))
}

impl Subject<'_> {
    /// `owner/repository`, from any of the addresses.
    fn repository(&self) -> Option<String> {
        let after = |address: &str, mark: &str| {
            let mut parts = address.split_once(mark)?.1.split('/').filter(|it| !it.is_empty());
            Some(format!("{}/{}", parts.next()?, parts.next()?))
        };
        after(&self.repository_url, "/repos/").or_else(|| after(&self.url, "/repos/")).or_else(|| {
            let path = self.html_url.split_once("://")?.1;
            after(path, "/")
        })
    }

    /// The item in our words, and what is odd about it.
    fn item(
        &self,
        is_pull: bool,
        repository: Option<String>,
        events: Option<&Many<Event<'_>>>,
    ) -> (ItemRecord, Vec<Oddity>) {
        let mut history = History::default();
        let created = stamp(&self.created_at);
        if let Some(created) = created {
            history.see(created);
        }
        let merged_at = self.pull_request.as_ref().map_or(&self.merged_at, |mark| {
            if mark.merged_at.is_empty() { &self.merged_at } else { &mark.merged_at }
        });
        let is_merged = !merged_at.is_empty() || &*self.state == "merged";
        let mut timeline = Timeline::new(is_pull, |title| milestone_key(repository.as_deref(), title));
        if let Some(events) = events {
            timeline.read(events, &mut history);
        }
        let is_closed = &*self.state != "open";
        let state = match (is_merged, is_closed) {
            (true, _) => "merged".to_owned(),
            (false, true) => "closed".to_owned(),
            // A column of a project board, if the events tell of one.
            (false, false) => timeline.state().to_owned(),
        };
        let resolution = match (is_pull, is_closed, is_merged) {
            (true, true, true) => Some("merged".to_owned()),
            (true, true, false) => Some("declined".to_owned()),
            (_, true, _) => self.state_reason.some(),
            _ => None,
        };
        let labels: Vec<String> = self.labels.iter().filter_map(|it| it.name.some()).collect();
        let number = self.number.some();
        let (changes, oddities) = history.finish();
        let key = match (&repository, &number) {
            (Some(repository), Some(number)) => format!("{repository}#{number}"),
            (None, Some(number)) => format!("#{number}"),
            _ => String::new(),
        };
        let item = ItemRecord {
            key,
            label: None,
            title: self.title.some(),
            kind: Some(self.kind(is_pull, &labels)),
            state: Some(state),
            resolution,
            created_at: created.map(|it| it.at),
            closed_at: instant(merged_at).or_else(|| instant(&self.closed_at)),
            parent: parent_key(&self.parent_issue_url),
            priority: labels.iter().find_map(|it| scoped(it, &["priority", "prio"])).map(str::to_owned),
            labels,
            iterations: self
                .milestone
                .iter()
                .filter_map(|it| it.title.some())
                .map(|it| milestone_key(repository.as_deref(), &it))
                .collect(),
            url: self.html_url.some(),
            assignee: self
                .assignee
                .name
                .some()
                .or_else(|| self.assignees.iter().find_map(|it| it.name.some())),
            extent: Some(if events.is_some() { HistoryExtent::Complete } else { HistoryExtent::None }),
            changes,
            group: repository,
            ..ItemRecord::default()
        };
        (item, oddities)
    }

    /// The type: the organisation's own, else what a label says, else issue or pull request.
    fn kind(&self, is_pull: bool, labels: &[String]) -> String {
        if is_pull {
            return "Pull request".to_owned();
        }
        let told = ["bug", "enhancement", "feature", "documentation", "question", "task", "epic", "story"];
        let by_label = || {
            labels.iter().find_map(|label| {
                scoped(label, &["type", "kind"])
                    .or_else(|| told.contains(&label.to_lowercase().as_str()).then_some(label.as_str()))
            })
        };
        self.kind.name.some().or_else(|| by_label().map(str::to_owned)).unwrap_or_else(|| "Issue".to_owned())
    }
}

/// The value of a label such as `type: bug` or `kind/bug`, if its scope is one of these.
fn scoped<'a>(label: &'a str, scopes: &[&str]) -> Option<&'a str> {
    let (scope, value) = label.split_once([':', '/'])?;
    let value = value.trim_start_matches([':', '/']).trim();
    (scopes.contains(&scope.trim().to_lowercase().as_str()) && !value.is_empty()).then_some(value)
}

/// The key of the issue at an address of the interface.
fn parent_key(address: &str) -> Option<String> {
    let (repository, number) = address.split_once("/repos/")?.1.split_once("/issues/")?;
    Some(format!("{repository}#{number}"))
}

/// The state of everything that is not closed and stands in no column of a board.
const OPEN: &str = "open";

/// A single event of an issue, as the interface lists them for a whole repository: the part of an item that it is.
pub(crate) fn item_of_event(json: &str) -> serde_json::Result<Option<(ItemRecord, Vec<Oddity>)>> {
    #[derive(Deserialize)]
    struct Standing<'a> {
        #[serde(borrow)]
        issue: Subject<'a>,
    }
    let standing: Standing<'_> = serde_json::from_str(json)?;
    let event: Event<'_> = serde_json::from_str(json)?;
    let subject = standing.issue;
    if subject.number.is_empty() {
        return Ok(None);
    }
    let is_pull = subject.pull_request.is_some();
    let repository = subject.repository();
    let mut history = History::default();
    let mut timeline = Timeline::new(is_pull, |title| milestone_key(repository.as_deref(), title));
    timeline.read(std::slice::from_ref(&event), &mut history);
    // What was before this event only the other events know.
    history.changes_mut().retain(|change| !matches!(change.field, Field::Labels | Field::Iterations));
    let (mut item, mut oddities) = subject.item(is_pull, repository.clone(), None);
    let (changes, more) = history.finish();
    oddities.extend(more);
    item.changes = changes;
    item.extent = Some(HistoryExtent::Complete);
    Ok(Some((item, oddities)))
}
