//! Parameters in main memory: out of a checkpoint, fresh, and back into one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_lm::checkpoint::Checkpoint;
use safetensors::tensor::{Dtype, TensorView};

use super::architecture::Architecture;
use super::places::{Places, Role, Spec};

/// The stream of a seed from which fresh weights are drawn; each parameter adds its place.
const INITIAL_STREAM: u64 = 1 << 32;

/// Tensors of pretraining heads and counters, which no classifier needs.
const UNUSED: [&str; 6] = [
    "cls.",
    "vocab_transform.",
    "vocab_layer_norm.",
    "vocab_projector.",
    "qa_outputs.",
    "dropout.",
];
/// What counters' names end with.
const COUNTERS: &str = "position_ids";

/// Values of every parameter, by place; row-major in the parameter's own shape.
pub(super) type HostWeights = Vec<Vec<f32>>;

/// Which part of a head is taken from a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// All; it must be there.
    Whole,
    /// What is there, but not the last layer, which is for other categories.
    WithoutLast,
}

/// The parameters that the checkpoint holds; those of the head that are not taken are fresh.
///
/// # Errors
/// If a tensor is missing or has another shape, or the checkpoint holds what the architecture does not
/// know.
pub(super) fn read(
    checkpoint: &Checkpoint,
    architecture: &Architecture,
    places: &Places,
    head: Head,
    seed: u64,
) -> anyhow::Result<HostWeights> {
    let mut used = BTreeSet::new();
    let prefix = architecture.family.prefix();
    let mut weights = Vec::with_capacity(places.specs.len());
    for (place, spec) in places.specs.iter().enumerate() {
        let is_classifier = [places.classifier.weight, places.classifier.bias].contains(&place);
        let names: Vec<String> =
            spec.names.iter().map(|name| stored_name(checkpoint, name, prefix)).collect();
        used.extend(names.iter().cloned());
        let is_there = names.iter().all(|name| checkpoint.shape(name).is_some());
        let is_fresh = head == Head::WithoutLast && (is_classifier || spec.in_head && !is_there);
        weights.push(if is_fresh {
            fresh(spec, place, architecture, seed)
        } else {
            read_one(checkpoint, spec, &names)?
        });
    }
    let left = checkpoint.names().find(|&name| {
        !used.contains(name)
            && !name.ends_with(COUNTERS)
            // A DistilBERT may have been pretrained with BERT's pooler.
            && !name.ends_with("pooler.dense.weight")
            && !name.ends_with("pooler.dense.bias")
            && !UNUSED.iter().any(|unused| name.starts_with(unused))
    });
    if let Some(name) = left {
        bail!(
            "{}: the checkpoint holds a tensor that {:?} does not have, `{name}`: is its config.json of \
             another model?",
            checkpoint.folder().display(),
            architecture.family
        );
    }
    Ok(weights)
}

/// Fresh parameters: normal weights, zero biases, factors of one.
pub(super) fn fresh_all(architecture: &Architecture, places: &Places, seed: u64) -> HostWeights {
    let specs = places.specs.iter().enumerate();
    let mut weights: HostWeights =
        specs.map(|(place, spec)| fresh(spec, place, architecture, seed)).collect();
    // Number 0 fills up; it means nothing.
    weights[places.words][..architecture.hidden].fill(0.0);
    weights
}

#[expect(clippy::cast_possible_truncation, reason = "24 bits are enough")]
fn fresh(spec: &Spec, place: usize, architecture: &Architecture, seed: u64) -> Vec<f32> {
    let n = spec.shape[0] * spec.shape[1];
    match spec.role {
        Role::Bias => vec![0.0; n],
        Role::Factor => vec![1.0; n],
        Role::Table | Role::Matrix => {
            let mut stream = RandomStream::new(seed, INITIAL_STREAM + place as u64);
            (0..n).map(|_| (architecture.initializer_range * stream.normal()) as f32).collect()
        }
    }
}

/// The name under which the checkpoint holds this tensor: with the family's prefix or without, of a norm
/// also as the first BERTs were published.
fn stored_name(checkpoint: &Checkpoint, name: &str, prefix: &str) -> String {
    let bare = name.strip_prefix(prefix).unwrap_or(name);
    let old = |name: &str| {
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta")
    };
    let candidates = [name.to_owned(), bare.to_owned(), old(name), old(bare)];
    candidates
        .into_iter()
        .find(|candidate| checkpoint.shape(candidate).is_some())
        .unwrap_or_else(|| name.to_owned())
}

fn read_one(checkpoint: &Checkpoint, spec: &Spec, names: &[String]) -> anyhow::Result<Vec<f32>> {
    let [n_rows, n_columns] = spec.shape;
    let n_parts = names.len();
    let mut joined = Vec::with_capacity(n_rows * n_columns);
    for name in names {
        let shape = match spec.role {
            Role::Table => vec![n_rows, n_columns],
            Role::Matrix => vec![n_columns / n_parts, n_rows],
            Role::Bias | Role::Factor => vec![n_columns / n_parts],
        };
        joined.extend(checkpoint.tensor_of_shape(name, &shape)?.to_f32());
    }
    Ok(match spec.role {
        Role::Matrix => transposed(&joined, n_columns),
        _ => joined,
    })
}

/// The matrix with rows and columns exchanged; it has so many rows.
fn transposed(values: &[f32], n_rows: usize) -> Vec<f32> {
    let n_columns = values.len() / n_rows.max(1);
    let mut result = Vec::with_capacity(values.len());
    for column in 0..n_columns {
        result.extend(values.iter().skip(column).step_by(n_columns));
    }
    result
}

/// The bytes of a `model.safetensors` with these parameters, those of the head only if `with_head`, named
/// as `transformers` names them.
///
/// # Errors
/// If they cannot be laid out.
pub(super) fn to_safetensors(
    places: &Places,
    weights: &HostWeights,
    with_head: bool,
) -> anyhow::Result<Vec<u8>> {
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)> = BTreeMap::new();
    for (spec, values) in places.specs.iter().zip(weights) {
        if spec.in_head && !with_head {
            continue;
        }
        let [n_rows, n_columns] = spec.shape;
        let n_parts = spec.names.len();
        let stored = match spec.role {
            Role::Matrix => transposed(values, n_rows),
            _ => values.clone(),
        };
        let parts = stored.chunks(stored.len().div_ceil(n_parts).max(1));
        for (name, part) in spec.names.iter().zip(parts) {
            let shape = match spec.role {
                Role::Table => vec![n_rows, n_columns],
                Role::Matrix => vec![n_columns / n_parts, n_rows],
                Role::Bias | Role::Factor => vec![n_columns / n_parts],
            };
            let bytes = part.iter().flat_map(|value| value.to_le_bytes()).collect();
            tensors.insert(name.clone(), (shape, bytes));
        }
    }
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| {
            Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let metadata = [("format".to_owned(), "pt".to_owned())].into_iter().collect();
    safetensors::serialize(views, Some(metadata)).context("model.safetensors")
}
