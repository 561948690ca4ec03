//! What can be typed after `minkpp` and `membership`.

use std::path::PathBuf;

use clap::Args;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::scorer::{DEFAULT_DC_PDD_LIMIT, DEFAULT_MINK_RATIO};

use super::lm::ModelArgs;
use crate::membership::settings::{
    AnalysisSettings, AttackSettings, DEFAULT_LEVEL, DEFAULT_MAX_FILL_TEXTS, DEFAULT_MAX_PER_CLASS,
    DEFAULT_MAX_TOKENS, DEFAULT_N_PERTURBATIONS, DEFAULT_N_REPLICATES, DEFAULT_N_SHOTS,
    DEFAULT_OUTPUT_DIR, DEFAULT_RUN_NAME, DEFAULT_SEED, DEFAULT_SHARE_MASKED, DEFAULT_SPAN_LENGTH,
    OutputSettings, PoolSettings, Settings, WantedAttacks,
};
use crate::membership::truth::TruthSource;

/// Documents, the model, and where scores and results go.
#[derive(Debug, Args)]
pub struct PoolArgs {
    /// The model; without one, scores that were made before are used.
    #[command(flatten)]
    pub model: ModelArgs,
    /// Folder of candidates: documents of which it is asked whether the model was trained on them. One
    /// CATEGORY.jsonl per category, one {"text": …} per line.
    #[arg(long, value_name = "DIR")]
    pub local_samples_dir: Option<PathBuf>,
    /// Folder of documents of the same kind that the model was certainly not trained on, with the same file
    /// names: what makes shares of members mean something.
    #[arg(long, value_name = "DIR")]
    pub nonmembers: Option<PathBuf>,
    /// Folder of documents of the same kind that the model was certainly trained on: they tell how well an
    /// attack works, which narrows intervals.
    #[arg(long, value_name = "DIR", requires = "nonmembers")]
    pub members: Option<PathBuf>,
    /// Folder of scores, made there where they are missing; one that `score` wrote serves, too. [default:
    /// OUTPUT_DIR/RUN_NAME/scores]
    #[arg(long, value_name = "DIR")]
    pub scores: Option<PathBuf>,
    /// Count CommonCrawl and C4 as one category, Web.
    #[arg(long)]
    pub merge_web: bool,
    /// Use at most so many documents of each category, drawn at random (0: all).
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_PER_CLASS)]
    pub max_per_class: u64,
    /// Look at the first so many tokens of a document, special ones included (0: as many as the model's
    /// context holds).
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_TOKENS)]
    pub max_tokens: usize,
    /// Share of the least likely tokens that Min-K% and Min-K%++ average over.
    #[arg(long, value_name = "K", default_value_t = DEFAULT_MINK_RATIO)]
    pub mink_ratio: f64,
    /// Tokens that are computed at a time. [default: 2,048 on a processor, 16,384 on a GPU]
    #[arg(long, value_name = "N")]
    pub batch_tokens: Option<usize>,
    /// Make scores anew that are of another configuration.
    #[arg(long)]
    pub force: bool,
}

impl PoolArgs {
    /// Documents, the model that scores them, and where scores lie.
    fn settings(&self) -> anyhow::Result<PoolSettings> {
        let is_named = self.model.target_model.is_some();
        Ok(PoolSettings {
            candidates: self.local_samples_dir.clone(),
            nonmembers: self.nonmembers.clone(),
            members: self.members.clone(),
            model: is_named.then(|| self.model.choice()).transpose()?,
            scores: self.scores.clone(),
            merge_web: self.merge_web,
            max_per_class: self.max_per_class,
            max_tokens: self.max_tokens,
            batch_tokens: self.batch_tokens,
            force: self.force,
        })
    }
}

/// What is made of scores.
#[derive(Debug, Args)]
pub struct AnalysisArgs {
    /// Tokens of each category in the corpus that the candidates are drawn from: a JSON file
    /// {"CATEGORY": tokens}, or a spec. With them shares of members become a mixture.
    #[arg(long, value_name = "FILE|SPEC")]
    pub category_sizes: Option<String>,
    /// Which candidates are members, to measure attacks: a JSON file {"members": {"CATEGORY": number of
    /// first lines, or list of line numbers}}.
    #[arg(long, value_name = "FILE", conflicts_with = "candidates_are_members")]
    pub truth: Option<PathBuf>,
    /// All candidates are known members, to measure attacks against the non-members.
    #[arg(long, requires = "nonmembers")]
    pub candidates_are_members: bool,
    /// Skip the blind baseline, a classifier that never sees the model.
    #[arg(long)]
    pub no_blind_baseline: bool,
    /// Intervals: on by default, accepted for the seed's sake.
    #[arg(long)]
    pub bootstrap: bool,
    /// How many replicates the intervals of sums over categories rest on.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_N_REPLICATES)]
    pub n_boot: u64,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = DEFAULT_LEVEL)]
    pub level: f64,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = DEFAULT_SEED)]
    pub seed: u64,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Folder in which the run's folder is made.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUTPUT_DIR)]
    pub output_dir: PathBuf,
    /// Print the result as JSON to stdout.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
    /// Share kept for validation by the seed study's loader; nothing is trained here.
    #[arg(long, hide = true, value_name = "SHARE")]
    pub val_fraction: Option<f64>,
    /// Code of models is never run.
    #[arg(long, hide = true)]
    pub trust_remote_code: bool,
}

