//! Probabilities, and how they grow day by day.

use headway_domain::time::Day;

/// Nobody should read more certainty into a forecast than this, in percent.
const CAP: u8 = 95;

/// A probability of something in the future.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Chance(f64);

/// How a probability is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// So many percent, rounded down.
    Percent(u8),
    /// More than 95 %: no forecast knows it better.
    Over95,
}

impl Chance {
    /// It can't happen.
    pub const NONE: Chance = Chance(0.0);
    /// It has happened.
    pub const CERTAIN: Chance = Chance(1.0);

    /// A probability; what is no number is none.
    pub fn new(probability: f64) -> Self {
        Chance(if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) })
    }

    /// As a number from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }

    /// As it is shown: rounded down, and never 100 %.
    pub fn shown(self) -> Shown {
        let percent = (self.0 * 100.0 + 1e-9) as u8;
        if percent > CAP { Shown::Over95 } else { Shown::Percent(percent) }
    }
}

/// The probability that something is finished by the end of each day: a step function that never falls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Ascending in both.
    points: Vec<(Day, f64)>,
}

impl Curve {
    /// The curve through these points, in the order of days. It ends where next to nothing is left to gain.
    pub fn new(points: impl IntoIterator<Item = (Day, f64)>) -> Self {
        let mut ascending: Vec<(Day, f64)> = Vec::new();
        let mut before = 0.0_f64;
        for (day, chance) in points {
            before = before.max(Chance::new(chance).get());
            ascending.push((day, before));
            if before > 0.999 {
                break;
            }
        }
        Curve { points: ascending }
    }

    /// The days on which it steps, with the probability from then on.
    pub fn points(&self) -> &[(Day, f64)] {
        &self.points
    }

    /// The probability of being finished by the end of a day.
    pub fn by(&self, day: Day) -> Chance {
        let after = self.points.partition_point(|(it, _)| *it <= day);
        after.checked_sub(1).map_or(Chance::NONE, |it| Chance(self.points[it].1))
    }

    /// The first day by whose end it is finished with this probability; `None` when the curve never gets there.
    pub fn first_day(&self, percent: u8) -> Option<Day> {
        self.day_of(f64::from(percent.min(100)) / 100.0)
    }

    /// The day on which a trial of this rank (from 0 to 1, evenly drawn) finishes.
    pub fn day_of(&self, rank: f64) -> Option<Day> {
        let position = self.points.partition_point(|(_, chance)| *chance < rank);
        self.points.get(position).map(|(day, _)| *day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_chance_is_shown_as_certain() {
        assert_eq!(Chance::new(0.9999).shown(), Shown::Over95);
        assert_eq!(Chance::CERTAIN.shown(), Shown::Over95);
        assert_eq!(Chance::new(0.96).shown(), Shown::Over95);
        assert_eq!(Chance::new(0.959).shown(), Shown::Percent(95));
        assert_eq!(Chance::new(0.849).shown(), Shown::Percent(84));
        assert_eq!(Chance::new(f64::NAN).shown(), Shown::Percent(0));
    }

    #[test]
    fn between_its_steps_a_curve_keeps_the_lower_value() {
        let curve = Curve::new([(Day(1), 0.2), (Day(8), 0.6), (Day(15), 0.5), (Day(22), 0.9)]);
        assert_eq!(curve.by(Day(0)), Chance::NONE);
        assert_eq!(curve.by(Day(7)), Chance::new(0.2));
        assert_eq!(curve.by(Day(16)), Chance::new(0.6), "it never falls");
        assert_eq!(curve.by(Day(99)), Chance::new(0.9));
        assert_eq!(curve.first_day(60), Some(Day(8)));
        assert_eq!(curve.first_day(85), Some(Day(22)));
        assert_eq!(curve.first_day(95), None, "what is never reached is no day, and not today");
    }

    #[test]
    fn a_curve_without_points_is_no_chance() {
        assert_eq!(Curve::default().by(Day(3)), Chance::NONE);
        assert_eq!(Curve::default().first_day(50), None);
    }
}
