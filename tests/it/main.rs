//! The program run end to end, as a user runs it. Each module is one concern:
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

// All kinds of evidence in one run: outputs, resumption, refusals.
mod audit;
// Usage: help, versions, exit codes, streams, spellings of flags.
mod cli;
// Scoring: golden cases, refusals, comparisons, reports.
mod evaluate;
// Label shift: outputs, determinism, refusals, saved classifiers.
mod labelshift;
// Label shift with a model: texts, echoes, splits, lengths, kill -9.
mod labelshift_model;
// Language models: texts and scores, resuming, kill -9, servers, refusals.
mod language_model;
// Membership attacks: scores of every kind, results, refusals, the seed's command.
mod membership;
// Openings: outputs, determinism, kill -9, servers, refusals.
mod openings;
// Every command that the README shows.
mod readme;
// Estimating a stored run again: choices, merges, units, refusals.
mod reestimate;
// Sampling a corpus: formats, losses, interruption, budget, Web.
mod sample;
// Every command of the seed study's README.
mod seed_commands;
// Published mixtures: list, show, lint.
mod specs;
