//! `minkpp` and `membership`: which documents a model was trained on, by what it says of their tokens.

use data_anatomy_core::membership::attack::Attack;

use crate::args::{AttackArgs, AttackChoice, MembershipArgs, MinkppArgs};
use crate::exit::Outcome;
use crate::files;
use crate::membership::collected::{self, Job};
use crate::membership::document_scores;
use crate::progress::Progress;

pub(super) fn minkpp(args: &MinkppArgs) -> anyhow::Result<Outcome> {
    run(Job {
        pools: &args.pools,
        settings: &AttackArgs::default(),
        analysis: &args.analysis,
        run_name: &args.run_name,
        attacks: &[Attack::MinKPlusPlus],
        by_name: true,
    })
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
    run(Job {
        pools: &args.pools,
        settings: &args.settings,
        analysis: &args.analysis,
        run_name: &args.run_name,
        attacks: &attacks,
        by_name,
    })
}

fn run(job: Job<'_>) -> anyhow::Result<Outcome> {
    let progress = Progress::new(job.analysis.quiet);
    let collected = collected::collect(job, &progress)?;
    let folder = job.analysis.output_dir.join(job.run_name);
    files::make_folder(&folder)?;
    files::write_with(&folder.join("document_scores.csv"), |file| {
        document_scores::write(file, &collected)
    })?;
    Ok(Outcome::Done)
}
