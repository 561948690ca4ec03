//! The steps of a run in their order, up to the verdicts; what was read, and what a reader must know of it.

use std::path::Path;

use data_anatomy_classify::Classifier;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_corpus::generations::Generation;
use data_anatomy_corpus::split::Split;
use data_anatomy_job::progress::Progress;
use serde_json::{Value, json};

use super::echoes::{self, Echoes};
use super::length_match::{LengthMatch, LengthMatchKind};
use super::material::Material;
use super::predicted::{self, Predicted};
use super::settings::{ClassifierSettings, CutSettings, Settings};
use super::sources::Sources;
use super::text_doubts;
use super::texts::Texts;
use super::writer::Writer;
use crate::references::References;
use crate::references::document_lengths::{self, KnownLengths, Measured};

/// Everything up to the verdicts.
#[derive(Debug)]
pub struct Run {
    /// The reference documents.
    pub references: References,
    /// The texts whose mixture is asked for.
    pub texts: Texts,
    /// The classifier's verdicts.
    pub predicted: Predicted,
    /// Whether each text is one phrase over and over.
    pub repetitive: Vec<bool>,
    /// How long whole documents are, or why that is not known.
    pub lengths: Result<KnownLengths, String>,
    sources: Sources,
    split: Split,
    echoes: Echoes,
    classifier_doubts: Vec<Diagnostic>,
}

impl Run {
    /// Reads documents; has the texts and echoes written that are not there yet, into `folder`; trains the
    /// classifier, or loads one; and lets it judge.
    ///
    /// # Errors
    /// If an input is missing, malformed or too small, or the model or the classifier fails.
    pub fn new(settings: &Settings, folder: &Path, progress: &Progress) -> anyhow::Result<Self> {
        let (sources, seed) = (settings.sources(), settings.choices.seed);
        let references = References::read(&settings.documents, seed)?;
        let loaded = predicted::load(&settings.classifier, &references.taxonomy)?;
        let split = match &loaded {
            Some(classifier) => predicted::split_by_memory(classifier.as_ref(), &references)?,
            None => {
                settings.split_plan().split(&references.grouped(), &references.measures(), seed)?
            }
        };
        let mut writer = Writer::open(settings, folder, progress)?;
        let texts = Texts::obtain(settings, writer.as_mut())?;
        let documents = (&references, &split);
        let echoes = echoes::obtain(&settings.echoes, sources, documents, &texts, writer.as_mut())?;
        let tokenizer = writer.as_ref().and_then(Writer::tokenizer);
        let measured = tokenizer.map_or(Measured::Characters, Measured::Tokens);
        let lengths = document_lengths::find(&settings.documents, &references, measured)?;
        // Its memory is wanted for training.
        drop(writer);
        let cut = length_match(settings.cut, &texts, seed);
        let inputs = Inputs { references: &references, echoes: &echoes, texts: &texts, sources };
        let judges = Judges { settings: &settings.classifier, loaded, cut, seed };
        let (predicted, classifier_doubts) = judged(judges, &inputs, &split, progress)?;
        let repetitive = text_doubts::repetitive(&texts);
        Ok(Self {
            predicted,
            repetitive,
            sources,
            split,
            echoes,
            classifier_doubts,
            lengths,
            texts,
            references,
        })
    }

    /// SHA-256 and counts of every input, for the record.
    pub fn record(&self) -> Value {
        let rounds = self.split.rounds();
        json!({
            "reference": self.references.record(),
            "generations": self.texts.generations.input,
            "lead_in": self.texts.are_made.then_some(self.texts.lead_in),
            "echoes": self.echoes.record(),
            "training_source": self.sources.training.name(),
            "calibration_source": self.sources.calibration.name(),
            "n_train": rounds[0].train.len(),
            "n_classifiers": rounds.len(),
            "n_validation": self.split.validation.len(),
            "n_near_duplicates": self.references.n_near(),
            "n_left_out": self.split.left_out.len(),
            "document_lengths": self.lengths_record(),
        })
    }

    fn lengths_record(&self) -> Value {
        match &self.lengths {
            Ok(known) => json!({"source": known.source}),
            Err(reason) => json!({"unknown": reason}),
        }
    }

    /// What a reader must know of inputs and classifier.
    pub fn doubts(&self) -> Vec<Diagnostic> {
        [
            text_doubts::doubts(&self.texts),
            self.references.doubts(),
            predicted::doubts_of_split(&self.split),
            self.echoes.doubts(self.sources),
            self.classifier_doubts.clone(),
            self.lengths.as_ref().err().map(doubt_of_lengths).into_iter().collect(),
        ]
        .concat()
    }

    /// Whether texts or echoes are missing that a server did not make.
    pub fn is_partial(&self) -> bool {
        self.texts.n_missing > 0 || self.echoes.are_missing()
    }
}

/// What classifiers are made from and applied to.
struct Inputs<'i> {
    references: &'i References,
    echoes: &'i Echoes,
    texts: &'i Texts,
    sources: Sources,
}

/// What classifiers come from.
struct Judges<'j> {
    settings: &'j ClassifierSettings,
    /// One that was trained before.
    loaded: Option<Box<dyn Classifier>>,
    /// How the documents that it reads are cut, if they are.
    cut: Option<LengthMatch>,
    seed: u64,
}

/// The verdicts of each round's classifier on its documents and its part of the texts, and what they say of
/// themselves.
fn judged(
    mut judges: Judges<'_>,
    inputs: &Inputs<'_>,
    split: &Split,
    progress: &Progress,
) -> anyhow::Result<(Predicted, Vec<Diagnostic>)> {
    let texts = &inputs.texts.generations.texts;
    let rounds = split.rounds();
    let turns = predicted::turns(texts.len(), rounds.len(), judges.seed);
    let (mut validation, mut generations) = (Vec::new(), vec![None; texts.len()]);
    let mut doubts: Vec<Diagnostic> = Vec::new();
    for (number, (round, turn)) in rounds.iter().zip(&turns).enumerate() {
        let cut = judges.cut.as_ref().map(|cut| cut.of_round(number));
        let Inputs { references, echoes, sources, .. } = inputs;
        let material = Material::new(references, round, echoes, cut.as_ref(), *sources);
        let classifier = match judges.loaded.take() {
            Some(classifier) => classifier,
            None => predicted::train(judges.settings, &references.taxonomy, &material, progress)?,
        };
        let own: Vec<&Generation> = turn.iter().map(|&position| &texts[position]).collect();
        let verdicts = predicted::judge(classifier.as_ref(), &material, &own, progress)?;
        validation.extend(verdicts.validation);
        for (&position, verdict) in turn.iter().zip(verdicts.generations) {
            generations[position] = Some(verdict);
        }
        let new = classifier.doubts().into_iter().filter(|doubt| !doubts.contains(doubt));
        doubts.extend(new.collect::<Vec<_>>());
    }
    let generations = generations.into_iter().flatten().collect();
    Ok((Predicted { validation, generations }, doubts))
}

/// Why lengths are not known.
fn doubt_of_lengths(reason: &String) -> Diagnostic {
    Diagnostic::note("lengths_not_measured", reason)
}

/// How documents are cut, if they are.
fn length_match(settings: CutSettings, texts: &Texts, seed: u64) -> Option<LengthMatch> {
    match settings.length_match {
        LengthMatchKind::None => None,
        LengthMatchKind::Generations => {
            let texts = texts.generations.texts.iter().map(|text| text.text.as_str());
            LengthMatch::to(texts, settings.window, seed)
        }
    }
}
