//! Reference documents cut as the texts that are judged were: a classifier is surer of a long text than of a
//! short one, and its errors are only those that it makes on the texts if both are alike.
//!
//! A text that its author ended is a whole document, and its length tells of its category; so no document is cut
//! to it. Only a limit cuts: documents that are longer than a limit end there, the others stay whole.

use data_anatomy_core::messages::printable::head;
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::generations::Generation;
use data_anatomy_corpus::sample::window::{Window, WindowKind};
use data_anatomy_lm::tokenizer::Tokenizer;
use rayon::prelude::*;

use super::endings::Endings;
use super::limits::Limits;
use super::measure::Measure;

/// Limits are drawn from streams of a seed of their own: the bits of "length" in ASCII.
const SEED_OF_LENGTHS: u64 = 0x6c65_6e67_7468;

/// What seeds of classifiers lie apart: odd, so that no two are the same (the golden ratio in 64 bits).
const SEED_OF_ROUNDS: u64 = 0x9e37_79b9_7f4a_7c15;

/// Documents longer than so many characters for each token of the limit are cut before their tokens are counted.
const MAX_CHARS_PER_TOKEN: usize = 64;

/// Whether documents are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LengthMatchKind {
    /// They are read whole.
    None,
    /// Where the limit of the generated texts would have stopped them.
    #[default]
    Generations,
}

impl LengthMatchKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Generations => "generations",
        }
    }
}

/// How documents are cut.
#[derive(Debug, Clone)]
pub struct LengthMatch {
    limit: Limit,
    kind: WindowKind,
    seed: u64,
}

/// Where a document is stopped.
#[derive(Debug, Clone)]
enum Limit {
    /// At a limit in this measure that is drawn for it.
    Drawn(Limits, Measure),
    /// Each document after so many characters, which are the tokens that texts were allowed.
    Tokens(Vec<u64>),
}

impl LengthMatch {
    /// Cuts documents as the texts were that `endings` tells of; nothing where no text was stopped.
    pub fn to(
        texts: &[Generation],
        endings: &Endings,
        kind: WindowKind,
        seed: u64,
    ) -> Option<Self> {
        let stopped = stopped(texts, endings).map(|text| (text.text.as_str(), text.n_tokens));
        let measure = Measure::learn(&stopped.collect::<Vec<_>>());
        let lengths = texts.iter().map(|text| measure.length(&text.text));
        let limits = Limits::of(lengths.zip(endings.are_stopped.iter().copied()).collect())?;
        Some(Self { limit: Limit::Drawn(limits, measure), kind, seed: seed ^ SEED_OF_LENGTHS })
    }

    /// The same, but by the tokenizer's own tokens where the texts were stopped at one number of them.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of a document.
    pub fn by_tokens<'d>(
        self,
        texts: &[Generation],
        endings: &Endings,
        tokenizer: &Tokenizer,
        documents: impl IndexedParallelIterator<Item = &'d str>,
    ) -> anyhow::Result<Self> {
        let Some(n_tokens) = one_limit(texts, endings) else { return Ok(self) };
        let limits = documents.map(|document| chars_of_head(tokenizer, document.trim(), n_tokens));
        Ok(Self { limit: Limit::Tokens(limits.collect::<anyhow::Result<_>>()?), ..self })
    }

    /// The same for classifier number `round`, the first as it is: each reads other parts, so that what one cut
    /// happens to show weighs less.
    pub fn of_round(&self, round: usize) -> Self {
        let seed = self.seed.wrapping_add((round as u64).wrapping_mul(SEED_OF_ROUNDS));
        Self { limit: self.limit.clone(), kind: self.kind, seed }
    }

    /// A part of document number `index`, no longer than a limit; the whole document where that is shorter. It
    /// depends on the seed and the number alone, and holds more than white space if the document does.
    pub fn cut<'d>(&self, index: usize, document: &'d str) -> &'d str {
        let document = document.trim();
        let limit = match &self.limit {
            Limit::Drawn(limits, measure) => limits
                .at(RandomStream::new(self.seed, index as u64).unit())
                .map(|limit| measure.n_chars_within(document, limit)),
            Limit::Tokens(of_documents) => of_documents.get(index).copied(),
        };
        let Some(max_chars) = limit else { return document };
        let window = Window { kind: self.kind, max_chars, seed: self.seed };
        let n_chars = document.chars().count() as u64;
        let part = window.cut(document, window.start(n_chars, index as u64));
        // A document begins with a letter here, so that its beginning is never blank.
        if part.trim().is_empty() { window.cut(document, 0) } else { part }
    }
}

