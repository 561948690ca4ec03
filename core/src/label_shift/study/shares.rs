//! The shares of a study, in both units, with intervals.

use super::options::UnknownChoice;
use super::prepared::Study;
use super::replicate::StudyReplicate;
use crate::files::record::{SharesRecord, expected_error};
use crate::label_shift::open_set::{self, UnknownShare};
use crate::numeric::interval::Interval;
use crate::numeric::simplex;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::unit::{self, DocumentShares, Unit};

/// Shares in both units.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyShares {
    /// Of documents.
    pub documents: SharesRecord,
    /// Of tokens, where lengths are known.
    pub tokens: Option<SharesRecord>,
    /// Replicates in the study's unit, `[n_replicates, n_categories]`.
    pub replicates: Vec<Vec<f64>>,
    /// The error that the replicates lead one to expect, `1 - Acc`, in the study's unit; none without them.
    pub expected_error: Option<f64>,
    /// The share of no category, where it was asked for.
    pub unknown: Option<UnknownRecord>,
}

/// The share of no category, and the shares of all categories beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownRecord {
    /// The share of no category.
    pub share: UnknownShare,
    /// Shares of the categories, then of "Unknown", in the study's unit. In tokens a text of no
    /// category is taken to be as long as the others are on average.
    pub with_unknown: SharesRecord,
}

impl Study {
    /// The shares in both units with their intervals, from all replicates and intervals in order.
    pub fn shares(&self, replicates: &[StudyReplicate], intervals: &[Interval]) -> StudyShares {
        let point = self.analysis().estimate.mixture.shares().to_vec();
        let spread = self.dispersion(replicates).sqrt();
        let mixtures: Vec<Vec<f64>> = replicates
            .iter()
            .map(|one| spread_out(&point, one.replicate.mixture.shares(), spread))
            .collect();
        let ends = (!intervals.is_empty()).then(|| intervals.to_vec());
        let tokens = self.lengths().map(|lengths| {
            let means: Vec<Vec<f64>> =
                replicates.iter().filter_map(|one| one.mean_lengths.clone()).collect();
            let rows: Vec<Vec<f64>> = mixtures
                .iter()
                .zip(&means)
                .map(|(shares, means)| unit::token_shares(shares, means))
                .collect();
            let own_means = lengths.means();
            let ends = ends.as_ref().map(|intervals| {
                let level = self.options().level;
                let documents =
                    DocumentShares { point: &point, intervals, replicates: &mixtures, level };
                unit::token_intervals(documents, &own_means, &means)
            });
            (
                SharesRecord::new(unit::token_shares(&point, &own_means), &rows, ends.as_deref()),
                rows,
            )
        });
        let documents = SharesRecord::new(point.clone(), &mixtures, ends.as_deref());
        let (tokens, token_rows) = tokens.unzip();
        let rows = token_rows.filter(|_| self.unit() == Unit::Tokens).unwrap_or(mixtures);
        let shown = tokens.as_ref().filter(|_| self.unit() == Unit::Tokens).unwrap_or(&documents);
        StudyShares {
            expected_error: expected_error(&shown.point, &rows),
            unknown: unknown(self, replicates),
            documents,
            tokens,
            replicates: rows,
        }
    }
}

/// The mixture nearest to the one `spread` times as far from `point` as `drawn` is.
fn spread_out(point: &[f64], drawn: &[f64], spread: f64) -> Vec<f64> {
    if spread == 1.0 {
        return drawn.to_vec();
    }
    let moved = point.iter().zip(drawn).map(|(point, drawn)| point + spread * (drawn - point));
    simplex::project(&moved.collect::<Vec<f64>>())
}

fn unknown(study: &Study, replicates: &[StudyReplicate]) -> Option<UnknownRecord> {
    let found = study.bootstrap.open_set_estimate()?;
    let share = found.unknown.clamp(0.0, 1.0);
    let in_unit = |known: &[f64], unknown: f64, means: Option<&Vec<f64>>| -> Vec<f64> {
        let known = match means.filter(|_| study.unit() == Unit::Tokens) {
            Some(means) => unit::token_shares(known, means),
            None => known.to_vec(),
        };
        let scaled = known.iter().map(|share| share * (1.0 - unknown));
        scaled.chain(std::iter::once(unknown)).collect()
    };
    let means = study.lengths().map(DocumentLengths::means);
    let point = in_unit(&found.known, share, means.as_ref());
    let rows: Vec<Vec<f64>> = replicates
        .iter()
        .filter_map(|one| {
            let drawn = one.replicate.open_set.as_ref()?;
            let unknown = drawn.unknown.clamp(0.0, 1.0);
            Some(in_unit(&drawn.known, unknown, one.mean_lengths.as_ref()))
        })
        .collect();
    let drawn: Vec<_> =
        replicates.iter().filter_map(|one| one.replicate.open_set.as_ref()).collect();
    let level = study.options().level;
    let intervals = (rows.len() > 1).then(|| {
        let of_category = |category: usize| {
            let drawn: Vec<f64> = rows.iter().map(|row| row[category]).collect();
            study.bootstrap.bounded_interval(point[category], &drawn, level)
        };
        let mut all: Vec<Interval> = (0..point.len() - 1).map(of_category).collect();
        all.push(study.bootstrap.open_set_interval(&found, &drawn, level));
        all
    });
    let own = intervals.as_ref().and_then(|all| all.last().copied());
    let (method, threshold, assumption) = match study.options().unknown {
        UnknownChoice::Threshold(threshold) => {
            ("threshold", Some(threshold), open_set::THRESHOLD_ASSUMPTION)
        }
        _ => ("sure_half", None, open_set::ASSUMPTION),
    };
    Some(UnknownRecord {
        share: UnknownShare {
            share,
            ci_lo: own.map(Interval::lo),
            ci_hi: own.map(Interval::hi),
            level: own.map(|_| level),
            method,
            threshold,
            assumption,
        },
        with_unknown: SharesRecord::new(point, &rows, intervals.as_deref()),
    })
}
