//! All that the analysis starts from: scores of every pool, what a classifier says that never saw the
//! model, and which candidates are members where that is known.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context as _, ensure};
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::token_frequencies::TokenFrequencies;
use data_anatomy_corpus::documents::Documents;
use data_anatomy_corpus::fingerprint::fingerprint;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::scores::ScoreReader;
use serde_json::{Value, json};

use super::blind::{self, BlindCategory, Texts};
use super::evidence::{PoolScores, Recipe};
use super::folders::{Kind, Pool, ScoreFolders};
use super::passes::{Given, Skipped};
use super::settings::Settings;
use super::sizes;
use super::truth::Truth;
use crate::scoring::frequencies;

/// What the analysis starts from.
#[derive(Debug)]
pub struct Collected {
    /// The attacks that were possible.
    pub attacks: Vec<Attack>,
    /// Those that were not.
    pub skipped: Vec<Skipped>,
    /// Scores of candidates.
    pub candidates: PoolScores,
    /// Scores of documents known not to be members; empty where there are none.
    pub nonmembers: PoolScores,
    /// Scores of documents known to be members; empty where there are none.
    pub members: PoolScores,
    /// Whether each candidate is a member, where that is known.
    pub is_member: Option<Vec<bool>>,
    /// What the blind classifier says by category; none where it was not asked.
    pub blind: Option<BTreeMap<String, BlindCategory>>,
    /// Candidates that equal a non-member; 0 where the texts are not given.
    pub n_shared: usize,
    /// What was read, for the record.
    pub inputs: Value,
    /// The configuration of the model that the scores were made by, for the record.
    pub model: Value,
}

/// Makes the scores that are missing, and collects all.
///
/// # Errors
/// If something that is needed is not given, cannot be read or written, or a model fails.
pub fn collect(settings: &Settings, progress: &Progress) -> anyhow::Result<Collected> {
    let Settings { pools, wanted, attacks: of_attacks, analysis, seed, .. } = settings;
    let folders = ScoreFolders::new(settings.scores());
    let given = Given::open(pools, of_attacks, &folders, *seed)?;
    let (attacks, skipped) = given.possible(wanted)?;
    ensure!(!attacks.is_empty(), "no attack is possible with what is given");
    let truth = Truth::of(&analysis.truth)?;
    check_sizes(analysis.category_sizes.as_deref(), &given)?;
    given.make(&attacks, progress)?;
    let frequencies = read_frequencies(&folders, &attacks)?;
    let options = of_attacks.scorer_options();
    let recipe = Recipe { attacks: &attacks, options, frequencies: frequencies.as_ref() };
    let there = given.pools();
    let [candidates, nonmembers, members] = read_pools(&folders, &there, recipe)?;
    let is_member = truth.map(|truth| members_of(&truth, &candidates)).transpose()?;
    let blind = match analysis.blind_baseline {
        true => blind(&given, &candidates, &nonmembers, progress)?,
        false => None,
    };
    let n_shared = n_shared(&given)?;
    let (inputs, model) = record(&folders, &there)?;
    Ok(Collected {
        attacks,
        skipped,
        candidates,
        nonmembers,
        members,
        is_member,
        blind,
        n_shared,
        inputs,
        model,
    })
}

/// The scores of all pools; empty where a pool has none.
fn read_pools(
    folders: &ScoreFolders,
    there: &[Pool],
    recipe: Recipe<'_>,
) -> anyhow::Result<[PoolScores; 3]> {
    let read = |pool: Pool| match there.contains(&pool) {
        true => PoolScores::read(folders, pool, recipe),
        false => {
            let scores = vec![Vec::new(); recipe.attacks.len()];
            Ok(PoolScores { scores, ..PoolScores::default() })
        }
    };
    let [candidates, nonmembers, members] = Pool::ALL.map(read);
    Ok([candidates?, nonmembers?, members?])
}

/// Whether each candidate is a member.
fn members_of(truth: &Truth, candidates: &PoolScores) -> anyhow::Result<Vec<bool>> {
    candidates.doc_ids.iter().map(|id| truth.is_member(id)).collect()
}

