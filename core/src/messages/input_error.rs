//! What is wrong with a file that somebody gave us: one error type, one wording, for CLI and page.

use std::fmt;

use super::printable::{printable, shortened};
use crate::shares::merge::MergeError;
use crate::shares::taxonomy::TaxonomyError;
use crate::shares::unit::Unit;

/// A file that was refused: which, where in it, what was found, what was expected, what to do.
///
/// Displayed as `path:place: problem` with the remedy, where there is one, on a `hint:` line.
#[derive(Debug, Clone, PartialEq)]
pub struct InputError {
    /// The file as the user named it.
    pub path: String,
    /// Where in the file: `line:column`, or a path such as `priors.point[2]`; empty for the whole.
    pub place: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The file has no content.
    Empty,
    /// The file holds bytes of another kind than text.
    NotText {
        /// What the bytes look like.
        looks_like: &'static str,
    },
    /// The file is larger than is read into memory.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The largest size that is read, in bytes.
        limit: u64,
    },
    /// The file could not be read at all.
    Unreadable {
        /// What the system said.
        reason: String,
    },
    /// There is no such file, but a bundled spec is called so.
    OnlyBundled {
        /// Its name.
        id: String,
    },
    /// The text breaks the rules of JSON or YAML, or holds a value of the wrong type.
    Syntax {
        /// What the parser found and expected.
        detail: String,
    },
    /// The text ends before the document does.
    Truncated,
    /// `NaN` or `Infinity` stands where a number is expected.
    NotFinite {
        /// What was found.
        found: String,
    },
    /// A share or weight is below 0.
    Negative {
        /// What was found.
        found: f64,
    },
    /// The shares do not sum to 1.
    Sum {
        /// What they sum to.
        sum: f64,
    },
    /// The weights of a spec are all 0.
    NoWeight,
    /// Two lists that go together differ in length.
    Count {
        /// What was counted, such as "values".
        what: &'static str,
        /// How many were found.
        found: usize,
        /// How many categories there are.
        expected: usize,
    },
    /// A needed field is absent.
    MissingField {
        /// What it is, and which names are accepted.
        expected: String,
    },
    /// A category has no weight, or a weight has no category.
    CategoryMismatch {
        /// The category.
        category: String,
        /// Where it is.
        present_in: &'static str,
        /// Where it is not.
        absent_from: &'static str,
    },
    /// The categories are not a taxonomy.
    Taxonomy(TaxonomyError),
    /// The run lacks categories that the ground truth has.
    MissingCategories {
        /// Their names.
        names: Vec<String>,
        /// Name of the ground truth.
        spec: String,
    },
    /// The run has categories that the ground truth lacks.
    UnknownCategories {
        /// Their names.
        names: Vec<String>,
        /// Name of the ground truth.
        spec: String,
        /// The categories that would be right.
        known: Vec<String>,
    },
    /// The run has its shares only in another unit than they are wanted in.
    Unit {
        /// The unit it has.
        found: Unit,
        /// The unit that is wanted.
        expected: Unit,
        /// Name of the ground truth.
        truth: String,
    },
    /// The file comes from a later version of this program.
    TooNew {
        /// The version in the file.
        found: u64,
        /// The latest version that is understood.
        known: u64,
    },
    /// The file's schema is not one of ours.
    WrongSchema {
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The run found that its data do not determine the shares.
    NotIdentified {
        /// The method.
        method: &'static str,
        /// Why, as far as the run says.
        reasons: Vec<String>,
    },
    /// The file is neither a summary nor a spec.
    NotRecognised,
    /// A named thing does not exist.
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
}

impl InputError {
    /// The error of `problem` at `place` (may be empty) in the file `path`.
    pub fn new(path: impl Into<String>, place: impl Into<String>, problem: Problem) -> Self {
        Self { path: path.into(), place: place.into(), problem }
    }

    /// The problem and its place without the remedy, as one line that is safe to print.
    pub fn message(&self) -> String {
        let message = match (self.path.is_empty(), self.place.is_empty()) {
            (true, true) => self.problem.to_string(),
            (true, false) => format!("{}: {}", self.place, self.problem),
            (false, true) => format!("{}: {}", self.path, self.problem),
            (false, false) => format!("{}:{}: {}", self.path, self.place, self.problem),
        };
        shortened(&printable(&message), MAX_MESSAGE_CHARS).into_owned()
    }

