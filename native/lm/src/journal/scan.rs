//! What a file of texts holds: where each text is, and what to count.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::messages::input_error::{InputError, Problem};

use super::generation::Generation;

/// The longest line that is read: a text of 64 MiB is not one that a model wrote.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// So much is read at once when the end of the last whole line is sought.
const TAIL_BYTES: u64 = 64 * 1024;

/// Where a line is, its end included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) n_bytes: u64,
}

/// The texts of a file; texts themselves stay in the file.
#[derive(Debug, Default)]
pub(super) struct Contents {
    spans: BTreeMap<u64, Span>,
    end: u64,
    n_tokens: u64,
    n_by_finish: BTreeMap<String, u64>,
}

impl Contents {
    /// What the file holds, after a last line without an end, which a killed run left, is cut off.
    ///
    /// # Errors
    /// If the file cannot be read or shortened, a line is no text, a text is there twice, or there are
    /// more than are wanted.
    pub(super) fn of(path: &Path, file: &mut File, n_wanted: u64) -> anyhow::Result<Self> {
        let whole = end_of_last_line(file)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        if file.metadata()?.len() > whole {
            file.set_len(whole)
                .with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut contents = Self::default();
        let mut line = Vec::new();
        for number in 1_usize.. {
            line.clear();
            let n_bytes = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
            if n_bytes == 0 {
                break;
            }
            let generation = parse(path, number, &line)?;
            contents.admit(path, number, &generation, n_wanted)?;
            contents.add(&generation, n_bytes as u64);
        }
        Ok(contents)
    }

    /// Refuses a text that does not belong into the file.
    fn admit(
        &self,
        path: &Path,
        number: usize,
        generation: &Generation,
        n_wanted: u64,
    ) -> anyhow::Result<()> {
        let (shown, id) = (path.display(), generation.id);
        anyhow::ensure!(
            !self.has(id),
            "{shown}:{number}: text {id} is there twice; remove one of the lines, or --force to \
             start anew"
        );
        anyhow::ensure!(
            id < n_wanted,
            "{shown}:{number}: holds text {id} while {n_wanted} texts are wanted; ask for at least \
             as many as before, --force starts anew, another --output keeps both"
        );
        Ok(())
    }

    /// Counts a text whose line of `n_bytes` is at the end of the file.
    pub(super) fn add(&mut self, generation: &Generation, n_bytes: u64) {
        self.spans.insert(generation.id, Span { start: self.end, n_bytes });
        self.end += n_bytes;
        self.n_tokens = self.n_tokens.saturating_add(generation.n_tokens.unwrap_or(0));
        *self.n_by_finish.entry(generation.finish.clone()).or_default() += 1;
    }

    /// Whether the text is there.
    pub(super) fn has(&self, id: u64) -> bool {
        self.spans.contains_key(&id)
    }

    /// Whether the lines are in the order of the texts' numbers.
    pub(super) fn is_sorted(&self) -> bool {
        self.spans.values().is_sorted_by_key(|span| span.start)
    }

    /// Where the texts are, in the order of their numbers.
    pub(super) fn spans_by_id(&self) -> impl Iterator<Item = Span> + '_ {
        self.spans.values().copied()
    }

    /// How many bytes the file has.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How many texts there are.
    pub(super) fn n_texts(&self) -> u64 {
        self.spans.len() as u64
    }

    /// How many tokens the texts have, as far as that is known.
    pub(super) fn n_tokens(&self) -> u64 {
        self.n_tokens
    }

    /// How many texts ended for each reason.
    pub(super) fn n_by_finish(&self) -> &BTreeMap<String, u64> {
        &self.n_by_finish
    }
}

/// The position after the last line end; 0 if there is none.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut tail = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start))?;
        tail.clear();
        file.by_ref().take(end - start).read_to_end(&mut tail)?;
        if let Some(position) = tail.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + position as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

fn parse(path: &Path, number: usize, line: &[u8]) -> Result<Generation, InputError> {
    let shown = path.display().to_string();
    if line.len() as u64 == MAX_LINE_BYTES {
        let problem = Problem::TooLarge { bytes: MAX_LINE_BYTES, limit: MAX_LINE_BYTES };
        return Err(InputError::new(shown, number.to_string(), problem));
    }
    serde_json::from_slice(line).map_err(|error| {
        let message = error.to_string();
        let end = message.find(" at line ").unwrap_or(message.len());
        let detail = format!(
            "expected a text of this run: {}; mend the line, or --force to start anew",
            &message[..end]
        );
        InputError::new(shown, format!("{number}:{}", error.column()), Problem::Syntax { detail })
    })
}
