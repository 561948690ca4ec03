//! What a guess that never looked at the model would score: without it an accuracy says little.

use serde::{Deserialize, Serialize};

use crate::evaluate::alignment::{AlignOptions, Scheme, Side, align};
use crate::evaluate::metrics::overlap_accuracy;
use crate::files::bundled_specs;
use crate::files::run::Run;
use crate::files::spec::Spec;
use crate::shares::merge::Merge;
use crate::shares::mixture::Mixture;

/// Overlap accuracy of three trivial guesses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Equal shares for all categories.
    pub uniform: f64,
    /// Everything in the category that is largest in truth (which a guesser must happen to know).
    pub largest_category: f64,
    /// The mean of the bundled specs of other model families on the same categories and in the same unit (in any
    /// where the ground truth tells none); none where there is no such spec.
    pub mean_of_other_specs: Option<f64>,
    /// The specs that were averaged.
    pub other_specs: Vec<String>,
}

impl Baselines {
    /// The baselines for `ground_truth`, which is `spec` seen on `scheme`.
    pub fn new(spec: &Spec, scheme: &Scheme, ground_truth: &[f64], options: &AlignOptions) -> Self {
        let uniform = Mixture::uniform(ground_truth.len());
        let others = other_specs(spec, scheme, options);
        Self {
            uniform: overlap_accuracy(uniform.shares(), ground_truth),
            largest_category: ground_truth.iter().copied().fold(0.0, f64::max),
            mean_of_other_specs: mean(&others, ground_truth.len())
                .map(|mean| overlap_accuracy(&mean, ground_truth)),
            other_specs: others.into_iter().map(|(id, _)| id).collect(),
        }
    }

    /// The highest of the three accuracies.
    pub fn best(&self) -> f64 {
        self.uniform.max(self.largest_category).max(self.mean_of_other_specs.unwrap_or(0.0))
    }
}

/// The main bundled specs of other families that align to exactly this scheme, with their shares.
fn other_specs(spec: &Spec, scheme: &Scheme, options: &AlignOptions) -> Vec<(String, Vec<f64>)> {
    // What was joined on the ground truth's side is joined in the other specs too.
    let joined = scheme.merged.iter().filter(|merged| merged.side == Side::GroundTruth);
    let joined =
        joined.map(|merged| Merge { parts: merged.from.clone(), whole: merged.into.clone() });
    let merges = options.merges.iter().cloned().chain(joined).collect();
    let strict = AlignOptions { merges, missing_as_zero: false };
    let main = bundled_specs::all().iter().map(|file| &file.main);
    let others = main.filter(|other| !same_model(other, spec) && same_unit(other, spec));
    others
        .filter_map(|other| {
            let aligned = align(&Run::of_spec(other), spec, &strict).ok()?;
            let fits = aligned.scheme.categories == scheme.categories;
            fits.then(|| (other.id.clone(), aligned.estimate))
        })
        .collect()
}

fn same_model(left: &Spec, right: &Spec) -> bool {
    let main_id = |spec: &Spec| spec.id.split('@').next().unwrap_or_default().to_owned();
    main_id(left) == main_id(right) || (left.family.is_some() && left.family == right.family)
}

fn same_unit(left: &Spec, right: &Spec) -> bool {
    let counted = |spec: &Spec| spec.unit.map(|unit| unit.counted());
    counted(left).zip(counted(right)).is_none_or(|(left, right)| left == right)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of specs")]
fn mean(others: &[(String, Vec<f64>)], n_categories: usize) -> Option<Vec<f64>> {
    if others.is_empty() {
        return None;
    }
    let sum = |category: usize| others.iter().map(|(_, shares)| shares[category]).sum::<f64>();
    Some((0..n_categories).map(|category| sum(category) / others.len() as f64).collect())
}
