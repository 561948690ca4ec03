//! From stored verdicts to a label-shift problem, with categories joined where that is asked for.

use std::collections::BTreeMap;

use super::estimate::problem::{self, Problem, Validation};
use crate::files::joined::Joined;
use crate::files::predictions::{Origin, Prediction};
use crate::label_shift::calibration::CalibrationMethod;
use crate::messages::input_error::{self, InputError};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::shares::merge::Merge;
use crate::shares::taxonomy::Taxonomy;

/// Categories and the verdicts about them, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdicts {
    /// The file that they come from, as the user named it.
    pub path: String,
    /// The categories.
    pub taxonomy: Taxonomy,
    /// The verdicts.
    pub predictions: Vec<Prediction>,
}

impl Verdicts {
    /// The verdicts on fewer categories: the probabilities of joined ones are added up, and their
    /// documents are documents of the whole. Everything after is estimated anew.
    ///
    /// A joined category is one of fixed make-up: label shift then assumes that its parts are mixed in
    /// the texts as they are in the validation documents.
    ///
    /// # Errors
    /// If a merge names a category that is not there, or one name would stand for two categories.
    pub fn merged(&self, merges: &[Merge]) -> Result<Self, InputError> {
        let joined = Joined::by(&self.taxonomy, merges)?;
        let taxonomy = joined.taxonomy.clone();
        let whole_of = |name: &String| {
            let position = self.taxonomy.position(name)?;
            let group = joined.members.iter().position(|group| group.contains(&position))?;
            Some(taxonomy.names()[group].clone())
        };
        let merged = |prediction: &Prediction| Prediction {
            categories: prediction.categories.as_ref().map(|_| taxonomy.names().to_vec()),
            true_class: prediction.true_class.as_ref().and_then(whole_of),
            probabilities: joined.probabilities(&prediction.probabilities),
            ..prediction.clone()
        };
        Ok(Self {
            path: self.path.clone(),
            predictions: self.predictions.iter().map(merged).collect(),
            taxonomy,
        })
    }

    /// The verdicts on generated texts, in order.
    pub fn generations(&self) -> impl Iterator<Item = &Prediction> {
        self.predictions.iter().filter(|one| one.kind == Origin::Generation)
    }

    /// The verdicts on validation documents, in order.
    pub fn validation(&self) -> impl Iterator<Item = &Prediction> {
        self.predictions.iter().filter(|one| one.kind == Origin::Validation)
    }

    /// The label-shift problem that the verdicts pose.
    ///
    /// # Errors
    /// If a validation document lacks its category or fold, or there are too few verdicts of a kind.
    pub fn problem(&self, method: CalibrationMethod) -> Result<Problem, InputError> {
        let refuse = |detail: String| {
            InputError::new(&self.path, "", input_error::Problem::Syntax { detail })
        };
        let documents: Vec<&Prediction> = self.validation().collect();
        let texts: Vec<&Prediction> = self.generations().collect();
        if documents.is_empty() || texts.is_empty() {
            let (n_documents, n_texts) = (documents.len(), texts.len());
            return Err(refuse(format!(
                "expected verdicts on validation documents and on generations, found {n_documents} \
                 and {n_texts}"
            )));
        }
        let mut classes = Vec::with_capacity(documents.len());
        let mut folds = Vec::with_capacity(documents.len());
        for document in &documents {
            let class = document.true_class.as_ref().and_then(|name| self.taxonomy.position(name));
            let (Some(class), Some(fold)) = (class, document.fold) else {
                return Err(refuse(format!(
                    "expected a `true_class` of the categories and a `fold` for the validation \
                     document `{}`",
                    document.id
                )));
            };
            classes.push(class);
            folds.push(u64::from(fold));
        }
        let scores = |rows: &[&Prediction]| {
            let rows: Vec<&[f64]> = rows.iter().map(|one| one.probabilities.as_slice()).collect();
            LogProbabilities::from_probabilities(&rows).map_err(|error| refuse(error.to_string()))
        };
        let validation = Validation { scores: scores(&documents)?, classes, folds };
        let generations =
            problem::Generations { scores: scores(&texts)?, prompts: prompt_numbers(&texts) };
        Problem::new(self.taxonomy.clone(), validation, generations, method)
            .map_err(|error| refuse(error.to_string()))
    }
}

