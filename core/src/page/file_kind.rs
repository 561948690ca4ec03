//! What a file is, told by its text, and by its name where the text does not tell.

use serde::{Deserialize, Serialize};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A run's summary.
    Run,
    /// The summary of a run that found no mixture: it cannot be scored, and says why.
    Unidentified,
    /// A ground truth.
    Spec,
    /// A run's classifier verdicts.
    Predictions,
    /// What a model expects at the beginning of a document, and how documents begin.
    Openings,
    /// Another output of a run, which is not needed here.
    Ignored,
    /// Something that cannot be used.
    Error,
}

impl FileKind {
    /// Whether one run has only one file of this kind or of `other`.
    pub(super) fn excludes(self, other: Self) -> bool {
        let is_summary = |kind| matches!(kind, Self::Run | Self::Unidentified);
        self == other || (is_summary(self) && is_summary(other))
    }
}

/// What a line of a `.jsonl` says of itself.
#[derive(Deserialize)]
struct Line {
    kind: String,
}

/// What the text looks like: a summary is a JSON object, a spec is YAML, and lines of JSON say what they are.
pub(super) fn sniff(path: &str, text: &str) -> Option<FileKind> {
    let start = text.trim_start();
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_yaml = matches!(ending.as_str(), "yaml" | "yml");
    let has_key = |key: &str| text.lines().any(|line| line.starts_with(key));
    if ending == "json" {
        Some(FileKind::Run)
    } else if let Some(kind) = kind_of_lines(start).filter(|_| !is_yaml) {
        Some(kind)
    } else if path.ends_with("predictions.jsonl") {
        Some(FileKind::Predictions)
    } else if path.ends_with("openings.jsonl") {
        Some(FileKind::Openings)
    } else if start.starts_with('{') && ending != "jsonl" {
        Some(FileKind::Run)
    } else if is_yaml || has_key("category_weights:") {
        Some(FileKind::Spec)
    } else {
        None
    }
}

/// What the first line says that it is, if it is one whole object.
fn kind_of_lines(text: &str) -> Option<FileKind> {
    let first: Line = serde_json::from_str(text.lines().next()?).ok()?;
    match first.kind.as_str() {
        "validation" | "generation" => Some(FileKind::Predictions),
        "cells" | "nuisance" | "reference" | "expectation" => Some(FileKind::Openings),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_they_are_and_names_decide_where_they_do_not() {
        let cells = r#"{"kind":"cells","cells":["a"]}"#;
        let verdict = r#"{"kind":"validation","id":"0","probabilities":[1.0]}"#;
        for path in ["r/openings.jsonl", "r/predictions.jsonl", "r/other.jsonl", "pasted text"] {
            assert_eq!(sniff(path, cells), Some(FileKind::Openings), "{path}");
            assert_eq!(sniff(path, verdict), Some(FileKind::Predictions), "{path}");
        }
        assert_eq!(sniff("r/openings.jsonl", "{\"ki"), Some(FileKind::Openings));
        assert_eq!(sniff("r/predictions.jsonl", "{\"ki"), Some(FileKind::Predictions));
        assert_eq!(sniff("r/other.jsonl", "{\"ki"), None);
        assert_eq!(sniff("pasted text", "{\n\"kind\": 1}"), Some(FileKind::Run));
        assert_eq!(sniff("summary.json", cells), Some(FileKind::Run));
    }
}
