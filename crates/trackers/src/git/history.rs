//! Commits and tags, and which tag brought which commit first.

use headway_domain::{
    time::Instant,
    work::{CommitRecord, DeploymentOutcome, DeploymentRecord, Location, Problem, Record, Row},
};

use crate::Rows;

/// A commit, as much of it as counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) key: String,
    pub(super) authored_at: Instant,
    pub(super) committed_at: Instant,
    pub(super) is_repair: bool,
    /// Positions in [`History::commits`].
    pub(super) parents: Vec<u32>,
}

/// A tag on a commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag {
    /// When it was set, or for a tag without a date of its own, when its commit was made.
    pub(super) at: Instant,
    pub(super) name: String,
    /// Position in [`History::commits`].
    pub(super) commit: u32,
}

/// What a repository says. It has to be in memory whole, since the oldest commit may be released by the newest tag;
/// that is about a hundred bytes a commit.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) commits: Vec<Commit>,
    pub(super) tags: Vec<Tag>,
    /// What could not be read, and where.
    pub(super) problems: Vec<(u64, String)>,
}

impl History {
    /// The rows: deployments, then commits, each by time; what could not be read at the end.
    pub(super) fn rows(mut self, file: String, group: &str) -> Rows {
        self.tags.sort();
        let carriers = self.carriers();
        let group = Some(group.to_owned());
        let deployments: Vec<Record> = self
            .tags
            .iter()
            .map(|tag| {
                Record::Deployment(DeploymentRecord {
                    key: tag.name.clone(),
                    group: group.clone(),
                    finished_at: tag.at,
                    outcome: DeploymentOutcome::Succeeded,
                    environment: "production".to_owned(),
                    is_proxy: true,
                })
            })
            .collect();
        let tags = self.tags;
        let mut commits: Vec<(Commit, Option<u32>)> = self.commits.into_iter().zip(carriers).collect();
        commits.sort_by(|(a, _), (b, _)| (a.committed_at, &a.key).cmp(&(b.committed_at, &b.key)));
        let commits = commits.into_iter().map(move |(commit, carrier)| {
            Record::Commit(CommitRecord {
                key: commit.key,
                group: group.clone(),
                authored_at: commit.authored_at,
                committed_at: commit.committed_at,
                deployment: carrier.and_then(|it| tags.get(it as usize)).map(|tag| tag.name.clone()),
                is_repair: commit.is_repair,
            })
        });
        let problem_file = file.clone();
        let problems = self.problems.into_iter().map(move |(line, reason)| Row {
            location: Location { file: problem_file.clone(), line },
            record: Err(Problem { key: None, reason }),
            oddities: Vec::new(),
        });
        let rows = deployments.into_iter().chain(commits).zip(1..).map(move |(record, line)| Row {
            location: Location { file: file.clone(), line },
            record: Ok(record),
            oddities: Vec::new(),
        });
        Box::new(rows.chain(problems))
    }

    /// For each commit the position of the first tag that contains it; tags are sorted by time.
    fn carriers(&self) -> Vec<Option<u32>> {
        let mut carriers = vec![None; self.commits.len()];
        let mut open = Vec::new();
        for (ix, tag) in (0_u32..).zip(&self.tags) {
            open.push(tag.commit);
            while let Some(commit) = open.pop() {
                let Some(carrier) = carriers.get_mut(commit as usize) else { continue };
                // What an earlier tag contains, it contains with all that lies behind.
                if carrier.is_none() {
                    *carrier = Some(ix);
                    open.extend(&self.commits[commit as usize].parents);
                }
            }
        }
        carriers
    }
}

/// Whether a tag's name looks like a release: it has a number in it.
pub(super) fn names_release(tag: &str) -> bool {
    tag.bytes().any(|b| b.is_ascii_digit())
}

/// Whether the first line of a commit's text says that it takes back or repairs an earlier change: it is a revert,
/// or its type or first word is fix, hotfix, bugfix or rollback.
pub(super) fn says_repair(message: &str) -> bool {
    let subject = message.trim_start().lines().next().unwrap_or_default().to_lowercase();
    let mut words = subject.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
    let is_repair = |word: &str| {
        matches!(
            word,
            "fix"
                | "fixes"
                | "fixed"
                | "fixing"
                | "bugfix"
                | "hotfix"
                | "hotfixes"
                | "revert"
                | "reverts"
                | "reverted"
                | "rollback"
        )
    };
    words.next().is_some_and(is_repair)
        || words.any(|word| matches!(word, "hotfix" | "revert" | "reverts" | "rollback"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(key: &str, at: i64, parents: &[u32]) -> Commit {
        Commit {
            key: key.to_owned(),
            authored_at: Instant(at),
            committed_at: Instant(at),
            is_repair: false,
            parents: parents.to_vec(),
        }
    }

    #[test]
    fn the_first_tag_that_contains_a_commit_carries_it() {
        // a - b - d (merge), a - c - d - e
        let commits = vec![
            commit("a", 1, &[]),
            commit("b", 2, &[0]),
            commit("c", 3, &[0]),
            commit("d", 4, &[1, 2]),
            commit("e", 5, &[3]),
        ];
        let tag = |name: &str, at, commit| Tag { at: Instant(at), name: name.to_owned(), commit };
        let tags = vec![tag("v2", 20, 3), tag("v1", 10, 1)];
        let history = History { commits, tags, problems: vec![(7, "odd".to_owned())] };
        let rows: Vec<_> = history.rows("repo".to_owned(), "repo").collect();
        let carried: Vec<_> = rows
            .iter()
            .filter_map(|row| match &row.record {
                Ok(Record::Commit(commit)) => Some((commit.key.as_str(), commit.deployment.as_deref())),
                _ => None,
            })
            .collect();
        assert_eq!(
            carried,
            [("a", Some("v1")), ("b", Some("v1")), ("c", Some("v2")), ("d", Some("v2")), ("e", None)]
        );
        assert!(rows.last().unwrap().record.is_err());
        assert_eq!(rows.len(), 8);
    }

    #[test]
    fn repairs_say_so() {
        for text in
            ["Revert \"Add x\"", "fix: y", "fix(api): z", "Hotfix for login", "Fixes #12", "chore: revert w"]
        {
            assert!(says_repair(text), "{text}");
        }
        for text in ["Add fixtures", "docs: how to fix", "prefix names", "", "Add x\n\nfix y"] {
            assert!(!says_repair(text), "{text}");
        }
    }
}