/// Prompts by number, in the order in which they first appear; a text without one is a prompt of its
/// own. None where no prompt is known.
fn prompt_numbers(texts: &[&Prediction]) -> Option<Vec<u64>> {
    if texts.iter().all(|one| one.prompt_id.is_none()) {
        return None;
    }
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    let mut next = 0;
    let mut number_of = Vec::with_capacity(texts.len());
    for text in texts {
        let number = match text.prompt_id.as_deref() {
            Some(prompt) => *numbers.entry(prompt).or_insert(next),
            None => next,
        };
        next += u64::from(number == next);
        number_of.push(number);
    }
    Some(number_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(kind: Origin, id: usize, class: Option<&str>, row: [f64; 3]) -> Prediction {
        Prediction {
            kind,
            id: id.to_string(),
            prompt_id: (kind == Origin::Generation).then(|| format!("p{}", id % 2)),
            true_class: class.map(str::to_owned),
            fold: class.map(|_| u32::try_from(id % 2).unwrap()),
            categories: (id == 0).then(|| vec!["a".into(), "b".into(), "c".into()]),
            snippet: None,
            probabilities: row.to_vec(),
        }
    }

    fn verdicts() -> Verdicts {
        let rows = [[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.2, 0.1, 0.7]];
        let mut predictions = Vec::new();
        for id in 0..12 {
            let class = ["a", "b", "c"][id % 3];
            predictions.push(verdict(Origin::Validation, id, Some(class), rows[id % 3]));
        }
        predictions.extend((0..6).map(|id| verdict(Origin::Generation, id, None, rows[id % 3])));
        let taxonomy = Taxonomy::new(["a", "b", "c"]).unwrap();
        Verdicts { path: "predictions.jsonl".to_owned(), taxonomy, predictions }
    }

    #[test]
    fn merging_adds_probabilities_and_renames_documents() {
        let merged = verdicts().merged(&[Merge::parse("a+c=AC").unwrap()]).unwrap();
        assert_eq!(merged.taxonomy.names(), ["AC", "b"]);
        assert_eq!(merged.predictions[0].categories.as_deref().unwrap(), ["AC", "b"]);
        let second = &merged.predictions[2];
        assert_eq!(second.true_class.as_deref(), Some("AC"));
        assert!((second.probabilities[0] - 0.9).abs() < 1e-15);
        let problem = merged.problem(CalibrationMethod::None).unwrap();
        assert_eq!(problem.validation().classes[..4], [0, 1, 0, 0]);
        assert_eq!(problem.generations().prompts.as_deref().unwrap(), [0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn merges_follow_each_other_and_may_name_a_whole() {
        let merges = [Merge::parse("a+b=AB").unwrap(), Merge::parse("AB+c=all").unwrap()];
        let merged = verdicts().merged(&merges).unwrap();
        assert_eq!(merged.taxonomy.names(), ["all"]);
        assert_eq!(merged.predictions[5].probabilities, [1.0]);
    }

    #[test]
    fn bad_merges_and_incomplete_verdicts_are_named() {
        let merge = |text| verdicts().merged(&[Merge::parse(text).unwrap()]).unwrap_err();
        let error = merge("a+d=x");
        assert_eq!(error.message(), "--merge: no category is named `d`");
        assert_eq!(merge("a+b=c").message(), "--merge: two names for one category: `c` and `c`");
        let mut lacking = verdicts();
        lacking.predictions[3].fold = None;
        assert_eq!(
            lacking.problem(CalibrationMethod::None).unwrap_err().message(),
            "predictions.jsonl: expected a `true_class` of the categories and a `fold` for the \
             validation document `3`"
        );
        let mut no_texts = verdicts();
        no_texts.predictions.truncate(12);
        assert_eq!(
            no_texts.problem(CalibrationMethod::None).unwrap_err().message(),
            "predictions.jsonl: expected verdicts on validation documents and on generations, found \
             12 and 0"
        );
    }
}
