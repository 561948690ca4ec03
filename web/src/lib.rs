//! Thin doors from JavaScript to core.
