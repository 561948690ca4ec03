//! Scores made where they are missing, and which attacks what is given allows.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use data_anatomy_core::membership::attack::{Attack, Need};
use data_anatomy_corpus::documents::{Documents, Selection};
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::model::{Model, ModelChoice};

use super::folders::{Kind, Pool, ScoreFolders};
use super::settings::{AttackSettings, PoolSettings, WantedAttacks};
use crate::scoring::frequencies;
use crate::scoring::pass::{Force, Pass};
use crate::scoring::perturbed::{Perturbed, PerturbedOptions};
use crate::scoring::prefix::{PrefixOptions, Prefixed};
use crate::scoring::scorer::Scorer;
use crate::scoring::variant::{Head, Lowercase, Plain, ToReference, Variant};
use crate::scoring::words::{WordCounts, WordTable};

/// What is given to make scores of.
#[derive(Debug)]
pub struct Given<'run> {
    /// The candidates, unless there are but scores of them.
    pub candidates: Option<Documents>,
    /// The non-members, if any.
    pub nonmembers: Option<Documents>,
    /// Known members, if any.
    pub members: Option<Documents>,
    /// Where scores lie.
    pub folders: &'run ScoreFolders,
    /// Where all this was found, and how scores are made.
    pub pools: &'run PoolSettings,
    /// Settings of single attacks.
    pub settings: &'run AttackSettings,
    /// Seed of every random choice.
    pub seed: u64,
}

/// An attack that cannot be carried out, and what would allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The attack.
    pub attack: Attack,
    /// What to give.
    pub remedy: &'static str,
}

/// The documents of a folder, if one is given.
fn open_documents(
    folder: Option<&Path>,
    selection: Selection,
) -> anyhow::Result<Option<Documents>> {
    let Some(folder) = folder else { return Ok(None) };
    let documents = Documents::open(folder, selection)?;
    ensure!(
        documents.n_documents() > 0,
        "{}: no documents are there; expected CATEGORY.jsonl files",
        folder.display()
    );
    Ok(Some(documents))
}

impl<'run> Given<'run> {
    /// What the settings name.
    ///
    /// # Errors
    /// If a folder cannot be read or holds no documents, or a model is named and no documents.
    pub fn open(
        pools: &'run PoolSettings,
        settings: &'run AttackSettings,
        folders: &'run ScoreFolders,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let selection =
            Selection { merge_web: pools.merge_web, max_per_class: pools.max_per_class, seed };
        let open = |folder: &Option<PathBuf>| open_documents(folder.as_deref(), selection);
        let candidates = open(&pools.candidates)?;
        let nonmembers = open(&pools.nonmembers)?;
        let members = open(&pools.members)?;
        if pools.model.is_some() {
            ensure!(
                candidates.is_some(),
                "no candidates are given: --local-samples-dir DIR, with one CATEGORY.jsonl per category"
            );
        } else {
            ensure!(
                folders.has(Pool::Candidates, Kind::Plain),
                "{}: no scores of candidates are there; give --target-model MODEL and --local-samples-dir \
                 DIR to make them, or --scores DIR where they are",
                folders.root().display()
            );
        }
        Ok(Self { candidates, nonmembers, members, folders, pools, settings, seed })
    }

    /// The pools that have documents, or scores where no model is given.
    pub fn pools(&self) -> Vec<Pool> {
        let is_there = |pool: &Pool| match self.makes_scores() {
            true => self.documents(*pool).is_some(),
            false => self.folders.has(*pool, Kind::Plain),
        };
        Pool::ALL.into_iter().filter(is_there).collect()
    }

    /// The documents of a pool, if they are given.
    pub fn documents(&self, pool: Pool) -> Option<&Documents> {
        match pool {
            Pool::Candidates => self.candidates.as_ref(),
            Pool::Nonmembers => self.nonmembers.as_ref(),
            Pool::Members => self.members.as_ref(),
        }
    }

    /// Whether a model is given that can make scores.
    fn makes_scores(&self) -> bool {
        self.pools.model.is_some()
    }

