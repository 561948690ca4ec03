//! Echoes: what the model writes after the first tokens of documents whose category is known.
//!
//! Label shift takes for granted that a text of a category looks the same whoever wrote it. A model's texts
//! do not look like documents; an echo is a text of the model's own, of a category that is known, and so
//! measures the errors that the classifier makes on such texts.

use std::path::Path;

use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::messages::printable::head;
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::jsonl;
use data_anatomy_corpus::split::Split;
use data_anatomy_lm::author::Drawing;
use data_anatomy_lm::prompts::{Prompt, Prompts};
use data_anatomy_lm::tokenizer::Tokenizer;
use serde::Deserialize;
use serde_json::{Value, json};

use super::degenerate;
use super::settings::EchoSettings;
use super::sources::Sources;
use super::texts::Texts;
use super::writer::{Order, Writer};
use crate::references::References;

/// The file of a run's echoes, in its folder.
const FILE: &str = "echoes.jsonl";

/// Echoes are drawn with a seed of their own, so that none shares its random numbers with a text: the bits
/// of "echo" in ASCII.
const SEED_OF_ECHOES: u64 = 0x6563_686f;

/// Where tokens are not known, so many characters count as one.
const CHARS_PER_TOKEN: usize = 4;

/// Documents longer than so many characters for each token wanted are cut before their tokens are counted.
const MAX_CHARS_PER_TOKEN: usize = 64;

/// A continuation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// The document, as its position among all.
    pub document: usize,
    /// What stands for a text of the model.
    pub text: String,
}

/// The echoes of a run.
#[derive(Debug, Default)]
pub struct Echoes {
    /// Those that are not empty.
    pub echoes: Vec<Echo>,
    n_empty: usize,
    n_missing: usize,
    n_prefix: usize,
}

#[derive(Deserialize)]
struct Line {
    id: u64,
    text: String,
}

/// The echoes that the settings ask for; none where they ask for none.
///
/// # Errors
/// If there are too few documents to continue, the file belongs to another run, or the model fails.
pub fn obtain(
    settings: &EchoSettings,
    sources: Sources,
    (references, split): (&References, &Split),
    texts: &Texts,
    writer: Option<&mut Writer<'_>>,
) -> anyhow::Result<Echoes> {
    let Some(writer) = writer.filter(|_| sources.need_echoes()) else {
        return Ok(Echoes::default());
    };
    let n_prefix = settings.prefix;
    anyhow::ensure!(n_prefix > 0, "--echo-prefix: expected 1 or more tokens, found 0");
    let n_wanted = settings.n_echoes.unwrap_or(texts.generations.texts.len());
    let prefixes = Prefixes { tokenizer: writer.tokenizer(), n_tokens: n_prefix };
    let chosen = choose(references, split, sources, n_wanted, writer.seed, &prefixes)?;
    check(references, split, sources, &chosen)?;
    let prompts = chosen.iter().map(|(document, text)| Prompt {
        id: references.documents[*document].id.clone(),
        text: text.clone(),
    });
    let written = writer.write(&Order {
        prompts: &Prompts::of("echo", prompts.collect()),
        n_texts: chosen.len(),
        drawing: drawing(writer.settings.drawing, texts.are_whole, n_prefix)?,
        seed: writer.seed ^ SEED_OF_ECHOES,
        // A text from the separator has a beginning of its own; one after a prompt is kept without it.
        keep_prompts: texts.are_whole,
        file: FILE,
        stage: "echo",
    })?;
    let mut echoes = read(&written.path, &chosen)?;
    echoes.n_missing = written.n_missing;
    echoes.n_prefix = n_prefix;
    Ok(echoes)
}

/// As texts are drawn, to the same length.
fn drawing(of_texts: Drawing, are_whole: bool, n_prefix: usize) -> anyhow::Result<Drawing> {
    let n_kept = if are_whole { n_prefix } else { 0 };
    let max_new_tokens = of_texts.max_new_tokens;
    anyhow::ensure!(
        max_new_tokens > n_kept,
        "--echo-prefix: {n_prefix} tokens leave nothing to continue of texts of --max-new-tokens \
         {max_new_tokens}"
    );
    Ok(Drawing { max_new_tokens: max_new_tokens - n_kept, ..of_texts })
}

