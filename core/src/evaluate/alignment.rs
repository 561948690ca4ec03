//! Putting an estimate and a ground truth on the same categories.
//!
//! Decided per run and spec, never by what else is compared: finer categories are joined only where
//! the other side has nothing but their whole, or where the user asks for it.

use serde::{Deserialize, Serialize};

use crate::files::run::Run;
use crate::files::spec::Spec;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::numeric::interval::Interval;
use crate::shares::merge::Merge;
use crate::shares::taxonomy::Taxonomy;
use crate::shares::well_known::{self, key};

/// A merge that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The name of the whole.
    pub into: String,
    /// The categories that were joined, as their side names them.
    pub from: Vec<String>,
    /// Whose categories were joined: `ground_truth` or `estimate`.
    pub side: Side,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The published mixture.
    GroundTruth,
    /// The run's.
    Estimate,
}

/// The categories on which a run and a spec are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    /// Their names, in the ground truth's order.
    pub categories: Vec<String>,
    /// What was joined to get there.
    pub merged: Vec<Merged>,
}

/// An estimate and a ground truth on the same categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// The categories, and what was joined to get there.
    pub scheme: Scheme,
    /// Published shares, in scheme order.
    pub ground_truth: Vec<f64>,
    /// Estimated shares, in scheme order.
    pub estimate: Vec<f64>,
    /// Intervals of the estimate, in scheme order, where the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// Bootstrap replicates, `[n_replicates, n_categories]` in scheme order, where the run has any.
    pub replicates: Option<Vec<Vec<f64>>>,
    /// Categories that the run lacks and that were counted as 0.
    pub missing_as_zero: Vec<String>,
    /// What a reader must know of the alignment.
    pub diagnostics: Vec<Diagnostic>,
}

/// How to align.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlignOptions {
    /// Coarser views that the user asks for.
    pub merges: Vec<Merge>,
    /// Count categories that the run lacks as 0, and say so.
    pub missing_as_zero: bool,
}

/// The view of one side: groups of its own positions, each with the name it is shown under.
#[derive(Debug, Clone)]
struct View {
    names: Vec<String>,
    keys: Vec<String>,
    groups: Vec<Vec<usize>>,
}

impl View {
    fn of(taxonomy: &Taxonomy) -> Self {
        Self {
            names: taxonomy.names().to_vec(),
            keys: taxonomy.keys().to_vec(),
            groups: (0..taxonomy.len()).map(|position| vec![position]).collect(),
        }
    }

    fn position(&self, wanted: &str) -> Option<usize> {
        self.keys.iter().position(|key| key == wanted)
    }

    /// Joins the groups with these keys, and the whole where it stands beside them, at the place of
    /// the first. Does nothing where none of the parts is there.
    fn join(&mut self, parts: &[String], whole: &str) {
        let whole_key = key(whole);
        let mut positions: Vec<usize> =
            parts.iter().filter_map(|part| self.position(part)).collect();
        if positions.is_empty() {
            return;
        }
        positions.extend(self.position(&whole_key));
        positions.sort_unstable();
        positions.dedup();
        for &position in positions[1..].iter().rev() {
            let group = self.groups.remove(position);
            self.names.remove(position);
            self.keys.remove(position);
            self.groups[positions[0]].extend(group);
        }
        let first = positions[0];
        self.groups[first].sort_unstable();
        self.names[first] = whole.to_owned();
        self.keys[first] = whole_key;
    }

    fn merged(&self, taxonomy: &Taxonomy, side: Side) -> Vec<Merged> {
        let joined = self.groups.iter().zip(&self.names).filter(|(group, _)| group.len() > 1);
        joined
            .map(|(group, into)| Merged {
                into: into.clone(),
                from: group.iter().map(|&at| taxonomy.names()[at].clone()).collect(),
                side,
            })
            .collect()
    }

    fn sums(&self, shares: &[f64]) -> Vec<f64> {
        let sum = |group: &Vec<usize>| group.iter().map(|&at| shares[at]).sum();
        self.groups.iter().map(sum).collect()
    }
}

/// The run and the spec on the same categories.
///
/// # Errors
/// If the run has categories that the spec lacks, or, unless `missing_as_zero`, the reverse, or a
/// merge names a category that neither side has.
pub fn align(run: &Run, spec: &Spec, options: &AlignOptions) -> Result<Aligned, InputError> {
    let mut truth = View::of(&spec.taxonomy);
    let mut estimate = View::of(&run.taxonomy);
    for merge in &options.merges {
        apply_requested(merge, &mut truth, &mut estimate, spec)?;
    }
    for merge in well_known::merges() {
        apply_well_known(merge, &mut truth, &mut estimate);
    }
    let order = match_categories(run, spec, &truth, &estimate, options)?;
    Ok(assemble(run, spec, &truth, &estimate, &order))
}

fn apply_requested(
    merge: &Merge,
    truth: &mut View,
    estimate: &mut View,
    spec: &Spec,
) -> Result<(), InputError> {
    let parts: Vec<String> = merge.parts.iter().map(|part| key(part)).collect();
    for (part, name) in parts.iter().zip(&merge.parts) {
        if truth.position(part).is_none() && estimate.position(part).is_none() {
            let known = spec.taxonomy.names().to_vec();
            let problem = Problem::NotFound { what: "category", name: name.clone(), known };
            return Err(InputError::new("", "--merge", problem));
        }
    }
    // A side that already has the whole, and none of the parts, stays as it is.
    truth.join(&parts, &merge.whole);
    estimate.join(&parts, &merge.whole);
    Ok(())
}

