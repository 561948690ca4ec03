//! What is asked of a run of membership attacks.

use std::path::PathBuf;

use anyhow::ensure;
use data_anatomy_core::membership::analysis::AnalysisOptions;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::scorer::{
    DEFAULT_DC_PDD_LIMIT, DEFAULT_MINK_RATIO, ScorerOptions,
};
use data_anatomy_lm::model::ModelChoice;

use super::truth::TruthSource;
use crate::runs;

/// Documents of a category that are used at most, unless another number is asked for.
pub const DEFAULT_MAX_PER_CLASS: u64 = 3000;
/// Tokens of a document that are looked at, unless another number is asked for.
pub const DEFAULT_MAX_TOKENS: usize = 128;
/// Replicates, unless another number is asked for.
pub const DEFAULT_N_REPLICATES: u64 = 200;
/// Level of intervals, unless another is asked for.
pub const DEFAULT_LEVEL: f64 = 0.95;
/// Seed of every random choice, unless another is asked for.
pub const DEFAULT_SEED: u64 = 42;
/// The folder in which folders of runs are made, unless another is asked for.
pub const DEFAULT_OUTPUT_DIR: &str = "out";
/// Name of a run, unless another is asked for.
pub const DEFAULT_RUN_NAME: &str = "membership";

/// Non-members in the prefix of `ReCaLL`, as in the seed study.
pub const DEFAULT_N_SHOTS: usize = 12;
/// Copies of each document for the neighbourhood attack, as in the seed study.
pub const DEFAULT_N_PERTURBATIONS: usize = 10;
/// Share of words that are replaced in such copies, as in the seed study.
pub const DEFAULT_SHARE_MASKED: f64 = 0.3;
/// Words that are replaced together in such copies, as in the seed study.
pub const DEFAULT_SPAN_LENGTH: usize = 2;
/// Documents of a category that such words are drawn from: enough words for any document's neighbours.
pub const DEFAULT_MAX_FILL_TEXTS: u64 = 500;

/// What is asked of a run. [`run`](super::run()) checks it before anything is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Documents, the model that scores them, and where scores lie.
    pub pools: PoolSettings,
    /// The attacks.
    pub wanted: WantedAttacks,
    /// Settings of single attacks.
    pub attacks: AttackSettings,
    /// What is made of scores.
    pub analysis: AnalysisSettings,
    /// Seed of every random choice.
    pub seed: u64,
    /// Where results go.
    pub outputs: OutputSettings,
}

/// Documents, the model that scores them, and where scores lie.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolSettings {
    /// Folder of candidates, of which it is asked whether the model was trained on them: one
    /// `CATEGORY.jsonl` per category, one `{"text": …}` per line.
    pub candidates: Option<PathBuf>,
    /// Folder of documents of the same kind that the model was certainly not trained on.
    pub nonmembers: Option<PathBuf>,
    /// Folder of documents of the same kind that the model was certainly trained on; of use beside non-members.
    pub members: Option<PathBuf>,
    /// The model. Without one, scores that were made before are used.
    pub model: Option<ModelChoice>,
    /// Folder of scores, made there where they are missing; `scores` in the run's folder where none is named.
    pub scores: Option<PathBuf>,
    /// Whether `CommonCrawl` and C4 are one category, Web.
    pub merge_web: bool,
    /// Documents of each category at most, drawn at random (0: all).
    pub max_per_class: u64,
    /// Tokens of a document that are looked at, special ones included (0: as many as the model's context
    /// holds).
    pub max_tokens: usize,
    /// Tokens that are computed at a time; as many as suit the device where none is named.
    pub batch_tokens: Option<usize>,
    /// Whether scores of another configuration are made anew.
    pub force: bool,
}

/// The attacks that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedAttacks {
    /// All that what is given allows; the others are told.
    Possible,
    /// These; one that what is given does not allow is an error.
    Named(Vec<Attack>),
}

impl WantedAttacks {
    /// The attacks in their order, each once.
    pub fn attacks(&self) -> Vec<Attack> {
        let mut attacks = match self {
            Self::Possible => Attack::ALL.to_vec(),
            Self::Named(attacks) => attacks.clone(),
        };
        attacks.sort_unstable();
        attacks.dedup();
        attacks
    }
}

