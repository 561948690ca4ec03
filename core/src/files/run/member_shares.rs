//! The shares of members that a membership run found.

use serde::{Deserialize, Serialize};

use super::raw_summary::RawSummary;
use super::reader::Reader;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::printable::printable;
use crate::numeric::interval::Interval;

/// The share of members among the candidates of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberShare {
    /// The category, as the run names it.
    pub category: String,
    /// The share; none where it is not identifiable.
    pub share: Option<f64>,
    /// Its interval, where the run has one.
    pub interval: Option<Interval>,
}

impl Reader<'_> {
    /// The share of members per category; none but in this program's own membership runs, for other
    /// files mean other things by these fields.
    pub(super) fn member_shares(&self, raw: &RawSummary) -> Result<Vec<MemberShare>, InputError> {
        let rows = raw.per_category.iter().flatten().filter(|_| raw.is_ours_by("membership"));
        let shares = rows.enumerate().map(|(index, row)| {
            let place = |field: &str| format!("per_category[{index}].{field}");
            let missing = || {
                let expected = "`category`".to_owned();
                self.refuse(place("category"), Problem::MissingField { expected })
            };
            let category = row.category.clone().ok_or_else(missing)?;
            if let Some(share) = row.pi_hat.filter(|share| !(0.0..=1.0).contains(share)) {
                let detail = format!("expected a share between 0 and 1, found `{share}`");
                return Err(self.refuse(place("pi_hat"), Problem::Syntax { detail }));
            }
            let interval = match row.ci_lo.zip(row.ci_hi) {
                Some((lo, hi)) => Some(self.interval(place("ci_lo"), lo, hi)?),
                None => None,
            };
            let category = printable(&category).into_owned();
            Ok(MemberShare { category, share: row.pi_hat, interval })
        });
        shares.collect()
    }
}
