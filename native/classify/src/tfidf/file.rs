//! A trained classifier as one file.
//!
//! ```text
//! header     magic `data-anatomy tfidf\n`, version u32, length of the payload in bytes u64
//! payload    categories, options, convergence, intercepts; then for words and for characters:
//!            number of training documents, terms, document frequencies, weights; then the
//!            fingerprints of the documents trained on, u64, ascending
//! checksum   SHA-256 of all before it, 32 bytes
//! ```
//!
//! Numbers are little-endian. A text is its length in bytes (u32) and its UTF-8; a list is its
//! number of elements (u32) and these. Hashes and idf are computed again from what stands here.

use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::files;
use sha2::{Digest, Sha256};

use super::features::Features;
use super::model::TfidfClassifier;
use super::ngrams::NgramKind;
use super::options::Options;
use super::vocabulary::Vocabulary;
use crate::logistic::{Convergence, Termination};

const MAGIC: &[u8; 19] = b"data-anatomy tfidf\n";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = MAGIC.len() + size_of::<u32>() + size_of::<u64>();
const CHECKSUM_BYTES: usize = 32;

/// No file larger than this is read: 400,000 terms in 4,000 categories need less.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// The classifier that `save` wrote to this file.
///
/// Memory: the file's size and the classifier's; lengths in a file are checked against its size
/// before anything is reserved.
///
/// # Errors
/// If the file cannot be read, is no such classifier, is cut short or damaged, or comes from a
/// version that this one does not know.
pub fn load(path: &Path) -> Result<TfidfClassifier> {
    read(path).with_context(|| format!("cannot load the classifier `{}`", path.display()))
}

/// Writes the classifier; the file appears whole or not at all.
pub(super) fn save(model: &TfidfClassifier, path: &Path) -> Result<()> {
    let bytes = encode(model);
    files::write(path, &bytes)
        .with_context(|| format!("cannot save the classifier `{}`", path.display()))
}

fn read(path: &Path) -> Result<TfidfClassifier> {
    let file = files::open_regular(path)?;
    let n_bytes = file.metadata()?.len();
    ensure!(n_bytes <= MAX_FILE_BYTES, "larger than any classifier: `{n_bytes}` bytes");
    let mut bytes = Vec::with_capacity(usize::try_from(n_bytes)?);
    // The limit holds for a file that grows meanwhile, and for devices, too.
    BufReader::new(file).take(n_bytes).read_to_end(&mut bytes)?;
    decode(&bytes)
}

pub(super) fn encode(model: &TfidfClassifier) -> Vec<u8> {
    let mut payload = Writer::default();
    payload.length(model.categories.len());
    for name in model.categories.names() {
        payload.text(name);
    }
    let Options { max_features, inverse_regularization, tolerance, max_iterations } = model.options;
    payload.integers([max_features as u64, max_iterations as u64]);
    payload.reals([inverse_regularization, tolerance]);
    let convergence = &model.convergence;
    payload.integers([termination_code(convergence.termination), convergence.iterations as u64]);
    payload.reals([convergence.objective, convergence.gradient_norm]);
    payload.reals(model.intercepts.iter().copied());
    for features in &model.features {
        payload.features(features);
    }
    payload.length(model.trained_on.len());
    payload.integers(model.trained_on.iter().copied());
    seal(&payload.bytes)
}

