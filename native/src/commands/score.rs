//! `score`: what a model says about every token of documents.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use crate::args::ScoreArgs;
use crate::corpus::documents::{Document, Documents};
use crate::exit::Outcome;
use crate::lm::engine::{Engine, TokenId};
use crate::lm::memory::Work;
use crate::lm::model::Model;
use crate::lm::rate::Rate;
use crate::lm::score;
use crate::lm::scores::{DocumentScores, ScoreWriter};
use crate::progress::Progress;

/// Tokens of a batch on a processor: intermediate results stay near its caches.
const CPU_BATCH_TOKENS: usize = 2048;
/// Tokens of a batch on a GPU, which wants much to do at a time.
const GPU_BATCH_TOKENS: usize = 1 << 14;
/// Of a longer text only so much is tokenised: more characters per token than any tokenizer merges.
const MAX_BYTES_PER_TOKEN: usize = 256;

pub(super) fn run(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    let progress = Progress::new(args.quiet);
    let documents = Documents::open(&args.local_samples_dir, args.merge_web)?;
    ensure!(
        documents.n_documents() > 0,
        "{}: no documents are there; expected CATEGORY.jsonl files",
        args.local_samples_dir.display()
    );
    let model = Model::open(args.model.choice()?, &progress)?;
    let context = model.blueprint.context;
    let max_tokens = if args.max_tokens == 0 { context } else { args.max_tokens.min(context) };
    let mut config = model.description();
    config.insert("max_tokens".to_owned(), max_tokens.into());
    config.insert("rule".to_owned(), json!("the first max_tokens tokens of each document"));
    let sections = Map::from_iter([
        ("config".to_owned(), Value::Object(config)),
        ("tokenizer".to_owned(), json!(model.tokenizer.rules())),
        ("inputs".to_owned(), json!(documents.inputs())),
    ]);
    let n_documents = documents.n_documents();
    let mut writer =
        ScoreWriter::open(&args.output_dir, sections, n_documents, max_tokens as u64, args.force)?;
    for damage in writer.damaged() {
        progress.say(&format!("made again: {damage}"));
    }
    if !writer.missing().is_empty() {
        let batch_tokens = args.batch_tokens.unwrap_or(if model.is_on_cpu() {
            CPU_BATCH_TOKENS
        } else {
            GPU_BATCH_TOKENS
        });
        let limits = Limits { max_tokens, batch_tokens: batch_tokens.max(1) };
        score_missing(&model, &documents, limits, &mut writer, &progress)?;
    }
    finish(writer, &args.output_dir, &progress)
}

/// How much is scored of a document, and at a time.
#[derive(Clone, Copy)]
struct Limits {
    max_tokens: usize,
    batch_tokens: usize,
}

fn score_missing(
    model: &Model,
    documents: &Documents,
    limits: Limits,
    writer: &mut ScoreWriter,
    progress: &Progress,
) -> anyhow::Result<()> {
    let Limits { max_tokens, batch_tokens } = limits;
    let mut engine = model.load(Work::Score { batch_tokens, longest: max_tokens }, progress)?;
    let n_before = usize::try_from(writer.so_far().0)?;
    let n_all = usize::try_from(documents.n_documents())?;
    let rate = Rate::start(progress, "score", "documents", n_before, n_all);
    let mut missing = writer.missing().into_iter().peekable();
    let mut part: Vec<(u64, Document)> = Vec::new();
    documents.for_each(|number, document| {
        while missing.next_if(|range| range.end <= number).is_some() {}
        let Some(range) = missing.peek().filter(|range| range.contains(&number)) else {
            return Ok(());
        };
        let is_last = number + 1 == range.end;
        part.push((number, document));
        if is_last {
            score_part(model, engine.as_mut(), limits, &part, writer, &rate)?;
            part.clear();
        }
        Ok(())
    })?;
    if let Some(share) = model.share_of_peak(rate.finish().tokens_per_second()) {
        progress.say(&share);
    }
    Ok(())
}

/// Scores the documents of one part of the folder, which is written then.
fn score_part(
    model: &Model,
    engine: &mut dyn Engine,
    limits: Limits,
    part: &[(u64, Document)],
    writer: &mut ScoreWriter,
    rate: &Rate<'_>,
) -> anyhow::Result<()> {
    let heads: Vec<&str> = part
        .iter()
        .map(|(_, document)| head(&document.text, limits.max_tokens * MAX_BYTES_PER_TOKEN))
        .collect();
    let tokens = model.tokenizer.encode_batch(&heads).context("tokenising the documents")?;
    score::score(
        engine,
        &tokens,
        limits.max_tokens,
        limits.batch_tokens,
        |index, tokens: &[TokenId], statistics| {
            let (number, document) = &part[index];
            let token_ids = tokens.iter().map(|&id| i32::try_from(id)).collect::<Result<_, _>>()?;
            writer.add(
                *number,
                DocumentScores {
                    doc_id: document.id.clone(),
                    category: document.category.clone(),
                    token_ids,
                    log_prob: statistics.log_prob,
                    mean: statistics.mean,
                    variance: statistics.variance,
                },
            )?;
            rate.add(1, tokens.len() as u64);
            Ok(())
        },
    )
}

/// The beginning of the text, cut between characters.
fn head(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes.min(text.len()))]
}

fn finish(writer: ScoreWriter, output_dir: &Path, progress: &Progress) -> anyhow::Result<Outcome> {
    let tally = writer.finish()?;
    let (n_documents, n_tokens) = (tally.n_documents, tally.n_tokens);
    progress.say(&format!("{}: {n_documents} documents, {n_tokens} tokens", output_dir.display()));
    Ok(if tally.missing.is_empty() { Outcome::Done } else { Outcome::PartlyDone })
}
