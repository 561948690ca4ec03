//! Documents of a folder one after the other, without keeping them.

use std::path::{Path, PathBuf};

use data_anatomy_core::input_error::InputError;
use serde::{Deserialize, Serialize};

use super::jsonl;
use super::reference::{category_files, category_name};

/// The documents of a folder's category files, in the files' order; empty ones are passed over.
#[derive(Debug)]
pub struct Documents {
    files: Vec<(PathBuf, DocumentsInput)>,
}

/// What a file holds, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentsInput {
    /// Its name.
    pub file: String,
    /// The category of its documents.
    pub category: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Documents in it.
    pub n_documents: u64,
    /// Lines without text.
    pub n_empty: u64,
}

/// A document and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// File and line.
    pub id: String,
    /// Its category.
    pub category: String,
    /// Its text.
    pub text: String,
}

#[derive(Deserialize)]
struct Line {
    text: String,
}

impl Documents {
    /// The documents in `folder`, counted and hashed.
    ///
    /// # Errors
    /// If the folder cannot be read, or a line is no `{"text": …}`; names the line.
    pub fn open(folder: &Path, merge_web: bool) -> Result<Self, InputError> {
        let mut files = Vec::new();
        for path in category_files(folder)? {
            let stem = stem(&path);
            let (mut n_documents, mut n_empty) = (0, 0);
            let sha256 = jsonl::for_each(&path, |line: Line, _| {
                if line.text.trim().is_empty() {
                    n_empty += 1;
                } else {
                    n_documents += 1;
                }
                Ok(())
            })?;
            let category = category_name(&stem, merge_web);
            let file = format!("{stem}.jsonl");
            files.push((path, DocumentsInput { file, category, sha256, n_documents, n_empty }));
        }
        Ok(Self { files })
    }

    /// How many there are.
    pub fn n_documents(&self) -> u64 {
        self.files.iter().map(|(_, input)| input.n_documents).sum()
    }

    /// The files, for the record.
    pub fn inputs(&self) -> Vec<&DocumentsInput> {
        self.files.iter().map(|(_, input)| input).collect()
    }

    /// Calls `each` with every document and its number, from 0.
    ///
    /// # Errors
    /// If a file cannot be read any more, has changed since it was opened, or `each` fails.
    pub fn for_each(
        &self,
        mut each: impl FnMut(u64, Document) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut number = 0;
        for (path, input) in &self.files {
            let stem = stem(path);
            let mut failure = None;
            let sha256 = jsonl::for_each(path, |line: Line, line_number| {
                if line.text.trim().is_empty() || failure.is_some() {
                    return Ok(());
                }
                let id = format!("{stem}:{line_number}");
                let document = Document { id, category: input.category.clone(), text: line.text };
                failure = each(number, document).err();
                number += 1;
                Ok(())
            })?;
            if let Some(failure) = failure {
                return Err(failure);
            }
            anyhow::ensure!(
                sha256 == input.sha256,
                "{}: the file was changed while it was read; run the command again",
                path.display()
            );
        }
        Ok(())
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