/// The texts that were stopped.
fn stopped<'t>(
    texts: &'t [Generation],
    endings: &'t Endings,
) -> impl Iterator<Item = &'t Generation> {
    let texts = texts.iter().zip(&endings.are_stopped);
    texts.filter(|(_, is_stopped)| **is_stopped).map(|(text, _)| text)
}

/// The number of tokens at which all stopped texts were stopped, if it is one.
fn one_limit(texts: &[Generation], endings: &Endings) -> Option<usize> {
    let mut lengths = stopped(texts, endings).map(|text| text.n_tokens);
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then(|| usize::try_from(first).ok())?
}

/// How many characters the first tokens of a document have.
fn chars_of_head(tokenizer: &Tokenizer, document: &str, n_tokens: usize) -> anyhow::Result<u64> {
    let enough = head(document, n_tokens.saturating_mul(MAX_CHARS_PER_TOKEN)).unwrap_or(document);
    let n_before = tokenizer.before_document().len();
    let (_, n_bytes) = tokenizer.encode_head(enough, n_before.saturating_add(n_tokens))?;
    // The first token may end within the first character.
    Ok(enough[..n_bytes].chars().count().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use data_anatomy_corpus::ending::Ending;
    use data_anatomy_lm::generate::Finish;

    use super::*;
    use crate::demo::{self, Category};

    fn texts(all: &[(&str, Ending)]) -> Vec<Generation> {
        let text = |&(text, ending): &(&str, Ending)| Generation {
            id: "1".to_owned(),
            prompt_id: None,
            text: text.to_owned(),
            ending,
            n_tokens: None,
        };
        all.iter().map(text).collect()
    }

    fn cut_to(all: &[(&str, Ending)], kind: WindowKind) -> Option<LengthMatch> {
        let texts = texts(all);
        LengthMatch::to(&texts, &Endings::of(&texts), kind, 3)
    }

    /// How many of 3,000 documents got each length.
    fn lengths(cut: &LengthMatch, document: &str) -> [u32; 11] {
        let mut n_by_length = [0_u32; 11];
        for index in 0..3_000 {
            let part = cut.cut(index, document);
            assert!(document.trim().starts_with(part));
            n_by_length[part.len()] += 1;
        }
        n_by_length
    }

    #[test]
    fn documents_get_the_lengths_of_stopped_texts() {
        let stopped = ["ab", "abcdef", "  äöü  "].map(|text| (text, Ending::Stopped));
        let cut = cut_to(&stopped, WindowKind::Head).unwrap();
        let n_by_length = lengths(&cut, " 0123456789");
        // Three alike: 1,000 each, standard deviation 26.
        for length in [2, 3, 6] {
            assert!(n_by_length[length].abs_diff(1_000) < 110, "{n_by_length:?}");
        }
        assert_eq!(n_by_length.iter().sum::<u32>(), 3_000);
        assert_eq!(n_by_length[2] + n_by_length[3] + n_by_length[6], 3_000);
        assert_eq!(cut.cut(5, "x"), "x");
    }

    #[test]
    fn no_document_is_cut_to_the_length_of_a_text_that_ended() {
        let all = [("ab", Ending::Own), ("abcde", Ending::Stopped), ("a", Ending::Own)];
        let cut = cut_to(&all, WindowKind::Head).unwrap();
        assert_eq!(lengths(&cut, "0123456789")[5], 3_000);
        assert_eq!(cut.cut(5, "0123"), "0123");
        // Half of the limits lie beyond the fifth character, since a text did.
        let all = [("abcde", Ending::Stopped), ("abcdefg", Ending::Own)];
        let n_by_length = lengths(&cut_to(&all, WindowKind::Head).unwrap(), "0123456789");
        assert_eq!(n_by_length[5] + n_by_length[10], 3_000);
        assert!(n_by_length[5].abs_diff(1_500) < 140, "{n_by_length:?}");
    }

    #[test]
    fn windows_lie_anywhere_and_are_never_blank() {
        let cut = cut_to(&[("abc", Ending::Stopped)], WindowKind::Random).unwrap();
        let parts: std::collections::BTreeSet<&str> =
            (0..200).map(|index| cut.cut(index, "a        b")).collect();
        assert!(parts.iter().all(|part| !part.trim().is_empty()), "{parts:?}");
        assert!(parts.contains("  b") && parts.contains("a  "), "{parts:?}");
    }

    #[test]
    fn where_no_text_was_stopped_nothing_is_cut() {
        assert!(cut_to(&[], WindowKind::Head).is_none());
        assert!(cut_to(&[("ab", Ending::Own), ("abc", Ending::Own)], WindowKind::Head).is_none());
    }

    const DOCUMENTS: [&str; 3] = [
        "Once upon a time there lived an old man by the sea.",
        "for (i, x) in xs.iter().enumerate() { y[i] += x * 0.5; }",
        "日本語の文章も短い。",
    ];

    fn tokenizer() -> Tokenizer {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/lm/tokenizer");
        Tokenizer::open(fixtures.as_ref()).unwrap()
    }

    #[test]
    fn of_tokens_each_document_gets_the_number_that_texts_were_allowed() {
        let tokenizer = tokenizer();
        let limited = |n_tokens| {
            let mut texts = texts(&[("a", Ending::Own), ("a b c", Ending::Stopped)]);
            texts[1].n_tokens = n_tokens;
            let endings = Endings::of(&texts);
            let cut = LengthMatch::to(&texts, &endings, WindowKind::Head, 3).unwrap();
            let documents = DOCUMENTS.par_iter().copied();
            cut.by_tokens(&texts, &endings, &tokenizer, documents).unwrap()
        };
        let cut = limited(Some(4));
        for (index, document) in DOCUMENTS.into_iter().enumerate() {
            let part = cut.cut(index, document);
            let n_tokens = |text: &str| tokenizer.encode_bare(text).unwrap().len();
            assert!(document.starts_with(part) && part.len() < document.len(), "{part:?}");
            // Where the fourth token ends within a character, the character is kept.
            assert!((4..=6).contains(&n_tokens(part)), "{part:?}");
            let last = part.chars().next_back().map_or(0, char::len_utf8);
            assert!(n_tokens(&part[..part.len() - last]) < 4, "{part:?}");
        }
        assert_eq!(cut.cut(0, "a"), "a");
        // Without the number of tokens characters are left.
        assert_eq!(limited(None).cut(0, DOCUMENTS[0]).chars().count(), 5);
    }

    /// As if read from a file.
    fn read(written: Vec<demo::Generation>) -> Vec<Generation> {
        let ending = |finish| match finish {
            Finish::Eos => Ending::Own,
            Finish::Length => Ending::Stopped,
        };
        let text = |text: demo::Generation| Generation {
            id: text.id,
            prompt_id: None,
            text: text.text,
            ending: ending(text.finish),
            n_tokens: None,
        };
        written.into_iter().map(text).collect()
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "counts of characters")]
    fn documents_of_each_category_get_the_lengths_of_its_texts() {
        let texts = read(demo::generations(700, &demo::MIXTURE, 1));
        let cut = LengthMatch::to(&texts, &Endings::of(&texts), WindowKind::Head, 3).unwrap();
        let n = 250;
        for (class, category) in Category::ALL.into_iter().enumerate() {
            let mut only = [0.0; 7];
            only[class] = 1.0;
            let own: u64 = demo::generations(n, &only, 2)
                .iter()
                .map(|text| text.text.trim().chars().count() as u64)
                .sum();
            let cut: u64 = (0..n)
                .map(|index| {
                    let document = demo::document(category, 1, index as u64);
                    cut.cut(index, &document).chars().count() as u64
                })
                .sum();
            // The standard error of the ratio is .014; cut by characters, code would be 1.31 times as long as its texts.
            let ratio = cut as f64 / own as f64;
            assert!((ratio - 1.0).abs() < 0.06, "{category:?}: {ratio}");
        }
    }
}
