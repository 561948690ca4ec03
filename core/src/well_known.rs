//! The one table of well-known category names: how each is spelled, and which make up which.
//!
//! Nothing outside this file knows a category by name. A category that is not in the table is known
//! by its [`key`] alone, so that any taxonomy works.

/// Well-known categories and the keys they go by. The first key is the canonical one.
const ALIASES: [&[&str]; 12] = [
    &["web", "webpages", "web-pages"],
    &[
        "commoncrawl",
        "common-crawl",
        "cc",
        "redpajamacommoncrawl",
        "pile-cc",
        "commoncrawl-web-pages",
    ],
    &["c4", "redpajamac4"],
    &["github", "redpajamagithub"],
    &[
        "wikipedia",
        "wiki",
        "redpajamawikipedia",
        "wikipedia-en",
        "wikipedia-wikibooks-encyclopedic",
    ],
    &["books", "book", "redpajamabook"],
    &["arxiv", "redpajamaarxiv"],
    &["stackexchange", "stack-exchange", "redpajamastackexchange"],
    &["gutenberg-pg-19", "gutenberg", "pg-19"],
    &["olmocr-science-pdfs-academic-documents", "olmocr-science-pdfs", "olmpdf"],
    &["stack-edu-github-code", "stack-edu"],
    &["finemath-3+", "finemath"],
];

/// A coarser category and the finer ones it is made of: (canonical key, display name, parts).
const MERGES: [(&str, &str, &[&str]); 1] = [("web", "Web", &["commoncrawl", "c4"])];

/// The form of `name` by which categories are compared: lower case, each run of characters other
/// than letters, digits, `+` and `#` a single hyphen, and well-known names brought to one spelling.
pub fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for character in name.trim().chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() || matches!(character, '+' | '#') {
            key.push(character);
        } else if !key.ends_with('-') {
            key.push('-');
        }
    }
    let key = key.trim_matches('-');
    match ALIASES.iter().find(|aliases| aliases.contains(&key)) {
        Some(aliases) => aliases[0].to_owned(),
        // A name of punctuation alone has no other form than itself.
        None if key.is_empty() => name.trim().to_owned(),
        None => key.to_owned(),
    }
}

/// A well-known merge: the display name of the whole and the keys of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WellKnownMerge {
    /// Key of the whole.
    pub whole: &'static str,
    /// How the whole is shown.
    pub display: &'static str,
    /// Keys of the parts.
    pub parts: &'static [&'static str],
}

/// The well-known merges.
pub fn merges() -> impl Iterator<Item = WellKnownMerge> {
    MERGES.iter().map(|&(whole, display, parts)| WellKnownMerge { whole, display, parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_unite_spellings_and_keep_languages_apart() {
        assert_eq!(key("StackExchange"), key("stack_exchange"));
        assert_eq!(key("Web pages"), "web");
        assert_eq!(key("Gutenberg (PG-19)"), key("gutenberg_pg_19"));
        assert_ne!(key("C"), key("C++"));
        assert_ne!(key("C"), key("C#"));
        assert_eq!(key("c-sharp"), key("C Sharp"));
    }

    #[test]
    fn every_alias_is_a_fixed_point_and_stands_once() {
        let all: Vec<&str> = ALIASES.iter().flat_map(|aliases| aliases.iter().copied()).collect();
        for (index, alias) in all.iter().enumerate() {
            assert!(!all[..index].contains(alias), "{alias} stands twice");
        }
        for aliases in ALIASES {
            for alias in aliases {
                assert_eq!(key(alias), aliases[0]);
            }
        }
    }
}
