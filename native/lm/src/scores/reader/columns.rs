//! The columns of a part in memory.

use std::fs::File;

use anyhow::Context as _;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};

use crate::scores::part;
use crate::scores::scored_document::ScoredDocument;

/// All documents of a part.
pub(super) struct Columns {
    doc_ids: Vec<ByteArray>,
    categories: Vec<ByteArray>,
    token_ids: Lists<i32>,
    log_prob: Lists<f32>,
    mean: Lists<f32>,
    variance: Lists<f32>,
    text_bytes: Vec<i32>,
    zlib_bytes: Vec<i32>,
}

/// One list per document: list i is `values[ends[i - 1]..ends[i]]`.
pub(super) struct Lists<Value> {
    values: Vec<Value>,
    ends: Vec<usize>,
}

impl<Value> Lists<Value> {
    /// How many lists there are.
    pub(super) fn n_rows(&self) -> usize {
        self.ends.len()
    }

    /// The list in a row.
    pub(super) fn list(&self, row: usize) -> Option<&[Value]> {
        let start = if row == 0 { 0 } else { *self.ends.get(row - 1)? };
        self.values.get(start..*self.ends.get(row)?)
    }
}

/// The log-probabilities in the file's one row group, whose shape was checked.
///
/// # Errors
/// If they are malformed.
pub(super) fn log_probs(file: &SerializedFileReader<File>) -> Result<Lists<f32>> {
    lists::<FloatType>(&*file.get_row_group(0)?, part::LOG_PROB)
}

impl Columns {
    /// The columns of the file's one row group, whose shape was checked.
    ///
    /// # Errors
    /// If they are malformed.
    pub(super) fn read(file: &SerializedFileReader<File>) -> Result<Self> {
        let group = file.get_row_group(0)?;
        Ok(Self {
            doc_ids: texts(&*group, part::DOC_ID)?,
            categories: texts(&*group, part::CATEGORY)?,
            token_ids: lists::<Int32Type>(&*group, part::TOKEN_IDS)?,
            log_prob: lists::<FloatType>(&*group, part::LOG_PROB)?,
            mean: lists::<FloatType>(&*group, part::MEAN)?,
            variance: lists::<FloatType>(&*group, part::VARIANCE)?,
            text_bytes: numbers(&*group, part::TEXT_BYTES)?,
            zlib_bytes: numbers(&*group, part::ZLIB_BYTES)?,
        })
    }

    /// How many documents there are.
    pub(super) fn n_rows(&self) -> usize {
        self.doc_ids.len()
    }

    /// The document in a row.
    ///
    /// # Errors
    /// If its names are no text, or it has no lists.
    pub(super) fn document(&self, row: usize) -> anyhow::Result<ScoredDocument<'_>> {
        let missing = || format!("row {} is not whole", row + 1);
        Ok(ScoredDocument {
            doc_id: self.doc_ids.get(row).with_context(missing)?.as_utf8()?,
            category: self.categories.get(row).with_context(missing)?.as_utf8()?,
            token_ids: self.token_ids.list(row).with_context(missing)?,
            log_prob: self.log_prob.list(row).with_context(missing)?,
            mean: self.mean.list(row).with_context(missing)?,
            variance: self.variance.list(row).with_context(missing)?,
            text_bytes: usize::try_from(*self.text_bytes.get(row).with_context(missing)?)?,
            zlib_bytes: usize::try_from(*self.zlib_bytes.get(row).with_context(missing)?)?,
        })
    }
}

/// The reader of a column, how many rows it has and how many values.
fn open<Kind: DataType>(
    group: &dyn RowGroupReader,
    column: usize,
    shape: Shape,
) -> Result<(ColumnReaderImpl<Kind>, usize, usize)> {
    let chunk = group.metadata().column(column);
    let n_values = usize::try_from(chunk.num_values())?;
    let n_rows = usize::try_from(group.metadata().num_rows())?;
    let inner = group.get_column_page_reader(column)?;
    let pages =
        Box::new(BoundedPages { inner, shape, n_values_left: n_values, has_dictionary: false });
    Ok((ColumnReaderImpl::<Kind>::new(chunk.column_descr_ptr(), pages), n_rows, n_values))
}

fn texts(group: &dyn RowGroupReader, column: usize) -> Result<Vec<ByteArray>> {
    let (mut reader, n_rows, _) = open::<ByteArrayType>(group, column, Shape::Texts)?;
    let mut values = Vec::new();
    let (n_read, _, _) = reader.read_records(n_rows, None, None, &mut values)?;
    if n_read == n_rows && values.len() == n_rows { Ok(values) } else { Err(short(column)) }
}

