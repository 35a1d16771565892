//! Who may call each operation: one table, which the document shows as `x-permission` and a test holds the API to.
//!
//! What a rule means is decided in `headway_app`; here it is only told.

use std::fmt::Write as _;

use headway_domain::organisation::{Permission, Role};
use utoipa::openapi::{OpenApi, extensions::Extensions, path::Operation};

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Anybody, signed in or not. Where a secret is asked for, whoever knows it.
    Anybody,
    /// Whoever is signed in; they are shown what they may see.
    SignedIn,
    /// Whoever is signed in, for what is their own and nothing else.
    Own,
    /// Whoever may do this to the unit that it is about.
    AtUnit(Permission),
    /// Whoever may do this to any unit at all; it is about those units.
    Somewhere(Permission),
    /// Whoever may do this to the organisation as a whole.
    Organisation(Permission),
}

use Permission::{
    Administer, Import, Invite, ManagePeople, ManageSettings, ManageTeam, ManageUnits, Read, ReadAudit,
};
use Rule::{Anybody, AtUnit, Organisation, Own, SignedIn, Somewhere};

/// The rule of each operation, by its id.
pub const RULES: &[(&str, Rule)] = &[
    // The platform.
    ("health", Anybody),
    ("is_alive", Anybody),
    ("is_ready", Anybody),
    ("find_start", SignedIn),
    ("load_sample", Organisation(Import)),
    ("search", SignedIn),
    ("stream_events", SignedIn),
    // Signing in.
    ("find_session", Anybody),
    ("sign_in", Anybody),
    ("sign_out", Own),
    ("set_up", Anybody),
    ("list_tokens", Own),
    ("create_token", Own),
    ("revoke_token", Own),
    // Units and settings.
    ("list_units", SignedIn),
    ("create_unit", AtUnit(ManageUnits)),
    ("find_unit", AtUnit(Read)),
    ("update_unit", AtUnit(ManageUnits)),
    ("delete_unit", AtUnit(ManageUnits)),
    ("find_settings", SignedIn),
    ("replace_settings", Organisation(ManageSettings)),
    // People and what they may.
    ("list_people", Somewhere(ManageTeam)),
    ("create_person", Organisation(ManagePeople)),
    ("find_person", Organisation(ManagePeople)),
    ("update_person", Organisation(ManagePeople)),
    ("create_service_token", Organisation(ManagePeople)),
    ("revoke_service_token", Organisation(ManagePeople)),
    ("list_groups", Somewhere(Invite)),
    ("create_group", Organisation(ManagePeople)),
    ("find_group", Organisation(ManagePeople)),
    ("update_group", Organisation(ManagePeople)),
    ("delete_group", Organisation(ManagePeople)),
    ("add_group_member", Organisation(ManagePeople)),
    ("remove_group_member", Organisation(ManagePeople)),
    ("list_grants", AtUnit(Invite)),
    ("create_grant", AtUnit(Invite)),
    ("revoke_grant", AtUnit(Invite)),
    ("find_accountability", AtUnit(Read)),
    ("replace_accountability", AtUnit(ManageTeam)),
    ("list_permissions", SignedIn),
    ("explain_permission", SignedIn),
    // The record, personal data.
    ("list_audit", Somewhere(ReadAudit)),
    ("export_audit", Somewhere(ReadAudit)),
    ("verify_audit", Organisation(Administer)),
    ("list_own_activity", Own),
    ("list_personal_data", SignedIn),
    ("download_own_data", Own),
    ("download_personal_data", Organisation(ManagePeople)),
    ("erase_person", Organisation(ManagePeople)),
    ("find_retention", Organisation(ManageSettings)),
    ("replace_retention", Organisation(ManageSettings)),
    // Work.
    ("list_imports", SignedIn),
    ("create_import", AtUnit(Import)),
    ("find_import", AtUnit(Read)),
    ("take_import_step", AtUnit(Import)),
    ("replace_import_dialects", AtUnit(Import)),
    ("find_import_mapping", AtUnit(Read)),
    ("replace_import_mapping", AtUnit(Import)),
    ("download_import_mapping", AtUnit(Read)),
    ("upload_import_mapping", AtUnit(Import)),
    ("list_import_report", AtUnit(Read)),
    ("download_import_report", AtUnit(Read)),
    ("find_import_quality", AtUnit(Read)),
    ("find_workflow", AtUnit(Read)),
    ("replace_workflow", AtUnit(ManageTeam)),
    ("list_items", AtUnit(Read)),
    ("find_item", AtUnit(Read)),
    // Insight.
    ("find_overview", AtUnit(Read)),
    ("find_throughput", AtUnit(Read)),
    ("find_cycle_time", AtUnit(Read)),
    ("find_aging", AtUnit(Read)),
    ("find_cumulative_flow", AtUnit(Read)),
    ("find_wip", AtUnit(Read)),
    ("find_efficiency", AtUnit(Read)),
    ("find_blockers", AtUnit(Read)),
    ("find_distribution", AtUnit(Read)),
    ("find_behaviour", AtUnit(Read)),
    ("find_time_to_market", AtUnit(Read)),
    ("find_delivery", AtUnit(Read)),
    ("list_iterations", AtUnit(Read)),
    ("find_burn_down", AtUnit(Read)),
    ("find_burn_up", AtUnit(Read)),
    ("list_signals", AtUnit(Read)),
    ("find_heat_map", AtUnit(Read)),
    ("find_calibration", AtUnit(Read)),
    ("forecast", AtUnit(Read)),
    ("explain_measure", AtUnit(Read)),
    ("find_measure", SignedIn),
    ("find_changes", AtUnit(Read)),
];

