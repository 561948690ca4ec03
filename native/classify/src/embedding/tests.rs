//! The regression against the sparse one, and the classifier against itself.

use std::path::Path;

use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::device::DeviceChoice;
use proptest::prelude::*;

use super::features::{Features, Scaler};
use super::linear::LinearModel;
use super::*;
use crate::logistic::Design as _;
use crate::{Classifier as _, TrainingDocuments};

fn silent(_: &str, _: usize, _: usize) {}

proptest! {
    #[test]
    fn gram_product_matches_its_definition(
        values in prop::collection::vec(-2.0..2.0, 70 * 3),
        coefficients in prop::collection::vec(-1.0..1.0, 70 * 2),
    ) {
        let row = |index: usize| &values[3 * index..3 * index + 3];
        let features = Features { values: values.clone(), n_columns: 3 };
        let found = features.gram_product(&coefficients, 2);
        for i in 0..70 {
            for class in 0..2 {
                let dot = |j: usize| row(i).iter().zip(row(j)).map(|(x, y)| x * y).sum::<f64>();
                let expected: f64 = (0..70).map(|j| dot(j) * coefficients[2 * j + class]).sum();
                prop_assert!((found[2 * i + class] - expected).abs() < 1e-11);
            }
        }
    }
}

#[test]
fn scaled_columns_have_mean_0_and_variance_1() {
    let rows: Vec<f32> = (0_u8..40).flat_map(|n| [f32::from(n % 11 * 7 % 11), 3.0]).collect();
    let scaled = Scaler::fit(&rows, 2).apply(&rows);
    let first: Vec<f64> = scaled.values.iter().step_by(2).copied().collect();
    let mean = first.iter().sum::<f64>() / 40.0;
    let variance = first.iter().map(|value| value * value).sum::<f64>() / 40.0;
    assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, "{mean} {variance}");
    assert!(scaled.values.iter().skip(1).step_by(2).all(|&value| value == 0.0));
}

#[test]
fn clusters_are_told_apart() {
    let center = |class: usize| if class == 0 { 1.0 } else { -1.0 };
    let rows: Vec<f32> =
        (0..50).flat_map(|n| [center(n % 2) + 0.01 * n as f32, (n * 13 % 17) as f32]).collect();
    let classes: Vec<usize> = (0..50).map(|n| n % 2).collect();
    let (model, convergence) = LinearModel::fit(&rows, 2, &classes, 2, 1, &|_| {});
    assert_eq!(convergence.termination, crate::tfidf::Termination::Converged);
    let found = model.log_probabilities(&[1.2, 8.0, -0.8, 8.0]);
    assert!(found[0] > -0.1 && found[3] > -0.1, "{found:?}");
}

#[test]
fn saved_and_loaded_it_says_the_same() {
    let encoder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoder/bert");
    let kind =
        |index: usize| if index.is_multiple_of(2) { "whale in the sea" } else { "buy best price" };
    let texts: Vec<String> = (0..40).map(|index| format!("{} {index}", kind(index))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let classes: Vec<usize> = (0..40).map(|index| index % 2).collect();
    let categories = Taxonomy::new(["Books", "Web"]).unwrap();
    let documents = TrainingDocuments {
        texts: &texts,
        sources: &texts,
        classes: &classes,
        categories: &categories,
    };
    let options = Options {
        model: encoder.display().to_string(),
        max_length: 16,
        seed: 1,
        device: DeviceChoice::Cpu,
    };
    let classifier = EmbeddingClassifier::fit(documents, &options, &Progress::new(true)).unwrap();
    let new = ["whale in the sea 77", "buy best price 78"];
    let found = classifier.log_probabilities(&new, &silent).unwrap();
    assert!(found[0] > -0.4 && found[3] > -0.4, "{found:?}");
    let beside = tempfile::tempdir().unwrap();
    let path = beside.path().join("saved");
    classifier.save(&path).unwrap();
    let loaded = load(&path, &DeviceChoice::Cpu).unwrap();
    assert_eq!(found, loaded.log_probabilities(&new, &silent).unwrap());
    assert!(loaded.trained_on("Whale in the sea 0"));
    let other = crate::encoder::load(&path, &DeviceChoice::Cpu).unwrap_err();
    assert!(format!("{other:#}").ends_with("give --classifier embedding"), "{other:#}");
}
