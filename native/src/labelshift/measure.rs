//! How long texts are in what a limit counts, which is seldom characters.
//!
//! A limit counts tokens, and tokens of code or of tables are shorter than those of prose: texts that one limit stopped
//! have as many characters as their kind has to a token. Documents cut to the same characters would then be longer
//! than texts in one category and shorter in another. Where no tokenizer is at hand, texts that were stopped tell how
//! much of a limit each kind of character takes.

/// Kinds of characters that are told apart.
const N_KINDS: usize = 7;

/// Fewer texts than this do not tell one kind from the other.
const MIN_TEXTS: usize = 50;

/// If no number of tokens is known, all texts are taken for stopped at one limit where this share of the (squared) spread
/// of their lengths is then explained.
const MIN_EXPLAINED: f64 = 0.5;

/// Texts that a wish for equal rates weighs as much as, of each so many.
const RIDGE: f64 = 1e-3;

/// Rounds of the solver; the sums of squares of a text's kinds are far from alike, so that it converges at once.
const N_ROUNDS: usize = 500;

/// A length may be exceeded by so much of itself, since sums are rounded.
const ROUNDING: f64 = 1e-9;

/// How much of a limit a character of each kind takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    rates: [f64; N_KINDS],
}

/// How many characters of each kind a text has.
type Counts = [f64; N_KINDS];

impl Measure {
    /// Every character counts 1.
    pub const CHARACTERS: Self = Self { rates: [1.0; N_KINDS] };

    /// The measure in which these texts, each with the tokens that it has where they are known, were stopped; characters
    /// where they do not tell.
    pub fn learn(stopped: &[(&str, Option<u64>)]) -> Self {
        if stopped.len() < MIN_TEXTS {
            return Self::CHARACTERS;
        }
        let counts: Vec<Counts> = stopped.iter().map(|(text, _)| counts(text)).collect();
        let n_tokens: Option<Vec<f64>> =
            stopped.iter().map(|(_, n_tokens)| n_tokens.filter(|&n| n > 0).map(precise)).collect();
        let is_known = n_tokens.is_some();
        let amounts = n_tokens.unwrap_or_else(|| vec![1.0; stopped.len()]);
        let learnt = Self { rates: least_squares(&counts, &amounts) };
        let explained = 1.0 - learnt.spread(&counts) / Self::CHARACTERS.spread(&counts);
        if is_known || explained >= MIN_EXPLAINED { learnt } else { Self::CHARACTERS }
    }

    /// The length of a text.
    pub fn length(&self, text: &str) -> f64 {
        self.of(&counts(text))
    }

    /// How many of its first characters a text may have that is to be no longer than this; one at least.
    pub fn n_chars_within(&self, text: &str, length: f64) -> u64 {
        let most = length * (1.0 + ROUNDING);
        let mut so_far: Counts = [0.0; N_KINDS];
        let is_within = |kind: usize| {
            so_far[kind] += 1.0;
            self.of(&so_far) <= most
        };
        kinds(text).map(is_within).take_while(|&is_within| is_within).count().max(1) as u64
    }

    fn of(&self, counts: &Counts) -> f64 {
        dot(&self.rates, counts)
    }

    /// The variance of lengths, relative to their squared mean.
    fn spread(&self, counts: &[Counts]) -> f64 {
        let n = precise(counts.len() as u64);
        let mean = counts.iter().map(|counts| self.of(counts)).sum::<f64>() / n;
        let off = counts.iter().map(|counts| self.of(counts) / mean - 1.0);
        off.map(|off| off * off).sum::<f64>() / n
    }
}

/// The kind of each character.
fn kinds(text: &str) -> impl Iterator<Item = usize> {
    text.chars().scan('\n', |before, character| {
        let is_in_run = *before == ' ';
        *before = character;
        Some(match character {
            'a'..='z' | 'A'..='Z' => 0,
            ' ' if is_in_run => 1,
            ' ' => 2,
            _ if character.is_whitespace() => 3,
            _ if character.is_numeric() => 4,
            _ if character.is_alphabetic() => 5,
            _ => 6,
        })
    })
}