impl Rule {
    /// The rule of the operation with this id.
    pub fn of(operation: &str) -> Option<Rule> {
        RULES.iter().find(|(id, _)| *id == operation).map(|(_, rule)| *rule)
    }

    /// The rule in the words of the document.
    pub fn words(self) -> String {
        match self {
            Anybody => "anybody".to_owned(),
            SignedIn => "signed in".to_owned(),
            Own => "own".to_owned(),
            AtUnit(permission) => format!("{} at unit", permission.code()),
            Somewhere(permission) => format!("{} at any unit", permission.code()),
            Organisation(permission) => permission.code().to_owned(),
        }
    }
}

/// Says of an operation who may call it.
pub(crate) fn say_who_may(operation: &mut Operation) {
    let rule = operation.operation_id.as_deref().and_then(Rule::of);
    if let Some(rule) = rule {
        let said = Extensions::builder().add("x-permission", rule.words()).build();
        operation.extensions.get_or_insert_default().merge(said);
    }
}

const HEAD: &str = "# Who may do what\n\n\
This page is written by `cargo xtask codegen` from the rules that the server decides by. How roles are granted stands\n\
in the [guide](guide/people.md).\n\n\
A role holds for the unit it is granted on and everything below; granted on the organisation, for everything. What no\n\
grant allows is refused. Permissions with a star concern the installation: a grant on a unit does not give them.\n\n";

/// The page that shows the matrix of roles and permissions, and the rule of each operation.
pub(crate) fn page(document: &OpenApi) -> String {
    // Writing to a string does not fail.
    let mut page = HEAD.to_owned();
    page.push_str("| permission | what it allows |");
    for role in Role::ALL {
        let _ = write!(page, " {} |", role.code());
    }
    page.push_str("\n|---|---|");
    page.push_str(&":-:|".repeat(Role::ALL.len()));
    for permission in Permission::ALL {
        let star = if permission.is_for_organisation_only() { "\\*" } else { "" };
        let _ = write!(page, "\n| `{}`{star} | {} |", permission.code(), permission.meaning());
        for role in Role::ALL {
            page.push_str(if role.permissions().has(permission) { " ✓ |" } else { " |" });
        }
    }
    page.push_str("\n\n## The rule of each operation\n\n");
    page.push_str(
        "`anybody`: signed in or not. `signed in`: shown is what the caller may see. `own`: only what is the caller's\n\
         own. `… at unit`: on the unit that it is about, or above. The rest: on the whole organisation.\n\n\
         | operation | who may |\n|---|---|\n",
    );
    for (path, item) in &document.paths.paths {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in methods {
            let id = operation.as_ref().and_then(|operation| operation.operation_id.as_deref());
            if let Some(rule) = id.and_then(Rule::of) {
                let _ = writeln!(page, "| {method} `{path}` | {} |", rule.words());
            }
        }
    }
    page
}
