//! Domain tables: what DevLake made of the tools' answers, told apart by their columns.

use std::collections::HashSet;

use headway_domain::{
    time::Instant,
    work::{
        CommitRecord, DeploymentRecord, Field, HistoryExtent, ItemRecord, IterationRecord, Link, LinkKind,
        Record,
    },
};

use crate::{
    Dialect, dates,
    devlake::raw::{is_repair, outcome},
    history::{History, join},
    jira::link_kind,
    json_rows::Sink,
    lenient::Stamp,
    table::{Cells, Head},
    table_rows::RowReading,
};

/// The tables that hold something to import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Issues,
    IssueChangelogs,
    IssueLabels,
    IssueRelationships,
    Incidents,
    PullRequests,
    Sprints,
    SprintIssues,
    Deployments,
    DeploymentCommits,
    Commits,
}

impl Table {
    /// The table with these columns.
    pub(super) fn of(head: &Head) -> Option<Table> {
        let has = |names: &[&str]| names.iter().all(|name| head.has(name));
        if has(&["connection_id"]) {
            // The tools' own tables repeat the raw ones.
            None
        } else if has(&["commit_sha", "cicd_deployment_id", "result", "finished_date"]) {
            Some(Table::DeploymentCommits)
        } else if has(&["id", "issue_id", "field_name", "created_date"]) {
            Some(Table::IssueChangelogs)
        } else if has(&["issue_id", "label_name"]) {
            Some(Table::IssueLabels)
        } else if has(&["source_issue_id", "target_issue_id"]) {
            Some(Table::IssueRelationships)
        } else if has(&["sprint_id", "issue_id"]) {
            Some(Table::SprintIssues)
        } else if has(&["id", "base_repo_id", "created_date", "merged_date"])
            || has(&["id", "pull_request_key", "created_date", "merged_date"])
        {
            Some(Table::PullRequests)
        } else if has(&["id", "name", "started_date", "ended_date", "completed_date"]) {
            Some(Table::Sprints)
        } else if has(&["id", "table", "scope_id", "created_date"]) {
            Some(Table::Incidents)
        } else if has(&["sha", "authored_date", "committed_date"]) {
            Some(Table::Commits)
        } else if has(&["id", "issue_key", "created_date"])
            || (has(&["id", "type", "created_date", "updated_date"]) && head.names.len() == 4)
        {
            Some(Table::Issues)
        } else if has(&["id", "cicd_scope_id", "result", "environment", "finished_date"])
            && !["type", "pipeline_id"].iter().any(|it| head.has(it))
        {
            Some(Table::Deployments)
        } else {
            None
        }
    }

    /// What can be read from it.
    pub(super) fn says(self) -> &'static str {
        match self {
            Table::Issues => "issues with type, status, estimate and dates",
            Table::IssueChangelogs => "changes of issues",
            Table::IssueLabels => "labels of issues",
            Table::IssueRelationships => "links between issues",
            Table::Incidents => "incidents with the date of their beginning",
            Table::PullRequests => "pull requests with the dates of opening, merging and closing",
            Table::Sprints => "sprints",
            Table::SprintIssues => "which issue was in which sprint",
            Table::Deployments | Table::DeploymentCommits => "deployments with environment and outcome",
            Table::Commits => "commits with their dates",
        }
    }
}

/// Reads a domain table.
pub(super) struct DomainTable {
    table: Table,
    head: Head,
    dialect: Dialect,
    /// Deployments that were told: there is a row for each of their repositories.
    deployments: HashSet<String>,
}

/// So many deployments are remembered; after that one may be told twice, which does no harm.
const MOST_DEPLOYMENTS: usize = 1_000_000;

/// A row and the names of its columns.
struct RowView<'a> {
    head: &'a Head,
    cells: &'a Cells,
    dialect: &'a Dialect,
}