    /// What the user can do about it, as one line that is safe to print.
    pub fn hint(&self) -> Option<String> {
        self.problem.hint().map(|hint| shortened(&printable(&hint), MAX_MESSAGE_CHARS).into_owned())
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())?;
        match self.hint() {
            Some(hint) => write!(formatter, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InputError {}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(formatter, "the file is empty"),
            Self::NotText { looks_like } => {
                write!(formatter, "expected JSON or YAML text, found {looks_like}")
            }
            Self::TooLarge { bytes, limit } => write!(
                formatter,
                "the file is {}, more than the {} that are read",
                mebibytes(*bytes),
                mebibytes(*limit)
            ),
            Self::Unreadable { reason } => write!(formatter, "cannot be read: {reason}"),
            Self::OnlyBundled { .. } => write!(formatter, "cannot be read: there is no such file"),
            Self::Syntax { detail } => formatter.write_str(detail),
            Self::Truncated => write!(formatter, "the text ends before the document does"),
            Self::NotFinite { found } => {
                write!(formatter, "expected a finite number, found `{found}`")
            }
            Self::Negative { found } => {
                write!(formatter, "expected a number of at least 0, found `{found}`")
            }
            Self::Sum { sum } => write!(formatter, "the shares sum to {sum}, not to 1"),
            Self::NoWeight => write!(formatter, "all weights are 0"),
            Self::Count { what, found, expected } => {
                write!(formatter, "{found} {what} for {expected} categories")
            }
            Self::MissingField { expected } => write!(formatter, "expected {expected}, found none"),
            Self::CategoryMismatch { category, present_in, absent_from } => {
                write!(formatter, "`{category}` is in {present_in} but not in {absent_from}")
            }
            Self::Taxonomy(error) => error.fmt(formatter),
            Self::MissingCategories { names, spec } => {
                write!(formatter, "the run lacks categories of {spec}: {}", quoted(names))
            }
            Self::UnknownCategories { names, spec, .. } => {
                write!(formatter, "the run has categories that {spec} lacks: {}", quoted(names))
            }
            Self::Unit { found, expected, truth } => write!(
                formatter,
                "the run has shares of {found} alone, and shares of {expected} are wanted, to be scored against {truth}"
            ),
            Self::TooNew { found, known } => {
                write!(formatter, "schema_version is {found}, this program knows up to {known}")
            }
            Self::WrongSchema { found, expected } => {
                write!(formatter, "expected schema `{expected}`, found `{found}`")
            }
            Self::NotIdentified { method, reasons } => {
                write!(
                    formatter,
                    "the run found no mixture: its shares are not identifiable by {method}"
                )?;
                let mut marks = std::iter::once(": ").chain(std::iter::repeat("; "));
                reasons.iter().try_for_each(|reason| {
                    write!(formatter, "{}{reason}", marks.next().unwrap_or_default())
                })
            }
            Self::NotRecognised => {
                write!(formatter, "neither a summary (JSON) nor a ground-truth spec (YAML)")
            }
            Self::NotFound { what, name, .. } => write!(formatter, "no {what} is named `{name}`"),
        }
    }
}

impl Problem {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "was the run interrupted? run the same command again".to_owned(),
            Self::NotText { looks_like } if looks_like.contains("compressed") => {
                "unpack it first, then give the file inside".to_owned()
            }
            Self::NotText { looks_like } if looks_like.contains("UTF-") => {
                "save the file again as UTF-8".to_owned()
            }
            Self::NotText { .. } | Self::NotRecognised => {
                "give a run's summary.json or a spec such as bench/specs/olmo1b.yaml".to_owned()
            }
            Self::TooLarge { .. } => {
                "use the command line for it: data-anatomy evaluate --results-dir RUN".to_owned()
            }
            Self::Truncated => {
                "the file looks cut off; copy it again or run the same command again".to_owned()
            }
            Self::NotFinite { .. } => {
                "a value that could not be computed is not a share; mend the run that wrote it"
                    .to_owned()
            }
            Self::Negative { .. } => "shares and weights are never negative; mend it".to_owned(),
            Self::Sum { .. } => "is a category missing? the shares must cover the whole".to_owned(),
            Self::Count { .. } => "give exactly one value for each category".to_owned(),
            Self::CategoryMismatch { present_in, absent_from, .. }
                if [present_in, absent_from].contains(&&"the shares") =>
            {
                "give a share for each of `categories`, and for no other".to_owned()
            }
            Self::CategoryMismatch { present_in: "the verdicts", .. } => {
                "the predictions.jsonl is another run's; copy the run's own folder".to_owned()
            }
            Self::Syntax { detail } if detail.contains("found a tab") => {
                "YAML is indented with blanks; replace the tab".to_owned()
            }
            Self::CategoryMismatch { .. } => {
                "list each category once under `categories` and once under `category_weights`"
                    .to_owned()
            }
            Self::Taxonomy(TaxonomyError::TooMany { .. }) => return None,
            Self::Taxonomy(TaxonomyError::LongName { .. }) => "give it a shorter name".to_owned(),
            Self::Taxonomy(_) => "give each category one name of its own".to_owned(),
            Self::MissingCategories { .. } => {
                "choose the spec that fits, join categories with --merge A+B=AB, or count them as \
                 0 with --missing-as-zero"
                    .to_owned()
            }
            Self::UnknownCategories { known, .. } => {
                format!(
                    "name them in the run as the ground truth does ({}), or join them with one of \
                     those by --merge A+B=B",
                    known.join(", ")
                )
            }
            Self::NotIdentified { method: "openings", .. } => {
                "where categories begin too much alike, join them (reestimate --merge A+B=AB); where \
                 documents are too few, give more"
                    .to_owned()
            }
            Self::NotIdentified { .. } => {
                "its diagnostics say more; a run of `minkpp` needs known non-members (--nonmembers)"
                    .to_owned()
            }
            Self::Unit { found, .. } => format!(
                "tell the run how long whole documents are (data-anatomy reestimate RUN --document-lengths FILE), \
                 so that it has both units; or insist on its shares of {found} by --unit {found}"
            ),
            Self::TooNew { .. } => "get the version of data-anatomy that wrote it".to_owned(),
            Self::OnlyBundled { id } => {
                format!("a bundled spec has this name: give it as {id}")
            }
            Self::NotFound { known, .. } if !known.is_empty() => {
                format!("there are: {}", known.join(", "))
            }
            _ => return None,
        })
    }
}

/// The longest message that is shown: room for the names of 87 categories.
const MAX_MESSAGE_CHARS: usize = 2_000;

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1024.0 * 1024.0))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl From<MergeError> for InputError {
    fn from(error: MergeError) -> Self {
        Self::new("", "", Problem::Syntax { detail: error.to_string() })
    }
}
