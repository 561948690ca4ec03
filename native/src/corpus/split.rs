//! Which reference documents train the classifier, and which measure its errors.

use data_anatomy_core::rng::RandomStream;

/// Folds of the validation documents: each half is calibrated by the other, so that calibration and
/// confusion matrix never share a document.
pub const N_FOLDS: usize = 2;

/// The documents of a split, as positions in the list of all documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Documents that train.
    pub train: Vec<usize>,
    /// Documents that do not.
    pub validation: Vec<usize>,
    /// The fold of each validation document.
    pub folds: Vec<usize>,
}

/// A random split of documents with these classes, the same share of each class in validation and at
/// least one document of each class in each fold and in training.
///
/// # Panics
/// If a class has fewer than three documents, which reading refuses.
pub fn stratified(classes: &[usize], n_classes: usize, fraction: f64, seed: u64) -> Split {
    let mut split = Split { train: Vec::new(), validation: Vec::new(), folds: Vec::new() };
    for class in 0..n_classes {
        let mut members: Vec<usize> =
            (0..classes.len()).filter(|&index| classes[index] == class).collect();
        assert!(members.len() > N_FOLDS, "reading refuses a class of fewer than three documents");
        RandomStream::new(seed, 1_000 + class as u64).shuffle(&mut members);
        let n_validation = n_validation(members.len(), fraction);
        for (position, &index) in members[..n_validation].iter().enumerate() {
            split.validation.push(index);
            split.folds.push(position % N_FOLDS);
        }
        split.train.extend(&members[n_validation..]);
    }
    split.train.sort_unstable();
    split
}

/// The split of documents for a classifier that was trained before: those that it was trained on,
/// and the others, in turn in each fold.
///
/// # Errors
/// If a class has fewer others than there are folds.
pub fn by_memory(
    classes: &[usize],
    names: &[String],
    was_trained_on: impl Fn(usize) -> bool,
) -> anyhow::Result<Split> {
    let mut split = Split { train: Vec::new(), validation: Vec::new(), folds: Vec::new() };
    for (class, name) in names.iter().enumerate() {
        let members = (0..classes.len()).filter(|&index| classes[index] == class);
        let (known, unknown): (Vec<usize>, Vec<usize>) =
            members.partition(|&index| was_trained_on(index));
        anyhow::ensure!(
            unknown.len() >= N_FOLDS,
            "category `{name}` has {} documents that the loaded classifier was not trained on, \
             expected at least {N_FOLDS} (dozens are better): only such can measure its errors",
            unknown.len()
        );
        split.folds.extend((0..unknown.len()).map(|position| position % N_FOLDS));
        split.validation.extend(unknown);
        split.train.extend(known);
    }
    Ok(split)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of documents"
)]
fn n_validation(n_docs: usize, fraction: f64) -> usize {
    ((n_docs as f64 * fraction).round() as usize).clamp(N_FOLDS, n_docs - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_stands_on_one_side_and_every_class_in_every_fold() {
        let classes: Vec<usize> = (0..103).map(|index| index % 5).collect();
        let split = stratified(&classes, 5, 0.2, 7);
        let mut all: Vec<usize> = split.train.iter().chain(&split.validation).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..103).collect::<Vec<_>>());
        for class in 0..5 {
            for fold in 0..N_FOLDS {
                let pairs = split.validation.iter().zip(&split.folds);
                let n = pairs.filter(|(index, f)| classes[**index] == class && **f == fold).count();
                assert_eq!(n, 2, "class {class} fold {fold}");
            }
        }
        assert_eq!(split, stratified(&classes, 5, 0.2, 7));
        assert_ne!(split, stratified(&classes, 5, 0.2, 8));
    }
}
