//! How documents of known categories begin, and what a model expects at the beginning of the next.

use crate::files::joined::Joined;
use crate::messages::input_error::InputError;
use crate::shares::merge::Merge;
use crate::shares::taxonomy::Taxonomy;

/// All that an estimate is made of.
///
/// First tokens are told apart by *cells*: most cells are one token, the last may be all others together.
/// Invariants: at least one category, cell and expectation; all lists over cells are as long as `cells`, finite
/// and non-negative; all but counts sum to 1; where expectations follow categories, each has one at least.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The file that it comes from, as the user named it.
    pub path: String,
    /// The categories.
    pub taxonomy: Taxonomy,
    /// What is shown for each cell: the token's text.
    pub cells: Vec<String>,
    /// The reference documents, in category order.
    pub references: Vec<References>,
    /// What a model may expect that begins no document.
    pub nuisances: Nuisances,
    /// What the model expects, by lead-ins.
    pub expectations: Vec<Expectation>,
}

/// The reference documents of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// How many documents begin with each cell's tokens.
    pub counts: Vec<f64>,
    /// The shares of all their tokens, wherever they stand.
    pub anywhere: Vec<f64>,
    /// How many tokens those are.
    pub n_tokens: f64,
}

/// Distributions of tokens that belong to no category.
#[derive(Debug, Clone, PartialEq)]
pub struct Nuisances {
    /// Every token of the vocabulary as likely as any other: what a model has not yet unlearned.
    pub uniform: Vec<f64>,
    /// Tokens as they stand anywhere in documents, categories weighing the same.
    pub anywhere: Vec<f64>,
    /// Tokens that begin lines within documents.
    pub line_starts: Vec<f64>,
}

/// What the model expects to come first, averaged over some lead-ins of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The category of the documents before, as a position; none where no document was before.
    pub after: Option<usize>,
    /// How many lead-ins it is averaged over.
    pub n_leads: f64,
    /// The names of the documents that led in, where they are known.
    pub leads: Vec<String>,
    /// The share of each cell.
    pub shares: Vec<f64>,
}

impl References {
    /// How many documents there are.
    pub fn n_documents(&self) -> f64 {
        self.counts.iter().sum()
    }
}

impl Nuisances {
    /// All of them.
    pub fn all(&self) -> [&[f64]; 3] {
        [&self.uniform, &self.anywhere, &self.line_starts]
    }

    /// How many there are.
    pub const COUNT: usize = 3;
}

impl Evidence {
    /// Whether the model was shown documents before the beginning.
    pub fn has_lead_ins(&self) -> bool {
        self.expectations.iter().any(|expectation| expectation.after.is_some())
    }

    /// The rows that expectations are averaged to: one per category, or one in all.
    pub fn n_rows(&self) -> usize {
        if self.has_lead_ins() { self.taxonomy.len() } else { 1 }
    }

    /// The expectations of row `row`.
    pub fn of_row(&self, row: usize) -> impl Iterator<Item = &Expectation> {
        let after = self.has_lead_ins().then_some(row);
        self.expectations.iter().filter(move |expectation| expectation.after == after)
    }

    /// The evidence on fewer categories: documents of joined categories are documents of the whole, before as
    /// after the separator.
    ///
    /// # Errors
    /// If a merge names a category that is not there, or one name would stand for two categories.
    pub fn merged(&self, merges: &[Merge]) -> Result<Self, InputError> {
        if merges.is_empty() {
            return Ok(self.clone());
        }
        let joined = Joined::by(&self.taxonomy, merges)?;
        let whole_of = |part: usize| joined.members.iter().position(|all| all.contains(&part));
        let after = |expectation: &Expectation| Expectation {
            after: expectation.after.and_then(whole_of),
            ..expectation.clone()
        };
        Ok(Self {
            path: self.path.clone(),
            cells: self.cells.clone(),
            references: joined.members.iter().map(|members| self.joined(members)).collect(),
            nuisances: self.nuisances.clone(),
            expectations: self.expectations.iter().map(after).collect(),
            taxonomy: joined.taxonomy,
        })
    }

    /// The documents of several categories together.
    fn joined(&self, members: &[usize]) -> References {
        let n_tokens: f64 = members.iter().map(|&part| self.references[part].n_tokens).sum();
        let (mut counts, mut anywhere) = (vec![0.0; self.cells.len()], vec![0.0; self.cells.len()]);
        for &part in members {
            let part = &self.references[part];
            let weight = part.n_tokens / n_tokens;
            counts.iter_mut().zip(&part.counts).for_each(|(sum, count)| *sum += count);
            anywhere.iter_mut().zip(&part.anywhere).for_each(|(sum, share)| *sum += weight * share);
        }
        References { counts, anywhere, n_tokens }
    }
}
