//! A mapping as a text file that people can read, edit, keep beside their code and use again.

use headway_domain::{
    id::UnitId,
    organisation::{UnitKind, UnitTree},
    work::{BlockedRule, Category, Disposition, GroupRule, KindRule, Mapping, Stage, StateRule, WorkType},
};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

const HEAD: &str = "\
# How a tracker's words become Headway's.
# category: todo, active, waiting, done or cancelled; stages stand in the order of the process.
# work_type: feature, defect, debt, risk or unmapped.
# groups: one of team = \"key of a team\", new_team = \"name\" or skip = true.

";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingText {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cancelled_resolutions: Vec<String>,
    #[serde(default)]
    blocked: BlockedText,
    #[serde(default, rename = "stage", skip_serializing_if = "Vec::is_empty")]
    stages: Vec<StageText>,
    #[serde(default, rename = "kind", skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<KindText>,
    #[serde(default, rename = "group", skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupText>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BlockedText {
    flags: Vec<String>,
    states: Vec<String>,
    labels: Vec<String>,
    links: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageText {
    name: String,
    category: String,
    /// The tracker's states in this stage.
    states: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindText {
    kind: String,
    work_type: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupText {
    group: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_team: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    skip: bool,
}

/// The text of a mapping. States that belong to no stage stand in none.
pub fn write(mapping: &Mapping, units: &UnitTree) -> Result<String> {
    let key_of = |id: UnitId| units.get(id).map(|unit| unit.key.clone());
    let text = MappingText {
        cancelled_resolutions: mapping.cancelled_resolutions.clone(),
        blocked: BlockedText {
            flags: mapping.blocked.flags.clone(),
            states: mapping.blocked.states.clone(),
            labels: mapping.blocked.labels.clone(),
            links: mapping.blocked.links,
        },
        stages: mapping
            .stages
            .iter()
            .map(|stage| StageText {
                name: stage.name.clone(),
                category: stage.category.code().to_owned(),
                states: mapping
                    .states
                    .iter()
                    .filter(|rule| rule.stage == stage.name)
                    .map(|rule| rule.state.clone())
                    .collect(),
            })
            .collect(),
        kinds: mapping
            .kinds
            .iter()
            .map(|rule| KindText { kind: rule.kind.clone(), work_type: rule.work_type.code().to_owned() })
            .collect(),
        groups: mapping
            .groups
            .iter()
            .map(|rule| {
                let mut text =
                    GroupText { group: rule.group.clone(), team: None, new_team: None, skip: false };
                match &rule.to {
                    Disposition::Team(id) => text.team = key_of(*id),
                    Disposition::NewTeam(name) => text.new_team = Some(name.clone()),
                    Disposition::Skip => text.skip = true,
                }
                text
            })
            .collect(),
    };
    Ok(format!("{HEAD}{}", toml::to_string(&text).map_err(Error::internal)?))
}

/// Reads the text of a mapping; every error says where and what is expected.
pub fn read(text: &str, units: &UnitTree) -> Result<Mapping> {
    let invalid = |message: String| Error::invalid("mapping", message);
    let text: MappingText = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
    let mut stages = Vec::new();
    let mut states = Vec::new();
    for stage in text.stages {
        let category = Category::from_code(&stage.category).ok_or_else(|| {
            invalid(format!(
                "stage {:?} has the category {:?}; expected todo, active, waiting, done or cancelled",
                stage.name, stage.category
            ))
        })?;
        states.extend(stage.states.into_iter().map(|state| StateRule { state, stage: stage.name.clone() }));
        stages.push(Stage { name: stage.name, category });
    }
    let kinds = text.kinds.into_iter().map(|rule| {
        let work_type = WorkType::from_code(&rule.work_type).ok_or_else(|| {
            invalid(format!(
                "kind {:?} has the work type {:?}; expected feature, defect, debt, risk or unmapped",
                rule.kind, rule.work_type
            ))
        })?;
        Ok(KindRule { kind: rule.kind, work_type })
    });
    let kinds = kinds.collect::<Result<Vec<_>>>()?;
    let groups = text.groups.into_iter().map(|rule| {
        let to = disposition(rule.team.as_deref(), rule.new_team, rule.skip, units)
            .map_err(|why| invalid(format!("group {:?}: {why}", rule.group)))?;
        Ok(GroupRule { group: rule.group, to })
    });
    Ok(Mapping {
        stages,
        states,
        kinds,
        groups: groups.collect::<Result<Vec<_>>>()?,
        blocked: BlockedRule {
            flags: text.blocked.flags,
            states: text.blocked.states,
            labels: text.blocked.labels,
            links: text.blocked.links,
        },
        cancelled_resolutions: text.cancelled_resolutions,
    })
}

/// Where a group goes, from the three ways to say it.
pub fn disposition(
    team: Option<&str>,
    new_team: Option<String>,
    skip: bool,
    units: &UnitTree,
) -> Result<Disposition, String> {
    match (team, new_team, skip) {
        (Some(key), None, false) => units
            .units()
            .iter()
            .find(|unit| unit.key == key)
            .filter(|unit| unit.kind == UnitKind::Team)
            .map(|unit| Disposition::Team(unit.id))
            .ok_or_else(|| format!("there is no team with the key {key:?}")),
        (None, Some(name), false) => Ok(Disposition::NewTeam(name)),
        (None, None, true) => Ok(Disposition::Skip),
        _ => Err("say exactly one of team, new_team and skip".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_survives_the_way_through_text() {
        let mapping = Mapping {
            stages: vec![
                Stage { name: "Open".to_owned(), category: Category::Todo },
                Stage { name: "Done \"really\"".to_owned(), category: Category::Done },
            ],
            states: vec![
                StateRule { state: "new".to_owned(), stage: "Open".to_owned() },
                StateRule { state: "fertig\nja".to_owned(), stage: "Done \"really\"".to_owned() },
            ],
            kinds: vec![KindRule { kind: "Bug".to_owned(), work_type: WorkType::Defect }],
            groups: vec![
                GroupRule { group: String::new(), to: Disposition::Skip },
                GroupRule { group: "PAY".to_owned(), to: Disposition::NewTeam("Payments".to_owned()) },
            ],
            blocked: BlockedRule {
                labels: vec!["blocked".to_owned()],
                links: true,
                ..BlockedRule::default()
            },
            cancelled_resolutions: vec!["Won't Fix".to_owned()],
        };
        let units = UnitTree::default();
        assert_eq!(read(&write(&mapping, &units).unwrap(), &units).unwrap(), mapping);
    }

    #[test]
    fn errors_say_what_is_expected() {
        let units = UnitTree::default();
        let text = "[[stage]]\nname = \"Open\"\ncategory = \"started\"\nstates = []\n";
        let error = read(text, &units).unwrap_err().to_string();
        assert!(error.contains("expected todo, active, waiting, done or cancelled"), "{error}");
    }
}
