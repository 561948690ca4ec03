//! The documents of a Parquet shard, read column by column.

use std::borrow::Cow;
use std::fs::File;

use data_anatomy_core::messages::printable::shortened;
use data_anatomy_job::failure;
use parquet::basic::Type;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};

use super::document::{Document, Fault, FaultKind, Text};
use super::escaped;
use super::fields::Fields;
use super::lines::{self, MAX_LINE_BYTES};
use super::pages::{CountedPages, PageCount};

/// Rows read at a time, at most; all of them in one page, so that no more than that is in memory.
const BATCH_ROWS: usize = 256;

/// A Parquet file whose columns of text and category are known.
pub(super) struct Rows {
    file: SerializedFileReader<File>,
    text: usize,
    category: Option<usize>,
}

impl Rows {
    /// The rows of a file.
    ///
    /// # Errors
    /// If it is no Parquet file, or has no such columns of text.
    pub(super) fn open(file: File, fields: &Fields) -> Result<Self> {
        guarded(|| {
            let file = SerializedFileReader::new(file)?;
            let names = column_names(&file);
            let missing = |wanted: &str| {
                let found = names.join(", ");
                let found = shortened(&found, MAX_NAMES_CHARS);
                ParquetError::General(format!("expected a column {wanted}, found {found}"))
            };
            let text = fields.text.iter().find_map(|name| position(&names, name));
            let text = text.ok_or_else(|| missing(&fields.text.join(" or ")))?;
            let field = fields.category.join(".");
            let category = match fields.category.is_empty() {
                true => None,
                false => Some(position(&names, &field).ok_or_else(|| missing(&field))?),
            };
            Ok(Self { file, text, category })
        })
    }

    /// How many row groups there are.
    pub(super) fn n_groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// Calls `each` with every row of a row group and its number in the file, from 1.
    ///
    /// # Errors
    /// If the group is damaged; rows before the damage were given out.
    pub(super) fn read_group(
        &self,
        group: usize,
        each: &mut dyn FnMut(u64, std::result::Result<Document<'_>, Fault>),
    ) -> Result<()> {
        let before = (0..group).map(|group| self.file.metadata().row_group(group).num_rows());
        let mut number = before.fold(1, |sum: u64, n| sum.saturating_add_signed(n));
        let reader = guarded(|| self.file.get_row_group(group))?;
        let mut texts = guarded(|| Column::open(&*reader, self.text))?;
        let categories = self.category.map(|index| guarded(|| Column::open(&*reader, index)));
        let mut categories = categories.transpose()?;
        loop {
            let n_rows = guarded(|| next_batch(&mut texts, categories.as_mut()))?;
            for row in 0..n_rows {
                each(number, document(&texts, categories.as_ref(), row));
                number = number.saturating_add(1);
            }
            if n_rows == 0 {
                return Ok(());
            }
        }
    }
}

/// Reads the next rows of both columns, and returns how many.
fn next_batch(texts: &mut Column, mut categories: Option<&mut Column>) -> Result<usize> {
    let n_ready = categories.as_ref().map_or(BATCH_ROWS, |column| column.n_ready());
    let n_ready = n_ready.min(texts.n_ready());
    let n_rows = texts.next_batch(n_ready)?;
    if let Some(categories) = &mut categories
        && categories.next_batch(n_ready)? != n_rows
    {
        return Err(ParquetError::General("columns of unequal lengths".to_owned()));
    }
    Ok(n_rows)
}

/// The document in a row of a batch.
fn document<'a>(
    texts: &'a Column,
    categories: Option<&'a Column>,
    row: usize,
) -> std::result::Result<Document<'a>, Fault> {
    let text = texts.value(row, FaultKind::Text)?;
    let category = categories.map(|column| column.value(row, FaultKind::Category)).transpose()?;
    Ok(Document {
        text: Text::Plain(text),
        size: escaped::plain_size(text),
        category: category.map(Cow::Borrowed),
    })
}

