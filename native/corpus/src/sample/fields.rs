//! The fields of a document that matter, and where their values stand in a JSON object.

use std::fmt;
use std::io;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Which fields matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fields {
    /// Names of the text's field; the first that is there counts.
    pub text: Vec<String>,
    /// Path to the category's field; empty where files tell.
    pub category: Vec<String>,
}

/// Where the values of the fields stand in a JSON object.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: Option<Range<usize>>,
    pub(super) category: Option<Range<usize>>,
}

impl Found {
    pub(super) fn of(object: &str, fields: &Fields) -> serde_json::Result<Self> {
        let wanted = fields.category.first().into_iter().chain(&fields.text);
        let values = values(object, slots(wanted))?;
        let n_category = usize::from(!fields.category.is_empty());
        let mut category = values[0].filter(|_| n_category > 0);
        for step in fields.category.iter().skip(1) {
            let within = category.map(|value| self::values(value.get(), [Some(step), None, None]));
            category = within.and_then(|values| values.ok()?[0]);
        }
        let place = |value: &RawValue| {
            let start = value.get().as_ptr() as usize - object.as_ptr() as usize;
            start..start + value.get().len()
        };
        let text = values[n_category..].iter().flatten().next();
        Ok(Self { text: text.map(|value| place(value)), category: category.map(place) })
    }
}

/// At most one name of the category's field and two of the text's.
const MAX_NAMES: usize = 3;

/// The first of these names, each in its slot.
fn slots<'n>(names: impl IntoIterator<Item = &'n String>) -> [Option<&'n str>; MAX_NAMES] {
    let mut slots = [None; MAX_NAMES];
    for (slot, name) in slots.iter_mut().zip(names) {
        *slot = Some(name.as_str());
    }
    slots
}

/// The values of the fields with these names in a JSON object.
fn values<'a>(
    object: &'a str,
    names: [Option<&str>; MAX_NAMES],
) -> serde_json::Result<[Option<&'a RawValue>; MAX_NAMES]> {
    let mut reader = serde_json::Deserializer::from_str(object);
    let values = reader.deserialize_map(FieldVisitor { names })?;
    reader.end()?;
    Ok(values)
}

/// Whether a stream that holds one JSON object, and nothing else, has a field of any of these names.
///
/// # Errors
/// If it holds something else.
pub(super) fn has_field(stream: impl io::Read, names: &[String]) -> serde_json::Result<bool> {
    let mut reader = serde_json::Deserializer::from_reader(stream);
    let has = reader.deserialize_map(PresenceVisitor { names: slots(names) })?;
    reader.end()?;
    Ok(has)
}

struct PresenceVisitor<'n> {
    names: [Option<&'n str>; MAX_NAMES],
}

impl<'de> Visitor<'de> for PresenceVisitor<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<Map: MapAccess<'de>>(self, mut map: Map) -> Result<bool, Map::Error> {
        let mut has = false;
        while let Some(wanted) = map.next_key_seed(NameSeed { names: self.names })? {
            map.next_value::<IgnoredAny>()?;
            has |= wanted.is_some();
        }
        Ok(has)
    }
}

struct FieldVisitor<'n> {
    names: [Option<&'n str>; MAX_NAMES],
}

impl<'a> Visitor<'a> for FieldVisitor<'_> {
    type Value = [Option<&'a RawValue>; MAX_NAMES];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<Map: MapAccess<'a>>(self, mut map: Map) -> Result<Self::Value, Map::Error> {
        let mut values = [None; MAX_NAMES];
        while let Some(wanted) = map.next_key_seed(NameSeed { names: self.names })? {
            match wanted {
                Some(slot) => values[slot] = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(values)
    }
}

/// Reads a name and tells which of the wanted ones it is.
struct NameSeed<'n> {
    names: [Option<&'n str>; MAX_NAMES],
}

impl<'a> DeserializeSeed<'a> for NameSeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.names.iter().position(|wanted| *wanted == Some(name)))
    }
}
