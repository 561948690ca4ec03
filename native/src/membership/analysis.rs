//! Scores of documents handed to core category by category, and its results.

use std::collections::BTreeMap;

use data_anatomy_core::membership::analysis::{
    AnalysisOptions, BlindScores, CategoryResult, CategoryScores,
};
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::compared::Compared;
use data_anatomy_core::membership::roc::AttackQuality;
use rayon::prelude::*;

use super::blind::BlindDocuments;
use super::collected::Collected;
use super::evidence::PoolScores;

/// The results of one attack.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackResult {
    /// The attack.
    pub attack: Attack,
    /// What is known of each category.
    pub categories: Vec<CategoryResult>,
    /// How well it tells members from others, by category and at last for all documents together; none
    /// where nothing is known to be compared.
    pub quality: Vec<Option<AttackQuality>>,
}

impl Collected {
    /// What attacks are measured by.
    pub fn compared(&self) -> Compared {
        let knows_members = self.is_member.is_some() || self.members.n_documents() > 0;
        if knows_members { Compared::Members } else { Compared::Candidates }
    }

    /// The results of each attack.
    pub fn results(&self, options: &AnalysisOptions) -> Vec<AttackResult> {
        let categories = self.categories();
        let analyzed = |(index, &attack): (usize, &Attack)| {
            let scores: Vec<CategoryScores> =
                categories.par_iter().map(|name| self.scores(index, name)).collect();
            let results = scores
                .par_iter()
                .enumerate()
                .map(|(number, scores)| CategoryResult::of(scores, number as u64, options));
            AttackResult {
                attack,
                categories: results.collect(),
                quality: self.quality(index, &categories, options.level),
            }
        };
        self.attacks.iter().enumerate().map(analyzed).collect()
    }

    /// The scores of one attack on one category.
    fn scores(&self, attack: usize, category: &str) -> CategoryScores {
        let candidates = scored(&self.candidates, attack, category);
        let n_unscored = numbers_of(&self.candidates, category).count() - candidates.len();
        let blind = self.blind.as_ref().and_then(|blind| blind.get(category));
        CategoryScores {
            name: category.to_owned(),
            candidates,
            nonmembers: scored(&self.nonmembers, attack, category),
            members: scored(&self.members, attack, category),
            n_unscored,
            blind: blind.map(|blind| BlindScores {
                candidates: judged(&self.candidates, attack, &blind.candidates),
                nonmembers: judged(&self.nonmembers, attack, &blind.nonmembers),
            }),
        }
    }

    /// How well an attack tells members from others in each category, and in all.
    fn quality(
        &self,
        attack: usize,
        categories: &[String],
        level: f64,
    ) -> Vec<Option<AttackQuality>> {
        let mut all = (Vec::new(), Vec::new());
        let mut found = Vec::with_capacity(categories.len() + 1);
        for category in categories {
            let (members, others) = self.sides(attack, category);
            found.push(AttackQuality::of(self.compared(), &members, &others, level));
            all.0.extend(members);
            all.1.extend(others);
        }
        found.push(AttackQuality::of(self.compared(), &all.0, &all.1, level));
        found
    }

    /// The scores of members, and of others; of candidates in the place of members where no member is known.
    fn sides(&self, attack: usize, category: &str) -> (Vec<f64>, Vec<f64>) {
        let mut members = scored(&self.members, attack, category);
        let mut others = scored(&self.nonmembers, attack, category);
        let of_candidates = &self.candidates.scores[attack];
        for number in numbers_of(&self.candidates, category) {
            let Some(score) = of_candidates[number] else { continue };
            match (&self.is_member, self.compared()) {
                (Some(is_member), _) if is_member[number] => members.push(score),
                (Some(_), _) => others.push(score),
                (None, Compared::Candidates) => members.push(score),
                (None, Compared::Members) => {}
            }
        }
        (members, others)
    }
}

/// The numbers of a category's documents.
fn numbers_of(pool: &PoolScores, category: &str) -> impl Iterator<Item = usize> {
    (0..pool.n_documents()).filter(move |&number| pool.categories[number] == category)
}

/// The scores of a category's documents that have one.
fn scored(pool: &PoolScores, attack: usize, category: &str) -> Vec<f64> {
    numbers_of(pool, category).filter_map(|number| pool.scores[attack][number]).collect()
}

/// What the blind classifier says of the documents that have a score.
fn judged(pool: &PoolScores, attack: usize, blind: &BlindDocuments) -> Vec<f64> {
    let pairs = blind.iter().filter(|(number, _)| pool.scores[attack][*number].is_some());
    pairs.map(|(_, log_odds)| *log_odds).collect()
}

/// How many documents have no score by an attack, and why, in words.
pub fn without_score(pool: &PoolScores, attack: Attack) -> Vec<String> {
    let own: BTreeMap<String, usize> = pool
        .without
        .iter()
        .filter(|((of, _), _)| *of == attack)
        .map(|((_, reason), n)| (reason.to_string(), *n))
        .collect();
    own.into_iter().map(|(reason, n)| format!("{n} of them: {reason}")).collect()
}
