//! The engine against `transformers`, and against itself.
