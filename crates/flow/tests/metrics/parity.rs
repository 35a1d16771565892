//! One item, many tools: what each shows for the same histories.

use headway_flow::parity::{Reading, Tool};

use crate::language::Example;

const HISTORIES: [&str; 7] = [
    "today 2024-03-15",
    "overnight created 2024-03-04 09:00, In progress 2024-03-04 15:00, Done 2024-03-05 10:00",
    "sameday created 2024-03-04 08:00, In progress 2024-03-04 09:00, Done 2024-03-04 14:00",
    "reopened created 2024-03-04 09:00, In progress 2024-03-04 15:00, Done 2024-03-05 10:00, In progress 2024-03-07 09:00, Done 2024-03-08 16:00",
    "skipped created 2024-03-04 09:00, Done 2024-03-06 10:00",
    "restarted created 2024-03-04 09:00, In progress 2024-03-04 10:00, To do 2024-03-05 10:00, In progress 2024-03-07 10:00, Done 2024-03-08 10:00",
    "straight created 2024-03-04 09:00, In progress 2024-03-04 10:00, To do 2024-03-05 10:00, Done 2024-03-08 10:00",
];

#[test]
fn every_tool_shows_its_number() {
    const NOT: Reading = Reading::NotStarted;
    let example = Example::read(&HISTORIES.map(str::to_owned)).unwrap();
    let d = Reading::Days;
    // Overnight, the same day, reopened, skipped, back and started again, back and straight to done.
    let table = [
        (Tool::ActionableAgile, vec![d(2.0), d(1.0), d(5.0), NOT, d(2.0), NOT]),
        (Tool::Lighthouse, vec![d(2.0), d(1.0), d(5.0), d(1.0), d(2.0), d(1.0)]),
        (Tool::Jirametrics, vec![d(2.0), d(1.0), d(5.0), NOT, d(5.0), d(5.0)]),
        (Tool::JiraAgileMetrics, vec![d(1.0), d(0.0), d(4.0), d(0.0), d(1.0), d(0.0)]),
        (Tool::FlowPulse, vec![d(1.0), d(1.0)]),
        (Tool::FocusedObjective, vec![d(1.0), d(0.5)]),
        (Tool::AzureDevops, vec![d(0.79), d(0.21), d(1.29)]),
        (Tool::GitLab, vec![d(0.79), d(0.21), d(4.04), Reading::NoRule]),
    ];
    let names = ["overnight", "sameday", "reopened", "skipped", "restarted", "straight"];
    for (tool, row) in table {
        for (name, expected) in names.iter().zip(row) {
            let shown = match tool.cycle_time(&example.histories[*name], &example.workflow) {
                Reading::Days(days) => Reading::Days((days * 100.0).round() / 100.0),
                other => other,
            };
            assert_eq!(shown, expected, "{} of {name}", tool.name());
        }
    }
}

#[test]
fn an_unfinished_item_has_no_reading() {
    let lines = ["today 2024-03-15", "A created 2024-03-04 09:00, In progress 2024-03-04 15:00"];
    let example = Example::read(&lines.map(str::to_owned)).unwrap();
    for tool in Tool::ALL {
        assert_eq!(tool.cycle_time(&example.histories["A"], &example.workflow), Reading::Unfinished);
    }
}
