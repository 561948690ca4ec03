//! From raw fields to checked values.

use super::dialect::Dialect;
use super::raw_summary::{RawPriors, RawSummary, Shares};
use crate::messages::input_error::{InputError, Problem};
use crate::numeric::interval::Interval;
use crate::shares::mixture::{Mixture, MixtureError};
use crate::shares::taxonomy::Taxonomy;

/// Shares found in a summary, and how.
pub(super) struct FoundShares {
    pub(super) taxonomy: Taxonomy,
    pub(super) estimate: Mixture,
    pub(super) dialect: Dialect,
}

/// Turns raw fields into checked values, naming the file and the place of what is wrong.
pub(super) struct Reader<'path> {
    pub(super) path: &'path str,
}

impl Reader<'_> {
    /// What is wrong, and where.
    pub(super) fn refuse(&self, place: impl Into<String>, problem: Problem) -> InputError {
        InputError::new(self.path, place, problem)
    }

    /// The categories of these names.
    pub(super) fn taxonomy(&self, place: &str, names: &[String]) -> Result<Taxonomy, InputError> {
        Taxonomy::new(names).map_err(|error| self.refuse(place, Problem::Taxonomy(error)))
    }

    /// The shares to score, from the first of the known fields that is there.
    pub(super) fn shares(
        &self,
        raw: &RawSummary,
        stated: Option<Taxonomy>,
    ) -> Result<FoundShares, InputError> {
        let ours = raw.schema_version.is_some();
        let dialect = |seed| if ours { Dialect::Ours } else { seed };
        if let Some(priors) = &raw.priors {
            let order = [("priors.point", &priors.point), ("priors.mean", &priors.mean)];
            // The seed's evaluator scores the mean and falls back on the point; ours the reverse.
            let order = if ours { order } else { [order[1], order[0]] };
            if let Some((place, values)) =
                order.into_iter().find_map(|(place, values)| Some((place, values.as_ref()?)))
            {
                return self.list(place, values, stated, dialect(Dialect::SeedPriors));
            }
        }
        let pooled = [
            ("global_mixture_over_sampled_pool", &raw.global_mixture_over_sampled_pool),
            ("global_mixture", &raw.global_mixture),
        ];
        for (place, shares) in pooled {
            let dialect = dialect(Dialect::SeedMembership);
            match shares {
                Some(Shares::List(values)) => return self.list(place, values, stated, dialect),
                Some(Shares::Map(map)) => return self.map(place, &map.0, stated, dialect),
                None => {}
            }
        }
        if let Some(entries) = self.normalized_proportions(raw)? {
            let dialect = dialect(Dialect::SeedMembership);
            return self.map("per_category", &entries, stated, dialect);
        }
        if let Some(method) = ["membership", "openings"].into_iter().find(|one| raw.is_ours_by(one))
        {
            let reasons = raw.reasons();
            return Err(self.refuse("", Problem::NotIdentified { method, reasons }));
        }
        let expected = "`priors.point`, `priors.mean`, `global_mixture_over_sampled_pool`, \
                        `global_mixture` or `per_category[].normalized_proportion`"
            .to_owned();
        Err(self.refuse("", Problem::MissingField { expected }))
    }

    fn list(
        &self,
        place: &str,
        values: &[Option<f64>],
        stated: Option<Taxonomy>,
        dialect: Dialect,
    ) -> Result<FoundShares, InputError> {
        let taxonomy = stated.ok_or_else(|| {
            self.refuse("", Problem::MissingField { expected: "`categories`".to_owned() })
        })?;
        let estimate = self.mixture_of(place, values, &taxonomy)?;
        Ok(FoundShares { taxonomy, estimate, dialect })
    }

    fn map(
        &self,
        place: &str,
        entries: &[(String, f64)],
        stated: Option<Taxonomy>,
        dialect: Dialect,
    ) -> Result<FoundShares, InputError> {
        let names: Vec<String> = entries.iter().map(|(name, _)| name.clone()).collect();
        let mapped = self.taxonomy(place, &names)?;
        let taxonomy = stated.unwrap_or_else(|| mapped.clone());
        let mismatch = |name: &str, present_in, absent_from| {
            let category = name.to_owned();
            self.refuse(place, Problem::CategoryMismatch { category, present_in, absent_from })
        };
        if let Some(name) = mapped.names().iter().find(|name| taxonomy.position(name).is_none()) {
            return Err(mismatch(name, "the shares", "`categories`"));
        }
        let mut values = Vec::with_capacity(taxonomy.len());
        for name in taxonomy.names() {
            let position = mapped
                .position(name)
                .ok_or_else(|| mismatch(name, "`categories`", "the shares"))?;
            values.push(entries[position].1);
        }
        let estimate = self.mixture(place, values, &taxonomy)?;
        Ok(FoundShares { taxonomy, estimate, dialect })
    }

    fn normalized_proportions(
        &self,
        raw: &RawSummary,
    ) -> Result<Option<Vec<(String, f64)>>, InputError> {
        let Some(rows) = &raw.per_category else { return Ok(None) };
        if rows.iter().all(|row| row.normalized_proportion.is_none()) {
            return Ok(None);
        }
        let mut entries = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let missing = |field: &str| {
                let expected = format!("`{field}`");
                self.refuse(format!("per_category[{index}]"), Problem::MissingField { expected })
            };
            let name = row.category.clone().ok_or_else(|| missing("category"))?;
            let share =
                row.normalized_proportion.ok_or_else(|| missing("normalized_proportion"))?;
            entries.push((name, share));
        }
        Ok(Some(entries))
    }

    /// The interval of these ends, which lie within 0 and 1.
    pub(super) fn interval(&self, place: String, lo: f64, hi: f64) -> Result<Interval, InputError> {
        let within = |interval: &Interval| interval.lo() >= 0.0 && interval.hi() <= 1.0;
        Interval::new(lo, hi).filter(within).ok_or_else(|| {
            let detail = format!("expected an interval within 0 and 1, found {lo} to {hi}");
            self.refuse(place, Problem::Syntax { detail })
        })
    }

    fn one_for_each(
        &self,
        place: &str,
        values: &[Option<f64>],
        taxonomy: &Taxonomy,
    ) -> Result<Vec<f64>, InputError> {
        self.count(place, values.len(), taxonomy)?;
        let numbers = values.iter().enumerate().map(|(index, value)| {
            value.ok_or_else(|| {
                let problem = Problem::NotFinite { found: "null".to_owned() };
                self.refuse(format!("{place}[{index}]"), problem)
            })
        });
        numbers.collect()
    }

    fn count(&self, place: &str, found: usize, taxonomy: &Taxonomy) -> Result<(), InputError> {
        let expected = taxonomy.len();
        if found == expected {
            return Ok(());
        }
        Err(self.refuse(place, Problem::Count { what: "values", found, expected }))
    }

    /// One share for each category, which sum to 1.
    pub(super) fn mixture_of(
        &self,
        place: &str,
        values: &[Option<f64>],
        taxonomy: &Taxonomy,
    ) -> Result<Mixture, InputError> {
        self.mixture(place, self.one_for_each(place, values, taxonomy)?, taxonomy)
    }

    fn mixture(
        &self,
        place: &str,
        values: Vec<f64>,
        taxonomy: &Taxonomy,
    ) -> Result<Mixture, InputError> {
        let item = |position: usize| {
            format!("{place}[{}] ({})", position - 1, taxonomy.names()[position - 1])
        };
        Mixture::new(values).map_err(|error| match error {
            MixtureError::NotFinite { position, value } => {
                self.refuse(item(position), Problem::NotFinite { found: value.to_string() })
            }
            MixtureError::Negative { position, value } => {
                self.refuse(item(position), Problem::Negative { found: value })
            }
            MixtureError::Sum { sum } => self.refuse(place, Problem::Sum { sum }),
            MixtureError::Empty => {
                let expected = "at least one share".to_owned();
                self.refuse(place, Problem::MissingField { expected })
            }
        })
    }

    /// The intervals under `place`, or none: the seed writes zeros for "no intervals", or nulls.
    pub(super) fn intervals(
        &self,
        place: &str,
        priors: &RawPriors,
        taxonomy: &Taxonomy,
    ) -> Result<Option<Vec<Interval>>, InputError> {
        let (Some(lo), Some(hi)) = (&priors.ci_lo, &priors.ci_hi) else { return Ok(None) };
        let absent = |end: &Option<f64>| end.is_none_or(|value| value == 0.0);
        if lo.iter().all(absent) && hi.iter().all(absent) {
            return Ok(None);
        }
        let lo = self.one_for_each(&format!("{place}.ci_lo"), lo, taxonomy)?;
        let hi = self.one_for_each(&format!("{place}.ci_hi"), hi, taxonomy)?;
        let ends = lo.into_iter().zip(hi).enumerate();
        let intervals =
            ends.map(|(index, (lo, hi))| self.interval(format!("{place}.ci_lo[{index}]"), lo, hi));
        intervals.collect::<Result<_, _>>().map(Some)
    }

    /// The replicates, or none: each of as many shares as there are categories.
    pub(super) fn replicates(
        &self,
        replicates: Option<Vec<Vec<f64>>>,
        taxonomy: &Taxonomy,
    ) -> Result<Option<Vec<Vec<f64>>>, InputError> {
        let Some(replicates) = replicates.filter(|rows| !rows.is_empty()) else {
            return Ok(None);
        };
        for (index, row) in replicates.iter().enumerate() {
            let place = format!("priors.replicates[{index}]");
            self.count(&place, row.len(), taxonomy)?;
            let sum: f64 = row.iter().sum();
            if let Some(found) = row.iter().copied().find(|share| !(*share >= 0.0)) {
                return Err(self.refuse(place, Problem::Negative { found }));
            }
            // Stored to six decimals: 87 of them may add up to half a ten-thousandth.
            if !((sum - 1.0).abs() <= 1e-3) {
                return Err(self.refuse(place, Problem::Sum { sum }));
            }
        }
        Ok(Some(replicates))
    }

    /// The level of the intervals, which lies between 0 and 1.
    pub(super) fn level(&self, priors: &RawPriors) -> Result<Option<f64>, InputError> {
        match priors.level {
            Some(level) if !(level > 0.0 && level < 1.0) => {
                let detail = format!("expected a level between 0 and 1, found `{level}`");
                Err(self.refuse("priors.level", Problem::Syntax { detail }))
            }
            level => Ok(level),
        }
    }
}
