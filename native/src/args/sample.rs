//! What can be typed after `sample` and `merge-web`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use data_anatomy_corpus::sample::merge_web::{self, DEFAULT_TOTAL};
use data_anatomy_corpus::sample::settings::{
    CODE_CHARS, DEFAULT_N_PER_CATEGORY, DEFAULT_NEAR_DUP, DEFAULT_OUT_DIR, DEFAULT_OVERSAMPLE,
    DEFAULT_SEED, Settings, TEXT_CHARS,
};
use data_anatomy_corpus::sample::window;

use super::threads::threads;

/// Arguments of `sample`.
#[derive(Debug, Clone, Args)]
pub struct SampleArgs {
    /// Folder of the corpus: .jsonl, .json, .zst, .gz and .parquet files, at any depth.
    #[arg(long, value_name = "DIR", alias = "slimpajama-root", required_unless_present_any = ["stack_root", "dataset"])]
    pub root: Option<PathBuf>,
    /// The same as --root, with the bounds that suit code: --min-chars 30 --max-chars 4000.
    #[arg(long, value_name = "DIR", conflicts_with = "root")]
    pub stack_root: Option<PathBuf>,
    /// Folder for CATEGORY.jsonl and manifest.json.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT_DIR)]
    pub out_dir: PathBuf,
    /// Documents to keep of each category.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_N_PER_CATEGORY, alias = "n-per-language")]
    pub n_per_category: usize,
    /// Sample these categories alone; all that are found without it.
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',', alias = "languages")]
    pub categories: Vec<String>,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED", default_value_t = DEFAULT_SEED)]
    pub seed: u64,
    /// Leave out documents with fewer characters [default: 300, or 30 with --stack-root].
    #[arg(long, value_name = "N")]
    pub min_chars: Option<u64>,
    /// Cut longer documents to so many characters [default: 2000, or 4000 with --stack-root].
    #[arg(long, value_name = "N")]
    pub max_chars: Option<u64>,
    /// Which part of a longer document is kept.
    #[arg(long, value_enum, default_value_t = WindowKind::Head)]
    pub window: WindowKind,
    /// The field or column of the text [default: `text`, else `content`].
    #[arg(long, value_name = "NAME")]
    pub text_col: Option<String>,
    /// The field or column that names the category, such as meta.redpajama_set_name.
    #[arg(long, value_name = "PATH", conflicts_with = "map")]
    pub category_field: Option<String>,
    /// Files of a category, by a pattern of their path below the corpus folder: C4='c4/**/*.zst'.
    #[arg(long, value_name = "CATEGORY=GLOB")]
    pub map: Vec<String>,
    /// Read about so many bytes alone, random parts of the corpus (1000000, 20GiB, …).
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub budget: Option<u64>,
    /// Leave out documents whose sets of 5-grams of words overlap this much (Jaccard; 0: keep them).
    #[arg(long, value_name = "JACCARD", default_value_t = DEFAULT_NEAR_DUP)]
    pub near_dup: f64,
    /// Leave out what is in this folder, such as evaluation documents. Can be given more than once.
    #[arg(long, value_name = "DIR")]
    pub exclude: Vec<PathBuf>,
    /// Candidates per wanted document; more are read for by themselves where duplicates use them up.
    #[arg(long, value_name = "FACTOR", default_value_t = DEFAULT_OVERSAMPLE)]
    pub oversample: f64,
    /// Threads to use (0: all cores).
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads)]
    pub n_jobs: usize,
    /// Overwrite an earlier sample, and start over where an interrupted one was different.
    #[arg(long)]
    pub force: bool,
    /// Print the manifest to stdout in place of the table.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
    /// Flags of the seed study that name a data set of the hub.
    #[command(flatten)]
    pub hub: HubArgs,
}

impl SampleArgs {
    /// What is asked of the sample.
    ///
    /// # Errors
    /// If a data set of the hub is named.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        self.hub.refuse()?;
        let (min_chars, max_chars) =
            if self.stack_root.is_some() { CODE_CHARS } else { TEXT_CHARS };
        Ok(Settings {
            root: self.root.clone().or_else(|| self.stack_root.clone()).unwrap_or_default(),
            out_dir: self.out_dir.clone(),
            n_per_category: self.n_per_category,
            categories: self.categories.clone(),
            seed: self.seed,
            min_chars: self.min_chars.unwrap_or(min_chars),
            max_chars: self.max_chars.unwrap_or(max_chars),
            window: self.window.into(),
            text_field: self.text_col.clone(),
            category_field: self.category_field.clone(),
            maps: self.map.clone(),
            budget: self.budget,
            near_dup: self.near_dup,
            exclude: self.exclude.clone(),
            oversample: self.oversample,
            force: self.force,
            ..Settings::of("", "")
        })
    }
}

/// Flags of the seed study that name a data set of the hub, which is not read from here.
#[derive(Debug, Clone, Args)]
pub struct HubArgs {
    /// Name of the data set.
    #[arg(long, hide = true)]
    pub dataset: Option<String>,
    /// Its configuration.
    #[arg(long, hide = true)]
    pub config: Option<String>,
    /// Its split.
    #[arg(long, hide = true)]
    pub split: Option<String>,
}

