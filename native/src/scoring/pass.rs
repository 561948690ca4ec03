//! One variant of all documents of a folder, scored and stored.

use std::path::Path;

use data_anatomy_corpus::documents::{Document, Documents};
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::rate::Rate;
use data_anatomy_lm::score;
use data_anatomy_lm::scores::{ScoreSize, ScoreTally, ScoreWriter};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::row::Row;
use super::scorer::Scorer;
use super::variant::Variant;

/// What is to be scored, and where the scores go.
#[derive(Clone, Copy)]
pub struct Pass<'work> {
    /// What the pass is called while it runs, such as `score`.
    pub name: &'static str,
    /// The documents.
    pub documents: &'work Documents,
    /// What the model is shown of them.
    pub variant: &'work dyn Variant,
    /// Folder for the scores.
    pub folder: &'work Path,
    /// What the user may give in place of --force.
    pub elsewhere: &'work str,
    /// When what is there is thrown away.
    pub force: Force,
}

/// When scores that are there are thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Never: scores of another run are refused.
    Never,
    /// Where they are another run's.
    IfOther,
    /// Always.
    Always,
}

impl std::fmt::Debug for Pass<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pass").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Pass<'_> {
    /// Scores what is not scored yet. `max_tokens` is how much of a document is looked at.
    ///
    /// # Errors
    /// If the folder belongs to another run or cannot be written, or the model fails.
    pub fn run(
        &self,
        scorer: &mut Scorer<'_>,
        max_tokens: usize,
        progress: &Progress,
    ) -> anyhow::Result<ScoreTally> {
        let together = self.variant.rows_per_document();
        let size = ScoreSize {
            n_documents: self.documents.n_documents() * together,
            max_tokens: self.variant.max_kept() as u64,
            together,
        };
        let sections = self.sections(scorer, max_tokens);
        let open =
            |force| ScoreWriter::open(self.folder, sections.clone(), size, self.elsewhere, force);
        let mut writer = match open(self.force == Force::Always) {
            Err(_) if self.force == Force::IfOther => open(true)?,
            opened => opened?,
        };
        for damage in writer.damaged() {
            progress.say(&format!("made again: {damage}"));
        }
        if !writer.missing().is_empty() {
            self.score_missing(scorer, &mut writer, progress)?;
        }
        let tally = writer.finish()?;
        let (n_rows, n_tokens) = (tally.n_documents, tally.n_tokens);
        let rows = if together == 1 { "documents" } else { "copies" };
        progress.say(&format!("{}: {n_rows} {rows}, {n_tokens} tokens", self.folder.display()));
        Ok(tally)
    }

    /// What makes this pass this pass and no other.
    fn sections(&self, scorer: &Scorer<'_>, max_tokens: usize) -> Map<String, Value> {
        let mut config = scorer.model.description();
        config.insert("max_tokens".to_owned(), max_tokens.into());
        config.insert("rule".to_owned(), json!("the first max_tokens tokens of each document"));
        let mut sections = Map::from_iter([
            ("config".to_owned(), Value::Object(config)),
            ("tokenizer".to_owned(), json!(scorer.model.tokenizer.rules())),
            ("inputs".to_owned(), json!(self.documents.inputs())),
        ]);
        if let Some(variant) = self.variant.description() {
            sections.insert("variant".to_owned(), variant);
        }
        sections
    }

    fn score_missing(
        &self,
        scorer: &mut Scorer<'_>,
        writer: &mut ScoreWriter,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let together = self.variant.rows_per_document();
        scorer.engine(self.variant.max_shown(), progress)?;
        let n_before = usize::try_from(writer.so_far().0)?;
        let n_all = usize::try_from(self.documents.n_documents() * together)?;
        let units = if together == 1 { "documents" } else { "copies" };
        let rate = Rate::start(progress, self.name, units, n_before, n_all);
        let mut missing = writer.missing().into_iter().peekable();
        let mut part: Vec<(u64, Document)> = Vec::new();
        self.documents.for_each(|number, document| {
            let first_row = number * together;
            while missing.next_if(|range| range.end <= first_row).is_some() {}
            let Some(range) = missing.peek().filter(|range| range.contains(&first_row)) else {
                return Ok(());
            };
            let is_last = first_row + together == range.end;
            part.push((first_row, document));
            if is_last {
                self.score_part(scorer, &part, writer, &rate, progress)?;
                part.clear();
            }
            Ok(())
        })?;
        let speed = rate.finish();
        if let Some(share) = scorer.model.share_of_peak(speed.tokens_per_second()) {
            progress.say(&share);
        }
        Ok(())
    }

    /// Scores the documents of one part of the folder, which is written then.
    fn score_part(
        &self,
        scorer: &mut Scorer<'_>,
        part: &[(u64, Document)],
        writer: &mut ScoreWriter,
        rate: &Rate<'_>,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let rows: Vec<Vec<(u64, Row)>> = part
            .par_iter()
            .map(|(first, document)| Ok((*first..).zip(self.variant.rows(document)?).collect()))
            .collect::<anyhow::Result<_>>()?;
        let rows: Vec<(u64, Row)> = rows.into_iter().flatten().collect();
        let sequences: Vec<&[TokenId]> = rows.iter().map(|(_, row)| row.shown.as_slice()).collect();
        let batch_tokens = scorer.batch_tokens();
        let max_shown = self.variant.max_shown();
        let engine = scorer.engine(max_shown, progress)?;
        score::score(engine, &sequences, max_shown, batch_tokens, |index, tokens, statistics| {
            let (number, row) = &rows[index];
            writer.add(*number, row.scored(statistics)?)?;
            rate.add(1, tokens.len() as u64);
            Ok(())
        })
    }
}
