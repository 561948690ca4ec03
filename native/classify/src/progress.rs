//! How far work is, as a classifier tells it.

use data_anatomy_job::progress;

/// Called as work proceeds, with the stage's name, the units done and their total.
///
/// It may be called from several threads at once, and seldom enough to draw on every call.
pub type Progress<'a> = dyn Fn(&str, usize, usize) + Sync + 'a;

/// What shows on this display how far work is.
pub fn shown(progress: &progress::Progress) -> impl Fn(&str, usize, usize) + Sync {
    |stage, done, total| {
        // How many steps a fit takes is not known before its last.
        progress.at(stage, done, (stage != "fit").then_some(total));
    }
}
