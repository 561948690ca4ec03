//! What can be typed after `minkpp` and `membership`.

use std::path::PathBuf;

use clap::Args;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::scorer::{DEFAULT_DC_PDD_LIMIT, DEFAULT_MINK_RATIO};

use super::ModelArgs;

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
    #[arg(long, value_name = "N", default_value_t = 3000)]
    pub max_per_class: u64,
    /// Look at the first so many tokens of a document, special ones included (0: as many as the model's
    /// context holds).
    #[arg(long, value_name = "N", default_value_t = 128)]
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
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub n_boot: usize,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    pub level: f64,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = 42)]
    pub seed: u64,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Folder in which the run's folder is made.
    #[arg(long, value_name = "DIR", default_value = "out")]
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
    #[arg(long, value_name = "NAME", default_value = "membership")]
    pub run_name: String,
}

/// The seed study's settings of single attacks.
const NUM_SHOTS: usize = 12;
const N_PERTURBATIONS: usize = 10;
const PCT_WORDS_MASKED: f64 = 0.3;
const SPAN_LENGTH: usize = 2;
/// Enough words of a category for any document's neighbours.
const MAX_FILL_TEXTS: u64 = 500;

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
    #[arg(long, value_name = "N", default_value_t = NUM_SHOTS)]
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
    #[arg(long, value_name = "N", default_value_t = N_PERTURBATIONS)]
    pub n_perturbations: usize,
    /// neighborhood: share of words that are replaced.
    #[arg(long, value_name = "SHARE", default_value_t = PCT_WORDS_MASKED)]
    pub pct_words_masked: f64,
    /// neighborhood: so many neighbouring words are replaced together.
    #[arg(long, value_name = "N", default_value_t = SPAN_LENGTH)]
    pub span_length: usize,
    /// neighborhood: words are drawn from so many documents of each category.
    #[arg(long, value_name = "N", default_value_t = MAX_FILL_TEXTS)]
    pub max_fill_texts: u64,
}

impl Default for AttackArgs {
    fn default() -> Self {
        Self {
            reference_model: None,
            reference_revision: None,
            num_shots: NUM_SHOTS,
            reference_corpus: None,
            dcpdd_limit: DEFAULT_DC_PDD_LIMIT,
            max_reference_documents: 0,
            n_perturbations: N_PERTURBATIONS,
            pct_words_masked: PCT_WORDS_MASKED,
            span_length: SPAN_LENGTH,
            max_fill_texts: MAX_FILL_TEXTS,
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
