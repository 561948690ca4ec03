//! What was asked for, checked.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::args::SampleArgs;
use super::pass::Rules;
use super::source::Telling;
use super::window::Window;

/// Checked settings.
#[derive(Debug)]
pub struct Settings {
    /// Folder of the corpus.
    pub root: PathBuf,
    /// How categories are told apart.
    pub telling: Telling,
    /// Which documents qualify.
    pub rules: Rules,
    /// Candidates of each category there is room for at first.
    pub capacity: usize,
    /// Every setting by name, for the manifest, and to tell an interrupted run by.
    pub record: Map<String, Value>,
}

/// Bounds of the seed study's two samplers.
const TEXT_CHARS: (u64, u64) = (300, 2000);
const CODE_CHARS: (u64, u64) = (30, 4000);

impl Settings {
    /// The settings that were typed.
    ///
    /// # Errors
    /// If one is out of bounds, or asks for what is not read from here.
    pub fn new(args: &SampleArgs) -> anyhow::Result<Self> {
        let hub = &args.hub;
        anyhow::ensure!(
            hub.dataset.is_none() && hub.config.is_none() && hub.split.is_none(),
            "--dataset, --config, --split: data sets of the hub are not read from here: fetch the files, \
             then give their folder by --root"
        );
        check(args)?;
        let (min_default, max_default) =
            if args.stack_root.is_some() { CODE_CHARS } else { TEXT_CHARS };
        let root = args.root.clone().or_else(|| args.stack_root.clone()).unwrap_or_default();
        let min_chars = args.min_chars.unwrap_or(min_default);
        let max_chars = args.max_chars.unwrap_or(max_default);
        anyhow::ensure!(max_chars > 0, "--max-chars: expected at least 1, found 0");
        let text = match &args.text_col {
            Some(name) => vec![name.clone()],
            None => vec!["text".to_owned(), "content".to_owned()],
        };
        let category = args.category_field.as_ref();
        anyhow::ensure!(
            category.is_none_or(|name| text.first() != Some(name)),
            "--category-field {}: is the field of the text",
            category.map_or("", String::as_str)
        );
        let window = Window { kind: args.window, max_chars, seed: args.seed };
        let rules = Rules { seed: args.seed, min_chars, window, text };
        #[expect(clippy::cast_precision_loss, reason = "room, roughly")]
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded above and below"
        )]
        let capacity = (args.n_per_category as f64 * args.oversample).ceil() as usize + SPARE;
        let telling = Telling::new(&args.map, args.category_field.as_deref())?;
        let record = record(args, &root, &rules);
        Ok(Self { root, telling, rules, capacity, record })
    }
}

/// Candidates beyond the wanted factor, so that a few duplicates in a small sample cost no second pass.
const SPARE: usize = 16;

/// The most documents of a category.
const MAX_PER_CATEGORY: usize = 10_000_000;

/// A longer string is taken for a text where lines are read.
const MAX_FIELD_BYTES: usize = 63;

fn check(args: &SampleArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        (1..=MAX_PER_CATEGORY).contains(&args.n_per_category),
        "--n-per-category: expected from 1 to {MAX_PER_CATEGORY}, found {}",
        args.n_per_category
    );
    anyhow::ensure!(
        args.oversample >= 1.0 && args.oversample <= 100.0,
        "--oversample: expected a factor from 1 to 100, found {}",
        args.oversample
    );
    let names = args.text_col.iter().map(String::as_str);
    let steps = args.category_field.iter().flat_map(|path| path.split('.'));
    for (flag, name) in
        names.map(|name| ("--text-col", name)).chain(steps.map(|name| ("--category-field", name)))
    {
        anyhow::ensure!(
            (1..=MAX_FIELD_BYTES).contains(&name.len()),
            "{flag}: expected names of fields of 1 to {MAX_FIELD_BYTES} bytes, found {} bytes",
            name.len()
        );
    }
    anyhow::ensure!(
        args.near_dup == 0.0 || (0.3..=1.0).contains(&args.near_dup),
        "--near-dup: expected a similarity from 0.3 to 1, or 0 to keep near duplicates, found {}",
        args.near_dup
    );
    Ok(())
}

fn record(args: &SampleArgs, root: &std::path::Path, rules: &Rules) -> Map<String, Value> {
    let exclude: Vec<String> = args.exclude.iter().map(|path| path.display().to_string()).collect();
    let Value::Object(record) = json!({
        "root": root.display().to_string(),
        "n_per_category": args.n_per_category,
        "categories": args.categories,
        "seed": args.seed,
        "min_chars": rules.min_chars,
        "max_chars": rules.window.max_chars,
        "window": args.window,
        "text_col": rules.text,
        "category_field": args.category_field,
        "map": args.map,
        "budget": args.budget,
        "near_dup": args.near_dup,
        "exclude": exclude,
        "oversample": args.oversample,
    }) else {
        return Map::new();
    };
    record
}
