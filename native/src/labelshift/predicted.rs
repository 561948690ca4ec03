//! The classifier's verdicts, and the label-shift problem that they pose.

use std::path::Path;

use data_anatomy_core::diagnostic::Diagnostic;
use data_anatomy_core::estimate::verdicts::Verdicts;
use data_anatomy_core::predictions::{Origin, Prediction, snippet, stored_probability};

use super::inputs::Inputs;
use crate::args::LabelshiftArgs;
use crate::classifier::tfidf::{self, Corpus, Options, Termination, TfidfClassifier, TrainingSet};
use crate::classifier::{self, Classifier as _};
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
    let shown = |stage: &str, done: usize, total: usize| {
        // How many steps a fit takes is not known before its last.
        progress.at(stage, done, (stage != "fit").then_some(total));
    };
    let texts: Vec<&str> = inputs.documents.iter().map(|document| document.text.as_str()).collect();
    let corpus = Corpus::analyze(&texts, &shown);
    let (classifier, split) = match &args.load_classifier {
        Some(path) => load(path, inputs, &texts)?,
        None => train(args, inputs, &corpus, &shown)?,
    };
    let on_validation = classifier.log_probabilities_of_rows(&corpus, &split.validation);
    let generated: Vec<&str> =
        inputs.generations.texts.iter().map(|text| text.text.as_str()).collect();
    let on_generations = classifier.log_probabilities(&generated, &shown)?;
    let mut doubts = Vec::new();
    if classifier.convergence().termination != Termination::Converged {
        let message = "the classifier's training stopped before it converged";
        doubts.push(Diagnostic::warning("classifier_not_converged", message));
    }
    let n_classes = inputs.taxonomy.len();
    let validation = on_validation.chunks(n_classes).enumerate().map(|(position, row)| {
        let index = split.validation[position];
        Prediction {
            kind: Origin::Validation,
            id: inputs.documents[index].id.clone(),
            prompt_id: None,
            true_class: Some(inputs.taxonomy.names()[inputs.classes[index]].clone()),
            fold: u32::try_from(split.folds[position]).ok(),
            categories: None,
            snippet: None,
            probabilities: stored(row),
        }
    });
    let texts = inputs.generations.texts.iter().zip(on_generations.chunks(n_classes));
    let generations = texts.map(|(text, row)| of_generation(text, row));
    Ok(Predicted {
        validation: validation.collect(),
        generations: generations.collect(),
        split,
        doubts,
    })
}

/// A classifier trained on a part of the documents, and which part.
fn train(
    args: &LabelshiftArgs,
    inputs: &Inputs,
    corpus: &Corpus<'_>,
    progress: &classifier::Progress<'_>,
) -> anyhow::Result<(TfidfClassifier, Split)> {
    let n_classes = inputs.taxonomy.len();
    let split = split::stratified(&inputs.classes, n_classes, args.val_fraction, args.seed);
    let classes: Vec<usize> = split.train.iter().map(|&row| inputs.classes[row]).collect();
    let training =
        TrainingSet { corpus, rows: &split.train, classes: &classes, categories: &inputs.taxonomy };
    let classifier = TfidfClassifier::fit(training, &Options::default(), progress)?;
    if let Some(path) = &args.save_classifier {
        classifier.save(path)?;
    }
    Ok((classifier, split))
}

/// A classifier trained before, with the documents that it does not know to measure it by.
fn load(path: &Path, inputs: &Inputs, texts: &[&str]) -> anyhow::Result<(TfidfClassifier, Split)> {
    let classifier = tfidf::load(path)?;
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
        categories: None,
        snippet: Some(snippet(&text.text)),
        probabilities: stored(log_probabilities),
    }
}

fn stored(log_probabilities: &[f64]) -> Vec<f64> {
    log_probabilities.iter().map(|&value| stored_probability(value)).collect()
}

impl Predicted {
    /// The verdicts, validation documents first, as they are stored: the first names the categories.
    pub fn verdicts(&self, inputs: &Inputs) -> Verdicts {
        let mut predictions: Vec<Prediction> =
            self.validation.iter().chain(&self.generations).cloned().collect();
        if let Some(first) = predictions.first_mut() {
            first.categories = Some(inputs.taxonomy.names().to_vec());
        }
        let path = "the classifier's verdicts".to_owned();
        Verdicts { path, taxonomy: inputs.taxonomy.clone(), predictions }
    }
}
