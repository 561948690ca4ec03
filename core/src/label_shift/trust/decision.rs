//! A kind of decision, among texts and among documents.

use serde::Serialize;

/// A kind of decision: how often it is made of texts, and how often of documents mixed by the estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionRecord {
    /// The category decided for.
    pub category: String,
    /// How surely, from 0, the least sure.
    pub level: usize,
    /// Levels of surety that are told apart.
    pub n_levels: usize,
    /// The share that documents mixed by the estimate lead one to expect.
    pub expected: f64,
    /// The share among the texts.
    pub seen: f64,
    /// The standard error of their difference by chance.
    pub standard_error: f64,
}

impl DecisionRecord {
    /// The kind in words: `Web`, or where levels of surety are told apart `Web, least sure`.
    pub fn name(&self) -> String {
        let level = match (self.level, self.n_levels) {
            (_, 0 | 1) => return self.category.clone(),
            (0, _) => "least sure",
            (level, n_levels) if level + 1 == n_levels => "surest",
            _ => "surer",
        };
        format!("{}, {level}", self.category)
    }
}
