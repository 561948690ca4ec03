//! Which reference documents train the classifier, and which measure its errors.

use std::collections::BTreeMap;

use data_anatomy_core::numeric::rng::RandomStream;

/// Folds of the validation documents of one split: each half is calibrated by the other, so that calibration
/// and confusion matrix never share a document.
pub const N_FOLDS: usize = 2;

/// The documents of a split, as positions in the list of all documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    /// Documents that train.
    pub train: Vec<usize>,
    /// Documents that do not.
    pub validation: Vec<usize>,
    /// The fold of each validation document; documents of a group share one.
    pub folds: Vec<usize>,
    /// Documents that do neither: each is nearly the same as one that measures.
    pub left_out: Vec<usize>,
    /// Whether folds take turns (cross-fitting): each is measured by a classifier that the others train. No
    /// document only trains then.
    pub is_crossed: bool,
}

impl Split {
    /// The documents of each fold that has any.
    pub fn by_fold(&self) -> Vec<Vec<usize>> {
        let mut folds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (&index, &fold) in self.validation.iter().zip(&self.folds) {
            folds.entry(fold).or_default().push(index);
        }
        folds.into_values().collect()
    }

    /// What each classifier is trained on and measured by: one split, or one for each fold where they take turns.
    pub fn rounds(&self) -> Vec<Self> {
        if !self.is_crossed {
            return vec![self.clone()];
        }
        let folds = self.by_fold();
        let round = |(fold, measuring): (usize, &Vec<usize>)| {
            let others = folds.iter().enumerate().filter(|(other, _)| *other != fold);
            Self {
                train: others.flat_map(|(_, documents)| documents.iter().copied()).collect(),
                validation: measuring.clone(),
                folds: vec![fold; measuring.len()],
                ..Self::default()
            }
        };
        folds.iter().enumerate().map(round).collect()
    }
}

/// What is split: for each document its class and its group, whose documents stay together.
#[derive(Debug, Clone, Copy)]
pub struct Grouped<'a> {
    /// Positions in the list of categories.
    pub classes: &'a [usize],
    /// Any numbers, the same for documents that are nearly the same.
    pub groups: &'a [usize],
    /// The names of the categories.
    pub names: &'a [String],
}

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Open,
    Train,
    Fold(usize),
}

