//! Texts that a model wrote, from a file with one `{"text": …}` per line.

use std::collections::BTreeSet;
use std::path::Path;

use data_anatomy_core::messages::input_error::{InputError, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fingerprint::fingerprint;
use super::jsonl;
use super::text_lengths::TextLengths;

/// One text that a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Its own id, else the number of its line, from 1.
    pub id: String,
    /// The prompt it was made from, where known: `prompt_id`, else the text of `prompt`. Texts from
    /// an empty prompt are independent draws, so that it counts as none.
    pub prompt_id: Option<String>,
    /// The text.
    pub text: String,
}

/// The texts of a file, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generations {
    /// The texts.
    pub texts: Vec<Generation>,
    /// What was read, for the record.
    pub input: GenerationsInput,
}

/// What the file gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenerationsInput {
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Texts in the file.
    pub n_read: usize,
    /// Texts left out since they are empty.
    pub n_empty: usize,
    /// Texts left out since fewer were wanted.
    pub n_over_limit: usize,
    /// Texts used.
    pub n_used: usize,
    /// Texts used that are equal to an earlier one, but for white space and case.
    pub n_duplicates: usize,
    /// Texts used whose prompt is not known; each counts as a prompt of its own.
    pub n_without_prompt: usize,
    /// Distinct known prompts; none where no prompt is known.
    pub n_prompts: Option<usize>,
    /// How long the texts used are.
    pub n_characters: TextLengths,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    id: Option<Value>,
    prompt_id: Option<Value>,
    prompt: Option<String>,
}

/// The first `limit` texts of the file that are not empty (all of them for 0).
///
/// # Errors
/// If the file is malformed, or holds no text.
pub fn read(path: &Path, limit: usize) -> Result<Generations, InputError> {
    let mut texts = Vec::new();
    let (mut n_read, mut n_empty, mut n_over_limit) = (0, 0, 0);
    let sha256 = jsonl::for_each(path, |line: Line, number| {
        n_read += 1;
        if line.text.trim().is_empty() {
            n_empty += 1;
        } else if limit > 0 && texts.len() == limit {
            n_over_limit += 1;
        } else {
            texts.push(Generation {
                id: line.id.as_ref().map_or_else(|| number.to_string(), plain),
                prompt_id: line
                    .prompt_id
                    .as_ref()
                    .map(plain)
                    .or(line.prompt.filter(|prompt| !prompt.is_empty())),
                text: line.text,
            });
        }
        Ok(())
    })?;
    if texts.is_empty() {
        let expected = "at least one text that is not empty".to_owned();
        let problem = Problem::MissingField { expected };
        return Err(InputError::new(path.display().to_string(), "", problem));
    }
    let input = GenerationsInput {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256,
        n_read,
        n_empty,
        n_over_limit,
        n_used: texts.len(),
        n_duplicates: count_duplicates(&texts),
        n_without_prompt: texts.iter().filter(|text| text.prompt_id.is_none()).count(),
        n_prompts: count_prompts(&texts),
        n_characters: TextLengths::of(texts.iter().map(|text| text.text.as_str())),
    };
    Ok(Generations { texts, input })
}

fn count_prompts(texts: &[Generation]) -> Option<usize> {
    let prompts: BTreeSet<&String> =
        texts.iter().filter_map(|text| text.prompt_id.as_ref()).collect();
    (!prompts.is_empty()).then_some(prompts.len())
}

fn count_duplicates(texts: &[Generation]) -> usize {
    let distinct: BTreeSet<u64> = texts.iter().map(|text| fingerprint(&text.text)).collect();
    texts.len() - distinct.len()
}

/// An id as text, whether it was written as a string or as a number.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
