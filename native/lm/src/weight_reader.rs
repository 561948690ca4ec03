//! Weights out of a checkpoint, as a blueprint says where they are.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};

use super::blueprint::{Blueprint, LinearSource, NormSource, Rows, Source};
use super::checkpoint::Checkpoint;

/// Reads the tensors of a checkpoint one at a time and remembers which were asked for.
#[derive(Debug)]
pub struct WeightReader<'a> {
    checkpoint: &'a Checkpoint,
    blueprint: &'a Blueprint,
    used: BTreeSet<String>,
}

/// A linear map in single precision.
#[derive(Debug)]
pub struct LinearWeights {
    /// `[n_out, n_in]`, row-major.
    pub weight: Vec<f32>,
    /// `[n_out]`.
    pub bias: Option<Vec<f32>>,
}

/// A norm's factors and terms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NormWeights {
    /// `[n]`.
    pub weight: Option<Vec<f32>>,
    /// `[n]`.
    pub bias: Option<Vec<f32>>,
}

impl<'a> WeightReader<'a> {
    /// A reader of this checkpoint.
    pub fn new(checkpoint: &'a Checkpoint, blueprint: &'a Blueprint) -> Self {
        Self { checkpoint, blueprint, used: BTreeSet::new() }
    }

    /// The matrix at `source`, `[n_out, n_in]`, row-major.
    ///
    /// # Errors
    /// If it is not there, or has another shape.
    pub fn matrix(
        &mut self,
        source: &Source,
        [n_out, n_in]: [usize; 2],
    ) -> anyhow::Result<Vec<f32>> {
        let n_rows = source.rows.of(n_out);
        let stored = if source.transposed { [n_in, n_rows] } else { [n_rows, n_in] };
        let tensor = self.checkpoint.tensor_of_shape(&self.name(source)?, &stored)?;
        if source.transposed {
            return Ok(select(&tensor.transposed()?, &source.rows)?.to_f32());
        }
        Ok(select(&tensor, &source.rows)?.to_f32())
    }

    /// The vector at `source`.
    ///
    /// # Errors
    /// If it is not there, or has another length.
    pub fn vector(&mut self, source: &Source, length: usize) -> anyhow::Result<Vec<f32>> {
        let n_rows = source.rows.of(length);
        let tensor = self.checkpoint.tensor_of_shape(&self.name(source)?, &[n_rows])?;
        Ok(select(&tensor, &source.rows)?.to_f32())
    }

    /// The linear map at `source`.
    ///
    /// # Errors
    /// As [`Self::matrix`].
    pub fn linear(
        &mut self,
        source: &LinearSource,
        [n_out, n_in]: [usize; 2],
    ) -> anyhow::Result<LinearWeights> {
        let weight = self.matrix(&source.weight, [n_out, n_in])?;
        let bias = source.bias.as_ref().map(|bias| self.vector(bias, n_out)).transpose()?;
        Ok(LinearWeights { weight, bias })
    }

    /// The maps at `sources`, which have the same input, one below the other.
    ///
    /// # Errors
    /// As [`Self::matrix`].
    pub fn stacked(
        &mut self,
        sources: &[(&LinearSource, usize)],
        n_in: usize,
    ) -> anyhow::Result<LinearWeights> {
        let mut joined = LinearWeights { weight: Vec::new(), bias: None };
        let biased = sources.iter().any(|(source, _)| source.bias.is_some());
        for (source, n_out) in sources {
            let part = self.linear(source, [*n_out, n_in])?;
            joined.weight.extend_from_slice(&part.weight);
            if biased {
                let bias = part.bias.unwrap_or_else(|| vec![0.0; *n_out]);
                joined.bias.get_or_insert_default().extend_from_slice(&bias);
            }
        }
        Ok(joined)
    }

    /// The norm at `source`.
    ///
    /// # Errors
    /// As [`Self::vector`].
    pub fn norm(&mut self, source: &NormSource, length: usize) -> anyhow::Result<NormWeights> {
        let mut read = |source: &Option<Source>| {
            source.as_ref().map(|source| self.vector(source, length)).transpose()
        };
        Ok(NormWeights { weight: read(&source.weight)?, bias: read(&source.bias)? })
    }

    /// Checks that nothing of the checkpoint was left unread: a weight that the blueprint does not know
    /// would make every number wrong.
    ///
    /// # Errors
    /// If there is such a tensor; names up to three.
    pub fn finish(self) -> anyhow::Result<()> {
        let weights = &self.blueprint.weights;
        let harmless = |name: &str| {
            weights.ignored.iter().any(|ending| name.ends_with(ending))
                // A head that is tied to the embedding may be stored a second time.
                || (weights.head.is_none() && name == "lm_head.weight")
        };
        let left: Vec<&str> = self
            .checkpoint
            .names()
            .filter(|name| !self.used.contains(*name) && !harmless(name))
            .collect();
        match left.as_slice() {
            [] => Ok(()),
            [first, ..] => bail!(
                "{}: the checkpoint holds {} that {} does not have, such as `{first}`: is its config.json of another model?",
                self.checkpoint.folder().display(),
                if left.len() == 1 {
                    "a tensor".to_owned()
                } else {
                    format!("{} tensors", left.len())
                },
                self.blueprint.family
            ),
        }
    }

    /// The name under which the checkpoint holds it: with the family's prefix, or without.
    fn name(&mut self, source: &Source) -> anyhow::Result<String> {
        let bare = source.name.strip_prefix(self.blueprint.weights.prefix);
        let candidates = [Some(source.name.as_str()), bare];
        let found =
            candidates.into_iter().flatten().find(|name| self.checkpoint.shape(name).is_some());
        let name = found.unwrap_or(&source.name).to_owned();
        self.used.insert(name.clone());
        Ok(name)
    }
}

fn select<'t>(
    tensor: &'t super::checkpoint::HostTensor<'_>,
    rows: &Rows,
) -> anyhow::Result<super::checkpoint::HostTensor<'t>> {
    match rows {
        Rows::All => tensor.rows(0..tensor.shape.first().copied().unwrap_or(0)),
        Rows::Range { range, .. } => tensor.rows(range.clone()),
        Rows::Groups { n_groups, range, .. } => tensor.rows_of_groups(*n_groups, range.clone()),
    }
    .context("selecting rows")
}

impl Rows {
    /// How many rows the whole tensor has, if `n_selected` of them are meant.
    fn of(&self, n_selected: usize) -> usize {
        match self {
            Self::All => n_selected,
            Self::Range { n_rows, .. } => *n_rows,
            Self::Groups { n_groups, group_rows, .. } => n_groups * group_rows,
        }
    }
}
