//! N-grams of a document, cut as scikit-learn's `TfidfVectorizer` cuts them.

use std::fmt;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::hash::{hash_chars, hash_word, hash_word_pair};

/// Which n-grams of a document are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NgramKind {
    /// Single words and pairs of neighbouring words: `analyzer="word", ngram_range=(1, 2)`.
    ///
    /// A word is a longest run of at least two characters that Python's `\w` matches.
    Word,
    /// Sequences of 3 to 5 characters: `analyzer="char", ngram_range=(3, 5)`.
    ///
    /// A run of two or more white-space characters counts as one blank; a single one stays what it
    /// is.
    Char,
}

/// Lengths in characters of the n-grams of [`NgramKind::Char`].
const CHAR_LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;

/// The text of one n-gram, put together only when shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ngram<'a> {
    Word(&'a str),
    WordPair(&'a str, &'a str),
    Chars(&'a [char]),
}

impl fmt::Display for Ngram<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(word),
            Self::WordPair(first, second) => write!(formatter, "{first} {second}"),
            Self::Chars(chars) => chars.iter().try_for_each(|c| write!(formatter, "{c}")),
        }
    }
}

impl NgramKind {
    /// Both kinds, in the order of the blocks of features.
    pub const ALL: [Self; 2] = [Self::Word, Self::Char];

    /// Calls `visit` with hash and text of every n-gram of a document.
    pub(super) fn for_each(self, document: &str, visit: impl FnMut(u64, Ngram<'_>)) {
        // Rust and Python lowercase alike, the final sigma included.
        let lowercase = document.to_lowercase();
        match self {
            Self::Word => for_each_word_ngram(&lowercase, visit),
            Self::Char => for_each_char_ngram(&collapse_white_space(&lowercase), visit),
        }
    }

    /// The hash under which [`NgramKind::for_each`] visits this term; `None` if no document can
    /// contain it as an n-gram of this kind.
    pub(super) fn hash(self, term: &str) -> Option<u64> {
        let is_word =
            |word: &str| word.chars().nth(1).is_some() && word.chars().all(is_word_character);
        match self {
            Self::Word => match term.split_once(' ') {
                None => is_word(term).then(|| hash_word(term)),
                Some((first, second)) => (is_word(first) && is_word(second))
                    .then(|| hash_word_pair(hash_word(first), hash_word(second))),
            },
            Self::Char => {
                let chars: Vec<char> = term.chars().take(CHAR_LENGTHS.end() + 1).collect();
                CHAR_LENGTHS.contains(&chars.len()).then(|| hash_chars(&chars))
            }
        }
    }
}

fn for_each_word_ngram(lowercase: &str, mut visit: impl FnMut(u64, Ngram<'_>)) {
    let mut previous: Option<(u64, &str)> = None;
    for word in lowercase.split(|c| !is_word_character(c)) {
        if word.chars().nth(1).is_none() {
            continue;
        }
        let hash = hash_word(word);
        visit(hash, Ngram::Word(word));
        if let Some((previous_hash, previous_word)) = previous {
            visit(hash_word_pair(previous_hash, hash), Ngram::WordPair(previous_word, word));
        }
        previous = Some((hash, word));
    }
}

fn for_each_char_ngram(chars: &[char], mut visit: impl FnMut(u64, Ngram<'_>)) {
    for start in 0..chars.len() {
        for length in CHAR_LENGTHS {
            let Some(slice) = chars.get(start..start + length) else { break };
            visit(hash_chars(slice), Ngram::Chars(slice));
        }
    }
}

/// The characters of a text, each run of two or more white-space characters made one blank.
fn collapse_white_space(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len());
    let mut in_white_space = false;
    for c in text.chars() {
        let is_white_space = is_white_space(c);
        if is_white_space && in_white_space {
            if let Some(last) = chars.last_mut() {
                *last = ' ';
            }
        } else {
            chars.push(c);
        }
        in_white_space = is_white_space;
    }
    chars
}

/// Whether Python's `\w` matches: letters and numbers of any script, and the underscore.
///
/// Rust's `is_alphanumeric` also holds for vowel signs and other marks, where Python splits words.
fn is_word_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let group = c.general_category_group();
    matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

/// Whether Python's `\s` matches: Unicode's white space and the four separators of ASCII.
fn is_white_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ngrams(kind: NgramKind, document: &str) -> Vec<String> {
        let mut texts = Vec::new();
        kind.for_each(document, |hash, ngram| {
            let text = ngram.to_string();
            assert_eq!(kind.hash(&text), Some(hash), "`{text}`");
            texts.push(text);
        });
        texts
    }

    #[test]
    fn words_and_pairs_skip_single_characters() {
        let expected = ["it's", "ok_1 über", "über"];
        let found = ngrams(NgramKind::Word, "A ok_1 -- Über x");
        assert_eq!(found, ["ok_1", expected[2], expected[1]]);
        assert_eq!(ngrams(NgramKind::Word, "it's a b"), ["it"]);
    }

    #[test]
    fn vowel_signs_split_words_as_in_python() {
        // re.findall(r"(?u)\b\w\w+\b", "नमस्ते") == ["नमस"]
        assert_eq!(ngrams(NgramKind::Word, "नमस्ते"), ["नमस"]);
    }

    #[test]
    fn final_sigma_is_lowercased_as_in_python() {
        assert_eq!(ngrams(NgramKind::Word, "ΟΔΟΣ"), ["οδος"]);
    }

    #[test]
    fn only_runs_of_white_space_become_a_blank() {
        assert_eq!(ngrams(NgramKind::Char, "a\n\tb"), ["a b"]);
        assert_eq!(ngrams(NgramKind::Char, "a\nb"), ["a\nb"]);
        assert_eq!(ngrams(NgramKind::Char, "a\u{1f}\u{a0}b"), ["a b"]);
    }

    #[test]
    fn short_documents_have_few_or_no_ngrams() {
        for document in ["", "a", "ab", " \n\t "] {
            assert_eq!(ngrams(NgramKind::Char, document), Vec::<String>::new(), "{document:?}");
        }
        assert_eq!(ngrams(NgramKind::Char, "abcd"), ["abc", "abcd", "bcd"]);
    }

    #[test]
    fn no_hash_for_what_cannot_be_a_term() {
        for term in ["", "a", "a b", "ab ", "ab cd ef", "ab-cd"] {
            assert_eq!(NgramKind::Word.hash(term), None, "{term:?}");
        }
        for term in ["ab", "abcdef"] {
            assert_eq!(NgramKind::Char.hash(term), None, "{term:?}");
        }
    }
}
