//! What a sample is made of, and how: `manifest.json`.

use std::collections::{BTreeMap, BTreeSet};

use data_anatomy_core::files::record::ToolRecord;
use data_anatomy_job::clock;
use serde_json::{Map, Value, json};

use super::budget;
use super::publish::{self, Written};
use super::reading::Part;
use super::report::{ShardReport, Totals};
use super::select::Selection;
use super::shard::Unreadable;
use super::task::Task;

/// All that the manifest tells of.
#[derive(Debug)]
pub struct Made<'a> {
    /// The settings by name.
    pub settings: &'a Map<String, Value>,
    /// How categories are told apart.
    pub told_apart_by: &'a BTreeSet<String>,
    /// The shards.
    pub tasks: &'a [Task],
    /// The program that makes it.
    pub tool: &'a ToolRecord,
    /// What each gave.
    pub reports: &'a [ShardReport],
    /// What of the corpus cannot be read.
    pub unreadable: &'a [Unreadable],
    /// Counts by category.
    pub totals: &'a Totals,
    /// The documents drawn.
    pub selection: &'a Selection,
    /// What was written, by key of category.
    pub written: &'a BTreeMap<String, Written>,
    /// Documents that were to be kept out.
    pub n_excluded: u64,
    /// Passes over the corpus that it took.
    pub n_passes: usize,
}

impl Made<'_> {
    /// The manifest.
    pub fn manifest(&self) -> Value {
        let n_lost = self.reports.iter().filter(|report| report.lost.is_some()).count();
        let files = self.tasks.iter().zip(self.reports).map(file);
        let n_faults: u64 = self.reports.iter().map(ShardReport::n_faults).sum();
        json!({
            "schema_version": 1,
            "kind": "sample",
            "tool": self.tool,
            "created": clock::now(),
            "settings": self.settings,
            "told_apart_by": self.told_apart_by,
            "uniformity": self.uniformity(),
            "n_passes": self.n_passes,
            "n_documents_to_exclude": self.n_excluded,
            "lost": {"files": n_lost + self.unreadable.len(), "documents": n_faults},
            "categories": self.totals.keys().map(|key| self.category(key)).collect::<Vec<_>>(),
            "files": files.chain(self.unreadable.iter().map(unreadable)).collect::<Vec<_>>(),
        })
    }

    /// Of what the sample is uniform, in plain words.
    fn uniformity(&self) -> String {
        let distinct = "Of each category, every distinct text that qualifies was as likely to be drawn as any \
             other; a text that is repeated, its characters escaped alike, counts once. Of texts that \
             are equal but for white space and case, or nearly the same, one alone is kept, chosen at random; such a group is as likely to \
             be drawn as its members together.";
        match budget::cost(self.tasks) {
            None => distinct.to_owned(),
            Some(cost) => format!("{distinct} But this is {cost}."),
        }
    }

    fn category(&self, key: &str) -> Value {
        let Some(counts) = self.totals.get(key) else { return Value::Null };
        let written = self.written.get(key);
        let n_kept = self.selection.kept.get(key).map_or(0, Vec::len);
        let tally = self.selection.tallies.get(key).copied().unwrap_or_default();
        let seen = counts.seen();
        json!({
            "name": counts.name,
            "file": written.map(|_| publish::file_name(key)),
            "sha256": written.map(|written| &written.sha256),
            "n_seen": seen.n(),
            "n_qualified": counts.qualified.n(),
            "n_kept": n_kept,
            "duplicates": tally,
            "text_bytes": counts.text_bytes.to_string().parse::<serde_json::Number>().ok(),
            "kept_bytes": written.map_or(0, |written| written.bytes),
            "kept_chars": written.map_or(0, |written| written.chars),
            "document_chars": {"seen": seen.record(), "qualified": counts.qualified.record()},
        })
    }
}

/// What cannot be read.
fn unreadable(Unreadable { name, reason }: &Unreadable) -> Value {
    json!({"path": name, "read": "not read", "lost": reason})
}

/// What one file gave.
fn file((task, report): (&Task, &ShardReport)) -> Value {
    let read = match task.part {
        None => "not read",
        Some(Part::Whole) => "whole",
        Some(Part::Random { .. }) => "random part",
        Some(Part::Head { .. }) => "beginning",
    };
    let mut file = json!({
        "path": report.name,
        "bytes": report.version.bytes,
        "read": read,
        "bytes_read": report.bytes_read,
        "n_documents": report.n_documents,
    });
    if report.n_other > 0 {
        file["n_other_categories"] = report.n_other.into();
    }
    if let Some(lost) = &report.lost {
        file["lost"] = lost.as_str().into();
    }
    if !report.faults.is_empty() {
        file["faults"] = json!(report.faults);
        file["first_faults"] = json!(report.examples);
    }
    file
}
