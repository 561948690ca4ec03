//! An estimate read back from a `summary.json`, whoever wrote it.
//!
//! Only what scoring needs is kept; confusion matrices and the like are passed over as they stream
//! by, so that a thousand runs of 87 categories take little memory.

mod member_shares;

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::json::{check_object, json_error};
use crate::files::digest::sha256_hex;
use crate::files::predictions::Prediction;
use crate::files::spec::OrderedMap;
use crate::files::text;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::printable::printable;
use crate::numeric::interval::Interval;
use crate::shares::mixture::{Mixture, MixtureError};
use crate::shares::taxonomy::Taxonomy;

pub use member_shares::MemberShare;

/// The latest `schema_version` of summary files that is understood.
pub const SCHEMA_VERSION: u64 = 1;

/// Who wrote a summary, which decides what is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// This program: the point estimate is scored.
    Ours,
    /// The seed study's label shift: its mean is scored, as the seed does.
    SeedPriors,
    /// One of the seed study's membership scripts.
    SeedMembership,
}

/// One run's estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Name of the run: its folder, else the file's stem.
    pub name: String,
    /// The file it was read from, as the user named it.
    pub path: String,
    /// Who wrote it.
    pub dialect: Dialect,
    /// The method that made it, where the file says so.
    pub method: Option<String>,
    /// What its shares are shares of, where the file says so: `documents` or `tokens`.
    pub unit: Option<String>,
    /// The model that was looked at, where the file says so.
    pub target_model: Option<String>,
    /// The categories, in the file's order.
    pub taxonomy: Taxonomy,
    /// The estimate that is scored.
    pub estimate: Mixture,
    /// An interval per category, if the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// The nominal level of the intervals, where the file says so.
    pub level: Option<f64>,
    /// Bootstrap replicates of the estimate, `[n_replicates, n_categories]`, if stored.
    pub replicates: Option<Vec<Vec<f64>>>,
    /// The same for two runs whose replicates drew the same documents and texts: their seed and the
    /// fingerprints of their inputs. None where the file does not say.
    pub resampling: Option<String>,
    /// The classifier's verdicts, where `predictions.jsonl` was read too; else empty.
    pub predictions: Vec<Prediction>,
    /// The share of members in each category, for a membership run of this program; else empty.
    pub member_shares: Vec<MemberShare>,
    /// The doubts that the run itself recorded.
    pub diagnostics: Vec<Diagnostic>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

