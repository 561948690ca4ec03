//! The pages of a Parquet column, counted as they are taken: a batch of rows that needs no further page needs no
//! further memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::Result;

/// Hands on pages and counts what is in them.
pub(super) struct CountedPages {
    pages: Box<dyn PageReader>,
    count: PageCount,
}

/// What was in the pages that were handed on.
#[derive(Debug, Clone, Default)]
pub(super) struct PageCount {
    n_values: Arc<AtomicU64>,
    /// Whether values of the last page are made of those before, and so may be larger than the page.
    grows: Arc<AtomicBool>,
}

impl PageCount {
    /// How many rows are left of the last page behind `n_read` of the column, or as many as are safe to read
    /// together.
    pub(super) fn n_ready(&self, n_read: u64) -> usize {
        if self.grows.load(Ordering::Relaxed) {
            return 1;
        }
        let left = self.n_values.load(Ordering::Relaxed).saturating_sub(n_read);
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    fn add(&self, page: &Page) {
        if !matches!(page, Page::DictionaryPage { .. }) {
            self.n_values.fetch_add(page.num_values().into(), Ordering::Relaxed);
            self.grows.store(page.encoding() == Encoding::DELTA_BYTE_ARRAY, Ordering::Relaxed);
        }
    }
}

impl CountedPages {
    /// These pages, and their count.
    pub(super) fn new(pages: Box<dyn PageReader>) -> (Self, PageCount) {
        let count = PageCount::default();
        (Self { pages, count: count.clone() }, count)
    }
}

impl Iterator for CountedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CountedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().for_each(|page| self.count.add(page));
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        self.pages.take_deferred_dictionary()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}
