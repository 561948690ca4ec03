//! The estimate of a run in the unit that its file does not show first.

use super::raw_summary::{RawPriors, RawSummary};
use super::reader::Reader;
use crate::messages::input_error::InputError;
use crate::numeric::interval::Interval;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::mixture::Mixture;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::unit::{self, Unit};

/// How far the mean of derived replicates may be from the stored one: stored replicates have six decimals, and the
/// share of a category of short documents holds a hundred times their rounding.
const ROUNDING: f64 = 2e-4;

/// The same estimate in another unit.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherUnit {
    /// What these shares are shares of.
    pub unit: Unit,
    /// The estimate.
    pub estimate: Mixture,
    /// An interval per category, if the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// The mean of the replicates as the run stored it, by which derived ones are checked.
    mean: Vec<f64>,
    /// The lengths that lie between the units, and the seed of their draws, where the run tells both.
    lengths: Option<(DocumentLengths, u64)>,
}

impl OtherUnit {
    /// The shares that a summary of this program holds in the unit beside `first`; none where it holds no others.
    ///
    /// # Errors
    /// If these are malformed.
    pub(super) fn read(
        raw: &RawSummary,
        reader: &Reader<'_>,
        taxonomy: &Taxonomy,
    ) -> Result<Option<Self>, InputError> {
        let (Some(first), Some(shares)) = (raw.unit, &raw.shares) else { return Ok(None) };
        let (unit, place, priors) = match first {
            Unit::Documents => (Unit::Tokens, "shares.tokens", &shares.tokens),
            Unit::Tokens => (Unit::Documents, "shares.documents", &shares.documents),
        };
        let Some(priors @ RawPriors { point: Some(point), .. }) = priors else { return Ok(None) };
        let estimate = reader.mixture_of(&format!("{place}.point"), point, taxonomy)?;
        let mean = match &priors.mean {
            Some(mean) => reader.mixture_of(&format!("{place}.mean"), mean, taxonomy)?,
            None => estimate.clone(),
        };
        let lengths = match &raw.document_lengths {
            Some(lengths) if !lengths.is_null() => {
                Some(DocumentLengths::recorded(reader.path, lengths, taxonomy)?)
            }
            _ => None,
        };
        Ok(Some(Self {
            unit,
            intervals: reader.intervals(place, priors, taxonomy)?,
            mean: mean.shares().to_vec(),
            lengths: lengths.zip(raw.config.as_ref().and_then(|config| config.seed)),
            estimate,
        }))
    }

    /// The replicates in this unit, made of those in the run's first one with the lengths that each of them drew; none
    /// where these are not known, or do not lead to the mean that the run stored.
    pub fn replicates(&self, first: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
        let (lengths, seed) = self.lengths.as_ref()?;
        let convert = match self.unit {
            Unit::Tokens => unit::token_shares,
            Unit::Documents => unit::document_shares,
        };
        let row = |(index, row): (u64, &Vec<f64>)| {
            convert(row, &unit::replicate_means(lengths, *seed, index))
        };
        let rows: Vec<Vec<f64>> = (0..).zip(first).map(row).collect();
        self.has_stored_mean(&rows).then_some(rows)
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of replicates")]
    fn has_stored_mean(&self, rows: &[Vec<f64>]) -> bool {
        let mean =
            |category: usize| rows.iter().map(|row| row[category]).sum::<f64>() / rows.len() as f64;
        let mut pairs = self.mean.iter().enumerate();
        // A share that is not a number is near to none.
        !rows.is_empty()
            && pairs.all(|(category, stored)| (mean(category) - stored).abs() <= ROUNDING)
    }
}
