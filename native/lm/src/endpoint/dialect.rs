//! What a server knows of what only some servers know, as far as asking has shown.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};

use super::failure::Failure;

/// Settings that OpenAI's own servers do not know, but others do: unless told not to, those cut the
/// model's distribution to the 40 best tokens, or as the model's publisher prefers. Beside each
/// stands the value that changes nothing.
const EXTENSIONS: [(&str, u32); 3] = [("top_k", 0), ("min_p", 0), ("repetition_penalty", 1)];

/// The setting that says how many tokens a server lists.
const LIST_SETTING: &str = "logprobs";

/// OpenAI's own servers list no more tokens.
const MOST_LISTED_BY_OPENAI: u32 = 5;

/// What one request makes use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// Only what OpenAI's own servers know.
    is_strict: bool,
    /// How many of the most probable tokens the server is to list; 0 where it is not asked to.
    pub(super) n_listed: u32,
}

impl Terms {
    /// Adds the settings to a request.
    pub(super) fn apply(self, body: &mut Value) {
        if self.n_listed > 0 {
            body[LIST_SETTING] = json!(self.n_listed);
        }
        if !self.is_strict {
            for (name, value) in EXTENSIONS {
                body[name] = json!(value);
            }
        }
    }

    /// The terms to ask on after this failure: fewer, where the server complains about one of these;
    /// none where it complains about something else.
    pub(super) fn after(self, failure: &Failure) -> Option<Self> {
        let Failure::Rejected { said, .. } = failure else { return None };
        if !self.is_strict && names_an_extension(said) {
            return Some(Self { is_strict: true, ..self });
        }
        if self.n_listed == 0 || !said.contains(LIST_SETTING) {
            return None;
        }
        let fewer = if self.n_listed > MOST_LISTED_BY_OPENAI { MOST_LISTED_BY_OPENAI } else { 0 };
        Some(Self { n_listed: fewer, ..self })
    }
}

/// Whether the server complains about a setting that only some servers know.
pub(super) fn names_an_extension(said: &str) -> bool {
    EXTENSIONS.iter().any(|(name, _)| said.contains(name))
}

/// What a server was found not to know.
#[derive(Debug)]
pub(super) struct Dialect {
    is_strict: AtomicBool,
    most_listed: AtomicU32,
}

impl Dialect {
    /// A server of which nothing is known yet: it may know all.
    pub(super) fn unknown() -> Self {
        Self { is_strict: AtomicBool::new(false), most_listed: AtomicU32::new(u32::MAX) }
    }

    /// The terms to begin with where a list of `n_wished` tokens is wanted.
    pub(super) fn terms(&self, n_wished: u32) -> Terms {
        let most_listed = self.most_listed.load(Ordering::Relaxed);
        let is_strict = self.is_strict.load(Ordering::Relaxed);
        Terms { is_strict, n_listed: n_wished.min(most_listed) }
    }

    /// Asks on these terms from now on, on which the server answered a request that wished for a list
    /// of `n_wished` tokens, and returns what is new about them, in words.
    ///
    /// Only answers teach: a server that rejects one request may repeat the names of all settings,
    /// or a prompt in which they stand, and must not cost all others their lists.
    pub(super) fn learn(&self, n_wished: u32, terms: Terms) -> Vec<String> {
        let mut news = Vec::new();
        if terms.is_strict && !self.is_strict.swap(true, Ordering::Relaxed) {
            let names = EXTENSIONS.map(|(name, _)| name).join(", ");
            news.push(format!(
                "the server does not know {names}: what it cuts off by itself stays cut off"
            ));
        }
        let n_listed = terms.n_listed;
        if n_listed < n_wished && n_listed < self.most_listed.fetch_min(n_listed, Ordering::Relaxed)
        {
            news.push(match n_listed {
                0 => format!(
                    "the server lists no probable tokens ({n_wished} were wanted): it is asked for \
                     what it draws alone"
                ),
                _ => format!(
                    "the server does not list {n_wished} probable tokens: it is asked for {n_listed}"
                ),
            });
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(said: &str) -> Failure {
        Failure::Rejected { address: "http://h".to_owned(), status: 400, said: said.to_owned() }
    }

    #[test]
    fn terms_give_way_to_what_the_server_names_until_nothing_is_left() {
        let dialect = Dialect::unknown();
        let terms = dialect.terms(20);
        assert_eq!(terms.after(&rejected("the prompt is too long")), None);
        let stopped = Failure::Passing { reason: "logprobs, top_k".to_owned(), wait: None };
        assert_eq!(terms.after(&stopped), None);
        let strict = terms.after(&rejected("top_k and logprobs")).unwrap();
        assert_eq!(strict, Terms { is_strict: true, n_listed: 20 });
        let five = strict.after(&rejected("top_k and logprobs")).unwrap();
        assert_eq!(five, Terms { is_strict: true, n_listed: 5 });
        let none = five.after(&rejected("logprobs")).unwrap();
        assert_eq!(none, Terms { is_strict: true, n_listed: 0 });
        assert_eq!(none.after(&rejected("top_k and logprobs")), None);
        assert_eq!(dialect.terms(20), terms, "only answers teach");
    }

    #[test]
    fn what_is_learnt_is_told_once() {
        let dialect = Dialect::unknown();
        assert_eq!(dialect.learn(20, dialect.terms(20)), Vec::<String>::new());
        // A text, for which no list is wanted, tells nothing about lists.
        assert_eq!(dialect.learn(0, dialect.terms(0)), Vec::<String>::new());
        assert_eq!(dialect.terms(20).n_listed, 20);
        let five = Terms { is_strict: false, n_listed: 5 };
        assert_eq!(
            dialect.learn(20, five),
            ["the server does not list 20 probable tokens: it is asked for 5"]
        );
        assert_eq!(dialect.learn(20, five), Vec::<String>::new());
        assert_eq!((dialect.terms(20).n_listed, dialect.terms(3).n_listed), (5, 3));
        let none = Terms { is_strict: true, n_listed: 0 };
        let news = dialect.learn(20, none);
        assert!(news[0].starts_with("the server does not know top_k, min_p, rep"), "{news:?}");
        assert!(news[1].starts_with("the server lists no probable tokens"), "{news:?}");
        assert_eq!((news.len(), dialect.learn(20, none).len()), (2, 0));
    }
}
