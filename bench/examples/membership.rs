//! Prints how accurate shares of members are on planted scores, and how often intervals hold the
//! truth. Run by hand:
//!
//! ```text
//! cargo run --release -p data-anatomy-bench --example membership -- with [REPETITIONS] [SEED] [KNOWN MEMBERS] [SHAPE]
//! cargo run --release -p data-anatomy-bench --example membership -- compare [REPETITIONS] [SEED]
//! cargo run --release -p data-anatomy-bench --example membership -- without [REPETITIONS] [SEED]
//! ```

use data_anatomy_core::membership::planted::{DrawnScores, PlantedScores, Shape};
use data_anatomy_core::membership::share::{Scores, ShareEstimate};
use data_anatomy_core::membership::unaided::{UnaidedOptions, UnaidedShare};

const SHARES: [f64; 5] = [0.0, 0.1, 0.3, 0.5, 0.8];
const AUROCS: [f64; 3] = [0.6, 0.7, 0.85];
const LEVEL: f64 = 0.95;
/// Candidates, and known non-members.
const N_DOCUMENTS: usize = 500;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| {
        arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let n_members = usize::try_from(number(3, 0)).expect("a number of documents");
    let (n_repetitions, seed) = (number(1, 200), number(2, 1));
    println!("draws of seed {seed}");
    match arguments.first().map(String::as_str) {
        Some("compare") => comparison_table(n_repetitions, seed),
        Some("without") => unaided_table(n_repetitions, seed),
        _ => coverage_table(n_repetitions, seed, n_members, arguments.get(4)),
    }
}

fn problem(shape: Shape, auroc: f64, share: f64, n_members: usize) -> PlantedScores {
    PlantedScores {
        shape,
        shift: PlantedScores::shift_for(shape, auroc),
        share,
        n_candidates: N_DOCUMENTS,
        n_nonmembers: N_DOCUMENTS,
        n_members,
    }
}

fn estimate(drawn: &DrawnScores) -> ShareEstimate {
    let scores = Scores {
        candidates: &drawn.candidates,
        nonmembers: &drawn.nonmembers,
        members: &drawn.members,
    };
    ShareEstimate::of(&scores, LEVEL).expect("enough documents")
}

/// Calls `each` with every repetition's result, computed on two threads, in their order.
fn repeated<T: Send>(n_repetitions: u64, each: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let half = n_repetitions / 2;
    std::thread::scope(|scope| {
        let second = scope.spawn(|| (half..n_repetitions).map(&each).collect::<Vec<T>>());
        let mut results: Vec<T> = (0..half).map(&each).collect();
        results.extend(second.join().expect("no panic"));
        results
    })
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n_values = values.len() as f64;
    values.sum::<f64>() / n_values
}

fn coverage_table(n_repetitions: u64, seed: u64, n_members: usize, only: Option<&String>) {
    println!(
        "{n_repetitions} repetitions, {N_DOCUMENTS} candidates, {N_DOCUMENTS} non-members, \
         {n_members} members; nominal coverage {LEVEL}"
    );
    println!(
        "shape       AUROC share | error  bias   covers  above  below  width  | answered: rate  error | fits"
    );
    let is_wanted = |shape: &Shape| only.is_none_or(|name| format!("{shape:?}") == *name);
    for shape in Shape::ALL.into_iter().filter(is_wanted) {
        for auroc in AUROCS {
            for share in SHARES {
                let problem = problem(shape, auroc, share, n_members);
                let found = repeated(n_repetitions, |index| estimate(&problem.draw(seed, index)));
                print_coverage(shape, auroc, share, &found);
            }
        }
    }
}

fn print_coverage(shape: Shape, auroc: f64, share: f64, found: &[ShareEstimate]) {
    let rate =
        |is: &dyn Fn(&ShareEstimate) -> bool| mean(found.iter().map(|one| f64::from(is(one))));
    let error = |one: &ShareEstimate| (one.point - share).abs();
    let answered: Vec<&ShareEstimate> = found.iter().filter(|one| one.is_identified()).collect();
    println!(
        "{:<11} {auroc:.2}  {share:.1}   | {:.3} {:+.3}  {:.3}   {:.3}  {:.3}  {:.3}  | {:.2}  {:.3} | {:.2}",
        format!("{shape:?}"),
        mean(found.iter().map(error)),
        mean(found.iter().map(|one| one.point - share)),
        rate(&|one| one.interval.contains(share)),
        rate(&|one| one.interval.lo() > share),
        rate(&|one| one.interval.hi() < share),
        mean(found.iter().map(|one| one.interval.width())),
        answered.len() as f64 / found.len() as f64,
        mean(answered.iter().map(|one| error(one))),
        rate(&|one| one.fit_p_value > 0.01),
    );
}

/// Conformal p-values of candidates: the share of non-members that score at least as high.
fn p_values(drawn: &DrawnScores) -> Vec<f64> {
    let mut known = drawn.nonmembers.clone();
    known.sort_by(f64::total_cmp);
    let n_known = known.len() as f64;
    let p_value = |score: &f64| {
        let below = known.partition_point(|other| other < score) as f64;
        (1.0 + n_known - below) / (n_known + 1.0)
    };
    drawn.candidates.iter().map(p_value).collect()
}

