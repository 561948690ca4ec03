//! The text after a prefix of known non-members, for ReCaLL.

use std::collections::BTreeMap;

use anyhow::ensure;
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::documents::{Document, Documents};
use data_anatomy_corpus::fingerprint::fingerprint;
use data_anatomy_lm::engine::TokenId;
use serde_json::{Value, json};

use super::row::Row;
use super::variant::{Head, Variant};

/// What stands between the documents of a prefix, and between it and the text.
const SEPARATOR: &str = "\n\n";

/// How prefixes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefixOptions {
    /// Documents in a prefix.
    pub n_shots: usize,
    /// Seed of their draw.
    pub seed: u64,
}

/// Shows each text after a prefix: documents that are known not to be members, of the text's own category
/// where there are enough of them, else of all. A text is never its own prefix.
#[derive(Debug)]
pub struct Prefixed<'model> {
    head: Head<'model>,
    options: PrefixOptions,
    context: usize,
    separator: Vec<TokenId>,
    by_category: BTreeMap<String, Vec<Shot>>,
    of_all: Vec<Shot>,
}

/// A document that may stand in a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shot {
    priority: u64,
    fingerprint: u64,
    tokens: Vec<TokenId>,
}

impl<'model> Prefixed<'model> {
    /// The variant with prefixes from these documents. Half of the context at most goes to the text, the
    /// rest to the prefix.
    ///
    /// # Errors
    /// If there are not enough documents, or one cannot be read or tokenised.
    pub fn new(
        head: Head<'model>,
        context: usize,
        nonmembers: &Documents,
        options: PrefixOptions,
    ) -> anyhow::Result<Self> {
        let head = Head { max_tokens: head.max_tokens.min(context / 2), ..head };
        let room_per_shot = (context - head.max_tokens) / options.n_shots.max(1);
        ensure!(
            room_per_shot > 1,
            "--num-shots: {} documents do not fit before a text of {} tokens in a context of {context}; \
             give fewer",
            options.n_shots,
            head.max_tokens
        );
        let separator = head.tokenizer.encode_bare(SEPARATOR)?;
        let mut variant = Self {
            head,
            options,
            context,
            separator,
            by_category: BTreeMap::new(),
            of_all: Vec::new(),
        };
        nonmembers.for_each(|number, document| variant.consider(number, &document))?;
        ensure!(
            variant.of_all.len() > options.n_shots,
            "--nonmembers: the prefix of recall takes {} documents beside the one that is scored, {} are \
             there; give more, or a smaller --num-shots",
            options.n_shots,
            variant.of_all.len()
        );
        Ok(variant)
    }

    /// Keeps the document among those with the lowest random priorities, one more than a prefix has.
    fn consider(&mut self, number: u64, document: &Document) -> anyhow::Result<()> {
        let n_kept = self.options.n_shots + 1;
        let priority = RandomStream::new(self.options.seed, number).bits();
        let own = self.by_category.entry(document.category.clone()).or_default();
        let is_wanted = |shots: &[Shot]| {
            shots.len() < n_kept || shots.last().is_some_and(|last| priority < last.priority)
        };
        if !is_wanted(own) && !is_wanted(&self.of_all) {
            return Ok(());
        }
        let (_, text) = self.head.of(&document.text)?;
        let shot = Shot {
            priority,
            fingerprint: fingerprint(&document.text),
            tokens: self.head.tokenizer.encode_bare(text)?,
        };
        for shots in [own, &mut self.of_all] {
            let place = shots.partition_point(|other| other.priority < priority);
            shots.insert(place, shot.clone());
            shots.truncate(n_kept);
        }
        Ok(())
    }

    /// The prefix for a document: begins as every text does, and ends with the separator.
    fn prefix(&self, document: &Document) -> Vec<TokenId> {
        let n_shots = self.options.n_shots;
        let own = self.by_category.get(&document.category).filter(|shots| shots.len() > n_shots);
        let own_fingerprint = fingerprint(&document.text);
        let others = own.unwrap_or(&self.of_all).iter();
        let others = others.filter(|shot| shot.fingerprint != own_fingerprint).take(n_shots);
        let begin = self.head.tokenizer.before_document();
        let room = (self.context - self.head.max_tokens - begin.len()) / n_shots.max(1);
        let room = room.saturating_sub(self.separator.len());
        let mut prefix = begin.to_vec();
        for shot in others {
            prefix.extend(&shot.tokens[..room.min(shot.tokens.len())]);
            prefix.extend(&self.separator);
        }
        prefix
    }
}