impl RowView<'_> {
    fn get(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .flat_map(|name| self.head.find_all(name))
            .find_map(|column| self.cells.get(column))
            .map(str::to_owned)
    }

    fn date(&self, name: &str) -> Option<Instant> {
        dates::parse(&self.get(&[name])?, self.dialect)
    }
}

impl DomainTable {
    pub(super) fn new(table: Table, head: &Head, dialect: Dialect) -> Self {
        DomainTable { table, head: head.clone(), dialect, deployments: HashSet::new() }
    }
}

impl RowReading for DomainTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        let row = RowView { head: &self.head, cells, dialect: &self.dialect };
        match self.table {
            Table::Issues => issue(&row, sink),
            Table::Incidents => incident(&row, sink),
            Table::PullRequests => pull_request(&row, sink),
            Table::IssueChangelogs => change(&row, sink),
            Table::IssueLabels => {
                part(&row, "issue_id", sink, |item| item.labels.extend(row.get(&["label_name"])));
            }
            Table::SprintIssues => {
                part(&row, "issue_id", sink, |item| item.iterations.extend(row.get(&["sprint_id"])));
            }
            Table::IssueRelationships => part(&row, "source_issue_id", sink, |item| {
                let kind = row.get(&["original_type"]).map_or(LinkKind::Related, |it| link_kind(&it));
                item.links.extend(row.get(&["target_issue_id"]).map(|to| Link { kind, to }));
            }),
            Table::Sprints => sprint(&row, sink),
            Table::Commits => commit(&row, sink),
            Table::Deployments | Table::DeploymentCommits => {
                let Some(record) = deployment(&row, self.table) else { return };
                if self.deployments.len() < MOST_DEPLOYMENTS && !self.deployments.insert(record.key.clone()) {
                    return;
                }
                sink.record(Record::Deployment(record));
            }
        }
    }
}

fn issue(row: &RowView<'_>, sink: &mut Sink) {
    let key = row.get(&["id"]).unwrap_or_default();
    let item = ItemRecord {
        label: row.get(&["issue_key"]),
        title: row.get(&["title"]),
        kind: row.get(&["original_type", "type"]),
        group: row.get(&["original_project", "component"]),
        state: row.get(&["original_status", "status"]),
        created_at: row.date("created_date"),
        closed_at: row.date("resolution_date"),
        // -1 stands for "none".
        estimate: row.get(&["story_point"]).and_then(|it| it.parse().ok()).filter(|it: &f64| *it >= 0.0),
        parent: row.get(&["parent_issue_id", "epic_key"]),
        priority: row.get(&["priority"]),
        url: row.get(&["url"]),
        assignee: row.get(&["assignee_name"]),
        extent: Some(HistoryExtent::None),
        key,
        ..ItemRecord::default()
    };
    sink.item(item, Vec::new());
}

fn incident(row: &RowView<'_>, sink: &mut Sink) {
    let item = ItemRecord {
        key: row.get(&["id"]).unwrap_or_default(),
        title: row.get(&["title"]),
        kind: Some("INCIDENT".to_owned()),
        group: row.get(&["scope_id"]),
        state: row.get(&["original_status", "status"]),
        created_at: row.date("created_date"),
        closed_at: row.date("resolution_date"),
        extent: Some(HistoryExtent::None),
        ..ItemRecord::default()
    };
    sink.item(item, Vec::new());
}

fn pull_request(row: &RowView<'_>, sink: &mut Sink) {
    let merged = row.date("merged_date");
    let item = ItemRecord {
        key: row.get(&["id"]).unwrap_or_default(),
        label: row.get(&["pull_request_key"]).map(|it| format!("#{it}")),
        title: row.get(&["title"]),
        kind: Some("Pull request".to_owned()),
        group: row.get(&["base_repo_id"]),
        state: row.get(&["status", "original_status"]).or_else(|| merged.map(|_| "MERGED".to_owned())),
        created_at: row.date("created_date"),
        closed_at: merged.or_else(|| row.date("closed_date")),
        url: row.get(&["url"]),
        extent: Some(HistoryExtent::None),
        ..ItemRecord::default()
    };
    sink.item(item, Vec::new());
}

