use super::*;
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;
use crate::numeric::termination::Termination;
use proptest::prelude::*;

/// Random scores of random documents, with labels that follow the scores to some extent.
fn random_documents(n_docs: usize, n_classes: usize, seed: u64) -> (LogProbabilities, Vec<usize>) {
    let mut stream = RandomStream::new(seed, 0);
    let mut values = Matrix::zeros(n_docs, n_classes);
    let mut classes = Vec::new();
    for doc in 0..n_docs {
        let class = stream.index(n_classes);
        let row = values.row_mut(doc);
        row.iter_mut().for_each(|entry| *entry = 2.0 * stream.normal());
        row[class] += 1.5;
        math::log_softmax(row);
        classes.push(class);
    }
    (LogProbabilities::new(values).unwrap(), classes)
}

#[test]
fn scaled_logits_are_scaled_back() {
    // Scores whose logits were multiplied by 2.5 calibrate to 1 / 2.5 of the original slope.
    let (scores, classes) = random_documents(400, 3, 1);
    let mut sharpened = Matrix::zeros(400, 3);
    for doc in 0..400 {
        let row = sharpened.row_mut(doc);
        row.iter_mut().zip(scores.row(doc)).for_each(|(entry, score)| *entry = 2.5 * score);
        math::log_softmax(row);
    }
    let sharpened = LogProbabilities::new(sharpened).unwrap();
    let weights = vec![1.0; 400];
    let slope = |scores: &LogProbabilities| {
        let documents = WeightedDocuments { scores, classes: &classes, weights: &weights };
        fit(&documents, CalibrationMethod::Temperature, 1e-10, None).calibration.slope
    };
    assert!((slope(&scores) / slope(&sharpened) - 2.5).abs() < 1e-3);
}

#[test]
fn separable_documents_give_a_finite_fit() {
    let scores = LogProbabilities::from_probabilities(&[[0.9, 0.1], [0.1, 0.9]]).unwrap();
    let documents = WeightedDocuments { scores: &scores, classes: &[0, 1], weights: &[10.0, 10.0] };
    let found = fit(&documents, CalibrationMethod::BiasCorrected, 1e-9, None);
    assert_eq!(found.termination, Termination::Converged);
    assert!(found.calibration.slope.is_finite() && found.calibration.slope > 1.0, "{found:?}");
}

#[test]
fn without_calibration_nothing_changes() {
    let (scores, classes) = random_documents(20, 4, 2);
    let documents = WeightedDocuments { scores: &scores, classes: &classes, weights: &[1.0; 20] };
    let found = fit(&documents, CalibrationMethod::None, 1e-9, None);
    assert_eq!(found.calibration, Calibration::identity(4));
    assert_eq!(found.termination, Termination::Direct);
}

#[test]
fn error_of_a_coin_called_at_ninety_percent_is_forty_points() {
    let scores = LogProbabilities::from_probabilities(&[[0.9, 0.1], [0.9, 0.1]]).unwrap();
    let documents = WeightedDocuments { scores: &scores, classes: &[0, 1], weights: &[1.0; 2] };
    let identity = Calibration::identity(2);
    assert!((expected_calibration_error(&documents, |_| &identity) - 0.4).abs() < 1e-12);
    let expected = -0.5 * (math::ln(0.9) + math::ln(0.1));
    assert!((negative_log_likelihood(&documents, |_| &identity) - expected).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn mean_calibrated_posterior_is_the_class_share(n_classes in 2_usize..7, seed in 0_u64..1000) {
        // The stationarity of the biases (Alexandari et al. 2020, section 2.3), up to the penalty.
        let (scores, classes) = random_documents(200, n_classes, seed);
        let weights = vec![1.0; 200];
        let documents = WeightedDocuments { scores: &scores, classes: &classes, weights: &weights };
        let found = fit(&documents, CalibrationMethod::BiasCorrected, 1e-10, None);
        prop_assert_eq!(found.termination, Termination::Converged);
        let mut means = vec![0.0; n_classes];
        let mut posterior = vec![0.0; n_classes];
        for doc in 0..200 {
            found.calibration.posterior(scores.row(doc), &mut posterior);
            for (mean, probability) in means.iter_mut().zip(&posterior) {
                *mean += probability / 200.0;
            }
        }
        for (class, mean) in means.iter().enumerate() {
            let share = classes.iter().filter(|&&own| own == class).count() as f64 / 200.0;
            prop_assert!((mean - share).abs() < 1e-4, "{class}: {mean} {share}");
        }
    }

    #[test]
    fn starting_near_gives_the_same_fit(seed in 0_u64..1000) {
        let (scores, classes) = random_documents(150, 4, seed);
        let mut stream = RandomStream::new(seed, 1);
        let weights: Vec<f64> = (0..150).map(|_| stream.index(3) as f64).collect();
        let all = WeightedDocuments { scores: &scores, classes: &classes, weights: &[1.0; 150] };
        let some = WeightedDocuments { weights: &weights, ..all };
        let near = fit(&all, CalibrationMethod::BiasCorrected, 1e-10, None);
        let warm = fit(&some, CalibrationMethod::BiasCorrected, 1e-10, Some(&near)).calibration;
        let cold = fit(&some, CalibrationMethod::BiasCorrected, 1e-10, None).calibration;
        prop_assert!((warm.slope - cold.slope).abs() < 1e-6);
        for (x, y) in warm.biases.iter().zip(&cold.biases) {
            prop_assert!((x - y).abs() < 1e-6, "{x} {y}");
        }
    }

    #[test]
    fn calibration_never_raises_the_loss_it_fits(seed in 0_u64..1000) {
        let (scores, classes) = random_documents(100, 3, seed);
        let documents = WeightedDocuments { scores: &scores, classes: &classes, weights: &[1.0; 100] };
        let loss = |method| {
            let found = fit(&documents, method, 1e-10, None);
            negative_log_likelihood(&documents, |_| &found.calibration)
        };
        let (none, temperature, biased) = (
            loss(CalibrationMethod::None),
            loss(CalibrationMethod::Temperature),
            loss(CalibrationMethod::BiasCorrected),
        );
        // The penalty may cost up to itself: 1e-3 / 2 / 100 times the squared parameters.
        prop_assert!(temperature <= none + 1e-5 && biased <= temperature + 1e-4);
    }
}
