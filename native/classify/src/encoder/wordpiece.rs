//! A WordPiece tokenizer in BERT's manner, from a vocabulary or learnt from texts.

use std::collections::{BTreeMap, HashSet};

use anyhow::{anyhow, ensure};
use serde_json::json;
use tokenizers::models::wordpiece::{WordPiece, WordPieceTrainer};
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::tokenizer::{
    NormalizedString, Normalizer as _, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer as _, Trainer as _,
};
use tokenizers::{AddedToken, decoders};

/// Tokens with their numbers.
pub(super) type Vocabulary = BTreeMap<String, u32>;

const PAD: &str = "[PAD]";
const UNKNOWN: &str = "[UNK]";
const CLASS: &str = "[CLS]";
const SEPARATOR: &str = "[SEP]";
/// BERT's special tokens, in the order of their numbers.
const SPECIAL: [&str; 5] = [PAD, UNKNOWN, CLASS, SEPARATOR, "[MASK]"];
/// What tokens within words begin with.
const CONTINUING: &str = "##";

/// Most characters that get tokens of their own; the rarer ones are unknown.
const MAX_ALPHABET: usize = 1000;
/// A token that occurs less often in the texts is not learnt.
const MIN_FREQUENCY: u64 = 2;

/// The tokenizer with this vocabulary.
///
/// # Errors
/// If the vocabulary lacks a special token.
pub(super) fn tokenizer(
    vocabulary: &Vocabulary,
    lowercase: bool,
) -> anyhow::Result<tokenizers::Tokenizer> {
    let number = |token: &str| {
        let number = vocabulary.get(token).copied();
        number.ok_or_else(|| anyhow!("the vocabulary has no {token}"))
    };
    let separator = (SEPARATOR.to_owned(), number(SEPARATOR)?);
    let class = (CLASS.to_owned(), number(CLASS)?);
    number(UNKNOWN)?;
    let special: Vec<AddedToken> = SPECIAL
        .into_iter()
        .filter(|&token| vocabulary.contains_key(token))
        .map(|token| AddedToken::from(token, true))
        .collect();
    // The builder asks for a map of a crate of its own; the form in files does not.
    let model = json!({
        "type": "WordPiece",
        "unk_token": UNKNOWN,
        "continuing_subword_prefix": CONTINUING,
        "max_input_chars_per_word": 100,
        "vocab": vocabulary,
    });
    let model: WordPiece = serde_json::from_str(&model.to_string())?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    tokenizer
        .with_normalizer(Some(normalizer(lowercase)))
        .map_err(|error| anyhow!("{error}"))?
        .with_pre_tokenizer(Some(BertPreTokenizer))
        .with_post_processor(Some(BertProcessing::new(separator, class)))
        .with_decoder(Some(decoders::wordpiece::WordPiece::default()));
    tokenizer.add_special_tokens(special).map_err(|error| anyhow!("{error}"))?;
    Ok(tokenizer)
}

fn normalizer(lowercase: bool) -> BertNormalizer {
    BertNormalizer::new(true, true, None, lowercase)
}

/// A vocabulary of at most `n_vocab` tokens for these texts, in lower case.
///
/// The trainer numbers tokens within words in the order in which it happens to meet them, and breaks ties
/// by number. It is told them beforehand, in order, so that the same texts give the same vocabulary.
///
/// # Errors
/// If the texts hold no words, or `n_vocab` has no room for single characters.
pub(super) fn learn(texts: &[&str], n_vocab: usize) -> anyhow::Result<Vocabulary> {
    let alphabet = alphabet(texts);
    ensure!(
        !alphabet.is_empty(),
        "no tokenizer can be learnt: the training documents hold no words"
    );
    let n_least = SPECIAL.len() + 2 * alphabet.len();
    ensure!(
        n_vocab > n_least,
        "--hf-vocab-size: expected more than {n_least}, the characters of the training documents \
         within and outside of words; found {n_vocab}"
    );
    let mut characters: Vec<char> = alphabet.iter().copied().collect();
    characters.sort_unstable();
    let within = characters.iter().map(|character| format!("{CONTINUING}{character}"));
    let known = SPECIAL.into_iter().map(str::to_owned).chain(within);
    let mut trainer = WordPieceTrainer::builder()
        .vocab_size(n_vocab)
        .min_frequency(MIN_FREQUENCY)
        .special_tokens(known.map(|token| AddedToken::from(token, true)).collect())
        .limit_alphabet(alphabet.len())
        .initial_alphabet(alphabet)
        .show_progress(false)
        .build();
    let mut model = WordPiece::default();
    trainer
        .feed(texts.iter(), words)
        .and_then(|()| trainer.train(&mut model))
        .map_err(|error| anyhow!("no tokenizer can be learnt: {error}"))?;
    Ok(tokenizers::Model::get_vocab(&model).into_iter().collect())
}

/// The words of a text as the tokenizer will see them.
fn words(text: &str) -> tokenizers::Result<Vec<String>> {
    let mut normalized = NormalizedString::from(text);
    normalizer(true).normalize(&mut normalized)?;
    let mut pieces = PreTokenizedString::from(normalized);
    BertPreTokenizer.pre_tokenize(&mut pieces)?;
    let words = pieces.get_splits(OffsetReferential::Original, OffsetType::Byte);
    Ok(words.into_iter().map(|(word, _, _)| word.to_owned()).collect())
}

/// The most frequent characters of the texts' words; of equally frequent ones the first.
fn alphabet(texts: &[&str]) -> HashSet<char> {
    let mut counts: BTreeMap<char, u64> = BTreeMap::new();
    for text in texts {
        for word in words(text).unwrap_or_default() {
            for character in word.chars() {
                *counts.entry(character).or_default() += 1;
            }
        }
    }
    let mut characters: Vec<(u64, char)> =
        counts.into_iter().map(|(character, count)| (count, character)).collect();
    characters.sort_by_key(|&(count, character)| (std::cmp::Reverse(count), character));
    characters.into_iter().take(MAX_ALPHABET).map(|(_, character)| character).collect()
}
