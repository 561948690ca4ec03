//! What a model is shown of a document.

use anyhow::Context as _;
use data_anatomy_corpus::documents::Document;
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::tokenizer::Tokenizer;
use serde_json::{Value, json};

use super::row::Row;

/// Of a longer text only so much is tokenised: more characters per token than any tokenizer merges.
const MAX_BYTES_PER_TOKEN: usize = 256;

/// A text that was changed may take so many times the tokens of the text as it is; what goes beyond is cut.
const ROOM: usize = 2;

/// Makes the rows of documents.
pub trait Variant: Sync {
    /// What makes this variant another than the text as it is, for the record; nothing for that text.
    fn description(&self) -> Option<Value>;

    /// So many rows are made of each document.
    fn rows_per_document(&self) -> u64 {
        1
    }

    /// The most tokens of a row.
    fn max_kept(&self) -> usize;

    /// The most tokens that the model is shown at a time.
    fn max_shown(&self) -> usize {
        self.max_kept()
    }

    /// The rows of the document.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of it.
    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>>;
}

/// The part of a text that is scored: its first tokens under the model that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Head<'model> {
    /// The tokenizer of the model that is looked at.
    pub tokenizer: &'model Tokenizer,
    /// So many tokens, special ones included.
    pub max_tokens: usize,
}

impl Head<'_> {
    /// The first tokens, and the text that they stand for.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of the text.
    pub fn of(self, text: &str) -> anyhow::Result<(Vec<TokenId>, &str)> {
        let tokens = tokens(self.tokenizer, text, self.max_tokens)?;
        Ok((tokens.0, &text[..tokens.1]))
    }

    /// The most tokens that are scored of a text made of the head, in this context.
    pub fn room(self, context: usize) -> usize {
        (ROOM * self.max_tokens).min(context)
    }
}

/// The first tokens of a text, and how many bytes of it they stand for.
fn tokens(
    tokenizer: &Tokenizer,
    text: &str,
    max_tokens: usize,
) -> anyhow::Result<(Vec<TokenId>, usize)> {
    let most = max_tokens.saturating_mul(MAX_BYTES_PER_TOKEN).min(text.len());
    let head = &text[..text.floor_char_boundary(most)];
    tokenizer.encode_head(head, max_tokens).context("tokenising the documents")
}

/// The row of a text that is shown from its beginning, to so many tokens.
pub(super) fn row_of(
    document: &Document,
    text: &str,
    tokenizer: &Tokenizer,
    max_tokens: usize,
) -> anyhow::Result<Row> {
    let (tokens, n_bytes) = tokens(tokenizer, text, max_tokens)?;
    Ok(Row::plain(document.id.clone(), document.category.clone(), tokens, &text[..n_bytes]))
}

/// The text as it is.
#[derive(Debug)]
pub struct Plain<'model>(pub Head<'model>);

impl Variant for Plain<'_> {
    fn description(&self) -> Option<Value> {
        None
    }

    fn max_kept(&self) -> usize {
        self.0.max_tokens
    }

    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>> {
        Ok(vec![row_of(document, &document.text, self.0.tokenizer, self.0.max_tokens)?])
    }
}

/// The part of the text that is scored, in lower case.
#[derive(Debug)]
pub struct Lowercase<'model> {
    /// That part.
    pub head: Head<'model>,
    /// The model's context.
    pub context: usize,
}

impl Variant for Lowercase<'_> {
    fn description(&self) -> Option<Value> {
        Some(json!({"name": "lowercase", "rule": "the scored text in lower case (Unicode)"}))
    }

    fn max_kept(&self) -> usize {
        self.head.room(self.context)
    }

    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>> {
        let (_, text) = self.head.of(&document.text)?;
        let text = text.to_lowercase();
        Ok(vec![row_of(document, &text, self.head.tokenizer, self.max_kept())?])
    }
}

/// The part of the text that is scored, shown to another model.
#[derive(Debug)]
pub struct ToReference<'model> {
    /// That part.
    pub head: Head<'model>,
    /// The other model's tokenizer.
    pub tokenizer: &'model Tokenizer,
    /// The other model's context.
    pub context: usize,
}

impl Variant for ToReference<'_> {
    fn description(&self) -> Option<Value> {
        Some(json!({
            "name": "reference",
            "rule": "the text that the target model scores, scored by the reference model",
            "cut_by": self.head.tokenizer.rules(),
        }))
    }

    fn max_kept(&self) -> usize {
        self.head.room(self.context)
    }

    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>> {
        let (_, text) = self.head.of(&document.text)?;
        Ok(vec![row_of(document, text, self.tokenizer, self.max_kept())?])
    }
}
