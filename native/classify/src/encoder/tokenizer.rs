//! Texts to token numbers, by an encoder's own tokenizer.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};
use data_anatomy_lm::json_file;
use data_anatomy_lm::tokenizer::parse;
use rayon::prelude::*;
use serde::Deserialize;

use super::wordpiece;

/// An encoder's tokenizer.
#[derive(Debug, Clone)]
pub(super) struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// What stands before every text, such as `[CLS]`.
    prefix: Vec<u32>,
    /// What stands behind every text, such as `[SEP]`.
    suffix: Vec<u32>,
}

/// What matters here of a `tokenizer_config.json`.
#[derive(Debug, Deserialize)]
struct TokenizerConfig {
    do_lower_case: Option<bool>,
}

/// Bytes of a text per token that are looked at first; more where that makes too few tokens.
const BYTES_PER_TOKEN: usize = 16;

impl Tokenizer {
    /// The tokenizer in `folder`: `tokenizer.json`, or a WordPiece one made of BERT's `vocab.txt`.
    ///
    /// # Errors
    /// If neither is there, or it is malformed.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("tokenizer.json");
        if path.exists() {
            let bytes = json_file::read_bytes(&path)?;
            return Self::parse(&bytes).with_context(|| path.display().to_string());
        }
        let path = folder.join("vocab.txt");
        if !path.exists() {
            bail!("{}: there is neither tokenizer.json nor vocab.txt", folder.display());
        }
        let text = String::from_utf8(json_file::read_bytes(&path)?)
            .with_context(|| format!("{}: not UTF-8", path.display()))?;
        let config: Option<TokenizerConfig> =
            json_file::read_if_there(&folder.join("tokenizer_config.json"))?;
        let lowercase = config.and_then(|config| config.do_lower_case).unwrap_or(true);
        let vocabulary = text.lines().map(str::to_owned).zip(0..).collect();
        Self::of_wordpiece(&vocabulary, lowercase).with_context(|| path.display().to_string())
    }

    /// A WordPiece tokenizer as BERT's, learnt from these texts, with so many tokens at most.
    ///
    /// # Errors
    /// If the texts hold no words.
    pub(super) fn learn(texts: &[&str], n_vocab: usize) -> anyhow::Result<Self> {
        Self::of_wordpiece(&wordpiece::learn(texts, n_vocab)?, true)
    }

    fn of_wordpiece(vocabulary: &wordpiece::Vocabulary, lowercase: bool) -> anyhow::Result<Self> {
        let json = wordpiece::tokenizer(vocabulary, lowercase)?
            .to_string(false)
            .map_err(|error| anyhow!("{error}"))?;
        Self::parse(json.as_bytes())
    }

    fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let (inner, (prefix, suffix)) = parse(bytes)?;
        Ok(Self { inner, prefix, suffix })
    }

    /// The bytes of its `tokenizer.json`.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub(super) fn to_json(&self) -> anyhow::Result<Vec<u8>> {
        let json = self.inner.to_string(true).map_err(|error| anyhow!("tokenizer: {error}"))?;
        Ok(json.into_bytes())
    }

    /// One more than the largest number of a token.
    pub(super) fn n_ids(&self) -> usize {
        self.inner.get_vocab(true).values().max().map_or(0, |&largest| largest as usize + 1)
    }

    /// Whether it is WordPiece in lower case, as the files beside it must say.
    pub(super) fn lowercases(&self) -> bool {
        self.encode("Aa", usize::MAX).ok() == self.encode("aa", usize::MAX).ok()
    }

    /// The numbers of a text's first tokens, at most `max_tokens` with what stands before and behind.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of the text.
    pub(super) fn encode(&self, text: &str, max_tokens: usize) -> anyhow::Result<Vec<u32>> {
        let n_around = self.prefix.len() + self.suffix.len();
        ensure!(
            max_tokens > n_around,
            "at least {} tokens are needed, found {max_tokens}",
            n_around + 1
        );
        let n_own = max_tokens - n_around;
        let own = self.first_tokens(text, n_own)?;
        Ok([&self.prefix, &own[..own.len().min(n_own)], &self.suffix].concat())
    }

    /// The numbers of each text's first tokens, several at a time.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub(super) fn encode_all(
        &self,
        texts: &[&str],
        max_tokens: usize,
    ) -> anyhow::Result<Vec<Vec<u32>>> {
        texts.par_iter().map(|text| self.encode(text, max_tokens)).collect()
    }

    /// The first tokens of a text, `n_tokens` of them or more where it has them.
    ///
    /// Words are cut one by one, so that a text may be cut off at white space without changing the
    /// tokens before it: a long document need not be read to its end.
    fn first_tokens(&self, text: &str, n_tokens: usize) -> anyhow::Result<Vec<u32>> {
        let mut n_bytes = n_tokens.saturating_mul(BYTES_PER_TOKEN);
        loop {
            let head = cut_at_white_space(text, n_bytes);
            let encoding = self
                .inner
                .encode_fast(head, false)
                .map_err(|error| anyhow!("the tokenizer has no tokens for a text: {error}"))?;
            if encoding.get_ids().len() >= n_tokens || head.len() == text.len() {
                return Ok(encoding.get_ids().to_vec());
            }
            n_bytes = n_bytes.saturating_mul(4);
        }
    }
}

