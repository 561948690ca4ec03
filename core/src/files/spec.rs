//! Ground truth: a published mixture, where it comes from, and what is odd about it.

use std::fmt;

use serde::{Deserialize, Serialize, de};

use crate::files::digest::sha256_hex;
use crate::files::text;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::parser_message::parser_message;
use crate::messages::printable::printable;
use crate::shares::mixture::{Mixture, MixtureError};
use crate::shares::taxonomy::Taxonomy;
use crate::shares::unit;

/// The schema name that every spec file carries.
pub const SCHEMA: &str = "category-mixture-v1";

/// What a published share is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Tokens of the data set, each counted once.
    #[serde(rename = "tokens")]
    Tokens,
    /// Bytes of text.
    #[serde(rename = "bytes")]
    Bytes,
    /// Tokens as they were drawn in training: repeated sources count repeatedly.
    #[serde(rename = "sampled tokens")]
    SampledTokens,
    /// Whole documents.
    #[serde(rename = "documents")]
    Documents,
}

impl Unit {
    /// The unit in which a run's estimate is compared with such shares: tokens, however they were counted,
    /// or documents.
    pub fn counted(self) -> unit::Unit {
        match self {
            Self::Tokens | Self::Bytes | Self::SampledTokens => unit::Unit::Tokens,
            Self::Documents => unit::Unit::Documents,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tokens => "tokens",
            Self::Bytes => "bytes",
            Self::SampledTokens => "sampled tokens",
            Self::Documents => "documents",
        })
    }
}

/// Where the figures were published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the paper or data set card.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The table or section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// One published mixture over named categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Name to call it by: the file's stem, and `@variant` where it is not the main one.
    pub id: String,
    /// Name of the model.
    pub name: String,
    /// Family of the model; specs of one family are never baselines for each other.
    pub family: Option<String>,
    /// Hub id of the tokenizer the published tokens were counted with.
    pub tokenizer_name: Option<String>,
    /// Version of the figures in this file.
    pub version: Option<String>,
    /// What the shares are shares of.
    pub unit: Option<Unit>,
    /// Where the figures were published.
    pub source: Option<Source>,
    /// Share of the training mass that the categories leave out, if known.
    pub not_covered: Option<f64>,
    /// What a reader of the figures must know.
    pub notes: Option<String>,
    /// The categories, in the file's order.
    pub taxonomy: Taxonomy,
    /// The weights as published, on the file's own scale, in category order.
    pub weights: Vec<f64>,
    /// The weights as shares of 1.
    pub mixture: Mixture,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// A spec file: its main figures and their variants.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecFile {
    /// The figures to use.
    pub main: Spec,
    /// Other readings of the same source, such as `seed`; their ids end in `@name`.
    pub variants: Vec<Spec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpec {
    schema: Option<String>,
    name: String,
    family: Option<String>,
    tokenizer_name: Option<String>,
    version: Option<String>,
    unit: Option<Unit>,
    source: Option<Source>,
    not_covered: Option<f64>,
    notes: Option<String>,
    categories: Vec<String>,
    category_weights: OrderedMap<f64>,
    variants: Option<OrderedMap<RawVariant>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVariant {
    notes: Option<String>,
    unit: Option<Unit>,
    not_covered: Option<f64>,
    categories: Option<Vec<String>>,
    category_weights: OrderedMap<f64>,
}

impl SpecFile {
    /// The spec file in `bytes`. `path` names it in errors, and its stem becomes the id.
    ///
    /// # Errors
    /// If the bytes are not YAML of the schema, or categories and weights do not make a mixture.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        let raw: RawSpec = read_yaml(text).map_err(|error| refusal(path, text, &error))?;
        check_schema(path, raw.schema.as_deref())?;
        let context = Context { path, prefix: String::new() };
        let main_weights = context.weights(&raw.categories, &raw.category_weights)?;
        let not_covered = context.not_covered(raw.not_covered)?;
        let (taxonomy, weights, mixture) = main_weights;
        let main = Spec {
            id: printable(&stem(path)).into_owned(),
            name: raw.name.trim().to_owned(),
            family: raw.family.map(|family| family.trim().to_owned()),
            tokenizer_name: raw.tokenizer_name,
            version: raw.version,
            unit: raw.unit,
            source: raw.source,
            not_covered,
            notes: raw.notes.map(|notes| notes.trim().to_owned()),
            taxonomy,
            weights,
            mixture,
            sha256: sha256_hex(bytes),
        };
        let variants = raw.variants.map(|variants| variants.0).unwrap_or_default();
        let variants = variants
            .into_iter()
            .map(|(name, variant)| variant_of(&main, path, &name, variant, &raw.categories))
            .collect::<Result<_, _>>()?;
        Ok(Self { main, variants })
    }

    /// The main spec for `None`, else the variant of that name.
    ///
    /// # Errors
    /// If there is no such variant.
    pub fn select(&self, variant: Option<&str>) -> Result<&Spec, InputError> {
        let Some(variant) = variant else { return Ok(&self.main) };
        let id = format!("{}@{variant}", self.main.id);
        self.variants.iter().find(|spec| spec.id == id).ok_or_else(|| {
            let known = self.variants.iter().map(|spec| spec.id.clone()).collect();
            InputError::new("", "", Problem::NotFound { what: "spec", name: id, known })
        })
    }

    /// The main spec, then its variants.
    pub fn all(&self) -> impl Iterator<Item = &Spec> {
        std::iter::once(&self.main).chain(&self.variants)
    }
}