#[derive(Deserialize)]
struct RawSummary {
    schema_version: Option<u64>,
    method: Option<String>,
    unit: Option<String>,
    config: Option<RawConfig>,
    #[serde(alias = "languages")]
    categories: Option<Vec<String>>,
    priors: Option<RawPriors>,
    global_mixture_over_sampled_pool: Option<Shares>,
    global_mixture: Option<Shares>,
    #[serde(alias = "per_language")]
    per_category: Option<Vec<RawCategory>>,
    inputs: Option<serde_json::Value>,
    #[serde(default)]
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct RawConfig {
    target_model: Option<String>,
    seed: Option<u64>,
}

#[derive(Deserialize)]
struct RawPriors {
    point: Option<Vec<Option<f64>>>,
    mean: Option<Vec<Option<f64>>>,
    ci_lo: Option<Vec<Option<f64>>>,
    ci_hi: Option<Vec<Option<f64>>>,
    level: Option<f64>,
    replicates: Option<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct RawCategory {
    #[serde(alias = "language")]
    category: Option<String>,
    normalized_proportion: Option<f64>,
    pi_hat: Option<f64>,
    ci_lo: Option<f64>,
    ci_hi: Option<f64>,
}

/// Shares as the seed's scripts write them: a list in category order, or a map by name.
enum Shares {
    List(Vec<Option<f64>>),
    Map(OrderedMap<f64>),
}

impl<'de> Deserialize<'de> for Shares {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Shares;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list or a map of shares")
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Shares, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Shares::List)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Shares, A::Error> {
                OrderedMap::deserialize(de::value::MapAccessDeserializer::new(map)).map(Shares::Map)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Run {
    /// The run in the bytes of a summary file. `path` names it in errors and gives it its name.
    ///
    /// # Errors
    /// If the bytes are not such JSON, or the shares do not fit their categories or sum to 1.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        check_object(path, text)?;
        let mut raw: RawSummary =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        if let Some(found) = raw.schema_version.filter(|version| *version > SCHEMA_VERSION) {
            let problem = Problem::TooNew { found, known: SCHEMA_VERSION };
            return Err(InputError::new(path, "schema_version", problem));
        }
        let reader = Reader { path };
        let stated = match &raw.categories {
            Some(names) => Some(reader.taxonomy("categories", names)?),
            None => None,
        };
        let shares = reader.shares(&raw, stated)?;
        let (intervals, replicates, level) = match &mut raw.priors {
            Some(priors) => (
                reader.intervals(priors, &shares.taxonomy)?,
                reader.replicates(priors.replicates.take(), &shares.taxonomy)?,
                reader.level(priors)?,
            ),
            None => (None, None, None),
        };
        Ok(Self {
            name: printable(&run_name(path)).into_owned(),
            path: path.to_owned(),
            dialect: shares.dialect,
            resampling: resampling(&raw),
            member_shares: reader.member_shares(&raw)?,
            method: raw.method,
            unit: raw.unit,
            target_model: raw.config.and_then(|config| config.target_model),
            taxonomy: shares.taxonomy,
            estimate: shares.estimate,
            intervals,
            level,
            replicates,
            predictions: Vec::new(),
            diagnostics: raw.diagnostics,
            sha256: sha256_hex(bytes),
        })
    }
}

impl Run {
    /// A published mixture seen as if it were an estimate, to score it against another.
    pub fn of_spec(spec: &crate::files::spec::Spec) -> Self {
        Self {
            name: spec.id.clone(),
            path: spec.id.clone(),
            dialect: Dialect::Ours,
            method: None,
            unit: None,
            target_model: None,
            taxonomy: spec.taxonomy.clone(),
            estimate: spec.mixture.clone(),
            intervals: None,
            level: None,
            replicates: None,
            resampling: None,
            predictions: Vec::new(),
            member_shares: Vec::new(),
            diagnostics: Vec::new(),
            sha256: spec.sha256.clone(),
        }
    }
}

/// Whether this program wrote the summary of a membership run.
fn is_our_membership(raw: &RawSummary) -> bool {
    raw.schema_version.is_some() && raw.method.as_deref() == Some("membership")
}

fn resampling(raw: &RawSummary) -> Option<String> {
    let seed = raw.config.as_ref()?.seed?;
    Some(format!("{seed} {}", raw.inputs.as_ref()?))
}

/// Shares found in a summary, and how.
struct FoundShares {
    taxonomy: Taxonomy,
    estimate: Mixture,
    dialect: Dialect,
}

/// Turns raw fields into checked values, naming the file and the place of what is wrong.
struct Reader<'path> {
    path: &'path str,
}

impl Reader<'_> {
    fn refuse(&self, place: impl Into<String>, problem: Problem) -> InputError {
        InputError::new(self.path, place, problem)
    }

    fn taxonomy(&self, place: &str, names: &[String]) -> Result<Taxonomy, InputError> {
        Taxonomy::new(names).map_err(|error| self.refuse(place, Problem::Taxonomy(error)))
    }

    /// The shares to score, from the first of the known fields that is there.
    fn shares(
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
        if is_our_membership(raw) {
            return Err(self.refuse("", Problem::NotIdentified));
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
        let values = self.one_for_each(place, values, &taxonomy)?;
        let estimate = self.mixture(place, values, &taxonomy)?;
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

    fn interval(&self, place: String, lo: f64, hi: f64) -> Result<Interval, InputError> {
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

    /// The intervals, or none: the seed writes zeros for "no intervals", or nulls.
    fn intervals(
        &self,
        priors: &RawPriors,
        taxonomy: &Taxonomy,
    ) -> Result<Option<Vec<Interval>>, InputError> {
        let (Some(lo), Some(hi)) = (&priors.ci_lo, &priors.ci_hi) else { return Ok(None) };
        let absent = |end: &Option<f64>| end.is_none_or(|value| value == 0.0);
        if lo.iter().all(absent) && hi.iter().all(absent) {
            return Ok(None);
        }
        let lo = self.one_for_each("priors.ci_lo", lo, taxonomy)?;
        let hi = self.one_for_each("priors.ci_hi", hi, taxonomy)?;
        let ends = lo.into_iter().zip(hi).enumerate();
        let intervals =
            ends.map(|(index, (lo, hi))| self.interval(format!("priors.ci_lo[{index}]"), lo, hi));
        intervals.collect::<Result<_, _>>().map(Some)
    }

    fn replicates(
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

    fn level(&self, priors: &RawPriors) -> Result<Option<f64>, InputError> {
        match priors.level {
            Some(level) if !(level > 0.0 && level < 1.0) => {
                let detail = format!("expected a level between 0 and 1, found `{level}`");
                Err(self.refuse("priors.level", Problem::Syntax { detail }))
            }
            level => Ok(level),
        }
    }
}

/// The folder that a run's file lies in, else the file's stem.
pub(crate) fn run_name(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., folder, "summary.json" | "predictions.jsonl"] if *folder != "." && *folder != ".." => {
            (*folder).to_owned()
        }
        [.., file] => file.strip_suffix(".json").unwrap_or(file).to_owned(),
        [] => "run".to_owned(),
    }
}