    /// What to give for the attack to be possible, or none where it is.
    fn lacks(&self, attack: Attack) -> Option<&'static str> {
        let need = attack.need()?;
        if need == Need::CompressedLength || self.is_made(need) {
            return None;
        }
        if !self.makes_scores() {
            return Some("its scores are not there; give --target-model and what it takes");
        }
        let (is_given, remedy) = match need {
            Need::CompressedLength | Need::LowercasePass | Need::PerturbedPass => (true, ""),
            Need::ReferencePass => {
                (self.settings.reference_model.is_some(), "give --reference-model MODEL")
            }
            Need::PrefixedPass => (
                self.nonmembers.is_some(),
                "give --nonmembers DIR: its prefix is made of documents that are not members",
            ),
            Need::TokenFrequencies => (
                self.settings.reference_corpus.is_some(),
                "give --reference-corpus DIR: it compares with frequencies of tokens elsewhere",
            ),
        };
        (!is_given).then_some(remedy)
    }

    /// Whether what an attack needs was made before for every pool.
    fn is_made(&self, need: Need) -> bool {
        match Kind::of(need) {
            Some(kind) => self.pools().into_iter().all(|pool| self.folders.has(pool, kind)),
            None => self.folders.token_frequencies().exists(),
        }
    }

    /// The attacks that are possible, of those asked for; where all are asked for, the others are told.
    ///
    /// # Errors
    /// If an attack that was asked for by name is not possible.
    pub fn possible(&self, wanted: &WantedAttacks) -> anyhow::Result<(Vec<Attack>, Vec<Skipped>)> {
        let is_named = matches!(wanted, WantedAttacks::Named(_));
        let mut possible = Vec::new();
        let mut skipped = Vec::new();
        for attack in wanted.attacks() {
            match self.lacks(attack) {
                None => possible.push(attack),
                Some(remedy) if is_named => bail!("--attack {}: {remedy}", attack.name()),
                Some(remedy) => skipped.push(Skipped { attack, remedy }),
            }
        }
        Ok((possible, skipped))
    }

    /// Makes the scores that these attacks need and that are missing; nothing without a model.
    ///
    /// # Errors
    /// If scores are of another configuration, or a model or file fails.
    pub fn make(&self, attacks: &[Attack], progress: &Progress) -> anyhow::Result<()> {
        let Some(choice) = &self.pools.model else { return Ok(()) };
        let needs = |need: Need| attacks.iter().any(|attack| attack.need() == Some(need));
        // An empty folder is told of now, and not after hours of scoring.
        let corpus = match needs(Need::TokenFrequencies) {
            true => self.reference_corpus()?,
            false => None,
        };
        let model = Model::open(choice.clone(), progress)?;
        let mut scorer = Scorer::new(&model, self.pools.batch_tokens);
        let max_tokens = scorer.max_tokens(self.pools.max_tokens);
        let head = Head { tokenizer: &model.tokenizer, max_tokens };
        let context = model.blueprint.context;
        self.pass(&mut scorer, Kind::Plain, &Plain(head), max_tokens, progress)?;
        if needs(Need::LowercasePass) {
            let variant = Lowercase { head, context };
            self.pass(&mut scorer, Kind::Lowercase, &variant, max_tokens, progress)?;
        }
        if needs(Need::PrefixedPass) && self.nonmembers.is_some() {
            let variant = self.prefixed(head, context)?;
            self.pass(&mut scorer, Kind::Recall, &variant, max_tokens, progress)?;
        }
        if needs(Need::PerturbedPass) {
            let variant = self.perturbed(head, context)?;
            self.pass(&mut scorer, Kind::Neighbours, &variant, max_tokens, progress)?;
        }
        if let Some(corpus) = corpus {
            let path = self.folders.token_frequencies();
            frequencies::made(&path, &model, &corpus, max_tokens, self.pools.force, progress)?;
        }
        // One model in memory at a time.
        drop(scorer);
        if needs(Need::ReferencePass) {
            self.reference(choice, head, progress)?;
        }
        Ok(())
    }

    /// One variant of every pool.
    fn pass(
        &self,
        scorer: &mut Scorer<'_>,
        kind: Kind,
        variant: &dyn Variant,
        max_tokens: usize,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        for pool in Pool::ALL {
            let Some(documents) = self.documents(pool) else { continue };
            let folder = self.folders.of(pool, kind);
            let pass = Pass {
                name: stage(pool, kind),
                documents,
                variant,
                folder: &folder,
                elsewhere: "another --scores folder",
                force: if self.pools.force { Force::IfOther } else { Force::Never },
            };
            pass.run(scorer, max_tokens, progress)?;
        }
        Ok(())
    }

    fn prefixed<'model>(
        &self,
        head: Head<'model>,
        context: usize,
    ) -> anyhow::Result<Prefixed<'model>> {
        let nonmembers = self.nonmembers.as_ref().context("no non-members are given")?;
        let options = PrefixOptions { n_shots: self.settings.n_shots, seed: self.seed };
        Prefixed::new(head, context, nonmembers, options)
    }

    fn perturbed<'model>(
        &self,
        head: Head<'model>,
        context: usize,
    ) -> anyhow::Result<Perturbed<'model>> {
        let options = PerturbedOptions {
            n_copies: self.settings.n_perturbations,
            share: self.settings.share_masked,
            span: self.settings.span_length,
            seed: self.seed,
        };
        Ok(Perturbed { head, context, words: self.words(head)?, options })
    }

    /// Words of all pools alike: words of one side alone would make its copies likelier.
    fn words(&self, head: Head<'_>) -> anyhow::Result<WordTable> {
        let mut counts = WordCounts::default();
        let pools = Pool::ALL.into_iter().filter_map(|pool| self.documents(pool));
        for documents in pools {
            let mut n_by_category = std::collections::BTreeMap::<String, u64>::new();
            documents.for_each(|_, document| {
                let n = n_by_category.entry(document.category).or_default();
                *n += 1;
                if *n <= self.settings.max_fill_texts {
                    counts.add(head.of(&document.text)?.1);
                }
                Ok(())
            })?;
        }
        Ok(counts.into_table())
    }

    /// The documents whose tokens are counted, if a folder of them is given.
    fn reference_corpus(&self) -> anyhow::Result<Option<Documents>> {
        let max_per_class = self.settings.max_reference_documents;
        let selection = Selection { merge_web: false, max_per_class, seed: self.seed };
        open_documents(self.settings.reference_corpus.as_deref(), selection)
            .context("--reference-corpus")
    }

    /// The texts by the reference model, computed as the other one is.
    fn reference(
        &self,
        target: &ModelChoice,
        head: Head<'_>,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let Some(name) = &self.settings.reference_model else { return Ok(()) };
        let choice = ModelChoice {
            model: name.clone(),
            revision: self.settings.reference_revision.clone(),
            ..target.clone()
        };
        let model = Model::open(choice, progress).context("--reference-model")?;
        let mut scorer = Scorer::new(&model, self.pools.batch_tokens);
        let context = model.blueprint.context;
        let variant = ToReference { head, tokenizer: &model.tokenizer, context };
        self.pass(&mut scorer, Kind::Reference, &variant, head.max_tokens, progress)
    }
}

