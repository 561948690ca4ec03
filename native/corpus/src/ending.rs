//! How a text ended: by itself, or at a limit.

use serde_json::Value;

/// How a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// The model ended it: it is a whole document.
    Own,
    /// It was stopped at a limit: it is the beginning of a document.
    Stopped,
    /// Nobody says.
    #[default]
    Unknown,
}

impl Ending {
    /// The ending that this word means, in the files of `generate` and in the answers of common servers.
    pub fn of_word(word: &Value) -> Self {
        match word.as_str() {
            Some("eos" | "eos_token" | "stop" | "end_turn") => Self::Own,
            Some("length" | "limit" | "max_tokens") => Self::Stopped,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_not_known_say_nothing() {
        let ending = |word: Value| Ending::of_word(&word);
        assert_eq!(ending("eos".into()), Ending::Own);
        assert_eq!(ending("length".into()), Ending::Stopped);
        assert_eq!(ending("content_filter".into()), Ending::Unknown);
        assert_eq!(ending(3.into()), Ending::Unknown);
        assert_eq!(ending(Value::Null), Ending::Unknown);
    }
}
