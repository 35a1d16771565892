//! The tree of units: a mid-sized company that sells, ships and serves, with twelve teams named after birds.
//!
//! Larger organisations repeat the twelve: each further block is a portfolio below the first one.

use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind, key_from_name},
};

use crate::{
    dice::Dice,
    plan::{SLOTS, numbered},
};

/// Teams in a block.
pub(crate) const BLOCK: usize = SLOTS.len();

const PORTFOLIO: &str = "Products and Operations";

const VALUE_STREAMS: [&str; 3] = ["Order to Delivery", "Customer Care", "Data and Platform"];

/// A team of teams.
pub(crate) struct Program {
    pub name: &'static str,
    /// The prefix of its epics.
    pub key: &'static str,
    value_stream: usize,
}

pub(crate) const PROGRAMS: [Program; 4] = [
    Program { name: "Shop", key: "SHOP", value_stream: 0 },
    Program { name: "Fulfilment", key: "SHIP", value_stream: 0 },
    Program { name: "Service", key: "CARE", value_stream: 1 },
    Program { name: "Foundations", key: "BASE", value_stream: 2 },
];

/// The id of a unit: the same whatever the scale.
fn unit_id(seed: u64, block: usize, place: usize) -> UnitId {
    UnitId(Dice::new(seed, 1_000_000_000 + (block * 32 + place) as u64).uuid())
}

/// The id of a team.
pub(crate) fn team_id(seed: u64, index: usize) -> UnitId {
    unit_id(seed, index / BLOCK, 8 + index % BLOCK)
}

/// All units, parents before children.
pub(crate) fn units(seed: u64, teams: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    for block in 0..teams.div_ceil(BLOCK) {
        let id = |place| unit_id(seed, block, place);
        let mut add = |id: UnitId, parent: Option<UnitId>, kind: UnitKind, name: &str| {
            let name = numbered(name, " ", block);
            units.push(Unit { id, parent, kind, key: key_from_name(&name, |_| false), name });
        };
        let top = (block > 0).then(|| unit_id(seed, 0, 0));
        add(id(0), top, UnitKind::Portfolio, PORTFOLIO);
        for (n, name) in VALUE_STREAMS.iter().enumerate() {
            add(id(1 + n), Some(id(0)), UnitKind::ValueStream, name);
        }
        for (n, program) in PROGRAMS.iter().enumerate() {
            add(id(4 + n), Some(id(1 + program.value_stream)), UnitKind::Program, program.name);
        }
        for (n, slot) in SLOTS.iter().enumerate().take(teams - block * BLOCK) {
            add(id(8 + n), Some(id(4 + slot.program)), UnitKind::Team, slot.name);
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use headway_domain::organisation::UnitTree;

    use super::*;

    #[test]
    fn the_tree_is_well_formed_at_any_scale() {
        for teams in [1, 12, 13, 40] {
            let units = units(5, teams);
            let tree = UnitTree::new(units.clone());
            assert!(units.iter().all(|unit| tree.check_place(unit).is_ok()));
            assert_eq!(tree.children(None).count(), 1);
            assert_eq!(tree.teams(units[0].id).len(), teams);
            let keys: HashSet<_> = units.iter().map(|unit| unit.key.as_str()).collect();
            assert_eq!(keys.len(), units.len());
        }
    }

    #[test]
    fn twelve_teams_in_four_programs_and_three_value_streams() {
        let units = units(5, 12);
        let count = |kind| units.iter().filter(|unit| unit.kind == kind).count();
        assert_eq!(UnitKind::ALL.map(count), [1, 3, 4, 12]);
        assert_eq!(super::units(5, 24)[..20], units[..]);
    }
}
