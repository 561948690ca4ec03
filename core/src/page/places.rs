//! Which files belong to one run: those of one folder, as long as none of them comes twice.
//!
//! Mailed files have no folder, or all the same one. A second summary from the same path is another run's, and stands
//! beside the first.

use super::file_kind::FileKind;
use super::paths::folder_of;

/// Where the files of one run lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The folder, as the user named it; may be empty.
    pub(super) folder: String,
    /// The how many-th run from this folder it is, from 1.
    pub(super) turn: usize,
}

impl Place {
    /// The place of a file of this kind from `path`, beside the files that are open: with those of its folder that lack
    /// such a file, if only one run's do; else a place of its own.
    pub(super) fn of<'open>(
        path: &str,
        kind: FileKind,
        open: impl Iterator<Item = (&'open Self, FileKind)>,
    ) -> Self {
        let folder = folder_of(path);
        let beside: Vec<(usize, FileKind)> = open
            .filter(|(place, _)| place.folder == folder)
            .map(|(place, kind)| (place.turn, kind))
            .collect();
        let has_one =
            |turn: usize| beside.iter().any(|(other, open)| *other == turn && open.excludes(kind));
        let last = beside.iter().map(|(turn, _)| *turn).max().unwrap_or(0);
        let is_taken = |turn: &usize| beside.iter().any(|(other, _)| other == turn);
        let mut lacking = (1..=last).filter(is_taken).filter(|turn| !has_one(*turn));
        let turn = match (lacking.next(), lacking.next()) {
            (Some(only), None) => only,
            _ => last + 1,
        };
        Self { folder: folder.to_owned(), turn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The turns that files of these kinds get, opened one after the other from one folder.
    fn turns(kinds: &[FileKind]) -> Vec<usize> {
        let mut open: Vec<(Place, FileKind)> = Vec::new();
        for &kind in kinds {
            let place =
                Place::of("summary.json", kind, open.iter().map(|(place, kind)| (place, *kind)));
            open.push((place, kind));
        }
        open.iter().map(|(place, _)| place.turn).collect()
    }

    #[test]
    fn files_of_one_folder_are_of_one_run_until_one_comes_twice() {
        use FileKind::{Openings, Predictions, Run, Unidentified};
        assert_eq!(turns(&[Run, Predictions, Openings]), [1, 1, 1]);
        assert_eq!(turns(&[Run, Run, Run]), [1, 2, 3]);
        assert_eq!(turns(&[Run, Predictions, Predictions, Run]), [1, 1, 2, 2]);
        assert_eq!(turns(&[Run, Unidentified]), [1, 2]);
        // Whose verdicts these are cannot be told: they stand alone.
        assert_eq!(turns(&[Run, Run, Predictions]), [1, 2, 3]);
    }
}
