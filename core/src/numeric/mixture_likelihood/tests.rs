use super::*;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;
use crate::numeric::termination::Termination;
use proptest::prelude::*;

/// Random ratios of texts, peaked on random classes.
fn random_ratios(n_docs: usize, n_classes: usize, seed: u64) -> LikelihoodRatios {
    let mut stream = RandomStream::new(seed, 5);
    let concentration = vec![0.6; n_classes];
    let mixture = stream.dirichlet(&concentration);
    let mut values = Matrix::zeros(n_docs, n_classes);
    for doc in 0..n_docs {
        let class = stream.categorical(&mixture);
        let row = values.row_mut(doc);
        row.iter_mut().for_each(|entry| *entry = stream.normal());
        row[class] += 2.0;
        math::log_softmax(row);
    }
    LikelihoodRatios::of_log_densities(&values, vec![1.0; n_docs])
}

#[test]
fn certain_texts_are_counted() {
    // With texts of known class the maximum is their shares: 3, 1 and 0 of 4.
    let rows = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]];
    let ratios = LikelihoodRatios::of_densities(&Matrix::from_rows(&rows).unwrap(), &[1.0; 4]);
    let fit = maximize(&ratios, None);
    assert_eq!(fit.termination, Termination::Converged);
    for (share, expected) in fit.shares.iter().zip([0.75, 0.25, 0.0]) {
        assert!((share - expected).abs() < 1e-9, "{fit:?}");
    }
}

#[test]
fn uninformative_texts_leave_the_start_and_converge() {
    let equal = Matrix::from_rows(&[[0.5, 0.5]; 10]).unwrap();
    let ratios = LikelihoodRatios::of_densities(&equal, &[1.0; 10]);
    let fit = maximize(&ratios, Some(&[0.3, 0.7]));
    assert_eq!(fit.termination, Termination::Converged);
    assert_eq!(fit.shares, [0.3, 0.7]);
}

#[test]
fn one_class_takes_all() {
    let ratios =
        LikelihoodRatios::of_densities(&Matrix::from_rows(&[[1.0]; 5]).unwrap(), &[1.0; 5]);
    assert_eq!(maximize(&ratios, None).shares, [1.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn maximum_meets_the_optimality_conditions(n_docs in 1_usize..300, n_classes in 2_usize..88, seed in 0_u64..10_000) {
        let ratios = random_ratios(n_docs, n_classes, seed);
        let fit = maximize(&ratios, None);
        prop_assert!(fit.termination == Termination::Converged, "{fit:?}");
        prop_assert!((fit.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (share, slope) in fit.shares.iter().zip(ratios.gradient(&fit.shares)) {
            prop_assert!(*share >= 0.0 && slope <= 1.0 + 1e-9, "{share} {slope}");
            // Complementary slackness: share times (1 - slope) vanishes.
            prop_assert!(share * (1.0 - slope) < 1e-8, "{share} {slope}");
        }
    }

    #[test]
    fn certificate_bounds_the_distance_to_any_other_mixture(n_classes in 2_usize..10, seed in 0_u64..10_000) {
        let ratios = random_ratios(60, n_classes, seed);
        let other = RandomStream::new(seed, 1).dirichlet(&vec![0.7; n_classes]);
        let here = RandomStream::new(seed, 2).dirichlet(&vec![1.0; n_classes]);
        let bound = ratios.gradient(&here).into_iter().fold(0.0, f64::max) - 1.0;
        let rise = ratios.mean_log_likelihood(&other) - ratios.mean_log_likelihood(&here);
        prop_assert!(rise <= bound + 1e-12, "{rise} {bound}");
    }

    #[test]
    fn gradient_matches_central_differences(n_classes in 2_usize..8, seed in 0_u64..10_000) {
        let ratios = random_ratios(40, n_classes, seed);
        let shares = RandomStream::new(seed, 3).dirichlet(&vec![3.0; n_classes]);
        let gradient = ratios.gradient(&shares);
        let curvature = ratios.curvature(&shares);
        let step = 1e-6;
        for class in 0..n_classes {
            let at = |sign: f64| {
                let mut moved = shares.clone();
                moved[class] += sign * step;
                moved
            };
            let slope = (ratios.mean_log_likelihood(&at(1.0)) - ratios.mean_log_likelihood(&at(-1.0))) / (2.0 * step);
            prop_assert!((slope - gradient[class]).abs() < 1e-5 * (1.0 + slope.abs()), "{slope}");
            let (up, down) = (ratios.gradient(&at(1.0)), ratios.gradient(&at(-1.0)));
            for other in 0..n_classes {
                let second = (down[other] - up[other]) / (2.0 * step);
                let expected = curvature[(class, other)];
                prop_assert!((second - expected).abs() < 1e-4 * (1.0 + expected.abs()), "{second} {expected}");
            }
        }
    }

    #[test]
    fn warm_start_gives_the_same_answer(n_classes in 2_usize..20, seed in 0_u64..10_000) {
        let ratios = random_ratios(400, n_classes, seed);
        let cold = maximize(&ratios, None);
        let start = RandomStream::new(seed, 4).dirichlet(&vec![0.3; n_classes]);
        let warm = maximize(&ratios, Some(&start));
        for (x, y) in cold.shares.iter().zip(&warm.shares) {
            prop_assert!((x - y).abs() < 1e-5, "{x} {y}");
        }
    }

    #[test]
    fn nothing_on_a_grid_is_better_for_three_classes(seed in 0_u64..10_000) {
        let ratios = random_ratios(50, 3, seed);
        let fit = maximize(&ratios, None);
        for first in 0..=40_u32 {
            for second in 0..=40 - first {
                let shares = [first, second, 40 - first - second].map(|part| f64::from(part) / 40.0);
                prop_assert!(ratios.mean_log_likelihood(&shares) <= ratios.mean_log_likelihood(&fit.shares) + 1e-9);
            }
        }
    }
}

#[test]
fn a_fixed_share_leaves_the_same_likelihood_also_of_texts_that_other_classes_all_but_exclude() {
    // Log-densities as far apart as an over-confident classifier puts them, and farther than doubles reach.
    for gap in [3.0, 300.0, 700.0, 2000.0] {
        let rows = [[0.0, -gap, -gap - 1.0], [-gap, 0.0, -1.0], [-1.0, -gap, 0.0]];
        let log_densities = Matrix::from_rows(&rows).unwrap();
        let ratios = LikelihoodRatios::of_log_densities(&log_densities, vec![1.0, 2.0, 3.0]);
        for share in [0.0, 1e-12, 0.3] {
            let rest = ratios.with_fixed(0, share);
            let fit = maximize(&rest, None);
            assert!(fit.gradient.iter().all(|entry| entry.is_finite()), "{gap}, {share}: {fit:?}");
            let others = fit.shares.iter().map(|other| other * (1.0 - share));
            let whole: Vec<f64> = std::iter::once(share).chain(others).collect();
            let (found, expected) =
                (rest.mean_log_likelihood(&fit.shares), ratios.mean_log_likelihood(&whole));
            assert!(found == expected || (found - expected).abs() < 1e-9, "{found}, {expected}");
        }
    }
}
