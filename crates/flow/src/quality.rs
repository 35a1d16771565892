//! What makes the figures of an item doubtful: shown beside them, never corrected in silence.

use std::borrow::Borrow;

use headway_domain::work::{Category, Workflow};

use crate::item::Item;

/// A reason to doubt an item's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// It was delivered without ever having been seen in progress.
    NeverStarted,
    /// It left done again.
    Reopened,
    /// It went back among what is not started.
    BackToTodo,
    /// It went back to an earlier stage of work.
    MovedBack,
    /// It was finished before it was created.
    FinishedBeforeCreated,
    /// Its changes do not lead to the state it is in, or are only a part of them.
    Incomplete,
    /// It has left at a time that nobody recorded.
    Undated,
    /// It never was in a stage that anybody has mapped.
    Unmapped,
}

impl Doubt {
    /// All of them.
    pub const ALL: [Doubt; 8] = [
        Doubt::NeverStarted,
        Doubt::Reopened,
        Doubt::BackToTodo,
        Doubt::MovedBack,
        Doubt::FinishedBeforeCreated,
        Doubt::Incomplete,
        Doubt::Undated,
        Doubt::Unmapped,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::NeverStarted => "never_started",
            Doubt::Reopened => "reopened",
            Doubt::BackToTodo => "back_to_todo",
            Doubt::MovedBack => "moved_back",
            Doubt::FinishedBeforeCreated => "finished_before_created",
            Doubt::Incomplete => "incomplete",
            Doubt::Undated => "undated",
            Doubt::Unmapped => "unmapped",
        }
    }

    /// Whether there is this reason to doubt an item.
    pub fn applies(self, item: &Item, workflow: &Workflow) -> bool {
        let has_step = |is_so: &dyn Fn(Category, Category, bool) -> bool| {
            item.visits.windows(2).any(|it| {
                let (from, to) = (workflow.category(it[0].stage), workflow.category(it[1].stage));
                is_so(from, to, it[1].stage < it[0].stage)
            })
        };
        match self {
            Doubt::NeverStarted => item.never_started(),
            Doubt::Reopened => has_step(&|from, to, _| from == Category::Done && !to.is_exit()),
            Doubt::BackToTodo => has_step(&|from, to, _| from.is_in_progress() && to == Category::Todo),
            Doubt::MovedBack => {
                has_step(&|from, to, is_back| is_back && from.is_in_progress() && to.is_in_progress())
            }
            Doubt::FinishedBeforeCreated => item.finished.is_some_and(|it| it.at < item.created.at),
            Doubt::Incomplete => !item.is_complete,
            Doubt::Undated => item.is_undated,
            Doubt::Unmapped => item.visits.is_empty(),
        }
    }
}

/// How many items each reason applies to; an item can be in several.
pub fn doubts<I: Borrow<Item>>(items: &[I], workflow: &Workflow) -> Vec<(Doubt, usize)> {
    let count = |doubt: Doubt| items.iter().filter(|it| doubt.applies((*it).borrow(), workflow)).count();
    Doubt::ALL.into_iter().map(|it| (it, count(it))).collect()
}
