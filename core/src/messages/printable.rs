//! Text of strangers, made fit to be shown: on one line, without control characters, not too long.

use std::borrow::Cow;

/// `text` with control characters and marks that turn the direction of writing shown as codes, so
/// that nothing from a file can move a terminal's cursor or disguise a name.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        if is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        shown
    });
    Cow::Owned(shown)
}

/// The first characters of a text that has more than `n_chars` of them.
pub fn head(text: &str, n_chars: usize) -> Option<&str> {
    text.char_indices().nth(n_chars).map(|(end, _)| &text[..end])
}

/// The text, or its first characters and an ellipsis where it has more than `n_chars` of them.
pub fn shortened(text: &str, n_chars: usize) -> Cow<'_, str> {
    head(text, n_chars).map_or(Cow::Borrowed(text), |head| Cow::Owned(format!("{head}…")))
}

fn is_unprintable(character: char) -> bool {
    let turns_or_hides = matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    );
    character.is_control() || turns_or_hides
}

#[cfg(test)]
mod tests {
    use super::{head, printable, shortened};

    #[test]
    fn escape_sequences_and_turned_text_are_shown_as_codes() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\u{a}b");
        assert_eq!(printable("\u{202e}txt"), "\\u{202e}txt");
        assert_eq!(printable("naïve – 语料"), "naïve – 语料");
    }

    #[test]
    fn only_texts_with_more_characters_are_shortened() {
        assert_eq!([head("语料", 1), head("语料", 2), head("", 0)], [Some("语"), None, None]);
        assert_eq!([shortened("语料", 1), shortened("语料", 2)], ["语…", "语料"]);
    }
}
