//! Failures of devices as errors: the libraries below report some by panics.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use anyhow::anyhow;

thread_local! {
    /// Whether a panic of this thread is caught, and so needs no report of its own.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What `work` returns; a panic in it becomes an error of one line that begins with `what`.
///
/// # Errors
/// As `work`, and if it panics.
pub(super) fn guarded<T>(
    what: &str,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                usual(info);
            }
        }));
    });
    let outer = CAUGHT.replace(true);
    // What was half changed belongs to a model whose run ends with this error.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    result.unwrap_or_else(|payload| Err(anyhow!("{what}: {}", first_line(payload.as_ref()))))
}

fn first_line(payload: &(dyn Any + Send)) -> &str {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no reason is given");
    message.lines().find(|line| !line.trim().is_empty()).unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_of_one_line() {
        let error = guarded::<()>("device", || panic!("\nno room\nmore than can be said"));
        assert_eq!(error.unwrap_err().to_string(), "device: no room");
    }

    #[test]
    fn what_does_not_panic_passes_through() {
        assert_eq!(guarded("device", || Ok(3)).unwrap(), 3);
        let error = guarded::<()>("device", || Err(anyhow!("as it was"))).unwrap_err();
        assert_eq!(error.to_string(), "as it was");
    }
}