fn variant_of(
    main: &Spec,
    path: &str,
    name: &str,
    variant: RawVariant,
    main_categories: &[String],
) -> Result<Spec, InputError> {
    let context = Context { path, prefix: format!("variants.{name}.") };
    let categories = variant.categories.as_deref().unwrap_or(main_categories);
    let (taxonomy, weights, mixture) = context.weights(categories, &variant.category_weights)?;
    Ok(Spec {
        id: printable(&format!("{}@{name}", main.id)).into_owned(),
        version: None,
        unit: variant.unit.or(main.unit),
        not_covered: context.not_covered(variant.not_covered)?,
        notes: variant.notes.map(|notes| notes.trim().to_owned()),
        taxonomy,
        weights,
        mixture,
        ..main.clone()
    })
}

/// Where in which file a set of weights stands.
struct Context<'path> {
    path: &'path str,
    prefix: String,
}

impl Context<'_> {
    fn refuse(&self, place: &str, problem: Problem) -> InputError {
        InputError::new(self.path, format!("{}{place}", self.prefix), problem)
    }

    fn weights(
        &self,
        categories: &[String],
        weights: &OrderedMap<f64>,
    ) -> Result<(Taxonomy, Vec<f64>, Mixture), InputError> {
        let refuse = |place: &str, problem| self.refuse(place, problem);
        let taxonomy = Taxonomy::new(categories)
            .map_err(|error| refuse("categories", Problem::Taxonomy(error)))?;
        let weighed = Taxonomy::new(weights.0.iter().map(|(name, _)| name))
            .map_err(|error| refuse("category_weights", Problem::Taxonomy(error)))?;
        let mismatch = |category: &str, present_in, absent_from| {
            let category = category.to_owned();
            refuse("", Problem::CategoryMismatch { category, present_in, absent_from })
        };
        if let Some(name) = weighed.names().iter().find(|name| taxonomy.position(name).is_none()) {
            return Err(mismatch(name, "`category_weights`", "`categories`"));
        }
        let mut ordered = Vec::with_capacity(taxonomy.len());
        for name in taxonomy.names() {
            let position = weighed
                .position(name)
                .ok_or_else(|| mismatch(name, "`categories`", "`category_weights`"))?;
            ordered.push(weights.0[position].1);
        }
        let mixture = Mixture::from_weights(&ordered).map_err(|error| {
            let (place, problem) = weight_problem(&error, &taxonomy);
            refuse(&place, problem)
        })?;
        Ok((taxonomy, ordered, mixture))
    }

    fn not_covered(&self, share: Option<f64>) -> Result<Option<f64>, InputError> {
        match share {
            Some(share) if !(0.0..1.0).contains(&share) => {
                let detail = format!("expected a share from 0 to below 1, found `{share}`");
                Err(self.refuse("not_covered", Problem::Syntax { detail }))
            }
            share => Ok(share),
        }
    }
}