impl Collected {
    /// The categories of candidates, in the order in which they first occur.
    pub fn categories(&self) -> Vec<String> {
        self.candidates.distinct_categories()
    }

    /// Categories of non-members that no candidate has.
    pub fn unknown_categories(&self) -> Vec<String> {
        let known = self.categories();
        let mut names = self.nonmembers.distinct_categories();
        names.retain(|name| !known.contains(name));
        names
    }
}

/// How many candidates equal a non-member but for white space and case.
fn n_shared(given: &Given<'_>) -> anyhow::Result<usize> {
    let pools = (given.documents(Pool::Candidates), given.documents(Pool::Nonmembers));
    let (Some(candidates), Some(nonmembers)) = pools else { return Ok(0) };
    let mut known = HashSet::new();
    nonmembers.for_each(|_, document| {
        known.insert(fingerprint(&document.text));
        Ok(())
    })?;
    let mut n_shared = 0;
    candidates.for_each(|_, document| {
        n_shared += usize::from(known.contains(&fingerprint(&document.text)));
        Ok(())
    })?;
    Ok(n_shared)
}

/// Refuses sizes that lack a category before any work is done.
fn check_sizes(category_sizes: Option<&str>, given: &Given<'_>) -> anyhow::Result<()> {
    let (Some(name), Some(documents)) = (category_sizes, &given.candidates) else {
        return Ok(());
    };
    let categories: Vec<String> = documents.categories().into_iter().map(str::to_owned).collect();
    sizes::read(name, &categories).map(|_| ())
}

fn read_frequencies(
    folders: &ScoreFolders,
    attacks: &[Attack],
) -> anyhow::Result<Option<TokenFrequencies>> {
    if !attacks.contains(&Attack::DcPdd) {
        return Ok(None);
    }
    let counts = frequencies::read(&folders.token_frequencies())?;
    Ok(Some(TokenFrequencies::new(&counts)))
}

/// What the blind classifier says, where there are texts of candidates and non-members.
fn blind(
    given: &Given<'_>,
    candidates: &PoolScores,
    nonmembers: &PoolScores,
    progress: &Progress,
) -> anyhow::Result<Option<BTreeMap<String, BlindCategory>>> {
    let texts = (given.documents(Pool::Candidates), given.documents(Pool::Nonmembers));
    let (Some(of_candidates), Some(of_nonmembers)) = texts else { return Ok(None) };
    for (documents, pool, flag) in [
        (of_candidates, Pool::Candidates, "--local-samples-dir"),
        (of_nonmembers, Pool::Nonmembers, "--nonmembers"),
    ] {
        ensure!(
            were_scored(documents, &given.folders.of(pool, Kind::Plain))?,
            "{flag}: other documents than those that were scored; give the folder of the scores, or \
             --no-blind-baseline"
        );
    }
    let texts =
        Texts { candidates: (of_candidates, candidates), nonmembers: (of_nonmembers, nonmembers) };
    blind::judge(texts, given.seed, progress).map(Some)
}

/// Whether the scores in the folder are those of these documents.
fn were_scored(documents: &Documents, folder: &Path) -> anyhow::Result<bool> {
    let reader = ScoreReader::open(folder)?;
    let scored = reader.description().sections.get("inputs");
    Ok(scored == Some(&json!(documents.inputs())))
}

/// SHA-256 and counts of the documents of each pool, and the model's configuration.
fn record(folders: &ScoreFolders, pools: &[Pool]) -> anyhow::Result<(Value, Value)> {
    let mut inputs = serde_json::Map::new();
    let mut model = Value::Null;
    for &pool in pools {
        let reader = ScoreReader::open(&folders.of(pool, Kind::Plain))
            .with_context(|| format!("scores of {}", pool.folder()))?;
        let sections = &reader.description().sections;
        let section = |name: &str| sections.get(name).cloned().unwrap_or(Value::Null);
        inputs.insert(pool.folder().to_owned(), section("inputs"));
        if model.is_null() {
            model = section("config");
        }
        ensure!(
            model == section("config"),
            "{}: scores of another model or length than those of candidates; --force makes them anew",
            folders.of(pool, Kind::Plain).display()
        );
    }
    Ok((json!(inputs), model))
}