fn counts(text: &str) -> Counts {
    let mut counts = [0.0; N_KINDS];
    kinds(text.trim()).for_each(|kind| counts[kind] += 1.0);
    counts
}

/// The rates, none below 0, by which counts come nearest to amounts, in squares: found one after the other, in turns.
fn least_squares(counts: &[Counts], amounts: &[f64]) -> [f64; N_KINDS] {
    let mut products = [[0.0; N_KINDS]; N_KINDS];
    let mut targets = [0.0; N_KINDS];
    let (mut n_chars, mut amount_in_all) = (0.0, 0.0);
    for (counts, &amount) in counts.iter().zip(amounts) {
        n_chars += counts.iter().sum::<f64>();
        amount_in_all += amount;
        for (row, &left) in products.iter_mut().zip(counts) {
            row.iter_mut().zip(counts).for_each(|(sum, right)| *sum += left * right);
        }
        targets.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count * amount);
    }
    let even = amount_in_all / n_chars;
    // A kind that hardly occurs keeps the rate that all have.
    for kind in 0..N_KINDS {
        let wish = RIDGE * products[kind][kind] + 1.0;
        products[kind][kind] += wish;
        targets[kind] += wish * even;
    }
    let mut rates = [even; N_KINDS];
    for _ in 0..N_ROUNDS {
        for kind in 0..N_KINDS {
            let left = targets[kind] - dot(&products[kind], &rates);
            rates[kind] = (rates[kind] + left / products[kind][kind]).max(0.0);
        }
    }
    rates
}

fn dot(left: &[f64; N_KINDS], right: &[f64; N_KINDS]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts and tokens")]
fn precise(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of words and signs in changing parts, in which a word of four letters and its blank is one token and a
    /// sign is another: `limits` give the tokens of each.
    fn texts(limits: &[usize]) -> Vec<String> {
        let text = |(number, &limit): (usize, &usize)| {
            let n_signs = number % 10 * limit / 10;
            "word ".repeat(limit - n_signs) + &"+".repeat(n_signs)
        };
        limits.iter().enumerate().map(text).collect()
    }

    fn learn(texts: &[String], limits: Option<&[usize]>) -> Measure {
        let n_tokens = |at: usize| limits.map(|limits| limits[at] as u64);
        let stopped: Vec<(&str, Option<u64>)> =
            texts.iter().enumerate().map(|(at, text)| (text.as_str(), n_tokens(at))).collect();
        Measure::learn(&stopped)
    }

    #[test]
    fn texts_that_one_limit_stopped_tell_what_it_counts() {
        let limits = [40; 60];
        for known in [None, Some(limits.as_slice())] {
            let measure = learn(&texts(&limits), known);
            let whole = measure.length(&"+".repeat(40));
            assert!(
                (measure.length(&"word ".repeat(40)) / whole - 1.0).abs() < 0.02,
                "{measure:?}"
            );
            let document = "word ".repeat(30) + &"+".repeat(30);
            // Thirty words and ten signs.
            assert!(measure.n_chars_within(&document, whole).abs_diff(160) <= 1, "{measure:?}");
        }
    }

    #[test]
    fn under_many_limits_only_known_tokens_tell() {
        let limits: Vec<usize> = (0..200).map(|number| [10, 20, 80, 160][number / 7 % 4]).collect();
        let texts = texts(&limits);
        assert_eq!(learn(&texts, None), Measure::CHARACTERS);
        let measure = learn(&texts, Some(&limits));
        let [word, sign] = ["word ", "+"].map(|text| measure.length(&text.repeat(40)));
        assert!((word - 40.0).abs() < 1.0 && (sign - 40.0).abs() < 1.0, "{measure:?}");
    }

    #[test]
    fn few_texts_are_measured_in_characters() {
        let measure = learn(&texts(&[40; 49]), None);
        assert_eq!(measure, Measure::CHARACTERS);
        assert!((measure.length(" äö 1.  ") - 5.0).abs() < 1e-12);
        assert_eq!(measure.n_chars_within("äö 1.", 3.0), 3);
        assert_eq!(measure.n_chars_within("ä", 3.0), 1);
    }
}
