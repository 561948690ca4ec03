//! The one table of well-known category names: how each is spelled, and which make up which.
//!
//! Nothing outside this file knows a category by name. A category that is not in the table is known
//! by its [`key`] alone, so that any taxonomy works.

/// Well-known categories: how each is shown, and the keys it goes by, the canonical one first. The
/// order is the one in which they are listed.
const WELL_KNOWN: [(&str, &[&str]); 12] = [
    ("Web", &["web", "webpages", "web-pages"]),
    (
        "CommonCrawl",
        &[
            "commoncrawl",
            "common-crawl",
            "cc",
            "redpajamacommoncrawl",
            "pile-cc",
            "commoncrawl-web-pages",
        ],
    ),
    ("C4", &["c4", "redpajamac4"]),
    ("GitHub", &["github", "redpajamagithub"]),
    (
        "Wikipedia",
        &[
            "wikipedia",
            "wiki",
            "redpajamawikipedia",
            "wikipedia-en",
            "wikipedia-wikibooks-encyclopedic",
        ],
    ),
    ("Books", &["books", "book", "redpajamabook"]),
    ("Arxiv", &["arxiv", "redpajamaarxiv"]),
    ("StackExchange", &["stackexchange", "stack-exchange", "redpajamastackexchange"]),
    ("Gutenberg (PG-19)", &["gutenberg-pg-19", "gutenberg", "pg-19"]),
    (
        "olmOCR science PDFs",
        &["olmocr-science-pdfs-academic-documents", "olmocr-science-pdfs", "olmpdf"],
    ),
    ("Stack-Edu", &["stack-edu-github-code", "stack-edu"]),
    ("FineMath", &["finemath-3+", "finemath"]),
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
    match WELL_KNOWN.iter().find(|(_, aliases)| aliases.contains(&key)) {
        Some((_, aliases)) => aliases[0].to_owned(),
        // A name of punctuation alone has no other form than itself.
        None if key.is_empty() => name.trim().to_owned(),
        None => key.to_owned(),
    }
}

/// How a category is shown: well-known ones by their usual name, others as they are.
pub fn display_name(name: &str) -> String {
    let key = key(name);
    let known = WELL_KNOWN.iter().find(|(_, aliases)| aliases[0] == key);
    known.map_or_else(|| name.trim().to_owned(), |(display, _)| (*display).to_owned())
}

/// Where a category stands among the well-known ones; all others come after them.
pub fn rank(name: &str) -> usize {
    let key = key(name);
    WELL_KNOWN.iter().position(|(_, aliases)| aliases[0] == key).unwrap_or(WELL_KNOWN.len())
}

/// The display name of the well-known whole that this category, or the whole itself, belongs to.
pub fn whole_of(name: &str) -> Option<&'static str> {
    let key = key(name);
    let belongs = |parts: &[&str], whole| key == whole || parts.contains(&key.as_str());
    MERGES.iter().find(|(whole, _, parts)| belongs(parts, *whole)).map(|(_, display, _)| *display)
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
        let all: Vec<&str> =
            WELL_KNOWN.iter().flat_map(|(_, aliases)| aliases.iter().copied()).collect();
        for (index, alias) in all.iter().enumerate() {
            assert!(!all[..index].contains(alias), "{alias} stands twice");
        }
        for (display, aliases) in WELL_KNOWN {
            for alias in aliases {
                assert_eq!(key(alias), aliases[0]);
                assert_eq!(display_name(alias), display);
            }
        }
    }

    #[test]
    fn parts_find_their_whole() {
        assert_eq!(whole_of("c4"), Some("Web"));
        assert_eq!(whole_of("webpages"), Some("Web"));
        assert_eq!(whole_of("books"), None);
        assert!(rank("commoncrawl") < rank("my own"));
    }
}