impl AnalysisArgs {
    /// What is made of scores.
    fn settings(&self) -> AnalysisSettings {
        let truth = match (&self.truth, self.candidates_are_members) {
            (Some(path), _) => TruthSource::File(path.clone()),
            (None, true) => TruthSource::All,
            (None, false) => TruthSource::Nothing,
        };
        AnalysisSettings {
            category_sizes: self.category_sizes.clone(),
            truth,
            blind_baseline: !self.no_blind_baseline,
            n_replicates: self.n_boot,
            level: self.level,
        }
    }

    /// Where results go: to one folder, or that of each attack to its own.
    fn outputs(&self, run_name: &str, in_one_folder: bool) -> OutputSettings {
        OutputSettings {
            folder: self.output_dir.clone(),
            run_name: run_name.to_owned(),
            in_one_folder,
            plots: !self.no_plots,
        }
    }
}

/// Arguments of `minkpp`.
#[derive(Debug, Args)]
pub struct MinkppArgs {
    /// Documents and the model.
    #[command(flatten)]
    pub pools: PoolArgs,
    /// What is made of scores.
    #[command(flatten)]
    pub analysis: AnalysisArgs,
    /// Name of the run and of its folder.
    #[arg(long, value_name = "NAME", default_value = "minkpp_mix")]
    pub run_name: String,
}

impl MinkppArgs {
    /// What is asked of the run.
    ///
    /// # Errors
    /// If the model cannot be told.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            pools: self.pools.settings()?,
            wanted: WantedAttacks::Named(vec![Attack::MinKPlusPlus]),
            attacks: AttackSettings { mink_ratio: self.pools.mink_ratio, ..Default::default() },
            analysis: self.analysis.settings(),
            seed: self.analysis.seed,
            outputs: self.analysis.outputs(&self.run_name, true),
        })
    }
}

/// Arguments of `membership`.
#[derive(Debug, Args)]
pub struct MembershipArgs {
    /// The attacks: loss, zlib, lowercase, ref, mink, minkpp, recall, dcpdd, neighborhood, or all that
    /// what is given allows.
    #[arg(long, value_name = "NAME", num_args = 1.., required = true, value_parser = attack_choice)]
    pub attack: Vec<AttackChoice>,
    /// Documents and the model.
    #[command(flatten)]
    pub pools: PoolArgs,
    /// Settings of single attacks.
    #[command(flatten)]
    pub settings: AttackArgs,
    /// What is made of scores.
    #[command(flatten)]
    pub analysis: AnalysisArgs,
    /// Name of the run: its folder holds what attacks share, RUN_NAME-ATTACK the result of each.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_RUN_NAME)]
    pub run_name: String,
}

impl MembershipArgs {
    /// What is asked of the run.
    ///
    /// # Errors
    /// If the model cannot be told.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let attacks = self.settings.settings();
        Ok(Settings {
            pools: self.pools.settings()?,
            wanted: wanted(&self.attack),
            attacks: AttackSettings { mink_ratio: self.pools.mink_ratio, ..attacks },
            analysis: self.analysis.settings(),
            seed: self.analysis.seed,
            outputs: self.analysis.outputs(&self.run_name, false),
        })
    }
}

/// The attacks that are asked for: by name, unless one of the names is `all`.
fn wanted(choices: &[AttackChoice]) -> WantedAttacks {
    let named = choices.iter().map(|choice| match choice {
        AttackChoice::All => None,
        AttackChoice::One(attack) => Some(*attack),
    });
    let named: Option<Vec<Attack>> = named.collect();
    named.map_or(WantedAttacks::Possible, WantedAttacks::Named)
}

