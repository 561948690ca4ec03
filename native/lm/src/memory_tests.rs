//! Closed forms of a model whose numbers can be counted by hand.

use super::*;
use crate::architecture;
use crate::config::Config;
use crate::device::{Kind, Memory};

/// Two layers of width 8 with two heads, an MLP of width 16, and a vocabulary of 100.
fn blueprint() -> Blueprint {
    let config = br#"{"model_type": "llama", "vocab_size": 100, "hidden_size": 8,
        "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
        "max_position_embeddings": 64, "tie_word_embeddings": true}"#;
    architecture::blueprint(&Config::parse("config.json", config).unwrap()).unwrap()
}

/// 2 × (4·8·8 + 3·16·8) + 100·8.
const N_PARAMETERS: u64 = 2080;
/// 3·8 + 4·8 + 3·16.
const PER_TOKEN: u64 = 104;

#[test]
fn scoring_on_the_processor_takes_weights_and_a_batch() {
    let work = Work::Score { batch_tokens: 32, longest: 16 };
    let found = estimate(&blueprint(), BackEnd::Cpu, Precision::F32, work);
    let expected =
        Estimate { parameters: 4 * N_PARAMETERS, cache: 0, workspace: 4 * 32 * PER_TOKEN };
    assert_eq!(found, expected);
    assert_eq!(found.total(), 4 * N_PARAMETERS + 4 * 32 * PER_TOKEN);
}

#[test]
fn generating_takes_keys_and_values_of_every_slot() {
    let work = Work::Generate { n_slots: 4, capacity: 10 };
    let of = |back_end, precision| estimate(&blueprint(), back_end, precision, work);
    // Two layers, keys and values, 8 numbers each, 40 tokens.
    assert_eq!(of(BackEnd::Cpu, Precision::Bf16).cache, 2 * 2 * 8 * 40 * 4);
    assert_eq!(of(BackEnd::Cuda, Precision::F32).cache, 2 * 2 * 8 * 40 * 4);
    assert_eq!(of(BackEnd::Cuda, Precision::Bf16).cache, 2 * 2 * 8 * 40 * 2);
    assert_eq!(of(BackEnd::Cuda, Precision::Bf16).parameters, 2 * N_PARAMETERS);
    assert_eq!(of(BackEnd::Cuda, Precision::Int8).parameters, Precision::Int8.bytes(N_PARAMETERS));
}

#[test]
fn the_workspace_of_a_gpu_counts_logits_and_scores() {
    let work = Work::Score { batch_tokens: 32, longest: 16 };
    let found = estimate(&blueprint(), BackEnd::Wgpu, Precision::F32, work);
    // Two rows; four copies of 32 rows of logits; three of 16 × 16 scores of two heads.
    let logits = 4 * 32 * 100;
    let scores = 3 * 2 * 2 * 16 * 16;
    assert_eq!(found.workspace, 4 * (32 * PER_TOKEN + logits + scores));
}

#[test]
fn the_workspace_of_a_gpu_does_not_grow_with_the_batch() {
    let of = |batch_tokens| {
        let work = Work::Score { batch_tokens, longest: 64 };
        estimate(&blueprint(), BackEnd::Cuda, Precision::F32, work).workspace
    };
    assert_eq!(of(1 << 20), of(1 << 14));
    assert!(of(1 << 10) < of(1 << 14));
}

#[test]
fn what_does_not_fit_says_what_to_try() {
    let adapter = |free_bytes: Option<u64>| Adapter {
        back_end: BackEnd::Cuda,
        index: 1,
        name: String::new(),
        kind: Kind::DiscreteGpu,
        index_of_kind: 1,
        memory: free_bytes.map(|free_bytes| Memory { total_bytes: 80_000_000_000, free_bytes }),
        types: vec![],
    };
    let estimate =
        Estimate { parameters: 28_000_000_000, cache: 1_500_000_000, workspace: 40_000_000 };
    let sum = "memory: about 29.5 GB (28.0 GB parameters, 1.5 GB keys and values, 40 MB workspace)";
    let beside = |free: &[Option<u64>]| {
        estimate.beside(&free.iter().map(|free| adapter(*free)).collect::<Vec<_>>())
    };
    assert_eq!(beside(&[Some(79_000_000_000)]), format!("{sum} of 79.0 GB free on cuda:1"));
    let hint = "it does not fit; try --half, --int8, a smaller --batch-size, or several devices";
    assert_eq!(
        beside(&[Some(23_000_000_000)]),
        format!("{sum}, but 23.0 GB are free on cuda:1: {hint}")
    );
    assert_eq!(
        beside(&[Some(23_000_000_000); 2]),
        format!("{sum} of 46.0 GB free on cuda:1, cuda:1")
    );
    assert_eq!(beside(&[None]), format!("{sum}; how much cuda:1 has is not known"));
}
