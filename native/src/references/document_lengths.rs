//! How long whole documents of each category are, as far as that can be known.

use std::path::Path;

use data_anatomy_core::shares::document_lengths::{CategoryLengths, DocumentLengths, Measure};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::files;
use data_anatomy_lm::tokenizer::Tokenizer;
use rayon::prelude::*;

use super::documents::References;
use super::settings::DocumentSettings;

/// The file beside samples that tells how long whole documents are.
const MANIFEST: &str = "manifest.json";

/// Documents of a category whose lengths are counted in tokens: enough for their mean.
const MAX_COUNTED: usize = 1_000;

/// A category in which so large a share of the documents is nearly as long as the longest was cut.
const CUT_SHARE: f64 = 0.1;
/// Nearly as long: by characters.
const NEARLY: f64 = 0.99;

/// Lengths, and where they are from.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownLengths {
    /// The lengths.
    pub lengths: DocumentLengths,
    /// Where they are from, as a reader is told.
    pub source: String,
}

/// How lengths of reference documents are measured.
#[derive(Debug, Clone, Copy)]
pub enum Measured<'a> {
    /// In characters.
    Characters,
    /// In tokens.
    Tokens(&'a Tokenizer),
    /// In tokens that were counted already: those of each reference document, in order.
    Counted(&'a [u64]),
}

/// The lengths of whole documents; in place of them the reason why they are not known.
///
/// They are those of the file that the settings name, else of the manifest beside the samples, else of the reference
/// documents themselves unless these look cut.
///
/// # Errors
/// If the file that the user names cannot be read.
pub fn find(
    settings: &DocumentSettings,
    references: &References,
    measured: Measured<'_>,
) -> anyhow::Result<Result<KnownLengths, String>> {
    if let Some(path) = &settings.lengths {
        return Ok(Ok(read(path, references)?));
    }
    let manifest = settings.samples.join(MANIFEST);
    if manifest.is_file() {
        // What to do stands on further lines, and is said of the unit.
        let first_line = |error: anyhow::Error| error.to_string().lines().take(1).collect();
        return Ok(read(&manifest, references).map_err(first_line));
    }
    of_references(references, measured)
}

fn read(path: &Path, references: &References) -> anyhow::Result<KnownLengths> {
    let source = path.display().to_string();
    let bytes = files::read(path)?;
    let lengths = match DocumentLengths::parse(&source, &bytes, &references.taxonomy) {
        Ok(lengths) => lengths,
        // A category that was joined for this run may stand there in its parts.
        Err(error) => of_parts(&source, &bytes, references).ok_or(error)?,
    };
    Ok(KnownLengths { lengths, source })
}

/// The lengths in the bytes of a file that names the parts of categories: joined as the parts are mixed
/// in the reference documents. None where it does not name all of them.
fn of_parts(source: &str, bytes: &[u8], references: &References) -> Option<DocumentLengths> {
    let parts = references.parts();
    let names = Taxonomy::new(parts.iter().map(|part| part.name.clone())).ok()?;
    let lengths = DocumentLengths::parse(source, bytes, &names).ok()?;
    let members = |class| (0..parts.len()).filter(|&at| parts[at].class == class).collect();
    let groups: Vec<Vec<usize>> = (0..references.taxonomy.len()).map(members).collect();
    let weights: Vec<f64> = parts.iter().map(|part| part.weight).collect();
    Some(lengths.merged(&groups, &weights))
}

/// The lengths of the reference documents, unless they were cut.
fn of_references(
    references: &References,
    measured: Measured<'_>,
) -> anyhow::Result<Result<KnownLengths, String>> {
    let mut categories = Vec::new();
    for (class, name) in references.taxonomy.names().iter().enumerate() {
        let own: Vec<usize> = (0..references.documents.len())
            .filter(|&index| references.classes[index] == class)
            .collect();
        let text = |&index: &usize| references.documents[index].text.as_str();
        let chars: Vec<u64> =
            own.par_iter().map(|index| text(index).chars().count() as u64).collect();
        if let Some(longest) = cut_to(&chars) {
            return Ok(Err(format!(
                "the documents of `{name}` look cut to {longest} characters, and no {MANIFEST} tells how long they \
                 were"
            )));
        }
        let counted = &own[..own.len().min(MAX_COUNTED)];
        let lengths = match measured {
            Measured::Tokens(tokenizer) => {
                n_tokens(tokenizer, &counted.iter().map(text).collect::<Vec<_>>())?
            }
            Measured::Counted(lengths) => counted.iter().map(|&index| lengths[index]).collect(),
            Measured::Characters => chars,
        };
        // Reading refuses documents without text.
        let Some(of_category) = CategoryLengths::of(&lengths) else {
            return Ok(Err(format!("the documents of `{name}` have no tokens")));
        };
        categories.push(of_category);
    }
    let measure = match measured {
        Measured::Characters => Measure::Characters,
        Measured::Tokens(_) | Measured::Counted(_) => Measure::Tokens,
    };
    let source = "the reference documents".to_owned();
    Ok(Ok(KnownLengths { lengths: DocumentLengths { measure, categories }, source }))
}

/// The length of the longest document, if many are as long or nearly so.
#[expect(clippy::cast_precision_loss, reason = "counts of documents and characters")]
fn cut_to(chars: &[u64]) -> Option<u64> {
    let longest = chars.iter().copied().max()?;
    let is_near = |&&length: &&u64| length as f64 >= NEARLY * longest as f64;
    let n_near = chars.iter().filter(is_near).count();
    (n_near as f64 >= (CUT_SHARE * chars.len() as f64).max(3.0)).then_some(longest)
}

/// How many tokens each document has, of as many as are enough.
fn n_tokens(tokenizer: &Tokenizer, texts: &[&str]) -> anyhow::Result<Vec<u64>> {
    let tokens = tokenizer.encode_batch(texts)?;
    Ok(tokens.iter().map(|ids| ids.len() as u64).collect())
}

#[cfg(test)]
mod tests {
    use super::cut_to;

    #[test]
    fn documents_of_one_greatest_length_look_cut() {
        let natural: Vec<u64> = (0..200).map(|number| 100 + number * number).collect();
        assert_eq!(cut_to(&natural), None);
        let cut: Vec<u64> = natural.iter().map(|&length| length.min(20_000)).collect();
        assert_eq!(cut_to(&cut), Some(20_000));
        assert_eq!(cut_to(&[]), None);
    }
}
