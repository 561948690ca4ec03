//! What the estimate would be without texts that are one phrase over and over.

use data_anatomy_core::label_shift::analysis::{LabelShift, analyze};
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::numeric::math;
use data_anatomy_core::shares::merge::Merge;
use serde_json::{Map, Value, json};

use super::run::Run;

/// A move of the estimate that is worth a warning.
const LARGE_MOVE: f64 = 0.02;

/// What the estimate would be without texts that are one phrase over and over.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutRepetition {
    n_repetitive: usize,
    n_texts: usize,
    /// By category, none where no text is left.
    estimate: Option<Vec<(String, f64)>>,
    /// Total variation between the two estimates.
    moved: f64,
}

impl WithoutRepetition {
    /// The estimate without repetitive texts, if there are such; categories joined by `merges`, as in the
    /// analysis of all texts.
    ///
    /// # Errors
    /// If the verdicts on the other texts pose no problem.
    pub fn of(run: &Run, merges: &[Merge], analysis: &LabelShift) -> anyhow::Result<Option<Self>> {
        let n_texts = run.repetitive.len();
        let n_repetitive = run.repetitive.iter().filter(|repetitive| **repetitive).count();
        if n_repetitive == 0 {
            return Ok(None);
        }
        let mut without = Self { n_repetitive, n_texts, estimate: None, moved: 0.0 };
        if n_repetitive < n_texts {
            let others =
                run.predicted.verdicts(&run.references.taxonomy, |index| !run.repetitive[index]);
            let others = others.merged(merges)?;
            let problem = others.problem(analysis.options.calibration)?;
            let left = analyze(problem, analysis.options).estimate.mixture.shares().to_vec();
            without.moved = math::total_variation(analysis.estimate.mixture.shares(), &left);
            without.estimate = Some(others.taxonomy.names().iter().cloned().zip(left).collect());
        }
        Ok(Some(without))
    }

    /// The numbers, for the record.
    pub fn record(&self) -> Value {
        let estimate = self.estimate.as_ref().map(|shares| {
            let shares = shares.iter().map(|(name, share)| (name.clone(), json!(share)));
            shares.collect::<Map<String, Value>>()
        });
        json!({
            "n_repetitive": self.n_repetitive,
            "estimate_without": estimate,
            "moved": self.moved,
        })
    }

    /// What a reader must know of them.
    pub fn doubt(&self) -> Diagnostic {
        let Self { n_repetitive, n_texts, moved, .. } = self;
        let message = match self.estimate {
            None => format!("all {n_texts} texts are one phrase over and over"),
            Some(_) => format!(
                "{n_repetitive} of {n_texts} texts are one phrase over and over; without them {:.1} % of the \
                 mixture moves",
                100.0 * moved
            ),
        };
        if self.estimate.is_none() || *moved > LARGE_MOVE {
            Diagnostic::warning("repetitive_generations", message)
        } else {
            Diagnostic::note("repetitive_generations", message)
        }
    }
}