/// One number per document.
fn numbers(group: &dyn RowGroupReader, column: usize) -> Result<Vec<i32>> {
    let (mut reader, n_rows, _) = open::<Int32Type>(group, column, Shape::Numbers)?;
    let mut values = Vec::new();
    let (n_read, _, _) = reader.read_records(n_rows, None, None, &mut values)?;
    if n_read == n_rows && values.len() == n_rows { Ok(values) } else { Err(short(column)) }
}

fn lists<Kind: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<Lists<Kind::T>> {
    let (mut reader, n_rows, n_levels) = open::<Kind>(group, column, Shape::Lists)?;
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (n_read, _, _) =
        reader.read_records(n_rows, Some(&mut defined), Some(&mut repeated), &mut values)?;
    let ends = ends(&defined, &repeated);
    let is_whole = n_read == n_rows
        && ends.len() == n_rows
        && defined.len() == n_levels
        && ends.last().is_none_or(|&end| end == values.len());
    if is_whole { Ok(Lists { values, ends }) } else { Err(short(column)) }
}

/// Where each list ends among the values. A repetition level of 0 begins a list, a definition level
/// of 0 is an empty list's.
fn ends(defined: &[i16], repeated: &[i16]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut n_values = 0;
    for (&defined, &repeated) in defined.iter().zip(repeated) {
        if repeated == 0 {
            ends.push(n_values);
        }
        n_values += usize::from(defined != 0);
    }
    // What was noted are the starts, and the first of them is 0.
    if !ends.is_empty() {
        ends.remove(0);
        ends.push(n_values);
    }
    ends
}

fn short(column: usize) -> ParquetError {
    ParquetError::General(format!("column {column} does not hold what it should"))
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One text per document: each begins with its length in four bytes.
    Texts,
    /// One list of four-byte numbers per document: pages begin with repetition and definition levels,
    /// each with their length in four bytes.
    Lists,
    /// One four-byte number per document.
    Numbers,
}

impl Shape {
    /// Whether the bytes are so many plain values, or more.
    fn holds(self, bytes: &[u8], n_values: usize) -> bool {
        match self {
            Self::Texts => (0..n_values).try_fold(bytes, |rest, _| after_prefixed(rest)).is_some(),
            Self::Lists | Self::Numbers => n_values <= bytes.len() / 4,
        }
    }

    /// The values of a page without its levels.
    fn without_levels(self, page: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Texts | Self::Numbers => Some(page),
            Self::Lists => after_prefixed(page).and_then(after_prefixed),
        }
    }
}

/// What follows after a length in four bytes and so many bytes.
fn after_prefixed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)
}

/// Pages of a column, refused where they are not of the kinds that are written, or hold more values
/// than the column has: a few bytes can stand for billions of equal values. The library trusts a page
/// further than it may, so what it takes for granted is looked at here.
struct BoundedPages {
    inner: Box<dyn PageReader>,
    shape: Shape,
    n_values_left: usize,
    has_dictionary: bool,
}

impl BoundedPages {
    fn admit(&mut self, page: &Page) -> Result<()> {
        let refuse = |problem: &str| Err(ParquetError::General(problem.to_owned()));
        match page {
            Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, .. }
                if !self.has_dictionary && self.shape.holds(buf, *num_values as usize) =>
            {
                self.has_dictionary = true;
                Ok(())
            }
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                ..
            } => {
                let n_values = *num_values as usize;
                let is_whole = match (self.shape.without_levels(buf), encoding) {
                    // A list may be empty: its levels count, its values do not.
                    (Some(values), Encoding::PLAIN) => {
                        self.shape == Shape::Lists || self.shape.holds(values, n_values)
                    }
                    // The first byte tells how many bits an index has.
                    (Some(values), Encoding::RLE_DICTIONARY) => {
                        self.has_dictionary && values.first().is_some_and(|&bits| bits <= 32)
                    }
                    _ => false,
                };
                if !is_whole || [*def_level_encoding, *rep_level_encoding] != [Encoding::RLE; 2] {
                    return refuse("a page that is not as pages are written");
                }
                let Some(left) = self.n_values_left.checked_sub(n_values) else {
                    return refuse("more values than the column has");
                };
                self.n_values_left = left;
                Ok(())
            }
            _ => refuse("a page of a kind that is not written"),
        }
    }
}

impl Iterator for BoundedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for BoundedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        if let Some(page) = &page {
            self.admit(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    /// Whether the next page begins a document, which is certain only after the last.
    fn at_record_boundary(&mut self) -> Result<bool> {
        Ok(self.n_values_left == 0)
    }
}
