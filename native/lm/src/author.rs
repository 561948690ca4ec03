//! Who writes texts: a model by its weights, or a server; and the file that keeps them.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use data_anatomy_job::progress::Progress;
use serde_json::{Map, Value, json};

use super::author_choice::{AuthorChoice, Server, Who};
use super::endpoint::{self, Endpoint, EndpointOptions, Retry};
use super::engine::{Engine, TokenId};
use super::generate::{self, Finished, GenerateOptions, LeadIn, Observer, Wanted};
use super::journal::{Generation, Journal, Tally};
use super::memory::Work;
use super::model::{self, Model, ModelChoice};
use super::prompts::Prompts;
use super::rate::Rate;
use super::sampling::Sampling;
use super::tokenizer::Tokenizer;

/// How an author draws texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawing {
    /// The temperature; 0 is greedy.
    pub temperature: f64,
    /// The share of probability that is kept; 1 keeps all.
    pub top_p: f64,
    /// How many of the most probable tokens are kept; 0 keeps all.
    pub top_k: usize,
    /// Most tokens of a text, the prompt not counted.
    pub max_new_tokens: usize,
    /// Most texts at a time.
    pub batch_size: usize,
    /// Tokens of another document that a model writes before each text, and that are thrown away; where
    /// nothing is said, `LEAD_IN` before texts that begin as documents do, and none before others.
    pub lead_in: Option<usize>,
}

/// After so many tokens of another document, what a small model writes first is within .01 (total variation)
/// of what it writes after 256 of them.
const LEAD_IN: usize = 64;

/// One part in so many of a model's context is spent on a lead-in that nobody asked for, at most.
const SHARE_OF_LEAD_IN: usize = 4;

impl Default for Drawing {
    /// The model itself, untruncated.
    fn default() -> Self {
        let (temperature, top_p, top_k) = (1.0, 1.0, 0);
        let (max_new_tokens, batch_size, lead_in) = (128, 64, None);
        Self { temperature, top_p, top_k, max_new_tokens, batch_size, lead_in }
    }
}

impl Drawing {
    /// Refuses numbers with which nothing can be drawn.
    ///
    /// # Errors
    /// If a number is out of its range.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(self.max_new_tokens > 0, "--max-new-tokens: expected 1 or more, found 0");
        ensure!(self.batch_size > 0, "--batch-size: expected 1 or more, found 0");
        Sampling::new(self.temperature, self.top_k, self.top_p)?;
        Ok(())
    }
}

/// Texts that are wanted in a file.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// What they begin with.
    pub prompts: &'a Prompts,
    /// How many.
    pub n_texts: u64,
    /// How they are drawn.
    pub drawing: Drawing,
    /// Seed: text number i depends on it, on i and on its prompt.
    pub seed: u64,
    /// Whether a text that is kept begins with its prompt.
    pub keep_prompts: bool,
    /// Where they are kept; what is there already is not made again.
    pub output: &'a Path,
    /// Throw away what is there.
    pub force: bool,
    /// What a user gives to keep what is there beside what is new, such as `another --output`.
    pub elsewhere: &'a str,
    /// What progress is called.
    pub stage: &'static str,
}

/// Who writes.
#[derive(Debug)]
pub enum Author {
    /// A model, whose weights are loaded when the first text is to be made.
    Model(Box<ModelAuthor>),
    /// A server.
    Server(Server),
}

/// A model that writes.
pub struct ModelAuthor {
    model: Model,
    engine: Option<Box<dyn Engine>>,
}

impl fmt::Debug for ModelAuthor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_loaded = self.engine.is_some();
        formatter.debug_struct("ModelAuthor").field("is_loaded", &is_loaded).finish_non_exhaustive()
    }
}

