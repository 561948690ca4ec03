//! Texts from a model, many at a time: a sequence that ends makes room for the next one at once
//! (continuous batching).

use std::ops::ControlFlow;

use anyhow::ensure;
use rayon::prelude::*;

use super::engine::{Engine, Row, TokenId};
use super::sampling::{self, Sampling, Scratch};

/// Lead-ins are drawn with a seed of their own, so that a text's random numbers do not depend on what was
/// thrown away: the bits of "lead in" in ASCII.
const SEED_OF_LEAD_INS: u64 = 0x006c_6561_6420_696e;

/// How texts are drawn.
#[derive(Debug, Clone)]
pub struct GenerateOptions {
    /// From which distribution.
    pub sampling: Sampling,
    /// Seed of all texts; each depends on it, its own number and its prompt.
    pub seed: u64,
    /// Most tokens of a text, the prompt not counted.
    pub max_new_tokens: usize,
    /// Most texts at a time.
    pub batch_size: usize,
    /// Tokens that end a text and are not part of it.
    pub stops: Vec<TokenId>,
    /// What is written before each text, if anything is.
    pub lead_in: Option<LeadIn>,
}

/// Another document, which the model writes before each text and which is thrown away.
///
/// Models are trained on documents one after another, each after the separator. At the very start of its
/// context, where it hardly ever stood in training, a model may write what it never would after a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadIn {
    /// The token with which it begins.
    pub separator: TokenId,
    /// Most tokens of it, the separator not counted; the model may end it earlier.
    pub n_tokens: usize,
}

impl LeadIn {
    /// Most tokens that may stand before a text's prompt: the separator, the lead-in, and what ends it.
    fn room(lead_in: Option<Self>) -> usize {
        lead_in.map_or(0, |lead_in| lead_in.n_tokens + 2)
    }
}

/// Most tokens that a text takes of the model's context, with all that stands before it.
pub fn capacity(longest_prompt: usize, options: &GenerateOptions, context: usize) -> usize {
    (LeadIn::room(options.lead_in) + longest_prompt + options.max_new_tokens).min(context)
}

/// A text that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its number in the run.
    pub id: u64,
    /// What it begins with, one token or more.
    pub prompt: Vec<TokenId>,
}

/// A text that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its number in the run.
    pub id: u64,
    /// The tokens after the prompt, without the one that ended it.
    pub tokens: Vec<TokenId>,
    /// Why it ended.
    pub finish: Finish,
}

/// Why a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    Eos,
    /// It has as many tokens as were allowed, or as the model's context holds.
    Length,
}

impl Finish {
    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eos => "eos",
            Self::Length => "length",
        }
    }
}

/// What happens while texts are made.
pub trait Observer: Send {
    /// A step is done: so many tokens are new.
    fn tokens(&mut self, n_tokens: usize);

    /// A text is done.
    ///
    /// # Errors
    /// If it cannot be kept; generation ends then.
    fn text(&mut self, finished: Finished) -> anyhow::Result<()>;

    /// Whether to go on; asked after each step.
    fn go_on(&self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Makes every text of `wanted`, and tells `observer` of each as it ends.
///
/// # Errors
/// If a prompt leaves no room in the model's context, the device fails, or the observer does.
pub fn generate(
    engine: &mut dyn Engine,
    options: &GenerateOptions,
    wanted: &[Wanted],
    observer: &mut dyn Observer,
) -> anyhow::Result<()> {
    let context = engine.blueprint().context;
    let longest = wanted.iter().map(|text| text.prompt.len()).max().unwrap_or(0);
    let n_lead_in = LeadIn::room(options.lead_in);
    for text in wanted {
        ensure!(!text.prompt.is_empty(), "text {} has a prompt without tokens", text.id);
        ensure!(
            n_lead_in + text.prompt.len() < context,
            "the prompt of text {} has {} tokens{} and leaves no room in the model's context of {context}",
            text.id,
            text.prompt.len(),
            if n_lead_in > 0 { format!(", its lead-in {n_lead_in},") } else { String::new() }
        );
    }
    let n_slots = options.batch_size.min(wanted.len()).max(1);
    engine.reserve(n_slots, capacity(longest, options, context))?;
    let batch = Batch { slots: vec![None; n_slots], waiting: wanted.iter(), options, context };
    // On a thread of the pool: from outside it, each of a step's many small parallel loops would put this
    // thread to sleep and wake it again.
    rayon::scope(|_| make_all(engine, batch, observer))
}

fn make_all(
    engine: &mut dyn Engine,
    mut batch: Batch<'_>,
    observer: &mut dyn Observer,
) -> anyhow::Result<()> {
    loop {
        batch.fill(engine);
        let rows: Vec<Row<'_>> = batch.rows();
        if rows.is_empty() || observer.go_on().is_break() {
            return Ok(());
        }
        let logits = engine.step(&rows)?;
        let slots: Vec<usize> = rows.iter().map(|row| row.slot).collect();
        let drawn = batch.draw(&slots, logits.rows().collect())?;
        observer.tokens(drawn.len());
        for (slot, token) in slots.into_iter().zip(drawn) {
            if let Some(finished) = batch.push(slot, token) {
                observer.text(finished)?;
            }
        }
    }
}

/// The texts that are being made.
struct Batch<'a> {
    slots: Vec<Option<Text<'a>>>,
    waiting: std::slice::Iter<'a, Wanted>,
    options: &'a GenerateOptions,
    context: usize,
}

/// One of them.
#[derive(Debug, Clone)]
struct Text<'a> {
    wanted: &'a Wanted,
    /// Whether the lead-in is being written, and not the text.
    is_leading_in: bool,
    /// Tokens before `tokens`.
    n_before: usize,
    /// Tokens that the engine has not seen yet: those given, then always the newest.
    next: Vec<TokenId>,
    /// What was drawn of the lead-in or of the text.
    tokens: Vec<TokenId>,
}

