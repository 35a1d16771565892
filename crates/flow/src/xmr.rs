//! Process behaviour charts (XmR): the limits of a process's natural variation, and what lies outside.
//!
//! The limits assume values that vary about as much upwards as downwards. Counts and durations do not, so by
//! default they are computed on a [`Scale`] on which they do and drawn back on the plain one: then a stable
//! process raises a false signal at most at one point in seventeen, which `tests/metrics/behaviour.rs` measures.

use crate::{Known, TooFew};

/// The scale on which limits are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// The values as they are: the textbook's chart.
    Plain,
    /// Square roots (Anscombe's transform): for counts.
    Root,
    /// Logarithms: for durations, which must be positive.
    Log,
}

impl Scale {
    /// From plain values to this scale.
    fn forth(self, value: f64) -> f64 {
        match self {
            Scale::Plain => value,
            Scale::Root => 2.0 * (value.max(0.0) + 0.375).sqrt(),
            Scale::Log => value.max(f64::MIN_POSITIVE).ln(),
        }
    }

    /// From this scale to plain values.
    fn back(self, value: f64) -> f64 {
        match self {
            Scale::Plain => value,
            Scale::Root => (value.max(0.0) / 2.0).powi(2) - 0.375,
            Scale::Log => value.exp(),
        }
    }
}

/// From what the width of the limits is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// The mean of the moving ranges.
    MeanRange,
    /// Their median, which a single jump in the baseline does not widen.
    MedianRange,
}

/// The limits of one segment of a chart, on the plain scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The centre line.
    pub centre: f64,
    /// The lower natural process limit; `None` where it would lie below nothing: it is not drawn and no rule
    /// uses it.
    pub lower: Option<f64>,
    /// The upper natural process limit.
    pub upper: f64,
    /// The centre of the moving ranges, on the chart's scale.
    pub range: f64,
    /// The upper limit of the moving ranges, on the chart's scale.
    pub upper_range: f64,
    /// How many values they are computed from.
    pub n: usize,
    scale: Scale,
    /// Centre and distance of the limits on the chart's scale.
    middle: f64,
    reach: f64,
}

/// What is out of the ordinary at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The point lies outside the limits.
    BeyondLimit,
    /// It differs from the one before by more than the ranges' limit.
    LargeStep,
    /// Two of three points lie in the outer third on one side, this one among them.
    TwoOfThree,
    /// Four of five points lie in the outer two thirds on one side, this one among them.
    FourOfFive,
    /// Eight points in a row lie on one side of the centre; a point on the line breaks the row.
    EightInARow,
}

/// On which side of the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Below.
    Lower,
    /// Above.
    Upper,
}

/// A signal on a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The position of the point that completes the pattern.
    pub at: usize,
    /// The pattern.
    pub rule: Rule,
    /// Its side.
    pub side: Side,
}

/// The fewest points that make a baseline.
pub const BASELINE_NEED: usize = 10;
/// The points that make a solid one: limits are computed from the first ones of a segment and then stay.
pub const BASELINE_SOLID: usize = 20;

/// On the square-root scale, a centre below this leaves only the rules of the limit and of eight in a row.
pub const FINE_COUNTS: f64 = 2.0;

/// The limits of values as they are, from all of them, by the textbook; `floor` is the least value there can be.
pub fn limits(baseline: &[f64], scale: Scale, width: Width, floor: Option<f64>) -> Known<Limits> {
    let n = baseline.len();
    if n < 2 {
        return Err(TooFew { n, need: 2 });
    }
    let values: Vec<f64> = baseline.iter().map(|it| scale.forth(*it)).collect();
    let mut ranges: Vec<f64> = values.windows(2).map(|it| (it[1] - it[0]).abs()).collect();
    let middle = mean(&values);
    // The textbook's limit of the ranges is crossed by chance three times as often as the others. On the other
    // scales it is set to cost the same: three standard deviations of a difference.
    let (range, to_limit, to_range_limit) = match (width, scale) {
        (Width::MeanRange, Scale::Plain) => (mean(&ranges), 2.66, 3.268),
        (Width::MeanRange, _) => (mean(&ranges), 2.66, 3.761),
        (Width::MedianRange, Scale::Plain) => (true_median(&mut ranges), 3.145, 3.865),
        (Width::MedianRange, _) => (true_median(&mut ranges), 3.145, 4.448),
    };
    let reach = to_limit * range;
    let lowest = floor.map_or(f64::NEG_INFINITY, |it| scale.forth(it));
    let lower = (middle - reach > lowest).then(|| scale.back(middle - reach));
    Ok(Limits {
        centre: scale.back(middle),
        lower,
        upper: scale.back(middle + reach),
        range,
        upper_range: to_range_limit * range,
        n,
        scale,
        middle,
        reach,
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The median with the mean of two middles; `values` is not empty.
fn true_median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) }
}

impl Limits {
    /// How far a value lies from the centre, in sigmas of the chart's scale: 3 is the limit.
    fn sigmas(&self, value: f64) -> f64 {
        let distance = self.scale.forth(value) - self.middle;
        // A process that never varied has limits without width: any other value lies outside.
        if distance.abs() < 1e-9 {
            0.0
        } else if self.reach > 0.0 {
            3.0 * distance / self.reach
        } else {
            f64::INFINITY.copysign(distance)
        }
    }