impl HubArgs {
    fn refuse(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.dataset.is_none() && self.config.is_none() && self.split.is_none(),
            "--dataset, --config, --split: data sets of the hub are not read from here: fetch the files, \
             then give their folder by --root"
        );
        Ok(())
    }
}

/// Parts of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WindowKind {
    /// Its beginning.
    Head,
    /// A stretch from anywhere in it, as what models generate may be.
    Random,
}

impl From<WindowKind> for window::WindowKind {
    fn from(kind: WindowKind) -> Self {
        match kind {
            WindowKind::Head => Self::Head,
            WindowKind::Random => Self::Random,
        }
    }
}

/// Arguments of `merge-web`.
#[derive(Debug, Clone, Args)]
pub struct MergeWebArgs {
    /// Folder with commoncrawl.jsonl and c4.jsonl; web.jsonl is written there.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT_DIR)]
    pub data_dir: PathBuf,
    /// Documents to keep.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_TOTAL)]
    pub total: usize,
    /// Seed of the choice.
    #[arg(long, value_name = "SEED", default_value_t = DEFAULT_SEED)]
    pub seed: u64,
    /// How many come from each: the same number, or as many as their corpora hold documents.
    #[arg(long, value_enum, default_value_t = ShareKind::Equal)]
    pub share: ShareKind,
    /// Overwrite web.jsonl.
    #[arg(long)]
    pub force: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

impl MergeWebArgs {
    /// What is asked of Web.
    pub fn settings(&self) -> merge_web::Settings {
        merge_web::Settings {
            data_dir: self.data_dir.clone(),
            total: self.total,
            seed: self.seed,
            share: self.share.into(),
            force: self.force,
        }
    }
}

/// How the parts of Web share its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShareKind {
    /// The same number of each, as in the seed study.
    Equal,
    /// In proportion to the qualifying documents of each corpus, by manifest.json.
    Documents,
}

impl From<ShareKind> for merge_web::ShareKind {
    fn from(kind: ShareKind) -> Self {
        match kind {
            ShareKind::Equal => Self::Equal,
            ShareKind::Documents => Self::Documents,
        }
    }
}

/// Units of sizes, and what each stands for.
const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("b", 1),
];

/// The number of bytes that `text` says, with a unit or without.
fn bytes(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|&(unit, size)| Some((lower.strip_suffix(unit)?, size)));
    let (digits, size) = unit.unwrap_or((&lower, 1));
    let number = digits.trim().parse::<u64>().ok().filter(|&number| number > 0);
    number
        .and_then(|number| number.checked_mul(size))
        .ok_or_else(|| "expected a number of bytes, such as 500000000 or 20GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct TypedSample {
        #[command(flatten)]
        args: SampleArgs,
    }

    #[derive(Parser)]
    struct TypedMergeWeb {
        #[command(flatten)]
        args: MergeWebArgs,
    }

    fn settings(typed: &str) -> anyhow::Result<Settings> {
        TypedSample::parse_from(typed.split_whitespace()).args.settings()
    }

    #[test]
    fn what_is_not_typed_is_as_the_settings_have_it() {
        let expected = Settings::of("corpus", DEFAULT_OUT_DIR);
        assert_eq!(settings("sample --root corpus").unwrap(), expected);
        let code = Settings { min_chars: CODE_CHARS.0, max_chars: CODE_CHARS.1, ..expected };
        assert_eq!(settings("sample --stack-root corpus").unwrap(), code);
        let web = TypedMergeWeb::parse_from(["merge-web"]).args.settings();
        assert_eq!(web, merge_web::Settings::of(DEFAULT_OUT_DIR));
    }

    #[test]
    fn the_command_line_is_the_seed_studys() {
        let seed = settings(
            "sample --slimpajama-root train --n-per-category 5000 --seed 42 --min-chars 300 \
             --max-chars 2000 --out-dir data_samples --text-col text --categories c4 arxiv",
        );
        let categories = vec!["c4".to_owned(), "arxiv".to_owned()];
        let text_field = Some("text".to_owned());
        let expected = Settings { text_field, categories, ..Settings::of("train", "data_samples") };
        assert_eq!(seed.unwrap(), expected);
        let stack = settings(
            "sample --stack-root stack --languages python rust --n-per-language 7 --window random",
        );
        let stack = stack.unwrap();
        assert_eq!((stack.n_per_category, stack.categories.len()), (7, 2));
        assert_eq!((stack.min_chars, stack.max_chars), (30, 4000));
        assert_eq!(stack.window, window::WindowKind::Random);
        let hub = settings("sample --dataset a/b").unwrap_err().to_string();
        assert!(hub.contains("fetch the files"), "{hub}");
    }

    #[test]
    fn sizes_are_read_with_and_without_units() {
        for (text, size) in [("17", 17), ("2 GiB", 2 << 30), ("3kb", 3000), ("1TB", 10_u64.pow(12))]
        {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "0", "-1", "GiB", "1.5GB", "99999999999TiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