impl Grouped<'_> {
    /// A random split: the same share of each class in validation, as far as groups allow, and at least one
    /// document of each class in each fold and in training.
    ///
    /// # Errors
    /// If a class has too few documents or groups for that.
    pub fn stratified(&self, fraction: f64, seed: u64) -> anyhow::Result<Split> {
        let stream = |class: usize| RandomStream::new(seed, 1_000 + class as u64);
        let mut split = self.spread(N_FOLDS, |n_docs| n_validation(n_docs, fraction), stream);
        split.train.sort_unstable();
        self.check(split)
    }

    /// A random split in `n_folds` folds that take turns, each class spread evenly over them as far as groups
    /// allow.
    ///
    /// # Errors
    /// If a class does not reach every fold.
    pub fn crossed(&self, n_folds: usize, seed: u64) -> anyhow::Result<Split> {
        let stream = |class: usize| RandomStream::new(seed, 3_000 + class as u64);
        let split = Split { is_crossed: true, ..self.spread(n_folds, |n_docs| n_docs, stream) };
        let folds = split.by_fold();
        for (class, name) in self.names.iter().enumerate() {
            let is_in = |fold: &Vec<usize>| fold.iter().any(|&index| self.classes[index] == class);
            anyhow::ensure!(
                folds.len() == n_folds && folds.iter().all(is_in),
                "category `{name}` has {} documents, fewer than {n_folds} that are not nearly the same: too few for \
                 --cross-fit {n_folds}",
                self.members(class).len()
            );
        }
        Ok(split)
    }

    /// Of each class, shuffled by its stream, groups in the emptiest of `n_folds` folds until they hold
    /// `n_wanted` of so many documents, and the rest in training.
    fn spread(
        &self,
        n_folds: usize,
        n_wanted: impl Fn(usize) -> usize,
        stream: impl Fn(usize) -> RandomStream,
    ) -> Split {
        let mut split = Split::default();
        let mut sides = vec![Side::Open; self.n_groups()];
        let mut n_in_group = vec![0; self.n_groups()];
        for class in 0..self.names.len() {
            let mut members = self.members(class);
            stream(class).shuffle(&mut members);
            let n_wanted = n_wanted(members.len());
            let mut n_per_fold = self.n_per_fold(n_folds, &members, &sides);
            for &index in &members {
                n_in_group[self.groups[index]] += 1;
            }
            for &index in &members {
                let group = self.groups[index];
                if sides[group] != Side::Open {
                    continue;
                }
                sides[group] = Side::Train;
                if n_per_fold.iter().sum::<usize>() < n_wanted {
                    let fold = emptier(&n_per_fold);
                    sides[group] = Side::Fold(fold);
                    n_per_fold[fold] += n_in_group[group];
                }
            }
            for &index in &members {
                n_in_group[self.groups[index]] = 0;
            }
            self.place(&members, &sides, &mut split);
        }
        split
    }

    /// How many documents the smallest class has that are not nearly the same.
    pub fn smallest(&self) -> usize {
        let mut pairs: Vec<(usize, usize)> =
            self.classes.iter().copied().zip(self.groups.iter().copied()).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut n_groups = vec![0; self.names.len()];
        for (class, _) in pairs {
            n_groups[class] += 1;
        }
        n_groups.into_iter().min().unwrap_or(0)
    }

    /// The split that the user gives: `is_validation` says which documents measure. Of the others, those in
    /// a group with one that measures are left out.
    ///
    /// # Errors
    /// If a class has too few documents on a side.
    pub fn given(&self, is_validation: &[bool]) -> anyhow::Result<Split> {
        let mut split = Split::default();
        let mut sides = vec![Side::Open; self.n_groups()];
        for class in 0..self.names.len() {
            let members = self.members(class);
            let mut n_per_fold = [0; N_FOLDS];
            for &index in members.iter().filter(|&&index| is_validation[index]) {
                let side = &mut sides[self.groups[index]];
                if *side == Side::Open {
                    *side = Side::Fold(emptier(&n_per_fold));
                }
                if let Side::Fold(fold) = *side {
                    n_per_fold[fold] += 1;
                }
            }
        }
        for index in 0..self.classes.len() {
            match sides[self.groups[index]] {
                Side::Fold(fold) if is_validation[index] => {
                    split.validation.push(index);
                    split.folds.push(fold);
                }
                Side::Fold(_) => split.left_out.push(index),
                Side::Open | Side::Train => split.train.push(index),
            }
        }
        self.check(split)
    }

    /// The split for a classifier that was trained before: the documents that it was trained on, and the
    /// others. Of the others, those in a group with one that it was trained on are left out.
    ///
    /// # Errors
    /// If a class has fewer others than there are folds.
    pub fn by_memory(&self, was_trained_on: impl Fn(usize) -> bool) -> anyhow::Result<Split> {
        let mut split = Split::default();
        let mut is_known = vec![false; self.n_groups()];
        split.train = (0..self.classes.len()).filter(|&index| was_trained_on(index)).collect();
        for &index in &split.train {
            is_known[self.groups[index]] = true;
        }
        let mut sides = vec![Side::Open; self.n_groups()];
        for (class, name) in self.names.iter().enumerate() {
            let (near, unknown): (Vec<usize>, Vec<usize>) = self
                .members(class)
                .into_iter()
                .filter(|&index| !was_trained_on(index))
                .partition(|&index| is_known[self.groups[index]]);
            anyhow::ensure!(
                unknown.len() >= N_FOLDS,
                "category `{name}` has {} documents that the loaded classifier was not trained on, \
                 expected at least {N_FOLDS} (dozens are better): only such can measure its errors",
                unknown.len()
            );
            split.left_out.extend(near);
            let mut n_per_fold = [0; N_FOLDS];
            for &index in &unknown {
                let side = &mut sides[self.groups[index]];
                if *side == Side::Open {
                    *side = Side::Fold(emptier(&n_per_fold));
                }
                let Side::Fold(fold) = *side else { continue };
                n_per_fold[fold] += 1;
                split.validation.push(index);
                split.folds.push(fold);
            }
        }
        Ok(split)
    }

    fn n_groups(&self) -> usize {
        self.groups.iter().max().map_or(0, |&largest| largest + 1)
    }

    fn members(&self, class: usize) -> Vec<usize> {
        (0..self.classes.len()).filter(|&index| self.classes[index] == class).collect()
    }

    /// How many of these documents stand in each fold.
    fn n_per_fold(&self, n_folds: usize, members: &[usize], sides: &[Side]) -> Vec<usize> {
        let mut n_per_fold = vec![0; n_folds];
        for &index in members {
            if let Side::Fold(fold) = sides[self.groups[index]] {
                n_per_fold[fold] += 1;
            }
        }
        n_per_fold
    }

    fn place(&self, members: &[usize], sides: &[Side], split: &mut Split) {
        for &index in members {
            match sides[self.groups[index]] {
                Side::Fold(fold) => {
                    split.validation.push(index);
                    split.folds.push(fold);
                }
                Side::Open | Side::Train => split.train.push(index),
            }
        }
    }

    /// The split, if each class stands on every side of it.
    fn check(&self, split: Split) -> anyhow::Result<Split> {
        for (class, name) in self.names.iter().enumerate() {
            let n_train = split.train.iter().filter(|&&index| self.classes[index] == class).count();
            let mut n_per_fold = [0; N_FOLDS];
            for (&index, &fold) in split.validation.iter().zip(&split.folds) {
                n_per_fold[fold] += usize::from(self.classes[index] == class);
            }
            anyhow::ensure!(
                n_train > 0 && n_per_fold.iter().all(|&n| n > 0),
                "category `{name}` has {n_train} documents to train and {} to measure that are not nearly the \
                 same, expected at least 1 and {N_FOLDS}; --near-dup 0 tells apart what is not equal",
                n_per_fold.iter().sum::<usize>()
            );
        }
        Ok(split)
    }
}

