//! The optimisation against closed forms, a dense computation and finite differences.

use proptest::prelude::*;

use super::super::counts::Counts;
use super::super::design::{Block, Design};
use super::super::{Options, Termination};
use super::{Tolerance, assert_close, fit, silent};
use crate::Classifier;
use crate::logistic::point::Point;
use crate::logistic::{Design as _, Problem, Stop};

/// A block of features from a dense matrix of counts, with arbitrary but fixed scales.
fn block(counts: &[Vec<u32>]) -> Block {
    let n_features = counts[0].len();
    let by_row = Counts::from_lines(counts.len(), n_features, |row, line| {
        let present = (0_u32..).zip(&counts[row]).filter(|&(_, &count)| count > 0);
        line.extend(present.map(|(column, &count)| (column, count)));
    });
    let by_column = by_row.transposed(n_features);
    let idf = (0..n_features).map(|column| 1.0 + 0.25 * column as f64).collect();
    let inverse_norms = (0..counts.len()).map(|row| 1.0 / (2.0 + row as f64)).collect();
    Block { by_row, by_column, idf, inverse_norms }
}

/// The same features as a dense matrix.
fn dense(counts: &[Vec<u32>]) -> Vec<Vec<f64>> {
    let value = |row: usize, column: usize, count: u32| {
        f64::from(count) * (1.0 + 0.25 * column as f64) / (2.0 + row as f64)
    };
    let line = |(row, line): (usize, &Vec<u32>)| {
        line.iter().enumerate().map(|(column, &count)| value(row, column, count)).collect()
    };
    counts.iter().enumerate().map(line).collect()
}

/// Counts (some too large for one entry), and a matrix of 9 to 11 classes, more than fit in one
/// panel.
fn problem() -> impl Strategy<Value = (Vec<Vec<u32>>, usize, Vec<f64>)> {
    (2_usize..9, 1_usize..6, 9_usize..12).prop_flat_map(|(n_docs, n_features, n_classes)| {
        let count = prop_oneof![3 => Just(0_u32), 3 => 1_u32..4, 1 => Just(u32::MAX / 2)];
        let line = prop::collection::vec(count, n_features);
        let values = prop::collection::vec(-1.0..1.0, n_docs * n_classes);
        (prop::collection::vec(line, n_docs), Just(n_classes), values)
    })
}

