//! Language models on the processor: tokenising, scoring, decoding. Throughput is in tokens.
//!
//! The model is a LLaMA of 5.5 million random parameters, which this bench writes to a temporary
//! folder. The naive baselines take one document, or one text, at a time.
//!
//! ```text
//! cargo bench -p data-anatomy-bench --bench language_model
//! ```

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_lm::architecture;
use data_anatomy_lm::checkpoint::Checkpoint;
use data_anatomy_lm::config::Config;
use data_anatomy_lm::cpu::{CpuEngine, Precision};
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::generate::{Finished, GenerateOptions, Observer, Wanted, generate};
use data_anatomy_lm::sampling::Sampling;
use data_anatomy_lm::score::score;
use data_anatomy_lm::tokenizer::Tokenizer;
use safetensors::tensor::{Dtype, TensorView};

const VOCABULARY: usize = 4096;
const HIDDEN: usize = 224;
const HEADS: usize = 7;
const INNER: usize = 600;
const LAYERS: usize = 6;
const CONTEXT: usize = 512;

/// Documents to score, of so many tokens each.
const N_DOCUMENTS: usize = 64;
const DOCUMENT_TOKENS: usize = 128;
/// Tokens that are scored at a time.
const BATCH_TOKENS: usize = 2048;

/// Texts to write, of so many tokens each.
const N_TEXTS: usize = 64;
const TEXT_TOKENS: usize = 32;

/// The model in this precision.
fn engine(precision: Precision) -> CpuEngine {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = serde_json::json!({
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": VOCABULARY,
        "hidden_size": HIDDEN, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS,
        "intermediate_size": INNER, "max_position_embeddings": CONTEXT, "hidden_act": "silu",
        "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false,
    });
    std::fs::write(folder.path().join("config.json"), config.to_string()).expect("it is written");
    write_weights(&folder.path().join("model.safetensors"));
    let config = Config::open(folder.path()).expect("a sound config");
    let blueprint = architecture::blueprint(&config).expect("a known architecture");
    let checkpoint = Checkpoint::open(folder.path()).expect("sound weights");
    CpuEngine::load(&checkpoint, blueprint, precision).expect("all weights are there")
}

/// Normal weights of a usual width; norms of 1.
#[expect(clippy::cast_possible_truncation, reason = "weights are 32-bit floats")]
fn write_weights(path: &Path) {
    let mut stream = RandomStream::new(1, 0);
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)> = BTreeMap::new();
    let mut add = |name: String, shape: &[usize]| {
        let mut value = || if shape.len() == 1 { 1.0 } else { 0.02 * stream.normal() as f32 };
        let bytes = (0..shape.iter().product()).flat_map(|_| value().to_le_bytes()).collect();
        tensors.insert(name, (shape.to_vec(), bytes));
    };
    add("model.embed_tokens.weight".to_owned(), &[VOCABULARY, HIDDEN]);
    add("lm_head.weight".to_owned(), &[VOCABULARY, HIDDEN]);
    add("model.norm.weight".to_owned(), &[HIDDEN]);
    for layer in 0..LAYERS {
        for part in ["q", "k", "v", "o"] {
            let name = format!("model.layers.{layer}.self_attn.{part}_proj.weight");
            add(name, &[HIDDEN, HIDDEN]);
        }
        for (part, shape) in
            [("gate", [INNER, HIDDEN]), ("up", [INNER, HIDDEN]), ("down", [HIDDEN, INNER])]
        {
            add(format!("model.layers.{layer}.mlp.{part}_proj.weight"), &shape);
        }
        for norm in ["input_layernorm", "post_attention_layernorm"] {
            add(format!("model.layers.{layer}.{norm}.weight"), &[HIDDEN]);
        }
    }
    let views = tensors.iter().map(|(name, (shape, bytes))| {
        (name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("shape and bytes agree"))
    });
    safetensors::serialize_to_file(views, None, path).expect("the weights are written");
}

/// Documents of random tokens.
fn documents() -> Vec<Vec<TokenId>> {
    let mut stream = RandomStream::new(2, 0);
    let mut token = || TokenId::try_from(stream.index(VOCABULARY)).unwrap_or(0);
    (0..N_DOCUMENTS).map(|_| (0..DOCUMENT_TOKENS).map(|_| token()).collect()).collect()
}

fn tokenising(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/lm/tokenizer");
    let tokenizer = Tokenizer::open(&folder).expect("the fixture is there");
    let text = "The court heard the appeal on Tuesday; the ruling, it said, would follow.\n";
    let texts = vec![text.repeat(20); N_DOCUMENTS];
    let n_tokens: usize =
        tokenizer.encode_batch(&texts).expect("tokens").iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("tokenise");
    group.throughput(Throughput::Elements(n_tokens as u64)).sample_size(10);
    group.bench_function("batch", |bencher| {
        bencher.iter(|| tokenizer.encode_batch(black_box(&texts)).expect("tokens"));
    });
    group.bench_function("one_at_a_time", |bencher| {
        bencher.iter(|| {
            let one = |text: &String| tokenizer.encode(text).expect("tokens");
            black_box(&texts).iter().map(one).collect::<Vec<_>>()
        });
    });
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let documents = documents();
    let mut group = criterion.benchmark_group("score");
    let n_tokens = N_DOCUMENTS * DOCUMENT_TOKENS;
    group.throughput(Throughput::Elements(n_tokens as u64)).sample_size(10);
    let mut all = |name: &str, precision, batch_tokens| {
        let mut engine = engine(precision);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                score(&mut engine, &documents, CONTEXT, batch_tokens, |_, _, statistics| {
                    black_box(statistics);
                    Ok(())
                })
                .expect("finite numbers");
            });
        });
    };
    all("batch", Precision::F32, BATCH_TOKENS);
    all("batch_half", Precision::Bf16, BATCH_TOKENS);
    all("batch_int8", Precision::Int8, BATCH_TOKENS);
    all("one_at_a_time", Precision::F32, 1);
    group.finish();
}

/// Counts tokens, and keeps no text.
#[derive(Default)]
struct Count(usize);

impl Observer for Count {
    fn tokens(&mut self, n_tokens: usize) {
        self.0 += n_tokens;
    }

    fn text(&mut self, _: Finished) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Writes all texts, so many at a time.
fn write_texts(engine: &mut CpuEngine, batch_size: usize) {
    let options = GenerateOptions {
        sampling: Sampling::default(),
        seed: 1,
        max_new_tokens: TEXT_TOKENS,
        batch_size,
        // Nothing ends a text early, so that every run has the same number of tokens.
        stops: Vec::new(),
        lead_in: None,
    };
    let wanted: Vec<Wanted> =
        (0..N_TEXTS as u64).map(|id| Wanted { id, prompt: vec![0] }).collect();
    let mut count = Count::default();
    generate(engine, &options, &wanted, &mut count).expect("finite numbers");
    assert_eq!(count.0, N_TEXTS * TEXT_TOKENS, "every text has all its tokens");
}

fn decoding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements((N_TEXTS * TEXT_TOKENS) as u64)).sample_size(10);
    for (name, precision) in
        [("f32", Precision::F32), ("half", Precision::Bf16), ("int8", Precision::Int8)]
    {
        let mut engine = engine(precision);
        // A batch of 1 is the naive baseline: one text at a time.
        for batch_size in [1, 8, 64] {
            group.bench_function(BenchmarkId::new(name, batch_size), |bencher| {
                bencher.iter(|| write_texts(&mut engine, batch_size));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, tokenising, scoring, decoding);
criterion_main!(benches);
