//! Runs beside each other: each with the baseline run, and which of all is closest to the ground truth.

use crate::evaluate::paired;
use crate::evaluate::run_evaluation::{Against, RunEvaluation};
use crate::files::predictions::Prediction;
use crate::files::run::Run;
use crate::numeric::interval::Interval;

/// The level of a run's intervals where it says none.
pub(super) const USUAL_LEVEL: f64 = 0.95;

/// What is kept of a run to compare it with another.
#[derive(Debug)]
pub(super) struct Comparable {
    classes: Vec<String>,
    predictions: Vec<Prediction>,
    resampling: Option<String>,
    /// Overlap accuracy of each replicate.
    accuracies: Vec<f64>,
}

impl Comparable {
    /// What is needed of this run, whose replicates have these accuracies. Predictions are the most of a run, and
    /// kept only if they are wanted.
    pub(super) fn new(run: &Run, accuracies: Vec<f64>, with_predictions: bool) -> Self {
        Self {
            classes: run.taxonomy.names().to_vec(),
            predictions: if with_predictions { run.predictions.clone() } else { Vec::new() },
            resampling: run.resampling.clone(),
            accuracies,
        }
    }

    /// The differences of accuracy in the same resampled worlds, if the worlds are the same.
    fn differences_to(&self, baseline: &Self) -> Option<Vec<f64>> {
        let same = self.resampling.is_some() && self.resampling == baseline.resampling;
        let paired = same && self.accuracies.len() == baseline.accuracies.len();
        let pairs = self.accuracies.iter().zip(&baseline.accuracies);
        paired.then(|| pairs.map(|(own, other)| own - other).collect())
    }
}

/// Sets every run beside the one of this name, if there is one.
pub(super) fn compare_with(name: &str, runs: &mut [RunEvaluation], comparable: &[Comparable]) {
    let Some(at) = runs.iter().position(|run| run.name == name) else { return };
    let (baseline, accuracy) = (&comparable[at], runs[at].metrics.overlap_accuracy);
    let categories = runs[at].scheme.categories.clone();
    for (index, run) in runs.iter_mut().enumerate().filter(|(index, _)| *index != at) {
        let own = &comparable[index];
        let level = run.level.unwrap_or(USUAL_LEVEL);
        let same_scheme = run.scheme.categories == categories;
        let difference = run.metrics.overlap_accuracy - accuracy;
        let differences = own.differences_to(baseline).filter(|_| same_scheme);
        let same_classes = own.classes == baseline.classes;
        let classifiers = paired::compare(
            (&baseline.predictions, &baseline.classes),
            (&own.predictions, &own.classes),
        );
        run.against = Some(Against {
            baseline: name.to_owned(),
            overlap_accuracy_difference: same_scheme.then_some(difference),
            overlap_accuracy_difference_ci: differences
                .and_then(|differences| Interval::central(&differences, level)),
            classifiers: classifiers.filter(|_| same_classes),
        });
    }
}

/// The run that is closer to the truth than every other, by a paired test each: both on the same categories, their
/// replicates of the same documents and texts, and the interval of the difference of accuracy above 0. None where a
/// test is missing or tells nothing; none for a single run.
pub(super) fn closest(runs: &[RunEvaluation], comparable: &[Comparable]) -> Option<String> {
    let best = best_of(runs)?;
    let beats = |other: usize| {
        let same_scheme = runs[best].scheme.categories == runs[other].scheme.categories;
        let differences = comparable[best].differences_to(&comparable[other]);
        let level = runs[best].level.unwrap_or(USUAL_LEVEL);
        let interval = differences.and_then(|differences| Interval::central(&differences, level));
        same_scheme && interval.is_some_and(|interval| interval.lo() > 0.0)
    };
    let mut others = (0..runs.len()).filter(|&other| other != best);
    (runs.len() > 1 && others.all(beats)).then(|| runs[best].name.clone())
}

fn best_of(runs: &[RunEvaluation]) -> Option<usize> {
    let accuracy = |at: &usize| runs[*at].metrics.overlap_accuracy;
    (0..runs.len()).max_by(|one, other| accuracy(one).total_cmp(&accuracy(other)))
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
