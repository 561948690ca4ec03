//! A summary's fields, as any dialect writes them.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::files::spec::OrderedMap;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::shares::unit::Unit;

/// What is kept of a summary, before anything is checked.
#[derive(Deserialize)]
pub(super) struct RawSummary {
    pub(super) schema_version: Option<u64>,
    pub(super) method: Option<String>,
    pub(super) unit: Option<Unit>,
    pub(super) config: Option<RawConfig>,
    #[serde(alias = "languages")]
    pub(super) categories: Option<Vec<String>>,
    pub(super) priors: Option<RawPriors>,
    pub(super) shares: Option<RawShares>,
    pub(super) document_lengths: Option<Value>,
    pub(super) global_mixture_over_sampled_pool: Option<Shares>,
    pub(super) global_mixture: Option<Shares>,
    #[serde(alias = "per_language")]
    pub(super) per_category: Option<Vec<RawCategory>>,
    pub(super) inputs: Option<Value>,
    pub(super) attack: Option<Value>,
    pub(super) tool: Option<Value>,
    pub(super) created: Option<Value>,
    pub(super) estimator: Option<Value>,
    pub(super) val_metrics: Option<Value>,
    #[serde(default)]
    pub(super) refusals: Vec<String>,
    pub(super) verdict: Option<Verdict>,
    #[serde(default)]
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The code of what a membership run says of a share that it does not know.
const NO_SHARE: &str = "not_identifiable";

impl RawSummary {
    /// Whether this program wrote the summary, of a run of this method.
    pub(super) fn is_ours_by(&self, method: &str) -> bool {
        self.schema_version.is_some() && self.method.as_deref() == Some(method)
    }

    /// Why there is no mixture, as far as the run says.
    pub(super) fn reasons(&self) -> Vec<String> {
        let of_categories = self.diagnostics.iter().filter(|doubt| doubt.code == NO_SHARE);
        let of_categories = of_categories.map(|doubt| &doubt.message);
        self.refusals.iter().chain(of_categories).cloned().collect()
    }
}

/// What a run was asked for.
#[derive(Deserialize)]
pub(super) struct RawConfig {
    pub(super) target_model: Option<String>,
    pub(super) seed: Option<u64>,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(super) run_name: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl RawConfig {
    /// Every setting that is there, by its name.
    pub(super) fn all(&self) -> Map<String, Value> {
        let model =
            self.target_model.clone().map(|model| ("target_model".to_owned(), model.into()));
        let seed = self.seed.map(|seed| ("seed".to_owned(), seed.into()));
        let name = self.run_name.clone().map(|name| ("run_name".to_owned(), name.into()));
        self.others.clone().into_iter().chain(model).chain(seed).chain(name).collect()
    }
}

/// A text; none for anything else, which no run of this program writes.
fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// The estimate in each unit.
#[derive(Deserialize)]
pub(super) struct RawShares {
    pub(super) documents: Option<RawPriors>,
    pub(super) tokens: Option<RawPriors>,
}

/// The estimate of a run of label shift.
#[derive(Deserialize)]
pub(super) struct RawPriors {
    pub(super) point: Option<Vec<Option<f64>>>,
    pub(super) mean: Option<Vec<Option<f64>>>,
    pub(super) ci_lo: Option<Vec<Option<f64>>>,
    pub(super) ci_hi: Option<Vec<Option<f64>>>,
    pub(super) level: Option<f64>,
    pub(super) replicates: Option<Vec<Vec<f64>>>,
}

/// What a run of membership says of a category.
#[derive(Deserialize)]
pub(super) struct RawCategory {
    #[serde(alias = "language")]
    pub(super) category: Option<String>,
    pub(super) normalized_proportion: Option<f64>,
    pub(super) pi_hat: Option<f64>,
    pub(super) ci_lo: Option<f64>,
    pub(super) ci_hi: Option<f64>,
}

/// Shares as the seed's scripts write them: a list in category order, or a map by name.
pub(super) enum Shares {
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
