//! Synthetic histories as files, made once and kept.

use std::{fs::File, io::BufWriter, path::PathBuf};

use anyhow::Result;
use headway_sample::bench::{Changes, Order};

use crate::{bench::Bench, context::today};

/// The seed of all histories.
const SEED: u64 = 7;

/// Items of one team.
pub const ITEMS_PER_TEAM: u64 = 1_000;

impl Bench {
    /// The table of changes of so many items.
    pub fn history(&self, items: u64, order: Order) -> Result<PathBuf> {
        let name = match order {
            Order::ByItem => "grouped",
            Order::ByTime => "any-order",
        };
        let until = today();
        let path = self.folder.join(format!("{items}-{name}-{until}.csv"));
        if !path.is_file() {
            let teams = u32::try_from(items.div_ceil(ITEMS_PER_TEAM)).unwrap_or(u32::MAX).max(1);
            let changes = Changes { items, teams, until, seed: SEED };
            let unfinished = path.with_extension("part");
            let mut file = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
            changes.write(order, &mut file)?;
            file.into_inner()?.sync_all()?;
            std::fs::rename(unfinished, &path)?;
        }
        Ok(path)
    }
}
