//! Git: tags as deployments, commits as the changes they carry, from a repository or a stream of `git fast-export`.
//!
//! A tag says that something was released, not that it runs anywhere, so every deployment is marked as inferred.
//! Names of authors and texts of commits are not kept.

pub mod fast_export;
mod history;
pub mod repository;

use crate::{Dialect, Format, Recognised};

/// What can be read from either.
fn recognised(format: Format) -> Recognised {
    Recognised {
        format,
        dialect: Dialect::plain(),
        can: vec![
            "commits as changes, with when they were written and committed".to_owned(),
            "tags as deployments: the first tag that contains a commit brought it to production".to_owned(),
            "repairs, as far as the first line of a commit says revert, fix, hotfix or rollback".to_owned(),
        ],
        cannot: vec![
            "whether and when a tag was really deployed".to_owned(),
            "failed deployments and incidents".to_owned(),
        ],
        hints: Vec::new(),
        items_are_whole: true,
    }
}