impl<'a> Text<'a> {
    fn new(wanted: &'a Wanted, lead_in: Option<LeadIn>) -> Self {
        let next = match lead_in {
            Some(lead_in) => vec![lead_in.separator],
            None => wanted.prompt.clone(),
        };
        let (is_leading_in, n_before) = (lead_in.is_some(), next.len());
        Self { wanted, is_leading_in, n_before, next, tokens: Vec::new() }
    }

    /// Appends a token to the lead-in, or ends it as a document ends and begins the text.
    fn lead_in(&mut self, token: TokenId, ended: bool, lead_in: LeadIn, stop: Option<&TokenId>) {
        self.next.clear();
        self.tokens.push(token);
        self.next.push(token);
        if !ended && self.tokens.len() < lead_in.n_tokens {
            return;
        }
        let prompt = &self.wanted.prompt;
        let ending = if ended { self.next.pop() } else { stop.copied() };
        // Where one token ends a document and begins the next, it stands once.
        self.next.extend(ending.filter(|ending| prompt.first() != Some(ending)));
        self.next.extend(prompt);
        // All but the newest token of the lead-in were given to the engine before.
        self.n_before += self.tokens.len() - 1 + self.next.len();
        self.is_leading_in = false;
        self.tokens.clear();
    }
}

impl<'a> Batch<'a> {
    /// Puts waiting texts into free slots.
    fn fill(&mut self, engine: &mut dyn Engine) {
        for (slot, place) in self.slots.iter_mut().enumerate().filter(|(_, place)| place.is_none())
        {
            let Some(wanted) = self.waiting.next() else { return };
            engine.clear(slot);
            *place = Some(Text::new(wanted, self.options.lead_in));
        }
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let texts = self.slots.iter().enumerate();
        texts.filter_map(|(slot, text)| Some(Row { slot, tokens: &text.as_ref()?.next })).collect()
    }

    /// The next token of each slot: a function of the run's seed, the text's number, and its place.
    fn draw(&self, slots: &[usize], logits: Vec<&[f32]>) -> anyhow::Result<Vec<TokenId>> {
        let drawn =
            slots.par_iter().zip(logits).map_init(Scratch::default, |scratch, (slot, logits)| {
                let Some(text) = &self.slots[*slot] else { return Ok(0) };
                let step = text.tokens.len() as u64;
                let purpose = if text.is_leading_in { SEED_OF_LEAD_INS } else { 0 };
                let uniform = sampling::uniform(self.options.seed ^ purpose, text.wanted.id, step);
                sampling::draw(logits, &self.options.sampling, uniform, scratch)
            });
        Ok(drawn.collect::<Result<_, _>>()?)
    }

