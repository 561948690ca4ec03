//! A paragraph that grows by sentences, and remembers what it cites.

use crate::account::references::Reference;
use crate::account::told::{Method, Setting, Told, list, words};
use crate::shares::unit::Unit;

/// A paragraph of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::account) struct Paragraph {
    sentences: Vec<String>,
    references: Vec<Reference>,
    missing: Vec<String>,
}

impl Paragraph {
    /// Adds a sentence without its stop.
    pub(super) fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// Cites at the end of the last sentence.
    pub(super) fn cite(&mut self, references: &[Reference]) {
        let cited: Vec<&str> = references.iter().map(|reference| reference.cited()).collect();
        if let Some(sentence) = self.sentences.last_mut().filter(|_| !cited.is_empty()) {
            sentence.push_str(&format!(" ({})", cited.join("; ")));
        }
        self.remember(references);
    }

    /// Cites within a sentence: the words to put there.
    pub(super) fn citing(&mut self, references: &[Reference]) -> String {
        self.remember(references);
        let cited: Vec<&str> = references.iter().map(|reference| reference.cited()).collect();
        if cited.is_empty() { String::new() } else { format!(" ({})", cited.join("; ")) }
    }

    fn remember(&mut self, references: &[Reference]) {
        let new = references.iter().filter(|reference| !self.references.contains(reference));
        self.references.extend(new.copied().collect::<Vec<_>>());
    }

    /// What is known, or that it is missing, which the paragraph's end will say.
    pub(super) fn known<T>(&mut self, what: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.missing.push(what.to_owned());
        }
        value
    }

    /// The model with its revision.
    pub(super) fn model(&mut self, told: &Told<'_>) -> String {
        let model = self.known("the model", told.model());
        let revision = told.revision().map(|revision| format!(" (revision {revision})"));
        match model {
            Some(model) => format!("{model}{}", revision.unwrap_or_default()),
            None => "a language model".to_owned(),
        }
    }

    /// What intervals rest on.
    pub(super) fn intervals(&mut self, told: &Told<'_>, what_is_drawn: &str) {
        match self.known("the level of intervals and the number of replicates", told.intervals()) {
            Some((_, 0)) => self.say("No intervals were computed".to_owned()),
            Some((level, n)) => self.say(format!(
                "Intervals at the level of {level} rest on {n} bootstrap replicates, which draw {what_is_drawn} anew"
            )),
            None => {}
        }
    }

    /// What the shares are shares of.
    pub(super) fn unit(&mut self, told: &Told<'_>) {
        match self.known("what the shares are shares of", told.provenance.unit) {
            Some(Unit::Tokens) => self.say(
                "Shares of documents were turned into shares of tokens by the mean length of whole documents of each \
                 category"
                    .to_owned(),
            ),
            Some(unit) => self.say(format!("Shares are of {unit}")),
            None => {}
        }
    }

    /// The paragraph with what holds for every run, and what it cites.
    pub(in crate::account) fn finished(mut self, told: &Told<'_>) -> (String, Vec<String>) {
        if self.sentences.is_empty() {
            return (String::new(), Vec::new());
        }
        self.end(told);
        if !self.missing.is_empty() {
            let missing = list(&self.missing);
            self.say(format!("The run's file does not say: {missing}"));
        }
        let text: Vec<String> =
            self.sentences.iter().map(|sentence| format!("{sentence}.")).collect();
        let references = self.references.iter().map(|reference| reference.full().to_owned());
        (text.join(" "), references.collect())
    }

    /// Seed, settings, program and date.
    fn end(&mut self, told: &Told<'_>) {
        let tool = self.known("the program that computed it", told.tool());
        let date = self.known("the date", told.date());
        if let Some(tool) = &tool {
            let date = date.map(|date| format!(" on {date}")).unwrap_or_default();
            let seed = words(told.setting("seed"));
            let seed = self.known("the seed", seed);
            let seed = seed.map(|seed| format!(", with the seed {seed}")).unwrap_or_default();
            self.say(format!("This was computed by {tool}{date}{seed}"));
        }
        match told.changed() {
            Some(settings) if settings.is_empty() => {
                self.say("All settings are the program's defaults".to_owned());
            }
            Some(settings) => {
                self.say(format!(
                    "Settings that differ from the program's defaults: {}",
                    Setting::listed(&settings)
                ));
            }
            None if told.method == Method::Fused => {}
            None => self.missing.push("which settings differ from the defaults".to_owned()),
        }
    }
}
