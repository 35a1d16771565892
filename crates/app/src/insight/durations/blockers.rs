//! What blocked work, by cause, and what is blocked now.

use headway_flow::{Share, blocked, history::BlockedCause, item::Span};

use super::{AgingItem, aging_items};
use crate::insight::Scope;

/// What blocks.
#[derive(Clone, Debug)]
pub struct Blockers {
    /// Blocked time in the window, in days.
    pub total_days: f64,
    /// Items that were blocked, of those in progress during the window.
    pub items: Share,
    /// By cause, most time first.
    pub clusters: Vec<BlockerCluster>,
    /// Blocked now, oldest first.
    pub blocked_now: Vec<AgingItem>,
}

/// Blocked time by cause.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockerCluster {
    /// The cause.
    pub cause: BlockedCause,
    /// Blocked time, in days.
    pub days: f64,
    /// Items.
    pub items: usize,
    /// Teams.
    pub teams: usize,
}

/// What blocked work in the window.
pub fn blockers_of(scope: &Scope) -> Blockers {
    let mut clusters: Vec<BlockerCluster> = Vec::new();
    let mut total = 0.0;
    let mut share = Share { part: 0, of: 0 };
    let mut blocked_now = Vec::new();
    for team in &scope.teams {
        let calendar = &team.facts.workflow.calendar;
        let items = team.items(scope.work_type);
        let window = Span {
            from: calendar.zone.start_of(scope.window.first),
            until: calendar.end_of(scope.window.last),
        };
        let now = headway_domain::time::Instant(calendar.end_of(scope.today).0 - 1);
        for item in &items {
            let Some(life) = blocked::life(item, now) else { continue };
            let life = life.within(window);
            if life.seconds() > 0.0 {
                let seconds = blocked::blocked_seconds(item, life);
                share.of += 1;
                share.part += usize::from(seconds > 0.0);
                total += seconds / 86_400.0;
            }
        }
        for cluster in blocked::clusters(&items, window, now) {
            let known = clusters.iter_mut().find(|known| known.cause == cluster.cause);
            let days = cluster.seconds / 86_400.0;
            match known {
                Some(known) => {
                    known.days += days;
                    known.items += cluster.items.len();
                    known.teams += 1;
                }
                None => clusters.push(BlockerCluster {
                    cause: cluster.cause,
                    days,
                    items: cluster.items.len(),
                    teams: 1,
                }),
            }
        }
        blocked_now.extend(aging_items(scope, team).filter(|item| item.is_blocked));
    }
    for cluster in &mut clusters {
        if let BlockedCause::Item(key) = &mut cluster.cause {
            // Links name the tracker's own key; people say the label.
            let own = scope.teams.iter().flat_map(|team| &team.facts.names).find(|name| *name.key == **key);
            let foreign = || scope.teams.iter().find_map(|team| team.facts.foreign_labels.get(key).cloned());
            if let Some(label) = own.map(|name| name.label.to_string()).or_else(foreign) {
                *key = label;
            }
        }
    }
    clusters.sort_by(|a, b| b.days.total_cmp(&a.days).then_with(|| a.cause.cmp(&b.cause)));
    blocked_now.sort_by_key(|item| std::cmp::Reverse(item.age_days));
    Blockers { total_days: total, items: share, clusters, blocked_now }
}
