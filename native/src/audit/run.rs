//! An audit: each kind of evidence, one after another.

use std::path::PathBuf;

use anyhow::anyhow;
use data_anatomy_job::progress::Progress;

use super::settings::Settings;
use crate::labelshift;
use crate::membership;
use crate::openings;
use crate::together::Together;

/// What an audit found.
#[derive(Debug)]
pub struct Audited {
    /// What the model expects at beginnings of documents; none where that was not asked or failed.
    pub openings: Option<openings::Finished>,
    /// What its texts are; none where that failed.
    pub labelshift: Option<labelshift::Finished>,
    /// Which documents it was trained on; none where that was not asked or failed.
    pub membership: Option<membership::Finished>,
    /// What failed, with the reason.
    pub failures: Vec<(&'static str, anyhow::Error)>,
    /// The folders of results, that of the best answer first.
    pub folders: Vec<PathBuf>,
}

impl Audited {
    /// Both kinds of evidence together, where there are two.
    pub fn together(&self) -> Option<&Together> {
        self.labelshift.as_ref()?.together.as_ref()
    }

    /// Whether something is missing.
    pub fn is_partial(&self) -> bool {
        !self.failures.is_empty()
            || self.openings.as_ref().is_some_and(|one| one.is_partial)
            || self.labelshift.as_ref().is_some_and(|one| one.is_partial)
    }
}

/// What openings, label shift and, where non-members are given, membership say of a model; everything is written to the
/// audit's folder. What one of them has made is kept, and the same settings go on from there.
///
/// # Errors
/// If a setting is out of its range, or all that was asked failed.
pub fn run(settings: &Settings, progress: &Progress) -> anyhow::Result<Audited> {
    settings.check()?;
    let mut failures = Vec::new();
    let openings = settings.openings().and_then(|asked| {
        progress.say("openings: what the model expects at the beginning of a document");
        kept("openings", openings::run(&asked, progress), &mut failures)
    });
    progress.say("label shift: what kinds of texts the model writes");
    let labelshift =
        kept("label shift", labelshift::run(&settings.labelshift(), progress), &mut failures);
    let membership = settings.membership().and_then(|asked| {
        progress.say("membership: which documents the model was trained on");
        kept("membership", membership::run(&asked, progress), &mut failures)
    });
    if openings.is_none() && labelshift.is_none() && membership.is_none() {
        let told: Vec<String> =
            failures.iter().map(|(method, reason)| format!("{method}: {reason:#}")).collect();
        return Err(anyhow!("nothing could be told of the model\n  {}", told.join("\n  ")));
    }
    let mut audited = Audited { openings, labelshift, membership, failures, folders: Vec::new() };
    audited.folders = folders(&audited, settings);
    Ok(audited)
}

/// What was found, or nothing with the reason kept.
fn kept<T>(
    method: &'static str,
    found: anyhow::Result<T>,
    failures: &mut Vec<(&'static str, anyhow::Error)>,
) -> Option<T> {
    found.map_err(|reason| failures.push((method, reason))).ok()
}

fn folders(audited: &Audited, settings: &Settings) -> Vec<PathBuf> {
    let fused = audited.together().and_then(|together| together.fused.as_ref());
    let membership = audited.membership.as_ref().and_then(|_| settings.membership());
    let all = [
        fused.map(|(_, folder)| folder.clone()),
        audited.openings.as_ref().map(|one| one.folder.clone()),
        audited.labelshift.as_ref().map(|one| one.folder.clone()),
        membership.map(|asked| asked.outputs.shared()),
    ];
    all.into_iter().flatten().collect()
}