/// The text up to the first white space at or behind this byte.
fn cut_at_white_space(text: &str, n_bytes: usize) -> &str {
    if n_bytes >= text.len() {
        return text;
    }
    let start = text.ceil_char_boundary(n_bytes);
    match text[start..].find(char::is_whitespace) {
        Some(length) => &text[..start + length],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] =
        ["The whale swims in the sea.", "Whales, seas and sails", "the sea is the sea"];

    #[test]
    fn learnt_tokenizers_are_the_same_and_survive_their_file() {
        let tokenizer = Tokenizer::learn(&TEXTS, 60).unwrap();
        let json = tokenizer.to_json().unwrap();
        assert_eq!(json, Tokenizer::learn(&TEXTS, 60).unwrap().to_json().unwrap());
        assert!(tokenizer.n_ids() <= 60);
        assert!(tokenizer.lowercases());
        let again = Tokenizer::parse(&json).unwrap();
        for text in TEXTS {
            assert_eq!(tokenizer.encode(text, 64).unwrap(), again.encode(text, 64).unwrap());
        }
    }

    #[test]
    fn a_long_text_is_cut_to_its_first_tokens() {
        let tokenizer = Tokenizer::learn(&TEXTS, 60).unwrap();
        let long = TEXTS.join(" ").repeat(50);
        let all = tokenizer.encode(&long, usize::MAX).unwrap();
        let [cls, .., sep] = all[..] else { panic!("{all:?}") };
        let found = tokenizer.encode(&long, 12).unwrap();
        assert_eq!(found.len(), 12);
        assert_eq!(found[..11], all[..11]);
        assert_eq!([found[0], found[11]], [cls, sep]);
        let blank = format!("{}sea", " ".repeat(10_000));
        assert_eq!(tokenizer.encode(&blank, 12).unwrap(), tokenizer.encode("sea", 12).unwrap());
        assert_eq!(tokenizer.encode("", 12).unwrap(), [cls, sep]);
    }

    #[test]
    fn a_vocabulary_of_bert_is_a_tokenizer() {
        let folder = tempfile::tempdir().unwrap();
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nsea\n##s\n";
        std::fs::write(folder.path().join("vocab.txt"), vocabulary).unwrap();
        let tokenizer = Tokenizer::open(folder.path()).unwrap();
        assert_eq!(tokenizer.encode("Seas lake", 16).unwrap(), [2, 5, 6, 1, 3]);
    }
}
