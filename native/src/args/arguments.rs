//! The whole command line.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use super::audit::AuditArgs;
use super::demo::DemoArgs;
use super::evaluate::{EvaluateArgs, ReportArgs};
use super::labelshift::LabelshiftArgs;
use super::lm::{GenerateArgs, ScoreArgs};
use super::membership::{MembershipArgs, MinkppArgs};
use super::openings::OpeningsArgs;
use super::reestimate::ReestimateArgs;
use super::sample::{MergeWebArgs, SampleArgs};
use super::specs::SpecsAction;
use crate::tool;

/// The arguments with `--flag_name` spelled `--flag-name`, so that every flag also works as the seed
/// study spells it. Values, and what follows a bare `--`, stay as they are.
pub fn kebab_case_flags(
    arguments: impl Iterator<Item = OsString>,
) -> impl Iterator<Item = OsString> {
    let mut flags_ended = false;
    arguments.map(move |argument| {
        flags_ended |= argument == "--";
        match argument.to_str() {
            Some(text) if !flags_ended && text.starts_with("--") => {
                let (flag, value) = match text.split_once('=') {
                    Some((flag, value)) => (flag, Some(value)),
                    None => (text, None),
                };
                let flag = flag.replace('_', "-");
                OsString::from(value.map_or(flag.clone(), |value| format!("{flag}={value}")))
            }
            _ => argument,
        }
    })
}

const EXAMPLES: &str = "Examples:
  See the whole thing work, without a model or a network:
    data-anatomy demo
  Estimate the mixture of a model, which writes the texts that this takes:
    data-anatomy labelshift --local-samples-dir samples --target-model ./my_model --run-name my_model
  Score it against a published mixture and write a page to pass on:
    data-anatomy evaluate --results-dir out/my_model --ground-truth olmo1b --output-dir report
";

const EXIT_CODES: &str = "Exit codes: 0 done; 1 done, but a gate you set failed (--fail-below); \
2 bad usage or bad input; 3 partly done (what failed is named)";

