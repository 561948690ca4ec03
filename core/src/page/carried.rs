//! What a saved report carries of the open files.

use super::choices::NO_TRUTH;
use super::file_kind::FileKind;
use super::paths::folder_of;
use super::places::Place;
use super::report_page::{DATA_VERSION, ReportData, ReportFile, ViewOptions};
use super::workspace::{Open, Workspace};
use crate::messages::input_error::InputError;

/// What runs can be estimated again from travels with every report up to this size: verdicts on thousands of texts
/// and documents of a dozen categories.
const MOST_CARRIED_BYTES: usize = 8 << 20;

impl<Parsed> Open<Parsed> {
    /// The file for a report, in the folder that its place has there.
    fn filed(&self, folders: &[(Place, String)]) -> ReportFile {
        let own = folders.iter().find(|(place, _)| *place == self.place);
        let name = self.file.path.rsplit('/').next().unwrap_or_default();
        let path = match own {
            Some((_, folder)) if !folder.is_empty() => format!("{folder}/{name}"),
            _ => self.file.path.clone(),
        };
        ReportFile { path, text: self.file.text.clone() }
    }
}

impl Workspace {
    /// What a saved report carries: the open files and the choices, with the ground truth made explicit.
    ///
    /// # Errors
    /// As [`Workspace::evaluate`].
    pub fn report_data(&self, options: &ViewOptions) -> Result<ReportData, InputError> {
        let (spec, _) = self.resolve(options)?;
        let mut options = options.clone();
        options.spec = Some(spec.map_or_else(|| NO_TRUTH.to_owned(), |spec| spec.id.clone()));
        let folders = self.report_folders();
        let runs = self.runs.iter().map(|open| open.filed(&folders));
        let specs = self.specs.iter().map(|open| open.file.clone());
        let unidentified = self.unidentified.iter().map(|open| open.filed(&folders));
        let mut files: Vec<ReportFile> = runs.chain(specs).chain(unidentified).collect();
        // These are the most of a run's bytes. A comparison needs verdicts; without one they are there to
        // estimate again and to look at, and are left out where they would make the report unwieldy.
        let mut n_bytes = 0;
        for kind in [FileKind::Predictions, FileKind::Openings] {
            let bases = self.bases.iter().filter(|open| open.parsed.kind() == kind);
            n_bytes += bases.clone().map(|open| open.file.text.len()).sum::<usize>();
            let is_needed = kind == FileKind::Predictions && options.baseline.is_some();
            if is_needed || n_bytes <= MOST_CARRIED_BYTES {
                files.extend(bases.map(|open| open.filed(&folders)));
            }
        }
        Ok(ReportData { version: DATA_VERSION, files, options })
    }

    /// A folder of its own for each place, as short as a report may tell it: its last component, with a number where
    /// another has the same.
    fn report_folders(&self) -> Vec<(Place, String)> {
        let runs = self.runs.iter().map(|open| (&open.place, &open.file));
        let unidentified = self.unidentified.iter().map(|open| (&open.place, &open.file));
        let bases = self.bases.iter().map(|open| (&open.place, &open.file));
        let mut folders: Vec<(Place, String)> = Vec::new();
        for (place, file) in runs.chain(unidentified).chain(bases) {
            if folders.iter().any(|(other, _)| other == place) {
                continue;
            }
            let own = folder_of(&file.path).to_owned();
            let is_taken = |folder: &str| folders.iter().any(|(_, other)| other == folder);
            let stem = if own.is_empty() { "summary" } else { &own };
            let numbered = (2..).map(|number| format!("{stem} {number}"));
            let folder = std::iter::once(own.clone()).chain(numbered).find(|one| !is_taken(one));
            folders.push((place.clone(), folder.unwrap_or_default()));
        }
        folders
    }
}