/// Joins the parts on the side that has them, if the other side has the whole and no part.
fn apply_well_known(merge: well_known::WellKnownMerge, truth: &mut View, estimate: &mut View) {
    let parts: Vec<String> = merge.parts.iter().map(|part| (*part).to_owned()).collect();
    let has_part = |view: &View| parts.iter().any(|part| view.position(part).is_some());
    let has_whole = |view: &View| view.position(merge.whole).is_some();
    if has_whole(estimate) && !has_part(estimate) && has_part(truth) && !has_whole(truth) {
        truth.join(&parts, merge.display);
    } else if has_whole(truth) && !has_part(truth) && has_part(estimate) && !has_whole(estimate) {
        estimate.join(&parts, merge.display);
    }
}

/// For each category of the truth, where it stands in the estimate; none where it is absent.
fn match_categories(
    run: &Run,
    spec: &Spec,
    truth: &View,
    estimate: &View,
    options: &AlignOptions,
) -> Result<Vec<Option<usize>>, InputError> {
    let absent_from = |view: &View, other: &View| -> Vec<String> {
        let named = view.names.iter().zip(&view.keys);
        let absent = named.filter(|(_, key)| other.position(key).is_none());
        absent.map(|(name, _)| name.clone()).collect()
    };
    let unknown = absent_from(estimate, truth);
    if !unknown.is_empty() {
        let known = truth.names.clone();
        let problem = Problem::UnknownCategories { names: unknown, spec: spec.id.clone(), known };
        return Err(InputError::new(&run.path, "", problem));
    }
    let missing = absent_from(truth, estimate);
    if !missing.is_empty() && !options.missing_as_zero {
        let problem = Problem::MissingCategories { names: missing, spec: spec.id.clone() };
        return Err(InputError::new(&run.path, "", problem));
    }
    Ok(truth.keys.iter().map(|key| estimate.position(key)).collect())
}

fn assemble(
    run: &Run,
    spec: &Spec,
    truth: &View,
    estimate: &View,
    order: &[Option<usize>],
) -> Aligned {
    let reorder = |sums: &[f64]| -> Vec<f64> {
        order.iter().map(|position| position.map_or(0.0, |at| sums[at])).collect()
    };
    let replicates = run
        .replicates
        .as_ref()
        .map(|rows| rows.iter().map(|row| reorder(&estimate.sums(row))).collect::<Vec<Vec<f64>>>());
    let mut diagnostics = Vec::new();
    let intervals = run.intervals.as_ref().map(|intervals| {
        align_intervals(run, intervals, estimate, order, replicates.as_deref(), &mut diagnostics)
    });
    let missing_as_zero: Vec<String> = order
        .iter()
        .zip(&truth.names)
        .filter(|(position, _)| position.is_none())
        .map(|(_, name)| name.clone())
        .collect();
    if !missing_as_zero.is_empty() {
        let message =
            format!("counted as 0 although the run lacks it: {}", missing_as_zero.join(", "));
        diagnostics.push(Diagnostic::warning("missing_as_zero", message));
    }
    let mut merged = truth.merged(&spec.taxonomy, Side::GroundTruth);
    merged.extend(estimate.merged(&run.taxonomy, Side::Estimate));
    Aligned {
        scheme: Scheme { categories: truth.names.clone(), merged },
        ground_truth: truth.sums(spec.mixture.shares()),
        estimate: reorder(&estimate.sums(run.estimate.shares())),
        intervals,
        replicates,
        missing_as_zero,
        diagnostics,
    }
}

/// Intervals in scheme order: those of joined categories from the replicates where there are any,
/// else from the ends of the parts, which is a bound and not an interval, and is said.
fn align_intervals(
    run: &Run,
    intervals: &[Interval],
    estimate: &View,
    order: &[Option<usize>],
    replicates: Option<&[Vec<f64>]>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Interval> {
    let level = run.level.unwrap_or(0.95);
    let mut summed = Vec::new();
    let aligned = order.iter().enumerate().map(|(category, position)| {
        let Some(at) = *position else { return Interval::sum(&[]) };
        let group = &estimate.groups[at];
        if let [only] = group.as_slice() {
            return intervals[*only];
        }
        let draws = |rows: &[Vec<f64>]| rows.iter().map(|row| row[category]).collect::<Vec<_>>();
        let from_replicates = replicates.and_then(|rows| Interval::central(&draws(rows), level));
        from_replicates.unwrap_or_else(|| {
            summed.push(estimate.names[at].clone());
            let parts: Vec<Interval> = group.iter().map(|&part| intervals[part]).collect();
            Interval::sum(&parts)
        })
    });
    let aligned: Vec<Interval> = aligned.collect();
    if !summed.is_empty() {
        let message = format!(
            "the interval of {} adds the ends of its parts' intervals: a bound, not an interval at \
             the stated level (the run stores no replicates)",
            summed.join(", ")
        );
        diagnostics.push(Diagnostic::note("merged_interval_is_a_bound", message));
    }
    aligned
}