    /// Appends the token to the slot's text; returns the text, and frees the slot, if that ends it.
    fn push(&mut self, slot: usize, token: TokenId) -> Option<Finished> {
        let options = self.options;
        let text = self.slots[slot].as_mut()?;
        let ended = options.stops.contains(&token);
        if let Some(lead_in) = options.lead_in.filter(|_| text.is_leading_in) {
            text.lead_in(token, ended, lead_in, options.stops.first());
            return None;
        }
        if !ended {
            text.tokens.push(token);
        }
        let full = text.tokens.len() >= options.max_new_tokens
            || text.n_before + text.tokens.len() >= self.context;
        if ended || full {
            let finish = if ended { Finish::Eos } else { Finish::Length };
            let Text { wanted, tokens, .. } = self.slots[slot].take()?;
            return Some(Finished { id: wanted.id, tokens, finish });
        }
        text.next.clear();
        text.next.push(token);
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cpu::{CpuEngine, Precision};
    use crate::fixture;

    #[derive(Default)]
    struct Collect {
        texts: BTreeMap<u64, Finished>,
        n_tokens: usize,
    }

    impl Observer for Collect {
        fn tokens(&mut self, n_tokens: usize) {
            self.n_tokens += n_tokens;
        }

        fn text(&mut self, finished: Finished) -> anyhow::Result<()> {
            assert!(self.texts.insert(finished.id, finished).is_none(), "a text came twice");
            Ok(())
        }
    }

    fn engine() -> CpuEngine {
        let fixture = fixture::all().into_iter().find(|fixture| fixture.name == "llama").unwrap();
        let (checkpoint, blueprint) = fixture.open();
        CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap()
    }

    fn options(batch_size: usize) -> GenerateOptions {
        GenerateOptions {
            sampling: Sampling::default(),
            seed: 7,
            max_new_tokens: 20,
            batch_size,
            stops: vec![3, 17, 40, 41, 42],
            lead_in: None,
        }
    }

    fn wanted(ids: impl IntoIterator<Item = u64>) -> Vec<Wanted> {
        let prompt =
            |id: u64| (0..=id % 5).map(|token| 5 + u32::try_from(token).unwrap()).collect();
        ids.into_iter().map(|id| Wanted { id, prompt: prompt(id) }).collect()
    }

    fn texts(batch_size: usize, ids: impl IntoIterator<Item = u64>) -> BTreeMap<u64, Finished> {
        let mut collect = Collect::default();
        generate(&mut engine(), &options(batch_size), &wanted(ids), &mut collect).unwrap();
        collect.texts
    }

    #[test]
    fn a_text_depends_on_its_number_and_prompt_alone() {
        let together = texts(16, 0..40);
        assert_eq!(together.len(), 40);
        assert_eq!(texts(1, 0..40), together);
        assert_eq!(texts(7, (0..40).rev()), together);
        let finishes: Vec<Finish> = together.values().map(|text| text.finish).collect();
        assert!(finishes.contains(&Finish::Eos) && finishes.contains(&Finish::Length));
        let stops = options(1).stops;
        for text in together.values() {
            assert!(
                text.tokens.len() <= 20 && !text.tokens.iter().any(|token| stops.contains(token))
            );
            assert_eq!(text.finish == Finish::Length, text.tokens.len() == 20);
        }
    }

    /// A token that ends some texts of the fixture early.
    const STOP: TokenId = 17;

    #[test]
    fn a_text_after_a_lead_in_is_one_after_a_document_and_the_separator() {
        let lead_in = LeadIn { separator: 5, n_tokens: 6 };
        let make = |options: &GenerateOptions, wanted: &[Wanted]| {
            let mut collect = Collect::default();
            generate(&mut engine(), options, wanted, &mut collect).unwrap();
            collect.texts
        };
        // One stop, so that the lead-in's end is known.
        let options = GenerateOptions { stops: vec![STOP], ..options(16) };
        let seed = options.seed ^ SEED_OF_LEAD_INS;
        let alone: Vec<Wanted> = (0..400).map(|id| Wanted { id, prompt: vec![5] }).collect();
        let before = make(&GenerateOptions { seed, max_new_tokens: 6, ..options.clone() }, &alone);
        let finishes: Vec<Finish> = before.values().map(|text| text.finish).collect();
        assert!(finishes.contains(&Finish::Eos) && finishes.contains(&Finish::Length));
        let wanted = wanted(0..400);
        let after: Vec<Wanted> = wanted
            .iter()
            .map(|text| {
                let document = &before[&text.id].tokens;
                let prompt = [&[5], document.as_slice(), &[STOP], &text.prompt].concat();
                Wanted { id: text.id, prompt }
            })
            .collect();
        let led_in = make(&GenerateOptions { lead_in: Some(lead_in), ..options.clone() }, &wanted);
        assert_eq!(led_in, make(&options, &after));
        let apart = make(&options, &wanted);
        assert_ne!(led_in, apart);
        // A separator that ends documents too stands once.
        let lead_in = Some(LeadIn { separator: STOP, n_tokens: 1 });
        let wanted = [Wanted { id: 1, prompt: vec![STOP, 9] }];
        let drawn = make(
            &GenerateOptions { seed, max_new_tokens: 1, ..options.clone() },
            &[Wanted { id: 1, prompt: vec![STOP] }],
        );
        let prompt = [&[STOP], drawn[&1].tokens.as_slice(), &[STOP, 9]].concat();
        assert_eq!(
            make(&GenerateOptions { lead_in, ..options.clone() }, &wanted)[&1].tokens,
            make(&options, &[Wanted { id: 1, prompt }])[&1].tokens
        );
    }

    #[test]
    fn a_text_ends_where_the_context_does() {
        let mut engine = engine();
        let context = engine.blueprint().context;
        let options = GenerateOptions { max_new_tokens: 10_000, stops: vec![], ..options(2) };
        let mut collect = Collect::default();
        generate(&mut engine, &options, &wanted([4]), &mut collect).unwrap();
        assert_eq!(collect.texts[&4].tokens.len(), context - 5);
        assert_eq!(collect.texts[&4].finish, Finish::Length);
        let long = [Wanted { id: 0, prompt: vec![5; context] }];
        let error = generate(&mut engine, &options, &long, &mut collect).unwrap_err();
        assert!(error.to_string().contains("leaves no room"), "{error}");
    }
}
