//! The files of a run's folders.

use std::path::{Path, PathBuf};

use data_anatomy_core::files::record::Context;
use data_anatomy_core::membership::analysis::AnalysisOptions;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::figures;
use data_anatomy_core::membership::roc::AttackQuality;
use data_anatomy_core::membership::summary::MembershipSummary;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_job::clock;
use data_anatomy_job::files;

use super::analysis::{AttackResult, without_score};
use super::collected::Collected;
use super::settings::{OutputSettings, Settings};
use super::{attacks, config, document_scores, sizes};
use crate::{plots, tool};

/// The summary of each attack.
///
/// # Errors
/// If the sizes of categories cannot be read.
pub fn summaries(
    settings: &Settings,
    collected: &Collected,
    results: &[AttackResult],
    options: &AnalysisOptions,
) -> anyhow::Result<Vec<MembershipSummary>> {
    let categories = collected.categories();
    let sizes = settings.analysis.category_sizes.as_ref();
    let sizes = sizes.map(|name| sizes::read(name, &categories)).transpose()?;
    let created = clock::now();
    let summary = |result: &AttackResult| {
        let context = Context {
            tool: tool::record(),
            created: Some(created.clone()),
            config: config::config(settings, &collected.model, result.attack),
            inputs: collected.inputs.clone(),
            diagnostics: doubts(settings.analysis.blind_baseline, collected, result.attack),
        };
        MembershipSummary::new(
            result.attack,
            &result.categories,
            sizes.as_deref(),
            options,
            context,
        )
    };
    Ok(results.iter().map(summary).collect())
}

/// Writes what all attacks share.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write_shared(
    outputs: &OutputSettings,
    collected: &Collected,
    results: &[AttackResult],
    options: &AnalysisOptions,
) -> anyhow::Result<()> {
    let folder = outputs.shared();
    files::make_folder(&folder)?;
    files::write_with(&folder.join("document_scores.csv"), |file| {
        document_scores::write(file, collected)
    })?;
    let csv = attacks::table(collected, results).to_csv();
    files::write(&folder.join("attacks.csv"), csv.as_bytes())?;
    let attacks = attacks::json(collected, results, options.level);
    let mut json = serde_json::to_vec_pretty(&attacks)?;
    json.push(b'\n');
    files::write(&folder.join("attacks.json"), &json)?;
    let curves = results.iter().filter_map(|result| {
        Some((result.attack.title().to_owned(), result.quality.last()?.as_ref()?))
    });
    let curves: Vec<(String, &AttackQuality)> = curves.collect();
    if !outputs.plots || curves.is_empty() {
        return Ok(());
    }
    let title = format!("Attacks: {}", outputs.run_name);
    plots::write(&folder.join("attacks_roc.png"), &figures::roc(&title, &curves, false))?;
    plots::write(&folder.join("attacks_roc_log.png"), &figures::roc(&title, &curves, true))
}

/// Writes the result of one attack, the summary last; returns the folder that it is in.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write_attack(
    outputs: &OutputSettings,
    summary: &MembershipSummary,
    result: &AttackResult,
) -> anyhow::Result<PathBuf> {
    let folder = outputs.of(summary.attack);
    files::make_folder(&folder)?;
    let per_category = summary.categories_table().to_csv();
    files::write(&folder.join("per_category.csv"), per_category.as_bytes())?;
    let mixture = summary.mixture_table().to_csv();
    files::write(&folder.join("global_mixture.csv"), mixture.as_bytes())?;
    if outputs.plots {
        draw(&outputs.run_name, &folder, summary, result)?;
    }
    files::write(&folder.join("summary.json"), summary.to_json().as_bytes())?;
    Ok(folder)
}

/// More curves than this cannot be told apart.
const MAX_CURVES: usize = 8;

/// The plots of one attack.
fn draw(
    name: &str,
    folder: &Path,
    summary: &MembershipSummary,
    result: &AttackResult,
) -> anyhow::Result<()> {
    let title = summary.attack.title();
    let records = &summary.per_category;
    plots::write(&folder.join("member_shares.png"), &figures::shares(name, records))?;
    let densities = figures::densities(name, title, records);
    plots::write(&folder.join("score_densities.png"), &densities)?;
    let names = summary.categories.iter().map(String::as_str).chain(["all"]);
    let curves = names.zip(&result.quality);
    let curves = curves.filter_map(|(name, quality)| Some((name.to_owned(), quality.as_ref()?)));
    let mut curves: Vec<(String, &AttackQuality)> = curves.collect();
    if curves.len() > MAX_CURVES {
        curves.drain(..curves.len() - 1);
    }
    if curves.is_empty() {
        return Ok(());
    }
    let plot = figures::roc(&format!("{title}: {name}"), &curves, false);
    plots::write(&folder.join("roc.png"), &plot)
}

/// What a reader must know that the scores themselves do not tell.
fn doubts(blind_baseline: bool, collected: &Collected, attack: Attack) -> Vec<Diagnostic> {
    let mut doubts = Vec::new();
    let pools = [("candidates", &collected.candidates), ("non-members", &collected.nonmembers)];
    for (name, pool) in pools {
        for reason in without_score(pool, attack) {
            let message = format!("{name} without a score were left out, {reason}");
            doubts.push(Diagnostic::note("documents_without_score", message));
        }
    }
    if collected.n_shared > 0 {
        let message = format!(
            "{} candidates equal a non-member but for white space and case: they are no members, or the \
             non-members are none",
            collected.n_shared
        );
        doubts.push(Diagnostic::warning("shared_documents", message));
    }
    let unknown = collected.unknown_categories();
    if !unknown.is_empty() {
        let message = format!(
            "non-members of no category of candidates are not used: {}",
            unknown.join(", ")
        );
        doubts.push(Diagnostic::note("unused_nonmembers", message));
    }
    if collected.blind.is_none() && collected.nonmembers.n_documents() > 0 {
        let why = if blind_baseline { "the texts are not given" } else { "not asked for" };
        let message = format!(
            "there is no blind baseline ({why}): whether the texts alone tell candidates from non-members is \
             not known"
        );
        doubts.push(Diagnostic::warning("no_blind_baseline", message));
    }
    doubts
}