impl Variant for Prefixed<'_> {
    fn description(&self) -> Option<Value> {
        Some(json!({
            "name": "recall",
            "rule": "the beginning of the text after documents that are not members, of its own category \
                     where there are enough, never itself",
            "n_shots": self.options.n_shots,
            "seed": self.options.seed,
        }))
    }

    fn max_kept(&self) -> usize {
        self.head.max_tokens
    }

    fn max_shown(&self) -> usize {
        self.context
    }

    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>> {
        let (kept, text) = self.head.of(&document.text)?;
        let begin = self.head.tokenizer.before_document().len().min(kept.len());
        let shown = [self.prefix(document).as_slice(), &kept[begin..]].concat();
        let plain = Row::plain(document.id.clone(), document.category.clone(), kept, text);
        Ok(vec![Row { shown, ..plain }])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use data_anatomy_corpus::documents::Selection;
    use data_anatomy_lm::tokenizer::Tokenizer;

    const OPTIONS: PrefixOptions = PrefixOptions { n_shots: 3, seed: 4 };

    fn tokenizer() -> Tokenizer {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/lm/tokenizer");
        Tokenizer::open(&folder).unwrap()
    }

    /// Documents of two categories, of which one has too few for a prefix of its own.
    fn nonmembers(folder: &Path) -> Documents {
        let line = |name: &str, number: usize| format!("{{\"text\": \"{name} no. {number}\"}}\n");
        for (name, n) in [("law", 8), ("sport", 2)] {
            let lines: String = (0..n).map(|number| line(name, number)).collect();
            std::fs::write(folder.join(format!("{name}.jsonl")), lines).unwrap();
        }
        Documents::open(folder, Selection::default()).unwrap()
    }

    fn document(category: &str, text: &str) -> Document {
        let (id, category) = (format!("{category}:1"), category.to_owned());
        Document { id, category, text: text.to_owned() }
    }

    #[test]
    fn texts_come_last_and_are_never_their_own_prefix() {
        let (tokenizer, folder) = (tokenizer(), tempfile::tempdir().unwrap());
        let head = Head { tokenizer: &tokenizer, max_tokens: 1000 };
        let documents = nonmembers(folder.path());
        let variant = Prefixed::new(head, 120, &documents, OPTIONS).unwrap();
        assert_eq!((variant.max_kept(), variant.max_shown()), (60, 120));
        let before = tokenizer.before_document().len();
        for number in 0..8 {
            let text = format!("law no. {number}");
            let row = variant.rows(&document("law", &text)).unwrap().remove(0);
            assert!(row.shown.ends_with(&row.kept[before..]) && row.shown.len() <= 120);
            let prefix = &row.shown[..row.shown.len() - (row.kept.len() - before)];
            let prefix = tokenizer.decode(prefix).unwrap();
            assert!(!prefix.contains(&format!("{text}\n")), "{prefix}");
            assert_eq!(prefix.matches("law no. ").count(), 3, "{prefix}");
        }
        let long = variant.rows(&document("law", &"word ".repeat(500))).unwrap().remove(0);
        assert!(long.shown.len() <= 120 && long.kept.len() == 60);
        // A category with too few of its own takes from all.
        let other = variant.rows(&document("sport", "sport no. 0")).unwrap().remove(0);
        assert_eq!(tokenizer.decode(&other.shown).unwrap().matches(" no. ").count(), 4);
    }

    #[test]
    fn too_few_documents_and_too_little_room_are_refused() {
        let (tokenizer, folder) = (tokenizer(), tempfile::tempdir().unwrap());
        let head = Head { tokenizer: &tokenizer, max_tokens: 1000 };
        let documents = nonmembers(folder.path());
        let told = |n_shots, context| {
            let options = PrefixOptions { n_shots, seed: 1 };
            Prefixed::new(head, context, &documents, options).unwrap_err().to_string()
        };
        assert!(told(10, 400).contains("takes 10 documents beside the one that is scored, 10 are"));
        assert!(told(100, 120).contains("100 documents do not fit before a text of 60 tokens"));
    }
}
