//! Models by name: a folder, or an id on a Hugging Face hub, whose files are fetched once into the
//! cache that other tools use too.
//!
//! `hf-hub` lays out the cache. The transfer is our own: the crate's writes where a server's header
//! says, waits without end for a silent one, and knows neither `HF_TOKEN` nor `HF_HUB_OFFLINE`.

mod blob;
mod client;
mod model_cache;
mod model_id;
mod settings;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use super::checkpoint::{self, WeightLayout};
use super::config::Config;
use client::{Client, Failure, Listing};
use data_anatomy_job::progress::Progress;
use model_cache::ModelCache;
use model_id::ModelId;
pub use settings::Settings;

/// Small files that are fetched where a model has them.
const COMPANIONS: [&str; 5] = [
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    // The tokenizer of encoders that were published before there was a tokenizer.json.
    "vocab.txt",
];

/// The folder of the model: `model` itself if it is a folder, else the hub's model of this id at
/// `revision` (a branch, tag, or commit; `main` if none), fetched into the cache where it is not
/// there yet. Such a folder is named by its commit. The environment says where the hub and the
/// cache are; see [`Settings`].
///
/// # Errors
/// If there is no such folder or model, the hub refuses or cannot be reached, or a file arrives
/// damaged; says what was tried and what to do. Fetching goes on where it stopped when it is tried
/// again.
pub fn resolve(
    model: &str,
    revision: Option<&str>,
    progress: &Progress,
) -> anyhow::Result<PathBuf> {
    if Path::new(model).is_dir() {
        ensure!(revision.is_none(), "{model}: a folder has no revisions; leave --hf-revision out");
        return Ok(PathBuf::from(model));
    }
    let model = ModelId::parse(model, revision)?;
    fetch(&model, &Settings::from_environment()?, progress)
}

/// The folder of the hub's model, by these settings.
fn fetch(model: &ModelId, settings: &Settings, progress: &Progress) -> anyhow::Result<PathBuf> {
    let cache = ModelCache::new(settings.cache(), model);
    let cached = cache.complete_snapshot();
    if settings.offline() {
        return cached.with_context(|| {
            format!(
                "{model}: offline (HF_HUB_OFFLINE) and not in the cache {}; fetch it once while \
                 online",
                settings.cache().display()
            )
        });
    }
    // What a commit holds never changes.
    if let Some(folder) = cached.as_ref().filter(|_| model.is_commit()) {
        return Ok(folder.clone());
    }
    let client = Client::new(settings);
    match client.listing(model) {
        Ok(listing) => download(model, &listing, &client, &cache, progress),
        Err(failure) => match (failure, cached) {
            (Failure::Unreachable(reason), Some(folder)) => {
                progress.say(&format!("{model}: {reason}; taken as it is in the cache"));
                Ok(folder)
            }
            (failure, _) => bail!("{model}: {failure}"),
        },
    }
}

/// Fetches what is not in the cache yet. Weights come last: where they are, all is.
fn download(
    model: &ModelId,
    listing: &Listing,
    client: &Client,
    cache: &ModelCache,
    progress: &Progress,
) -> anyhow::Result<PathBuf> {
    let one = |file: &str| {
        let url = client.file_url(model, listing.commit(), file);
        cache
            .add(listing.commit(), file, |blobs| blob::fetch(client, &url, file, blobs, progress))
            .with_context(|| format!("{model}: {file}"))
    };
    ensure!(
        listing.has(Config::FILE),
        "{model}: it has no {}; is it a language model in Hugging Face layout?",
        Config::FILE
    );
    let Some(weights) = WeightLayout::ALL.into_iter().find(|layout| listing.has(layout.file()))
    else {
        bail!("{model}: it has no weights; looked for {}", WeightLayout::list());
    };
    one(Config::FILE)?;
    for file in COMPANIONS.into_iter().filter(|file| listing.has(file)) {
        one(file)?;
    }
    if weights.is_index() {
        // The index is put in its place last, so that it never promises what is not there.
        let commit = listing.commit();
        let url = client.file_url(model, commit, weights.file());
        let index = blob::fetch(client, &url, weights.file(), &cache.blobs(), progress)
            .with_context(|| format!("{model}: {}", weights.file()))?;
        let shards = checkpoint::listed_files(&index).with_context(|| model.to_string())?;
        for shard in shards {
            ensure!(
                listing.has(&shard),
                "{model}: {} lists `{shard}`, which the model does not have",
                weights.file()
            );
            one(&shard)?;
        }
    }
    one(weights.file())?;
    cache.remember(listing.commit())?;
    Ok(cache.snapshot(listing.commit()))
}

#[cfg(test)]
mod mock_hub;
#[cfg(test)]
mod tests;