/// The fold with fewer documents, the first of equals.
fn emptier(n_per_fold: &[usize]) -> usize {
    (0..n_per_fold.len()).min_by_key(|&fold| n_per_fold[fold]).unwrap_or(0)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of documents"
)]
fn n_validation(n_docs: usize, fraction: f64) -> usize {
    ((n_docs as f64 * fraction).round() as usize)
        .clamp(N_FOLDS, n_docs.saturating_sub(1).max(N_FOLDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|class| format!("c{class}")).collect()
    }

    #[test]
    fn every_document_stands_on_one_side_and_every_class_in_every_fold() {
        let classes: Vec<usize> = (0..103).map(|index| index % 5).collect();
        let groups: Vec<usize> = (0..103).collect();
        let names = names(5);
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        let split = grouped.stratified(0.2, 7).unwrap();
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
        assert_eq!(split, grouped.stratified(0.2, 7).unwrap());
        assert_ne!(split, grouped.stratified(0.2, 8).unwrap());
    }

    #[test]
    fn a_group_stays_on_one_side_and_in_one_fold_across_classes() {
        let classes: Vec<usize> = (0..120).map(|index| index % 3).collect();
        // Four documents in a row are a group, so that each group holds two or three classes.
        let groups: Vec<usize> = (0..120).map(|index| index / 4 * 4).collect();
        let names = names(3);
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        for seed in 0..20 {
            let split = grouped.stratified(0.3, seed).unwrap();
            let mut side_of = std::collections::BTreeMap::new();
            let train = split.train.iter().map(|&index| (index, None));
            let validation = split.validation.iter().zip(&split.folds);
            for (index, side) in train.chain(validation.map(|(&index, &fold)| (index, Some(fold))))
            {
                assert_eq!(*side_of.entry(groups[index]).or_insert(side), side, "group of {index}");
            }
            assert_eq!(split.train.len() + split.validation.len(), 120);
            assert!((25..=60).contains(&split.validation.len()), "{}", split.validation.len());
        }
    }

    #[test]
    fn a_given_split_leaves_out_what_resembles_a_document_that_measures() {
        let classes = [0, 0, 0, 0, 1, 1, 1, 1];
        let groups = [0, 1, 2, 3, 4, 5, 6, 0];
        let is_validation = [true, true, false, false, true, true, false, false];
        let names = names(2);
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        let split = grouped.given(&is_validation).unwrap();
        assert_eq!((split.train, split.validation), (vec![2, 3, 6], vec![0, 1, 4, 5]));
        assert_eq!((split.folds, split.left_out), (vec![0, 1, 0, 1], vec![7]));
    }

    #[test]
    fn folds_take_turns_and_every_document_measures_once() {
        let classes: Vec<usize> = (0..120).map(|index| index % 3).collect();
        let groups: Vec<usize> = (0..120).map(|index| index / 4 * 4).collect();
        let names = names(3);
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        assert_eq!(grouped.smallest(), 30);
        let split = grouped.crossed(5, 9).unwrap();
        assert_eq!(split, grouped.crossed(5, 9).unwrap());
        assert_ne!(split, grouped.crossed(5, 10).unwrap());
        let rounds = split.rounds();
        assert_eq!(rounds.len(), 5);
        let mut measured: Vec<usize> = Vec::new();
        for (fold, round) in rounds.iter().enumerate() {
            assert!(round.folds.iter().all(|&own| own == fold));
            assert_eq!(round.train.len() + round.validation.len(), 120);
            assert!((16..=32).contains(&round.validation.len()), "{}", round.validation.len());
            let group_of = |index: &usize| groups[*index];
            let trained: std::collections::BTreeSet<usize> =
                round.train.iter().map(group_of).collect();
            assert!(round.validation.iter().map(group_of).all(|group| !trained.contains(&group)));
            measured.extend(&round.validation);
        }
        measured.sort_unstable();
        assert_eq!(measured, (0..120).collect::<Vec<_>>());
    }

    #[test]
    fn one_split_is_one_round() {
        let (classes, groups, names) = ([0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5], names(2));
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        let split = grouped.stratified(0.5, 1).unwrap();
        assert_eq!(split.rounds(), vec![split.clone()]);
        let error = grouped.crossed(4, 1).unwrap_err().to_string();
        assert!(error.starts_with("category `c0` has 3 documents, fewer than 4"), "{error}");
    }

    #[test]
    fn a_class_of_near_copies_is_refused() {
        let classes = [0, 0, 0, 0, 1, 1, 1, 1];
        let groups = [0, 0, 0, 0, 4, 5, 6, 7];
        let names = names(2);
        let grouped = Grouped { classes: &classes, groups: &groups, names: &names };
        let error = grouped.stratified(0.5, 1).unwrap_err().to_string();
        assert!(
            error.starts_with("category `c0` has 0 documents to train and 4 to measure"),
            "{error}"
        );
    }
}