/// What scoring this variant of this pool is called while it goes on.
fn stage(pool: Pool, kind: Kind) -> &'static str {
    match (pool, kind) {
        (Pool::Candidates, Kind::Plain) => "score candidates",
        (Pool::Candidates, Kind::Lowercase) => "score candidates in lower case",
        (Pool::Candidates, Kind::Reference) => "score candidates by the reference model",
        (Pool::Candidates, Kind::Recall) => "score candidates after a prefix",
        (Pool::Candidates, Kind::Neighbours) => "score perturbed candidates",
        (Pool::Members, Kind::Plain) => "score members",
        (Pool::Members, Kind::Lowercase) => "score members in lower case",
        (Pool::Members, Kind::Reference) => "score members by the reference model",
        (Pool::Members, Kind::Recall) => "score members after a prefix",
        (Pool::Members, Kind::Neighbours) => "score perturbed members",
        (Pool::Nonmembers, Kind::Plain) => "score non-members",
        (Pool::Nonmembers, Kind::Lowercase) => "score non-members in lower case",
        (Pool::Nonmembers, Kind::Reference) => "score non-members by the reference model",
        (Pool::Nonmembers, Kind::Recall) => "score non-members after a prefix",
        (Pool::Nonmembers, Kind::Neighbours) => "score perturbed non-members",
    }
}
