//! `minkpp` and `membership`: which documents a model was trained on, by what it says of their tokens.

use std::io::Write;
use std::path::PathBuf;

use anyhow::ensure;
use data_anatomy_core::membership::analysis::AnalysisOptions;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::summary::MembershipSummary;
use data_anatomy_core::report;

use crate::args::{AttackArgs, AttackChoice, MembershipArgs, MinkppArgs};
use crate::exit::Outcome;
use crate::membership::analysis::AttackResult;
use crate::membership::collected::{self, Collected, Job};
use crate::membership::{attacks, outputs};
use crate::progress::Progress;
use crate::runs;

pub(super) fn minkpp(args: &MinkppArgs) -> anyhow::Result<Outcome> {
    let settings = AttackArgs::default();
    let job = Job {
        pools: &args.pools,
        settings: &settings,
        analysis: &args.analysis,
        run_name: &args.run_name,
        attacks: &[Attack::MinKPlusPlus],
        by_name: true,
    };
    run(job, |_| args.analysis.output_dir.join(&args.run_name))
}

pub(super) fn membership(args: &MembershipArgs) -> anyhow::Result<Outcome> {
    let by_name = !args.attack.contains(&AttackChoice::All);
    let mut attacks: Vec<Attack> = if by_name {
        let one = |choice: &AttackChoice| match choice {
            AttackChoice::One(attack) => Some(*attack),
            AttackChoice::All => None,
        };
        args.attack.iter().filter_map(one).collect()
    } else {
        Attack::ALL.to_vec()
    };
    attacks.sort_unstable();
    attacks.dedup();
    let job = Job {
        pools: &args.pools,
        settings: &args.settings,
        analysis: &args.analysis,
        run_name: &args.run_name,
        attacks: &attacks,
        by_name,
    };
    let folder = |attack: Attack| format!("{}-{}", args.run_name, attack.name());
    run(job, |attack| args.analysis.output_dir.join(folder(attack)))
}

/// Runs the attacks; `folder_of` says which folder the result of each goes to.
fn run(job: Job<'_>, folder_of: impl Fn(Attack) -> PathBuf) -> anyhow::Result<Outcome> {
    check(job)?;
    let progress = Progress::new(job.analysis.quiet);
    let collected = collected::collect(job, &progress)?;
    let options = AnalysisOptions {
        level: job.analysis.level,
        n_replicates: job.analysis.n_boot as u64,
        seed: job.analysis.seed,
    };
    let results = collected.results(&options);
    let summaries = outputs::summaries(job, &collected, &results, &options)?;
    let shared = job.analysis.output_dir.join(job.run_name);
    outputs::write_shared(job, &shared, &collected, &results)?;
    for (summary, result) in summaries.iter().zip(&results) {
        let folder = folder_of(summary.attack);
        outputs::write_attack(job, &folder, summary, result)?;
        progress.say(&format!("written to {}", folder.display()));
    }
    let mut out = std::io::stdout().lock();
    match (job.analysis.json, summaries.as_slice()) {
        (true, [only]) => out.write_all(only.to_json().as_bytes())?,
        (true, _) => serde_json::to_writer_pretty(out, &summaries)?,
        (false, _) => print(&mut out, &collected, &results, &summaries)?,
    }
    Ok(Outcome::Done)
}

/// The results, for a terminal.
fn print(
    out: &mut impl Write,
    collected: &Collected,
    results: &[AttackResult],
    summaries: &[MembershipSummary],
) -> std::io::Result<()> {
    for summary in summaries {
        writeln!(out, "{}\n", summary.attack.title())?;
        writeln!(out, "{}", summary.categories_table().to_text())?;
        for diagnostic in &summary.diagnostics {
            writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
        }
        writeln!(out)?;
    }
    if results.iter().any(|result| result.quality.iter().any(Option::is_some)) {
        write!(out, "{}", attacks::overview(collected, results).to_text())?;
    }
    for skipped in &collected.skipped {
        writeln!(out, "left out: {}: {}", skipped.attack.name(), skipped.remedy)?;
    }
    Ok(())
}

/// The most replicates: each is kept until the end.
const MAX_REPLICATES: usize = 100_000;
/// The most copies of a document: all of them are in one part of a folder of scores.
const MAX_COPIES: usize = 1000;

fn check(job: Job<'_>) -> anyhow::Result<()> {
    let (pools, settings, analysis) = (job.pools, job.settings, job.analysis);
    let is_share = |share: f64| share > 0.0 && share <= 1.0;
    ensure!(
        is_share(pools.mink_ratio),
        "--mink-ratio: expected a share above 0 and up to 1, found {}",
        pools.mink_ratio
    );
    ensure!(
        analysis.level > 0.0 && analysis.level < 1.0,
        "--level: expected a level between 0 and 1, found {}",
        analysis.level
    );
    ensure!(
        (2..=MAX_REPLICATES).contains(&analysis.n_boot),
        "--n-boot: expected from 2 to {MAX_REPLICATES} replicates (200 are plenty), found {}",
        analysis.n_boot
    );
    ensure!(
        (1..=MAX_COPIES).contains(&settings.n_perturbations),
        "--n-perturbations: expected from 1 to {MAX_COPIES}, found {}",
        settings.n_perturbations
    );
    ensure!(
        is_share(settings.pct_words_masked),
        "--pct-words-masked: expected a share above 0 and up to 1, found {}",
        settings.pct_words_masked
    );
    for (flag, number) in
        [("--num-shots", settings.num_shots), ("--span-length", settings.span_length)]
    {
        ensure!(number > 0, "{flag}: expected 1 or more, found 0");
    }
    ensure!(
        settings.dcpdd_limit > 0.0 && settings.dcpdd_limit.is_finite(),
        "--dcpdd-limit: expected a number above 0, found {}",
        settings.dcpdd_limit
    );
    runs::check_name(job.run_name)
}