/// Settings of single attacks.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackSettings {
    /// Min-K% and Min-K%++: the share of the least likely tokens that they average over, in (0, 1].
    pub mink_ratio: f64,
    /// Reference: the model to compare with, a folder or the name of one on a hub.
    pub reference_model: Option<String>,
    /// Reference: branch, tag or commit of that model.
    pub reference_revision: Option<String>,
    /// `ReCaLL`: non-members in a prefix, 1 or more.
    pub n_shots: usize,
    /// DC-PDD: folder of other documents, from which frequencies of tokens are counted.
    pub reference_corpus: Option<PathBuf>,
    /// DC-PDD: the most that a token contributes, above 0.
    pub dc_pdd_limit: f64,
    /// DC-PDD: documents of each category of the reference corpus that are counted (0: all).
    pub max_reference_documents: u64,
    /// Neighbourhood: copies of each document, from 1 to 1,000.
    pub n_perturbations: usize,
    /// Neighbourhood: the share of words that are replaced, in (0, 1].
    pub share_masked: f64,
    /// Neighbourhood: words that are replaced together, 1 or more.
    pub span_length: usize,
    /// Neighbourhood: documents of each category that words are drawn from.
    pub max_fill_texts: u64,
}

/// What is made of scores.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisSettings {
    /// Tokens of each category in the corpus that candidates are drawn from: a JSON file
    /// `{"CATEGORY": tokens}`, or a spec. With them shares of members become a mixture.
    pub category_sizes: Option<String>,
    /// What tells which candidates are members, to measure attacks.
    pub truth: TruthSource,
    /// Whether a classifier that never sees the model is asked the same, where there are texts of candidates
    /// and non-members.
    pub blind_baseline: bool,
    /// Replicates that intervals of sums over categories rest on, from 2 to 100,000.
    pub n_replicates: u64,
    /// Level of the intervals, in (0, 1).
    pub level: f64,
}

impl AnalysisSettings {
    /// The same for core, with the seed of what is drawn.
    pub fn options(&self, seed: u64) -> AnalysisOptions {
        AnalysisOptions { level: self.level, n_replicates: self.n_replicates, seed }
    }
}

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputSettings {
    /// Folder in which the run's folders are made.
    pub folder: PathBuf,
    /// Name of the run, and of the folder of what its attacks share.
    pub run_name: String,
    /// Whether the result of the only attack goes there, too; else that of each goes to a folder of its own,
    /// `RUN_NAME-ATTACK`.
    pub in_one_folder: bool,
    /// Whether plots are written.
    pub plots: bool,
}

impl OutputSettings {
    /// The folder of what attacks share.
    pub fn shared(&self) -> PathBuf {
        self.folder.join(&self.run_name)
    }

    /// The folder of an attack's result.
    pub fn of(&self, attack: Attack) -> PathBuf {
        if self.in_one_folder {
            return self.shared();
        }
        self.folder.join(format!("{}-{}", self.run_name, attack.name()))
    }
}

impl Settings {
    /// The folder of scores.
    pub fn scores(&self) -> PathBuf {
        self.pools.scores.clone().unwrap_or_else(|| self.outputs.shared().join("scores"))
    }

    /// Refuses what is out of bounds, by the name of the flag that it is typed after.
    ///
    /// # Errors
    /// If something is.
    pub fn check(&self) -> anyhow::Result<()> {
        let mink_ratio = self.attacks.mink_ratio;
        ensure!(
            is_share(mink_ratio),
            "--mink-ratio: expected a share above 0 and up to 1, found {mink_ratio}"
        );
        self.analysis.check()?;
        self.attacks.check()?;
        runs::check_name(&self.outputs.run_name)?;
        ensure!(
            !self.outputs.in_one_folder || self.wanted.attacks().len() == 1,
            "the results of several attacks do not go to one folder"
        );
        Ok(())
    }
}

/// The most replicates: each is kept until the end.
const MAX_REPLICATES: u64 = 100_000;

impl AnalysisSettings {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.level > 0.0 && self.level < 1.0,
            "--level: expected a level between 0 and 1, found {}",
            self.level
        );
        ensure!(
            (2..=MAX_REPLICATES).contains(&self.n_replicates),
            "--n-boot: expected from 2 to {MAX_REPLICATES} replicates (200 are plenty), found {}",
            self.n_replicates
        );
        Ok(())
    }
}

/// The most copies of a document: all of them are in one part of a folder of scores.
const MAX_COPIES: usize = 1000;

