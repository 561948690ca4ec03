//! Documents of a folder one after the other, without keeping them.

use std::path::{Path, PathBuf};

use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::numeric::rng::RandomStream;
use serde::{Deserialize, Serialize};

use super::jsonl;
use super::reference::{category_files, category_name};

/// The documents of a folder's category files, in the files' order; empty ones are passed over.
#[derive(Debug)]
pub struct Documents {
    files: Vec<CategoryFile>,
}

#[derive(Debug)]
struct CategoryFile {
    path: PathBuf,
    input: DocumentsInput,
    /// The documents that are used, as ascending positions among those of the file; none for all.
    chosen: Option<Vec<u64>>,
}

/// Which documents of a folder are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// CommonCrawl and C4 are one category.
    pub merge_web: bool,
    /// Documents of each category at most, drawn at random where there are more (0: all).
    pub max_per_class: u64,
    /// Seed of that draw.
    pub seed: u64,
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
    /// Documents of it that are used.
    pub n_documents: u64,
    /// Lines without text.
    pub n_empty: u64,
    /// Documents left out at random, since there were more than wanted, and the seed of that draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// Documents that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// How many.
    pub n_documents: u64,
    /// The seed by which the others were drawn.
    pub seed: u64,
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
    pub fn open(folder: &Path, selection: Selection) -> Result<Self, InputError> {
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
            let category = category_name(&stem, selection.merge_web);
            let file = format!("{stem}.jsonl");
            let left_out = None;
            let input = DocumentsInput { file, category, sha256, n_documents, n_empty, left_out };
            files.push(CategoryFile { path, input, chosen: None });
        }
        if selection.max_per_class > 0 {
            choose(&mut files, selection);
        }
        Ok(Self { files })
    }

    /// The categories, each once, in the order of their files.
    pub fn categories(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for file in &self.files {
            if !names.contains(&file.input.category.as_str()) {
                names.push(&file.input.category);
            }
        }
        names
    }

    /// How many there are.
    pub fn n_documents(&self) -> u64 {
        self.files.iter().map(|file| file.input.n_documents).sum()
    }

    /// The files, for the record.
    pub fn inputs(&self) -> Vec<&DocumentsInput> {
        self.files.iter().map(|file| &file.input).collect()
    }

    /// Calls `each` with every document and its number, from 0.
    ///
    /// # Errors
    /// If a file cannot be read any more, has changed since it was opened, or `each` fails.
    pub fn for_each(
        &self,
        each: impl FnMut(u64, Document) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.walk(|_| true, each)
    }

    /// As [`Documents::for_each`] for one category, whose files alone are read.
    ///
    /// # Errors
    /// As [`Documents::for_each`].
    pub fn for_each_of(
        &self,
        category: &str,
        each: impl FnMut(u64, Document) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.walk(|input| input.category == category, each)
    }

    fn walk(
        &self,
        is_wanted: impl Fn(&DocumentsInput) -> bool,
        mut each: impl FnMut(u64, Document) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut number = 0;
        for CategoryFile { path, input, chosen } in &self.files {
            if !is_wanted(input) {
                number += input.n_documents;
                continue;
            }
            let stem = stem(path);
            let mut failure = None;
            let mut position = 0;
            let mut wanted = chosen.as_ref().map(|chosen| chosen.iter().peekable());
            let sha256 = jsonl::for_each(path, |line: Line, line_number| {
                if line.text.trim().is_empty() || failure.is_some() {
                    return Ok(());
                }
                let place = position;
                position += 1;
                let is_wanted = |wanted: &mut Wanted<'_>| wanted.next_if_eq(&&place).is_some();
                if !wanted.as_mut().is_none_or(is_wanted) {
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

/// Positions that are still to come.
type Wanted<'file> = std::iter::Peekable<std::slice::Iter<'file, u64>>;

/// Draws the documents of each category that has more than are wanted.
fn choose(files: &mut [CategoryFile], selection: Selection) {
    let mut categories: Vec<String> =
        files.iter().map(|file| file.input.category.clone()).collect();
    categories.dedup();
    for (index, category) in categories.iter().enumerate() {
        let own = files.iter().filter(|file| &file.input.category == category);
        let n_all: u64 = own.map(|file| file.input.n_documents).sum();
        if n_all <= selection.max_per_class {
            continue;
        }
        let mut drawn: Vec<u64> = (0..n_all).collect();
        RandomStream::new(selection.seed, index as u64).shuffle(&mut drawn);
        drawn.truncate(usize::try_from(selection.max_per_class).unwrap_or(usize::MAX));
        drawn.sort_unstable();
        let mut first = 0;
        for file in files.iter_mut().filter(|file| &file.input.category == category) {
            let end = first + file.input.n_documents;
            let own = drawn.iter().filter(|place| (first..end).contains(place));
            let chosen: Vec<u64> = own.map(|place| place - first).collect();
            let n_left_out = file.input.n_documents - chosen.len() as u64;
            file.input.left_out = Some(LeftOut { n_documents: n_left_out, seed: selection.seed });
            file.input.n_documents = chosen.len() as u64;
            file.chosen = Some(chosen);
            first = end;
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(documents: &Documents) -> Vec<String> {
        let mut ids = Vec::new();
        let read = documents.for_each(|number, document| {
            assert_eq!(number, ids.len() as u64);
            ids.push(document.id);
            Ok(())
        });
        read.unwrap();
        ids
    }

    #[test]
    fn a_limit_draws_each_category_s_documents_at_random_across_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let lines = |n: usize| "{\"text\": \"a\"}\n{\"text\": \" \"}\n".repeat(n);
        for (name, n) in [("c4", 30), ("commoncrawl", 30), ("law", 3)] {
            std::fs::write(folder.path().join(format!("{name}.jsonl")), lines(n)).unwrap();
        }
        let open = |max_per_class, seed| {
            let selection = Selection { merge_web: true, max_per_class, seed };
            Documents::open(folder.path(), selection).unwrap()
        };
        assert_eq!(ids(&open(0, 1)).len(), 63);
        let some = open(20, 1);
        let drawn = ids(&some);
        assert_eq!((drawn.len() as u64, some.n_documents()), (23, 23));
        let of = |stem: &str| drawn.iter().filter(|id| id.starts_with(stem)).count();
        assert_eq!((of("law"), of("c4") + of("commoncrawl")), (3, 20));
        // Hypergeometric: fewer than 3 of 20 from one of the two files has a chance of 1e-6.
        assert!(of("c4") > 2 && of("commoncrawl") > 2, "{drawn:?}");
        assert_eq!(ids(&open(20, 1)), drawn);
        assert_ne!(ids(&open(20, 2)), drawn);
        assert_eq!(some.categories(), ["Web", "law"]);
        let mut law = Vec::new();
        some.for_each_of("law", |number, document| {
            law.push((number, document.id));
            Ok(())
        })
        .unwrap();
        let expected: Vec<(u64, String)> = (20..).zip(drawn[20..].iter().cloned()).collect();
        assert_eq!(law, expected);
        let left_out: u64 =
            some.inputs().iter().filter_map(|one| one.left_out).map(|one| one.n_documents).sum();
        assert_eq!(left_out, 40);
    }
}
