//! From stored scores to one number per document and attack.
//!
//! Scores are read part by part, several at a time; of each document nothing stays but its scores.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context as _, ensure};
use data_anatomy_core::membership::attack::{Attack, Need};
use data_anatomy_core::membership::evidence::{Evidence, NoScore, TokenStatistics, mean_log_prob};
use data_anatomy_core::membership::scorer::{Scorer, ScorerOptions};
use data_anatomy_core::membership::token_frequencies::TokenFrequencies;
use data_anatomy_lm::scores::{ScoreReader, ScoredDocument};
use rayon::prelude::*;

use super::folders::{Kind, Pool, ScoreFolders};

/// The scores of a pool's documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolScores {
    /// The name of each document, `file:line`.
    pub doc_ids: Vec<String>,
    /// The category of each document.
    pub categories: Vec<String>,
    /// How many bytes of each document's text were scored.
    pub text_bytes: Vec<usize>,
    /// The score of each document by each attack, `[n_attacks][n_docs]`; none where it has none.
    pub scores: Vec<Vec<Option<f64>>>,
    /// How many documents have no score by an attack, and why.
    pub without: BTreeMap<(Attack, NoScore), usize>,
}

/// What scores are made of.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'run> {
    /// The attacks.
    pub attacks: &'run [Attack],
    /// Their settings.
    pub options: ScorerOptions,
    /// What DC-PDD compares with, where it is one of the attacks.
    pub frequencies: Option<&'run TokenFrequencies>,
}

impl PoolScores {
    /// The scores of the documents of a pool.
    ///
    /// # Errors
    /// If scores that an attack needs are not there, not whole, malformed, or of other documents.
    pub fn read(folders: &ScoreFolders, pool: Pool, recipe: Recipe<'_>) -> anyhow::Result<Self> {
        let plain = ScoreReader::open(&folders.of(pool, Kind::Plain))?;
        let beside = Beside::read(folders, pool, &plain, recipe.attacks)?;
        let parts: Vec<Self> = (0..plain.n_parts())
            .into_par_iter()
            .map_init(
                || Scorer::new(recipe.options, recipe.frequencies),
                |scorer, part| Self::of_part(&plain, part, &beside, recipe.attacks, scorer),
            )
            .collect::<anyhow::Result<_>>()?;
        let mut all = Self { scores: vec![Vec::new(); recipe.attacks.len()], ..Self::default() };
        for part in parts {
            all.append(part);
        }
        Ok(all)
    }

    /// Each category once, where it first occurs: scores made elsewhere need not be sorted by category.
    pub fn distinct_categories(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        self.categories.iter().filter(|name| seen.insert(name.as_str())).cloned().collect()
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.doc_ids.len()
    }

    fn append(&mut self, mut part: Self) {
        self.doc_ids.append(&mut part.doc_ids);
        self.categories.append(&mut part.categories);
        self.text_bytes.append(&mut part.text_bytes);
        for (all, own) in self.scores.iter_mut().zip(&mut part.scores) {
            all.append(own);
        }
        for (reason, n) in part.without {
            *self.without.entry(reason).or_default() += n;
        }
    }

    fn of_part(
        plain: &ScoreReader,
        part: u64,
        beside: &Beside,
        attacks: &[Attack],
        scorer: &mut Scorer<'_>,
    ) -> anyhow::Result<Self> {
        let mut found = Self { scores: vec![Vec::new(); attacks.len()], ..Self::default() };
        let mut number = usize::try_from(plain.documents_of(part).start)?;
        plain.read_part(part, |document| {
            let results = beside.scores(number, &document, attacks, scorer);
            for ((&attack, scores), result) in attacks.iter().zip(&mut found.scores).zip(results) {
                scores.push(result.ok());
                if let Err(reason) = result {
                    *found.without.entry((attack, reason)).or_default() += 1;
                }
            }
            found.doc_ids.push(document.doc_id.to_owned());
            found.categories.push(document.category.to_owned());
            found.text_bytes.push(document.text_bytes);
            number += 1;
            Ok(())
        })?;
        Ok(found)
    }
}

/// What other passes say of each document.
#[derive(Debug, Default)]
struct Beside {
    lowercase: Option<Means>,
    reference: Option<Means>,
    recall: Option<Means>,
    neighbours: Option<Means>,
}

/// Mean log-probabilities of the rows of a pass.
#[derive(Debug)]
struct Means {
    rows_per_document: usize,
    /// `[n_docs][rows_per_document]`, row-major; NaN for a row without scored tokens.
    means: Vec<f64>,
    /// How many tokens of each row were scored.
    n_scored: Vec<u32>,
}

impl Means {
    /// The means of a document's rows that have any.
    fn of(&self, number: usize) -> &[f64] {
        let start = number * self.rows_per_document;
        self.means.get(start..start + self.rows_per_document).unwrap_or_default()
    }