fn weight_problem(error: &MixtureError, taxonomy: &Taxonomy) -> (String, Problem) {
    let place = |position: &usize| format!("category_weights.{}", taxonomy.names()[position - 1]);
    match error {
        MixtureError::NotFinite { position, value } => {
            (place(position), Problem::NotFinite { found: value.to_string() })
        }
        MixtureError::Negative { position, value } => {
            (place(position), Problem::Negative { found: *value })
        }
        MixtureError::Sum { .. } => ("category_weights".to_owned(), Problem::NoWeight),
        MixtureError::Empty => (
            "category_weights".to_owned(),
            Problem::MissingField { expected: "at least one weight".to_owned() },
        ),
    }
}

/// Most values that aliases may stand for in one file: 1,000 categories, two dozen times over. A
/// file of a few lines can ask for billions.
const MOST_ALIASED_VALUES: usize = 50_000;

fn read_yaml<Value: de::DeserializeOwned>(text: &str) -> Result<Value, serde_yaml::Error> {
    let alias_limits = serde_yaml::alias_limits! { max_total_replayed_events: MOST_ALIASED_VALUES };
    serde_yaml::from_str_with_options(text, serde_yaml::options! { alias_limits: alias_limits })
}

/// Why the file cannot be read: another schema before what that schema has in other fields.
fn refusal(path: &str, text: &str, error: &serde_yaml::Error) -> InputError {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    let head = read_yaml::<Head>(text);
    let other_schema = head.ok().and_then(|head| check_schema(path, head.schema.as_deref()).err());
    other_schema.unwrap_or_else(|| yaml_error(path, error))
}

fn check_schema(path: &str, schema: Option<&str>) -> Result<(), InputError> {
    match schema {
        Some(schema) if schema.trim() == SCHEMA => Ok(()),
        Some(found) => {
            let problem = Problem::WrongSchema { found: found.to_owned(), expected: SCHEMA };
            Err(InputError::new(path, "schema", problem))
        }
        None => {
            let expected = format!("`schema: {SCHEMA}`");
            Err(InputError::new(path, "", Problem::MissingField { expected }))
        }
    }
}

fn yaml_error(path: &str, error: &serde_yaml::Error) -> InputError {
    let place = error
        .location()
        .map_or_else(String::new, |location| format!("{}:{}", location.line(), location.column()));
    let detail = parser_message(&error.without_snippet().to_string());
    InputError::new(path, place, Problem::Syntax { detail })
}

/// The name a file goes by: its last component without extension.
fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// A map in the file's order; a name that stands twice is an error.
#[derive(Debug, Clone)]
pub(crate) struct OrderedMap<Value>(pub(crate) Vec<(String, Value)>);

impl<'de, Value: Deserialize<'de>> Deserialize<'de> for OrderedMap<Value> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<Value>(std::marker::PhantomData<Value>);
        impl<'de, Value: Deserialize<'de>> de::Visitor<'de> for Visitor<Value> {
            type Value = OrderedMap<Value>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from names to values")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, Value)> = Vec::new();
                let mut seen = std::collections::BTreeSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    if !seen.insert(name.clone()) {
                        return Err(de::Error::custom(format!("`{name}` stands twice")));
                    }
                    entries.push((name, map.next_value()?));
                }
                Ok(OrderedMap(entries))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}
