//! The program run end to end, as a user runs it. Each module is one concern:
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

// Usage: help, versions, exit codes, streams, spellings of flags.
mod cli;
// Scoring: golden cases, refusals, comparisons, reports.
mod evaluate;
// Label shift: outputs, determinism, refusals, saved classifiers.
mod labelshift;
// Language models: texts and scores, resuming, kill -9, servers, refusals.
mod language_model;
// Membership attacks: scores of every kind, results, refusals, the seed's command.
mod membership;
// Every command that the README shows.
mod readme;
// Sampling a corpus: formats, losses, interruption, budget, Web.
mod sample;
// Published mixtures: list, show, lint.
mod specs;