fn read(path: &Path, chosen: &[(usize, String)]) -> anyhow::Result<Echoes> {
    let mut echoes = Echoes::default();
    jsonl::for_each(path, |line: Line, _| {
        let position = usize::try_from(line.id).unwrap_or(usize::MAX);
        match chosen.get(position) {
            Some((document, _)) if !line.text.trim().is_empty() => {
                echoes.echoes.push(Echo { document: *document, text: line.text });
            }
            _ => echoes.n_empty += 1,
        }
        Ok(())
    })?;
    Ok(echoes)
}

/// The documents that are continued, each with what is given of it: as many of each category as there are,
/// up to `n_wanted` in all, of every side of the split in turn.
fn choose(
    references: &References,
    split: &Split,
    sources: Sources,
    n_wanted: usize,
    seed: u64,
    prefixes: &Prefixes<'_>,
) -> anyhow::Result<Vec<(usize, String)>> {
    let n_classes = references.taxonomy.len();
    let mut waiting: Vec<std::vec::IntoIter<usize>> = (0..n_classes)
        .map(|class| in_turn(references, split, sources, class, seed).into_iter())
        .collect();
    let mut chosen = Vec::new();
    while chosen.len() < n_wanted {
        let n_before = chosen.len();
        for documents in &mut waiting {
            for document in documents {
                let text = prefixes.of(&references.documents[document].text)?;
                if let Some(text) = text {
                    chosen.push((document, text));
                    break;
                }
            }
        }
        if chosen.len() == n_before {
            break;
        }
    }
    chosen.truncate(n_wanted.max(n_classes));
    Ok(chosen)
}

/// The documents of a class that may be continued, each side of the split evenly through the list.
fn in_turn(
    references: &References,
    split: &Split,
    sources: Sources,
    class: usize,
    seed: u64,
) -> Vec<usize> {
    let mut sides: Vec<Vec<usize>> = Vec::new();
    // Folds that take turns train, too.
    if sources.calibration.has_echoes() || split.is_crossed {
        sides.extend(split.by_fold());
    }
    if sources.training.has_echoes() {
        sides.push(split.train.clone());
    }
    let n_sides = sides.len();
    let mut placed: Vec<(f64, usize)> = Vec::new();
    for (side, documents) in sides.iter_mut().enumerate() {
        documents.retain(|&document| references.classes[document] == class);
        let stream = 2_000 + (class * n_sides + side) as u64;
        RandomStream::new(seed, stream).shuffle(documents);
        let n_docs = documents.len();
        placed.extend(
            documents.iter().enumerate().map(|(rank, &document)| (place(rank, n_docs), document)),
        );
    }
    placed.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
    placed.into_iter().map(|(_, document)| document).collect()
}

/// Where in a list from 0 to 1 number `rank` of `n` stands.
#[expect(clippy::cast_precision_loss, reason = "counts of documents")]
fn place(rank: usize, n: usize) -> f64 {
    (rank as f64 + 0.5) / n as f64
}

/// Refuses too few echoes: each category needs one on every side that echoes are wanted for.
fn check(
    references: &References,
    split: &Split,
    sources: Sources,
    chosen: &[(usize, String)],
) -> anyhow::Result<()> {
    let mut is_echoed = vec![false; references.documents.len()];
    for (document, _) in chosen {
        is_echoed[*document] = true;
    }
    for round in split.rounds() {
        let mut sides = Vec::new();
        if sources.calibration.has_echoes() {
            sides.extend(round.by_fold());
        }
        // Real documents train a category whose echoes do not.
        if !sources.training.has_real() {
            sides.push(round.train);
        }
        if let Some(class) = sides.iter().find_map(|side| unheard(references, &is_echoed, side)) {
            anyhow::bail!(
                "category `{}` has too few documents longer than --echo-prefix to continue, or too few echoes; \
                 raise --num-echoes, or use --calibration-source real",
                references.taxonomy.names()[class]
            );
        }
    }
    Ok(())
}

