//! What each run's own result is good for, in words that stand before any number.

use serde::Serialize;

use crate::messages::verdict::{Usability, Verdict};

/// A run's verdict as a headline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunVerdict {
    /// The run.
    pub run: String,
    /// What its result is good for; none where its file does not say.
    pub usability: Option<Usability>,
    /// The verdict with its reasons: `With care: two estimators disagree`.
    pub text: String,
}

impl RunVerdict {
    /// The verdict of the run of this name, as its file has it.
    pub(super) fn of(run: &str, verdict: Option<&Verdict>) -> Self {
        let text = verdict.map_or_else(
            || "No verdict: the run's file does not say what was tested".to_owned(),
            Verdict::to_string,
        );
        Self { run: run.to_owned(), usability: verdict.map(|verdict| verdict.usability), text }
    }

    /// The verdict as a line, which names the run where there are others.
    pub fn line(&self, is_alone: bool) -> String {
        if is_alone {
            format!("{}.", self.text)
        } else {
            format!("“{}”: {}.", self.run, self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::verdict::Ground;

    #[test]
    fn a_line_names_the_run_where_there_are_others() {
        let verdict = Verdict::on(&[Ground::care("two estimators disagree")]);
        let told = RunVerdict::of("a", Some(&verdict));
        assert_eq!(told.line(true), "With care: two estimators disagree.");
        assert_eq!(told.line(false), "“a”: With care: two estimators disagree.");
        let silent = RunVerdict::of("a", None);
        assert_eq!(silent.usability, None);
        assert!(silent.line(true).starts_with("No verdict"));
    }
}
