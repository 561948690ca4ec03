//! Texts to token ids and back, by the model's own `tokenizer.json`.

mod rules;
mod special_tokens;

use std::panic;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};
use rayon::prelude::*;

pub use rules::{NamedToken, Rules};
use serde::de::IgnoredAny;
use special_tokens::SpecialTokens;

use super::json_file;

/// A model's tokenizer and its rules for where documents begin and end.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    special: SpecialTokens,
    /// What stands before every document.
    prefix: Vec<u32>,
    /// What stands behind every document.
    suffix: Vec<u32>,
}

/// The files from which `tokenizer.json` can be made.
const CONVERTIBLE: [&str; 4] = ["tokenizer.model", "vocab.json", "spiece.model", "merges.txt"];

/// A text to see by what is put around any text.
const PROBE: &str = "a";

impl Tokenizer {
    /// The tokenizer in `folder`: `tokenizer.json`, and beside it, where they are there, the files
    /// that name its special tokens.
    ///
    /// # Errors
    /// If one of them cannot be read or is not what its name says, or `tokenizer.json` is missing.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("tokenizer.json");
        if path.symlink_metadata().is_err() {
            bail!("{}", missing(folder));
        }
        let (inner, (prefix, suffix)) = json_file::read_bytes(&path)
            .and_then(|bytes| parse(&bytes).with_context(|| path.display().to_string()))?;
        let special = SpecialTokens::read(folder, &inner)?;
        let prefix = with_marker(prefix, special.adds_bos(), special.bos(), Edge::Start);
        let suffix = with_marker(suffix, special.adds_eos(), special.eos(), Edge::End);
        Ok(Self { inner, special, prefix, suffix })
    }

    /// The ids of a document: what [`Tokenizer::rules`] puts before it, its own, what is put behind.
    /// A special token that the text itself spells out becomes that token, as everywhere.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of the text.
    pub fn encode(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        let mut ids = self.encode_open(text)?;
        ids.extend_from_slice(&self.suffix);
        Ok(ids)
    }

    /// The ids of a document's first `limit` tokens, and how many bytes of the text they stand for: all of
    /// it where the document has no more tokens.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_head(&self, text: &str, limit: usize) -> anyhow::Result<(Vec<u32>, usize)> {
        let encoding = self.inner.encode(text, false).map_err(|error| no_tokens(&error))?;
        let own = encoding.get_ids();
        let mut ids = [self.prefix.as_slice(), own, self.suffix.as_slice()].concat();
        if ids.len() <= limit {
            return Ok((ids, text.len()));
        }
        ids.truncate(limit);
        let n_own = limit.saturating_sub(self.prefix.len()).min(own.len());
        let ends = encoding.get_offsets()[..n_own].iter().map(|&(_, end)| end);
        let end = if n_own == own.len() { text.len() } else { ends.max().unwrap_or(0) };
        Ok((ids, text.floor_char_boundary(end.min(text.len()))))
    }

    /// The ids of a text alone, with nothing before and nothing behind.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_bare(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        Ok(self
            .inner
            .encode_fast(text, false)
            .map_err(|error| no_tokens(&error))?
            .get_ids()
            .to_vec())
    }

    /// How many tokens stand around every document, before it and behind.
    pub fn n_around(&self) -> usize {
        self.prefix.len() + self.suffix.len()
    }

    /// What stands before every document.
    pub fn before_document(&self) -> &[u32] {
        &self.prefix
    }

    /// The ids of a document that goes on after `text`, such as a prompt: nothing is put behind.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of the text.
    pub fn encode_open(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        Ok([self.prefix.as_slice(), &self.encode_bare(text)?].concat())
    }

    /// The ids of each document, several at a time.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_batch<Text: AsRef<str> + Sync>(
        &self,
        texts: &[Text],
    ) -> anyhow::Result<Vec<Vec<u32>>> {
        texts.par_iter().map(|text| self.encode(text.as_ref())).collect()
    }

    /// The text of these ids, special tokens left out; ids that the tokenizer does not know are left
    /// out too.
    ///
    /// # Errors
    /// If the tokenizer's own rules for putting tokens together fail.
    pub fn decode(&self, ids: &[u32]) -> anyhow::Result<String> {
        self.inner
            .decode(ids, true)
            .map_err(|error| anyhow!("the tokenizer cannot put tokens together: {error}"))
    }

    /// The token that begins a document, if the tokenizer or the model defines one.
    pub fn bos(&self) -> Option<u32> {
        self.special.bos()
    }

    /// The token that ends a document, if the tokenizer or the model defines one.
    pub fn eos(&self) -> Option<u32> {
        self.special.eos()
    }

    /// The tokens at which generation ends: those that the model's files list, else
    /// [`Tokenizer::eos`].
    pub fn stops(&self) -> &[u32] {
        self.special.stops()
    }

    /// The token from which a document is generated: BOS, else what separates documents.
    pub fn separator(&self) -> Option<u32> {
        self.bos().or(self.eos())
    }

    /// One more than the largest id.
    pub fn n_ids(&self) -> usize {
        self.inner.get_vocab(true).values().max().map_or(0, |&largest| largest as usize + 1)
    }

    /// The id of a token, by the text that the vocabulary has for it; none where it has no such token.
    pub fn id_of(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// What a token alone stands for, as a reader sees it: its text, or where that is nothing (special tokens, parts of a
    /// character) the vocabulary's name for it.
    pub fn shown(&self, id: u32) -> String {
        let text = self.inner.decode(&[id], false).unwrap_or_default();
        if !text.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER) {
            return text;
        }
        self.inner.id_to_token(id).unwrap_or_else(|| format!("#{id}"))
    }

    /// What is put around documents, where generation begins and ends, for the record.
    pub fn rules(&self) -> Rules {
        let named = |&id: &u32| NamedToken { id, token: self.inner.id_to_token(id) };
        Rules {
            before_document: self.prefix.iter().map(named).collect(),
            after_document: self.suffix.iter().map(named).collect(),
            generation_begins_with: self.separator().as_ref().map(named),
            generation_ends_at: self.stops().iter().map(named).collect(),
        }
    }
}

