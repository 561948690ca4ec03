//! Words of texts, and how often each occurs: what perturbed copies are made of.

use std::collections::BTreeMap;
use std::ops::Range;

use data_anatomy_core::files::digest::Sha256Digest;
use data_anatomy_core::numeric::rng::RandomStream;

/// Where the words of a text are: its longest runs of letters and digits.
pub fn places(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for (start, character) in text.char_indices() {
        if !character.is_alphanumeric() {
            continue;
        }
        let end = start + character.len_utf8();
        match places.last_mut().filter(|last| last.end == start) {
            Some(last) => last.end = end,
            None => places.push(start..end),
        }
    }
    places
}

/// How often each word occurs in some texts.
#[derive(Debug, Default)]
pub struct WordCounts {
    counts: BTreeMap<String, u64>,
}

impl WordCounts {
    /// Counts the words of a text.
    pub fn add(&mut self, text: &str) {
        for place in places(text) {
            let word = &text[place];
            match self.counts.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    self.counts.insert(word.to_owned(), 1);
                }
            }
        }
    }

    /// The table from which words are drawn as often as they occur.
    pub fn into_table(self) -> WordTable {
        let mut table = WordTable { words: Vec::new(), ends: Vec::new(), sha256: String::new() };
        let mut digest = Sha256Digest::new();
        let mut end = 0;
        for (word, count) in self.counts {
            digest.update(format!("{word} {count}\n").as_bytes());
            end += count;
            table.words.push(word);
            table.ends.push(end);
        }
        table.sha256 = digest.finish();
        table
    }
}

/// Words with their frequencies.
#[derive(Debug)]
pub struct WordTable {
    words: Vec<String>,
    /// How often each word or one before it occurs.
    ends: Vec<u64>,
    sha256: String,
}

impl WordTable {
    /// How many different words there are.
    pub fn n_words(&self) -> usize {
        self.words.len()
    }

    /// A fingerprint of the words and their counts.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// A word drawn as often as it occurs; none from an empty table.
    pub fn draw(&self, stream: &mut RandomStream) -> Option<&str> {
        let total = usize::try_from(*self.ends.last()?).ok()?;
        let drawn = stream.index(total) as u64;
        let place = self.ends.partition_point(|&end| end <= drawn);
        self.words.get(place).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let text = "  Für x_1 = 2.5:\n\tfoo(bär)";
        let words: Vec<&str> = places(text).into_iter().map(|place| &text[place]).collect();
        assert_eq!(words, ["Für", "x", "1", "2", "5", "foo", "bär"]);
        assert!(places(" .\n").is_empty());
    }

    #[test]
    fn words_are_drawn_as_often_as_they_occur() {
        let mut counts = WordCounts::default();
        counts.add("a b a; c (a)");
        let table = counts.into_table();
        assert_eq!(table.n_words(), 3);
        let mut stream = RandomStream::new(1, 0);
        let n_draws = 6_000;
        let n_a = (0..n_draws).filter(|_| table.draw(&mut stream) == Some("a")).count();
        // Expected 3,600 with a standard deviation of 38; five of them would fail once in 10⁶ seeds.
        assert!(n_a.abs_diff(3_600) < 190, "{n_a}");
        assert_eq!(WordCounts::default().into_table().draw(&mut stream), None);
    }
}
