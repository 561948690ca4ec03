//! All replicates of a study, made on all threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use data_anatomy_core::openings::replicate::OpeningsReplicate;
use data_anatomy_core::openings::study::Study;
use data_anatomy_job::progress::Progress;
use rayon::prelude::*;

/// All replicates of a study, in order.
pub fn carry_out(study: &Study, progress: &Progress) -> Vec<OpeningsReplicate> {
    let n_replicates = usize::try_from(study.options().n_replicates).unwrap_or(usize::MAX);
    let done = AtomicUsize::new(0);
    // One at a time: the first ones take longer, as they test what the estimate rests on.
    (0..n_replicates)
        .into_par_iter()
        .with_max_len(1)
        .map(|index| {
            let replicate = study.replicate(index as u64);
            progress.at("bootstrap", 1 + done.fetch_add(1, Ordering::Relaxed), Some(n_replicates));
            replicate
        })
        .collect()
}
