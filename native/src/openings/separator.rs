//! What stands between documents, and whether the model sees the one before: what it was trained with, found by asking
//! the model.

use anyhow::{Context as _, bail};
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::tokenizer::Tokenizer;
use serde::{Deserialize, Serialize};

use super::leads::Lead;
use super::settings::{LeadInChoice, SeparatorChoice};

/// A way to come to the beginning of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Separator {
    /// The tokens between documents.
    pub ids: Vec<TokenId>,
    /// What they are called.
    pub name: String,
    /// Whether a document stands before.
    pub after_documents: bool,
}

impl Separator {
    /// What the model is shown: the end of the document, `context` tokens at most with what stands before it, and
    /// the separator. Without documents its last token alone, at which a sequence begins.
    pub fn sequence(&self, lead: Option<&Lead>, context: usize) -> Vec<TokenId> {
        let first = self.ids.last();
        let Some(lead) = lead.filter(|_| self.after_documents) else {
            return first.copied().into_iter().collect();
        };
        let begins = first.filter(|_| lead.is_whole && lead.tail.len() < context);
        begins.into_iter().chain(&lead.tail).chain(&self.ids).copied().collect()
    }
}

/// The separators to try, in the order in which they are preferred.
///
/// # Errors
/// If the one asked for is not a token, the tokenizer names none, or nothing would be shown at all.
pub fn candidates(
    tokenizer: &Tokenizer,
    separator: &SeparatorChoice,
    lead_in: LeadInChoice,
) -> anyhow::Result<Vec<Separator>> {
    let named = |ids: Vec<TokenId>| {
        let names: Vec<String> = ids.iter().map(|&id| tokenizer.shown(id)).collect();
        (ids, if names.is_empty() { "nothing".to_owned() } else { names.concat() })
    };
    let all: Vec<(Vec<TokenId>, String)> = match separator {
        SeparatorChoice::None => vec![named(Vec::new())],
        SeparatorChoice::Id(id) if (*id as usize) < tokenizer.n_ids() => vec![named(vec![*id])],
        SeparatorChoice::Id(id) => bail!(
            "--separator: expected the number of a token, below {}, found {id}",
            tokenizer.n_ids()
        ),
        SeparatorChoice::Text(text) => {
            let ids = match tokenizer.id_of(text) {
                Some(id) => vec![id],
                None => tokenizer.encode_bare(text)?,
            };
            vec![named(ids)]
        }
        SeparatorChoice::Auto => known(tokenizer)?.into_iter().map(named).collect(),
    };
    let kinds: &[bool] = match lead_in {
        LeadInChoice::Auto => &[true, false],
        LeadInChoice::Documents => &[true],
        LeadInChoice::None => &[false],
    };
    let mut candidates: Vec<Separator> = Vec::new();
    for &after_documents in kinds {
        for (ids, name) in &all {
            // At the start of a sequence the last token alone is shown.
            let ids = if after_documents {
                ids.clone()
            } else {
                ids.last().copied().into_iter().collect()
            };
            let name = if after_documents {
                name.clone()
            } else {
                ids.first().map_or_else(|| "nothing".to_owned(), |&id| tokenizer.shown(id))
            };
            let is_empty = ids.is_empty() && !after_documents;
            let candidate = Separator { ids, name, after_documents };
            if !is_empty && !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
    }
    if candidates.is_empty() {
        bail!("--separator none, --lead-in none: the model would be shown nothing at all");
    }
    Ok(candidates)
}

/// What the tokenizer's files name: what ends documents, what begins them, and both.
fn known(tokenizer: &Tokenizer) -> anyhow::Result<Vec<Vec<TokenId>>> {
    let (eos, bos) = (tokenizer.eos(), tokenizer.bos());
    let mut all: Vec<Vec<TokenId>> = [eos, bos].into_iter().flatten().map(|id| vec![id]).collect();
    if let (Some(eos), Some(bos)) = (eos, bos)
        && eos != bos
    {
        all.push(vec![eos, bos]);
    }
    // Where files name a chat's tokens, or none, the usual separator of base models may still be there.
    all.extend(
        ["<|endoftext|>", "</s>", "<s>"]
            .iter()
            .filter_map(|name| tokenizer.id_of(name))
            .map(|id| vec![id]),
    );
    let mut distinct: Vec<Vec<TokenId>> = Vec::new();
    for ids in all {
        if !distinct.contains(&ids) {
            distinct.push(ids);
        }
    }
    (!distinct.is_empty()).then_some(distinct).context(
        "the tokenizer names no token that begins or ends documents; give --separator TEXT, a token's number, or none",
    )
}

/// How surprised the model was of how documents begin, by what it was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// What it was shown.
    pub separator: Separator,
    /// Mean surprise in nats, categories weighing the same.
    pub surprise: f64,
}

/// A later candidate must be better by so much, in nats, to be preferred.
const MARGIN: f64 = 0.02;

/// The candidate after which the model is least surprised; of equal ones the earlier.
pub fn least_surprising(tried: &[Tried]) -> Option<&Tried> {
    let mut best: Option<&Tried> = None;
    for one in tried {
        if best.is_none_or(|best| one.surprise < best.surprise - MARGIN) {
            best = Some(one);
        }
    }
    best
}

/// The mean surprise, in nats, of one who expects `shares` (`[n_vocab]`) when documents begin as `distributions` say,
/// categories weighing the same.
#[expect(clippy::cast_precision_loss, reason = "a count of categories")]
pub fn surprise(shares: &[f64], distributions: &[Vec<f64>]) -> f64 {
    // What the model takes for impossible must not decide alone.
    let of_token =
        |(share, seen): (&f64, &f64)| if *seen > 0.0 { -seen * share.max(1e-9).ln() } else { 0.0 };
    let of_category = |seen: &Vec<f64>| shares.iter().zip(seen).map(of_token).sum::<f64>();
    distributions.iter().map(of_category).sum::<f64>() / distributions.len() as f64
}
