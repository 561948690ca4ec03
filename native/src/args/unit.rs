//! Units of shares, as they can be typed.

use clap::ValueEnum;
use data_anatomy_core::shares::unit::Unit;

/// Units of shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitKind {
    /// Shares of documents.
    Documents,
    /// Shares of tokens, as published mixtures are.
    Tokens,
}

impl From<UnitKind> for Unit {
    fn from(kind: UnitKind) -> Self {
        match kind {
            UnitKind::Documents => Self::Documents,
            UnitKind::Tokens => Self::Tokens,
        }
    }
}
