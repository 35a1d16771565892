//! Sprints, in the three ways that Jira writes them.

use headway_domain::work::IterationRecord;
use serde::Deserialize;

use crate::lenient::{Object, instant};

/// A sprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Sprint {
    #[serde(deserialize_with = "owned")]
    id: String,
    #[serde(deserialize_with = "owned")]
    name: String,
    #[serde(deserialize_with = "owned")]
    state: String,
    #[serde(rename = "startDate", deserialize_with = "owned")]
    starts: String,
    #[serde(rename = "endDate", deserialize_with = "owned")]
    ends: String,
    #[serde(rename = "completeDate", deserialize_with = "owned")]
    completed: String,
    #[serde(rename = "originBoardId", alias = "boardId", deserialize_with = "owned")]
    board: String,
}

fn owned<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    crate::lenient::Text::deserialize(deserializer).map(|text| text.trim().to_owned())
}

/// How the text form starts, in every version of the product.
const OLD_FORM: &str = "greenhopper.service.sprint.Sprint@";

impl Sprint {
    /// The sprints that a field holds, if it holds any: an object, a list of objects, or a list of texts in the
    /// old form.
    pub(super) fn all(json: &str) -> Vec<Sprint> {
        if json.contains(OLD_FORM) {
            let texts: Vec<String> = serde_json::from_str(json).unwrap_or_default();
            return texts.iter().filter_map(|text| Sprint::from_old_form(text)).collect();
        }
        let says_sprint = ["\"boardId\"", "\"originBoardId\"", "\"startDate\"", "\"goal\""];
        if !json.contains("\"state\"") || !says_sprint.iter().any(|it| json.contains(it)) {
            return Vec::new();
        }
        let found = if json.starts_with('{') {
            serde_json::from_str::<Sprint>(json).map(|sprint| vec![sprint])
        } else {
            serde_json::from_str::<Vec<Object<Sprint>>>(json)
                .map(|list| list.iter().map(|it| (**it).clone()).collect())
        };
        found.unwrap_or_default().into_iter().filter(|sprint| !sprint.id.is_empty()).collect()
    }

    /// Reads `com.atlassian.greenhopper.service.sprint.Sprint@4a655f6a[id=8,state=CLOSED,name=Sprint 3,…]`.
    fn from_old_form(text: &str) -> Option<Sprint> {
        const NAMES: [&str; 13] = [
            "id",
            "rapidViewId",
            "state",
            "name",
            "goal",
            "startDate",
            "endDate",
            "completeDate",
            "activatedDate",
            "sequence",
            "synced",
            "autoStartStop",
            "incompleteIssuesDestinationId",
        ];
        let inside = text.split_once('[')?.1;
        let inside = inside.strip_suffix(']').unwrap_or(inside);
        let mut sprint = Sprint::default();
        let mut current: Option<(&str, String)> = None;
        // A name may hold commas: a part that starts with no known name goes on with the value before it.
        let parts = inside.split(',').map(Some).chain([None]);
        for part in parts {
            let begun = part.and_then(|part| part.split_once('=')).filter(|(name, _)| NAMES.contains(name));
            match (part, begun, &mut current) {
                (Some(part), None, Some((_, value))) => {
                    value.push(',');
                    value.push_str(part);
                }
                (Some(_), None, None) => {}
                (_, begun, done) => {
                    if let Some((name, value)) = done.take() {
                        sprint.set(name, value);
                    }
                    current = begun.map(|(name, value)| (name, value.to_owned()));
                }
            }
        }
        (!sprint.id.is_empty()).then_some(sprint)
    }

    fn set(&mut self, name: &str, value: String) {
        if value == "<null>" {
            return;
        }
        match name {
            "id" => self.id = value,
            "name" => self.name = value,
            "state" => self.state = value,
            "startDate" => self.starts = value,
            "endDate" => self.ends = value,
            "completeDate" => self.completed = value,
            "rapidViewId" => self.board = value,
            _ => {}
        }
    }

    /// Its id.
    pub(super) fn key(&self) -> Option<String> {
        (!self.id.is_empty()).then(|| self.id.clone())
    }

    /// Whether it says enough to be a sprint rather than some other object with an id and a name.
    pub(super) fn is_told(&self) -> bool {
        let states = ["active", "closed", "future"];
        states.contains(&self.state.to_lowercase().as_str())
            && !(self.board.is_empty() && self.starts.is_empty())
    }

    /// The sprint in our words; `project` is where one of its issues belongs.
    pub(super) fn record(&self, project: Option<String>) -> Option<IterationRecord> {
        Some(IterationRecord {
            key: self.key()?,
            name: if self.name.is_empty() { format!("Sprint {}", self.id) } else { self.name.clone() },
            group: project.or_else(|| (!self.board.is_empty()).then(|| format!("Board {}", self.board))),
            starts_at: instant(&self.starts),
            ends_at: instant(&self.ends),
            completed_at: instant(&self.completed),
            given: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_form_is_read_though_names_hold_commas() {
        let json = r#"["com.atlassian.greenhopper.service.sprint.Sprint@4a[rapidViewId=13,state=CLOSED,name=Fix it, a=b, now,startDate=2014-01-06T15:17:30.953Z,endDate=<null>,completeDate=<null>,id=8]"]"#;
        let sprints = Sprint::all(json);
        let record = sprints[0].record(None).unwrap();
        assert_eq!((record.key.as_str(), record.name.as_str()), ("8", "Fix it, a=b, now"));
        assert_eq!(record.group.as_deref(), Some("Board 13"));
        assert!(record.starts_at.is_some() && record.ends_at.is_none());
    }

    #[test]
    fn objects_are_sprints_only_if_they_look_like_it() {
        let json = r#"[{"id":4,"name":"S 4","state":"active","boardId":1,"startDate":"2024-03-04T08:00:00.000Z"},null]"#;
        assert_eq!(Sprint::all(json).iter().filter_map(Sprint::key).collect::<Vec<_>>(), ["4"]);
        assert_eq!(Sprint::all(r#"[{"id":"1","value":"Impediment"}]"#), []);
    }
}
