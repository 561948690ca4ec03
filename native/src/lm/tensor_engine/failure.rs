//! Failures of a device as errors: burn reports some by panics.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::anyhow;

/// What `work` returns; a panic in it becomes an error of one line.
pub(super) fn guarded<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    // What was half changed belongs to a model whose run ends with this error.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(error(payload.as_ref())))
}

fn error(payload: &(dyn Any + Send)) -> anyhow::Error {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no reason is given");
    let first_line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or(message);
    anyhow!("the device failed: {first_line}")
}
