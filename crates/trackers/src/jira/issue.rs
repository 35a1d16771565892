//! One issue, as the REST interface writes it.

use std::fmt;

use headway_domain::work::{Category, HistoryExtent, ItemRecord, Link, LinkKind, Oddity};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    history::History,
    jira::{
        changelog::{Changelog, Told as ToldChanges},
        sprint::Sprint,
    },
    lenient::{Many, Named, Names, Object, Text, instant, stamp},
};

/// An issue.
#[derive(Deserialize)]
pub(super) struct Issue<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(default)]
    key: Text<'a>,
    #[serde(rename = "self", default)]
    address: Text<'a>,
    #[serde(default)]
    fields: Option<Fields<'a>>,
    #[serde(default)]
    changelog: Option<Object<Changelog<'a>>>,
    /// Names of fields, with `expand=names`.
    #[serde(default)]
    pub(super) names: Option<&'a RawValue>,
}

/// A status with what Jira itself says of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    pub(super) name: Text<'a>,
    #[serde(rename = "statusCategory")]
    counts_as: Named<'a>,
}

impl Status<'_> {
    /// What the status counts as.
    pub(super) fn category(&self) -> Option<Category> {
        match &*self.counts_as.key {
            "new" => Some(Category::Todo),
            "indeterminate" => Some(Category::Active),
            "done" => Some(Category::Done),
            _ => None,
        }
    }
}

/// A link between issues.
#[derive(Default, Deserialize)]
#[serde(default)]
struct IssueLink<'a> {
    #[serde(rename = "type", borrow)]
    kind: Object<LinkType<'a>>,
    #[serde(rename = "inwardIssue")]
    inward: Option<Named<'a>>,
    #[serde(rename = "outwardIssue")]
    outward: Option<Named<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LinkType<'a> {
    #[serde(borrow)]
    inward: Text<'a>,
    outward: Text<'a>,
}

/// What people did beside changing fields: comments and logged work.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entries<'a> {
    #[serde(alias = "worklogs", borrow)]
    comments: Many<Entry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    created: Text<'a>,
}

/// The fields of an issue that say something about the flow.
#[derive(Default)]
pub(super) struct Fields<'a> {
    summary: Text<'a>,
    kind: Named<'a>,
    pub(super) project: Named<'a>,
    status: Object<Status<'a>>,
    resolution: Named<'a>,
    priority: Named<'a>,
    created: Text<'a>,
    resolved: Text<'a>,
    category_changed: Text<'a>,
    labels: Many<Text<'a>>,
    links: Many<IssueLink<'a>>,
    parent: Named<'a>,
    epic: Named<'a>,
    assignee: Named<'a>,
    comments: Object<Entries<'a>>,
    worklogs: Object<Entries<'a>>,
    /// Sprints, from whichever field holds them.
    pub(super) sprints: Vec<Sprint>,
    /// Custom fields that hold a number.
    numbers: Vec<(Text<'a>, f64)>,
    /// Custom fields that hold the key of an issue.
    issue_keys: Vec<(Text<'a>, Text<'a>)>,
}