/// Storey (2002) at λ = 1/2.
fn storey(drawn: &DrawnScores) -> f64 {
    let p_values = p_values(drawn);
    let n_high = p_values.iter().filter(|p| **p > 0.5).count() as f64;
    (1.0 - 2.0 * n_high / p_values.len() as f64).clamp(0.0, 1.0)
}

/// The density of p-values at 1 by a beta kernel, its first-order bias removed by the jackknife: the
/// idea of PTDI's estimator (arXiv 2510.09717), at bandwidth 0.1.
fn beta_boundary(drawn: &DrawnScores) -> f64 {
    let p_values = p_values(drawn);
    let density =
        |width: f64| mean(p_values.iter().map(|p| (1.0 / width + 1.0) * p.powf(1.0 / width)));
    (1.0 - (2.0 * density(0.1) - density(0.2))).clamp(0.0, 1.0)
}

/// Best bin estimation (Garg et al. 2021, arXiv 2111.00980, algorithm 1) at δ = 0.1.
fn best_bin(drawn: &DrawnScores) -> f64 {
    let sorted = |scores: &[f64]| {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    };
    let (candidates, known) = (sorted(&drawn.candidates), sorted(&drawn.nonmembers));
    let slack = |n: usize| (40.0_f64.ln() / (2.0 * n as f64)).sqrt();
    let reach = slack(candidates.len()) + slack(known.len());
    let share = |scores: &[f64], at: f64| {
        scores.partition_point(|score| *score <= at) as f64 / scores.len() as f64
    };
    let bound = |at: &f64| (share(&candidates, *at) + reach) / share(&known, *at);
    let best = known.iter().min_by(|one, other| bound(one).total_cmp(&bound(other)));
    let at = best.expect("non-members");
    (1.0 - share(&candidates, *at) / share(&known, *at)).clamp(0.0, 1.0)
}

fn comparison_table(n_repetitions: u64, seed: u64) {
    println!(
        "mean absolute error and bias, {n_repetitions} repetitions of {N_DOCUMENTS} + {N_DOCUMENTS}"
    );
    println!("shape       AUROC share | likelihood    Storey        beta boundary best bin");
    for shape in Shape::ALL {
        for auroc in AUROCS {
            for share in SHARES {
                let problem = problem(shape, auroc, share, 0);
                let found = repeated(n_repetitions, |index| {
                    let drawn = problem.draw(seed, index);
                    [
                        estimate(&drawn).point,
                        storey(&drawn),
                        beta_boundary(&drawn),
                        best_bin(&drawn),
                    ]
                });
                let cells: Vec<String> = (0..4)
                    .map(|method| {
                        let error = mean(found.iter().map(|row| (row[method] - share).abs()));
                        let bias = mean(found.iter().map(|row| row[method] - share));
                        format!("{error:.3} {bias:+.3}")
                    })
                    .collect();
                println!(
                    "{:<11} {auroc:.2}  {share:.1}   | {}",
                    format!("{shape:?}"),
                    cells.join("  ")
                );
            }
        }
    }
}

/// Shape, shift and share of scores that stand alone: none, then two heaps.
const ALONE: [(Shape, f64, f64); 7] = [
    (Shape::Normal, 0.0, 0.0),
    (Shape::Skewed, 0.0, 0.0),
    (Shape::HeavyTails, 0.0, 0.0),
    (Shape::Normal, 1.5, 0.5),
    (Shape::Normal, 3.0, 0.5),
    (Shape::Normal, 4.0, 0.3),
    (Shape::Normal, 4.0, 0.8),
];

fn unaided_table(n_repetitions: u64, seed: u64) {
    println!("{n_repetitions} repetitions of {N_DOCUMENTS} candidates, no non-members known");
    println!(
        "shape       shift share | two components' weight | answered  honest  error of answers"
    );
    for (shape, shift, share) in ALONE {
        let problem = PlantedScores {
            shape,
            shift,
            share,
            n_candidates: N_DOCUMENTS,
            n_nonmembers: 0,
            n_members: 0,
        };
        let found = repeated(n_repetitions, |index| {
            let options = UnaidedOptions { level: LEVEL, n_replicates: 100, seed: index };
            let scores = problem.draw(seed, index).candidates;
            UnaidedShare::of(&scores, &options).expect("enough documents")
        });
        print_unaided((shape, shift, share), &found);
    }
}

/// Honest: not identifiable, or an interval with the truth in it.
fn print_unaided((shape, shift, share): (Shape, f64, f64), found: &[UnaidedShare]) {
    let always = found.iter().filter_map(|one| one.two.as_ref());
    let weights: Vec<f64> = always.map(|two| two.components[1].weight).collect();
    let answers: Vec<_> = found
        .iter()
        .filter(|one| one.is_identified())
        .filter_map(|one| one.answer.as_ref())
        .collect();
    let n_wrong = answers.iter().filter(|answer| !answer.interval.contains(share)).count();
    println!(
        "{:<11} {shift:.1}   {share:.1}   | {:.2}                   | {:.3}     {:.3}   {:.3}",
        format!("{shape:?}"),
        mean(weights.iter().copied()),
        answers.len() as f64 / found.len() as f64,
        1.0 - n_wrong as f64 / found.len() as f64,
        mean(answers.iter().map(|answer| (answer.share - share).abs())),
    );
}
