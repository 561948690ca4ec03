//! Documents and generations of the project's own making, for the demo.
//!
//! Every text is composed from grammars, word lists and topics written for this project: nothing is
//! quoted, nothing is downloaded, and the same seed gives the same bytes on every machine. What it is
//! good for: showing the whole job, with a truth that is known, on a machine without a network. What
//! it is not good for: judging a classifier; real text is harder.
//!
//! Some shapes of document belong to several categories ([`Category`] says which), so no classifier
//! can tell all of them apart: an untidy web page and its cleaned twin are often the same page.

mod code;
mod dice;
mod draft;
mod encyclopedia;
mod english;
mod generations;
mod novel;
mod paper;
mod scene;
#[cfg(test)]
mod tests;
mod thread;
mod topics;
mod web;
mod words;

pub use generations::{Generation, N_PROMPTS, generations};

use dice::Dice;
use draft::{Draft, SHORTEST};
use scene::{Leaning, Scene};
use topics::Topic;

/// The demo's published mixture, in the format of the other specs; its shares are [`MIXTURE`].
pub const SPEC: &str = include_str!("../../assets/demo/spec.yaml");

/// Shares of the documents that the demo's imagined model was trained on, in the order of
/// [`Category::ALL`].
pub const MIXTURE: [f64; 7] = [0.34, 0.16, 0.15, 0.08, 0.09, 0.07, 0.11];

/// What a document is modelled on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Web pages as crawled: articles between crumbs, offers, comments and footers.
    CommonCrawl,
    /// Web pages after a filter: mostly whole sentences.
    C4,
    /// Source code, settings, readme files.
    GitHub,
    /// Encyclopedic entries.
    Wikipedia,
    /// Narrative prose.
    Books,
    /// Papers in LaTeX.
    Arxiv,
    /// Questions and answers.
    StackExchange,
}

/// Writes the body of one kind of document.
type Shape = fn(&mut Draft);

impl Category {
    /// All categories, in the order of the seven-category taxonomy.
    pub const ALL: [Self; 7] = [
        Self::CommonCrawl,
        Self::C4,
        Self::GitHub,
        Self::Wikipedia,
        Self::Books,
        Self::Arxiv,
        Self::StackExchange,
    ];

    /// The name in specs and results, as `CommonCrawl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::CommonCrawl => "CommonCrawl",
            Self::C4 => "C4",
            Self::GitHub => "GitHub",
            Self::Wikipedia => "Wikipedia",
            Self::Books => "Books",
            Self::Arxiv => "Arxiv",
            Self::StackExchange => "StackExchange",
        }
    }

    /// The name of its file in a sample folder, without the extension, as `commoncrawl`.
    pub fn file_stem(self) -> String {
        self.name().to_lowercase()
    }

    /// The shapes of its documents and how many of a hundred have each.
    fn shapes(self) -> &'static [(usize, Shape)] {
        match self {
            Self::CommonCrawl => &[
                (37, web::page),
                (18, web::untidy_article),
                (13, web::article),
                (10, web::shop),
                (8, web::forum),
                (7, web::news),
                (7, web::diary),
            ],
            Self::C4 => &[
                (41, web::article),
                (20, web::news),
                (16, web::diary),
                (9, web::untidy_article),
                (7, encyclopedia::plain_summary),
                (4, code::manual),
                (3, thread::bare_answer),
            ],
            Self::GitHub => &[(78, code::source), (15, code::readme), (7, code::manual)],
            Self::Wikipedia => &[
                (33, encyclopedia::object),
                (25, encyclopedia::person),
                (25, encyclopedia::place),
                (11, encyclopedia::plain_summary),
                (4, paper::plain_abstract),
                (2, web::article),
            ],
            Self::Books => &[(74, novel::chapter), (19, novel::memoir), (7, web::diary)],
            Self::Arxiv => &[(85, paper::paper), (15, paper::plain_abstract)],
            Self::StackExchange => &[
                (82, thread::thread),
                (9, thread::bare_answer),
                (6, web::forum),
                (3, code::manual),
            ],
        }
    }

    fn leaning(self) -> Leaning {
        match self {
            Self::GitHub | Self::Arxiv | Self::StackExchange => Leaning::Technical,
            Self::Books => Leaning::Worldly,
            Self::CommonCrawl | Self::C4 | Self::Wikipedia => Leaning::Any,
        }
    }
}

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

fn compose(category: Category, mut dice: Dice, topic: &'static Topic) -> String {
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
