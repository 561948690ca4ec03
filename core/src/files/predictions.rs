//! The classifier's verdicts, one line per text: enough to compute every estimate again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::messages::input_error::{InputError, Problem};
use crate::messages::parser_message::parser_message;
use crate::messages::printable::printable;
use crate::shares::taxonomy::Taxonomy;

/// Significant decimal digits of a stored probability. Estimates are computed from the stored
/// values, so that they can be computed again from the file to the last bit.
const SIGNIFICANT_DIGITS: usize = 9;

/// The smallest probability that is stored: below it a classifier says "never", and a logarithm of 0
/// would say "impossible".
const SMALLEST: f64 = 1e-30;

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A reference document that the classifier was not trained on; its category is known.
    Validation,
    /// A text that the model wrote.
    Generation,
}

/// The classifier's verdict on one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Where the text comes from.
    pub kind: Origin,
    /// Identifies the text among those of its kind.
    pub id: String,
    /// The prompt that the text was generated from, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_id: Option<String>,
    /// The category of a validation document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_class: Option<String>,
    /// The fold of the validation documents that it belongs to: each is calibrated by the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<u32>,
    /// The names of the categories, in the order of the probabilities: on the first line of a file
    /// alone, so that it can be read without the summary that lies beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// The beginning of a generated text (see [`snippet`]), so that a reader can see what was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// The classifier's probability of each category, before calibration, in category order.
    pub probabilities: Vec<f64>,
}

/// The most characters of a text that are kept beside its verdict.
pub const SNIPPET_CHARS: usize = 300;

/// The beginning of a text on one line: runs of white space become one blank, control characters and
/// marks that turn the direction of writing are shown as codes, and what is cut off is marked.
pub fn snippet(text: &str) -> String {
    let mut line = String::new();
    let mut n_chars = 0;
    for word in text.split_whitespace() {
        if n_chars > 0 {
            line.push(' ');
            n_chars += 1;
        }
        for character in word.chars() {
            if n_chars == SNIPPET_CHARS {
                line.push('…');
                return printable(&line).into_owned();
            }
            line.push(character);
            n_chars += 1;
        }
    }
    printable(&line).into_owned()
}

