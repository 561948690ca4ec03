//! The documents that the model is shown before it is asked.

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::tokenizer::Tokenizer;
use rayon::prelude::*;

use crate::references::References;

/// A document that leads in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Its name: file and line.
    pub id: String,
    /// Its last tokens, as many as are shown, or all.
    pub tail: Vec<TokenId>,
    /// Whether `tail` is all of it.
    pub is_whole: bool,
}

/// Lead-ins of one category whose answers are kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The category, as a position.
    pub after: usize,
    /// The documents.
    pub leads: Vec<Lead>,
}

/// Groups of each category: enough to tell how far lead-ins differ.
const N_GROUPS: usize = 10;

/// Numbers at most in the file that keeps expectations: a page opens some tens of megabytes.
const MAX_NUMBERS: usize = 2_500_000;

/// So many groups are made even where numbers are many.
const LEAST_GROUPS: usize = 4;

/// Separates this draw from others of the same seed.
const STREAM: u64 = 0x6c65_6164;

/// The lead-ins: of each category `n_leads` documents, or all where there are fewer, drawn by the seed, in groups.
///
/// # Errors
/// If the tokenizer has no token for a part of a text.
pub fn groups(
    references: &References,
    tokenizer: &Tokenizer,
    (n_leads, context): (usize, usize),
    n_cells: usize,
    seed: u64,
) -> anyhow::Result<Vec<Group>> {
    let n_categories = references.taxonomy.len();
    let n_groups = (MAX_NUMBERS / (n_categories * n_cells).max(1)).clamp(LEAST_GROUPS, N_GROUPS);
    let mut groups = Vec::new();
    for after in 0..n_categories {
        let mut own: Vec<usize> = (0..references.classes.len())
            .filter(|&document| references.classes[document] == after)
            .collect();
        RandomStream::new(seed ^ STREAM, after as u64).shuffle(&mut own);
        own.truncate(n_leads);
        let leads: Vec<Lead> = own
            .par_iter()
            .map(|&document| {
                let document = &references.documents[document];
                let tokens = tokenizer.encode_bare(&document.text)?;
                let start = tokens.len().saturating_sub(context);
                let (tail, is_whole) = (tokens[start..].to_vec(), start == 0);
                Ok(Lead { id: document.id.clone(), tail, is_whole })
            })
            .collect::<anyhow::Result<_>>()?;
        let n_own = n_groups.min(leads.len()).max(1);
        let mut dealt: Vec<Vec<Lead>> = vec![Vec::new(); n_own];
        for (number, lead) in leads.into_iter().enumerate() {
            dealt[number % n_own].push(lead);
        }
        groups.extend(dealt.into_iter().map(|leads| Group { after, leads }));
    }
    Ok(groups)
}
