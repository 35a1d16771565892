//! Titles that read like real work, put together from lists of words.

use crate::{dice::Dice, process::Kind};

/// The words of one program's business.
struct Business {
    /// What customers or colleagues see.
    things: &'static [&'static str],
    /// Who uses it.
    users: &'static [&'static str],
    /// Parts of the software.
    parts: &'static [&'static str],
    /// Labels for areas.
    areas: &'static [&'static str],
    /// What the program works towards, a quarter each.
    goals: &'static [&'static str],
}

const SHOP: Business = Business {
    things: &[
        "delivery slots",
        "gift cards",
        "saved baskets",
        "product reviews",
        "size charts",
        "wish lists",
        "price alerts",
        "search filters",
        "stock levels",
        "voucher codes",
        "order confirmations",
        "payment methods",
        "product bundles",
        "back-in-stock notices",
        "shipping costs",
        "product comparisons",
        "recently viewed products",
        "tax amounts",
        "loyalty points",
        "guest orders",
    ],
    users: &[
        "returning customers",
        "guests",
        "business customers",
        "mobile visitors",
        "customers abroad",
        "gift buyers",
        "the merchandising team",
    ],
    parts: &[
        "checkout",
        "basket service",
        "search index",
        "product page",
        "price engine",
        "payment adapter",
        "account pages",
        "recommendation job",
        "voucher service",
    ],
    areas: &["checkout", "search", "catalogue", "account", "payments"],
    goals: &[
        "Faster checkout on phones",
        "Search that understands typos",
        "Pay by invoice",
        "Gift cards everywhere",
        "A basket that survives a change of device",
        "Prices in local currency",
        "Reviews people trust",
        "Delivery slots before checkout",
        "Loyalty points at the till",
    ],
};

const FULFILMENT: Business = Business {
    things: &[
        "pick lists",
        "parcel labels",
        "return slips",
        "carrier pick-up times",
        "stock corrections",
        "pallet moves",
        "packing instructions",
        "customs papers",
        "delivery notes",
        "cycle counts",
        "damaged goods reports",
        "replenishment orders",
        "tracking numbers",
        "split shipments",
        "batch numbers",
        "loading plans",
        "parcel weights",
        "supplier deliveries",
    ],
    users: &[
        "pickers",
        "the returns desk",
        "shift leads",
        "carriers",
        "suppliers",
        "the night shift",
        "the customs clerks",
    ],
    parts: &[
        "warehouse gateway",
        "label printer service",
        "carrier connector",
        "stock ledger",
        "returns service",
        "scanner app",
        "route planner",
        "slotting job",
        "customs export",
    ],
    areas: &["picking", "returns", "carriers", "stock", "customs"],
    goals: &[
        "Same-day shipping from the second site",
        "Returns in three clicks",
        "Fewer wrong picks",
        "One stock ledger",
        "Labels without paper jams",
        "Carriers compared by punctuality",
        "Customs papers without retyping",
        "Night shift without phone calls",
        "Pallets found at once",
    ],
};

const SERVICE: Business = Business {
    things: &[
        "contact reasons",
        "call-back requests",
        "refund requests",
        "complaint letters",
        "chat transcripts",
        "customer notes",
        "address changes",
        "invoice copies",
        "service vouchers",
        "opening hours",
        "answer templates",
        "waiting times",
        "satisfaction surveys",
        "contract renewals",
        "meter readings",
        "repair appointments",
        "warranty cases",
        "data requests",
    ],
    users: &[
        "agents",
        "supervisors",
        "customers with a contract",
        "the back office",
        "field engineers",
        "new colleagues",
        "customers who can't log in",
    ],
    parts: &[
        "agent desktop",
        "ticket router",
        "refund service",
        "chat widget",
        "knowledge search",
        "survey sender",
        "appointment planner",
        "invoice archive",
        "identity check",
    ],
    areas: &["contact", "refunds", "appointments", "billing", "portal"],
    goals: &[
        "Refunds without a call",
        "Appointments that customers move themselves",
        "One view of a customer",
        "Answers found in ten seconds",
        "Fewer transfers between agents",
        "Invoices online",
        "Warranty cases closed in a week",
        "Chat in three languages",
        "Surveys that somebody reads",
    ],
};

const FOUNDATIONS: Business = Business {
    things: &[
        "service logs",
        "build caches",
        "access tokens",
        "database backups",
        "feature switches",
        "usage reports",
        "alert rules",
        "test data sets",
        "event schemas",
        "certificate renewals",
        "service templates",
        "cost reports",
        "audit trails",
        "data exports",
        "runbooks",
        "queue metrics",
        "secret rotations",
        "release notes",
    ],
    users: &[
        "product teams",
        "the on-call group",
        "analysts",
        "auditors",
        "new services",
        "the finance team",
    ],
    parts: &[
        "event bus",
        "identity provider",
        "build pipeline",
        "metrics store",
        "data warehouse loader",
        "container platform",
        "secret store",
        "test environment",
        "API gateway",
    ],
    areas: &["observability", "identity", "pipelines", "data", "environments"],
    goals: &[
        "A new service in one day",
        "Backups that are tested",
        "One sign-in for every tool",
        "Builds in under ten minutes",
        "Costs shown to each team",
        "Data ready before breakfast",
        "Certificates renew themselves",
        "Alerts that matter",
        "Test data on request",
    ],
};