impl Prediction {
    /// The line of the file, without its end.
    pub fn to_line(&self) -> String {
        // The fields are strings and finite numbers: writing them cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The verdicts in the text of a `predictions.jsonl`.
///
/// # Errors
/// If a line is not a verdict, or its probabilities differ in number from the first line's.
pub fn parse(path: &str, text: &str) -> Result<Vec<Prediction>, InputError> {
    let mut predictions: Vec<Prediction> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = |column: usize| format!("{}:{column}", index + 1);
        let refuse = |detail: String| InputError::new(path, place(1), Problem::Syntax { detail });
        if !line.trim_start().starts_with('{') {
            return Err(refuse("expected a verdict (an object in braces)".to_owned()));
        }
        let prediction: Prediction = serde_json::from_str(line).map_err(|error| {
            let detail = parser_message(&error.to_string());
            InputError::new(path, place(error.column()), Problem::Syntax { detail })
        })?;
        let found = prediction.probabilities.len();
        let expected = predictions.first().map_or(found, |first| first.probabilities.len());
        if found != expected || found == 0 {
            let problem = Problem::Count { what: "probabilities", found, expected };
            return Err(InputError::new(path, place(1), problem));
        }
        let sum: f64 = prediction.probabilities.iter().sum();
        let is_share = |value: &f64| (0.0..=1.0).contains(value);
        if !(prediction.probabilities.iter().all(is_share) && (sum - 1.0).abs() <= 1e-3) {
            return Err(refuse("expected probabilities from 0 to 1 that sum to 1".to_owned()));
        }
        if prediction.kind == Origin::Validation && !seen.insert(prediction.id.clone()) {
            return Err(refuse(format!("document `{}` stands twice", prediction.id)));
        }
        predictions.push(prediction);
    }
    Ok(predictions)
}

/// Refuses verdicts that are not about the categories of the run that they lie beside.
///
/// # Errors
/// If their probabilities are not one per category, or a true class is none of the categories.
pub fn check_categories(
    path: &str,
    predictions: &[Prediction],
    taxonomy: &Taxonomy,
) -> Result<(), InputError> {
    let expected = taxonomy.len();
    for (index, prediction) in predictions.iter().enumerate() {
        let found = prediction.probabilities.len();
        let problem = if found != expected {
            Problem::Count { what: "probabilities", found, expected }
        } else if let Some(category) =
            prediction.true_class.clone().filter(|name| !taxonomy.names().contains(name))
        {
            let (present_in, absent_from) = ("the verdicts", "the run's `categories`");
            Problem::CategoryMismatch { category, present_in, absent_from }
        } else {
            continue;
        };
        return Err(InputError::new(path, format!("{}:1", index + 1), problem));
    }
    Ok(())
}

/// The categories that the verdicts name themselves, if they do.
///
/// # Errors
/// If the names are no taxonomy, or not as many as the probabilities.
pub fn own_categories(
    path: &str,
    predictions: &[Prediction],
) -> Result<Option<Taxonomy>, InputError> {
    let Some(first) = predictions.first() else { return Ok(None) };
    let Some(names) = &first.categories else { return Ok(None) };
    let refuse = |problem| InputError::new(path, "1:1", problem);
    if names.len() != first.probabilities.len() {
        let (found, expected) = (first.probabilities.len(), names.len());
        return Err(refuse(Problem::Count { what: "probabilities", found, expected }));
    }
    Taxonomy::new(names).map(Some).map_err(|error| refuse(Problem::Taxonomy(error)))
}

/// The probability of a log-probability as it is stored: rounded to nine significant digits and not
/// below 1e-30.
pub fn stored_probability(log_probability: f64) -> f64 {
    let probability = crate::numeric::math::exp(log_probability).max(SMALLEST);
    let rounded = format!("{probability:.*e}", SIGNIFICANT_DIGITS - 1).parse();
    rounded.unwrap_or(probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_probabilities_survive_a_round_trip_to_the_last_bit() {
        for log_probability in [-0.0, -1e-12, -0.1, -1.0, -20.0, -700.0] {
            let probability = stored_probability(log_probability);
            let text = serde_json::to_string(&probability).unwrap();
            assert_eq!(serde_json::from_str::<f64>(&text).unwrap(), probability);
            assert!(text.len() <= 14, "{text}");
            assert!(probability >= SMALLEST);
        }
    }

    #[test]
    fn a_line_that_is_short_is_named() {
        let line = |probabilities: &[f64]| {
            let prediction = Prediction {
                kind: Origin::Generation,
                id: "0".to_owned(),
                prompt_id: None,
                true_class: None,
                fold: None,
                categories: None,
                snippet: None,
                probabilities: probabilities.to_vec(),
            };
            prediction.to_line()
        };
        let text = format!("{}\n{}\n", line(&[0.5, 0.5]), line(&[1.0]));
        let error = parse("p.jsonl", &text).unwrap_err();
        assert_eq!(error.message(), "p.jsonl:2:1: 1 probabilities for 2 categories");
        assert_eq!(parse("p.jsonl", text.lines().next().unwrap()).unwrap().len(), 1);
    }

    #[test]
    fn snippets_are_one_line_without_control_characters() {
        assert_eq!(snippet(" a\n\tb\u{1b}[2J "), "a b\\u{1b}[2J");
        assert_eq!(snippet(&"x".repeat(SNIPPET_CHARS)), "x".repeat(SNIPPET_CHARS));
        let cut = snippet(&"ä ".repeat(SNIPPET_CHARS));
        assert_eq!(cut.chars().count(), SNIPPET_CHARS + 1);
        assert!(cut.ends_with('…'));
    }
}