/// Settings of single attacks.
#[derive(Debug, Args)]
pub struct AttackArgs {
    /// ref: the model to compare with, a folder or the name of one on the hub.
    #[arg(long, value_name = "MODEL")]
    pub reference_model: Option<String>,
    /// ref: branch, tag or commit of the reference model.
    #[arg(long, value_name = "REVISION", alias = "ref-revision")]
    pub reference_revision: Option<String>,
    /// recall: non-members in a prefix.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_N_SHOTS)]
    pub num_shots: usize,
    /// dcpdd: folder of other documents, from which frequencies of tokens are counted.
    #[arg(long, value_name = "DIR")]
    pub reference_corpus: Option<PathBuf>,
    /// dcpdd: the most that a token contributes.
    #[arg(long, value_name = "A", default_value_t = DEFAULT_DC_PDD_LIMIT, alias = "a")]
    pub dcpdd_limit: f64,
    /// dcpdd: count so many documents of each category of the reference corpus (0: all).
    #[arg(long, value_name = "N", default_value_t = 0, alias = "max-ref-texts")]
    pub max_reference_documents: u64,
    /// neighborhood: copies of each document.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_N_PERTURBATIONS)]
    pub n_perturbations: usize,
    /// neighborhood: share of words that are replaced.
    #[arg(long, value_name = "SHARE", default_value_t = DEFAULT_SHARE_MASKED)]
    pub pct_words_masked: f64,
    /// neighborhood: so many neighbouring words are replaced together.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SPAN_LENGTH)]
    pub span_length: usize,
    /// neighborhood: words are drawn from so many documents of each category.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_FILL_TEXTS)]
    pub max_fill_texts: u64,
}

impl AttackArgs {
    /// The settings of single attacks but for the ratio of Min-K%, which is typed elsewhere.
    fn settings(&self) -> AttackSettings {
        AttackSettings {
            mink_ratio: DEFAULT_MINK_RATIO,
            reference_model: self.reference_model.clone(),
            reference_revision: self.reference_revision.clone(),
            n_shots: self.num_shots,
            reference_corpus: self.reference_corpus.clone(),
            dc_pdd_limit: self.dcpdd_limit,
            max_reference_documents: self.max_reference_documents,
            n_perturbations: self.n_perturbations,
            share_masked: self.pct_words_masked,
            span_length: self.span_length,
            max_fill_texts: self.max_fill_texts,
        }
    }
}

/// An attack, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttackChoice {
    /// All that what is given allows.
    All,
    /// This one.
    One(Attack),
}

/// An attack by its name, in any spelling in use, or `all`.
fn attack_choice(name: &str) -> Result<AttackChoice, String> {
    if name.eq_ignore_ascii_case("all") {
        return Ok(AttackChoice::All);
    }
    Attack::from_name(name).map(AttackChoice::One).ok_or_else(|| {
        let names: Vec<&str> = Attack::ALL.iter().map(|attack| attack.name()).collect();
        format!("expected all or one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    enum Typed {
        Minkpp(Box<MinkppArgs>),
        Membership(Box<MembershipArgs>),
    }

    fn settings(typed: &str) -> Settings {
        let words = std::iter::once("data-anatomy").chain(typed.split_whitespace());
        let settings = match Typed::parse_from(words) {
            Typed::Minkpp(args) => args.settings(),
            Typed::Membership(args) => args.settings(),
        };
        settings.unwrap()
    }

    #[test]
    fn what_is_not_typed_is_as_the_settings_have_it() {
        assert_eq!(settings("membership --attack all"), Settings::default());
        let outputs = OutputSettings {
            run_name: "minkpp_mix".to_owned(),
            in_one_folder: true,
            ..OutputSettings::default()
        };
        let wanted = WantedAttacks::Named(vec![Attack::MinKPlusPlus]);
        let expected = Settings { wanted, outputs, ..Settings::default() };
        assert_eq!(settings("minkpp"), expected);
    }

    #[test]
    fn what_is_typed_is_meant() {
        let meant = settings(
            "membership --attack ZLIB loss --scores S --target-model M --half --mink-ratio 0.3 \
             --level 0.9 --n-boot 7 --truth T --no-blind-baseline --no-plots --run-name r",
        );
        assert_eq!(meant.wanted, WantedAttacks::Named(vec![Attack::Zlib, Attack::Loss]));
        assert_eq!(meant.pools.model.map(|choice| choice.model), Some("M".to_owned()));
        assert_eq!((meant.analysis.level, meant.attacks.mink_ratio), (0.9, 0.3));
        assert_eq!(meant.analysis.truth, TruthSource::File("T".into()));
        assert!(!meant.analysis.blind_baseline && !meant.outputs.plots);
        assert_eq!(meant.outputs.of(Attack::Zlib), PathBuf::from("out/r-zlib"));
        assert_eq!(settings("minkpp").outputs.of(Attack::Zlib), PathBuf::from("out/minkpp_mix"));
        let all = settings("membership --attack zlib all");
        assert_eq!(all.wanted, WantedAttacks::Possible);
    }
}