impl Author {
    /// The author that is named: a model, whose files are found now, or a server, to which nothing is sent yet.
    ///
    /// # Errors
    /// If nobody is named, or the model cannot be opened.
    pub fn open(choice: &AuthorChoice, progress: &Progress) -> anyhow::Result<Self> {
        let AuthorChoice { who, revision, device, precision } = choice.clone();
        match who {
            None => anyhow::bail!(model::NONE_NAMED),
            Some(Who::Server(server)) => Ok(Self::Server(server)),
            Some(Who::Model(model)) => {
                let choice = ModelChoice { model, revision, device, precision };
                let model = Model::open(choice, progress)?;
                Ok(Self::Model(Box::new(ModelAuthor { model, engine: None })))
            }
        }
    }

    /// The model's own tokenizer; a server's is not known.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        match self {
            Self::Model(author) => Some(&author.model.tokenizer),
            Self::Server(_) => None,
        }
    }

    /// How many tokens of another document are written before each text of the job.
    pub fn lead_in(&self, job: &Job<'_>) -> usize {
        match self {
            Self::Model(author) => author.lead_in(job).map_or(0, |lead_in| lead_in.n_tokens),
            Self::Server(_) => 0,
        }
    }

    /// Makes the texts that the job's file lacks. Where some could not be made the tally says which.
    ///
    /// # Errors
    /// If the file belongs to another run or cannot be written, a setting is out of range, or the device or
    /// the server fails for good. Texts made before are kept.
    pub fn write(&mut self, job: &Job<'_>, progress: &Progress) -> anyhow::Result<Tally> {
        job.drawing.check()?;
        match self {
            Self::Model(author) => author.write(job, progress),
            Self::Server(server) => by_server(server, job, progress),
        }
    }
}

/// A server has so long to answer.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The texts from a server.
fn by_server(server: &Server, job: &Job<'_>, progress: &Progress) -> anyhow::Result<Tally> {
    ensure!(job.drawing.top_k == 0, "--top-k: servers of this kind do not know it; leave it out");
    ensure!(
        job.drawing.lead_in.unwrap_or(0) == 0,
        "--lead-in: servers of this kind separate no documents; leave it out"
    );
    let endpoint = Endpoint::new(options(server, job)?)?;
    let mut config = endpoint.description();
    config["prompts"] = job.prompts.description().clone();
    if job.keep_prompts {
        config["keep_prompts"] = true.into();
    }
    let sections = Map::from_iter([("config".to_owned(), config)]);
    let journal = job.journal(sections)?;
    let failures = endpoint::generate(&endpoint, job.prompts, &journal, progress)?;
    if failures.n_texts() > 0 {
        eprintln!("{failures}");
    }
    finish(journal)
}

/// What is asked of a server.
fn options(server: &Server, job: &Job<'_>) -> anyhow::Result<EndpointOptions> {
    Ok(EndpointOptions {
        url: server.url.clone(),
        model: server.model.clone(),
        max_tokens: u32::try_from(job.drawing.max_new_tokens)?,
        temperature: job.drawing.temperature,
        top_p: job.drawing.top_p,
        seed: job.seed,
        keep_prompts: job.keep_prompts,
        concurrency: server.concurrency,
        timeout: TIMEOUT,
        key_variable: server.key_variable.clone(),
        retry: Retry::default(),
    })
}

impl Job<'_> {
    fn journal(&self, sections: Map<String, Value>) -> anyhow::Result<Journal> {
        Journal::open(self.output, sections, self.n_texts, self.force, self.elsewhere)
    }
}

fn finish(journal: Journal) -> anyhow::Result<Tally> {
    journal.finish().context("the texts are all there, but could not be put in order")
}

impl ModelAuthor {
    fn write(&mut self, job: &Job<'_>, progress: &Progress) -> anyhow::Result<Tally> {
        let Drawing { temperature, top_p, top_k, max_new_tokens, batch_size, .. } = job.drawing;
        let (seed, sampling) = (job.seed, Sampling::new(temperature, top_k, top_p)?);
        let journal = job.journal(self.sections(job))?;
        let missing = journal.missing();
        if !missing.is_empty() {
            let wanted = wanted(&self.model.tokenizer, job.prompts, &missing)?;
            let stops = self.model.tokenizer.stops().to_vec();
            let lead_in = self.lead_in(job);
            let options =
                GenerateOptions { sampling, seed, max_new_tokens, batch_size, stops, lead_in };
            self.make(&options, &wanted, job, &journal, progress)?;
        }
        finish(journal)
    }

