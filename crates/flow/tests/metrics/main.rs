//! The pages in `docs/metrics/` are the definitions of the measures, and their worked examples are run here: a
//! page without an example, and an example that is not understood, fails.
#![expect(clippy::unwrap_used, reason = "what is wrong in an example of ours should stop the test")]

mod answer;
mod behaviour;
mod history;
mod language;
mod parity;
mod pitfalls;
mod properties;

use std::path::PathBuf;

use headway_domain::insight::Measure;
use language::{Example, blocks};

fn page(measure: Measure) -> PathBuf {
    let name = format!("{}.md", measure.code().replace('_', "-"));
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics").join(name)
}

/// Forecasts are random and have a test of their own; every other page speaks the language of this one.
fn pages() -> impl Iterator<Item = Measure> {
    Measure::ALL.into_iter().filter(|it| *it != Measure::Forecast)
}

#[test]
fn every_worked_example_holds() {
    let mut failures = Vec::new();
    let mut checked = 0;
    for measure in pages() {
        let path = page(measure);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let before = checked;
        let mut example = None;
        for block in blocks(&text) {
            let place = format!("{}:{}", path.display(), block.line);
            match block.kind {
                "history" => match Example::read(&block.lines) {
                    Ok(read) => example = Some(read),
                    Err(why) => failures.push(format!("{place}: {why}")),
                },
                "expect" => {
                    let Some(example) = &example else {
                        failures.push(format!("{place}: there is no history above it"));
                        continue;
                    };
                    for line in &block.lines {
                        checked += 1;
                        let (question, expected) = line.split_once(" = ").unwrap_or((line, ""));
                        match answer::answer(example, question.trim()) {
                            Ok(answer) if answer == expected.trim() => {}
                            Ok(answer) => failures.push(format!("{place}: {line}\n    but it is {answer}")),
                            Err(why) => {
                                failures.push(format!("{place}: {line}\n    is not understood: {why}"));
                            }
                        }
                    }
                }
                other => failures.push(format!("{place}: no block is called {other:?}")),
            }
        }
        if checked == before {
            failures.push(format!("{}: no worked example", path.display()));
        }
    }
    assert!(failures.is_empty(), "{} of {checked} examples fail:\n{}", failures.len(), failures.join("\n"));
    assert!(checked >= 120, "only {checked} examples");
}

#[test]
fn every_page_has_the_same_parts() {
    for measure in pages() {
        let path = page(measure);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for part in ["# ", "\n**Unit**", "\n## Formula\n", "\n## Rules that bite\n", "\n## What it is not\n"]
        {
            assert!(text.contains(part), "{} has no {part:?}", path.display());
        }
        assert!(
            text.contains("\n## Worked examples\n") && text.contains("\n## Source\n"),
            "{}",
            path.display()
        );
    }
}

/// A test that can't fail tests nothing: a wrong expectation and an unknown word must be noticed.
#[test]
fn wrong_and_unknown_examples_are_noticed() {
    let lines = [
        "today 2024-03-10",
        "A created 2024-03-04 09:00, In progress 2024-03-04 15:00, Done 2024-03-05 10:00",
    ];
    let lines: Vec<String> = lines.map(str::to_owned).to_vec();
    let example = Example::read(&lines).unwrap();
    assert_eq!(answer::answer(&example, "cycle time A").unwrap(), "2 d");
    assert!(answer::answer(&example, "cycle time B").is_err());
    assert!(answer::answer(&example, "happiness A").is_err());
    assert!(Example::read(&["A created yesterday".to_owned()]).is_err());
    assert!(
        Example::read(&[
            "today 2024-03-10".to_owned(),
            "A created 2024-03-04 09:00, Elsewhere 2024-03-05".to_owned()
        ])
        .is_err()
    );
}
