//! Failures of libraries as errors: they report some by panics, on this thread or on one that serves a device.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};

use anyhow::anyhow;

thread_local! {
    /// Whether a panic of this thread is caught, and so needs no report of its own.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What went wrong first on a thread that serves a device: the panics that follow from it say less.
static CAUSE: Mutex<Option<String>> = Mutex::new(None);

/// What `work` returns; a panic in it becomes an error of one line that begins with `what`.
///
/// # Errors
/// As `work`, and if it panics.
pub fn guarded<T>(what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if serves_device() {
                remember(info);
            } else if !CAUGHT.get() {
                usual(info);
            }
        }));
    });
    let outer = CAUGHT.replace(true);
    // What was half changed belongs to a model whose run ends with this error.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    result.unwrap_or_else(|payload| {
        let cause = CAUSE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let cause = cause.unwrap_or_else(|| first_line(payload.as_ref()));
        Err(anyhow!("{what}: {cause}"))
    })
}

/// Whether this is one of burn's threads, which it calls DSU-… and DSD-….
fn serves_device() -> bool {
    let current = std::thread::current();
    current.name().is_some_and(|name| name.starts_with("DSU-") || name.starts_with("DSD-"))
}

fn remember(info: &PanicHookInfo<'_>) {
    let mut cause = CAUSE.lock().unwrap_or_else(PoisonError::into_inner);
    cause.get_or_insert_with(|| first_line(info.payload()));
}

fn first_line(payload: &(dyn Any + Send)) -> String {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no reason is given");
    message.lines().find(|line| !line.trim().is_empty()).unwrap_or(message).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since what a serving thread says is kept for all.
    #[test]
    fn a_panic_becomes_an_error_of_one_line_with_its_first_cause() {
        let error = guarded::<()>("device", || {
            let serving = std::thread::Builder::new().name("DSU-0-0".to_owned());
            let result = serving.spawn(|| panic!("\nno room\nmore than can be said"))?.join();
            panic!("no answer: {}", result.is_err())
        });
        assert_eq!(error.unwrap_err().to_string(), "device: no room");
        let error = guarded::<()>("device", || panic!("no answer"));
        assert_eq!(error.unwrap_err().to_string(), "device: no answer");
    }

    #[test]
    fn what_does_not_panic_passes_through() {
        assert_eq!(guarded("device", || Ok(3)).unwrap(), 3);
        let error = guarded::<()>("device", || Err(anyhow!("as it was"))).unwrap_err();
        assert_eq!(error.to_string(), "as it was");
    }
}
