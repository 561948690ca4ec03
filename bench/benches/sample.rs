//! Bytes per second of reading documents to sample: a shard unpacked, a shard read, lines read by this
//! project and by `serde_json` alone, texts digested.
//!
//! ```text
//! cargo bench -p data-anatomy-bench --bench sample
//! ```

use std::hint::black_box;
use std::io::Read as _;
use std::sync::atomic::AtomicU64;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::digest::Digest;
use data_anatomy_corpus::sample::document::LineReader;
use data_anatomy_corpus::sample::fields::Fields;
use data_anatomy_corpus::sample::reading::{self, Part};
use data_anatomy_corpus::sample::shard;

/// Documents of a shard, and characters of each.
const SIZES: [(usize, usize); 2] = [(4_000, 500), (1_000, 4_000)];

fn fields() -> Fields {
    let path = ["meta", "redpajama_set_name"];
    Fields { text: vec!["text".to_owned()], category: path.map(str::to_owned).to_vec() }
}

/// A text with line ends, quotes and letters beyond ASCII about as often as in web pages.
fn text(n_chars: usize, dice: &mut RandomStream) -> String {
    let words: Vec<String> = (0..2_000)
        .map(|word: u64| {
            let mut letters = RandomStream::new(1, word);
            (0..2 + letters.index(8))
                .map(|_| char::from(b'a' + u8::try_from(letters.index(26)).unwrap_or(0)))
                .collect()
        })
        .collect();
    let mut text = String::new();
    while text.len() < n_chars {
        // The product of two uniform numbers favours small ones.
        text.push_str(&words[dice.index(words.len()) * dice.index(1_000) / 1_000]);
        text.push_str(match dice.index(40) {
            0 => "\n",
            1 => ", \"",
            2 => "é ",
            _ => " ",
        });
    }
    text
}

fn lines(n_documents: usize, n_chars: usize) -> Vec<u8> {
    let mut dice = RandomStream::new(2, n_chars as u64);
    let mut lines = Vec::new();
    for number in 0..n_documents {
        let text = text(n_chars, &mut dice);
        let set = ["RedPajamaC4", "RedPajamaBook"][number % 2];
        let line = serde_json::json!({"text": text, "meta": {"redpajama_set_name": set}});
        lines.extend(format!("{line}\n").into_bytes());
    }
    lines
}

fn shards(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut group = criterion.benchmark_group("sample/shard");
    group.sample_size(20);
    for (n_documents, n_chars) in SIZES {
        let plain = lines(n_documents, n_chars);
        let path = folder.path().join(format!("{n_chars}.jsonl.zst"));
        std::fs::write(&path, zstd::encode_all(plain.as_slice(), 3).expect("bytes can be packed"))
            .expect("a file");
        group.throughput(Throughput::Bytes(plain.len() as u64));
        let id = format!("{n_documents}x{n_chars}");
        group.bench_function(BenchmarkId::new("unpack alone", &id), |bencher| {
            bencher.iter(|| {
                let file = std::fs::File::open(&path).expect("it was written");
                let mut stream = zstd::Decoder::new(file).expect("a frame");
                let mut buffer = vec![0; 1 << 17];
                while stream.read(&mut buffer).expect("sound data") > 0 {}
            });
        });
        let shards = shard::find(&path, "none".as_ref(), &[]).expect("one shard").shards;
        group.bench_function(BenchmarkId::new("read", &id), |bencher| {
            bencher.iter(|| {
                let n_read = AtomicU64::new(0);
                let mut n_chars = 0;
                reading::read(&shards[0], Part::Whole, &fields(), &n_read, &mut |_, document| {
                    n_chars += document.expect("sound lines").size.chars;
                });
                n_chars
            });
        });
    }
    group.finish();
}

fn documents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sample/line");
    group.sample_size(20);
    for (n_documents, n_chars) in SIZES {
        let plain = lines(n_documents, n_chars);
        let lines: Vec<&[u8]> =
            plain.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let id = format!("{n_documents}x{n_chars}");
        group.throughput(Throughput::Bytes(plain.len() as u64));
        let fields = fields();
        group.bench_function(BenchmarkId::new("read", &id), |bencher| {
            bencher.iter(|| {
                let mut reader = LineReader::new(&fields);
                let size = |line: &&[u8]| reader.read(line).expect("sound lines").size.chars;
                lines.iter().map(size).sum::<u64>()
            });
        });
        group.bench_function(BenchmarkId::new("serde_json alone", &id), |bencher| {
            bencher.iter(|| {
                let size = |line: &&[u8]| {
                    let value: serde_json::Value =
                        serde_json::from_slice(line).expect("sound lines");
                    value["text"].as_str().map_or(0, |text| text.chars().count())
                };
                lines.iter().map(size).sum::<usize>()
            });
        });
        let texts: Vec<String> =
            (0..200).map(|seed| text(n_chars, &mut RandomStream::new(3, seed))).collect();
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function(BenchmarkId::new("digest", &id), |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(Digest::of(text));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, shards, documents);
criterion_main!(benches);
