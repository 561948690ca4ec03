//! Settings checked, and what follows from them.

use anyhow::ensure;
use serde_json::{Map, Value, json};

use super::rules::Rules;
use super::settings::Settings;
use super::source::Telling;
use super::window::Window;

/// What follows from checked settings.
#[derive(Debug)]
pub(super) struct Checked {
    /// How categories are told apart.
    pub(super) telling: Telling,
    /// Which documents qualify.
    pub(super) rules: Rules,
    /// Candidates of each category there is room for at first.
    pub(super) capacity: usize,
    /// Every setting by name, for the manifest, and to tell an interrupted run by.
    pub(super) record: Map<String, Value>,
}

impl Checked {
    /// What follows from these settings.
    ///
    /// # Errors
    /// If one is out of bounds; the flag that it is typed after is named.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Self> {
        check(settings)?;
        let Settings { seed, min_chars, max_chars, window: kind, .. } = *settings;
        let window = Window { kind, max_chars, seed };
        let text = text_fields(settings.text_field.as_deref());
        let category = settings.category_field.as_ref();
        ensure!(
            category.is_none_or(|name| text.first() != Some(name)),
            "--category-field {}: is the field of the text",
            category.map_or("", String::as_str)
        );
        let rules = Rules { seed, min_chars, window, text };
        let telling = Telling::new(&settings.maps, category.map(String::as_str))?;
        let record = record(settings, &rules.text);
        let capacity = capacity(settings.n_per_category, settings.oversample);
        Ok(Self { telling, rules, capacity, record })
    }
}

/// Names of the field of the text, the first that is there.
fn text_fields(named: Option<&str>) -> Vec<String> {
    let names = named.map_or(vec!["text", "content"], |name| vec![name]);
    names.into_iter().map(str::to_owned).collect()
}

/// Candidates beyond the wanted factor, so that a few duplicates in a small sample cost no second pass.
const SPARE: usize = 16;

#[expect(clippy::cast_precision_loss, reason = "room, roughly")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded above and below"
)]
fn capacity(n_per_category: usize, oversample: f64) -> usize {
    (n_per_category as f64 * oversample).ceil() as usize + SPARE
}

/// The most documents of a category.
const MAX_PER_CATEGORY: usize = 10_000_000;

fn check(settings: &Settings) -> anyhow::Result<()> {
    ensure!(
        (1..=MAX_PER_CATEGORY).contains(&settings.n_per_category),
        "--n-per-category: expected from 1 to {MAX_PER_CATEGORY}, found {}",
        settings.n_per_category
    );
    ensure!(
        settings.oversample >= 1.0 && settings.oversample <= 100.0,
        "--oversample: expected a factor from 1 to 100, found {}",
        settings.oversample
    );
    check_field_names(settings)?;
    ensure!(
        settings.near_dup == 0.0 || (0.3..=1.0).contains(&settings.near_dup),
        "--near-dup: expected a similarity from 0.3 to 1, or 0 to keep near duplicates, found {}",
        settings.near_dup
    );
    ensure!(settings.max_chars > 0, "--max-chars: expected at least 1, found 0");
    Ok(())
}

/// A longer string is taken for a text where lines are read.
const MAX_FIELD_BYTES: usize = 63;

fn check_field_names(settings: &Settings) -> anyhow::Result<()> {
    let text = settings.text_field.iter().map(|name| ("--text-col", name.as_str()));
    let steps = settings.category_field.iter().flat_map(|path| path.split('.'));
    let category = steps.map(|name| ("--category-field", name));
    for (flag, name) in text.chain(category) {
        ensure!(
            (1..=MAX_FIELD_BYTES).contains(&name.len()),
            "{flag}: expected names of fields of 1 to {MAX_FIELD_BYTES} bytes, found {} bytes",
            name.len()
        );
    }
    Ok(())
}

/// Every setting that the sample depends on, by the name of its flag.
fn record(settings: &Settings, text: &[String]) -> Map<String, Value> {
    let exclude: Vec<String> =
        settings.exclude.iter().map(|path| path.display().to_string()).collect();
    let Value::Object(record) = json!({
        "root": settings.root.display().to_string(),
        "n_per_category": settings.n_per_category,
        "categories": settings.categories,
        "seed": settings.seed,
        "min_chars": settings.min_chars,
        "max_chars": settings.max_chars,
        "window": settings.window,
        "text_col": text,
        "category_field": settings.category_field,
        "map": settings.maps,
        "budget": settings.budget,
        "near_dup": settings.near_dup,
        "exclude": exclude,
        "oversample": settings.oversample,
    }) else {
        return Map::new();
    };
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_bounds_is_refused_by_the_name_of_its_flag() {
        let usual = Settings::of("corpus", "out");
        let told = |settings: Settings| Checked::of(&settings).unwrap_err().to_string();
        assert!(Checked::of(&usual).is_ok());
        let none = told(Settings { n_per_category: 0, ..usual.clone() });
        assert_eq!(none, "--n-per-category: expected from 1 to 10000000, found 0");
        let unlike = told(Settings { near_dup: 0.2, ..usual.clone() });
        assert!(unlike.starts_with("--near-dup: expected a similarity from 0.3"), "{unlike}");
        let category_field = Some("text".to_owned());
        let one_field = told(Settings { category_field, ..usual.clone() });
        assert_eq!(one_field, "--category-field text: is the field of the text");
        let category_field = Some("meta..set".to_owned());
        let no_name = told(Settings { category_field, ..usual.clone() });
        assert!(no_name.starts_with("--category-field: expected names of fields"), "{no_name}");
        let no_map = told(Settings { maps: vec!["c4/*".to_owned()], ..usual });
        assert_eq!(no_map, "--map c4/*: expected CATEGORY=GLOB");
    }
}