/// The same with counts as documents have them.
fn small_problem() -> impl Strategy<Value = (Vec<Vec<u32>>, usize, Vec<f64>)> {
    (2_usize..9, 1_usize..6, 2_usize..5).prop_flat_map(|(n_docs, n_features, n_classes)| {
        let line = prop::collection::vec(0_u32..4, n_features);
        let values = prop::collection::vec(-1.0..1.0, n_docs * n_classes);
        (prop::collection::vec(line, n_docs), Just(n_classes), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn transposing_twice_gives_the_matrix((counts, _, _) in problem()) {
        let block = block(&counts);
        let back = block.by_column.transposed(counts.len());
        for (row, expected) in counts.iter().enumerate() {
            let mut found = vec![0_u64; expected.len()];
            for (column, count) in back.totals(row) {
                found[column as usize] = count;
            }
            prop_assert!(found.iter().eq(expected.iter().map(|&count| u64::from(count)).collect::<Vec<_>>().iter()));
        }
    }

    #[test]
    fn gram_product_matches_dense((counts, n_classes, values) in problem()) {
        let matrix = dense(&counts);
        let design = Design { blocks: vec![block(&counts)], n_docs: counts.len() };
        let found = design.gram_product(&values, n_classes);
        for (i, row) in matrix.iter().enumerate() {
            for class in 0..n_classes {
                let terms: Vec<f64> = matrix.iter().enumerate().map(|(j, other)| {
                    row.iter().zip(other).map(|(x, y)| x * y).sum::<f64>() * values[j * n_classes + class]
                }).collect();
                let size: f64 = terms.iter().map(|term| term.abs()).sum();
                let expected: f64 = terms.iter().sum();
                let error = (found[i * n_classes + class] - expected).abs();
                prop_assert!(error <= 1e-13 * size, "{error:e} of {size:e}");
            }
        }
    }

    #[test]
    fn gradient_matches_central_differences((counts, n_classes, values) in small_problem()) {
        let n_docs = counts.len();
        let design = Design { blocks: vec![block(&counts)], n_docs };
        let classes: Vec<usize> = (0..n_docs).map(|doc| doc % n_classes).collect();
        let problem = Problem { design: &design, classes: &classes, n_classes, inverse_regularization: 4.0 };
        let point = |coefficients: Vec<f64>, shift: f64| Point {
            margins: design.gram_product(&coefficients, n_classes),
            intercepts: (0..n_classes).map(|class| shift + 0.5 * class as f64).collect(),
            coefficients,
        };
        let at = point(values.clone(), 0.0);
        let direction = point(values.iter().rev().map(|value| value * value - 0.2).collect(), -0.7);
        let step = 1e-5;
        let moved = |factor: f64| {
            let mut moved = at.clone();
            moved.add(factor, &direction);
            problem.evaluate(&moved).objective
        };
        let slope = (moved(step) - moved(-step)) / (2.0 * step);
        let evaluation = problem.evaluate(&at);
        let expected = evaluation.gradient.dot(&direction);
        let scale = 1.0 + expected.abs() + evaluation.objective;
        prop_assert!((slope - expected).abs() <= 1e-7 * scale, "{slope} for {expected}");
    }

    #[test]
    fn no_neighbour_of_the_minimum_is_lower((counts, n_classes, values) in small_problem()) {
        let n_docs = counts.len();
        // Each class needs a document, or its intercept runs away.
        prop_assume!(n_docs >= n_classes);
        let design = Design { blocks: vec![block(&counts)], n_docs };
        let classes: Vec<usize> = (0..n_docs).map(|doc| doc % n_classes).collect();
        let problem = Problem { design: &design, classes: &classes, n_classes, inverse_regularization: 4.0 };
        // Below the square root of the rounding unit, 1.5e-8, no step lowers the objective visibly.
        let solution = problem.minimise(Stop { tolerance: 1e-7, max_iterations: 500 }, &|_| {});
        // Equal documents of two classes begin at their minimum, where no step makes progress.
        let ended = solution.convergence.termination;
        prop_assert!(matches!(ended, Termination::Converged | Termination::NoProgress), "{ended:?}");
        for factor in [1e-3, -1e-3, 0.1] {
            let coefficients: Vec<f64> =
                solution.coefficients.iter().zip(&values).map(|(x, d)| x + factor * d).collect();
            let neighbour = Point {
                margins: design.gram_product(&coefficients, n_classes),
                intercepts: solution.intercepts.iter().zip(&values).map(|(x, d)| x - factor * d).collect(),
                coefficients,
            };
            let objective = problem.evaluate(&neighbour).objective;
            prop_assert!(objective >= solution.convergence.objective - 1e-10);
        }
    }
}

#[test]
fn identical_documents_get_the_shares_of_the_classes() {
    // With one and the same row x everywhere the gradient is x Σ (p − y) + W: zero at W = 0 and
    // p = the classes' shares.
    let documents = ["one and the same"; 10];
    let classes = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2];
    let model = fit(&documents, &classes, &Options { tolerance: 1e-12, ..Options::default() });
    let found = model.log_probabilities(&documents[..1], &silent).unwrap();
    let found: Vec<f64> = found.into_iter().map(f64::exp).collect();
    assert_close(&found, &[0.5, 0.3, 0.2], Tolerance { rel: 1e-10, abs: 0.0 });
}

#[test]
fn a_lone_category_is_certain() {
    let model = fit(&["some text", "other text"], &[0, 0], &Options::default());
    assert_eq!(model.convergence().termination, Termination::Converged);
    assert_eq!(model.log_probabilities(&["new text", ""], &silent).unwrap(), [0.0, 0.0]);
}

#[test]
fn an_iteration_limit_is_reported() {
    let options = Options { max_iterations: 2, tolerance: 1e-12, ..Options::default() };
    let documents = ["red apples", "green apples", "blue whales", "grey whales"];
    let model = fit(&documents, &[0, 1, 2, 0], &options);
    let convergence = model.convergence();
    assert_eq!(convergence.termination, Termination::IterationLimit);
    assert_eq!(convergence.iterations, 2);
    assert!(convergence.gradient_norm > convergence.tolerance);
}

#[test]
fn an_unreachable_tolerance_ends_without_progress_near_the_minimum() {
    let options = Options { tolerance: 1e-300, max_iterations: 10_000, ..Options::default() };
    let documents = ["red apples", "green apples", "blue whales", "grey whales"];
    let model = fit(&documents, &[0, 1, 2, 0], &options);
    let convergence = model.convergence();
    assert_eq!(convergence.termination, Termination::NoProgress);
    assert!(convergence.gradient_norm < 1e-7, "{convergence:?}");
}
