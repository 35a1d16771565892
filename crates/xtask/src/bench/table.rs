//! A table of figures: what was aimed at, what was measured, and the floor beside it.

use std::fmt::Write;

/// One figure.
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What was aimed at.
    pub goal: Goal,
    /// What it was, in `unit`.
    pub measured: f64,
    /// What the floor was.
    pub floor: Option<f64>,
    /// The unit of all of these.
    pub unit: Unit,
    /// What else has to be known.
    pub note: String,
}

/// What is aimed at.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Nothing: it is measured to be known.
    None,
    /// At most this much.
    AtMost(f64),
    /// At most so many times the floor.
    TimesFloor(f64),
}

/// What is counted.
#[derive(Clone, Copy)]
pub enum Unit {
    /// Seconds of processor time.
    CpuSeconds,
    /// Milliseconds of processor time.
    CpuMillis,
    /// Milliseconds on the clock.
    Millis,
    /// Million bytes.
    Megabytes,
    /// Thousand bytes.
    Kilobytes,
    /// How many times as much.
    Times,
    /// Items in a second; more is better.
    ItemsPerSecond,
}

impl Unit {
    fn write(self, value: f64) -> String {
        let digits = match value {
            _ if matches!(self, Unit::ItemsPerSecond) => 0,
            value if value >= 100.0 => 0,
            value if value >= 10.0 => 1,
            value if value >= 1.0 => 2,
            _ => 3,
        };
        let unit = match self {
            Unit::CpuSeconds => "CPU s",
            Unit::CpuMillis => "CPU ms",
            Unit::Millis => "ms",
            Unit::Megabytes => "MB",
            Unit::Kilobytes => "kB",
            Unit::Times => "×",
            Unit::ItemsPerSecond => "items/s",
        };
        format!("{value:.digits$} {unit}")
    }

    /// How many times the floor a figure is; for rates, the floor by the figure.
    fn ratio(self, measured: f64, floor: f64) -> f64 {
        if matches!(self, Unit::ItemsPerSecond) { floor / measured } else { measured / floor }
    }
}

impl Figure {
    /// A figure without goal, floor and note.
    pub fn new(what: impl Into<String>, measured: f64, unit: Unit) -> Self {
        Figure { what: what.into(), goal: Goal::None, measured, floor: None, unit, note: String::new() }
    }

    /// With a goal.
    pub fn goal(self, goal: Goal) -> Self {
        Figure { goal, ..self }
    }

    /// With a floor.
    pub fn floor(self, floor: f64) -> Self {
        Figure { floor: Some(floor), ..self }
    }

    /// With a note.
    pub fn note(self, note: impl Into<String>) -> Self {
        Figure { note: note.into(), ..self }
    }

    /// Whether the goal is met; `None` without one.
    fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::None => None,
            Goal::AtMost(most) => Some(self.measured <= most),
            Goal::TimesFloor(most) => Some(self.unit.ratio(self.measured, self.floor?) <= most),
        }
    }
}

/// Figures, and goals for which there are none.
#[derive(Default)]
pub struct Table {
    figures: Vec<Figure>,
    missing: Vec<(String, String)>,
}

impl Table {
    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) {
        println!("  {}: {}", figure.what, figure.unit.write(figure.measured));
        self.figures.push(figure);
    }

    /// Adds a goal that was not measured, with the reason.
    pub fn not_measured(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.missing.push((what.into(), reason.into()));
    }

    /// The table in Markdown.
    pub fn render(&self) -> String {
        let mut out =
            "| what | goal | measured | floor | ratio | goal met | |\n|---|---|---|---|---|---|---|\n"
                .to_owned();
        for it in &self.figures {
            let goal = match it.goal {
                Goal::None => "–".to_owned(),
                Goal::AtMost(most) => format!("≤ {}", it.unit.write(most)),
                Goal::TimesFloor(most) => format!("≤ {most} × floor"),
            };
            let floor = it.floor.map_or("–".to_owned(), |floor| it.unit.write(floor));
            let ratio = it
                .floor
                .map_or("–".to_owned(), |floor| format!("{:.1}", it.unit.ratio(it.measured, floor)));
            let met = it.is_met().map_or("–", |met| if met { "yes" } else { "**no**" });
            // Writing into a string does not fail.
            let _ = writeln!(
                out,
                "| {} | {goal} | {} | {floor} | {ratio} | {met} | {} |",
                it.what,
                it.unit.write(it.measured),
                it.note
            );
        }
        for (what, reason) in &self.missing {
            let _ = writeln!(out, "| {what} | | not measured | | | | {reason} |");
        }
        out
    }
}

/// The middle of some values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(&values, 50)
}

/// The value that so many percent of ascending values do not exceed.
pub fn percentile(ascending: &[f64], percent: usize) -> f64 {
    let rank = (ascending.len() * percent).div_ceil(100).max(1) - 1;
    ascending.get(rank).copied().unwrap_or(f64::NAN)
}
