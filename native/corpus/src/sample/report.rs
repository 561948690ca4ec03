//! What one shard gave: counts by category, faults, and what was lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checksum::Checksum;
use super::document::{Fault, FaultKind};
use super::lengths::Lengths;
use super::reading::{Part, Place};
use super::shard::Version;

/// What one shard gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardReport {
    /// Its path below the corpus folder.
    pub name: String,
    /// The content it had.
    pub version: Version,
    /// How much of it was to be read.
    pub part: Part,
    /// Bytes of the file that were read.
    pub bytes_read: u64,
    /// Counts by key of category, until they are added to those of all shards.
    pub categories: Totals,
    /// Documents of wanted categories.
    pub n_documents: u64,
    /// Documents of categories that were not asked for.
    pub n_other: u64,
    /// Documents that could not be read, by kind of fault.
    pub faults: BTreeMap<FaultKind, u64>,
    /// The first of them, with their places, shortened.
    pub examples: Vec<String>,
    /// Why reading ended before the end, if it did.
    pub lost: Option<String>,
    /// For categories of which too many documents qualified: how many candidates there was room for.
    pub refused: BTreeMap<String, usize>,
    /// Candidates that came more than once: key, priority, how often.
    pub copies: Vec<(String, u64, u64)>,
    /// What the file of its candidates' headers is known by.
    pub headers: Checksum,
    /// What the file of their texts is known by.
    pub texts: Checksum,
}

/// Counts by key of category.
pub type Totals = BTreeMap<String, CategoryCounts>;

/// What a category's documents are like, in one shard or in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCounts {
    /// How the category is shown.
    pub name: String,
    /// Bytes of the documents' texts in UTF-8.
    pub text_bytes: u128,
    /// Lengths in characters of the documents that qualify.
    pub qualified: Lengths,
    /// Lengths of those that do not, being too short or blank.
    pub too_short: Lengths,
}

impl CategoryCounts {
    /// Adds those of another shard.
    pub fn join(&mut self, other: &Self) {
        // The same whichever shard comes first: names of one key differ in spelling alone.
        if self.name.is_empty() || other.name < self.name {
            self.name.clone_from(&other.name);
        }
        self.text_bytes += other.text_bytes;
        self.qualified.join(&other.qualified);
        self.too_short.join(&other.too_short);
    }

    /// Lengths of all documents.
    pub fn seen(&self) -> Lengths {
        let mut seen = self.qualified.clone();
        seen.join(&self.too_short);
        seen
    }
}

/// Faults of a shard that are told with their place.
const MAX_EXAMPLES: usize = 5;

impl ShardReport {
    /// The report of a shard of which nothing is read yet.
    pub fn new(name: &str, version: Version, part: Part) -> Self {
        Self {
            name: name.to_owned(),
            version,
            part,
            bytes_read: 0,
            categories: Totals::new(),
            n_documents: 0,
            n_other: 0,
            faults: BTreeMap::new(),
            examples: Vec::new(),
            lost: None,
            refused: BTreeMap::new(),
            copies: Vec::new(),
            headers: Checksum::default(),
            texts: Checksum::default(),
        }
    }

    /// Counts a document that could not be read.
    pub fn add_fault(&mut self, place: Place, fault: &Fault) {
        *self.faults.entry(fault.kind).or_insert(0) += 1;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(format!("{place}: {}", fault.detail));
        }
    }

    /// Moves the counts by category into those of all shards: together they would take a shard's worth
    /// of memory for each of many thousands.
    pub fn add_to(&mut self, totals: &mut Totals) {
        for (key, counts) in std::mem::take(&mut self.categories) {
            totals.entry(key).or_default().join(&counts);
        }
    }

    /// How many documents could not be read.
    pub fn n_faults(&self) -> u64 {
        self.faults.values().sum()
    }
}
