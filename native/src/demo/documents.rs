//! Documents, each by its category and number.

use super::category::Category;
use super::dice::Dice;
use super::draft::{Draft, SHORTEST};
use super::scene::Scene;
use super::topics::Topic;

/// The document of this category with this number, 300 to 2,000 characters long.
///
/// Portable and pure: it depends on the three arguments alone.
pub fn document(category: Category, seed: u64, index: u64) -> String {
    let mut dice = Dice::new(seed, category as u64, index);
    let topic = category.leaning().topic(&mut dice);
    compose(category, dice, topic)
}

/// Reference documents: for every category its name and its first `n_per_category` documents.
pub fn reference(n_per_category: usize, seed: u64) -> Vec<(&'static str, Vec<String>)> {
    let documents = |category| {
        (0..n_per_category as u64).map(move |index| document(category, seed, index)).collect()
    };
    Category::ALL.iter().map(|&category| (category.name(), documents(category))).collect()
}

/// A document of this category about this topic.
pub(super) fn compose(category: Category, mut dice: Dice, topic: &'static Topic) -> String {
    let mut roll = dice.below(100);
    let shapes = category.shapes();
    let mut shape = shapes[0].1;
    for &(share, candidate) in shapes {
        shape = candidate;
        if roll < share {
            break;
        }
        roll -= share;
    }
    let mut draft = Draft::new(Scene::new(dice, topic));
    shape(&mut draft);
    let text = draft.finish();
    debug_assert!(text.chars().count() >= SHORTEST, "too short: {text}");
    text
}
