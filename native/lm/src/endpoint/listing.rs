//! The next token in a server's answer, in the dialects that servers speak.
//!
//! OpenAI and vLLM list the tokens of each place as a map from a token to its log-probability,
//! llama.cpp's server as objects; others list none, and give the text alone.

use std::fmt;

use data_anatomy_core::messages::printable::{printable, shortened};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// A probability near 1 may come out this much above it where a server computes in 16 bits.
const MAX_LOG_PROBABILITY: f64 = 1e-3;

/// So much of a token is shown.
const MAX_TOKEN_CHARS: usize = 40;

/// An answer to a request for one token.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    choices: Vec<Choice>,
}

/// The token that was drawn, and those that were listed with their log-probabilities.
#[derive(Debug, PartialEq)]
pub(super) struct Listing {
    pub(super) drawn: String,
    pub(super) listed: Vec<(String, f64)>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    text: String,
    finish_reason: Option<String>,
    logprobs: Option<Logprobs>,
}

/// Both dialects' fields; a server fills those of its own.
#[derive(Debug, Default, Deserialize)]
struct Logprobs {
    tokens: Option<Vec<String>>,
    top_logprobs: Option<Vec<Option<Ranking>>>,
    content: Option<Vec<Place>>,
}

#[derive(Debug, Deserialize)]
struct Place {
    token: String,
    top_logprobs: Option<Vec<Ranked>>,
}

/// A token and its log-probability, which some servers write as `null` where it is no finite number.
#[derive(Debug, Deserialize)]
struct Ranked {
    token: String,
    logprob: Option<f64>,
}

/// The entries of a map in their order.
#[derive(Debug)]
struct Ranking(Vec<Ranked>);

impl<'de> Deserialize<'de> for Ranking {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RankingVisitor)
    }
}

struct RankingVisitor;

impl<'de> Visitor<'de> for RankingVisitor {
    type Value = Ranking;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from tokens to log-probabilities")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Ranking, M::Error> {
        let mut ranking = Vec::new();
        while let Some((token, logprob)) = map.next_entry()? {
            ranking.push(Ranked { token, logprob });
        }
        Ok(Ranking(ranking))
    }
}

impl Answer {
    /// The token that the answer is about.
    ///
    /// # Errors
    /// If there is none, or a number is no log-probability; in words.
    pub(super) fn listing(self) -> Result<Listing, String> {
        let choice = self.choices.into_iter().next();
        let Choice { text, finish_reason, logprobs } = choice.ok_or("the server gave no text")?;
        let (named, ranking) = logprobs.unwrap_or_default().first_place();
        // A text may be empty for other reasons: servers hold back parts of characters.
        let is_end = text.is_empty() && finish_reason.as_deref() != Some("length");
        let drawn = if is_end { text } else { named.unwrap_or(text) };
        let listed = ranking.into_iter().map(Ranked::checked).collect::<Result<_, _>>()?;
        Ok(Listing { drawn, listed })
    }
}

impl Logprobs {
    /// The name of the token that was drawn first, and those that were listed in its place.
    fn first_place(self) -> (Option<String>, Vec<Ranked>) {
        let named = self.tokens.and_then(first);
        let ranking = self.top_logprobs.and_then(first).flatten().map(|Ranking(ranked)| ranked);
        let (of_content, in_content) = match self.content.and_then(first) {
            Some(place) => (Some(place.token), place.top_logprobs),
            None => (None, None),
        };
        (named.or(of_content), ranking.or(in_content).unwrap_or_default())
    }
}

impl Ranked {
    /// The token with its log-probability, if that is one.
    fn checked(self) -> Result<(String, f64), String> {
        match self.logprob {
            Some(logprob) if logprob.is_finite() && logprob <= MAX_LOG_PROBABILITY => {
                Ok((self.token, logprob))
            }
            found => Err(format!(
                "expected the log-probability of the token `{}` to be a number not above 0, found {}; \
                 a server that lists tokens otherwise can only be asked for what it draws",
                printable(&shortened(&self.token, MAX_TOKEN_CHARS)),
                found.map_or("null".to_owned(), |found| found.to_string()),
            )),
        }
    }
}

