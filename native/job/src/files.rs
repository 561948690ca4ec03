//! Reading inputs and writing outputs whole: a file is there complete, or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::files::text::MAX_FILE_BYTES;
use data_anatomy_core::messages::input_error::{InputError, Problem};

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
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(refuse(Problem::TooLarge { bytes: metadata.len(), limit: MAX_FILE_BYTES }));
    }
    // A pipe or device tells no length: what is read of it is limited all the same, and core
    // refuses what fills the limit.
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The file, opened for reading, if it is one: not a pipe or device, which may never end or can be
/// read only once.
///
/// # Errors
/// If it cannot be opened, or is something else.
pub fn open_regular(path: &Path) -> Result<File, InputError> {
    let refuse = |reason: String| {
        InputError::new(path.display().to_string(), "", Problem::Unreadable { reason })
    };
    // Asked before it is opened: opening a pipe waits for a writer.
    let metadata = fs::metadata(path).map_err(|error| refuse(self::reason(&error)))?;
    if metadata.is_dir() {
        return Err(refuse(self::reason(&io::ErrorKind::IsADirectory.into())));
    }
    if !metadata.is_file() {
        return Err(refuse("it is a pipe or a device; expected a file".to_owned()));
    }
    File::open(path).map_err(|error| refuse(self::reason(&error)))
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
/// If the folder cannot be written to, or something that is no file stands in the way.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes the file by `fill`, through a buffer, to a temporary file beside it, then renamed: it is
/// there whole or not at all.
///
/// # Errors
/// If the folder cannot be written to, something that is no file stands in the way, or `fill` fails.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> anyhow::Result<()> {
    // Renaming over a device or pipe would replace it.
    let in_the_way = fs::symlink_metadata(path).is_ok_and(|found| !found.is_file());
    anyhow::ensure!(!in_the_way, "{}: stands there already and is no file", path.display());
    write_and_rename(path, fill).with_context(|| format!("{}: cannot be written", path.display()))
}

/// Random characters at the end of a temporary file's name.
const N_RANDOM: usize = 6;
/// The longest part of a file's name that its temporary file repeats: names have at most 255 bytes.
const MAX_REPEATED: usize = 200;

/// How the names of temporary files for `path` begin; the random part follows.
fn partial_prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let end = name.floor_char_boundary(MAX_REPEATED.min(name.len()));
    format!(".partial-{}.", &name[..end])
}

/// Removes what processes left beside the file that were killed while they wrote it. Only who knows that
/// nobody is writing it may ask for that.
///
/// # Errors
/// If the folder cannot be read, or a file cannot be removed.
pub fn remove_partial(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let prefix = partial_prefix(path);
    let is_partial = |name: &str| {
        let random = name.strip_prefix(&prefix);
        random.is_some_and(|random| {
            random.len() == N_RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let entries =
        fs::read_dir(folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
    for entry in entries.filter_map(Result::ok) {
        if is_partial(&entry.file_name().to_string_lossy()) {
            let path = entry.path();
            fs::remove_file(&path)
                .with_context(|| format!("{}: cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn write_and_rename(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    let prefix = partial_prefix(path);
    builder.prefix(&prefix).rand_bytes(N_RANDOM);
    #[cfg(unix)]
    {
        // As any new file: what the umask leaves of it.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let mut writer = BufWriter::new(file.as_file_mut());
    fill(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