impl AttackSettings {
    /// The same for core, which computes scores.
    pub fn scorer_options(&self) -> ScorerOptions {
        ScorerOptions { mink_ratio: self.mink_ratio, dc_pdd_limit: self.dc_pdd_limit }
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            (1..=MAX_COPIES).contains(&self.n_perturbations),
            "--n-perturbations: expected from 1 to {MAX_COPIES}, found {}",
            self.n_perturbations
        );
        ensure!(
            is_share(self.share_masked),
            "--pct-words-masked: expected a share above 0 and up to 1, found {}",
            self.share_masked
        );
        for (flag, number) in [("--num-shots", self.n_shots), ("--span-length", self.span_length)] {
            ensure!(number > 0, "{flag}: expected 1 or more, found 0");
        }
        ensure!(
            self.dc_pdd_limit > 0.0 && self.dc_pdd_limit.is_finite(),
            "--dcpdd-limit: expected a number above 0, found {}",
            self.dc_pdd_limit
        );
        Ok(())
    }
}

fn is_share(number: f64) -> bool {
    number > 0.0 && number <= 1.0
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pools: PoolSettings::default(),
            wanted: WantedAttacks::Possible,
            attacks: AttackSettings::default(),
            analysis: AnalysisSettings::default(),
            seed: DEFAULT_SEED,
            outputs: OutputSettings::default(),
        }
    }
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            candidates: None,
            nonmembers: None,
            members: None,
            model: None,
            scores: None,
            merge_web: false,
            max_per_class: DEFAULT_MAX_PER_CLASS,
            max_tokens: DEFAULT_MAX_TOKENS,
            batch_tokens: None,
            force: false,
        }
    }
}

impl Default for AttackSettings {
    fn default() -> Self {
        Self {
            mink_ratio: DEFAULT_MINK_RATIO,
            reference_model: None,
            reference_revision: None,
            n_shots: DEFAULT_N_SHOTS,
            reference_corpus: None,
            dc_pdd_limit: DEFAULT_DC_PDD_LIMIT,
            max_reference_documents: 0,
            n_perturbations: DEFAULT_N_PERTURBATIONS,
            share_masked: DEFAULT_SHARE_MASKED,
            span_length: DEFAULT_SPAN_LENGTH,
            max_fill_texts: DEFAULT_MAX_FILL_TEXTS,
        }
    }
}

impl Default for AnalysisSettings {
    fn default() -> Self {
        Self {
            category_sizes: None,
            truth: TruthSource::Nothing,
            blind_baseline: true,
            n_replicates: DEFAULT_N_REPLICATES,
            level: DEFAULT_LEVEL,
        }
    }
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self {
            folder: PathBuf::from(DEFAULT_OUTPUT_DIR),
            run_name: DEFAULT_RUN_NAME.to_owned(),
            in_one_folder: false,
            plots: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_bounds_is_refused_by_the_name_of_its_flag() {
        let usual = Settings::default();
        assert!(usual.check().is_ok());
        let told = |settings: Settings| settings.check().unwrap_err().to_string();
        let analysis = AnalysisSettings { level: 1.0, ..usual.analysis.clone() };
        let level = told(Settings { analysis, ..usual.clone() });
        assert_eq!(level, "--level: expected a level between 0 and 1, found 1");
        let attacks = AttackSettings { mink_ratio: f64::NAN, ..usual.attacks.clone() };
        let ratio = told(Settings { attacks, ..usual.clone() });
        assert_eq!(ratio, "--mink-ratio: expected a share above 0 and up to 1, found NaN");
        let outputs = OutputSettings { run_name: "a/b".to_owned(), ..usual.outputs.clone() };
        let name = told(Settings { outputs, ..usual.clone() });
        assert!(name.starts_with("--run-name: expected the name of a folder, found `a/b`"));
        let outputs = OutputSettings { in_one_folder: true, ..usual.outputs.clone() };
        assert!(told(Settings { outputs, ..usual }).contains("several attacks"));
    }

    #[test]
    fn each_attack_is_wanted_once_in_its_order() {
        let named = vec![Attack::Zlib, Attack::Loss, Attack::Zlib];
        assert_eq!(WantedAttacks::Named(named).attacks(), [Attack::Loss, Attack::Zlib]);
        assert_eq!(WantedAttacks::Possible.attacks().len(), Attack::ALL.len());
    }
}
