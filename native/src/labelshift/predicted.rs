//! The classifier's verdicts.

use data_anatomy_classify::{Classifier, TrainingDocuments, shown};
use data_anatomy_core::files::predictions::{Origin, Prediction, snippet, stored_probability};
use data_anatomy_core::label_shift::verdicts::Verdicts;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::generations::Generation;
use data_anatomy_corpus::split::Split;
use data_anatomy_job::progress::Progress;

use super::material::{Material, Piece};
use super::settings::ClassifierSettings;
use crate::references::References;

/// Which classifier judges which text is drawn from a seed of its own: the bits of "turn" in ASCII.
const SEED_OF_TURNS: u64 = 0x7475_726e;

/// The classifier's verdicts on texts of known category and on those of the model.
#[derive(Debug)]
pub struct Predicted {
    /// Verdicts on the texts that measure.
    pub validation: Vec<Prediction>,
    /// Verdicts on the texts.
    pub generations: Vec<Prediction>,
}

/// The classifier that was trained before, if the settings name one.
///
/// # Errors
/// If it cannot be loaded, or knows other categories.
pub fn load(
    settings: &ClassifierSettings,
    categories: &Taxonomy,
) -> anyhow::Result<Option<Box<dyn Classifier>>> {
    let Some(path) = &settings.trained else { return Ok(None) };
    let classifier = settings.recipe.load(path)?;
    anyhow::ensure!(
        classifier.categories() == categories,
        "{}: the classifier knows the categories {}; the samples have {categories}",
        path.display(),
        classifier.categories()
    );
    Ok(Some(classifier))
}

/// The documents that a classifier was trained on, and those that it was not, which measure it.
///
/// # Errors
/// If there are too few of these.
pub fn split_by_memory(
    classifier: &dyn Classifier,
    references: &References,
) -> anyhow::Result<Split> {
    let was_trained_on = |index: usize| classifier.trained_on(&references.documents[index].text);
    references.grouped().by_memory(was_trained_on)
}

/// The classifier that is trained on the material, saved where the settings say so.
///
/// # Errors
/// If it cannot be trained or saved.
pub fn train(
    settings: &ClassifierSettings,
    categories: &Taxonomy,
    material: &Material<'_>,
    progress: &Progress,
) -> anyhow::Result<Box<dyn Classifier>> {
    let of = |part: fn(&Piece<'_>) -> usize| material.training.iter().map(part).collect::<Vec<_>>();
    let texts: Vec<&str> = material.training.iter().map(|piece| piece.text).collect();
    let sources: Vec<&str> = material.training.iter().map(|piece| piece.source).collect();
    let classes = of(|piece| piece.class);
    let documents =
        TrainingDocuments { texts: &texts, sources: &sources, classes: &classes, categories };
    let classifier = settings.recipe.train(documents, progress)?;
    if let Some(path) = &settings.save {
        classifier.save(path)?;
    }
    Ok(classifier)
}

/// Which of the texts each of `n_rounds` classifiers judges, as positions: as many each as can be, at random.
///
/// A text is judged by one classifier, as a document is, so that both are judged alike.
pub fn turns(n_texts: usize, n_rounds: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut positions: Vec<usize> = (0..n_texts).collect();
    if n_rounds > 1 {
        RandomStream::new(seed ^ SEED_OF_TURNS, 0).shuffle(&mut positions);
    }
    let mut turns: Vec<Vec<usize>> = (0..n_rounds)
        .map(|round| positions.iter().copied().skip(round).step_by(n_rounds).collect())
        .collect();
    turns.iter_mut().for_each(|turn| turn.sort_unstable());
    turns
}

/// The classifier's verdicts on the texts that measure, and on these texts.
///
/// # Errors
/// If its device fails.
pub fn judge(
    classifier: &dyn Classifier,
    material: &Material<'_>,
    texts: &[&Generation],
    progress: &Progress,
) -> anyhow::Result<Predicted> {
    let shown = shown(progress);
    let measured: Vec<&str> = material.validation.iter().map(|piece| piece.text).collect();
    let generated: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let on_validation = classifier.log_probabilities(&measured, &shown)?;
    let on_generations = classifier.log_probabilities(&generated, &shown)?;
    let names = classifier.categories().names();
    let pieces = material.validation.iter().zip(&material.folds);
    let validation = pieces.zip(on_validation.chunks(names.len()));
    let generations = texts.iter().zip(on_generations.chunks(names.len()));
    Ok(Predicted {
        validation: validation
            .map(|((piece, &fold), row)| Prediction {
                kind: Origin::Validation,
                id: piece.id.clone(),
                prompt_id: None,
                true_class: Some(names[piece.class].clone()),
                fold: u32::try_from(fold).ok(),
                categories: None,
                snippet: None,
                probabilities: stored(row),
            })
            .collect(),
        generations: generations.map(|(text, row)| of_generation(text, row)).collect(),
    })
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
    /// The verdicts, those on texts of known category first, as they are stored: the first names the
    /// categories. Of the model's texts, those that `is_wanted`, by their positions.
    pub fn verdicts(&self, taxonomy: &Taxonomy, is_wanted: impl Fn(usize) -> bool) -> Verdicts {
        let texts = self.generations.iter().enumerate().filter(|(index, _)| is_wanted(*index));
        let texts = texts.map(|(_, prediction)| prediction);
        let mut predictions: Vec<Prediction> =
            self.validation.iter().chain(texts).cloned().collect();
        if let Some(first) = predictions.first_mut() {
            first.categories = Some(taxonomy.names().to_vec());
        }
        let path = "the classifier's verdicts".to_owned();
        Verdicts { path, taxonomy: taxonomy.clone(), predictions }
    }
}

/// What a reader must know of the split.
pub fn doubts_of_split(split: &Split) -> Vec<Diagnostic> {
    if split.left_out.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "{} documents were left out: each is nearly the same as one on the other side of the split",
        split.left_out.len()
    );
    vec![Diagnostic::note("documents_left_out", message)]
}
