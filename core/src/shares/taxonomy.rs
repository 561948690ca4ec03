//! Ordered categories.

use std::fmt;

use crate::shares::well_known::key;

/// An ordered list of distinct, non-empty category names.
///
/// Invariants: at least one name; no name is empty, has white space at its ends or holds a
/// control character; no two names
/// have the same [`key`], so that each can be found by any of its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    names: Vec<String>,
    keys: Vec<String>,
}

/// The most categories of a taxonomy: ten times what any published mixture has.
pub const MAX_CATEGORIES: usize = 1_000;

/// The most characters of a category's name.
pub const MAX_NAME_CHARS: usize = 200;

/// Why a list of names is not a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaxonomyError {
    /// There are no categories at all.
    #[error("no categories")]
    Empty,
    /// There are more categories than are compared.
    #[error("{found} categories, at most {MAX_CATEGORIES} are compared")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// A name is longer than can be shown.
    #[error("category {position} has a name of more than {MAX_NAME_CHARS} characters")]
    LongName {
        /// Position in the list, from 1.
        position: usize,
    },
    /// A name is empty or only white space.
    #[error("category {position} has an empty name")]
    Unnamed {
        /// Position in the list, from 1.
        position: usize,
    },
    /// A name holds a control character, such as a line end.
    #[error("category {position} has a control character in its name")]
    Control {
        /// Position in the list, from 1.
        position: usize,
    },
    /// Two names mean the same category.
    #[error("two names for one category: `{first}` and `{second}`")]
    Duplicate {
        /// The name that comes first.
        first: String,
        /// The name that repeats it.
        second: String,
    },
}

impl Taxonomy {
    /// The taxonomy of these names, in this order, each trimmed of white space at its ends.
    ///
    /// # Errors
    /// If there is no name or too many, an empty or overlong name, one with a control character,
    /// or two names for one category.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self, TaxonomyError> {
        let names: Vec<String> =
            names.into_iter().map(|name| name.into().trim().to_owned()).collect();
        if names.is_empty() {
            return Err(TaxonomyError::Empty);
        }
        if names.len() > MAX_CATEGORIES {
            return Err(TaxonomyError::TooMany { found: names.len() });
        }
        let is_long = |name: &String| name.chars().nth(MAX_NAME_CHARS).is_some();
        if let Some(index) = names.iter().position(is_long) {
            return Err(TaxonomyError::LongName { position: index + 1 });
        }
        if let Some(index) = names.iter().position(String::is_empty) {
            return Err(TaxonomyError::Unnamed { position: index + 1 });
        }
        if let Some(index) = names.iter().position(|name| name.contains(char::is_control)) {
            return Err(TaxonomyError::Control { position: index + 1 });
        }
        let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|&left, &right| keys[left].cmp(&keys[right]).then(left.cmp(&right)));
        if let Some(pair) = order.windows(2).find(|pair| keys[pair[0]] == keys[pair[1]]) {
            let (first, second) = (names[pair[0]].clone(), names[pair[1]].clone());
            return Err(TaxonomyError::Duplicate { first, second });
        }
        Ok(Self { names, keys })
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many categories there are; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a taxonomy is never empty")]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The [`key`] of each name, in order.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Where the category of this name stands, however the name is spelled.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.position_of_key(&key(name))
    }

    /// Where the category of this [`key`] stands.
    pub fn position_of_key(&self, key: &str) -> Option<usize> {
        self.keys.iter().position(|candidate| candidate == key)
    }
}

impl fmt::Display for Taxonomy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.names.join(", "))
    }
}
