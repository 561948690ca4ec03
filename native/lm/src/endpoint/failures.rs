//! Texts or next tokens that could not be made, and why.

use std::collections::BTreeMap;
use std::fmt;

use data_anatomy_job::exit::Outcome;

/// The texts (or prompts whose next token was wanted) that failed, by reason. Displayed as one line per
/// reason, every text named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    texts_by_reason: BTreeMap<String, Vec<u64>>,
}

impl Failures {
    pub(super) fn add(&mut self, reason: String, text: u64) {
        self.texts_by_reason.entry(reason).or_default().push(text);
    }

    /// How many texts failed.
    pub fn n_texts(&self) -> usize {
        self.texts_by_reason.values().map(Vec::len).sum()
    }

    /// How the run ended.
    pub fn outcome(&self) -> Outcome {
        if self.n_texts() == 0 { Outcome::Done } else { Outcome::PartlyDone }
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (reason, texts) in &self.texts_by_reason {
            writeln!(formatter, "not made: {} ({reason})", ranges(texts))?;
        }
        match self.n_texts() {
            0 => Ok(()),
            n_texts => write!(formatter, "the same command tries the {n_texts} again"),
        }
    }
}

/// The numbers in order, runs of them as `3-7`.
fn ranges(numbers: &[u64]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|left, right| *right == left + 1);
    let shown: Vec<String> = runs
        .map(|run| match run {
            [one] => one.to_string(),
            [first, .., last] => format!("{first}-{last}"),
            [] => String::new(),
        })
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_named_with_its_reason() {
        let mut failures = Failures::default();
        assert_eq!((failures.outcome(), failures.to_string()), (Outcome::Done, String::new()));
        for text in [9, 3, 2, 4, 7] {
            failures.add("timed out".to_owned(), text);
        }
        failures.add("HTTP 400: too long".to_owned(), 5);
        assert_eq!(
            failures.to_string(),
            "not made: 5 (HTTP 400: too long)\nnot made: 2-4, 7, 9 (timed out)\n\
             the same command tries the 6 again"
        );
        assert_eq!(failures.outcome(), Outcome::PartlyDone);
    }
}
