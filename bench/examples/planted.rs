//! Prints how accurate the estimators are on planted problems and how often their intervals hold
//! the truth, by category. Run by hand:
//!
//! ```text
//! cargo run --release -p data-anatomy-bench --example planted -- accuracy [RUNS PER WORLD]
//! cargo run --release -p data-anatomy-bench --example planted -- coverage [REPETITIONS] [REPLICATES] [ESTIMATOR]
//! ```

use data_anatomy_core::label_shift::analysis::{LabelShift, LabelShiftOptions, analyze};
use data_anatomy_core::label_shift::bootstrap::{Bootstrap, Replicate};
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::estimate::problem::Problem;
use data_anatomy_core::label_shift::planted::{GaussianWorld, PlantedProblem};
use data_anatomy_core::numeric::interval::Interval;
use data_anatomy_core::shares::mixture::Mixture;
use data_anatomy_core::shares::taxonomy::Taxonomy;

/// OLMo-1B in six categories: Web, GitHub, Wikipedia, Books, ArXiv, StackExchange.
const OLMO: [f64; 6] = [0.811, 0.134, 0.001, 0.002, 0.023, 0.029];
const MILD: [f64; 6] = [0.35, 0.25, 0.05, 0.05, 0.15, 0.15];
const ACCURACIES: [f64; 3] = [0.60, 0.77, 0.87];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| {
        arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match arguments.first().map(String::as_str) {
        Some("coverage") => {
            let estimator =
                arguments.get(3).and_then(|name| Estimator::from_name(name)).unwrap_or_default();
            coverage_table(number(1, 500), number(2, 100), estimator);
        }
        _ => accuracy_table(number(1, 4)),
    }
}

fn analyze_draw(
    planted: &PlantedProblem,
    (seed, index): (u64, u64),
    options: LabelShiftOptions,
) -> LabelShift {
    let (validation, generations) = planted.draw(seed, index);
    let names = (0..planted.world.n_classes()).map(|class| format!("category {class}"));
    let taxonomy = Taxonomy::new(names).expect("distinct names");
    let problem = Problem::new(taxonomy, validation, generations, options.calibration)
        .expect("a planted problem is well formed");
    analyze(problem, options)
}

fn accuracy_table(n_runs: u64) {
    println!("mean accuracy (1 - L1 / 2), 6 worlds x {n_runs} runs, OLMo-1B mixture, 1,000 texts");
    println!(
        "world       docs  T   class. | em     pacc   acc    counting seed  em without calibration"
    );
    for random in [false, true] {
        for accuracy in ACCURACIES {
            let worlds: Vec<GaussianWorld> =
                (0..6).map(|number| world(random, accuracy, number)).collect();
            for n_validation in [1000, 6000] {
                for temperature in [1.0, 0.4] {
                    let methods = Estimator::ALL
                        .map(|estimator| (estimator, CalibrationMethod::BiasCorrected))
                        .into_iter()
                        .chain([(Estimator::Em, CalibrationMethod::None)]);
                    let cells: Vec<String> = methods
                        .map(|(estimator, calibration)| {
                            let options = LabelShiftOptions { estimator, calibration };
                            format!(
                                "{:.4}",
                                mean_overlap(&worlds, (n_validation, temperature), options, n_runs)
                            )
                        })
                        .collect();
                    let kind = if random { "random" } else { "equidistant" };
                    println!(
                        "{kind:<11} {n_validation:<5} {temperature:.1} {accuracy:.2}   | {}",
                        cells.join(" ")
                    );
                }
            }
        }
    }
}

fn mean_overlap(
    worlds: &[GaussianWorld],
    (n_validation, temperature): (usize, f64),
    options: LabelShiftOptions,
    n_runs: u64,
) -> f64 {
    let mut total = 0.0;
    for (number, world) in (0..).zip(worlds) {
        let planted = PlantedProblem {
            world: world.clone(),
            truth: Mixture::from_weights(&OLMO).expect("shares"),
            temperature,
            n_validation,
            n_folds: 5,
            n_generations: 1000,
        };
        for run in 0..n_runs {
            let analysis = analyze_draw(&planted, (1 + number, run), options);
            total += overlap(&analysis.estimate.mixture, &planted.truth);
        }
    }
    total / (worlds.len() as u64 * n_runs) as f64
}

