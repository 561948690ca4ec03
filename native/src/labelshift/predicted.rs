//! The classifier's verdicts, and the label-shift problem that they pose.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::calibration::CalibrationMethod;
use data_anatomy_core::diagnostic::Diagnostic;
use data_anatomy_core::estimate::problem::{self, Problem, Validation};
use data_anatomy_core::log_probabilities::LogProbabilities;
use data_anatomy_core::predictions::{Origin, Prediction, stored_probability};

use super::inputs::Inputs;
use crate::args::LabelshiftArgs;
use crate::classifier::{self, Classifier, Recipe, TrainingDocuments};
use crate::corpus::generations::Generation;
use crate::corpus::split::{self, Split};
use crate::progress::Progress;

/// The classifier's verdicts on validation documents and texts.
#[derive(Debug)]
pub struct Predicted {
    /// Which documents trained the classifier, and which did not.
    pub split: Split,
    /// Verdicts on the documents that did not.
    pub validation: Vec<Prediction>,
    /// Verdicts on the texts.
    pub generations: Vec<Prediction>,
    /// What a reader must know of the classifier.
    pub doubts: Vec<Diagnostic>,
}

/// Trains or loads the classifier and lets it judge.
///
/// # Errors
/// If it cannot be trained, loaded or saved, or does not fit the inputs.
pub fn predict(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    progress: &Progress,
) -> anyhow::Result<Predicted> {
    let texts: Vec<&str> = inputs.documents.iter().map(|document| document.text.as_str()).collect();
    let recipe = args.recipe()?;
    let (classifier, split) = match args.trained_classifier() {
        Some(path) => load(&recipe, path, inputs, &texts)?,
        None => train(args, &recipe, inputs, &texts, progress)?,
    };
    let held_out: Vec<&str> = split.validation.iter().map(|&index| texts[index]).collect();
    let generated: Vec<&str> =
        inputs.generations.texts.iter().map(|text| text.text.as_str()).collect();
    let shown = classifier::shown(progress);
    let on_validation = classifier.log_probabilities(&held_out, &shown)?;
    let on_generations = classifier.log_probabilities(&generated, &shown)?;
    let n_classes = inputs.taxonomy.len();
    let validation = on_validation.chunks(n_classes).enumerate().map(|(position, row)| {
        let index = split.validation[position];
        Prediction {
            kind: Origin::Validation,
            id: inputs.documents[index].id.clone(),
            prompt_id: None,
            true_class: Some(inputs.taxonomy.names()[inputs.classes[index]].clone()),
            fold: u32::try_from(split.folds[position]).ok(),
            probabilities: stored(row),
        }
    });
    let texts = inputs.generations.texts.iter().zip(on_generations.chunks(n_classes));
    let generations = texts.map(|(text, row)| of_generation(text, row));
    Ok(Predicted {
        validation: validation.collect(),
        generations: generations.collect(),
        doubts: classifier.doubts(),
        split,
    })
}

/// A classifier trained on a part of the documents, and which part.
fn train(
    args: &LabelshiftArgs,
    recipe: &Recipe,
    inputs: &Inputs,
    texts: &[&str],
    progress: &Progress,
) -> anyhow::Result<(Box<dyn Classifier>, Split)> {
    let n_classes = inputs.taxonomy.len();
    let split = split::stratified(&inputs.classes, n_classes, args.val_fraction, args.seed);
    let texts: Vec<&str> = split.train.iter().map(|&index| texts[index]).collect();
    let classes: Vec<usize> = split.train.iter().map(|&index| inputs.classes[index]).collect();
    let categories = &inputs.taxonomy;
    let documents = TrainingDocuments { texts: &texts, classes: &classes, categories };
    let classifier = recipe.train(documents, progress)?;
    if let Some(path) = &args.save_classifier {
        classifier.save(path)?;
    }
    Ok((classifier, split))
}

/// A classifier trained before, with the documents that it does not know to measure it by.
fn load(
    recipe: &Recipe,
    path: &Path,
    inputs: &Inputs,
    texts: &[&str],
) -> anyhow::Result<(Box<dyn Classifier>, Split)> {
    let classifier = recipe.load(path)?;
    anyhow::ensure!(
        classifier.categories() == &inputs.taxonomy,
        "{}: the classifier knows the categories {}; the samples have {}",
        path.display(),
        classifier.categories(),
        inputs.taxonomy
    );
    let was_trained_on = |index: usize| classifier.trained_on(texts[index]);
    let split = split::by_memory(&inputs.classes, inputs.taxonomy.names(), was_trained_on)?;
    Ok((classifier, split))
}

fn of_generation(text: &Generation, log_probabilities: &[f64]) -> Prediction {
    Prediction {
        kind: Origin::Generation,
        id: text.id.clone(),
        prompt_id: text.prompt_id.clone(),
        true_class: None,
        fold: None,
        probabilities: stored(log_probabilities),
    }
}

fn stored(log_probabilities: &[f64]) -> Vec<f64> {
    log_probabilities.iter().map(|&value| stored_probability(value)).collect()
}

impl Predicted {
    /// The label-shift problem that these verdicts pose.
    ///
    /// # Errors
    /// If a verdict is no distribution.
    pub fn problem(&self, inputs: &Inputs) -> anyhow::Result<Problem> {
        let validation = Validation {
            scores: scores(&self.validation)?,
            classes: self.split.validation.iter().map(|&index| inputs.classes[index]).collect(),
            folds: self.split.folds.iter().map(|&fold| fold as u64).collect(),
        };
        let generations = problem::Generations {
            scores: scores(&self.generations)?,
            prompts: prompt_numbers(&self.generations),
        };
        let method = CalibrationMethod::default();
        Problem::new(inputs.taxonomy.clone(), validation, generations, method)
            .context("the classifier's verdicts")
    }
}

fn scores(predictions: &[Prediction]) -> anyhow::Result<LogProbabilities> {
    let rows: Vec<&[f64]> = predictions.iter().map(|one| one.probabilities.as_slice()).collect();
    LogProbabilities::from_probabilities(&rows).context("the classifier's probabilities")
}

/// Prompts by number, in the order in which they first appear; a text without one is a prompt of its
/// own. None where no prompt is known.
fn prompt_numbers(predictions: &[Prediction]) -> Option<Vec<u64>> {
    if predictions.iter().all(|one| one.prompt_id.is_none()) {
        return None;
    }
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    let mut next = 0;
    Some(
        predictions
            .iter()
            .map(|one| {
                let fresh = next;
                let number = match one.prompt_id.as_deref() {
                    Some(prompt) => *numbers.entry(prompt).or_insert(fresh),
                    None => fresh,
                };
                next += u64::from(number == fresh);
                number
            })
            .collect(),
    )
}