/// Estimates what a language model was trained on, says how sure it is, and scores estimates against
/// published mixtures.
#[derive(Debug, Parser)]
#[command(name = "data-anatomy", version = tool::version(), before_help = EXAMPLES, after_help = EXIT_CODES)]
#[command(propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer the main question at once: every kind of evidence on a model, one verdict, one mixture, one report.
    #[command(before_help = "Examples:
  data-anatomy audit --local-samples-dir samples --target-model EleutherAI/pythia-160m --run-name my_model
  data-anatomy audit --local-samples-dir samples --target-model ./my_model --nonmembers held_out \\
    --ground-truth pythia")]
    Audit(Box<AuditArgs>),
    /// Sample reference documents of each category from a corpus, uniformly and without duplicates.
    #[command(before_help = "Examples:
  data-anatomy sample --root SlimPajama-627B/train --n-per-category 5000 --out-dir data_samples
  data-anatomy sample --stack-root the-stack/data --categories python rust
  data-anatomy sample --root corpus --map Law='law/**/*.jsonl.gz' --map News='news/*.parquet'
  data-anatomy sample --root dolma --category-field source --window random --exclude benchmark")]
    Sample(SampleArgs),
    /// Join the sampled CommonCrawl and C4 as Web.
    #[command(before_help = "Example:
  data-anatomy merge-web --data-dir data_samples --total 5000")]
    MergeWeb(MergeWebArgs),
    /// Estimate the mixture from texts that the model writes, by a classifier and label-shift correction.
    #[command(before_help = "Examples:
  data-anatomy labelshift --local-samples-dir samples --target-model EleutherAI/pythia-160m \\
    --num-prompts 1000 --max-new-tokens 256 --output-dir out --run-name my_model
  data-anatomy labelshift --local-samples-dir samples --use-cached-generations texts.jsonl")]
    Labelshift(Box<LabelshiftArgs>),
    /// Estimate the mixture from what the model expects at the beginning of the next document: no text is written.
    #[command(before_help = "Examples:
  data-anatomy openings --local-samples-dir samples --target-model EleutherAI/pythia-160m \\
    --output-dir out --run-name my_model_openings
  data-anatomy openings --local-samples-dir samples --endpoint http://localhost:8000 --model my-model \\
    --tokenizer ./my_model --separator '<|endoftext|>'")]
    Openings(Box<OpeningsArgs>),
    /// Estimate a run of labelshift or openings again, with other choices: no model, no documents needed.
    #[command(before_help = "Examples:
  data-anatomy reestimate out/my_model --estimator pacc --merge CommonCrawl+C4=Web
  data-anatomy reestimate out/my_model --unknown --unit documents --output out/again/summary.json")]
    Reestimate(ReestimateArgs),
    /// Make texts with a language model, from its weights or by a server.
    #[command(before_help = "Examples:
  data-anatomy generate --target-model EleutherAI/pythia-160m --num-prompts 1000 --output texts.jsonl
  data-anatomy generate --target-model ./my_model --device cpu --half --max-new-tokens 256
  data-anatomy generate --endpoint http://localhost:8000 --model my_model --concurrency 16
  data-anatomy generate --target-model ./my_model --preset seed")]
    Generate(GenerateArgs),
    /// Compute what a language model says about every token of documents, once for all membership methods.
    #[command(before_help = "Example:
  data-anatomy score --target-model EleutherAI/pythia-160m --local-samples-dir samples \\
    --max-tokens 512 --output-dir scores")]
    Score(ScoreArgs),
    /// Estimate which share of each category the model was trained on, by Min-K%++.
    #[command(before_help = "Examples:
  data-anatomy minkpp --local-samples-dir samples --nonmembers held_out \\
    --target-model EleutherAI/pythia-2.8b --category-sizes sizes.json --run-name my_model
  data-anatomy minkpp --scores out/my_model/scores --mink-ratio 0.2 --run-name again")]
    Minkpp(MinkppArgs),
    /// Estimate which documents, and which share of each category, the model was trained on, by any of
    /// nine attacks.
    #[command(before_help = "Examples:
  data-anatomy membership --attack minkpp zlib recall --local-samples-dir samples \\
    --nonmembers held_out --target-model EleutherAI/pythia-2.8b --run-name my_model
  data-anatomy membership --attack all --scores out/my_model/scores --truth members.json")]
    Membership(MembershipArgs),
    /// Score one run or several against a published mixture.
    #[command(before_help = "Examples:
  data-anatomy evaluate --results-dir out/my_model --ground-truth olmo1b
  data-anatomy evaluate --compare out/a out/b --ground-truth bench/specs/llama1.yaml --json")]
    Evaluate(EvaluateArgs),
    /// Write one HTML file of runs and their ground truth, which opens offline and computes again.
    #[command(before_help = "Example:
  data-anatomy report out/a out/b --ground-truth olmo1b --output report.html")]
    Report(ReportArgs),
    /// List, show or check published mixtures.
    #[command(before_help = "Examples:
  data-anatomy specs list
  data-anatomy specs show olmo1b
  data-anatomy specs lint my_model.yaml")]
    Specs {
        /// What to do with them.
        #[command(subcommand)]
        action: SpecsAction,
    },
    /// List what this program can compute language models on, and why it cannot on more.
    #[command(before_help = "Example:
  data-anatomy devices --json")]
    Devices {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run the main job on documents and generations that this program carries, and write its page.
    #[command(before_help = "Example:
  data-anatomy demo --output-dir out/demo")]
    Demo(DemoArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flag_table_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn seed_spellings_are_flags_and_values_stay() {
        let typed = ["x", "--run_name", "a_b", "--n_boot=3", "--tag_x=a_b", "--", "--not_a_flag"];
        let flags: Vec<OsString> = kebab_case_flags(typed.iter().map(OsString::from)).collect();
        let expected =
            ["x", "--run-name", "a_b", "--n-boot=3", "--tag-x=a_b", "--", "--not_a_flag"];
        assert_eq!(flags, expected.map(OsString::from));
    }
}
