//! Ordered categories, the well-known names they go by, and the merges between schemes.

use std::fmt;

/// An ordered list of distinct, non-empty category names.
///
/// Invariants: at least one name; no two names are equal; no name is empty or has white space at
/// its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    names: Vec<String>,
}

/// Why a list of names is not a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaxonomyError {
    /// There are no categories at all.
    #[error("no categories")]
    Empty,
    /// A name is empty or only white space.
    #[error("category {position} has an empty name")]
    Unnamed {
        /// Position in the list, from 1.
        position: usize,
    },
    /// A name stands twice.
    #[error("category stands twice: `{name}`")]
    Duplicate {
        /// The repeated name.
        name: String,
    },
}

impl Taxonomy {
    /// The taxonomy of these names, in this order, each trimmed of white space at its ends.
    ///
    /// # Errors
    /// If there is no name, an empty name, or a name that stands twice.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self, TaxonomyError> {
        let names: Vec<String> =
            names.into_iter().map(|name| name.into().trim().to_owned()).collect();
        if names.is_empty() {
            return Err(TaxonomyError::Empty);
        }
        if let Some(index) = names.iter().position(String::is_empty) {
            return Err(TaxonomyError::Unnamed { position: index + 1 });
        }
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(TaxonomyError::Duplicate { name: pair[0].clone() });
        }
        Ok(Self { names })
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

    /// Where this exact name stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|candidate| candidate == name)
    }
}

impl fmt::Display for Taxonomy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.names.join(", "))
    }
}