fn change(row: &RowView<'_>, sink: &mut Sink) {
    let key = row.get(&["issue_id"]).unwrap_or_default();
    let Some(at) = row.date("created_date") else {
        sink.problem(Some(key), "the change has no date");
        return;
    };
    let (from, to) = (row.get(&["original_from_value"]), row.get(&["original_to_value"]));
    let name = row.get(&["field_name"]).unwrap_or_default().to_lowercase();
    let list = |text: Option<String>| {
        join(text.unwrap_or_default().split(',').map(str::trim).filter(|it| !it.is_empty()))
    };
    let (field, from, to) = match name.as_str() {
        "status" => (Field::State, from, to),
        "resolution" => (Field::Resolution, from, to),
        "flagged" => (Field::Flag, from, to),
        "story points" | "story point estimate" => (Field::Estimate, from, to),
        "sprint" => (Field::Iterations, list(from), list(to)),
        "issuetype" => (Field::Kind, from, to),
        "project" => (Field::Group, from, to),
        "priority" => (Field::Priority, from, to),
        "summary" => (Field::Title, from, to),
        _ => (Field::Activity, None, None),
    };
    let mut history = History::default();
    let stamp = Stamp { at, offset: None };
    if field == Field::Activity {
        history.activity(stamp);
    } else {
        history.push(stamp, field, from, to);
    }
    let (changes, oddities) = history.finish();
    sink.item(
        ItemRecord { key, changes, extent: Some(HistoryExtent::Complete), ..ItemRecord::default() },
        oddities,
    );
}

/// A row that adds something to an item of another table.
fn part(row: &RowView<'_>, key: &str, sink: &mut Sink, fill: impl FnOnce(&mut ItemRecord)) {
    let mut item = ItemRecord { key: row.get(&[key]).unwrap_or_default(), ..ItemRecord::default() };
    fill(&mut item);
    sink.item(item, Vec::new());
}

fn sprint(row: &RowView<'_>, sink: &mut Sink) {
    let Some(key) = row.get(&["id"]) else {
        sink.problem(None, "the sprint has no id");
        return;
    };
    sink.record(Record::Iteration(IterationRecord {
        name: row.get(&["name"]).unwrap_or_else(|| key.clone()),
        key,
        group: row.get(&["original_board_id"]),
        starts_at: row.date("started_date"),
        ends_at: row.date("ended_date"),
        completed_at: row.date("completed_date"),
        given: None,
    }));
}

fn commit(row: &RowView<'_>, sink: &mut Sink) {
    let key = row.get(&["sha"]);
    let (authored, committed) = (row.date("authored_date"), row.date("committed_date"));
    let (Some(id), Some(authored_at), Some(committed_at)) =
        (key.clone(), authored.or(committed), committed.or(authored))
    else {
        sink.problem(key, "the commit has no id or no date");
        return;
    };
    sink.record(Record::Commit(CommitRecord {
        key: id,
        group: None,
        authored_at,
        committed_at,
        deployment: None,
        is_repair: row.get(&["message"]).is_some_and(|it| is_repair(&it)),
    }));
}

/// The deployment; `None` while it runs or if it never did.
fn deployment(row: &RowView<'_>, table: Table) -> Option<DeploymentRecord> {
    let key =
        if table == Table::Deployments { row.get(&["id"]) } else { row.get(&["cicd_deployment_id", "id"]) };
    Some(DeploymentRecord {
        key: key?,
        group: row.get(&["repo_url", "cicd_scope_id"]),
        finished_at: row.date("finished_date")?,
        outcome: outcome(&row.get(&["result"])?)?,
        environment: row.get(&["environment"]).unwrap_or_else(|| "unknown".to_owned()).to_lowercase(),
        is_proxy: false,
    })
}