    /// The findings among the values of a segment, positions counted from its beginning.
    fn findings(&self, values: &[f64]) -> Vec<Finding> {
        // Counts this small take so few different values that steps and thirds of the way to a limit mean nothing.
        let is_fine = self.scale != Scale::Root || self.centre >= FINE_COUNTS;
        let sigmas: Vec<f64> = values.iter().map(|it| self.sigmas(*it)).collect();
        let mut findings = Vec::new();
        for at in 0..values.len() {
            for side in [Side::Lower, Side::Upper] {
                let beyond = |limit: f64, it: f64| match side {
                    Side::Lower => it < -limit,
                    Side::Upper => it > limit,
                };
                let among = |last: usize, limit: f64| {
                    let points = &sigmas[(at + 1).saturating_sub(last)..=at];
                    points.iter().filter(|it| beyond(limit, **it)).count()
                };
                let mut note = |rule| findings.push(Finding { at, rule, side });
                let has_limit = side == Side::Upper || self.lower.is_some();
                if has_limit && beyond(3.0, sigmas[at]) {
                    note(Rule::BeyondLimit);
                }
                let step = if at == 0 {
                    0.0
                } else {
                    self.scale.forth(values[at]) - self.scale.forth(values[at - 1])
                };
                if is_fine && step.abs() > self.upper_range + 1e-9 && beyond(0.0, step) {
                    note(Rule::LargeStep);
                }
                if is_fine && beyond(2.0, sigmas[at]) && among(3, 2.0) >= 2 {
                    note(Rule::TwoOfThree);
                }
                if is_fine && beyond(1.0, sigmas[at]) && among(5, 1.0) >= 4 {
                    note(Rule::FourOfFive);
                }
                if at >= 7 && among(8, 0.0) == 8 {
                    note(Rule::EightInARow);
                }
            }
        }
        findings
    }
}

/// A part of a chart with limits of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Position of its first point.
    pub from: usize,
    /// Position after its last point.
    pub until: usize,
    /// Its limits; too few while it has less than [`BASELINE_NEED`] points.
    pub limits: Known<Limits>,
}

/// A process behaviour chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its segments, in order.
    pub segments: Vec<Segment>,
    /// What is out of the ordinary, in order.
    pub findings: Vec<Finding>,
}

/// How a chart is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// The scale of the limits.
    pub scale: Scale,
    /// The width of the limits.
    pub width: Width,
    /// The least value there can be.
    pub floor: Option<f64>,
    /// How many points of a segment make its limits, at most.
    pub baseline: usize,
}

impl Design {
    /// For counts, such as weekly throughput. Daily counts are a bad input: mostly nothing, and different on
    /// every weekday.
    pub const COUNTS: Design =
        Design { scale: Scale::Root, width: Width::MeanRange, floor: Some(0.0), baseline: BASELINE_SOLID };
    /// For durations, such as cycle times in order of finish.
    pub const DURATIONS: Design =
        Design { scale: Scale::Log, width: Width::MeanRange, floor: None, baseline: BASELINE_SOLID };
    /// The textbook's chart of counts.
    pub const TEXTBOOK: Design =
        Design { scale: Scale::Plain, width: Width::MeanRange, floor: Some(0.0), baseline: BASELINE_SOLID };
}

impl Chart {
    /// The chart of values in order. Limits are made from the first points of a segment and stay: a new segment
    /// begins only where `breaks` says, because somebody knows what changed.
    pub fn of(values: &[f64], design: Design, breaks: &[usize]) -> Self {
        let mut edges: Vec<usize> =
            breaks.iter().copied().filter(|it| 0 < *it && *it < values.len()).collect();
        edges.extend([0, values.len()]);
        edges.sort_unstable();
        edges.dedup();
        let mut chart = Chart { segments: Vec::new(), findings: Vec::new() };
        for edge in edges.windows(2) {
            let (from, until) = (edge[0], edge[1]);
            let points = &values[from..until];
            let baseline = &points[..points.len().min(design.baseline.max(BASELINE_NEED))];
            let limits = if baseline.len() < BASELINE_NEED {
                Err(TooFew { n: baseline.len(), need: BASELINE_NEED })
            } else {
                limits(baseline, design.scale, design.width, design.floor)
            };
            if let Ok(limits) = limits {
                let shifted =
                    limits.findings(points).into_iter().map(|it| Finding { at: it.at + from, ..it });
                chart.findings.extend(shifted);
            }
            chart.segments.push(Segment { from, until, limits });
        }
        chart
    }

    /// Where the last lasting shift began, if one is on the chart: the first of eight or more points on one
    /// side. A person who can explain it makes it a break.
    pub fn suggested_break(&self) -> Option<usize> {
        let rows = self.findings.iter().filter(|it| it.rule == Rule::EightInARow);
        let last = rows.clone().next_back()?;
        // Follow the row back to its beginning.
        let mut end = last.at;
        for it in rows.rev().filter(|it| it.side == last.side) {
            if it.at + 1 < end {
                break;
            }
            end = it.at;
        }
        Some(end - 7)
    }
}