fn no_tokens(error: &tokenizers::Error) -> anyhow::Error {
    anyhow!("the tokenizer has no tokens for a text: {error}")
}

/// What is wrong with a folder without `tokenizer.json`, and what to do.
fn missing(folder: &Path) -> String {
    let shown = folder.display();
    let others: Vec<&str> =
        CONVERTIBLE.into_iter().filter(|name| folder.join(name).exists()).collect();
    if others.is_empty() {
        return format!(
            "{shown}: there is no tokenizer.json; copy the model's own beside its weights"
        );
    }
    format!(
        "{shown}: there is no tokenizer.json, but {}; convert it once by transformers: \
         AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)",
        others.join(" and ")
    )
}

/// The ids that stand before every text, and those that stand behind it.
pub type Surroundings = (Vec<u32>, Vec<u32>);

/// The tokenizer that the bytes of a `tokenizer.json` describe, and what its post-processor adds to texts.
///
/// This is the part of [`Tokenizer::open`] that any model needs. Encoders are read by it too: what begins and ends
/// documents does not concern them.
///
/// # Errors
/// If the bytes are no JSON or no tokenizer, or it changes texts instead of adding to them.
pub fn parse(bytes: &[u8]) -> anyhow::Result<(tokenizers::Tokenizer, Surroundings)> {
    // Told apart first, since it says where a damaged file breaks off.
    serde_json::from_slice::<IgnoredAny>(bytes).context("no JSON")?;
    let parsed = panic::catch_unwind(|| {
        let mut tokenizer = tokenizers::Tokenizer::from_bytes(bytes)
            .map_err(|error| anyhow!("no tokenizer: {error}"))?;
        // A file may carry the lengths of some training; documents are neither cut nor filled up.
        tokenizer.with_truncation(None).map_err(|error| anyhow!(error))?.with_padding(None);
        let surroundings = surroundings(&tokenizer)?;
        Ok((tokenizer, surroundings))
    });
    // The library takes some contradictions for impossible.
    parsed.unwrap_or_else(|_| bail!("no tokenizer: its parts do not go together"))
}

/// What the post-processor of `tokenizer.json` puts before and behind every text.
fn surroundings(tokenizer: &tokenizers::Tokenizer) -> anyhow::Result<Surroundings> {
    let ids = |with_special_tokens| {
        tokenizer
            .encode_fast(PROBE, with_special_tokens)
            .map(|encoding| encoding.get_ids().to_vec())
            .map_err(|error| anyhow!("it cannot encode `{PROBE}`: {error}"))
    };
    let (plain, whole) = (ids(false)?, ids(true)?);
    ensure!(!plain.is_empty(), "it has no token for `{PROBE}`");
    let start = whole.windows(plain.len()).position(|window| window == plain);
    let start = start.context("its post-processor changes texts instead of adding to them")?;
    Ok((whole[..start].to_vec(), whole[start + plain.len()..].to_vec()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Start,
    End,
}

/// What stands at an edge of every document once the configuration has been heard: `wanted` says
/// whether the marker is to be there, if it says anything; it is there once at most.
fn with_marker(
    mut ids: Vec<u32>,
    wanted: Option<bool>,
    marker: Option<u32>,
    edge: Edge,
) -> Vec<u32> {
    let (Some(wanted), Some(marker)) = (wanted, marker) else { return ids };
    if !wanted {
        ids.retain(|&id| id != marker);
    } else if !ids.contains(&marker) {
        ids.insert(if edge == Edge::Start { 0 } else { ids.len() }, marker);
    }
    ids
}

#[cfg(test)]
mod tests;
