//! Errors and panics as JavaScript sees them.

use data_anatomy_core::messages::input_error::InputError;
use wasm_bindgen::{JsError, JsValue};

/// Name of the global that holds the message of a panic; the page shows it.
const PANIC_GLOBAL: &str = "dataAnatomyPanic";

/// Keeps the message of a panic where the page finds it: a WebAssembly trap itself tells nothing.
pub(crate) fn keep_panic_messages() {
    std::panic::set_hook(Box::new(|info| {
        // Setting a property of the global object fails only where it is frozen.
        let _ = js_sys::Reflect::set(
            &js_sys::global(),
            &JsValue::from_str(PANIC_GLOBAL),
            &JsValue::from_str(&info.to_string()),
        );
    }));
}

/// Returns a refused input as a JavaScript `Error` with its remedy in `hint`.
pub(crate) fn input_error(error: &InputError) -> JsValue {
    let thrown = js_sys::Error::new(&error.message());
    if let Some(hint) = error.hint() {
        let _ = js_sys::Reflect::set(&thrown, &"hint".into(), &JsValue::from_str(&hint));
    }
    thrown.into()
}

/// Returns any other error as a JavaScript `Error`.
pub(crate) fn plain_error(error: impl std::fmt::Display) -> JsValue {
    JsError::new(&error.to_string()).into()
}