const BUSINESSES: [&Business; 4] = [&SHOP, &FULFILMENT, &SERVICE, &FOUNDATIONS];

const STORY_VERBS: [&str; 14] = [
    "Show",
    "Let {u} change",
    "Export",
    "Filter",
    "Send",
    "Group",
    "Let {u} see",
    "Offer",
    "Sort",
    "Explain",
    "Remember",
    "Print",
    "Search",
    "Combine",
];

const STORY_ENDS: [&str; 12] = [
    " on the overview page",
    " by date",
    " for {u}",
    " in the daily mail",
    " from last year",
    " with one click",
    " by market",
    " in the mobile app",
    " without signing in again",
    " as a spreadsheet",
    " on small screens",
    "",
];

const SYMPTOMS: [&str; 12] = [
    "are shown twice",
    "disappear",
    "load slowly",
    "show the wrong date",
    "can't be saved",
    "are out of date",
    "ignore the filter",
    "arrive late",
    "overlap on small screens",
    "lose their order",
    "are rounded wrongly",
    "fail without a message",
];

const CONDITIONS: [&str; 10] = [
    " after midnight",
    " when the page is reloaded",
    " for {u}",
    " with more than 100 entries",
    " after a change of address",
    " in the older browser",
    " when two people edit at once",
    " on the last day of the month",
    " with umlauts in the name",
    "",
];

const CHORES: [&str; 12] = [
    "Upgrade the libraries of the {p}",
    "Remove unused code from the {p}",
    "Split the {p} from the {q}",
    "Speed up the tests of the {p}",
    "Move the {p} to the new database",
    "Document how the {p} is deployed",
    "Replace the nightly job behind the {p}",
    "Add metrics to the {p}",
    "Make the {p} restart cleanly",
    "Shrink the image of the {p}",
    "Simplify the configuration of the {p}",
    "Retire the old {p} endpoints",
];

const SECURITY: [&str; 8] = [
    "Rotate the keys of the {p}",
    "Patch the known vulnerability in the {p}",
    "Limit who can read the logs of the {p}",
    "Encrypt {t} at rest",
    "Add rate limits to the {p}",
    "Delete {t} after the retention period",
    "Review the access rights of the {p}",
    "Record who changes {t}",
];

fn business(program: usize) -> &'static Business {
    BUSINESSES[program % BUSINESSES.len()]
}

/// A title for an item of this kind in this program.
pub(crate) fn title(dice: &mut Dice, program: usize, kind: Kind) -> String {
    let words = business(program);
    let thing = dice.pick(words.things);
    let text = match kind {
        Kind::Story => {
            let (verb, end) = (dice.pick(&STORY_VERBS), dice.pick(&STORY_ENDS));
            // "Let agents see call-back requests for agents" says it twice.
            let end = if verb.contains("{u}") && end.contains("{u}") { "" } else { end };
            format!("{verb} {thing}{end}")
        }
        Kind::Bug => {
            let mut start = thing.to_owned();
            if let Some(first) = start.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            format!("{start} {}{}", dice.pick(&SYMPTOMS), dice.pick(&CONDITIONS))
        }
        Kind::Chore => dice.pick(&CHORES).to_owned(),
        Kind::Security => dice.pick(&SECURITY).to_owned(),
    };
    if !text.contains('{') {
        return text;
    }
    let part = dice.below(words.parts.len());
    let other = (part + 1 + dice.below(words.parts.len() - 1)) % words.parts.len();
    text.replace("{u}", dice.pick(words.users))
        .replace("{p}", words.parts[part])
        .replace("{q}", words.parts[other])
        .replace("{t}", thing)
}

/// The label of an area of this program.
pub(crate) fn area(dice: &mut Dice, program: usize) -> &'static str {
    dice.pick(business(program).areas)
}

/// What a program works towards in its `n`th quarter.
pub(crate) fn goal(program: usize, n: usize) -> &'static str {
    let goals = business(program).goals;
    goals[n % goals.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn titles_are_complete_and_varied() {
        let mut dice = Dice::new(3, 0);
        for program in 0..4 {
            for kind in Kind::ALL {
                let titles: HashSet<String> = (0..200).map(|_| title(&mut dice, program, kind)).collect();
                assert!(titles.len() > 40, "{kind:?}: {}", titles.len());
                assert!(titles.iter().all(|title| !title.contains(['{', '}']) && title.len() < 90));
                assert!(titles.iter().all(|title| title.starts_with(char::is_uppercase)));
            }
        }
    }
}
