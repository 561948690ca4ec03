//! How many tokens each category of the candidate corpus has: what turns shares of members into a mixture.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use data_anatomy_core::shares::well_known;
use data_anatomy_job::files;
use serde_json::Value;

use crate::specs;

/// The sizes of these categories, in their order: from a JSON file with a number for each category (the
/// whole of it, or under `tokens`), or from a spec.
///
/// # Errors
/// If there is no such file or spec, it is malformed, or lacks a category.
pub fn read(name: &str, categories: &[String]) -> anyhow::Result<Vec<f64>> {
    let by_key = if name.ends_with(".json") { json_sizes(name)? } else { spec_sizes(name)? };
    let size = |category: &String| {
        let size = size_of(&by_key, &well_known::key(category));
        size.with_context(|| {
            format!("{name}: no size of the category `{category}`; give one for each category")
        })
    };
    categories.iter().map(size).collect()
}

/// The size of a category: its own, else that of the parts that make it up.
fn size_of(by_key: &BTreeMap<String, f64>, key: &str) -> Option<f64> {
    let of_parts = || {
        let merge = well_known::merges().find(|merge| merge.whole == key)?;
        merge.parts.iter().map(|part| by_key.get(*part)).sum::<Option<f64>>()
    };
    by_key.get(key).copied().or_else(of_parts)
}

fn spec_sizes(name: &str) -> anyhow::Result<BTreeMap<String, f64>> {
    let spec = specs::find(name)?;
    let names = spec.taxonomy.names().iter().map(|name| well_known::key(name));
    Ok(names.zip(spec.mixture.shares().iter().copied()).collect())
}

fn json_sizes(name: &str) -> anyhow::Result<BTreeMap<String, f64>> {
    let form = || format!("{name}: expected {{\"CATEGORY\": number of tokens, …}}");
    let value: Value = serde_json::from_slice(&files::read(Path::new(name))?).with_context(form)?;
    let sizes = value.get("tokens").unwrap_or(&value).as_object().with_context(form)?;
    let mut by_key = BTreeMap::new();
    for (category, size) in sizes {
        let size = size.as_f64().filter(|size| *size > 0.0 && size.is_finite());
        let size = size
            .with_context(|| format!("{name}: {category}: expected a number of tokens above 0"))?;
        ensure!(
            by_key.insert(well_known::key(category), size).is_none(),
            "{name}: {category}: this category is there twice"
        );
    }
    Ok(by_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_from_json_or_a_spec_and_lack_no_category() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sizes.json");
        let name = path.display().to_string();
        let categories = ["Web".to_owned(), "law".to_owned()];
        let told = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read(&name, &categories).map_err(|error| format!("{error:#}").replace(&name, "F"))
        };
        assert_eq!(told(r#"{"webpages": 3e9, "law": 5}"#), Ok(vec![3e9, 5.0]));
        assert_eq!(
            told(r#"{"weights": {"web": 1}, "tokens": {"web": 7, "law": 8}}"#),
            Ok(vec![7.0, 8.0])
        );
        let lacking = "F: no size of the category `law`; give one for each category".to_owned();
        assert_eq!(told(r#"{"web": 3}"#), Err(lacking));
        let none = "F: law: expected a number of tokens above 0".to_owned();
        assert_eq!(told(r#"{"web": 3, "law": 0}"#), Err(none));
        assert!(told("[1]").unwrap_err().starts_with("F: expected {\"CATEGORY\""));
        // CommonCrawl and C4 of the spec are Web.
        let from_spec = read("olmo1b", &["Web".to_owned(), "Books".to_owned()]).unwrap();
        assert!(from_spec[0] > from_spec[1] && from_spec[1] > 0.0);
    }
}
