//! The clock of an item: which of its visits to stages starts it, and which one stops it, by the team's policies.

use headway_domain::work::{Category, FinishPolicy, StageIx, StartPolicy, Workflow};

use crate::item::{Moment, Visit};

/// The clock of one item: when it started, and how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// When work on it started; `None` when no start was observed.
    pub started: Option<Moment>,
    /// When it was delivered.
    pub finished: Option<Moment>,
    /// When it left without being delivered.
    pub cancelled: Option<Moment>,
}

impl Dates {
    /// Runs the clock over visits. `cancelled` is when a resolution said that the item left undelivered.
    pub(crate) fn read(visits: &[Visit], cancelled: Option<Moment>, workflow: &Workflow) -> Self {
        let mut started: Option<Moment> = None;
        let mut exit: Option<(Moment, Category)> = None;
        let mut before = None;
        let mut dated = Dated::default();
        for visit in visits {
            let moment = Moment { at: visit.from, day: visit.day };
            let category = workflow.category(visit.stage);
            if !category.is_exit() {
                exit = None;
            } else if before != Some(category) {
                exit = Some((moment, category));
            }
            match workflow.start {
                StartPolicy::Last if category == Category::Todo => started = None,
                StartPolicy::Last if category.is_in_progress() => {
                    // Coming out of an exit does not restart a clock that runs.
                    let is_fresh = matches!(before, None | Some(Category::Todo));
                    if is_fresh || started.is_none() {
                        started = Some(moment);
                    }
                }
                StartPolicy::First if category.is_in_progress() => started = started.or(Some(moment)),
                StartPolicy::Wipe => started = dated.enter(visit.stage, moment, workflow),
                StartPolicy::Last | StartPolicy::First => {}
            }
            if workflow.finish == FinishPolicy::First && matches!(exit, Some((_, Category::Done))) {
                break;
            }
            before = Some(category);
        }
        let (finished, cancelled) = match (exit, cancelled) {
            (Some((moment, Category::Done)), None) => (Some(moment), None),
            (Some((moment, _)), _) => (None, Some(moment)),
            // Moved again after the resolution that it has now: it left when it came to rest.
            (None, Some(cancelled)) => {
                let last = visits.last().map(|it| Moment { at: it.from, day: it.day });
                (None, Some(last.filter(|it| it.at > cancelled.at).unwrap_or(cancelled)))
            }
            (None, None) => (None, None),
        };
        // A start in the very instant of the finish is a tracker passing through, not work.
        let started = started.filter(|it| finished.is_none_or(|finish| it.at < finish.at));
        Dates { started, finished, cancelled }
    }
}

/// The dates of the stages that an item has reached and not been moved back behind: the wiping policy.
#[derive(Default)]
struct Dated(Vec<(StageIx, Moment)>);

impl Dated {
    /// Enters a stage, which wipes every later one, and says when work started by what is left.
    fn enter(&mut self, stage: StageIx, moment: Moment, workflow: &Workflow) -> Option<Moment> {
        let keep = self.0.partition_point(|(it, _)| *it <= stage);
        self.0.truncate(keep);
        if self.0.last().is_none_or(|(it, _)| *it != stage) {
            self.0.push((stage, moment));
        }
        self.0.iter().find(|(it, _)| workflow.category(*it).is_in_progress()).map(|(_, moment)| *moment)
    }
}