impl<'a> Fields<'a> {
    /// Looks at a field whose meaning only its content, or a name given elsewhere, can tell.
    fn custom(&mut self, id: Text<'a>, raw: &'a RawValue) {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'[' | b'{') => self.sprints.extend(Sprint::all(text)),
            Some(b'0'..=b'9') => self.numbers.extend(text.parse().ok().map(|number| (id, number))),
            Some(b'"') => {
                if let Ok(text) = serde_json::from_str::<Text<'a>>(text)
                    && is_issue_key(&text)
                {
                    self.issue_keys.push((id, text));
                }
            }
            _ => {}
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an issue")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Fields::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    match &*name {
                        "summary" => fields.summary = map.next_value()?,
                        "issuetype" => fields.kind = map.next_value()?,
                        "project" => fields.project = map.next_value()?,
                        "status" => fields.status = map.next_value()?,
                        "resolution" => fields.resolution = map.next_value()?,
                        "priority" => fields.priority = map.next_value()?,
                        "created" => fields.created = map.next_value()?,
                        "resolutiondate" => fields.resolved = map.next_value()?,
                        "statuscategorychangedate" => fields.category_changed = map.next_value()?,
                        "labels" => fields.labels = map.next_value()?,
                        "issuelinks" => fields.links = map.next_value()?,
                        "parent" => fields.parent = map.next_value()?,
                        "epic" => fields.epic = map.next_value()?,
                        "assignee" => fields.assignee = map.next_value()?,
                        "comment" => fields.comments = map.next_value()?,
                        "worklog" => fields.worklogs = map.next_value()?,
                        "sprint" | "closedSprints" => {
                            fields.sprints.extend(Sprint::all(map.next_value::<&RawValue>()?.get()));
                        }
                        custom if custom.starts_with("customfield_") => {
                            let raw = map.next_value::<&RawValue>()?;
                            fields.custom(name, raw);
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'a> Issue<'a> {
    /// Its fields; none if this is something else than an issue.
    pub(super) fn fields(&mut self) -> Option<Fields<'a>> {
        let is_issue = is_issue_key(&self.key);
        self.fields.take().or_else(|| is_issue.then(Fields::default))
    }

    /// The issue in our words, and what is odd about it.
    pub(super) fn item(&self, fields: &Fields<'_>, names: &Names) -> (ItemRecord, Vec<Oddity>) {
        let mut history = History::default();
        let created = stamp(&fields.created);
        if let Some(created) = created {
            history.see(created);
        }
        let state = fields.status.name.some();
        let told =
            self.changelog.as_ref().map(|it| it.read(&mut history, (&fields.status.id, state.as_deref())));
        for entry in fields.comments.comments.iter().chain(&*fields.worklogs.comments) {
            if let Some(at) = stamp(&entry.created) {
                history.activity(at);
            }
        }
        let extent = match &told {
            None => HistoryExtent::None,
            Some(told) if told.is_complete => HistoryExtent::Complete,
            Some(_) => {
                history.note(Oddity::HistoryTruncated);
                HistoryExtent::Partial
            }
        };
        let told = told.unwrap_or_default();
        let (changes, oddities) = history.finish();
        let closed = instant(&fields.resolved).or_else(|| {
            (fields.status.category() == Some(Category::Done))
                .then(|| instant(&fields.category_changed))
                .flatten()
        });
        let mut iterations: Vec<String> = Vec::new();
        for sprint in &fields.sprints {
            iterations.extend(sprint.key().filter(|key| !iterations.contains(key)));
        }
        let item = ItemRecord {
            key: self.id.some().or_else(|| self.key.some()).unwrap_or_default(),
            label: self.key.some(),
            title: fields.summary.some(),
            kind: fields.kind.name.some(),
            group: fields
                .project
                .name
                .some()
                .or_else(|| fields.project.key.some())
                .or_else(|| self.project_key()),
            state,
            resolution: fields.resolution.name.some(),
            created_at: created.map(|it| it.at),
            closed_at: closed,
            estimate: fields.estimate(names, &told),
            parent: fields.parent(names, &told),
            priority: fields.priority.name.some(),
            labels: fields.labels.iter().filter_map(Text::some).collect(),
            iterations,
            links: fields.links.iter().filter_map(IssueLink::link).collect(),
            url: self.url(),
            assignee: fields.assignee.name.some(),
            extent: Some(extent),
            changes,
        };
        (item, oddities)
    }

    /// The project as the key says it: `PAY` of `PAY-123`.
    fn project_key(&self) -> Option<String> {
        self.key.rsplit_once('-').map(|(project, _)| project.to_owned())
    }

    /// The page for people, from the address of the interface.
    fn url(&self) -> Option<String> {
        let (site, _) = self.address.split_once("/rest/")?;
        Some(format!("{site}/browse/{}", self.key.some()?))
    }
}

impl Fields<'_> {
    /// The estimate: from the field with such a name, else as the history left it, else the only custom field
    /// that holds a number.
    fn estimate(&self, names: &Names, told: &ToldChanges) -> Option<f64> {
        let id_of_name = |id: &str| names.get(id).is_some_and(|name| is_estimate(name));
        let id_of_history = |id: &str| told.estimate_field.as_deref() == Some(id);
        let by_id =
            |is_it: &dyn Fn(&str) -> bool| self.numbers.iter().find(|(id, _)| is_it(id)).map(|(_, it)| *it);
        by_id(&id_of_name).or_else(|| by_id(&id_of_history)).or(told.estimate).or_else(|| {
            match self.numbers.as_slice() {
                // Points are small and mostly whole; ranks and totals are not.
                [(_, only)] if *only <= 1000.0 && (only * 2.0).fract() == 0.0 && names.is_empty() => {
                    Some(*only)
                }
                _ => None,
            }
        })
    }

    /// The item above: the parent, else the epic.
    fn parent(&self, names: &Names, told: &ToldChanges) -> Option<String> {
        if let Some(parent) = self.parent.id.some().or_else(|| self.parent.key.some()) {
            return Some(parent);
        }
        if let Some(epic) = self.epic.id.some().or_else(|| self.epic.key.some()) {
            return Some(epic);
        }
        let is_epic = |id: &str| names.get(id).is_some_and(|name| name.eq_ignore_ascii_case("epic link"));
        let epic = match self.issue_keys.as_slice() {
            [(_, only)] if names.is_empty() => Some(only),
            keys => keys.iter().find(|(id, _)| is_epic(id)).map(|(_, key)| key),
        }?;
        // The history knows the id that belongs to the key.
        told.parents.iter().find(|(_, key)| **key == **epic).map(|(id, _)| id.clone()).or_else(|| epic.some())
    }
}

impl IssueLink<'_> {
    fn link(&self) -> Option<Link> {
        let (other, relation) = match (&self.inward, &self.outward) {
            (Some(other), _) => (other, &self.kind.inward),
            (None, Some(other)) => (other, &self.kind.outward),
            (None, None) => return None,
        };
        Some(Link { kind: link_kind(relation), to: other.key.some().or_else(|| other.id.some())? })
    }
}

/// What a relation means, as Jira says it from this issue to the other.
pub(crate) fn link_kind(relation: &str) -> LinkKind {
    const WAITS: [&str; 6] =
        ["blocked by", "depends on", "depends upon", "dependent on", "has to be done after", "requires"];
    const HOLDS_UP: [&str; 5] =
        ["blocks", "required by", "depended on by", "depended upon by", "has to be done before"];
    let relation = relation.to_lowercase();
    if HOLDS_UP.iter().any(|it| relation.contains(it)) {
        LinkKind::Blocks
    } else if WAITS.iter().any(|it| relation.contains(it)) {
        LinkKind::BlockedBy
    } else {
        LinkKind::Related
    }
}

/// Whether a field of this name holds the estimate.
pub(super) fn is_estimate(name: &str) -> bool {
    let name = name.to_lowercase();
    ["story points", "story point estimate", "points", "estimate", "effort", "size"].contains(&name.trim())
}

/// Whether a text is a key such as `PAY-123`.
pub(super) fn is_issue_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(project, number)| {
        project.starts_with(|sign: char| sign.is_ascii_uppercase())
            && project.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == b'_')
            && (1..=10).contains(&number.len())
            && number.bytes().all(|sign| sign.is_ascii_digit())
    })
}
