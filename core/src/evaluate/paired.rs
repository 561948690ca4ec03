//! Two classifiers on the same documents: do they differ, and on which documents?
//!
//! Runs are compared on the validation documents that both have, matched by id; the truth of each is
//! known, so that a difference of accuracies can be tested with the documents paired.

use serde::{Deserialize, Serialize};

use crate::files::predictions::{Origin, Prediction};
use crate::numeric::interval::Interval;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;

/// Replicates of the paired bootstrap.
const N_REPLICATES: u64 = 2_000;

/// The seed of the paired bootstrap; shown with the result.
pub const BOOTSTRAP_SEED: u64 = 20_240_501;

/// A document on which two classifiers disagree about being right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// The document.
    pub id: String,
    /// Its true category.
    pub true_class: String,
    /// Whether the second run is the one that is right.
    pub gained: bool,
}

/// What two runs' validation documents say about the difference of their classifiers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedComparison {
    /// Documents that both runs classified.
    pub n_shared: usize,
    /// Documents of either run that the other lacks; they are left out.
    pub n_unshared: usize,
    /// Accuracy of the first run on the shared documents.
    pub first_accuracy: f64,
    /// Accuracy of the second.
    pub second_accuracy: f64,
    /// Second minus first.
    pub difference: f64,
    /// 95 % interval of the difference by paired bootstrap over documents.
    pub difference_ci: Option<Interval>,
    /// The seed of that bootstrap.
    pub bootstrap_seed: u64,
    /// Two-sided exact p-value of McNemar's test: the chance of so uneven a split of the flips if
    /// both classifiers were equally good (McNemar 1947).
    pub mcnemar_p: f64,
    /// The documents that one run has right and the other wrong, by id.
    pub flips: Vec<Flip>,
}

/// The paired comparison of two runs' predictions, or none where they share no validation document.
///
/// Each run is its predictions and the names of the columns of their probabilities.
#[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
pub fn compare(
    first: (&[Prediction], &[String]),
    second: (&[Prediction], &[String]),
) -> Option<PairedComparison> {
    let verdicts_of_first = verdicts(first);
    let verdicts_of_second = verdicts(second);
    let mut outcomes: Vec<(f64, f64)> = Vec::new();
    let mut flips = Vec::new();
    for (id, verdict) in &verdicts_of_first {
        let Some(other) = verdicts_of_second.get(id) else { continue };
        if verdict.right != other.right {
            let (id, true_class) = ((*id).to_owned(), verdict.true_class.to_owned());
            flips.push(Flip { id, true_class, gained: other.right });
        }
        outcomes.push((f64::from(verdict.right), f64::from(other.right)));
    }
    let n_shared = outcomes.len();
    if n_shared == 0 {
        return None;
    }
    let mean = |sum: f64| sum / n_shared as f64;
    let first_accuracy = mean(outcomes.iter().map(|(first, _)| first).sum());
    let second_accuracy = mean(outcomes.iter().map(|(_, second)| second).sum());
    let n_gained = flips.iter().filter(|flip| flip.gained).count();
    Some(PairedComparison {
        n_shared,
        n_unshared: verdicts_of_first.len() + verdicts_of_second.len() - 2 * n_shared,
        first_accuracy,
        second_accuracy,
        difference: second_accuracy - first_accuracy,
        difference_ci: bootstrap(&outcomes),
        bootstrap_seed: BOOTSTRAP_SEED,
        mcnemar_p: mcnemar_exact(n_gained, flips.len() - n_gained),
        flips,
    })
}

struct Verdict<'prediction> {
    true_class: &'prediction str,
    right: bool,
}

fn verdicts<'prediction>(
    (predictions, classes): (&'prediction [Prediction], &[String]),
) -> std::collections::BTreeMap<&'prediction str, Verdict<'prediction>> {
    let validation = predictions.iter().filter(|one| one.kind == Origin::Validation);
    validation
        .filter_map(|one| {
            let true_class = one.true_class.as_deref()?;
            let chosen = classes.get(math::argmax(&one.probabilities))?;
            Some((one.id.as_str(), Verdict { true_class, right: chosen == true_class }))
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
fn bootstrap(outcomes: &[(f64, f64)]) -> Option<Interval> {
    let replicate = |index: u64| -> f64 {
        let mut stream = RandomStream::new(BOOTSTRAP_SEED, index);
        let draws = (0..outcomes.len()).map(|_| outcomes[stream.index(outcomes.len())]);
        draws.map(|(first, second)| second - first).sum::<f64>() / outcomes.len() as f64
    };
    Interval::central(&(0..N_REPLICATES).map(replicate).collect::<Vec<f64>>(), 0.95)
}

/// The two-sided exact p-value of McNemar's test for so many flips each way: twice the smaller tail
/// of a fair coin, at most 1.
#[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
pub fn mcnemar_exact(n_gained: usize, n_lost: usize) -> f64 {
    let n_flips = n_gained + n_lost;
    let fewer = n_gained.min(n_lost);
    // ln C(n, k) 2^-n, summed over k = 0 ..= fewer, each from the one before.
    let mut log_term = -(n_flips as f64) * core::f64::consts::LN_2;
    let mut log_terms = vec![log_term];
    for k in 1..=fewer {
        log_term += math::ln((n_flips - k + 1) as f64 / k as f64);
        log_terms.push(log_term);
    }
    (2.0 * math::exp(math::log_sum_exp(&log_terms))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(id: &str, truth: &str, probabilities: [f64; 2]) -> Prediction {
        Prediction {
            kind: Origin::Validation,
            id: id.to_owned(),
            prompt_id: None,
            true_class: Some(truth.to_owned()),
            fold: Some(0),
            categories: None,
            snippet: None,
            probabilities: probabilities.to_vec(),
        }
    }

    #[test]
    fn mcnemar_matches_scipy_binomtest() {
        // scipy.stats.binomtest(k, n, 0.5).pvalue, SciPy 1.17.
        for (gained, lost, expected) in [
            (0, 0, 1.0),
            (1, 9, 0.021484375),
            (5, 5, 1.0),
            (3, 12, 0.03515625),
            (0, 20, 1.9073486328125e-06),
        ] {
            let found = mcnemar_exact(gained, lost);
            assert!((found - expected).abs() <= 1e-12 * expected, "{gained} {lost}: {found}");
        }
    }

    #[test]
    fn flips_are_the_set_difference_and_unshared_documents_are_counted() {
        let classes = ["a".to_owned(), "b".to_owned()];
        let first = [
            prediction("1", "a", [0.9, 0.1]),
            prediction("2", "b", [0.9, 0.1]),
            prediction("3", "b", [0.1, 0.9]),
        ];
        let second = [
            prediction("1", "a", [0.2, 0.8]),
            prediction("2", "b", [0.1, 0.9]),
            prediction("4", "b", [0.1, 0.9]),
        ];
        let found = compare((&first, &classes), (&second, &classes)).unwrap();
        assert_eq!((found.n_shared, found.n_unshared), (2, 2));
        let flips: Vec<(&str, bool)> =
            found.flips.iter().map(|flip| (flip.id.as_str(), flip.gained)).collect();
        assert_eq!(flips, [("1", false), ("2", true)]);
        assert_eq!(found.difference, 0.0);
        assert_eq!(found.mcnemar_p, 1.0);
        let interval = found.difference_ci.unwrap();
        assert!(interval.lo() < 0.0 && interval.hi() > 0.0);
        assert_eq!(compare((&first[2..], &classes), (&second[2..], &classes)), None);
    }
}
