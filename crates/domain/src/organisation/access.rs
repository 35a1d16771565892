//! Who may do what, where: permissions, the roles that carry them, and the one rule that decides.
//!
//! A grant gives a role to a person or a group, on one unit or on the whole organisation. It holds for everything
//! below. What no grant allows is refused. A token narrows what its owner may do and never widens it.

use std::{collections::BTreeMap, fmt};

use crate::id::{GrantId, GroupId, UnitId};

/// Something that can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See units, items and every figure.
    Read,
    /// Comment.
    Comment,
    /// Change what Headway itself keeps about work items.
    EditWork,
    /// Share saved views with others.
    ShareViews,
    /// Change how a team works: its workflow, its calendar.
    ManageTeam,
    /// Create, rename, move and delete units.
    ManageUnits,
    /// Import, approve and roll back.
    Import,
    /// Invite people, and grant roles that hold no more than one's own.
    Invite,
    /// Read the audit log.
    ReadAudit,
    /// Create and deactivate people and groups; set up how people sign in.
    ManagePeople,
    /// Change the settings of the installation.
    ManageSettings,
    /// See and run the machinery: jobs, storage, webhooks, metrics.
    Administer,
    /// Make others owners.
    ManageOwners,
    /// Do the work that jobs do. No role carries it.
    RunJobs,
}

impl Permission {
    /// All permissions that a role can carry.
    pub const ALL: [Permission; 13] = [
        Permission::Read,
        Permission::Comment,
        Permission::EditWork,
        Permission::ShareViews,
        Permission::ManageTeam,
        Permission::ManageUnits,
        Permission::Import,
        Permission::Invite,
        Permission::ReadAudit,
        Permission::ManagePeople,
        Permission::ManageSettings,
        Permission::Administer,
        Permission::ManageOwners,
    ];

    /// The stable code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            Permission::Read => "read",
            Permission::Comment => "comment",
            Permission::EditWork => "edit_work",
            Permission::ShareViews => "share_views",
            Permission::ManageTeam => "manage_team",
            Permission::ManageUnits => "manage_units",
            Permission::Import => "import",
            Permission::Invite => "invite",
            Permission::ReadAudit => "read_audit",
            Permission::ManagePeople => "manage_people",
            Permission::ManageSettings => "manage_settings",
            Permission::Administer => "administer",
            Permission::ManageOwners => "manage_owners",
            Permission::RunJobs => "run_jobs",
        }
    }

    /// What it allows, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Permission::Read => "See units, items and every figure.",
            Permission::Comment => "Comment.",
            Permission::EditWork => "Change what Headway itself keeps about work items.",
            Permission::ShareViews => "Share saved views with others.",
            Permission::ManageTeam => "Change how a team works: its workflow, its calendar.",
            Permission::ManageUnits => "Create, rename, move and delete units.",
            Permission::Import => "Import, approve and roll back.",
            Permission::Invite => "Invite people, and grant roles that hold no more than one's own.",
            Permission::ReadAudit => "Read the audit log.",
            Permission::ManagePeople => "Create and deactivate people and groups; set up how people sign in.",
            Permission::ManageSettings => "Change the settings of the installation.",
            Permission::Administer => "See and run the machinery: jobs, storage, webhooks, metrics.",
            Permission::ManageOwners => "Make others owners.",
            Permission::RunJobs => "Do the work that jobs do.",
        }
    }

    /// The permission with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Permission::ALL.into_iter().find(|permission| permission.code() == code)
    }

    /// Whether it concerns the installation as a whole, so that a grant on a unit does not give it.
    pub fn is_for_organisation_only(self) -> bool {
        matches!(
            self,
            Permission::ManagePeople
                | Permission::ManageSettings
                | Permission::Administer
                | Permission::ManageOwners
        )
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u32);

impl Permissions {
    /// None.
    pub const NONE: Permissions = Permissions(0);

    /// Whether this one is in it.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Those that are in either.
    pub fn or(self, other: Permissions) -> Permissions {
        Permissions(self.0 | other.0)
    }

    /// Those that are in both.
    pub fn and(self, other: Permissions) -> Permissions {
        Permissions(self.0 & other.0)
    }

