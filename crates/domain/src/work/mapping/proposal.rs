//! A first mapping, from how states, types and labels are usually called and from where they stand in the histories;
//! and what an earlier mapping of the same tracker has decided already.

use super::{BlockedRule, Disposition, GroupRule, KindRule, Mapping, StateRule, rank, team_of};
use crate::work::{Category, Census, Stage, StateCount, WorkType};

impl Mapping {
    /// A first mapping, from what the data shows and how states are usually called. A person looks at it before
    /// anything is stored.
    pub fn propose(census: &Census) -> Self {
        let mut rated: Vec<(&String, Category, f64)> = census
            .states
            .iter()
            .map(|(state, count)| {
                let category = category_told(state, count).unwrap_or_else(|| category_guessed(count));
                (state, category, mean_position(count))
            })
            .collect();
        // Stages follow the histories; an exit is called what most items that took it are called.
        rated.sort_by(|a, b| {
            let usage =
                |state: &String| census.states.get(state).map_or(0, |count| count.items + count.entries);
            let within = if a.1.is_exit() { usage(b.0).cmp(&usage(a.0)) } else { a.2.total_cmp(&b.2) };
            rank(a.1).cmp(&rank(b.1)).then(within).then(a.0.cmp(b.0))
        });
        // A process of several steps begins with what waits to be begun, in whatever language it is called.
        let is_told =
            |state: &str| census.states.get(state).is_some_and(|it| category_told(state, it).is_some());
        if let [first, second, ..] = rated.as_mut_slice()
            && rank(first.1) == 1
            && rank(second.1) == 1
            && !is_told(first.0)
        {
            first.1 = Category::Todo;
        }
        // One stage a state, except that all the ways to be done share one stage, and likewise cancelled.
        let mut stages: Vec<Stage> = Vec::new();
        let mut states = Vec::new();
        for (state, category, _) in rated {
            let shared = stages.iter().find(|stage| category.is_exit() && stage.category == category);
            let name = match shared {
                Some(stage) => stage.name.clone(),
                None => {
                    let name = if state.is_empty() { "No state".to_owned() } else { state.clone() };
                    stages.push(Stage { name: name.clone(), category });
                    name
                }
            };
            states.push(StateRule { state: state.clone(), stage: name });
        }
        // A team that has finished nothing yet will finish something.
        if !stages.is_empty() && !stages.iter().any(|stage| stage.category == Category::Done) {
            let end =
                stages.iter().position(|stage| stage.category == Category::Cancelled).unwrap_or(stages.len());
            let taken = stages.iter().any(|stage| stage.name == "Done");
            let name = if taken { "Finished" } else { "Done" }.to_owned();
            stages.insert(end, Stage { name, category: Category::Done });
        }
        let kinds = census.kinds.keys().map(|kind| KindRule { kind: kind.clone(), work_type: type_of(kind) });
        let groups = census
            .groups
            .keys()
            .map(|group| GroupRule { group: group.clone(), to: Disposition::NewTeam(team_of(group)) });
        Mapping {
            stages,
            states,
            kinds: kinds.collect(),
            groups: groups.collect(),
            blocked: BlockedRule {
                flags: Vec::new(),
                states: census.states.keys().filter(|state| says_blocked(state)).cloned().collect(),
                labels: census.labels.keys().filter(|label| says_blocked(label)).cloned().collect(),
                links: true,
            },
            cancelled_resolutions: census
                .resolutions
                .keys()
                .filter(|it| says_cancelled(it))
                .cloned()
                .collect(),
        }
    }

    /// This proposal with the decisions of an earlier mapping of the same tracker: what somebody decided once about a
    /// state, a type or a group is not asked again. What is new keeps the proposal.
    pub fn carrying_over(self, earlier: &Mapping) -> Mapping {
        let mut stages = earlier.stages.clone();
        let mut states = Vec::new();
        for rule in self.states {
            if let Some(known) = earlier.states.iter().find(|known| known.state == rule.state) {
                states.push(known.clone());
                continue;
            }
            let proposed = self.stages.iter().find(|stage| stage.name == rule.stage);
            let Some(proposed) = proposed else { continue };
            let same_name = stages.iter().any(|stage| stage.name == proposed.name);
            let exit =
                stages.iter().find(|stage| stage.category == proposed.category && stage.category.is_exit());
            let stage = match exit {
                _ if same_name => proposed.name.clone(),
                Some(exit) => exit.name.clone(),
                None => {
                    // Behind the last stage that may stand before it.
                    let behind =
                        stages.iter().rposition(|stage| rank(stage.category) <= rank(proposed.category));
                    stages.insert(behind.map_or(0, |position| position + 1), proposed.clone());
                    proposed.name.clone()
                }
            };
            states.push(StateRule { state: rule.state, stage });
        }
        let kinds = self
            .kinds
            .into_iter()
            .map(|rule| earlier.kinds.iter().find(|known| known.kind == rule.kind).cloned().unwrap_or(rule));
        let groups = self.groups.into_iter().map(|rule| {
            earlier.groups.iter().find(|known| known.group == rule.group).cloned().unwrap_or(rule)
        });
        Mapping {
            stages,
            states,
            kinds: kinds.collect(),
            groups: groups.collect(),
            blocked: earlier.blocked.clone(),
            cancelled_resolutions: earlier.cancelled_resolutions.clone(),
        }
    }
}

