//! Which tokens begin and end documents, as the files beside the weights say.

use std::path::Path;

use serde::Deserialize;

use crate::json_file;

/// What separates the documents of GPT-2 and its many heirs, where no file says so.
const END_OF_TEXT: &str = "<|endoftext|>";

/// The tokens that mark documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpecialTokens {
    bos: Option<u32>,
    eos: Option<u32>,
    stops: Vec<u32>,
    adds_bos: Option<bool>,
    adds_eos: Option<bool>,
}

/// `tokenizer_config.json`, or `special_tokens_map.json`, which older tools wrote beside it.
#[derive(Debug, Default, Deserialize)]
struct TokenizerConfig {
    bos_token: Option<TokenName>,
    eos_token: Option<TokenName>,
    add_bos_token: Option<bool>,
    add_eos_token: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a token's name, or an object with its `content`")]
enum TokenName {
    Plain(String),
    Described { content: String },
}

impl TokenName {
    fn as_str(&self) -> &str {
        match self {
            Self::Plain(name) | Self::Described { content: name } => name,
        }
    }
}

/// What `config.json` and `generation_config.json` say of tokens.
#[derive(Debug, Default, Deserialize)]
struct ModelConfig {
    bos_token_id: Option<TokenIds>,
    eos_token_id: Option<TokenIds>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a token's id, or a list of ids")]
enum TokenIds {
    One(u32),
    Several(Vec<u32>),
}

impl TokenIds {
    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Several(ids) => ids,
        }
    }
}

impl SpecialTokens {
    /// What the files in `folder` say. The tokenizer's own words come first; where they are silent,
    /// the model's. An id or name that `tokenizer` does not know marks nothing.
    ///
    /// # Errors
    /// If one of the files is there and cannot be read as what it should be.
    pub(super) fn read(folder: &Path, tokenizer: &tokenizers::Tokenizer) -> anyhow::Result<Self> {
        let config: TokenizerConfig = read(folder, "tokenizer_config.json")?;
        let map: TokenizerConfig = read(folder, "special_tokens_map.json")?;
        let generation: ModelConfig = read(folder, "generation_config.json")?;
        let model: ModelConfig = read(folder, "config.json")?;

        let by_name = |names: [&Option<TokenName>; 2]| {
            let name = names.into_iter().flatten().next()?;
            tokenizer.token_to_id(name.as_str())
        };
        let known = |ids: &Option<TokenIds>| -> Vec<u32> {
            let ids = ids.as_ref().map_or(&[][..], TokenIds::as_slice).iter().copied();
            ids.filter(|&id| tokenizer.id_to_token(id).is_some()).collect()
        };
        let by_id = |lists: [&Option<TokenIds>; 2]| {
            lists.into_iter().map(known).find(|ids| !ids.is_empty()).unwrap_or_default()
        };
        let ends = by_id([&generation.eos_token_id, &model.eos_token_id]);
        let bos = by_name([&config.bos_token, &map.bos_token])
            .or_else(|| by_id([&model.bos_token_id, &generation.bos_token_id]).first().copied());
        let eos = by_name([&config.eos_token, &map.eos_token])
            .or_else(|| ends.first().copied())
            .or_else(|| tokenizer.token_to_id(END_OF_TEXT));
        let stops = if ends.is_empty() { eos.into_iter().collect() } else { ends };
        Ok(Self { bos, eos, stops, adds_bos: config.add_bos_token, adds_eos: config.add_eos_token })
    }

    /// The token that begins documents.
    pub(super) fn bos(&self) -> Option<u32> {
        self.bos
    }

    /// The token that ends documents.
    pub(super) fn eos(&self) -> Option<u32> {
        self.eos
    }

    /// The tokens at which generation ends.
    pub(super) fn stops(&self) -> &[u32] {
        &self.stops
    }

    /// Whether documents begin with BOS, if the configuration says.
    pub(super) fn adds_bos(&self) -> Option<bool> {
        self.adds_bos
    }

    /// Whether documents end with EOS, if the configuration says.
    pub(super) fn adds_eos(&self) -> Option<bool> {
        self.adds_eos
    }
}

fn read<Config: serde::de::DeserializeOwned + Default>(
    folder: &Path,
    name: &str,
) -> anyhow::Result<Config> {
    Ok(json_file::read_if_there(&folder.join(name))?.unwrap_or_default())
}
