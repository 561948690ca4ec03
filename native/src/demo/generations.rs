//! Texts as a language model would sample them after the document separator, at temperature 1: each is a document
//! from its beginning, ended by the model or stopped by a limit. (So sampled, texts hardly ever loop: 1 of 1,000 that a
//! model of 5 million parameters wrote.)

use data_anatomy_lm::generate::Finish;

use super::category::Category;
use super::dice::Dice;
use super::documents::compose;
use super::tokens;

/// Most tokens of a text.
const MAX_TOKENS: usize = 256;

/// The kind of random things that texts are, beside the seven categories: they must not share their dice.
const KIND_GENERATION: u64 = 101;

/// One sampled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Distinct among all generations, as `demo-0007`.
    pub id: String,
    /// The text.
    pub text: String,
    /// How many tokens it has.
    pub n_tokens: usize,
    /// Why it ended.
    pub finish: Finish,
}

/// `n` generations of a model whose documents are distributed as `mixture`: independent draws.
///
/// `mixture` holds one share per category of [`Category::ALL`], summing to 1.
///
/// # Panics
/// If `mixture` does not have seven shares.
pub fn generations(n: usize, mixture: &[f64], seed: u64) -> Vec<Generation> {
    assert_eq!(mixture.len(), Category::ALL.len(), "one share per category");
    (0..n).map(|index| generation(index, mixture, seed)).collect()
}

fn generation(index: usize, mixture: &[f64], seed: u64) -> Generation {
    let mut dice = Dice::new(seed, KIND_GENERATION, index as u64);
    let category = category_at(dice.unit(), mixture);
    let topic = category.leaning().topic(&mut dice);
    let mut text = compose(category, dice, topic);
    let (n_bytes, n_tokens) = tokens::head(&text, MAX_TOKENS);
    let finish = if n_bytes < text.len() { Finish::Length } else { Finish::Eos };
    text.truncate(n_bytes);
    Generation { id: format!("demo-{index:04}"), text, n_tokens, finish }
}

/// The category in whose stretch of `mixture`, laid end to end, the point lies.
fn category_at(point: f64, mixture: &[f64]) -> Category {
    let mut end = 0.0;
    let index = mixture.iter().position(|share| {
        end += share;
        point < end
    });
    Category::ALL[index.unwrap_or(mixture.len() - 1)]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::demo::MIXTURE;

    #[test]
    fn expected_shares_are_those_of_the_mixture() {
        let n_draws = 36_000;
        let mut counts = [0.0; 7];
        for index in 0..n_draws {
            let mut dice = Dice::new(5, KIND_GENERATION, index);
            counts[category_at(dice.unit(), &MIXTURE) as usize] += 1.0;
        }
        for (count, share) in counts.iter().zip(MIXTURE) {
            let noise = 5.0 * (share * (1.0 - share) / n_draws as f64).sqrt();
            assert!((count / n_draws as f64 - share).abs() <= noise, "{counts:?}");
        }
    }

    #[test]
    fn a_point_lies_in_the_stretch_of_its_category() {
        assert_eq!(category_at(0.0, &MIXTURE), Category::CommonCrawl);
        assert_eq!(category_at(0.35, &MIXTURE), Category::C4);
        assert_eq!(category_at(0.999_999, &MIXTURE), Category::StackExchange);
        assert_eq!(category_at(0.5, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), Category::GitHub);
    }

    #[test]
    fn generations_are_documents_ended_or_stopped() {
        let all = generations(3_600, &MIXTURE, 5);
        let ids: HashSet<&str> = all.iter().map(|each| each.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
        for each in &all {
            assert_eq!(tokens::head(&each.text, usize::MAX), (each.text.len(), each.n_tokens));
            match each.finish {
                Finish::Length => assert_eq!(each.n_tokens, MAX_TOKENS),
                Finish::Eos => assert!(each.n_tokens <= MAX_TOKENS && each.text.len() >= 300),
            }
        }
        let n_stopped = all.iter().filter(|each| each.finish == Finish::Length).count();
        assert!((900..2_700).contains(&n_stopped), "both ends are common: {n_stopped}");
    }

    #[test]
    fn generations_are_no_reference_documents() {
        let head = |text: &str| text.chars().take(240).collect::<String>();
        let mut heads = HashSet::new();
        for category in Category::ALL {
            heads.extend((0..300).map(|index| head(&crate::demo::document(category, 5, index))));
        }
        let all = generations(600, &MIXTURE, 5);
        assert_eq!(all.iter().filter(|each| heads.contains(&head(&each.text))).count(), 0);
    }
}
