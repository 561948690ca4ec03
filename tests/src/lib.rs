//! Running the program from a test, and looking at what it did.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder of its own for one test, and the program run inside it.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// An empty folder, removed with this value.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("data-anatomy-").tempdir();
        Self { folder: folder.expect("a temporary folder can be made") }
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let parent = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(parent).expect("folders can be made");
        std::fs::write(&path, content).expect("a file can be written");
        path
    }

    /// The text of a file.
    ///
    /// # Panics
    /// If it is not there.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The program, about to be run in the folder with these arguments, separated by blanks.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(program());
        let words = arguments.split_whitespace();
        command.current_dir(self.folder.path()).args(words).env_remove("NO_COLOR");
        command
    }

    /// The program run in the folder with these arguments, separated by blanks.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub fn run(&self, arguments: &str) -> Ran {
        let output = self.command(arguments).output().expect("the program can be started");
        Ran { output, words: arguments.into() }
    }

    /// Makes a model folder: the weights of a fixture of `tests/fixtures/lm`, and the tokenizer that
    /// fits all of them.
    ///
    /// # Panics
    /// If there is no such fixture, or it cannot be copied.
    pub fn write_model(&self, name: &str, fixture: &str) -> PathBuf {
        self.write_fixture(name, &format!("lm/{fixture}"));
        self.write_fixture(name, "lm/tokenizer")
    }

    /// Copies a folder of `tests/fixtures`, without what is expected of it, and returns the copy's path.
    ///
    /// # Panics
    /// If the fixture cannot be read or the file not be written.
    pub fn write_fixture(&self, name: &str, fixture: &str) -> PathBuf {
        for entry in std::fs::read_dir(project("tests/fixtures").join(fixture))
            .expect("the fixture is there")
        {
            let path = entry.expect("the fixture can be read").path();
            let file = path.file_name().expect("a file has a name").to_string_lossy();
            if !file.starts_with("expected") {
                let content = std::fs::read(&path).expect("the fixture can be read");
                self.write(&format!("{name}/{file}"), content);
            }
        }
        self.path(name)
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// What a run of the program did.
#[derive(Debug)]
pub struct Ran {
    output: Output,
    words: String,
}

impl Ran {
    /// What it printed on stdout.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// What it printed on stderr.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Itself, if it exited with this code.
    ///
    /// # Panics
    /// If it exited with another.
    #[track_caller]
    pub fn exited(self, code: i32) -> Self {
        let found = self.output.status.code();
        let (words, stderr) = (&self.words, self.stderr());
        assert_eq!(found, Some(code), "data-anatomy {words}\n{stderr}");
        self
    }

    /// The JSON document on stdout.
    ///
    /// # Panics
    /// If stdout is no JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout).expect("stdout is one JSON document")
    }
}

/// The program, built before the tests by the same command (`cargo build`, then `cargo test`).
///
/// # Panics
/// If it is not there.
pub fn program() -> PathBuf {
    // target/PROFILE/deps/it-…: the program lies two folders up.
    let test = std::env::current_exe().expect("a test knows where it is");
    let name = format!("data-anatomy{}", std::env::consts::EXE_SUFFIX);
    let program = test.ancestors().nth(2).expect("a test lies in deps").join(name);
    assert!(program.is_file(), "{} is missing: run `cargo build` first", program.display());
    program
}

/// A file or folder of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A small but real task: documents of three categories and 240 texts, two thirds of them recipes.
///
/// Categories differ in their words, and share some, so that a classifier is good and not perfect.
pub fn write_task(scratch: &Scratch) {
    let words: [(&str, &str); 3] = [
        ("recipes", "butter flour oven stir simmer garlic onion bake spoon sauce water salt warm"),
        (
            "law",
            "court appeal plaintiff statute judge motion ruling party claim evidence water warm",
        ),
        ("sport", "match goal coach league striker season defender score club fans evidence salt"),
    ];
    for (class, (name, vocabulary)) in words.iter().enumerate() {
        let lines = (0..80).map(|index| line(vocabulary, 1_000 * class + index, None));
        scratch.write(&format!("samples/{name}.jsonl"), lines.collect::<String>());
    }
    let texts = (0..240).map(|index| {
        let class = if index % 3 < 2 { 0 } else { 1 + (index / 3) % 2 };
        line(words[class].1, 50_000 + index, Some(index % 30))
    });
    scratch.write("texts.jsonl", texts.collect::<String>());
}

fn line(vocabulary: &str, seed: usize, prompt: Option<usize>) -> String {
    let words: Vec<&str> = vocabulary.split(' ').collect();
    // A multiplicative generator (Knuth): any scatter will do here.
    let mut state = seed as u64 + 1;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0)
    };
    let text: Vec<&str> = (0..12 + next() % 9).map(|_| words[next() % words.len()]).collect();
    let mut value = serde_json::json!({ "text": text.join(" ") });
    if let Some(prompt) = prompt {
        value["prompt_id"] = prompt.into();
    }
    format!("{value}\n")
}

/// The examples in core's documentation. Core leaves them to this member, because they would
/// compile it a second time in the daily loop.
#[cfg(doctest)]
#[doc = include_str!("../../core/src/example.md")]
#[doc = include_str!("../../core/src/show/plot/example.md")]
pub struct CoreExamples;
