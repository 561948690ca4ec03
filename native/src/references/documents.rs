//! Reference documents of known category.

use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_core::shares::well_known;
use data_anatomy_corpus::reference::{self, Document, Reference, ReferenceInput, ReferenceOptions};
use data_anatomy_corpus::split::Grouped;
use data_anatomy_corpus::twins;
use serde_json::{Value, json};

use super::settings::DocumentSettings;

/// Reference documents of known category.
#[derive(Debug)]
pub struct References {
    /// The categories.
    pub taxonomy: Taxonomy,
    /// Every reference document, category after category.
    pub documents: Vec<Document>,
    /// The class of each document, as its position in `taxonomy`.
    pub classes: Vec<usize>,
    /// The group of each document: those of a group are nearly the same.
    pub groups: Vec<usize>,
    inputs: Vec<ReferenceInput>,
}

/// What one file of samples adds to a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The file's own category, before any is joined.
    pub name: String,
    /// The category that its documents count to, as a position in the taxonomy.
    pub class: usize,
    /// How many of them are used.
    pub weight: f64,
}

impl References {
    /// What each file of samples adds; files of documents to measure by are none.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    pub fn parts(&self) -> Vec<Part> {
        let files = self.inputs.iter().filter(|input| !input.file.contains('/'));
        files
            .filter_map(|input| {
                Some(Part {
                    name: well_known::display_name(input.file.trim_end_matches(".jsonl")),
                    class: self.taxonomy.position(&input.category)?,
                    weight: input.n_used as f64,
                })
            })
            .collect()
    }

    /// The documents that the settings name, where there are more than wanted drawn by the seed.
    ///
    /// # Errors
    /// If a file is not there or malformed, or there is too little of anything.
    pub fn read(settings: &DocumentSettings, seed: u64) -> anyhow::Result<Self> {
        let options = ReferenceOptions {
            merge_web: settings.merge_web,
            max_per_class: settings.max_per_class,
            seed,
        };
        let validation = settings.validation.as_deref();
        let reference = reference::read(&settings.samples, validation, options)?;
        let Reference { taxonomy, categories, inputs } = reference;
        let (mut documents, mut classes) = (Vec::new(), Vec::new());
        for (class, category) in categories.into_iter().enumerate() {
            classes.extend(std::iter::repeat_n(class, category.documents.len()));
            documents.extend(category.documents);
        }
        let texts: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
        let groups = twins::groups(&texts, settings.near_dup)?;
        Ok(Self { taxonomy, documents, classes, groups, inputs })
    }

    /// Whether each document is given to measure.
    pub fn measures(&self) -> Vec<bool> {
        self.documents.iter().map(|document| document.measures).collect()
    }

    /// The documents' classes and groups.
    pub fn grouped(&self) -> Grouped<'_> {
        let names = self.taxonomy.names();
        Grouped { classes: &self.classes, groups: &self.groups, names }
    }

    /// SHA-256 and counts of every file, for the record.
    pub fn record(&self) -> Value {
        json!(self.inputs)
    }

    /// How many documents are nearly the same as an earlier one.
    pub fn n_near(&self) -> usize {
        self.groups.iter().enumerate().filter(|(index, group)| index != *group).count()
    }

    /// What a reader must know of the documents.
    pub fn doubts(&self) -> Vec<Diagnostic> {
        let mut doubts = Vec::new();
        let n_duplicates: usize = self.inputs.iter().map(|input| input.n_duplicates).sum();
        if n_duplicates > 0 {
            let message = format!(
                "{n_duplicates} reference documents equal to another were left out, so that none \
                 both trains and measures"
            );
            doubts.push(Diagnostic::note("duplicate_documents", message));
        }
        let n_near = self.n_near();
        if n_near > 0 {
            let message = format!(
                "{n_near} reference documents are nearly the same as others; such stand on one side of the split"
            );
            doubts.push(Diagnostic::note("near_duplicate_documents", message));
        }
        doubts
    }
}
