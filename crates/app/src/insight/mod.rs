//! Monitoring: facts in memory, and the figures that pages show of a scope.

pub mod behaviour;
pub mod delivery;
mod digest;
pub mod durations;
mod facts;
pub mod figure;
pub mod heat_map;
pub mod iterations;
mod kept;
mod memory;
pub mod outlook;
mod overview;
mod scope;
pub mod series;
pub mod signals;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use headway_domain::{
    id::{ItemId, UnitId},
    organisation::UnitTree,
};

pub use facts::{Name, TeamFacts};
pub use memory::{Facts, keep_up};
pub use overview::{Changes, Explanation, Extent, Overview, changes, explain, overview};
pub use scope::{Ask, Scope, Team, scope, today_of};

use crate::{App, OpContext, Result};

/// How many items each unit holds itself, as it is kept in memory.
pub(crate) async fn extents(app: &App) -> Result<Arc<BTreeMap<UnitId, u64>>> {
    app.extents.get(|| async { Ok(app.db.read_by_events().await?.unit_extents().await?) }).await
}

/// Items at and below each unit.
pub async fn items_per_unit(ctx: &OpContext, app: &App, tree: &UnitTree) -> Result<HashMap<UnitId, u64>> {
    ctx.authorise_anybody()?;
    let mut sums = HashMap::new();
    for (unit, items) in extents(app).await?.iter() {
        for above in tree.path(*unit) {
            *sums.entry(above.id).or_default() += items;
        }
    }
    Ok(sums)
}

/// Whether there is anything to look at.
pub async fn has_items(ctx: &OpContext, app: &App) -> Result<bool> {
    ctx.authorise_anybody()?;
    Ok(extents(app).await?.values().any(|items| *items > 0))
}

/// Just enough of an item to name it and to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRef {
    /// Its id.
    pub id: ItemId,
    /// The key people say.
    pub label: String,
    /// Its title.
    pub title: String,
}

impl ItemRef {
    /// An item by its name.
    pub fn of(name: &Name) -> Self {
        ItemRef { id: name.id, label: name.label.to_string(), title: name.title.to_string() }
    }
}
