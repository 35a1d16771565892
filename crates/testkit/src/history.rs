//! Work histories that read like sentences, as the two tables that trackers export: tickets, and their changes.
//!
//! ```
//! # use headway_testkit::history::{changes, day, team, tickets};
//! let kestrel = team("Kestrel").with_item("login").started(day(3)).finished(day(9)).with_item("logout");
//! assert_eq!(tickets(&[&kestrel]).lines().count(), 3);
//! assert_eq!(changes(&[&kestrel]).lines().count(), 3);
//! ```

use std::fmt::Write as _;

use headway_domain::time::Day;

/// Day 0 of all test histories: Sunday, 1 March 2026. Test clocks stand at [`TODAY`].
const FIRST: Day = Day(20_513);

/// How far into the histories test clocks stand.
pub const TODAY: i32 = 92;

/// A day of the test histories: `day(1)` is a Monday.
pub fn day(n: i32) -> Day {
    FIRST.plus(n)
}

/// A team without items, to be told about.
pub fn team(name: &str) -> Team {
    Team { name: name.to_owned(), items: Vec::new() }
}

/// A team whose history is being told; sentences are about its last item.
#[derive(Clone, Debug)]
pub struct Team {
    name: String,
    items: Vec<Told>,
}

#[derive(Clone, Debug)]
struct Told {
    key: String,
    title: String,
    kind: String,
    created: Day,
    state: String,
    labels: String,
    assignee: String,
    changes: Vec<(Day, &'static str, String, String)>,
}

impl Team {
    /// Another item, created on day 1.
    pub fn with_item(mut self, key: &str) -> Self {
        self.items.push(Told {
            key: key.to_owned(),
            title: format!("The {key}"),
            kind: "Story".to_owned(),
            created: day(1),
            state: "Open".to_owned(),
            labels: String::new(),
            assignee: String::new(),
            changes: Vec::new(),
        });
        self
    }

    /// So many items, each finished two days after it was started, one a day from day 2 on, over again when they are
    /// more than eighty.
    pub fn with_finished_items(mut self, count: usize) -> Self {
        for n in 0..count {
            let start = 2 + i32::try_from(n % 80).expect("below eighty");
            let key = format!("{}-{n}", self.name);
            self = self.with_item(&key).started(day(start)).finished(day(start + 2));
        }
        self
    }

    fn last(&mut self) -> &mut Told {
        self.items.last_mut().expect("the sentence is about an item")
    }

    /// It was created on another day.
    pub fn created(mut self, on: Day) -> Self {
        self.last().created = on;
        self
    }

    /// Work on it began.
    pub fn started(self, on: Day) -> Self {
        self.moved(on, "In Progress")
    }

    /// It was done.
    pub fn finished(self, on: Day) -> Self {
        self.moved(on, "Done")
    }

    /// It came into another state.
    pub fn moved(mut self, on: Day, to: &str) -> Self {
        let item = self.last();
        let from = std::mem::replace(&mut item.state, to.to_owned());
        item.changes.push((on, "status", from, to.to_owned()));
        self
    }

    /// It is of this type.
    pub fn of_kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.last().kind);
        self
    }

    /// It has this title.
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.last().title);
        self
    }

    /// It has these labels.
    pub fn labelled(mut self, labels: &str) -> Self {
        labels.clone_into(&mut self.last().labels);
        self
    }

    /// Somebody works on it.
    pub fn assigned_to(mut self, name: &str) -> Self {
        name.clone_into(&mut self.last().assignee);
        self
    }
}

/// The table of the teams' tickets, as they stand after their last change.
pub fn tickets(teams: &[&Team]) -> String {
    let mut text = "ticket,title,type,component,status,created,labels,assignee\n".to_owned();
    for team in teams {
        for item in &team.items {
            let Told { key, title, kind, created, state, labels, assignee, .. } = item;
            writeln!(
                text,
                "{key},\"{title}\",{kind},{},{state},{created}T08:00:00Z,\"{labels}\",{assignee}",
                team.name
            )
            .expect("a string has room");
        }
    }
    text
}

/// The table of the changes of the teams' tickets.
pub fn changes(teams: &[&Team]) -> String {
    let mut text = "ticket,changed at,field,from,to\n".to_owned();
    for item in teams.iter().flat_map(|team| &team.items) {
        for (on, field, from, to) in &item.changes {
            writeln!(text, "{},{on}T09:30:00Z,{field},{from},{to}", item.key).expect("a string has room");
        }
    }
    text
}
