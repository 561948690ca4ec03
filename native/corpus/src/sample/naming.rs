//! The names of categories: which are wanted, how they are shown, and which file is theirs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use data_anatomy_core::messages::printable::shortened;
use data_anatomy_core::shares::well_known;

use super::document::{Fault, FaultKind, MAX_SHOWN_CHARS};

/// More categories than this are no categories.
pub const MAX_CATEGORIES: usize = 1024;
/// A longer name makes no file name.
const MAX_KEY_BYTES: usize = 100;
/// A longer name is none, however short its key: it may be a text.
const MAX_NAME_BYTES: usize = 400;

/// Which categories are wanted, and which were met.
#[derive(Debug)]
pub struct Naming {
    /// Keys of the wanted ones; all where there are none.
    wanted: BTreeSet<String>,
    met: Mutex<BTreeSet<String>>,
}

impl Naming {
    /// Naming of the wanted categories; of all where none is given.
    ///
    /// # Errors
    /// If a name makes no file name.
    pub fn new(wanted: &[String]) -> Result<Self, Fault> {
        let wanted = wanted.iter().map(|name| key(name)).collect::<Result<_, _>>()?;
        Ok(Self { wanted, met: Mutex::default() })
    }

    /// The keys of the wanted categories.
    pub fn wanted(&self) -> &BTreeSet<String> {
        &self.wanted
    }

    /// The key of the category of this name, if it is wanted.
    ///
    /// # Errors
    /// If the name makes no file name.
    pub fn key_of(&self, name: &str) -> Result<Option<String>, Fault> {
        let key = key(name)?;
        let is_wanted = self.wanted.is_empty() || self.wanted.contains(&key);
        Ok(is_wanted.then_some(key))
    }

    /// Takes note of a category.
    ///
    /// # Errors
    /// If there are too many: which of them to sample would be chance.
    pub fn meet(&self, key: &str) -> anyhow::Result<()> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.insert(key.to_owned()) {
            anyhow::ensure!(
                met.len() <= MAX_CATEGORIES,
                "more than {MAX_CATEGORIES} categories, the latest of them `{key}`: name another field \
                 by --category-field, or the wanted ones by --categories"
            );
        }
        Ok(())
    }
}

/// The key of a name, which is also the stem of its file.
fn key(name: &str) -> Result<String, Fault> {
    let refuse = |problem: &str| {
        let name = shortened(name, MAX_SHOWN_CHARS);
        Err(FaultKind::Category.with(format!("`{name}` {problem}")))
    };
    if name.len() > MAX_NAME_BYTES {
        return refuse("is too long for the name of a category");
    }
    let key = well_known::key(name);
    match key.contains(char::is_alphanumeric) {
        true if key.len() <= MAX_KEY_BYTES => Ok(key),
        true => refuse("is too long for the name of a file"),
        false => refuse("makes no name of a file"),
    }
}