fn first<T>(list: Vec<T>) -> Option<T> {
    list.into_iter().next()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn listing(choice: &Value) -> Result<Listing, String> {
        let answer = json!({"choices": [choice]}).to_string();
        let answer: Answer = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
        answer.listing()
    }

    fn legacy(top_logprobs: &Value) -> Result<Listing, String> {
        listing(&json!({"text": "a", "logprobs": {"tokens": ["a"], "top_logprobs": top_logprobs}}))
    }

    #[test]
    fn a_list_keeps_the_server_s_order_and_equal_names() {
        let choice = json!({"text": "b", "logprobs": {"content": [{"token": "b", "top_logprobs": [
            {"token": "\u{fffd}", "logprob": -2.5, "bytes": [226]},
            {"token": "b", "logprob": -0.5, "bytes": [98]},
            {"token": "\u{fffd}", "logprob": -3.0, "bytes": [227]},
        ]}]}});
        let broken = "\u{fffd}".to_owned();
        let listed = vec![(broken.clone(), -2.5), ("b".to_owned(), -0.5), (broken, -3.0)];
        assert_eq!(listing(&choice), Ok(Listing { drawn: "b".to_owned(), listed }));
        let map =
            r#"{"choices": [{"text": "z", "logprobs": {"top_logprobs": [{"z": -2, "a": 0}]}}]}"#;
        let found = serde_json::from_str::<Answer>(map).unwrap().listing().unwrap();
        assert_eq!(found.listed, [("z".to_owned(), -2.0), ("a".to_owned(), 0.0)]);
    }

    #[test]
    fn answers_without_a_list_are_what_was_drawn() {
        let alone = Ok(Listing { drawn: "a".to_owned(), listed: Vec::new() });
        for top_logprobs in [json!(null), json!([]), json!([null]), json!([{}])] {
            assert_eq!(legacy(&top_logprobs), alone, "{top_logprobs}");
        }
        for logprobs in [json!(null), json!({}), json!({"content": []}), json!({"content": null})] {
            assert_eq!(listing(&json!({"text": "a", "logprobs": logprobs})), alone, "{logprobs}");
        }
        assert_eq!(listing(&json!({"text": "a"})), alone);
    }

    #[test]
    fn nothing_drawn_is_the_end_unless_the_length_was_reached() {
        let drawn = |finish: &str| {
            let logprobs = json!({"tokens": ["<0xE2>"], "top_logprobs": [{"<0xE2>": -0.1}]});
            let choice = json!({"text": "", "finish_reason": finish, "logprobs": logprobs});
            listing(&choice).unwrap().drawn
        };
        assert_eq!((drawn("stop").as_str(), drawn("length").as_str()), ("", "<0xE2>"));
    }

    #[test]
    fn what_is_no_log_probability_is_refused_in_words() {
        let told = legacy(&json!([{"a\u{1b}": 0.25}])).unwrap_err();
        assert!(
            told.starts_with(r"expected the log-probability of the token `a\u{1b}` to"),
            "{told}"
        );
        assert!(told.contains("not above 0, found 0.25; a server"), "{told}");
        assert!(legacy(&json!([{"a": null}])).unwrap_err().contains("found null"));
        assert_eq!(legacy(&json!([{"a": 0.0009}])).unwrap().listed, [("a".to_owned(), 0.0009)]);
        let long = legacy(&json!([{"a".repeat(9999): 1}])).unwrap_err();
        assert!(long.chars().count() < 250, "{long}");
        for number in ["1e999", "-1e999", "NaN", "-Infinity", "\"-1\"", "[]", "true"] {
            let text = format!(
                r#"{{"choices": [{{"text": "", "logprobs": {{"top_logprobs": [{{"a": {number}}}]}}}}]}}"#
            );
            assert!(serde_json::from_str::<Answer>(&text).is_err(), "{number}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        assert_eq!(
            serde_json::from_str::<Answer>(r#"{"choices": []}"#).unwrap().listing(),
            Err("the server gave no text".to_owned())
        );
        for choice in [
            json!({"logprobs": null}),
            json!({"text": "a", "logprobs": -0.3}),
            json!({"text": "a", "logprobs": [-0.3]}),
            json!({"text": "a", "logprobs": {"top_logprobs": {"a": -1}}}),
            json!({"text": "a", "logprobs": {"top_logprobs": [["a", -1]]}}),
            json!({"text": "a", "logprobs": {"content": [{"top_logprobs": []}]}}),
        ] {
            assert!(listing(&choice).is_err(), "{choice}");
        }
        let deep = format!(r#"{{"choices": {}"#, "[".repeat(100_000));
        assert!(serde_json::from_str::<Answer>(&deep).is_err());
    }
}