fn world(random: bool, accuracy: f64, number: u64) -> GaussianWorld {
    if random {
        GaussianWorld::random(6, 10, accuracy, number)
    } else {
        GaussianWorld::equidistant(6, accuracy)
    }
}

fn overlap(found: &Mixture, truth: &Mixture) -> f64 {
    let l1: f64 = found.shares().iter().zip(truth.shares()).map(|(a, b)| (a - b).abs()).sum();
    1.0 - 0.5 * l1
}

/// Counts of one category: intervals that hold the truth, that lie above it, below it, percentile
/// intervals that hold it, and the sum of widths.
#[derive(Clone, Copy, Default)]
struct Tally {
    holds: u32,
    above: u32,
    below: u32,
    percentile_holds: u32,
    width: f64,
}

fn coverage_table(n_repetitions: u64, n_replicates: u64, estimator: Estimator) {
    println!(
        "coverage of 95 % intervals, `{estimator}`, {n_repetitions} repetitions, {n_replicates} replicates, 1,000 + 1,000 documents"
    );
    for (name, truth) in [("OLMo-1B", OLMO), ("mild", MILD)] {
        for accuracy in ACCURACIES {
            // Bias-corrected temperature scaling makes the temperature immaterial.
            let planted = PlantedProblem {
                world: world(false, accuracy, 0),
                truth: Mixture::from_weights(&truth).expect("shares"),
                temperature: 0.4,
                n_validation: 1000,
                n_folds: 5,
                n_generations: 1000,
            };
            let options = LabelShiftOptions { estimator, ..LabelShiftOptions::default() };
            let tallies = tally_in_parallel(&planted, options, n_repetitions, n_replicates);
            println!("{name}, classifier {accuracy}");
            for (share, tally) in truth.iter().zip(tallies) {
                print_tally(*share, &tally, n_repetitions);
            }
        }
    }
}

fn print_tally(share: f64, tally: &Tally, n_repetitions: u64) {
    let part = |count: u32| f64::from(count) / n_repetitions as f64;
    println!(
        "  share {share:.3}  holds {:.3}  above {:.3}  below {:.3}  width {:.4}  percentile {:.3}",
        part(tally.holds),
        part(tally.above),
        part(tally.below),
        tally.width / n_repetitions as f64,
        part(tally.percentile_holds),
    );
}

fn tally_in_parallel(
    planted: &PlantedProblem,
    options: LabelShiftOptions,
    n_repetitions: u64,
    n_replicates: u64,
) -> Vec<Tally> {
    let half = |odd: u64| {
        let mut tallies = vec![Tally::default(); planted.truth.shares().len()];
        for repetition in (0..n_repetitions).filter(|number| number % 2 == odd) {
            let analysis = analyze_draw(planted, (77, repetition), options);
            tally(&analysis, planted.truth.shares(), n_replicates, &mut tallies);
        }
        tallies
    };
    std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        let mut tallies = half(0);
        for (left, right) in tallies.iter_mut().zip(odd.join().expect("no panic")) {
            left.holds += right.holds;
            left.above += right.above;
            left.below += right.below;
            left.percentile_holds += right.percentile_holds;
            left.width += right.width;
        }
        tallies
    })
}

fn tally(analysis: &LabelShift, truth: &[f64], n_replicates: u64, tallies: &mut [Tally]) {
    let bootstrap = Bootstrap::new(analysis, 5);
    let replicates: Vec<Replicate> =
        (0..n_replicates).map(|index| bootstrap.replicate(index)).collect();
    let intervals = bootstrap.intervals(&replicates, 0.95);
    for (class, (tally, interval)) in tallies.iter_mut().zip(intervals).enumerate() {
        let shares: Vec<f64> = replicates.iter().map(|r| r.mixture.shares()[class]).collect();
        let percentile = Interval::central(&shares, 0.95).expect("finite shares");
        tally.holds += u32::from(interval.contains(truth[class]));
        tally.above += u32::from(interval.lo() > truth[class]);
        tally.below += u32::from(interval.hi() < truth[class]);
        tally.percentile_holds += u32::from(percentile.contains(truth[class]));
        tally.width += interval.width();
    }
}