/// The first class of which none of these documents has an echo.
fn unheard(references: &References, is_echoed: &[bool], documents: &[usize]) -> Option<usize> {
    let mut is_heard = vec![false; references.taxonomy.len()];
    for &document in documents {
        is_heard[references.classes[document]] |= is_echoed[document];
    }
    is_heard.iter().position(|is_heard| !is_heard)
}

/// The beginnings of documents.
struct Prefixes<'a> {
    tokenizer: Option<&'a Tokenizer>,
    n_tokens: usize,
}

impl Prefixes<'_> {
    /// The first tokens of a document; none of one that has no more than these.
    fn of(&self, document: &str) -> anyhow::Result<Option<String>> {
        let document = document.trim_start();
        let Some(tokenizer) = self.tokenizer else {
            return Ok(head(document, self.n_tokens * CHARS_PER_TOKEN).map(str::to_owned));
        };
        let enough = head(document, self.n_tokens.saturating_mul(MAX_CHARS_PER_TOKEN));
        let ids = tokenizer.encode_open(enough.unwrap_or(document))?;
        let n_before = tokenizer.rules().before_document.len();
        if ids.len() <= n_before + self.n_tokens {
            return Ok(None);
        }
        let text = tokenizer.decode(&ids[..n_before + self.n_tokens])?;
        // A token may end within a character.
        let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
        Ok((!text.trim().is_empty()).then(|| text.to_owned()))
    }
}

impl Echoes {
    /// Counts, for the record.
    pub fn record(&self) -> Value {
        if self.echoes.is_empty() {
            return Value::Null;
        }
        json!({
            "file": FILE,
            "n_used": self.echoes.len(),
            "n_empty": self.n_empty,
            "n_missing": self.n_missing,
            "n_repetitive": self.n_repetitive(),
            "prefix_tokens": self.n_prefix,
        })
    }

    fn n_repetitive(&self) -> usize {
        self.echoes.iter().filter(|echo| degenerate::is_repetitive(&echo.text)).count()
    }

    /// What a reader must know of them.
    pub fn doubts(&self, sources: Sources) -> Vec<Diagnostic> {
        let mut doubts = Vec::new();
        if sources.calibration.has_echoes() {
            let message = format!(
                "calibration and errors were measured on {} that the model wrote after the first {} tokens of \
                 documents",
                if sources.calibration.has_real() { "documents and on texts" } else { "texts" },
                self.n_prefix
            );
            doubts.push(Diagnostic::note("calibrated_on_echoes", message));
        }
        if self.n_missing > 0 {
            let message = format!(
                "{} echoes could not be made; run the same command again to have them",
                self.n_missing
            );
            doubts.push(Diagnostic::warning("missing_echoes", message));
        }
        doubts
    }

    /// Whether some could not be made.
    pub fn are_missing(&self) -> bool {
        self.n_missing > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_cut_by_characters_where_tokens_are_not_known() {
        let prefixes = Prefixes { tokenizer: None, n_tokens: 2 };
        assert_eq!(prefixes.of("  Ünder the bridge").unwrap().unwrap(), "Ünder th");
        assert_eq!(prefixes.of("Ünder th").unwrap(), None, "nothing is left to continue");
    }

    #[test]
    fn sides_stand_evenly_through_a_list() {
        let mut places: Vec<(f64, char)> = (0..2).map(|rank| (place(rank, 2), 'a')).collect();
        places.extend((0..4).map(|rank| (place(rank, 4), 'b')));
        places.sort_by(|left, right| left.0.total_cmp(&right.0));
        let sides: String = places.iter().map(|(_, side)| side).collect();
        assert_eq!(sides, "babbab");
    }
}
