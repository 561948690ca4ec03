//! Texts as a small language model would sample them: clipped, clustered by prompt, now and then stuck.

use super::category::Category;
use super::dice::Dice;
use super::documents::compose;
use super::scene::Leaning;
use super::topics::Topic;

/// How many distinct prompts the generations come from.
pub const N_PROMPTS: usize = 36;

/// One sampled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Distinct among all generations, as `demo-0007`.
    pub id: String,
    /// The prompt it continues, as `prompt-08`; generations of one prompt are alike.
    pub prompt_id: String,
    /// The text.
    pub text: String,
}

/// Kinds of random things, beside the seven categories, that must not share their dice.
const KIND_PROMPTS: u64 = 100;
const KIND_GENERATION: u64 = 101;
/// Generations of a hundred that follow their prompt's favourite category instead of the mixture.
const FOLLOWS_PROMPT: usize = 25;
/// Generations of a hundred that get stuck in a loop.
const STUCK: usize = 2;
/// Generations of a hundred that begin within a document instead of at its start.
const BEGINS_WITHIN: usize = 15;

/// What the generations of one prompt have in common.
struct Prompt {
    favourite: Category,
    topics: [&'static Topic; 2],
}

/// `n` generations of a model whose documents are distributed as `mixture`.
///
/// `mixture` holds one share per category of [`Category::ALL`], summing to 1. A generation's category
/// is drawn from it, or is its prompt's favourite, and favourites are themselves distributed as
/// `mixture`; so the expected shares are those of `mixture`, and draws of one prompt are correlated.
///
/// # Panics
/// If `mixture` does not have seven shares.
pub fn generations(n: usize, mixture: &[f64], seed: u64) -> Vec<Generation> {
    assert_eq!(mixture.len(), Category::ALL.len(), "one share per category");
    let prompts = prompts(mixture, seed);
    (0..n)
        .map(|index| {
            let number = index % N_PROMPTS;
            Generation {
                id: format!("demo-{index:04}"),
                prompt_id: format!("prompt-{number:02}"),
                text: sample(
                    &prompts[number],
                    mixture,
                    Dice::new(seed, KIND_GENERATION, index as u64),
                ),
            }
        })
        .collect()
}

/// The prompts. Favourites are drawn systematically: one random start, then even steps.
fn prompts(mixture: &[f64], seed: u64) -> Vec<Prompt> {
    let mut dice = Dice::new(seed, KIND_PROMPTS, 0);
    let start = dice.unit();
    let mut favourites: Vec<Category> = (0..N_PROMPTS)
        .map(|number| category_at((number as f64 + start) / N_PROMPTS as f64, mixture))
        .collect();
    dice.shuffle(&mut favourites);
    favourites
        .into_iter()
        .map(|favourite| {
            let topics = [Leaning::Any.topic(&mut dice), favourite.leaning().topic(&mut dice)];
            Prompt { favourite, topics }
        })
        .collect()
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

/// The category of one generation: the prompt's favourite, or a draw from the mixture.
fn category(prompt: &Prompt, mixture: &[f64], dice: &mut Dice) -> Category {
    let point = dice.unit();
    if dice.chance(FOLLOWS_PROMPT) { prompt.favourite } else { category_at(point, mixture) }
}

fn sample(prompt: &Prompt, mixture: &[f64], mut dice: Dice) -> String {
    let category = category(prompt, mixture, &mut dice);
    let topic = if dice.chance(40) {
        prompt.topics[dice.below(2)]
    } else {
        category.leaning().topic(&mut dice)
    };
    let is_stuck = dice.chance(STUCK);
    let begins_within = dice.chance(BEGINS_WITHIN);
    let length = dice.between(300, 1_200);
    let (offset, repeats) = (dice.below(100), dice.between(5, 14));
    let document = compose(category, dice, topic);
    let text = if begins_within { later_part(&document, offset) } else { &document };
    let text = clip(text, length);
    if is_stuck { stuck(text, repeats) } else { text.to_owned() }
}

/// The text from the first line or sentence after `percent` of its first half.
fn later_part(text: &str, percent: usize) -> &str {
    let from = ceil_boundary(text, text.len() / 2 * percent / 100);
    let breaks = [text[from..].find('\n'), text[from..].find(". ").map(|position| position + 1)];
    match breaks.into_iter().flatten().min() {
        Some(position) if from + position < text.len() * 2 / 3 => {
            text[from + position..].trim_start()
        }
        _ => text,
    }
}

/// The first `length` bytes or so, wherever that cuts.
fn clip(text: &str, length: usize) -> &str {
    text[..ceil_boundary(text, length.min(text.len()))].trim_end()
}

/// The text with its last words said over and over.
fn stuck(text: &str, repeats: usize) -> String {
    let from = ceil_boundary(text, text.len().saturating_sub(60));
    let tail = text[from..].split_once(' ').map_or(&text[from..], |(_, rest)| rest);
    let mut looped = text.to_owned();
    for _ in 0..repeats {
        looped.push(' ');
        looped.push_str(tail);
    }
    looped
}

fn ceil_boundary(text: &str, mut position: usize) -> usize {
    while !text.is_char_boundary(position) {
        position += 1;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::MIXTURE;
    use std::collections::{BTreeMap, HashSet};

    #[test]
    fn expected_shares_are_those_of_the_mixture() {
        // Favourites by systematic draw: the shares themselves, to within one prompt of 36.
        let prompts = prompts(&MIXTURE, 5);
        for (category, share) in Category::ALL.iter().zip(MIXTURE) {
            let count = prompts.iter().filter(|each| each.favourite == *category).count();
            assert!((count as f64 - share * N_PROMPTS as f64).abs() <= 1.0, "{category:?} {count}");
        }
        // Categories: 36,000 draws, five standard deviations, and a quarter of one prompt's rounding.
        let n_draws = 36_000;
        let mut counts = [0.0; 7];
        for index in 0..n_draws {
            let mut dice = Dice::new(5, KIND_GENERATION, index);
            let number = usize::try_from(index).unwrap() % N_PROMPTS;
            counts[category(&prompts[number], &MIXTURE, &mut dice) as usize] += 1.0;
        }
        for (count, share) in counts.iter().zip(MIXTURE) {
            let noise = 5.0 * (share * (1.0 - share) / n_draws as f64).sqrt();
            assert!((count / n_draws as f64 - share).abs() <= noise + 0.25 / 36.0, "{counts:?}");
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
    fn generations_are_clustered_clipped_and_now_and_then_stuck() {
        let all = generations(3_600, &MIXTURE, 5);
        let mut per_prompt: BTreeMap<&str, usize> = BTreeMap::new();
        for each in &all {
            *per_prompt.entry(&each.prompt_id).or_default() += 1;
            assert!(!each.text.is_empty() && each.text.trim_end() == each.text);
        }
        assert_eq!(per_prompt.len(), N_PROMPTS);
        assert!(per_prompt.values().all(|&count| count == 100));
        let ids: HashSet<&str> = all.iter().map(|each| each.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
        // Two in a hundred, 72 expected; five standard deviations are 42.
        let n_stuck = all.iter().filter(|each| is_looped(&each.text)).count();
        assert!((30..=114).contains(&n_stuck), "{n_stuck}");
        let n_open = all.iter().filter(|each| !each.text.ends_with(['.', '?', '!', '"'])).count();
        assert!(n_open > all.len() / 2, "most are cut within a sentence: {n_open}");
    }

    /// Whether the last thirty bytes or so stand in the text five times.
    fn is_looped(text: &str) -> bool {
        let tail = &text[ceil_boundary(text, text.len().saturating_sub(30))..];
        text.matches(tail).count() >= 5
    }

    #[test]
    fn generations_are_no_reference_documents() {
        let mut heads = HashSet::new();
        for category in Category::ALL {
            for index in 0..300 {
                let text = crate::demo::document(category, 5, index);
                heads.insert(clip(&text, 180).to_owned());
            }
        }
        let shared = generations(600, &MIXTURE, 5)
            .iter()
            .filter(|each| heads.contains(clip(&each.text, 180)))
            .count();
        assert_eq!(shared, 0);
    }
}
