//! How many documents and texts a run had.

use serde_json::Value;

use super::told::{Told, list, words};

/// Documents of known category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Documents {
    /// How many there are of each category, in the file's order.
    by_category: Vec<(String, u64)>,
}

impl Documents {
    /// The documents that a list of files holds: of each file, `category` and how many are used; none where that is not
    /// such a list.
    pub(super) fn of(files: &Value) -> Option<Self> {
        let mut by_category: Vec<(String, u64)> = Vec::new();
        for file in files.as_array().filter(|files| !files.is_empty())? {
            let category = words(file.get("category")?)?;
            let n = file.get("n_used").or_else(|| file.get("n_documents"))?.as_u64()?;
            match by_category.iter_mut().find(|(name, _)| *name == category) {
                Some((_, total)) => *total = total.saturating_add(n),
                None => by_category.push((category, n)),
            }
        }
        Some(Self { by_category })
    }

    /// How many there are.
    pub(super) fn n(&self) -> u64 {
        self.by_category.iter().fold(0, |total, (_, n)| total.saturating_add(*n))
    }

    /// How many there are of each category.
    pub(super) fn counts(&self) -> String {
        let parts: Vec<String> =
            self.by_category.iter().map(|(name, n)| format!("{name} {n}")).collect();
        list(&parts)
    }

    /// All of it: `30 in 2 categories: Web 10, Books 20`.
    pub(super) fn sentence(&self) -> String {
        let n_categories = self.by_category.len();
        let word = if n_categories == 1 { "category" } else { "categories" };
        format!("{} in {n_categories} {word}: {}", self.n(), self.counts())
    }
}

/// How many texts the model wrote, and how long they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    /// How many.
    pub(super) n: u64,
    /// Their length, in words.
    pub(super) length: Option<String>,
    /// Whether they were written for this run; none where the file does not say.
    pub(super) how_drawn: Option<String>,
}

impl Texts {
    /// The texts of a run of label shift; none where the file does not say how many.
    pub(super) fn of(told: &Told<'_>) -> Option<Self> {
        let texts = told.provenance.inputs.get("generations")?;
        let n = texts.get("n_used")?.as_u64()?;
        let length = texts.get("n_characters").and_then(|lengths| {
            let of = |name: &str| lengths.get(name)?.as_u64();
            Some(format!("{} to {} characters, median {}", of("min")?, of("max")?, of("median")?))
        });
        Some(Self { n, length, how_drawn: how_drawn(told) })
    }

    /// All of it.
    pub(super) fn sentence(&self) -> String {
        let length = self.length.clone().unwrap_or_else(|| "their length is not told".to_owned());
        let drawn = self.how_drawn.as_ref().map(|how| format!("; {how}")).unwrap_or_default();
        format!("{}, {length}{drawn}", self.n)
    }
}

/// How tokens were drawn, where the run had the texts written.
fn how_drawn(told: &Told<'_>) -> Option<String> {
    if let Some(file) = words(told.setting("use_cached_generations")) {
        return Some(format!("given in {file}"));
    }
    let n_tokens = words(told.setting("max_new_tokens"))?;
    let mut parts = vec![format!("{n_tokens} tokens at most")];
    for (name, title) in [("temperature", "temperature"), ("top_p", "top-p"), ("top_k", "top-k")] {
        parts.extend(words(told.setting(name)).map(|value| format!("{title} {value}")));
    }
    Some(format!("written for this run, {}", list(&parts)))
}
