//! How often each token of a model occurs in a corpus, counted once and stored.

use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::membership::token_frequencies::TokenCounts;
use data_anatomy_corpus::documents::{Document, Documents};
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::description::Description;
use data_anatomy_lm::model::Model;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::variant::Head;

/// Documents that are tokenised at a time.
const DOCUMENTS_AT_A_TIME: usize = 1024;

/// Counts under this name in the file.
const COUNTS: &str = "token_counts";

/// The counts in the file, made now if there is no such file: of all tokens of the corpus, to
/// `max_tokens` of each document, as the model's tokenizer makes them.
///
/// # Errors
/// If the file is of another corpus or tokenizer and `force` is not given, or something cannot be read or
/// written.
pub fn made(
    path: &Path,
    model: &Model,
    corpus: &Documents,
    max_tokens: usize,
    force: bool,
    progress: &Progress,
) -> anyhow::Result<TokenCounts> {
    let sections = Map::from_iter([
        ("config".to_owned(), json!({"max_tokens": max_tokens})),
        ("tokenizer".to_owned(), json!(model.tokenizer.rules())),
        ("inputs".to_owned(), json!(corpus.inputs())),
    ]);
    if path.exists() {
        let same = same_run(path, &sections);
        if same.is_ok() || !force {
            return same;
        }
    }
    let head = Head { tokenizer: &model.tokenizer, max_tokens };
    let counts = count(head, model.blueprint.n_vocab, corpus, progress)?;
    let mut description = Description::new(sections);
    description.sections.insert(COUNTS.to_owned(), json!(counts.counts()));
    description.complete = true;
    description.write(path)?;
    Ok(counts)
}

/// The counts in the file, if they are those of this run.
fn same_run(path: &Path, sections: &Map<String, Value>) -> anyhow::Result<TokenCounts> {
    let (mut stored, counts) = parts(path)?;
    stored.sections.remove(COUNTS);
    stored.ensure_same_run(sections, path, "another --scores folder")?;
    Ok(counts)
}

/// The counts in a file that was made before.
///
/// # Errors
/// If it cannot be read, or is no such file.
pub fn read(path: &Path) -> anyhow::Result<TokenCounts> {
    Ok(parts(path)?.1)
}

fn parts(path: &Path) -> anyhow::Result<(Description, TokenCounts)> {
    let malformed = || {
        format!("{}: expected token counts; remove it, and they are counted again", path.display())
    };
    let description = Description::read(path)?.with_context(malformed)?;
    let counts = description.sections.get(COUNTS).and_then(Value::as_array);
    let counts: Option<Vec<u64>> =
        counts.with_context(malformed)?.iter().map(Value::as_u64).collect();
    Ok((description, TokenCounts::of(counts.with_context(malformed)?)))
}

fn count(
    head: Head<'_>,
    vocabulary_size: usize,
    corpus: &Documents,
    progress: &Progress,
) -> anyhow::Result<TokenCounts> {
    let n_documents = usize::try_from(corpus.n_documents())?;
    let mut counts = TokenCounts::new(vocabulary_size);
    let mut waiting: Vec<Document> = Vec::new();
    corpus.for_each(|number, document| {
        waiting.push(document);
        let done = usize::try_from(number)? + 1;
        if waiting.len() < DOCUMENTS_AT_A_TIME && done < n_documents {
            return Ok(());
        }
        let tokens: Vec<Vec<i32>> = waiting
            .par_iter()
            .map(|document| {
                let tokens = head.of(&document.text)?.0;
                Ok(tokens.into_iter().map(i32::try_from).collect::<Result<_, _>>()?)
            })
            .collect::<anyhow::Result<_>>()?;
        for tokens in tokens {
            counts.add(&tokens)?;
        }
        waiting.clear();
        progress.at("count tokens of the reference corpus", done, Some(n_documents));
        Ok(())
    })?;
    Ok(counts)
}
