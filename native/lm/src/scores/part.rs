//! One Parquet file of scored documents.

use std::io::Write;
use std::sync::{Arc, LazyLock};

use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

use super::document_scores::DocumentScores;

/// Position of each column.
pub(super) const DOC_ID: usize = 0;
pub(super) const CATEGORY: usize = 1;
pub(super) const TOKEN_IDS: usize = 2;
pub(super) const LOG_PROB: usize = 3;
pub(super) const MEAN: usize = 4;
pub(super) const VARIANCE: usize = 5;
pub(super) const TEXT_BYTES: usize = 6;
pub(super) const ZLIB_BYTES: usize = 7;

/// The key under which a part tells how many tokens it has.
pub(super) const TOKENS_KEY: &str = "data-anatomy.tokens";

const SCHEMA: &str = "message scores {
    required binary doc_id (STRING);
    required binary category (STRING);
    required group token_ids (LIST) { repeated group list { required int32 element; } }
    required group log_prob (LIST) { repeated group list { required float element; } }
    required group mean (LIST) { repeated group list { required float element; } }
    required group variance (LIST) { repeated group list { required float element; } }
    required int32 text_bytes;
    required int32 zlib_bytes;
}";

/// The columns of a part.
pub(super) static SCORES_SCHEMA: LazyLock<Option<TypePtr>> =
    LazyLock::new(|| parse_message_type(SCHEMA).ok().map(Arc::new));

/// Writes the documents as one row group, the same bytes for the same documents.
pub(super) fn write<Sink: Write + Send>(sink: Sink, documents: &[DocumentScores]) -> Result<()> {
    let Some(schema) = SCORES_SCHEMA.clone() else { return Ok(()) };
    let n_tokens: usize = documents.iter().map(|document| document.token_ids.len()).sum();
    let mut file = SerializedFileWriter::new(sink, schema, Arc::new(properties()))?;
    file.append_key_value_metadata(KeyValue::new(TOKENS_KEY.to_owned(), n_tokens.to_string()));
    let mut group = file.next_row_group()?;
    let text = |text: &str| ByteArray::from(text);
    write_column::<ByteArrayType, _>(&mut group, |column| {
        let ids: Vec<ByteArray> = documents.iter().map(|one| text(&one.doc_id)).collect();
        column.write_batch(&ids, None, None)
    })?;
    write_column::<ByteArrayType, _>(&mut group, |column| {
        let categories: Vec<ByteArray> = documents.iter().map(|one| text(&one.category)).collect();
        column.write_batch(&categories, None, None)
    })?;
    let lists = |list: fn(&DocumentScores) -> &[f32]| documents.iter().map(list);
    write_lists::<Int32Type, _>(&mut group, documents.iter().map(|one| one.token_ids.as_slice()))?;
    write_lists::<FloatType, _>(&mut group, lists(|one| &one.log_prob))?;
    write_lists::<FloatType, _>(&mut group, lists(|one| &one.mean))?;
    write_lists::<FloatType, _>(&mut group, lists(|one| &one.variance))?;
    let mut write_numbers = |number: fn(&DocumentScores) -> i32| {
        write_column::<Int32Type, _>(&mut group, |column| {
            let numbers: Vec<i32> = documents.iter().map(number).collect();
            column.write_batch(&numbers, None, None)
        })
    };
    write_numbers(|one| one.text_bytes)?;
    write_numbers(|one| one.zlib_bytes)?;
    group.close()?;
    file.close()?;
    Ok(())
}

fn properties() -> WriterProperties {
    let path =
        |parts: &[&str]| ColumnPath::new(parts.iter().map(|&part| part.to_owned()).collect());
    WriterProperties::builder()
        .set_created_by(concat!("data-anatomy", " ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::UNCOMPRESSED)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_encoding(Encoding::PLAIN)
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled(path(&["category"]), true)
        .set_column_dictionary_enabled(path(&["token_ids", "list", "element"]), true)
        .build()
}

fn write_column<Kind: DataType, Sink: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    fill: impl FnOnce(&mut ColumnWriterImpl<'_, Kind>) -> Result<usize>,
) -> Result<()> {
    if let Some(mut column) = group.next_column()? {
        fill(column.typed::<Kind>())?;
        column.close()?;
    }
    Ok(())
}

/// Writes one list per document. A repetition level of 0 begins a list, a definition level of 0
/// says that it is empty.
fn write_lists<'documents, Kind: DataType, Sink: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    lists: impl Iterator<Item = &'documents [Kind::T]>,
) -> Result<()>
where
    Kind::T: Copy,
{
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for list in lists {
        values.extend_from_slice(list);
        repeated.push(0);
        repeated.resize(repeated.len() + list.len().saturating_sub(1), 1);
        defined.resize(repeated.len(), i16::from(!list.is_empty()));
    }
    write_column::<Kind, _>(group, |column| {
        column.write_batch(&values, Some(&defined), Some(&repeated))
    })
}
