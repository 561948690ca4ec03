use super::*;
use crate::numeric::rng::RandomStream;
use proptest::prelude::*;

const GOLDEN: &str = include_str!("../../../tests/golden/priors.json");

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn projection_matches_the_seed_study() {
    let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
    let cases = golden["simplex_projection"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let found = project(&numbers(&case["v"]));
        for (x, y) in found.iter().zip(numbers(&case["projection"])) {
            assert!((x - y).abs() < 1e-10, "{x} {y}");
        }
    }
}

#[test]
fn solves_a_textbook_case_exactly() {
    // The point of the segment (0, 1)-(1, 0) nearest to (2, 2) is its middle; from (3, 0) a corner.
    let identity = Matrix::identity(2);
    let fit = least_squares(&identity, &[2.0, 2.0], None);
    assert_eq!(fit.termination, Termination::Converged);
    assert!((fit.shares[0] - 0.5).abs() < 1e-15, "{fit:?}");
    assert!((fit.residual_norm - 4.5_f64.sqrt()).abs() < 1e-14, "{fit:?}");
    assert_eq!(least_squares(&identity, &[3.0, 0.0], None).shares, [1.0, 0.0]);
}

#[test]
fn equal_columns_do_not_stop_it() {
    let matrix = Matrix::from_rows(&[[0.5, 0.5, 0.1], [0.5, 0.5, 0.9]]).unwrap();
    let fit = least_squares(&matrix, &[0.3, 0.7], None);
    assert_eq!(fit.termination, Termination::Converged);
    assert!((fit.shares[2] - 0.5).abs() < 1e-12, "{fit:?}");
    assert!(fit.residual_norm < 1e-15, "{fit:?}");
}

fn random_problem(n_rows: usize, n_cols: usize, seed: u64) -> (Matrix, Vec<f64>) {
    let mut stream = RandomStream::new(seed, 17);
    let values = (0..n_rows * n_cols).map(|_| stream.normal()).collect();
    let target = (0..n_rows).map(|_| stream.normal()).collect();
    (Matrix::from_values(n_rows, n_cols, values).unwrap(), target)
}

fn objective(matrix: &Matrix, target: &[f64], shares: &[f64]) -> f64 {
    let fitted = matrix.times(shares);
    fitted.iter().zip(target).map(|(f, t)| (f - t) * (f - t)).sum::<f64>().sqrt()
}

proptest! {
    #[test]
    fn projection_is_the_nearest_point(point in prop::collection::vec(-3.0..3.0_f64, 1..40), seed in 0_u64..1000) {
        let nearest = project(&point);
        prop_assert!((nearest.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(nearest.iter().all(|&share| share >= 0.0));
        // Variational inequality: <point - nearest, other - nearest> <= 0 for every other point.
        let other = RandomStream::new(seed, 0).dirichlet(&vec![0.5; point.len()]);
        let product: f64 = (0..point.len())
            .map(|k| (point[k] - nearest[k]) * (other[k] - nearest[k]))
            .sum();
        prop_assert!(product <= 1e-12, "{product}");
    }

    #[test]
    fn projection_is_idempotent(point in prop::collection::vec(-3.0..3.0_f64, 1..40)) {
        let once = project(&point);
        for (x, y) in once.iter().zip(project(&once)) {
            prop_assert!((x - y).abs() < 1e-15);
        }
    }

    #[test]
    fn least_squares_meets_the_optimality_conditions(n_rows in 1_usize..60, n_cols in 1_usize..88, seed in 0_u64..10_000) {
        let (matrix, target) = random_problem(n_rows, n_cols, seed);
        let fit = least_squares(&matrix, &target, None);
        prop_assert!(fit.termination == Termination::Converged, "{fit:?}");
        prop_assert!((fit.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(fit.shares.iter().all(|&share| share >= 0.0));
        let residual: Vec<f64> =
            matrix.times(&fit.shares).iter().zip(&target).map(|(f, t)| f - t).collect();
        let gradient = matrix.transposed_times(&residual);
        let least = gradient.iter().copied().fold(f64::INFINITY, f64::min);
        for (share, slope) in fit.shares.iter().zip(&gradient) {
            prop_assert!(*share == 0.0 || slope - least < 1e-10, "{share} {slope} {least}");
        }
        prop_assert!((residual.iter().map(|r| r * r).sum::<f64>().sqrt() - fit.residual_norm).abs() < 1e-12);
    }

    #[test]
    fn warm_start_gives_the_same_answer(n_cols in 2_usize..40, seed in 0_u64..10_000) {
        let (matrix, target) = random_problem(n_cols + 2, n_cols, seed);
        let cold = least_squares(&matrix, &target, None);
        let start = RandomStream::new(seed, 1).dirichlet(&vec![0.2; n_cols]);
        let warm = least_squares(&matrix, &target, Some(&start));
        let repeated = least_squares(&matrix, &target, Some(&cold.shares));
        prop_assert_eq!(repeated.iterations, 0);
        for k in 0..n_cols {
            prop_assert!((cold.shares[k] - warm.shares[k]).abs() < 1e-9, "{cold:?} {warm:?}");
        }
    }

    #[test]
    fn nothing_on_a_grid_is_better_for_two_and_three_classes(n_cols in 2_usize..4, seed in 0_u64..10_000) {
        let (matrix, target) = random_problem(3, n_cols, seed);
        let fit = least_squares(&matrix, &target, None);
        for first in 0..=60_u32 {
            for second in 0..=60 - first {
                let mut shares = vec![f64::from(first) / 60.0, f64::from(second) / 60.0];
                if n_cols == 2 {
                    shares[1] = 1.0 - shares[0];
                } else {
                    shares.push(1.0 - shares[0] - shares[1]);
                }
                prop_assert!(objective(&matrix, &target, &shares) >= fit.residual_norm - 1e-12);
            }
        }
    }
}