    /// Whether the other has them all.
    pub fn within(self, other: Permissions) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those in it, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Permissions(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u32))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What somebody is to a unit or to the organisation, as far as permissions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Answers for the installation.
    Owner,
    /// Runs the installation.
    Administrator,
    /// Works in the agile PMO.
    Pmo,
    /// Leads a unit.
    Lead,
    /// Coaches teams.
    Coach,
    /// Works in a team.
    Member,
    /// Has a stake, and reads.
    Viewer,
}

impl Role {
    /// All roles, from the one with most permissions.
    pub const ALL: [Role; 7] =
        [Role::Owner, Role::Administrator, Role::Pmo, Role::Lead, Role::Coach, Role::Member, Role::Viewer];

    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Administrator => "administrator",
            Role::Pmo => "pmo",
            Role::Lead => "lead",
            Role::Coach => "coach",
            Role::Member => "member",
            Role::Viewer => "viewer",
        }
    }

    /// The role with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// What it allows where it is granted: what concerns the organisation only there.
    pub fn permissions_on(self, unit: Option<UnitId>) -> Permissions {
        let all = self.permissions();
        match unit {
            None => all,
            Some(_) => all.iter().filter(|permission| !permission.is_for_organisation_only()).collect(),
        }
    }

    /// What it allows: the permission matrix.
    pub fn permissions(self) -> Permissions {
        use Permission::{
            Administer, Comment, EditWork, Import, Invite, ManagePeople, ManageSettings, ManageTeam,
            ManageUnits, Read, ReadAudit, ShareViews,
        };
        match self {
            Role::Owner => Permission::ALL.into_iter().collect(),
            Role::Administrator => [
                Read,
                Comment,
                EditWork,
                ShareViews,
                ManageTeam,
                ManageUnits,
                Import,
                Invite,
                ReadAudit,
                ManagePeople,
                ManageSettings,
                Administer,
            ]
            .into_iter()
            .collect(),
            Role::Pmo => {
                [Read, Comment, EditWork, ShareViews, ManageTeam, ManageUnits, Import, Invite, ReadAudit]
                    .into_iter()
                    .collect()
            }
            Role::Lead => {
                [Read, Comment, EditWork, ShareViews, ManageTeam, Import, Invite].into_iter().collect()
            }
            Role::Coach => [Read, Comment, EditWork, ShareViews, ManageTeam].into_iter().collect(),
            Role::Member => [Read, Comment, EditWork, ShareViews].into_iter().collect(),
            Role::Viewer => [Read].into_iter().collect(),
        }
    }
}

/// Who gave a person a role: a grant of their own or one of a group they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Through {
    /// Their own.
    Person,
    /// That of a group; `None` is everybody who can sign in.
    Group(Option<GroupId>),
}

/// A role that somebody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// The grant that says so.
    pub grant: GrantId,
    /// The role.
    pub role: Role,
    /// Where; `None` is the whole organisation.
    pub unit: Option<UnitId>,
    /// Whose grant it is.
    pub through: Through,
}

/// What a token may do at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// No more than this role may.
    pub role: Role,
    /// Only there; `None` is wherever its owner may.
    pub unit: Option<UnitId>,
}

/// The roles that somebody holds, with the limit of the token they use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The roles.
    pub held: Vec<Held>,
    /// The limit.
    pub limit: Option<Limit>,
}

/// An answer to "may I", with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub is_allowed: bool,
    /// The roles that allow it.
    pub because: Vec<Held>,
    /// Whether a role would allow it and the token does not.
    pub is_limited: bool,
}

impl Rights {
    /// Everything that is allowed at the end of a path of units, from the top down. The empty path is the
    /// organisation itself.
    pub fn at(&self, path: &[UnitId]) -> Permissions {
        let held = self.held.iter().filter(|held| reaches(held.unit, path));
        let sum = held.fold(Permissions::NONE, |sum, held| sum.or(allowed(held)));
        sum.and(self.most_at(path))
    }

    /// Whether this is allowed at the end of a path of units, and why.
    pub fn decide(&self, permission: Permission, path: &[UnitId]) -> Decision {
        let held = self.held.iter().filter(|held| reaches(held.unit, path));
        let because: Vec<Held> = held.filter(|held| allowed(held).has(permission)).copied().collect();
        let within = self.most_at(path).has(permission);
        Decision {
            is_allowed: within && !because.is_empty(),
            is_limited: !within && !because.is_empty(),
            because,
        }
    }

