//! `generate`: texts that a model writes, from its weights or from a server.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use crate::args::{GenerateArgs, Preset};
use crate::exit::Outcome;
use crate::lm::endpoint::{self, Endpoint, EndpointOptions, Retry};
use crate::lm::engine::TokenId;
use crate::lm::generate::{self, Finished, GenerateOptions, Observer, Wanted};
use crate::lm::journal::{Generation, Journal};
use crate::lm::memory::Work;
use crate::lm::model::Model;
use crate::lm::prompts::Prompts;
use crate::lm::rate::Rate;
use crate::lm::sampling::Sampling;
use crate::lm::tokenizer::Tokenizer;
use crate::progress::Progress;

/// A server has so long to answer.
const TIMEOUT: Duration = Duration::from_secs(600);

pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Outcome> {
    ensure!(args.num_prompts > 0, "--num-prompts: expected 1 or more, found 0");
    ensure!(args.max_new_tokens > 0, "--max-new-tokens: expected 1 or more, found 0");
    ensure!(args.batch_size > 0, "--batch-size: expected 1 or more, found 0");
    let settings = Settings::of(args)?;
    let progress = Progress::new(args.quiet);
    match &args.endpoint {
        Some(url) => from_server(args, &settings, url, &progress),
        None => from_weights(args, &settings, &progress),
    }
}

/// Prompts and sampling: given one by one, by a preset, or by default.
struct Settings {
    prompts: Prompts,
    temperature: f64,
    top_p: f64,
}

impl Settings {
    fn of(args: &GenerateArgs) -> anyhow::Result<Self> {
        let (prompts, temperature, top_p) = match args.preset {
            Some(Preset::Seed) => ("neutral", 0.8, 0.9),
            None => ("none", 1.0, 1.0),
        };
        Ok(Self {
            prompts: Prompts::of_choice(args.prompts.as_deref().unwrap_or(prompts))?,
            temperature: args.temperature.unwrap_or(temperature),
            top_p: args.top_p.unwrap_or(top_p),
        })
    }
}

fn from_server(
    args: &GenerateArgs,
    settings: &Settings,
    url: &str,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    ensure!(args.top_k == 0, "--top-k: servers of this kind do not know it; leave it out");
    let endpoint = Endpoint::new(EndpointOptions {
        url: url.to_owned(),
        model: args.model_name.clone().unwrap_or_default(),
        max_tokens: u32::try_from(args.max_new_tokens)?,
        temperature: settings.temperature,
        top_p: settings.top_p,
        seed: args.seed,
        concurrency: args.concurrency,
        timeout: TIMEOUT,
        key_variable: args.key_variable.clone(),
        retry: Retry::default(),
    })?;
    let mut config = endpoint.description();
    config["prompts"] = settings.prompts.description().clone();
    let sections = Map::from_iter([("config".to_owned(), config)]);
    let journal = Journal::open(&args.output, sections, args.num_prompts, args.force)?;
    let failures = endpoint::generate(&endpoint, &settings.prompts, &journal, progress)?;
    if failures.n_texts() > 0 {
        eprintln!("{failures}");
    }
    finish(journal, &args.output, progress)
}

fn from_weights(
    args: &GenerateArgs,
    settings: &Settings,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let sampling = Sampling::new(settings.temperature, args.top_k, settings.top_p)?;
    let model = Model::open(args.model.choice()?, progress)?;
    let mut config = model.description();
    config.extend([
        ("prompts".to_owned(), settings.prompts.description().clone()),
        ("temperature".to_owned(), settings.temperature.into()),
        ("top_p".to_owned(), settings.top_p.into()),
        ("top_k".to_owned(), args.top_k.into()),
        ("max_new_tokens".to_owned(), args.max_new_tokens.into()),
        ("seed".to_owned(), args.seed.into()),
    ]);
    if !model.is_on_cpu() {
        // There, rounding depends on how many texts are computed at a time.
        config.insert("batch_size".to_owned(), args.batch_size.into());
    }
    let sections = Map::from_iter([
        ("config".to_owned(), Value::Object(config)),
        ("tokenizer".to_owned(), json!(model.tokenizer.rules())),
    ]);
    let journal = Journal::open(&args.output, sections, args.num_prompts, args.force)?;
    let missing = journal.missing();
    if !missing.is_empty() {
        let wanted = wanted(&model.tokenizer, &settings.prompts, &missing)?;
        let options = GenerateOptions {
            sampling,
            seed: args.seed,
            max_new_tokens: args.max_new_tokens,
            batch_size: args.batch_size,
            stops: model.tokenizer.stops().to_vec(),
        };
        write(&model, &options, &wanted, &settings.prompts, &journal, progress)?;
    }
    finish(journal, &args.output, progress)
}

