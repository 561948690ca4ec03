//! Which parts of a corpus are read that is too large to be read whole.

use std::collections::BTreeMap;

use data_anatomy_core::numeric::rng::RandomStream;

use super::layout::{self, Layout};
use super::reading::Part;
use super::shard::{Compression, Format, Shard};
use super::source::Source;
use super::task::Task;

/// The parts to read of each shard so that about `budget` bytes are read in all.
///
/// Of an uncompressed file a stretch can be read from anywhere, of Parquet any row group: each such
/// shard gives its share. A compressed stream can be read from its beginning alone, so of those whole
/// shards are drawn; only where not even one fits in the budget, the beginning of one is read, of each
/// category that files tell.
pub fn plan(shards: Vec<(Shard, Source)>, budget: Option<u64>, seed: u64) -> Vec<Task> {
    let total: u64 = shards.iter().map(|(shard, _)| shard.version.bytes).sum();
    let Some(budget) = budget.filter(|budget| *budget < total) else {
        let whole = |(shard, source)| Task { shard, part: Some(Part::Whole), source };
        return shards.into_iter().map(whole).collect();
    };
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = budget as f64 / total as f64;
    let mut tasks = Vec::new();
    let mut streams: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (shard, source)) in shards.into_iter().enumerate() {
        let random = can_begin_anywhere(&shard).then_some(Part::Random { share, seed });
        if random.is_none() {
            let group = source.name().unwrap_or_default().to_owned();
            streams.entry(group).or_default().push(index);
        }
        tasks.push(Task { shard, part: random, source });
    }
    for (group, indices) in streams.into_values().enumerate() {
        draw(&mut tasks, indices, share, &mut RandomStream::new(seed, group as u64));
    }
    tasks
}

/// Whether reading can begin elsewhere than at the beginning: not where all is one list or object.
fn can_begin_anywhere(shard: &Shard) -> bool {
    match shard.format {
        Format::Parquet => true,
        Format::Json(Compression::None) => {
            matches!(layout::of_plain_file(shard), None | Some(Layout::Lines))
        }
        Format::Json(Compression::Zstd | Compression::Gzip) => false,
    }
}

/// Draws whole shards of a group up to its share of the budget; the last one by chance, so that the
/// expected number of bytes is right.
fn draw(tasks: &mut [Task], mut indices: Vec<usize>, share: f64, dice: &mut RandomStream) {
    let total: u64 = indices.iter().map(|&index| tasks[index].shard.version.bytes).sum();
    #[expect(clippy::cast_precision_loss, reason = "bytes of a budget")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of them")]
    let budget = (total as f64 * share).ceil() as u64;
    let mut left = budget;
    dice.shuffle(&mut indices);
    for index in indices {
        let bytes = tasks[index].shard.version.bytes;
        if bytes <= left {
            tasks[index].part = Some(Part::Whole);
            left -= bytes;
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a probability")]
        let fits = dice.unit() < left as f64 / bytes as f64;
        if left == budget {
            tasks[index].part = Some(Part::Head { bytes: budget });
        } else if fits {
            tasks[index].part = Some(Part::Whole);
        }
        return;
    }
}

/// What reading parts costs in uniformity, in plain words; none where all was read.
pub fn cost(tasks: &[Task]) -> Option<String> {
    let n = |is_part: &dyn Fn(Option<Part>) -> bool| {
        tasks.iter().filter(|task| is_part(task.part)).count()
    };
    let n_whole = n(&|part| part == Some(Part::Whole));
    if n_whole == tasks.len() {
        return None;
    }
    let n_random = n(&|part| matches!(part, Some(Part::Random { .. })));
    let n_heads = n(&|part| matches!(part, Some(Part::Head { .. })));
    let n_drawn = n_whole + n_random + n_heads;
    let mut cost = format!(
        "not uniform over the corpus: documents were drawn from {n_drawn} of {} shards ({n_whole} read \
         whole, {n_random} in a random part), neighbours together. Every document of these was as likely \
         to be read as any other, but the sample varies as {n_drawn} stretches do, not as independent \
         documents",
        tasks.len()
    );
    if n_heads > 0 {
        cost.push_str(&format!(
            "; of {n_heads} compressed shards the beginning alone was read, and what lies behind it could \
             not be drawn"
        ));
    }
    Some(cost)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::shard::Version;
    use super::*;

    fn shards(sizes: &[(&str, u64)]) -> Vec<(Shard, Source)> {
        let shard = |&(name, bytes): &(&str, u64)| {
            let format = match name.rsplit('.').next() {
                Some("zst") => Format::Json(Compression::Zstd),
                Some("parquet") => Format::Parquet,
                _ => Format::Json(Compression::None),
            };
            let version = Version { bytes, modified: 0 };
            let shard = Shard { path: PathBuf::from(name), name: name.to_owned(), format, version };
            (shard, Source::Field(vec!["source".to_owned()]))
        };
        sizes.iter().map(shard).collect()
    }

    #[test]
    fn a_budget_that_holds_the_corpus_reads_it_whole() {
        let tasks = plan(shards(&[("a.zst", 5), ("b.jsonl", 5)]), Some(10), 1);
        assert!(tasks.iter().all(|task| task.part == Some(Part::Whole)));
        assert_eq!(cost(&tasks), None);
    }

    #[test]
    fn streams_are_drawn_whole_and_as_often_as_the_budget_says() {
        let names: Vec<String> = (0..10).map(|index| format!("{index}.zst")).collect();
        let corpus: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 100)).collect();
        let mut n_read = [0.0_f64; 10];
        for seed in 0..2_000 {
            for (task, n_read) in plan(shards(&corpus), Some(350), seed).iter().zip(&mut n_read) {
                assert!(matches!(task.part, None | Some(Part::Whole)));
                *n_read += f64::from(u8::from(task.part.is_some()));
            }
        }
        // 700 of 2,000 times each; the standard error is 21.
        assert!(n_read.iter().all(|n| (n - 700.0).abs() < 4.0 * 21.4), "{n_read:?}");
    }

    #[test]
    fn one_large_stream_is_read_from_its_beginning_and_that_is_said() {
        let tasks = plan(
            shards(&[("a.zst", 1_000), ("b.parquet", 1_000), ("c.jsonl", 1_000)]),
            Some(300),
            1,
        );
        assert_eq!(tasks[0].part, Some(Part::Head { bytes: 100 }));
        assert!(
            matches!(tasks[1].part, Some(Part::Random { share, .. }) if (share - 0.1).abs() < 1e-12)
        );
        assert_eq!(tasks[1].part, tasks[2].part);
        assert!(cost(&tasks).unwrap().contains("could not be drawn"));
    }
}