fn has_word(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

fn says_blocked(text: &str) -> bool {
    has_word(text, &["blocked", "impediment", "on hold", "on-hold", "onhold"])
}

fn says_cancelled(text: &str) -> bool {
    has_word(
        text,
        &[
            "won't",
            "wont",
            "cancel",
            "reject",
            "duplicate",
            "invalid",
            "cannot reproduce",
            "worksforme",
            "works for me",
            "not planned",
            "not_planned",
            "not a bug",
            "obsolete",
            "abandon",
            "declined",
            "discard",
            "incomplete",
            "not an issue",
            "removed",
            "withdrawn",
        ],
    )
}

fn says_todo(state: &str) -> bool {
    const WORDS: [&str; 20] = [
        "to do",
        "todo",
        "backlog",
        "open",
        "new",
        "created",
        "unassigned",
        "triage",
        "inbox",
        "icebox",
        "idea",
        "proposed",
        "submitted",
        "selected",
        "planned",
        "received",
        "funnel",
        "no state",
        "needed",
        "wanted",
    ];
    state.is_empty() || has_word(state, &WORDS)
}

/// What a state's name or its tracker says that it is.
fn category_told(state: &str, count: &StateCount) -> Option<Category> {
    if says_cancelled(state) {
        return Some(Category::Cancelled);
    }
    if has_word(
        state,
        &["waiting", "pending", "hold", "blocked", "ready for", "awaiting", "in queue", "review needed"],
    ) {
        let is_todo = count.hint == Some(Category::Todo);
        return Some(if is_todo { Category::Todo } else { Category::Waiting });
    }
    // "In progress" is what trackers say of any state that nobody has classified: a name that says otherwise wins.
    if let Some(hint) = count.hint
        && hint != Category::Active
    {
        return Some(hint);
    }
    // Accepted for work, or accepted as done? Where it stands in the histories tells, unless the tracker says that it
    // is not done.
    if has_word(state, &["accepted"]) {
        let is_late = count.hint.is_none() && mean_position(count) > 0.8;
        return Some(if is_late { Category::Done } else { Category::Todo });
    }
    if says_todo(state) {
        return Some(Category::Todo);
    }
    if let Some(hint) = count.hint {
        return Some(hint);
    }
    if has_word(
        state,
        &[
            "done",
            "closed",
            "resolved",
            "complete",
            "fixed",
            "released",
            "deployed",
            "merged",
            "finished",
            "delivered",
            "shipped",
        ],
    ) && !has_word(state, &["not ", "to be "])
    {
        return Some(Category::Done);
    }
    let is_work = has_word(
        state,
        &[
            "progress",
            "doing",
            "develop",
            "review",
            "test",
            "analysis",
            "analyse",
            "implement",
            "working",
            "active",
            "assigned",
            "started",
            "verif",
            "qa",
            "build",
            "sign off",
            "design",
            "accept",
        ],
    );
    is_work.then_some(Category::Active)
}

/// Where a state stands in the histories, from 0 to 1.
fn mean_position(count: &StateCount) -> f64 {
    if count.positions == 0 { 0.5 } else { count.position_sum / count.positions as f64 }
}

/// What a state is of which nothing is told: where it stands in the histories says.
fn category_guessed(count: &StateCount) -> Category {
    let mean = mean_position(count);
    let closed = count.items > 0 && count.closed_items * 10 >= count.items * 9;
    if closed || mean > 0.95 {
        Category::Done
    } else if mean < 0.1 {
        Category::Todo
    } else {
        Category::Active
    }
}

fn type_of(kind: &str) -> WorkType {
    if has_word(kind, &["bug", "defect", "incident", "problem", "fault", "regression", "hotfix"]) {
        WorkType::Defect
    } else if has_word(
        kind,
        &[
            "debt",
            "refactor",
            "chore",
            "maintenance",
            "technical",
            "enabler",
            "cleanup",
            "infrastructure",
            "spike",
            "dependencies",
        ],
    ) {
        WorkType::Debt
    } else if has_word(kind, &["risk", "security", "compliance", "vulnerab", "audit"]) {
        WorkType::Risk
    } else if has_word(
        kind,
        &[
            "feature",
            "story",
            "enhancement",
            "improvement",
            "epic",
            "requirement",
            "user story",
            "task",
            "issue",
            "pull request",
            "product backlog item",
            "card",
            "request",
            "wish",
        ],
    ) {
        WorkType::Feature
    } else {
        WorkType::Unmapped
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        time::Instant,
        work::{Change, Field, ItemRecord, MappingGap},
    };

    fn item(states: &[&str]) -> ItemRecord {
        ItemRecord {
            key: "1".to_owned(),
            state: states.last().map(|it| (*it).to_owned()),
            kind: Some("Bug".to_owned()),
            changes: states
                .windows(2)
                .map(|pair| Change {
                    at: Instant(0),
                    field: Field::State,
                    from: Some(pair[0].to_owned()),
                    to: Some(pair[1].to_owned()),
                })
                .collect(),
            ..ItemRecord::default()
        }
    }

    #[test]
    fn work_of_which_nothing_is_finished_has_a_way_to_its_end() {
        let mut census = Census::default();
        census.add(&item(&["Open", "In progress"]));
        census.add(&item(&["Open", "Cancelled"]));
        let mapping = Mapping::propose(&census);
        let stages: Vec<_> =
            mapping.stages.iter().map(|stage| (stage.name.as_str(), stage.category)).collect();
        assert_eq!(stages[2..], [("Done", Category::Done), ("Cancelled", Category::Cancelled)]);
        assert_eq!(mapping.gaps(), []);
    }

    #[test]
    fn the_first_of_several_unknown_states_is_not_begun() {
        let mut census = Census::default();
        census.add(&item(&["やること", "作業中", "確認", "完了"]));
        // Most cards are still where they were created, some came in later.
        census.add(&item(&["作業中", "確認"]));
        census.add(&item(&["確認", "やること", "作業中"]));
        let categories = |mapping: &Mapping| -> Vec<_> {
            mapping.stages.iter().map(|stage| (stage.name.clone(), stage.category)).collect()
        };
        let found = categories(&Mapping::propose(&census));
        assert_eq!(found[0], ("やること".to_owned(), Category::Todo));
        assert!(found[1..3].iter().all(|it| it.1 == Category::Active), "{found:?}");
        let mut census = Census::default();
        census.add(&item(&["Design", "Build", "Done"]));
        census.add(&item(&["Build", "Design"]));
        assert_eq!(categories(&Mapping::propose(&census))[0].1, Category::Active, "its name says so");
    }

    #[test]
    fn stages_follow_the_path_of_the_items() {
        let mut census = Census::default();
        census.add(&item(&["Open", "Sketching", "Ready for test", "Test", "Done"]));
        census.add(&item(&["Open", "Sketching", "Ready for test", "Test", "Closed"]));
        census.add(&item(&["Open", "Won't do"]));
        let mapping = Mapping::propose(&census);
        let stages: Vec<_> = mapping.stages.iter().map(|s| (s.name.as_str(), s.category.code())).collect();
        assert_eq!(
            stages,
            [
                ("Open", "todo"),
                ("Sketching", "active"),
                ("Ready for test", "waiting"),
                ("Test", "active"),
                ("Closed", "done"),
                ("Won't do", "cancelled"),
            ]
        );
        assert_eq!(mapping.kinds[0].work_type, WorkType::Defect);
        assert_eq!(mapping.gaps(), []);
    }

    #[test]
    fn what_was_decided_once_is_not_asked_again() {
        let mut first = Census::default();
        first.add(&item(&["Open", "Doing", "Done"]));
        let mut decided = Mapping::propose(&first);
        decided.stages[1].name = "Work".to_owned();
        decided.states[1].stage = "Work".to_owned();
        decided.kinds[0].work_type = WorkType::Risk;
        decided.groups[0].to = Disposition::NewTeam("Kestrel".to_owned());
        let mut second = first.clone();
        second.add(&item(&["Open", "Doing", "Waiting for review", "Closed"]));
        let again = Mapping::propose(&second).carrying_over(&decided);
        let stage_of =
            |state: &str| again.states.iter().find(|it| it.state == state).map(|it| it.stage.as_str());
        assert_eq!(
            ["Doing", "Waiting for review", "Closed"].map(stage_of),
            [Some("Work"), Some("Waiting for review"), Some("Done")]
        );
        assert_eq!(again.kinds, decided.kinds);
        assert_eq!(again.groups, decided.groups);
        assert_eq!(again.gaps(), []);
        assert_eq!(Mapping::propose(&first).carrying_over(&decided), decided);
    }

    #[test]
    fn a_mapping_without_an_end_is_refused() {
        let mut census = Census::default();
        census.add(&item(&["Open", "In Progress", "Done"]));
        let mut mapping = Mapping::propose(&census);
        mapping.stages.retain(|stage| stage.category != Category::Done);
        assert_eq!(
            mapping.gaps(),
            [
                MappingGap::NoSuchStage { state: "Done".to_owned(), stage: "Done".to_owned() },
                MappingGap::NothingDone
            ]
        );
    }
}
