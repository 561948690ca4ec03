//! The tokens of the demo's imagined model.

/// Most letters or digits of a token.
const LONGEST: usize = 5;

/// The first `limit` tokens of a text: how many bytes they are, and how many tokens; all where there are no more.
///
/// A token is up to five letters or digits with the blank before them, or any other character alone, so that, as
/// with real tokenizers, those of code are shorter than those of prose.
pub(super) fn head(text: &str, limit: usize) -> (usize, usize) {
    let (mut n_tokens, mut room, mut is_after_blank) = (0, 0, false);
    for (position, character) in text.char_indices() {
        let is_of_word = character.is_alphanumeric();
        if is_of_word && (room > 0 || is_after_blank) {
            room = if is_after_blank { LONGEST } else { room } - 1;
            is_after_blank = false;
            continue;
        }
        if n_tokens == limit {
            return (position, n_tokens);
        }
        n_tokens += 1;
        room = if is_of_word { LONGEST - 1 } else { 0 };
        is_after_blank = character == ' ';
    }
    (text.len(), n_tokens)
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn tokens_are_pieces_of_words_and_single_signs() {
        // A| bicyc|le|,| in| 2021|:|\n|if| (|a
        let text = "A bicycle, in 2021:\nif (a";
        let ends: Vec<usize> = (0..=12).map(|limit| head(text, limit).0).collect();
        assert_eq!(ends, [0, 1, 7, 9, 10, 13, 18, 19, 20, 22, 23, 24, 25]);
        assert_eq!(head(text, 12), (25, 12));
        assert_eq!(head(text, 99), (25, 12));
        assert_eq!(head("", 3), (0, 0));
    }
}
