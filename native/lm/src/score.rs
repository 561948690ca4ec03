//! Statistics of documents, in batches of similar length.

use super::engine::{Engine, TokenId, TokenStatistics};

/// Calls `each` with the statistics of every document, named by its place in `documents`; they come in
/// whatever order is quickest.
///
/// A document is its first `max_tokens` tokens, or as many as the model's context holds. Documents of
/// similar length are scored together, about `batch_tokens` tokens at a time, so that memory does not
/// depend on how many there are.
///
/// # Errors
/// If the device fails, or `each` does.
pub fn score<Tokens: AsRef<[TokenId]>>(
    engine: &mut dyn Engine,
    documents: &[Tokens],
    max_tokens: usize,
    batch_tokens: usize,
    mut each: impl FnMut(usize, &[TokenId], TokenStatistics) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let limit = max_tokens.min(engine.blueprint().context);
    let cut = |document: usize| {
        let tokens = documents[document].as_ref();
        &tokens[..tokens.len().min(limit)]
    };
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_key(|&document| std::cmp::Reverse(cut(document).len()));
    let mut rest = order.as_slice();
    while let Some(&longest) = rest.first() {
        let n_documents = (batch_tokens / cut(longest).len().max(1)).clamp(1, rest.len());
        let (batch, after) = rest.split_at(n_documents);
        rest = after;
        let sequences: Vec<&[TokenId]> = batch.iter().map(|&document| cut(document)).collect();
        let statistics = engine.score(&sequences)?;
        for ((document, tokens), statistics) in batch.iter().zip(sequences).zip(statistics) {
            each(*document, tokens, statistics)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::{CpuEngine, Precision};
    use crate::fixture;

    #[test]
    fn batches_change_nothing_and_long_documents_are_cut() {
        let fixture = fixture::all().into_iter().find(|fixture| fixture.name == "llama").unwrap();
        let (checkpoint, blueprint) = fixture.open();
        let mut engine = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        let documents: Vec<Vec<TokenId>> = [40, 0, 3, 200, 1, 17, 16]
            .iter()
            .map(|n| (0..*n).map(|i| 5 + i % 99).collect())
            .collect();
        let mut all = |max_tokens, batch_tokens| {
            let mut found = vec![None; documents.len()];
            score(
                &mut engine,
                &documents,
                max_tokens,
                batch_tokens,
                |document, tokens, statistics| {
                    assert_eq!(statistics.log_prob.len(), tokens.len().saturating_sub(1));
                    assert!(found[document].replace((tokens.len(), statistics)).is_none());
                    Ok(())
                },
            )
            .unwrap();
            found
        };
        let one_by_one = all(60, 1);
        assert_eq!(all(60, 100), one_by_one);
        assert_eq!(all(60, 1 << 20), one_by_one);
        let lengths: Vec<usize> = one_by_one.iter().flatten().map(|(length, _)| *length).collect();
        assert_eq!(lengths, [40, 0, 3, 60, 1, 17, 16]);
        let context = 128;
        assert_eq!(all(1000, 100)[3].as_ref().unwrap().0, context);
    }
}