/// The texts that are missing, with the tokens they begin with.
fn wanted(
    tokenizer: &Tokenizer,
    prompts: &Prompts,
    missing: &[u64],
) -> anyhow::Result<Vec<Wanted>> {
    let separator = tokenizer.separator();
    let encode = |text: Option<&str>| -> anyhow::Result<Vec<TokenId>> {
        let mut tokens = match text {
            Some(text) => tokenizer.encode_open(text)?,
            None => Vec::new(),
        };
        // A text of the model's own begins as documents do, prompt or not.
        if let Some(separator) = separator.filter(|separator| tokens.first() != Some(separator)) {
            tokens.insert(0, separator);
        }
        ensure!(
            !tokens.is_empty(),
            "the tokenizer names no token that begins or separates documents; give --prompts"
        );
        Ok(tokens)
    };
    let mut known: HashMap<&str, Vec<TokenId>> = HashMap::new();
    missing
        .iter()
        .map(|&id| {
            let prompt = match prompts.of_text(id) {
                None => encode(None)?,
                Some(prompt) => match known.get(prompt.text.as_str()) {
                    Some(tokens) => tokens.clone(),
                    None => {
                        let tokens = encode(Some(&prompt.text))?;
                        known.insert(&prompt.text, tokens.clone());
                        tokens
                    }
                },
            };
            Ok(Wanted { id, prompt })
        })
        .collect()
}

fn write(
    model: &Model,
    options: &GenerateOptions,
    wanted: &[Wanted],
    prompts: &Prompts,
    journal: &Journal,
    progress: &Progress,
) -> anyhow::Result<()> {
    let longest = wanted.iter().map(|text| text.prompt.len()).max().unwrap_or(0);
    let capacity = (longest + options.max_new_tokens).min(model.blueprint.context);
    let n_slots = options.batch_size.min(wanted.len());
    let mut engine = model.load(Work::Generate { n_slots, capacity }, progress)?;
    let n_before = usize::try_from(journal.so_far().0)?;
    let rate = Rate::start(progress, "generate", "texts", n_before, n_before + wanted.len());
    let mut scribe = Scribe { tokenizer: &model.tokenizer, prompts, journal, rate: &rate };
    generate::generate(engine.as_mut(), options, wanted, &mut scribe)?;
    if let Some(share) = model.share_of_peak(rate.finish().tokens_per_second()) {
        progress.say(&share);
    }
    Ok(())
}

/// Writes texts to the journal as they end.
struct Scribe<'a> {
    tokenizer: &'a Tokenizer,
    prompts: &'a Prompts,
    journal: &'a Journal,
    rate: &'a Rate<'a>,
}

impl Observer for Scribe<'_> {
    fn tokens(&mut self, n_tokens: usize) {
        self.rate.add(0, n_tokens as u64);
    }

    fn text(&mut self, finished: Finished) -> anyhow::Result<()> {
        let text = self.tokenizer.decode(&finished.tokens)?;
        self.journal.append(&Generation {
            id: finished.id,
            prompt_id: self.prompts.of_text(finished.id).map(|prompt| prompt.id.clone()),
            text,
            n_tokens: Some(finished.tokens.len() as u64),
            finish: finished.finish.name().to_owned(),
        })?;
        self.rate.add(1, 0);
        Ok(())
    }
}

fn finish(journal: Journal, output: &Path, progress: &Progress) -> anyhow::Result<Outcome> {
    let tally =
        journal.finish().context("the texts are all there, but could not be put in order")?;
    let shown = output.display();
    if tally.missing.is_empty() {
        progress.say(&format!("{shown}: {} texts, {} tokens", tally.n_texts, tally.n_tokens));
        return Ok(Outcome::Done);
    }
    progress.say(&format!(
        "{shown}: {} of {} texts; run the same command again for the {} that are missing",
        tally.n_texts,
        tally.n_texts + tally.missing.len() as u64,
        tally.missing.len()
    ));
    Ok(Outcome::PartlyDone)
}
