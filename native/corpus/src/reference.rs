//! Reference documents: a folder with one `CATEGORY.jsonl` per category.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_core::shares::well_known;
use data_anatomy_job::files;
use serde::{Deserialize, Serialize};

use super::fingerprint::fingerprint;
use super::jsonl;
use super::split::N_FOLDS;

/// One reference document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `file stem:line`, from 1; one that the user gives to measure by begins with `validation/`.
    pub id: String,
    /// The text.
    pub text: String,
    /// Whether the user gives it to measure by.
    pub measures: bool,
}

/// The documents of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// How the category is shown.
    pub name: String,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// The reference documents of a run, by category.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The names of the categories.
    pub taxonomy: Taxonomy,
    /// The categories, in the order of their file names, or of the well-known list.
    pub categories: Vec<Category>,
    /// What was read, for the record.
    pub inputs: Vec<ReferenceInput>,
}

/// What one file gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReferenceInput {
    /// The file's name.
    pub file: String,
    /// The category it belongs to.
    pub category: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Documents in the file.
    pub n_read: usize,
    /// Documents left out since they hold no text.
    pub n_empty: usize,
    /// Documents left out since an equal one came before, here or in another category.
    pub n_duplicates: usize,
    /// Documents left out at random, since there were more than wanted.
    pub n_over_limit: usize,
    /// Documents used.
    pub n_used: usize,
}

/// What to read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReferenceOptions {
    /// Count CommonCrawl and C4 as one category.
    pub merge_web: bool,
    /// Documents of each category at most.
    pub max_per_class: usize,
    /// Seed of the choice where there are more.
    pub seed: u64,
}

#[derive(Deserialize)]
struct Line {
    text: String,
}

/// The reference documents in `folder`.
///
/// Documents that are equal but for white space and case are kept once, so that no copy of a
/// training document is among those that measure errors. Those in `validation` are marked as such.
///
/// # Errors
/// If there are fewer than two categories, a file is malformed, or a category has too few documents.
pub fn read(
    folder: &Path,
    validation: Option<&Path>,
    options: ReferenceOptions,
) -> anyhow::Result<Reference> {
    let mut seen = HashSet::new();
    let mut categories: Vec<Category> = Vec::new();
    let mut inputs = Vec::new();
    // First, so that of equal documents the one that measures is kept.
    let mut measuring = match validation {
        Some(folder) => read_folder(folder, "validation/", options, &mut seen, &mut inputs)?,
        None => Vec::new(),
    };
    for read in read_folder(folder, "", options, &mut seen, &mut inputs)? {
        match categories.iter_mut().find(|category| category.name == read.name) {
            Some(category) => category.documents.extend(read.documents),
            None => categories.push(read),
        }
    }
    let taxonomy = check(folder, &categories, &inputs)?;
    if let Some(validation) = validation {
        check_validation(validation, &measuring, &taxonomy)?;
    }
    for category in &mut categories {
        for read in measuring.iter_mut().filter(|read| read.name == category.name) {
            category.documents.append(&mut read.documents);
        }
    }
    for (index, category) in categories.iter_mut().enumerate() {
        limit(category, options, index as u64);
    }
    for input in &mut inputs {
        let category = categories.iter().find(|category| category.name == input.category);
        let prefix = format!("{}:", input.file.trim_end_matches(".jsonl"));
        let used = |category: &Category| {
            category.documents.iter().filter(|document| document.id.starts_with(&prefix)).count()
        };
        let n_kept = input.n_read - input.n_empty - input.n_duplicates;
        input.n_used = category.map_or(0, used);
        input.n_over_limit = n_kept - input.n_used;
    }
    Ok(Reference { taxonomy, categories, inputs })
}

/// The documents of each file of a folder; `mark` is put before their ids.
fn read_folder(
    folder: &Path,
    mark: &str,
    options: ReferenceOptions,
    seen: &mut HashSet<u64>,
    inputs: &mut Vec<ReferenceInput>,
) -> Result<Vec<Category>, InputError> {
    let mut categories = Vec::new();
    for path in category_files(folder)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = category_name(&stem, options.merge_web);
        let (documents, input) = read_file(&path, &format!("{mark}{stem}"), &name, seen)?;
        inputs.push(input);
        categories.push(Category { name, documents });
    }
    Ok(categories)
}

