//! What to do with evidence.

use super::beginnings::Smoothing;
use crate::shares::merge::Merge;
use crate::shares::unit::Unit;

/// What to do with evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct OpeningsOptions {
    /// Documents' worth of a category's tokens that are added to its counted beginnings.
    pub pseudo_documents: f64,
    /// Whether the model may expect what begins no document.
    pub nuisances: bool,
    /// Whether rarer beginnings are taken to be learned less; needs nuisances.
    pub learning: bool,
    /// Categories to count as one, in this order.
    pub merges: Vec<Merge>,
    /// The unit of the shares that are shown first.
    pub unit: Unit,
    /// Level of the intervals, between 0 and 1.
    pub level: f64,
    /// Replicates (0: no intervals and no tests).
    pub n_replicates: u64,
    /// Seed of every random choice.
    pub seed: u64,
}

impl OpeningsOptions {
    /// How beginnings are made of counts.
    pub fn smoothing(&self) -> Smoothing {
        Smoothing { pseudo_documents: self.pseudo_documents, nuisances: self.nuisances }
    }

    /// Whether it is asked what the model has learned of each beginning.
    pub(super) fn learns(&self) -> bool {
        self.learning && self.nuisances
    }
}
