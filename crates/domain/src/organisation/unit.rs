//! Units: portfolio, value stream, program and team, in a tree of any depth.

use std::collections::{HashMap, HashSet};

use crate::id::UnitId;

/// What a unit is. The order is that of an organisation chart; a parent may skip levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A collection of value streams, programs and teams that is steered together.
    Portfolio,
    /// Everything that serves one flow of value from end to end.
    ValueStream,
    /// A team of teams.
    Program,
    /// The people who do the work together, for a long time.
    Team,
}

impl UnitKind {
    /// All kinds, from the widest to the narrowest.
    pub const ALL: [UnitKind; 4] =
        [UnitKind::Portfolio, UnitKind::ValueStream, UnitKind::Program, UnitKind::Team];

    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            UnitKind::Portfolio => "portfolio",
            UnitKind::ValueStream => "value_stream",
            UnitKind::Program => "program",
            UnitKind::Team => "team",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        UnitKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A node of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The unit it belongs to; `None` at the top.
    pub parent: Option<UnitId>,
    /// What it is.
    pub kind: UnitKind,
    /// The short name that stands in addresses, such as `payments`; unique in the organisation.
    pub key: String,
    /// The name people say.
    pub name: String,
}

/// Why a unit cannot stand where it was put.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MisplacedUnit {
    /// The parent does not exist.
    #[error("the parent unit does not exist")]
    NoParent,
    /// A team contains no other units.
    #[error("a team cannot contain other units")]
    UnderTeam,
    /// A wider kind below a narrower one.
    #[error("a {child} cannot stand below a {parent}", child = .child.code(), parent = .parent.code())]
    WiderThanParent {
        /// The kind of the unit.
        child: UnitKind,
        /// The kind of its parent.
        parent: UnitKind,
    },
    /// A unit below itself.
    #[error("a unit cannot stand below itself")]
    Cycle,
}

/// All units, with the questions one asks a tree.
#[derive(Clone, Debug, Default)]
pub struct UnitTree {
    units: Vec<Unit>,
    by_id: HashMap<UnitId, usize>,
    children: HashMap<Option<UnitId>, Vec<usize>>,
}

impl UnitTree {
    /// Builds the tree; children stand in the order of their names.
    pub fn new(mut units: Vec<Unit>) -> Self {
        units.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        let by_id = units.iter().enumerate().map(|(ix, unit)| (unit.id, ix)).collect();
        let mut children: HashMap<Option<UnitId>, Vec<usize>> = HashMap::new();
        for (ix, unit) in units.iter().enumerate() {
            children.entry(unit.parent).or_default().push(ix);
        }
        UnitTree { units, by_id, children }
    }

    /// All units, by name.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit with this id.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.by_id.get(&id).map(|ix| &self.units[*ix])
    }

    /// The units directly below, by name; `None` asks for the top.
    pub fn children(&self, parent: Option<UnitId>) -> impl Iterator<Item = &Unit> {
        self.children.get(&parent).into_iter().flatten().map(|ix| &self.units[*ix])
    }

    /// The unit and everything below it, parents before children.
    pub fn with_descendants(&self, id: UnitId) -> Vec<&Unit> {
        let mut found: Vec<&Unit> = self.get(id).into_iter().collect();
        let mut next = 0;
        let mut seen = HashSet::new();
        while let Some(unit) = found.get(next).copied() {
            // A unit that stands below itself must not lead round and round.
            if seen.insert(unit.id) {
                found.extend(self.children(Some(unit.id)));
                next += 1;
            } else {
                found.remove(next);
            }
        }
        found
    }

    /// The teams at or below a unit.
    pub fn teams(&self, id: UnitId) -> Vec<&Unit> {
        self.with_descendants(id).into_iter().filter(|unit| unit.kind == UnitKind::Team).collect()
    }

    /// From the top down to the unit itself.
    pub fn path(&self, id: UnitId) -> Vec<&Unit> {
        let mut path = Vec::new();
        let mut seen = HashSet::new();
        let mut next = self.get(id);
        while let Some(unit) = next {
            if !seen.insert(unit.id) {
                break;
            }
            path.push(unit);
            next = unit.parent.and_then(|parent| self.get(parent));
        }
        path.reverse();
        path
    }

    /// Whether `unit` may stand where it says it stands.
    pub fn check_place(&self, unit: &Unit) -> Result<(), MisplacedUnit> {
        let Some(parent) = unit.parent else { return Ok(()) };
        let parent = self.get(parent).ok_or(MisplacedUnit::NoParent)?;
        if self.path(parent.id).iter().any(|above| above.id == unit.id) {
            return Err(MisplacedUnit::Cycle);
        }
        if parent.kind == UnitKind::Team {
            return Err(MisplacedUnit::UnderTeam);
        }
        if unit.kind < parent.kind {
            return Err(MisplacedUnit::WiderThanParent { child: unit.kind, parent: parent.kind });
        }
        Ok(())
    }
}

/// A key for a unit of this name that `taken` does not hold yet: `Customer Care` becomes `customer-care`, and
/// `customer-care-2` when that is taken.
pub fn key_from_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut key = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
    }
    let key: String = key.trim_end_matches('-').chars().take(48).collect();
    let key = if key.is_empty() { "unit".to_owned() } else { key };
    let mut candidate = key.clone();
    let mut n = 1;
    while taken(&candidate) {
        n += 1;
        candidate = format!("{key}-{n}");
    }
    candidate
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unit(n: u128, parent: Option<u128>, kind: UnitKind) -> Unit {
        let id = |n| UnitId(Uuid::from_u128(n));
        Unit { id: id(n), parent: parent.map(id), kind, key: format!("u{n}"), name: format!("Unit {n}") }
    }

    fn tree() -> UnitTree {
        UnitTree::new(vec![
            unit(1, None, UnitKind::Portfolio),
            unit(2, Some(1), UnitKind::Program),
            unit(3, Some(2), UnitKind::Team),
            unit(4, Some(1), UnitKind::Team),
        ])
    }

    #[test]
    fn a_scope_holds_everything_below() {
        let tree = tree();
        let top = UnitId(Uuid::from_u128(1));
        assert_eq!(tree.with_descendants(top).len(), 4);
        assert_eq!(tree.teams(top).iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["Unit 4", "Unit 3"]);
        let path: Vec<_> = tree.path(UnitId(Uuid::from_u128(3))).iter().map(|u| u.key.clone()).collect();
        assert_eq!(path, ["u1", "u2", "u3"]);
    }

    #[test]
    fn levels_may_be_skipped_but_not_turned_round() {
        let tree = tree();
        assert_eq!(tree.check_place(&unit(5, Some(1), UnitKind::Team)), Ok(()));
        assert_eq!(tree.check_place(&unit(5, Some(3), UnitKind::Team)), Err(MisplacedUnit::UnderTeam));
        assert_eq!(tree.check_place(&unit(5, Some(9), UnitKind::Team)), Err(MisplacedUnit::NoParent));
        assert_eq!(tree.check_place(&unit(1, Some(2), UnitKind::Portfolio)), Err(MisplacedUnit::Cycle));
        assert_eq!(
            tree.check_place(&unit(5, Some(2), UnitKind::Portfolio)),
            Err(MisplacedUnit::WiderThanParent { child: UnitKind::Portfolio, parent: UnitKind::Program })
        );
    }

    #[test]
    fn keys_are_readable_and_unique() {
        assert_eq!(key_from_name("Customer  Care!", |_| false), "customer-care");
        assert_eq!(key_from_name("Zürich", |key| key == "zürich"), "zürich-2");
        assert_eq!(key_from_name("!!", |_| false), "unit");
    }
}
