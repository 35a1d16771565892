//! A repository on this machine, bare or not.

use std::{collections::HashMap, path::Path};

use gix::{ObjectId, Repository};
use headway_domain::time::Instant;

use super::history::{Commit, History, Tag, names_release, says_repair};
use crate::{Format, Recognised, Rows, Unreadable};

/// What a folder is, if it is a repository.
pub(crate) fn recognise(path: &Path) -> Result<Recognised, Unreadable> {
    open(path).map(|_| super::recognised(Format::GitRepository))
}

/// The deployments and commits of a repository.
pub(crate) fn rows(path: &Path, name: &str) -> Result<Rows, Unreadable> {
    let repository = open(path)?;
    let group = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    let group = group.strip_suffix(".git").unwrap_or(group);
    Ok(history(&repository)?.rows(name.to_owned(), group))
}

/// Nothing but the repository's own files is read: no configuration of the user, no hooks, no program.
fn open(path: &Path) -> Result<Repository, Unreadable> {
    gix::open_opts(path, gix::open::Options::isolated()).map_err(|error| Unreadable {
        reason: format!(
            "the folder is no git repository that can be read ({error}); choose a file or a repository"
        ),
    })
}

fn history(repository: &Repository) -> Result<History, Unreadable> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Unreadable {
        reason: format!("the {what} of the repository can't be read: {error}"),
    };
    let mut history = History::default();
    let mut tips = Vec::new();
    let mut tags = Vec::new();
    let references = repository.references().map_err(|error| failed("references", &error))?;
    for reference in references.all().map_err(|error| failed("references", &error))? {
        let Ok(mut reference) = reference else {
            history.problems.push((0, "a reference can't be read".to_owned()));
            continue;
        };
        let name = reference.name().as_bstr().to_string();
        let direct = reference.try_id().map(gix::Id::detach);
        let Ok(commit) = reference.peel_to_commit() else {
            // A tag may be on a file; that is no release.
            continue;
        };
        let id = commit.id;
        tips.push(id);
        if let Some(tag) = name.strip_prefix("refs/tags/").filter(|tag| names_release(tag)) {
            let at = direct
                .and_then(|it| tagged_at(repository, it))
                .or_else(|| commit.time().ok().map(|it| it.seconds));
            tags.push((tag.to_owned(), id, at.unwrap_or(0)));
        }
    }
    tips.extend(repository.head_id().ok().map(gix::Id::detach));
    tips.sort_unstable();
    tips.dedup();
    let mut positions: HashMap<ObjectId, u32> = HashMap::new();
    let mut parents: Vec<Vec<ObjectId>> = Vec::new();
    let walk = repository.rev_walk(tips).all().map_err(|error| failed("commits", &error))?;
    for info in walk {
        let read = info.map_err(|error| error.to_string()).and_then(|info| {
            let commit = info.object().map_err(|error| error.to_string())?;
            Ok((read_commit(&commit)?, info.id, info.parent_ids.to_vec()))
        });
        match read {
            Ok((commit, id, its_parents)) => {
                positions.insert(id, history.commits.len() as u32);
                parents.push(its_parents);
                history.commits.push(commit);
            }
            Err(reason) => history.problems.push((0, format!("a commit can't be read: {reason}"))),
        }
    }
    for (commit, parents) in history.commits.iter_mut().zip(parents) {
        // Those of a shallow clone's oldest commits are missing.
        commit.parents = parents.iter().filter_map(|id| positions.get(id).copied()).collect();
    }
    history.tags = tags
        .into_iter()
        .filter_map(|(name, id, at)| Some(Tag { at: seconds(at), name, commit: *positions.get(&id)? }))
        .collect();
    Ok(history)
}

fn read_commit(commit: &gix::Commit<'_>) -> Result<Commit, String> {
    let decoded = commit.decode().map_err(|error| error.to_string())?;
    let time = |signature: gix::actor::SignatureRef<'_>| seconds(signature.seconds());
    Ok(Commit {
        key: commit.id.to_string(),
        authored_at: time(decoded.author().map_err(|error| error.to_string())?),
        committed_at: time(decoded.committer().map_err(|error| error.to_string())?),
        is_repair: says_repair(&String::from_utf8_lossy(decoded.message)),
        parents: Vec::new(),
    })
}

/// When an annotated tag was set.
fn tagged_at(repository: &Repository, id: ObjectId) -> Option<i64> {
    let tag = repository.find_object(id).ok()?.try_into_tag().ok()?;
    Some(tag.tagger().ok()??.seconds())
}

fn seconds(seconds: i64) -> Instant {
    Instant(seconds.saturating_mul(1_000_000))
}
