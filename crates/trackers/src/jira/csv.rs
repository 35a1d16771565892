//! Issues as the search page of Jira exports them: one row an issue, a column repeated for each of its values.
//! There is no history in it, only dates.

use std::io::BufRead;

use headway_domain::work::{HistoryExtent, ItemRecord, Link};

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    dates,
    history::History,
    jira::issue::{is_estimate, is_issue_key, link_kind},
    json_rows::Sink,
    lenient::Stamp,
    table::{Cells, Head},
    table_rows::{self, RowReading},
};

/// Names of the columns; the first is Jira's English one, the others are those of translations.
const KEY: &[&str] =
    &["Issue key", "Key", "Vorgangsschlüssel", "Schlüssel", "Clé de ticket", "Clave de incidencia"];
const ID: &[&str] = &["Issue id", "Vorgangs-ID", "ID du ticket", "ID de la incidencia"];
const TITLE: &[&str] = &["Summary", "Zusammenfassung", "Résumé", "Resumen"];
const KIND: &[&str] = &["Issue Type", "Work type", "Vorgangstyp", "Type de ticket", "Tipo de incidencia"];
const STATE: &[&str] = &["Status", "État", "Estado"];
const CREATED: &[&str] = &["Created", "Erstellt", "Création", "Creada", "Creado"];
const RESOLVED: &[&str] = &["Resolved", "Erledigt", "Résolue", "Resuelta", "Resuelto"];
const PROJECT: &[&str] = &[
    "Project name",
    "Projektname",
    "Nom du projet",
    "Nombre del proyecto",
    "Project",
    "Project key",
    "Projekt",
];
const PRIORITY: &[&str] = &["Priority", "Priorität", "Priorité", "Prioridad"];
const RESOLUTION: &[&str] = &["Resolution", "Lösung", "Résolution", "Resolución"];
const ASSIGNEE: &[&str] = &["Assignee", "Bearbeiter", "Responsable", "Persona asignada"];
const LABELS: &[&str] = &["Labels", "Stichwörter", "Étiquettes", "Etiquetas"];
const PARENT: &[&str] = &[
    "Parent id",
    "Parent",
    "Parent key",
    "Custom field (Epic Link)",
    "Epic Link",
    "Custom field (Parent Link)",
];

/// What this is, if it is Jira's own table of issues.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let head = &sample.table.as_ref()?.head;
    let has = |names: &[&str]| head.find(names).is_some();
    // A table of changes or of stages may have a column with the key too; it has no id, type, state and summary.
    let is_export = has(KEY) && has(STATE) && has(KIND) && (has(ID) || has(TITLE)) && has(CREATED);
    is_export.then(|| Recognised {
        format: Format::JiraCsv,
        dialect: sample.dialect.clone(),
        can: vec!["issues with type, status, priority, links, sprints and dates".to_owned()],
        cannot: vec![
            "no history: only the dates of creation and resolution; the JSON of the REST interface has it"
                .to_owned(),
        ],
        hints: Vec::new(),
        items_are_whole: true,
    })
}

/// The rows of the table.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let own = dialect.clone();
    table_rows::rows(reader, file, dialect, move |head| JiraTable::new(head, own))
}

struct JiraTable {
    dialect: Dialect,
    key: Option<usize>,
    id: Option<usize>,
    title: Option<usize>,
    kind: Option<usize>,
    state: Option<usize>,
    created: Option<usize>,
    resolved: Option<usize>,
    project: Option<usize>,
    priority: Option<usize>,
    resolution: Option<usize>,
    assignee: Option<usize>,
    estimates: Vec<usize>,
    parents: Vec<usize>,
    labels: Vec<usize>,
    sprints: Vec<usize>,
    comments: Vec<usize>,
    /// Columns of links, and the relation that each says.
    links: Vec<(usize, String)>,
}

