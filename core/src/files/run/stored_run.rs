//! One run, read from its summary.

use super::dialect::{Dialect, SCHEMA_VERSION};
use super::member_shares::MemberShare;
use super::other_unit::OtherUnit;
use super::provenance::Provenance;
use super::raw_summary::RawSummary;
use super::reader::Reader;
use crate::files::digest::sha256_hex;
use crate::files::json::{check_object, json_error};
use crate::files::predictions::Prediction;
use crate::files::spec::Spec;
use crate::files::text;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::printable::printable;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::shares::mixture::Mixture;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::unit::Unit;

/// One run's estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Name of the run: the one it was given, else its folder, else the file's stem.
    pub name: String,
    /// The file it was read from, as the user named it.
    pub path: String,
    /// Who wrote it.
    pub dialect: Dialect,
    /// The method that made it, where the file says so.
    pub method: Option<String>,
    /// What its shares are shares of, where the file says so.
    pub unit: Option<Unit>,
    /// The same estimate in the other unit, where the file holds it too.
    pub other: Option<OtherUnit>,
    /// The model that was looked at, where the file says so.
    pub target_model: Option<String>,
    /// The categories, in the file's order.
    pub taxonomy: Taxonomy,
    /// The estimate that is scored.
    pub estimate: Mixture,
    /// An interval per category, if the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// The nominal level of the intervals, where the file says so.
    pub level: Option<f64>,
    /// Bootstrap replicates of the estimate, `[n_replicates, n_categories]`, if stored.
    pub replicates: Option<Vec<Vec<f64>>>,
    /// The same for two runs whose replicates drew the same documents and texts: their seed and the
    /// fingerprints of their inputs. None where the file does not say.
    pub resampling: Option<String>,
    /// The classifier's verdicts, where `predictions.jsonl` was read too; else empty.
    pub predictions: Vec<Prediction>,
    /// The share of members in each category, for a membership run of this program; else empty.
    pub member_shares: Vec<MemberShare>,
    /// How it was made, as far as the file says.
    pub provenance: Provenance,
    /// What the run says of its result; none where the file does not say.
    pub verdict: Option<Verdict>,
    /// The doubts that the run itself recorded.
    pub diagnostics: Vec<Diagnostic>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl Run {
    /// The run in the bytes of a summary file. `path` names it in errors and gives it its name.
    ///
    /// # Errors
    /// If the bytes are not such JSON, or the shares do not fit their categories or sum to 1.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        check_object(path, text)?;
        let mut raw: RawSummary =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        if let Some(found) = raw.schema_version.filter(|version| *version > SCHEMA_VERSION) {
            let problem = Problem::TooNew { found, known: SCHEMA_VERSION };
            return Err(InputError::new(path, "schema_version", problem));
        }
        let reader = Reader { path };
        let stated = match &raw.categories {
            Some(names) => Some(reader.taxonomy("categories", names)?),
            None => None,
        };
        let shares = reader.shares(&raw, stated)?;
        let (intervals, replicates, level) = match &mut raw.priors {
            Some(priors) => (
                reader.intervals("priors", priors, &shares.taxonomy)?,
                reader.replicates(priors.replicates.take(), &shares.taxonomy)?,
                reader.level(priors)?,
            ),
            None => (None, None, None),
        };
        let name = given_name(&raw, path);
        let other = OtherUnit::read(&raw, &reader, &shares.taxonomy)?;
        Ok(Self {
            name,
            path: path.to_owned(),
            dialect: shares.dialect,
            resampling: resampling(&raw),
            provenance: Provenance::of(&raw, shares.dialect),
            member_shares: reader.member_shares(&raw)?,
            method: raw.method,
            unit: raw.unit,
            other,
            target_model: raw.config.and_then(|config| config.target_model),
            taxonomy: shares.taxonomy,
            estimate: shares.estimate,
            intervals,
            level,
            replicates,
            predictions: Vec::new(),
            verdict: raw.verdict.map(Verdict::printable),
            diagnostics: raw.diagnostics,
            sha256: sha256_hex(bytes),
        })
    }

    /// A published mixture seen as if it were an estimate, to score it against another.
    pub fn of_spec(spec: &Spec) -> Self {
        Self {
            name: spec.id.clone(),
            path: spec.id.clone(),
            dialect: Dialect::Ours,
            method: None,
            unit: spec.unit.map(|unit| unit.counted()),
            other: None,
            target_model: None,
            taxonomy: spec.taxonomy.clone(),
            estimate: spec.mixture.clone(),
            intervals: None,
            level: None,
            replicates: None,
            resampling: None,
            predictions: Vec::new(),
            member_shares: Vec::new(),
            provenance: Provenance::default(),
            verdict: None,
            diagnostics: Vec::new(),
            sha256: spec.sha256.clone(),
        }
    }
}

/// The name that the run was given, else that of its folder, fit to be shown.
pub(super) fn given_name(raw: &RawSummary, path: &str) -> String {
    let given = raw.config.as_ref().and_then(|config| config.run_name.clone());
    printable(&given.unwrap_or_else(|| run_name(path))).into_owned()
}

/// What two runs must share to have drawn the same; see [`Run::resampling`].
fn resampling(raw: &RawSummary) -> Option<String> {
    let seed = raw.config.as_ref()?.seed?;
    Some(format!("{seed} {}", raw.inputs.as_ref()?))
}

/// The folder that a run's file lies in, else the file's stem.
pub(crate) fn run_name(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., folder, "summary.json" | "predictions.jsonl" | "openings.jsonl"]
            if *folder != "." && *folder != ".." =>
        {
            (*folder).to_owned()
        }
        [.., file] => file.strip_suffix(".json").unwrap_or(file).to_owned(),
        [] => "run".to_owned(),
    }
}
