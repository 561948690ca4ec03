//! Texts that are no texts: one phrase over and over, as language models write where they are stuck.

/// The longest phrase in words whose repetition is looked for.
const MAX_WORDS: usize = 32;
/// The longest in characters.
const MAX_CHARS: usize = 64;
/// Shorter texts in words are looked at by their characters alone.
const MIN_WORDS: usize = 6;
/// A phrase that stands this often in a row is repeated.
const MIN_REPEATS: usize = 3;

/// Whether at least half of a text is one phrase, of up to 32 words or 64 characters, that stands three times
/// or more in a row.
pub fn is_repetitive(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() >= MIN_WORDS && repeats_for_half(&words, MAX_WORDS) {
        return true;
    }
    // White space that only lays code or a table out repeats nothing.
    let characters: Vec<char> = words.join(" ").chars().collect();
    repeats_for_half(&characters, MAX_CHARS)
}

/// Whether half of the units or more stand in a row that repeats itself.
fn repeats_for_half<Unit: PartialEq>(units: &[Unit], max_period: usize) -> bool {
    let n_units = units.len();
    (1..=max_period.min(n_units / MIN_REPEATS)).any(|period| {
        let mut n_in_a_row = 0;
        let mut longest = 0;
        for position in period..n_units {
            n_in_a_row =
                if units[position] == units[position - period] { n_in_a_row + 1 } else { 0 };
            longest = longest.max(n_in_a_row);
        }
        longest >= (MIN_REPEATS - 1) * period && 2 * (longest + period) >= n_units
    })
}

#[cfg(test)]
mod tests {
    use super::is_repetitive;

    #[test]
    fn loops_of_words_and_of_characters_are_found() {
        let phrase = "and then he said that ";
        assert!(is_repetitive(&phrase.repeat(3)));
        assert!(is_repetitive(&format!("The king was old and tired, {}", phrase.repeat(4))));
        assert!(is_repetitive("aaaaaaaaaaaaaaaaaaaaaaa"));
        assert!(is_repetitive(&"=-".repeat(40)));
        assert!(is_repetitive("0 0 0 0 0 0 0 0 0 0"));
    }

    #[test]
    fn texts_are_not_taken_for_loops() {
        for text in [
            "",
            "ha",
            "The cat sat on the mat, and the dog sat on the cat, and the mat lay on the floor.",
            "def f(x):\n        return x\n\n\ndef g(x):\n        return f(f(x))\n",
            "one two three one two three and then something else came that nobody had thought of",
            "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20",
        ] {
            assert!(!is_repetitive(text), "{text}");
        }
    }
}
