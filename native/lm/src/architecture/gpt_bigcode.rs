//! GPT-BigCode: SantaCoder and StarCoder, GPT-2 with one head of keys and values.

use data_anatomy_core::messages::input_error::InputError;

use super::gpt2;
use crate::blueprint::{Blueprint, LinearSource, Rows};
use crate::config::Config;

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let multi_query = config.flag_or("multi_query", true)?;
    let n_heads = config.size("n_head")?;
    let linear = |name: &str| LinearSource::new(name, true);
    let blueprint =
        gpt2::with_fused_attention(config, "GPT-BigCode", linear, |width, head_dim| {
            if multi_query {
                let n_rows = width + 2 * head_dim;
                let rows =
                    |start: usize, len: usize| Rows::Range { range: start..start + len, n_rows };
                [rows(0, width), rows(width, head_dim), rows(width + head_dim, head_dim)]
            } else {
                std::array::from_fn(|part| Rows::Groups {
                    n_groups: n_heads,
                    group_rows: 3 * head_dim,
                    range: part * head_dim..(part + 1) * head_dim,
                })
            }
        })?;
    let n_kv_heads = if multi_query { 1 } else { n_heads };
    Ok(Blueprint { n_kv_heads, ..blueprint })
}