/// Header, payload and checksum.
pub(super) fn seal(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len() + CHECKSUM_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(payload);
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Result<TfidfClassifier> {
    let mut payload = Reader { rest: checked_payload(bytes)? };
    let model = payload.classifier().context("malformed")?;
    ensure!(payload.rest.is_empty(), "malformed: `{}` bytes too many", payload.rest.len());
    Ok(model)
}

/// What stands between header and checksum, once both are found right.
pub(super) fn checked_payload(bytes: &[u8]) -> Result<&[u8]> {
    ensure!(bytes.starts_with(MAGIC), "not a tfidf classifier: it does not begin like one");
    let mut header = Reader { rest: &bytes[MAGIC.len()..] };
    let version = u32::from_le_bytes(header.array().context("cut short in its header")?);
    ensure!(
        version == VERSION,
        "written in version `{version}` of the format; this program reads version {VERSION}"
    );
    let promised = u64::from_le_bytes(header.array().context("cut short in its header")?);
    let Some(n_found) = header.rest.len().checked_sub(CHECKSUM_BYTES) else {
        bail!("cut short: its checksum is missing");
    };
    ensure!(
        promised == n_found as u64,
        "cut short or damaged: the header promises `{promised}` bytes, there are `{n_found}`"
    );
    let (payload, checksum) = header.rest.split_at(n_found);
    let expected = Sha256::digest(&bytes[..HEADER_BYTES + n_found]);
    ensure!(checksum == expected.as_slice(), "damaged: its checksum does not match");
    Ok(payload)
}

fn termination_code(termination: Termination) -> u64 {
    match termination {
        Termination::Converged => 0,
        Termination::IterationLimit => 1,
        Termination::NoProgress => 2,
    }
}

/// Appends what a payload consists of.
#[derive(Debug, Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn length(&mut self, length: usize) {
        let length = u32::try_from(length).expect("columns and categories are numbered by u32");
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn integers(&mut self, values: impl IntoIterator<Item = u64>) {
        self.bytes.extend(values.into_iter().flat_map(u64::to_le_bytes));
    }

    fn reals(&mut self, values: impl IntoIterator<Item = f64>) {
        self.bytes.extend(values.into_iter().flat_map(f64::to_le_bytes));
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn features(&mut self, features: &Features) {
        let vocabulary = &features.vocabulary;
        self.bytes.extend_from_slice(&vocabulary.n_training_docs().to_le_bytes());
        self.length(vocabulary.len());
        for column in 0..vocabulary.len() {
            self.text(vocabulary.term(column));
        }
        let frequencies = vocabulary.document_frequencies().iter();
        self.bytes.extend(frequencies.flat_map(|frequency| frequency.to_le_bytes()));
        self.bytes.extend(features.weights.iter().flat_map(|weight| weight.to_le_bytes()));
    }
}

/// Takes what a payload consists of from its front.
#[derive(Debug)]
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, n_bytes: usize) -> Result<&'a [u8]> {
        let n_left = self.rest.len();
        let Some((taken, rest)) = self.rest.split_at_checked(n_bytes) else {
            bail!("`{n_bytes}` bytes are wanted where `{n_left}` are left");
        };
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        Ok(self.bytes(N)?.try_into()?)
    }

    /// `length` elements of `N` bytes.
    fn arrays<const N: usize>(&mut self, length: usize) -> Result<impl Iterator<Item = [u8; N]>> {
        let n_bytes = length.checked_mul(N).context("an absurd length")?;
        Ok(self.bytes(n_bytes)?.as_chunks().0.iter().copied())
    }

    fn length(&mut self) -> Result<usize> {
        Ok(usize::try_from(u32::from_le_bytes(self.array()?))?)
    }

    fn integer(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn real(&mut self) -> Result<f64> {
        let value = f64::from_le_bytes(self.array()?);
        ensure!(value.is_finite(), "a number that is not finite: `{value}`");
        Ok(value)
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.bytes(length)?).context("a text that is not UTF-8")
    }

    /// `length` texts; each takes four bytes at least, so the list cannot be absurdly long.
    fn texts(&mut self, length: usize) -> Result<Vec<&'a str>> {
        ensure!(length <= self.rest.len() / 4, "an absurd length: `{length}` texts");
        (0..length).map(|_| self.text()).collect()
    }

    fn classifier(&mut self) -> Result<TfidfClassifier> {
        let n_classes = self.length()?;
        let categories = Taxonomy::new(self.texts(n_classes)?)?;
        let max_features = usize::try_from(self.integer()?)?;
        let max_iterations = usize::try_from(self.integer()?)?;
        let inverse_regularization = self.real()?;
        let tolerance = self.real()?;
        let options = Options { max_features, inverse_regularization, tolerance, max_iterations };
        let convergence = self.convergence(tolerance)?;
        let intercepts = (0..n_classes).map(|_| self.real()).collect::<Result<_>>()?;
        let [words, chars] = NgramKind::ALL;
        let features = [self.features(words, n_classes)?, self.features(chars, n_classes)?];
        let n_trained_on = self.length()?;
        let trained_on: Vec<u64> = self.arrays(n_trained_on)?.map(u64::from_le_bytes).collect();
        ensure!(trained_on.is_sorted(), "fingerprints that do not ascend");
        let model =
            TfidfClassifier { categories, options, convergence, features, intercepts, trained_on };
        Ok(model)
    }

    fn convergence(&mut self, tolerance: f64) -> Result<Convergence> {
        let termination = match self.integer()? {
            0 => Termination::Converged,
            1 => Termination::IterationLimit,
            2 => Termination::NoProgress,
            code => bail!("no such reason to stop: `{code}`"),
        };
        let iterations = usize::try_from(self.integer()?)?;
        let (objective, gradient_norm) = (self.real()?, self.real()?);
        Ok(Convergence { termination, iterations, objective, gradient_norm, tolerance })
    }

    fn features(&mut self, kind: NgramKind, n_classes: usize) -> Result<Features> {
        let n_training_docs = u32::from_le_bytes(self.array()?);
        let n_features = self.length()?;
        let terms = self.texts(n_features)?;
        let frequencies: Vec<u32> = self.arrays(n_features)?.map(u32::from_le_bytes).collect();
        let absurd = frequencies.iter().find(|&&df| df == 0 || df > n_training_docs);
        if let Some(frequency) = absurd {
            bail!("a term in `{frequency}` of {n_training_docs} documents");
        }
        let n_weights = n_features.checked_mul(n_classes).context("an absurd length")?;
        let weights: Vec<f32> = self.arrays(n_weights)?.map(f32::from_le_bytes).collect();
        ensure!(weights.iter().all(|weight| weight.is_finite()), "a weight that is not finite");
        let vocabulary = Vocabulary::new(kind, terms, frequencies, n_training_docs)
            .with_context(|| format!("terms that are no vocabulary of kind `{kind:?}`"))?;
        Ok(Features::new(vocabulary, weights))
    }
}
