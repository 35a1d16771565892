//! Epics: what a program works towards, a quarter at a time.
//!
//! Epics are the items above the teams' items. They are not items of a team themselves: a team's flow would
//! otherwise count a quarter of work as one very slow item.

use headway_domain::time::Day;

use crate::{organisation::PROGRAMS, story::Story, words};

/// Work of several teams, seen as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epic {
    /// Its key: the parent of its items.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The key of the program it belongs to.
    pub program: String,
    /// The first day of its quarter.
    pub starts_on: Day,
    /// When it should be done.
    pub due_on: Day,
}

/// The quarter a day lies in, counted from year 0.
fn quarter(day: Day) -> i32 {
    let date = day.to_date();
    i32::from(date.year()) * 4 + i32::from(date.month() - 1) / 3
}

fn first_day(quarter: i32) -> Day {
    let (year, month) = ((quarter / 4) as i16, (quarter % 4 * 3 + 1) as i8);
    jiff::civil::Date::new(year, month, 1).map_or(Day(0), Day::from_date)
}

/// The key of the epic that a program works on on this day.
pub(crate) fn key_on(program_key: &str, story: &Story, day: Day) -> String {
    format!("{program_key}-E{}", quarter(day) - quarter(story.first.plus(-90)) + 1)
}

/// The epics of the programs of one block of twelve teams.
pub(crate) fn epics(story: &Story, block: usize, program_key: impl Fn(usize) -> String) -> Vec<Epic> {
    let first = quarter(story.first.plus(-90));
    let mut epics = Vec::new();
    for program in 0..PROGRAMS.len() {
        for (n, quarter) in (first..=quarter(story.today)).enumerate() {
            epics.push(Epic {
                key: format!("{}-E{}", program_key(program), n + 1),
                title: words::goal(program, n).to_owned(),
                program: program_key(program),
                starts_on: first_day(quarter),
                due_on: first_day(quarter + 1).plus(-1),
            });
        }
    }
    if block == 0 {
        epics.push(Epic {
            key: story.initiative.key.to_owned(),
            title: story.initiative.title.to_owned(),
            program: program_key(0),
            starts_on: story.initiative.asked_on.plus(-10),
            due_on: story.initiative.due_on,
        });
    }
    epics
}
