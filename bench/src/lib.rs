//! Problems with known answers, and benches.
