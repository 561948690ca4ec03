//! One check of what an estimate rests on.

use serde::Serialize;

use super::diagnostic::Diagnostic;

/// A check fails where its p-value is below this: once in twenty times without a reason.
pub const ALARM_LEVEL: f64 = 0.05;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Holds,
    /// It does not hold.
    Fails,
    /// There is nothing to test it with.
    NotTested,
}

/// One check of what the estimate rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Its name, stable between versions.
    pub name: &'static str,
    /// What it found.
    pub verdict: Verdict,
    /// How often a finding as strong comes about by chance, where that was tested.
    pub p_value: Option<f64>,
    /// The statistic that was tested.
    pub statistic: Option<f64>,
    /// The finding in one plain sentence.
    pub sentence: String,
}

impl Check {
    /// The check that nothing could be tested with.
    pub(crate) fn not_tested(name: &'static str, sentence: impl Into<String>) -> Self {
        let verdict = Verdict::NotTested;
        Self { name, verdict, p_value: None, statistic: None, sentence: sentence.into() }
    }

    /// The check of this statistic and p-value; the sentences say what is so if it holds and if it fails.
    pub(crate) fn tested(
        name: &'static str,
        (statistic, p_value): (f64, f64),
        sentences: (String, String),
    ) -> Self {
        let fails = p_value < ALARM_LEVEL;
        let (verdict, sentence) =
            if fails { (Verdict::Fails, sentences.1) } else { (Verdict::Holds, sentences.0) };
        let p = shown_p(p_value);
        let sentence = format!("{sentence} ({p})");
        Self { name, verdict, p_value: Some(p_value), statistic: Some(statistic), sentence }
    }

    /// The check as one of the things that a reader must know.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = self.sentence.as_str();
        match self.verdict {
            Verdict::Holds => Diagnostic::passed(self.name, message),
            Verdict::Fails => Diagnostic::warning(self.name, message),
            Verdict::NotTested => Diagnostic::note(self.name, message),
        }
    }
}

/// A p-value as a reader wants it: two digits, no more than the draws can tell.
pub(crate) fn shown_p(p_value: f64) -> String {
    if p_value < 0.01 { "p < 0.01".to_owned() } else { format!("p = {p_value:.2}") }
}
