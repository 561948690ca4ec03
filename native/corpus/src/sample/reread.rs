//! Candidates read again, many at a time.

use std::fs::File;
use std::io;

use anyhow::Context as _;
use rayon::prelude::*;

use super::record::Record;
use super::select::Drawn;
use super::task::Task;
use super::work::Work;

/// Candidates that one thread reads at a time.
const PER_THREAD: usize = 32;

/// Reads the texts of candidates.
#[derive(Debug, Clone, Copy)]
pub struct Rereader<'a> {
    /// The shards.
    pub tasks: &'a [Task],
    /// Where their candidates are.
    pub work: &'a Work,
}

impl Rereader<'_> {
    /// What `of` makes of each candidate, in their order. They are read on all threads, those of a shard one
    /// after the other, as they lie.
    ///
    /// # Errors
    /// If a file of candidates cannot be read, or is damaged.
    pub fn read<T: Send>(
        &self,
        candidates: &[&Drawn],
        of: impl Fn(&Drawn, &Record<'_>) -> io::Result<T> + Sync,
    ) -> anyhow::Result<Vec<T>> {
        let mut places: Vec<usize> = (0..candidates.len()).collect();
        places.sort_unstable_by_key(|&place| (candidates[place].shard, candidates[place].offset));
        let read = |places: &[usize]| {
            let in_shard = places.chunk_by(|&a, &b| candidates[a].shard == candidates[b].shard);
            let mut all = Vec::with_capacity(places.len());
            for places in in_shard {
                let shard = &self.tasks[candidates[places[0]].shard].shard;
                let path = self.work.texts(shard);
                let read = || {
                    let mut texts = File::open(&path)?;
                    let read = |&place: &usize| {
                        let drawn = candidates[place];
                        let record = Record::read(&mut texts, &drawn.header, drawn.offset)?;
                        Ok((place, of(drawn, &record)?))
                    };
                    places.iter().map(read).collect::<io::Result<Vec<_>>>()
                };
                all.extend(read().with_context(|| format!("{}: cannot be read", path.display()))?);
            }
            anyhow::Ok(all)
        };
        let read = places.par_chunks(PER_THREAD).map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let mut read: Vec<(usize, T)> = read.into_iter().flatten().collect();
        read.sort_unstable_by_key(|(place, _)| *place);
        Ok(read.into_iter().map(|(_, made)| made).collect())
    }
}