    /// The mean of the document's one row.
    fn one(&self, number: usize) -> Option<f64> {
        self.of(number).first().copied().filter(|mean| !mean.is_nan())
    }

    fn read(reader: &ScoreReader, n_documents: u64) -> anyhow::Result<Self> {
        let rows_per_document = usize::try_from(reader.n_documents() / n_documents.max(1))?;
        let parts: Vec<Vec<(f64, u32)>> = (0..reader.n_parts())
            .into_par_iter()
            .map(|part| {
                let mut rows = Vec::new();
                reader.read_log_probs(part, |log_prob| {
                    let mean = mean_log_prob(log_prob).unwrap_or(f64::NAN);
                    rows.push((mean, u32::try_from(log_prob.len())?));
                    Ok(())
                })?;
                Ok(rows)
            })
            .collect::<anyhow::Result<_>>()?;
        let (means, n_scored) = parts.into_iter().flatten().unzip();
        Ok(Self { rows_per_document, means, n_scored })
    }
}

impl Beside {
    fn read(
        folders: &ScoreFolders,
        pool: Pool,
        plain: &ScoreReader,
        attacks: &[Attack],
    ) -> anyhow::Result<Self> {
        let means = |need: Need| -> anyhow::Result<Option<Means>> {
            let wanted = attacks.iter().any(|attack| attack.need() == Some(need));
            let Some(kind) = Kind::of(need).filter(|_| wanted) else { return Ok(None) };
            let folder = folders.of(pool, kind);
            let reader = ScoreReader::open(&folder)?;
            let inputs =
                |reader: &ScoreReader| reader.description().sections.get("inputs").cloned();
            ensure!(
                inputs(&reader) == inputs(plain)
                    && reader.n_documents().is_multiple_of(plain.n_documents().max(1)),
                "{}: scores of other documents than {}; --force makes them anew",
                folder.display(),
                folders.of(pool, Kind::Plain).display()
            );
            Means::read(&reader, plain.n_documents())
                .map(Some)
                .with_context(|| folder.display().to_string())
        };
        Ok(Self {
            lowercase: means(Need::LowercasePass)?,
            reference: means(Need::ReferencePass)?,
            recall: means(Need::PrefixedPass)?,
            neighbours: means(Need::PerturbedPass)?,
        })
    }

    /// The document's score by each attack.
    fn scores(
        &self,
        number: usize,
        document: &ScoredDocument<'_>,
        attacks: &[Attack],
        scorer: &mut Scorer<'_>,
    ) -> Vec<Result<f64, NoScore>> {
        let one = |means: &Option<Means>| means.as_ref().and_then(|means| means.one(number));
        let evidence = Evidence {
            statistics: TokenStatistics {
                log_prob: document.log_prob,
                mean: document.mean,
                variance: document.variance,
            },
            token_ids: document.token_ids,
            compressed_length: Some(document.zlib_bytes),
            lowercase: one(&self.lowercase),
            reference: one(&self.reference),
            prefixed: one(&self.recall),
            perturbed: self.neighbours.as_ref().map_or(&[], |means| means.of(number)),
        };
        let mut scores = scorer.scores(attacks, &evidence);
        if let Some(place) = attacks.iter().position(|attack| *attack == Attack::ReCall) {
            scores[place] = self.recall(number, evidence, scorer);
        }
        scores
    }

    /// ReCaLL's score: where the prefix left room for the beginning of a text alone, that beginning counts
    /// on both sides.
    fn recall(
        &self,
        number: usize,
        evidence: Evidence<'_>,
        scorer: &mut Scorer<'_>,
    ) -> Result<f64, NoScore> {
        let n_scored = self.recall.as_ref().and_then(|means| means.n_scored.get(number));
        let n_scored = n_scored.map_or(0, |n| *n as usize);
        let cut = |list| <[f32]>::get(list, ..n_scored).unwrap_or(list);
        let TokenStatistics { log_prob, mean, variance } = evidence.statistics;
        let statistics =
            TokenStatistics { log_prob: cut(log_prob), mean: cut(mean), variance: cut(variance) };
        let beginning = Evidence { statistics, ..evidence };
        scorer.scores(&[Attack::ReCall], &beginning).pop().unwrap_or(Err(NoScore::NoTokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_one_wherever_its_documents_stand() {
        let distinct = |names: &[&str]| {
            let categories = names.iter().copied().map(str::to_owned).collect();
            PoolScores { categories, ..PoolScores::default() }.distinct_categories()
        };
        assert_eq!(distinct(&["Web", "Books", "Web", "Books", "Arxiv"]), ["Web", "Books", "Arxiv"]);
        assert_eq!(distinct(&[]), Vec::<String>::new());
    }
}