/// The names of a file's columns, nested ones with dots.
fn column_names(file: &SerializedFileReader<File>) -> Vec<String> {
    let schema = file.metadata().file_metadata().schema_descr();
    schema.columns().iter().map(|column| column.path().string()).collect()
}

/// The names of the columns of a Parquet file.
///
/// # Errors
/// If it is none.
pub(super) fn columns(file: File) -> Result<Vec<String>> {
    guarded(|| Ok(column_names(&SerializedFileReader::new(file)?)))
}

fn position(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|other| other == name)
}

/// Characters of the names of columns that are shown: tables may have thousands.
const MAX_NAMES_CHARS: usize = 200;

/// A damaged file may make the decoder panic; that is its damage, which is told with the others, not the end
/// of the run.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    const DAMAGED: &str = "damaged beyond reading";
    failure::guarded(DAMAGED, || Ok(read()))
        .unwrap_or_else(|_| Err(ParquetError::General(DAMAGED.to_owned())))
}

/// A column of texts, batch by batch.
struct Column {
    reader: ColumnReaderImpl<ByteArrayType>,
    count: PageCount,
    /// Rows read so far.
    n_read: u64,
    /// Level at which a row has a value; lower ones are null.
    full_level: i16,
    levels: Vec<i16>,
    values: Vec<ByteArray>,
    /// For each row the place of its value.
    places: Vec<Option<usize>>,
}

impl Column {
    fn open(group: &dyn RowGroupReader, index: usize) -> Result<Self> {
        let descriptor = group.metadata().schema_descr().column(index);
        let name = descriptor.path().string();
        if descriptor.max_rep_level() > 0 {
            return Err(ParquetError::General(format!(
                "column {name}: expected texts, found lists"
            )));
        }
        let found = descriptor.physical_type();
        if found != Type::BYTE_ARRAY {
            return Err(ParquetError::General(format!(
                "column {name}: expected texts, found {found}"
            )));
        }
        let full_level = descriptor.max_def_level();
        let (pages, count) = CountedPages::new(group.get_column_page_reader(index)?);
        Ok(Self {
            reader: ColumnReaderImpl::new(descriptor, Box::new(pages)),
            count,
            n_read: 0,
            full_level,
            levels: Vec::new(),
            values: Vec::new(),
            places: Vec::new(),
        })
    }

    /// How many rows can be read without another page, at least 1.
    fn n_ready(&self) -> usize {
        self.count.n_ready(self.n_read).clamp(1, BATCH_ROWS)
    }

    /// Reads so many further rows, or those that are left, and returns how many.
    fn next_batch(&mut self, n_rows: usize) -> Result<usize> {
        self.levels.clear();
        self.values.clear();
        self.places.clear();
        let (n_rows, n_values, _) =
            self.reader.read_records(n_rows, Some(&mut self.levels), None, &mut self.values)?;
        self.n_read += n_rows as u64;
        let mut next = 0;
        for row in 0..n_rows {
            let full = self.full_level == 0 || self.levels.get(row) == Some(&self.full_level);
            self.places.push(full.then_some(next));
            next += usize::from(full);
        }
        if next != n_values {
            return Err(ParquetError::General("values and levels of unequal number".to_owned()));
        }
        Ok(n_rows)
    }

    fn value(&self, row: usize, kind: FaultKind) -> std::result::Result<&str, Fault> {
        let value = self.places[row].and_then(|place| self.values.get(place));
        let value = value.ok_or_else(|| kind.with("expected a text, found null"))?;
        if value.len() > MAX_LINE_BYTES {
            return Err(FaultKind::TooLong.with(lines::too_long()));
        }
        simdutf8::compat::from_utf8(value.data()).map_err(|error| {
            let place = error.valid_up_to() + 1;
            FaultKind::InvalidUtf8.with(format!("byte {place} of the value is not UTF-8"))
        })
    }
}
