//! The categories of the demo's documents, and the shapes that documents of each have.

use super::draft::Draft;
use super::scene::Leaning;
use super::{code, encyclopedia, novel, paper, thread, web};

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
pub(super) type Shape = fn(&mut Draft);

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
    pub(super) fn shapes(self) -> &'static [(usize, Shape)] {
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

    /// What its documents are about.
    pub(super) fn leaning(self) -> Leaning {
        match self {
            Self::GitHub | Self::Arxiv | Self::StackExchange => Leaning::Technical,
            Self::Books => Leaning::Worldly,
            Self::CommonCrawl | Self::C4 | Self::Wikipedia => Leaning::Any,
        }
    }
}