/// Refuses documents to measure by that are not of the samples' categories, each of which needs one for
/// each fold.
fn check_validation(
    folder: &Path,
    measuring: &[Category],
    taxonomy: &Taxonomy,
) -> anyhow::Result<()> {
    let shown = folder.display();
    if let Some(other) = measuring.iter().find(|read| !taxonomy.names().contains(&read.name)) {
        anyhow::bail!(
            "{shown}: category `{}` is not among the samples' categories, {taxonomy}",
            other.name
        );
    }
    for name in taxonomy.names() {
        let own = measuring.iter().filter(|read| &read.name == name);
        let n_docs: usize = own.map(|read| read.documents.len()).sum();
        anyhow::ensure!(
            n_docs >= N_FOLDS,
            "{shown}: category `{name}` has {n_docs} documents to measure by, expected at least {N_FOLDS} \
             (dozens are better)"
        );
    }
    Ok(())
}

/// The category files in the folder, well-known categories first and in their usual order, the
/// others by name.
pub(super) fn category_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let shown = folder.display().to_string();
    let entries = fs::read_dir(folder).map_err(|error| {
        InputError::new(&shown, "", Problem::Unreadable { reason: files::reason(&error) })
    })?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    let order = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (well_known::rank(&stem), stem)
    };
    paths.sort_by_key(order);
    Ok(paths)
}

pub(super) fn category_name(stem: &str, merge_web: bool) -> String {
    if merge_web && let Some(whole) = well_known::whole_of(stem) {
        return whole.to_owned();
    }
    well_known::display_name(stem)
}

fn read_file(
    path: &Path,
    stem: &str,
    category: &str,
    seen: &mut HashSet<u64>,
) -> Result<(Vec<Document>, ReferenceInput), InputError> {
    let mut input = ReferenceInput {
        file: format!("{stem}.jsonl"),
        category: category.to_owned(),
        sha256: String::new(),
        n_read: 0,
        n_empty: 0,
        n_duplicates: 0,
        n_over_limit: 0,
        n_used: 0,
    };
    let mut documents = Vec::new();
    let sha256 = jsonl::for_each(path, |line: Line, number| {
        input.n_read += 1;
        if line.text.trim().is_empty() {
            input.n_empty += 1;
        } else if seen.insert(fingerprint(&line.text)) {
            let id = format!("{stem}:{number}");
            documents.push(Document { id, text: line.text, measures: stem.contains('/') });
        } else {
            input.n_duplicates += 1;
        }
        Ok(())
    })?;
    Ok((documents, ReferenceInput { sha256, ..input }))
}

/// The names of the categories, if there are enough of them and of documents in each.
fn check(
    folder: &Path,
    categories: &[Category],
    inputs: &[ReferenceInput],
) -> anyhow::Result<Taxonomy> {
    let shown = folder.display();
    anyhow::ensure!(
        categories.len() >= 2,
        "{shown}: expected a CATEGORY.jsonl for each of two or more categories, found {}",
        categories.len()
    );
    let taxonomy = Taxonomy::new(categories.iter().map(|category| category.name.clone()))
        .map_err(|error| InputError::new(shown.to_string(), "", Problem::Taxonomy(error)))?;
    for category in categories {
        let n_docs = category.documents.len();
        let own = inputs.iter().filter(|input| input.category == category.name);
        let n_copies: usize = own.map(|input| input.n_duplicates).sum();
        anyhow::ensure!(
            n_docs >= MIN_DOCUMENTS,
            "{shown}: category `{}` has {n_docs} distinct documents, expected at least \
             {MIN_DOCUMENTS} (hundreds are better); {n_copies} more are copies of documents here or \
             in other categories",
            category.name
        );
    }
    Ok(taxonomy)
}

/// The fewest documents of a category with which anything can be trained and measured.
const MIN_DOCUMENTS: usize = 10;

/// Keeps so many documents at random, in their order, and all that the user gives to measure by.
fn limit(category: &mut Category, options: ReferenceOptions, index: u64) {
    let n_docs = category.documents.iter().filter(|document| !document.measures).count();
    if options.max_per_class == 0 || n_docs <= options.max_per_class {
        return;
    }
    let mut order: Vec<usize> = (0..n_docs).collect();
    RandomStream::new(options.seed, index).shuffle(&mut order);
    order.truncate(options.max_per_class);
    let chosen: HashSet<usize> = order.into_iter().collect();
    let mut position = 0;
    category.documents.retain(|document| {
        position += usize::from(!document.measures);
        document.measures || chosen.contains(&(position - 1))
    });
}
