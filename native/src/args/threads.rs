//! How many threads may be typed.

/// The most threads that can be asked for.
const MAX_THREADS: usize = 1024;

/// The number of threads that was typed; 0 stands for all cores.
pub(crate) fn threads(typed: &str) -> Result<usize, String> {
    let n = typed.parse().ok().filter(|n| *n <= MAX_THREADS);
    n.ok_or_else(|| format!("expected from 0 to {MAX_THREADS}"))
}
