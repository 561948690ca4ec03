//! Reading inputs and writing outputs whole: a file is there complete, or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::digest::Sha256Digest as Sha256;
use data_anatomy_core::input_error::{InputError, Problem};
use data_anatomy_core::text::MAX_FILE_BYTES;

/// The bytes of the file at `path`; `-` is standard input.
///
/// # Errors
/// If it is not there, cannot be read, or is too large to be a summary or spec.
pub fn read(path: &Path) -> Result<Vec<u8>, InputError> {
    let shown = path.display().to_string();
    let refuse = |problem| InputError::new(&shown, "", problem);
    let unreadable = |error: io::Error| refuse(Problem::Unreadable { reason: reason(&error) });
    if shown == "-" {
        let mut bytes = Vec::new();
        let mut input = io::stdin().lock().take(MAX_FILE_BYTES + 1);
        input.read_to_end(&mut bytes).map_err(unreadable)?;
        return Ok(bytes);
    }
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(refuse(Problem::TooLarge { bytes, limit: MAX_FILE_BYTES }));
    }
    fs::read(path).map_err(unreadable)
}

/// The SHA-256 of the file at `path`, read in pieces, in hexadecimal.
///
/// # Errors
/// If it cannot be read.
pub fn sha256(path: &Path) -> Result<String, InputError> {
    let unreadable = |error: io::Error| {
        let problem = Problem::Unreadable { reason: reason(&error) };
        InputError::new(path.display().to_string(), "", problem)
    };
    let mut digest = Sha256::new();
    let mut file = File::open(path).map_err(unreadable)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n_bytes = file.read(&mut buffer).map_err(unreadable)?;
        if n_bytes == 0 {
            return Ok(digest.finish());
        }
        digest.update(&buffer[..n_bytes]);
    }
}

/// The system's reason in plain words.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Makes the folder and those above it.
///
/// # Errors
/// If it cannot be made.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("{}: cannot make this folder", path.display()))
}

/// Writes the file in one go: to a temporary file beside it, then renamed.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes the file by `fill`, through a buffer, to `.NAME.partial` beside it, then renamed.
///
/// # Errors
/// If the folder cannot be written to, or `fill` fails.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> anyhow::Result<()> {
    write_and_rename(path, fill).with_context(|| format!("{}: cannot be written", path.display()))
}

fn write_and_rename(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.partial"));
    let mut writer = BufWriter::new(File::create(&partial)?);
    fill(&mut writer)?;
    writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&partial, path)
}
