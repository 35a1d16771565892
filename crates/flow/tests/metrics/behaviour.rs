//! How often a behaviour chart cries wolf, and whether it sees a wolf: measured on simulated series of known
//! kind, with a fixed seed that is printed.
#![expect(clippy::print_stdout, reason = "the figures and the seed are what a person wants to see")]

use headway_flow::xmr::{Chart, Design, Rule, Side};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const SEED: u64 = 20_240_304;
const SERIES: usize = 2_000;
const POINTS: usize = 52;

type Random = Xoshiro256PlusPlus;

fn uniform(random: &mut Random) -> f64 {
    // Never zero, so that its logarithm is finite.
    1.0 - random.random::<f64>()
}

fn normal(random: &mut Random) -> f64 {
    (-2.0 * uniform(random).ln()).sqrt() * (std::f64::consts::TAU * uniform(random)).cos()
}

fn poisson(mean: f64, random: &mut Random) -> f64 {
    let (mut product, limit, mut count) = (uniform(random), (-mean).exp(), 0.0);
    while product > limit {
        product *= uniform(random);
        count += 1.0;
    }
    count
}

/// Marsaglia and Tsang's method.
fn gamma(shape: f64, random: &mut Random) -> f64 {
    if shape < 1.0 {
        return gamma(shape + 1.0, random) * uniform(random).powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(random);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && uniform(random).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// A kind of stable process.
#[derive(Clone, Copy, Debug)]
enum Process {
    Poisson {
        mean: f64,
    },
    /// Variance is `mean × spread`.
    NegativeBinomial {
        mean: f64,
        spread: f64,
    },
    /// Whole days, at least one.
    Lognormal {
        median: f64,
        sigma: f64,
    },
}

impl Process {
    fn value(self, factor: f64, random: &mut Random) -> f64 {
        match self {
            Process::Poisson { mean } => poisson(mean * factor, random),
            Process::NegativeBinomial { mean, spread } => {
                let shape = mean * factor / (spread - 1.0);
                poisson(gamma(shape, random) * (spread - 1.0), random)
            }
            Process::Lognormal { median, sigma } => (median * factor * (sigma * normal(random)).exp()).ceil(),
        }
    }

    fn design(self) -> Design {
        match self {
            Process::Lognormal { .. } => Design::DURATIONS,
            _ => Design::COUNTS,
        }
    }
}

const STABLE: [Process; 13] = [
    Process::Poisson { mean: 0.5 },
    Process::Poisson { mean: 1.0 },
    Process::Poisson { mean: 1.5 },
    Process::NegativeBinomial { mean: 1.5, spread: 2.0 },
    Process::Poisson { mean: 2.0 },
    Process::Poisson { mean: 5.0 },
    Process::Poisson { mean: 15.0 },
    Process::NegativeBinomial { mean: 3.0, spread: 2.0 },
    Process::NegativeBinomial { mean: 8.0, spread: 2.0 },
    Process::NegativeBinomial { mean: 8.0, spread: 4.0 },
    Process::NegativeBinomial { mean: 20.0, spread: 4.0 },
    Process::Lognormal { median: 5.0, sigma: 0.8 },
    Process::Lognormal { median: 8.0, sigma: 1.2 },
];

/// The share of points with a finding, over stable series: of all points, of those after the baseline, and by rule.
fn false_signals(process: Process, design: Design) -> (f64, f64, [f64; 5]) {
    let mut random = Random::seed_from_u64(SEED);
    let (mut flagged, mut later) = (0, 0);
    let mut by_rule = [0.0; 5];
    for _ in 0..SERIES {
        let values: Vec<f64> = (0..POINTS).map(|_| process.value(1.0, &mut random)).collect();
        let findings = Chart::of(&values, design, &[]).findings;
        let mut at: Vec<usize> = findings.iter().map(|it| it.at).collect();
        at.dedup();
        flagged += at.len();
        later += at.iter().filter(|it| **it >= design.baseline).count();
        for (sum, rule) in by_rule.iter_mut().zip([
            Rule::BeyondLimit,
            Rule::LargeStep,
            Rule::TwoOfThree,
            Rule::FourOfFive,
            Rule::EightInARow,
        ]) {
            *sum += findings.iter().filter(|it| it.rule == rule).count() as f64;
        }
    }
    let all = (SERIES * POINTS) as f64;
    let after_baseline = (SERIES * (POINTS - design.baseline)) as f64;
    (flagged as f64 / all, later as f64 / after_baseline, by_rule.map(|it| it / all))
}

#[test]
fn a_stable_process_rarely_cries_wolf() {
    println!("seed {SEED}, {SERIES} series of {POINTS} points each");
    for process in STABLE {
        let (rate, later, rules) = false_signals(process, process.design());
        let (textbook, _, textbook_rules) =
            false_signals(process, Design { scale: Design::TEXTBOOK.scale, ..process.design() });
        println!(
            "{process:?}: {:.2} % (after the baseline {:.2} %) {rules:.4?}; textbook {:.2} % {textbook_rules:.4?}",
            rate * 100.0,
            later * 100.0,
            textbook * 100.0
        );
        assert!(rate <= 0.06 && later <= 0.06, "{process:?}: {rate}, after the baseline {later}");
    }
}

/// A planted change must be found: within twelve points of it, on its side, in at least 85 of 100 series.
#[test]
fn a_planted_change_is_found() {
    let planted = [
        (Process::Poisson { mean: 5.0 }, 2.0),
        (Process::Poisson { mean: 15.0 }, 0.6),
        (Process::NegativeBinomial { mean: 8.0, spread: 2.0 }, 2.0),
        (Process::NegativeBinomial { mean: 8.0, spread: 2.0 }, 0.4),
        (Process::Lognormal { median: 8.0, sigma: 0.8 }, 3.0),
        (Process::Lognormal { median: 8.0, sigma: 0.8 }, 0.35),
    ];
    println!("seed {SEED}, {SERIES} series each, change at point 30");
    for (process, factor) in planted {
        let mut random = Random::seed_from_u64(SEED);
        let side = if factor > 1.0 { Side::Upper } else { Side::Lower };
        let mut found = 0;
        for _ in 0..SERIES {
            let mut values: Vec<f64> = (0..30).map(|_| process.value(1.0, &mut random)).collect();
            values.extend((0..12).map(|_| process.value(factor, &mut random)));
            let findings = Chart::of(&values, process.design(), &[]).findings;
            found += usize::from(findings.iter().any(|it| it.at >= 30 && it.side == side));
        }
        let rate = found as f64 / SERIES as f64;
        println!("{process:?} × {factor}: found in {:.1} %", rate * 100.0);
        assert!(rate >= 0.85, "{process:?} × {factor}: {rate}");
    }
}

/// A break that somebody explained gives the new process limits of its own, and peace.
#[test]
fn an_explained_break_starts_a_new_segment() {
    let values: Vec<f64> =
        (0..48).map(|it| f64::from([5, 7, 6, 8][it % 4] + if it >= 24 { 20 } else { 0 })).collect();
    let before = Chart::of(&values, Design::COUNTS, &[]);
    assert_eq!(before.suggested_break(), Some(23), "the last value before it is above the centre as well");
    let after = Chart::of(&values, Design::COUNTS, &[24]);
    assert!(after.findings.is_empty(), "{:?}", after.findings);
    assert_eq!(after.segments.len(), 2);
}