impl JiraTable {
    fn new(head: &Head, dialect: Dialect) -> Self {
        let all = |names: &[&str]| names.iter().flat_map(|name| head.find_all(name)).collect::<Vec<_>>();
        let columns = || head.names.iter().enumerate();
        JiraTable {
            dialect,
            key: head.find(KEY),
            id: head.find(ID),
            title: head.find(TITLE),
            kind: head.find(KIND),
            state: head.find(STATE),
            created: head.find(CREATED),
            resolved: head.find(RESOLVED),
            project: head.find(PROJECT),
            priority: head.find(PRIORITY),
            resolution: head.find(RESOLUTION),
            assignee: head.find(ASSIGNEE),
            estimates: columns()
                .filter(|(_, name)| is_estimate(custom_name(name)) && !name.starts_with("Σ"))
                .map(|(column, _)| column)
                .collect(),
            parents: all(PARENT),
            labels: all(LABELS),
            sprints: all(&["Sprint"]),
            comments: all(&["Comment", "Comments", "Kommentar"]),
            links: columns().filter_map(|(column, name)| Some((column, relation(name)?))).collect(),
        }
    }

    fn item(&self, cells: &Cells, sink: &mut Sink) {
        let get = |column: Option<usize>| column.and_then(|it| cells.get(it)).map(str::to_owned);
        let date = |column: Option<usize>| {
            column.and_then(|it| cells.get(it)).and_then(|text| dates::parse(text, &self.dialect))
        };
        let many = |columns: &[usize]| {
            columns.iter().filter_map(|it| cells.get(*it)).map(str::to_owned).collect::<Vec<_>>()
        };
        let label = get(self.key);
        let Some(key) = get(self.id).or_else(|| label.clone()) else {
            sink.problem(None, "the row has neither an issue id nor an issue key");
            return;
        };
        if let Some(text) = self.created.and_then(|it| cells.get(it))
            && dates::parse(text, &self.dialect).is_none()
        {
            sink.problem(label.or(Some(key)), format!("{text:?} in the column \"Created\" is not a date"));
            return;
        }
        let mut history = History::default();
        for at in self.comments.iter().filter_map(|it| self.comment_date(cells.get(*it)?)) {
            history.activity(Stamp { at, offset: None });
        }
        let (changes, oddities) = history.finish();
        let item = ItemRecord {
            key,
            label,
            title: get(self.title),
            kind: get(self.kind),
            group: get(self.project),
            state: get(self.state),
            resolution: get(self.resolution).filter(|it| !it.eq_ignore_ascii_case("unresolved")),
            created_at: date(self.created),
            closed_at: date(self.resolved),
            estimate: self.estimates.iter().find_map(|it| cells.get(*it)?.replace(',', ".").parse().ok()),
            parent: self.parents.iter().find_map(|it| cells.get(*it)).map(str::to_owned),
            priority: get(self.priority),
            labels: many(&self.labels)
                .iter()
                .flat_map(|it| it.split_whitespace())
                .map(str::to_owned)
                .collect(),
            iterations: many(&self.sprints),
            links: self
                .links
                .iter()
                .filter_map(|(column, relation)| {
                    let to = cells.get(*column).filter(|it| is_issue_key(it))?;
                    Some(Link { kind: link_kind(relation), to: to.to_owned() })
                })
                .collect(),
            url: None,
            assignee: get(self.assignee),
            extent: Some(HistoryExtent::None),
            changes,
        };
        sink.item(item, oddities);
    }

    /// When a comment was written: `01/Mar/24 1:00 PM;somebody;text`.
    fn comment_date(&self, text: &str) -> Option<headway_domain::time::Instant> {
        dates::parse(text.split_once(';')?.0, &self.dialect)
    }
}

impl RowReading for JiraTable {
    fn row(&mut self, cells: &Cells, sink: &mut Sink) {
        self.item(cells, sink);
    }
}

/// The name of a field without what the export puts around it: `Custom field (Story Points)`.
fn custom_name(name: &str) -> &str {
    let custom =
        ["Custom field (", "Benutzerdefinierte Felder (", "Champ personnalisé (", "Campo personalizado ("];
    custom.iter().find_map(|it| name.strip_prefix(it)).and_then(|it| it.strip_suffix(')')).unwrap_or(name)
}

/// The relation that a column of links says: in `Inward issue link (Blocks)` stand the issues that block this one.
fn relation(column: &str) -> Option<String> {
    let inside = |prefix: &str| column.strip_prefix(prefix).and_then(|it| it.strip_suffix(')'));
    if let Some(name) = inside("Inward issue link (") {
        return Some(if name.to_lowercase().contains("block") {
            "is blocked by".to_owned()
        } else {
            name.to_owned()
        });
    }
    inside("Outward issue link (").map(str::to_owned)
}