    /// What is allowed from each unit downwards for which a role is held; `None` is the whole organisation. The role
    /// of a token's limit narrows it, its unit does not.
    pub fn by_unit(&self) -> BTreeMap<Option<UnitId>, Permissions> {
        let most = self.limit.map_or(Role::Owner.permissions(), |limit| limit.role.permissions());
        let mut sums: BTreeMap<Option<UnitId>, Permissions> = BTreeMap::new();
        for held in &self.held {
            let sum = sums.entry(held.unit).or_default();
            *sum = sum.or(allowed(held).and(most));
        }
        sums
    }

    /// Whether this is allowed anywhere at all.
    pub fn anywhere(&self, permission: Permission) -> bool {
        let within = self.limit.is_none_or(|limit| limit.role.permissions().has(permission));
        within && self.held.iter().any(|held| allowed(held).has(permission))
    }

    fn most_at(&self, path: &[UnitId]) -> Permissions {
        match self.limit {
            None => Permission::ALL.into_iter().collect(),
            Some(limit) if reaches(limit.unit, path) => limit.role.permissions(),
            Some(_) => Permissions::NONE,
        }
    }
}

/// Whether something that holds for a unit and everything below reaches the end of a path.
fn reaches(unit: Option<UnitId>, path: &[UnitId]) -> bool {
    unit.is_none_or(|unit| path.contains(&unit))
}

/// What a role allows where it was granted: what concerns the organisation it allows only there.
fn allowed(held: &Held) -> Permissions {
    held.role.permissions_on(held.unit)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unit(n: u128) -> UnitId {
        UnitId(Uuid::from_u128(n))
    }

    fn held(role: Role, unit: Option<UnitId>) -> Held {
        Held { grant: GrantId(Uuid::from_u128(9)), role, unit, through: Through::Person }
    }

    #[test]
    fn nothing_is_allowed_without_a_grant() {
        assert_eq!(Rights::default().at(&[unit(1)]), Permissions::NONE);
        assert!(!Rights::default().decide(Permission::Read, &[]).is_allowed);
    }

    #[test]
    fn a_grant_holds_for_everything_below_and_nothing_beside() {
        let rights = Rights { held: vec![held(Role::Lead, Some(unit(2)))], limit: None };
        assert!(rights.decide(Permission::Import, &[unit(1), unit(2), unit(3)]).is_allowed);
        assert!(!rights.decide(Permission::Read, &[unit(1)]).is_allowed);
        assert!(!rights.decide(Permission::Read, &[unit(1), unit(4)]).is_allowed);
        assert!(!rights.decide(Permission::Read, &[]).is_allowed);
        assert!(rights.anywhere(Permission::Read));
    }

    #[test]
    fn an_administrator_of_a_unit_does_not_run_the_installation() {
        let rights = Rights { held: vec![held(Role::Administrator, Some(unit(1)))], limit: None };
        assert!(rights.at(&[unit(1)]).has(Permission::ManageUnits));
        assert!(!rights.at(&[unit(1)]).has(Permission::Administer));
        assert!(!rights.anywhere(Permission::Administer));
    }

    #[test]
    fn a_token_narrows_and_never_widens() {
        let mut rights = Rights { held: vec![held(Role::Member, None)], limit: None };
        rights.limit = Some(Limit { role: Role::Owner, unit: Some(unit(2)) });
        assert_eq!(rights.at(&[unit(2)]), Role::Member.permissions());
        assert_eq!(rights.at(&[unit(1)]), Permissions::NONE);
        rights.limit = Some(Limit { role: Role::Viewer, unit: None });
        let decision = rights.decide(Permission::Comment, &[unit(1)]);
        assert!(!decision.is_allowed && decision.is_limited);
    }

    #[test]
    fn every_role_may_read_and_only_owners_make_owners() {
        for role in Role::ALL {
            assert!(role.permissions().has(Permission::Read));
            assert!(!role.permissions().has(Permission::RunJobs));
            assert_eq!(role.permissions().has(Permission::ManageOwners), role == Role::Owner);
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(Permission::from_code(permission.code()), Some(permission));
        }
    }
}