    /// What is written before each text and thrown away.
    fn lead_in(&self, job: &Job<'_>) -> Option<LeadIn> {
        let default = if job.prompts.all().is_empty() || job.keep_prompts {
            LEAD_IN.min(self.model.blueprint.context / SHARE_OF_LEAD_IN)
        } else {
            0
        };
        let n_tokens = job.drawing.lead_in.unwrap_or(default);
        let separator = self.model.tokenizer.separator()?;
        (n_tokens > 0).then_some(LeadIn { separator, n_tokens })
    }

    /// What makes these texts these and no others.
    fn sections(&self, job: &Job<'_>) -> Map<String, Value> {
        let mut config = self.model.description();
        config.extend([
            ("prompts".to_owned(), job.prompts.description().clone()),
            ("temperature".to_owned(), job.drawing.temperature.into()),
            ("top_p".to_owned(), job.drawing.top_p.into()),
            ("top_k".to_owned(), job.drawing.top_k.into()),
            ("max_new_tokens".to_owned(), job.drawing.max_new_tokens.into()),
            ("seed".to_owned(), job.seed.into()),
        ]);
        if job.keep_prompts {
            config.insert("keep_prompts".to_owned(), true.into());
        }
        if let Some(lead_in) = self.lead_in(job) {
            config.insert("lead_in".to_owned(), lead_in.n_tokens.into());
        }
        if !self.model.is_on_cpu() {
            // There, rounding depends on how many texts are computed at a time.
            config.insert("batch_size".to_owned(), job.drawing.batch_size.into());
        }
        Map::from_iter([
            ("config".to_owned(), Value::Object(config)),
            ("tokenizer".to_owned(), json!(self.model.tokenizer.rules())),
        ])
    }

    fn make(
        &mut self,
        options: &GenerateOptions,
        wanted: &[Wanted],
        job: &Job<'_>,
        journal: &Journal,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let longest = wanted.iter().map(|text| text.prompt.len()).max().unwrap_or(0);
        let capacity = generate::capacity(longest, options, self.model.blueprint.context);
        let n_slots = options.batch_size.min(wanted.len());
        let mut engine = match self.engine.take() {
            Some(engine) => engine,
            None => self.model.load(Work::Generate { n_slots, capacity }, progress)?,
        };
        let n_before = usize::try_from(journal.so_far().0)?;
        let rate = Rate::start(progress, job.stage, "texts", n_before, n_before + wanted.len());
        let mut scribe = Scribe {
            tokenizer: &self.model.tokenizer,
            prompts: job.prompts,
            wanted: if job.keep_prompts { wanted } else { &[] },
            journal,
            rate: &rate,
        };
        generate::generate(engine.as_mut(), options, wanted, &mut scribe)?;
        if let Some(share) = self.model.share_of_peak(rate.finish().tokens_per_second()) {
            progress.say(&share);
        }
        self.engine = Some(engine);
        Ok(())
    }
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

/// Writes texts to the journal as they end.
struct Scribe<'a> {
    tokenizer: &'a Tokenizer,
    prompts: &'a Prompts,
    /// The texts whose prompts are kept, by number; none where no prompts are.
    wanted: &'a [Wanted],
    journal: &'a Journal,
    rate: &'a Rate<'a>,
}

impl Scribe<'_> {
    /// The tokens that stand before a text in the file.
    fn kept_prompt(&self, id: u64) -> &[TokenId] {
        let position = self.wanted.binary_search_by_key(&id, |text| text.id);
        position.map_or(&[], |position| &self.wanted[position].prompt)
    }
}

impl Observer for Scribe<'_> {
    fn tokens(&mut self, n_tokens: usize) {
        self.rate.add(0, n_tokens as u64);
    }

    fn text(&mut self, finished: Finished) -> anyhow::Result<()> {
        // Together, since what a token's text is may depend on what stands before it.
        let text =
            self.tokenizer.decode(&[self.kept_prompt(finished.id), &finished.tokens].concat())?;
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
