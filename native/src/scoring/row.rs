//! A row of scores that is to be made, and its text after zlib.

use std::io::Write as _;

use data_anatomy_lm::engine::{TokenId, TokenStatistics};
use data_anatomy_lm::scores::DocumentScores;
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// zlib's default level, by which the attack was published.
const ZLIB_LEVEL: u32 = 6;

/// What the model is shown for one row, and what of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The name of the document.
    pub doc_id: String,
    /// Its category.
    pub category: String,
    /// All tokens that the model is shown.
    pub shown: Vec<TokenId>,
    /// The tokens of the row. The statistics of all but the first of them are those of the last tokens
    /// that were shown.
    pub kept: Vec<TokenId>,
    /// Bytes of the text that the row's tokens stand for.
    pub text_bytes: usize,
    /// Bytes of that text after zlib.
    pub zlib_bytes: usize,
}

impl Row {
    /// The row of a text that is shown as it is, of which the model sees these tokens.
    pub fn plain(doc_id: String, category: String, tokens: Vec<TokenId>, text: &str) -> Self {
        Self {
            doc_id,
            category,
            shown: tokens.clone(),
            kept: tokens,
            text_bytes: text.len(),
            zlib_bytes: zlib_bytes(text),
        }
    }

    /// The row with what the model says.
    ///
    /// # Errors
    /// If a number does not fit the files.
    pub fn scored(&self, mut statistics: TokenStatistics) -> anyhow::Result<DocumentScores> {
        let n_kept = self.kept.len().saturating_sub(1);
        for list in [&mut statistics.log_prob, &mut statistics.mean, &mut statistics.variance] {
            list.drain(..list.len().saturating_sub(n_kept));
        }
        let token_ids = self.kept.iter().map(|&id| i32::try_from(id)).collect::<Result<_, _>>()?;
        Ok(DocumentScores {
            doc_id: self.doc_id.clone(),
            category: self.category.clone(),
            token_ids,
            log_prob: statistics.log_prob,
            mean: statistics.mean,
            variance: statistics.variance,
            text_bytes: i32::try_from(self.text_bytes)?,
            zlib_bytes: i32::try_from(self.zlib_bytes)?,
        })
    }
}

/// Bytes of the text after zlib at its default level, header and checksum included, as Python's
/// `len(zlib.compress(text))` counts them; the compressor is another, so that some bytes may be more or fewer.
fn zlib_bytes(text: &str) -> usize {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(ZLIB_LEVEL));
    // Writing to memory cannot fail.
    let written = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    written.map_or(0, |bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_lengths_are_those_of_python_s_zlib_but_for_some_bytes() {
        // len(zlib.compress(text.encode())), Python 3.11 with zlib 1.2.13.
        let prose = "The court heard the appeal on Tuesday; the ruling, it said, would follow. ";
        let numbers: String = (0..400).map(|number| format!("{}, ", number * number)).collect();
        for (text, expected) in [("", 8), ("a", 9), (prose, PROSE), (&numbers, NUMBERS)] {
            let found = zlib_bytes(text);
            // Another compressor at the same level: within a twentieth.
            assert!(found.abs_diff(expected) <= 2 + expected / 20, "{found} for {expected}");
        }
    }

    const PROSE: usize = 75;
    const NUMBERS: usize = 1129;

    #[test]
    fn what_stands_before_a_row_s_tokens_is_not_kept() {
        let row = Row {
            doc_id: "law:1".to_owned(),
            category: "law".to_owned(),
            shown: vec![0, 7, 8, 1, 2, 3],
            kept: vec![0, 1, 2, 3],
            text_bytes: 5,
            zlib_bytes: 13,
        };
        let list = vec![-1.0, -2.0, -3.0, -4.0, -5.0];
        let statistics =
            TokenStatistics { log_prob: list.clone(), mean: list.clone(), variance: list };
        let scored = row.scored(statistics).unwrap();
        assert_eq!(scored.token_ids, [0, 1, 2, 3]);
        assert_eq!(scored.log_prob, [-3.0, -4.0, -5.0]);
        assert_eq!((scored.mean.len(), scored.variance.len()), (3, 3));
    }
}
