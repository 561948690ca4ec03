//! Categories that are counted as one, as merges ask for it.

use crate::messages::input_error::{InputError, Problem};
use crate::shares::merge::Merge;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::well_known;

/// Categories after merges, and which of those before make up each.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// The categories after.
    pub taxonomy: Taxonomy,
    /// For each of them its parts, as ascending positions among the categories before.
    pub members: Vec<Vec<usize>>,
}

impl Joined {
    /// The categories of `taxonomy` with the merges done, one after the other; a later one may name the
    /// whole of an earlier.
    ///
    /// # Errors
    /// If a merge names a category that is not there, or one name would stand for two categories.
    pub fn by(taxonomy: &Taxonomy, merges: &[Merge]) -> Result<Self, InputError> {
        let mut groups = Groups::of(taxonomy);
        for merge in merges {
            groups.join(merge)?;
        }
        let taxonomy = Taxonomy::new(groups.names)
            .map_err(|error| InputError::new("", "--merge", Problem::Taxonomy(error)))?;
        Ok(Self { taxonomy, members: groups.members })
    }

    /// The sum of the parts of each category, from values for the categories before.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let sum = |members: &Vec<usize>| members.iter().map(|&at| values[at]).sum::<f64>();
        self.members.iter().map(sum).collect()
    }

    /// As [`Joined::sums`] for probabilities: at most 1, whatever the rounding of the parts.
    pub fn probabilities(&self, values: &[f64]) -> Vec<f64> {
        self.sums(values).into_iter().map(|sum| sum.min(1.0)).collect()
    }
}

/// Positions of categories that count as one, each group with its name.
struct Groups {
    taxonomy: Taxonomy,
    names: Vec<String>,
    members: Vec<Vec<usize>>,
}

impl Groups {
    fn of(taxonomy: &Taxonomy) -> Self {
        Self {
            names: taxonomy.names().to_vec(),
            members: (0..taxonomy.len()).map(|position| vec![position]).collect(),
            taxonomy: taxonomy.clone(),
        }
    }

    /// Joins the groups of the merge's parts at the place of the first; the whole may be one of them.
    fn join(&mut self, merge: &Merge) -> Result<(), InputError> {
        let mut positions = Vec::new();
        for part in &merge.parts {
            positions.push(self.position(part).ok_or_else(|| self.not_found(part))?);
        }
        positions.sort_unstable();
        positions.dedup();
        for &position in positions[1..].iter().rev() {
            let members = self.members.remove(position);
            self.names.remove(position);
            self.members[positions[0]].extend(members);
        }
        self.members[positions[0]].sort_unstable();
        self.names[positions[0]].clone_from(&merge.whole);
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        if let Some(at) = self.taxonomy.position(name) {
            return self.members.iter().position(|members| members.contains(&at));
        }
        let wanted = well_known::key(name);
        self.names.iter().position(|own| well_known::key(own) == wanted)
    }

    fn not_found(&self, name: &str) -> InputError {
        let (name, known) = (name.to_owned(), self.names.clone());
        InputError::new("", "--merge", Problem::NotFound { what: "category", name, known })
    }
}
