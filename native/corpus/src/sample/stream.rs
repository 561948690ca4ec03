//! The bytes of a JSON shard, unpacked, with what goes wrong said in plain words.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use data_anatomy_job::files;
use flate2::bufread::MultiGzDecoder;

use super::shard::Compression;

/// Bytes of the file read at a time.
const BLOCK_BYTES: usize = 1 << 17;

/// Opens a shard and unpacks it from byte `start` on, which must be 0 where it is compressed. The bytes
/// read of the file are added to `n_read` as they are read.
///
/// # Errors
/// If it cannot be opened, or does not begin as its ending says it should.
pub fn open<'a>(
    path: &Path,
    compression: Compression,
    start: u64,
    n_read: &'a AtomicU64,
) -> io::Result<Box<dyn Read + 'a>> {
    let mut file =
        files::open_regular(path).map_err(|error| io::Error::other(error.problem.to_string()))?;
    check_beginning(&file, compression)?;
    file.seek(SeekFrom::Start(start))?;
    let counted = BufReader::with_capacity(BLOCK_BYTES, Counted { file, n_read });
    Ok(match compression {
        Compression::None => Box::new(counted),
        Compression::Gzip => Box::new(MultiGzDecoder::new(counted)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(counted)?),
    })
}

/// How a file begins that stands for one that is not there.
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// Refuses a pointer of Git LFS, and returns the first bytes of what is none.
///
/// # Errors
/// If it is one, or cannot be read.
pub fn refuse_pointer(file: &File) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    file.take(LFS_POINTER.len() as u64).read_to_end(&mut beginning)?;
    if beginning.starts_with(LFS_POINTER) {
        let problem = "it is a pointer of Git LFS, not the data; fetch it with `git lfs pull`";
        return Err(io::Error::other(problem));
    }
    Ok(beginning)
}

/// Refuses what is no such file, where its first bytes tell.
fn check_beginning(file: &File, compression: Compression) -> io::Result<()> {
    let beginning = refuse_pointer(file)?;
    let is_zstd = beginning.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        // A frame that decoders skip, such as a seek table's.
        || beginning.first().is_some_and(|first| first & 0xf0 == 0x50) && beginning[1..].starts_with(&[0x2a, 0x4d, 0x18]);
    let (name, fits) = match compression {
        Compression::None => return Ok(()),
        Compression::Zstd => ("Zstandard", is_zstd),
        Compression::Gzip => ("gzip", beginning.starts_with(&[0x1f, 0x8b])),
    };
    if fits || beginning.is_empty() {
        return Ok(());
    }
    Err(io::Error::other(format!("expected {name} data, found something else")))
}

/// A file that counts what is read of it.
struct Counted<'a> {
    file: File,
    n_read: &'a AtomicU64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.n_read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Why a stream ended before its end, in plain words.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "it ends before its data do: was it copied whole?".to_owned()
        }
        _ if error.to_string().contains("too much memory") => {
            "it needs a window of more than 128 MiB to unpack; unpack it with `zstd -d --long=31`"
                .to_owned()
        }
        _ => format!("damaged: {error}"),
    }
}
