//! What a model is given to begin its texts with.

use std::collections::BTreeSet;
use std::path::Path;

use data_anatomy_core::files::digest::sha256_hex;
use data_anatomy_core::messages::input_error::{InputError, Problem};
use data_anatomy_job::files;
use serde_json::{Value, json};

/// What is asked for to have no prompts.
pub const NO_PROMPTS: &str = "none";

/// What is asked for to have the built-in prompts.
pub const NEUTRAL_NAME: &str = "neutral";

/// A longer prompt leaves a model no room to write.
const MAX_PROMPT_BYTES: usize = 64 * 1024;

/// Short beginnings that favour no kind of text over another: six each in the manner of plain
/// prose, of instructions, of explanation, of talk, of reports and of code.
const NEUTRAL: [&str; 36] = [
    "The first thing I noticed was",
    "It had been raining since early morning, and",
    "Nobody could say for certain when",
    "On the far side of the river there is",
    "A few years later,",
    "What happened next was",
    "Before you begin, make sure that",
    "Step 1:",
    "Here is a short list of things to",
    "To set this up on your own machine,",
    "Write down three reasons why",
    "Follow these rules when you",
    "In simple terms, this means that",
    "There are two main kinds of",
    "The difference between the two is",
    "One common example of this is",
    "Historically, the word has been used for",
    "To understand why, consider",
    "Hi all, quick question:",
    "Thanks for the reply! I think",
    "\"Are you sure about that?\" she asked.",
    "Has anyone else here tried",
    "I used to agree, but lately",
    "Q: How long does it take to",
    "According to the latest figures,",
    "In this section we describe",
    "The committee met on Tuesday to",
    "Our results show that",
    "The new version, released last week,",
    "Table 1 summarises",
    "# This script reads a file and",
    "def main():",
    "int main(void) {",
    "SELECT name, count(*)",
    "<!DOCTYPE html>",
    "/* The function below returns",
];

/// The kinds of neutral prompts that can be asked for by the seed study's names, by their positions.
const KINDS: [(&str, std::ops::Range<usize>); 4] = [
    ("instructional", 6..12),
    ("expository", 12..18),
    ("conversational", 18..24),
    ("coding", 30..36),
];

/// The prompts of a run; text number i begins with prompt i modulo their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts {
    prompts: Vec<Prompt>,
    description: Value,
}

/// A prompt, and the name it has in the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its name.
    pub id: String,
    /// What the model is given.
    pub text: String,
}

impl Prompts {
    /// No prompts: every text begins after the document separator, as a draw of the model itself.
    pub fn none() -> Self {
        Self { prompts: Vec::new(), description: Value::Null }
    }

    /// The prompts that `choice` asks for: `none`, `neutral`, a kind of neutral ones, or else a file with
    /// one prompt per line, plain or as `{"prompt": …}` (which may also have an `id`).
    ///
    /// # Errors
    /// If there is no such file, or it holds no prompts, an empty or overlong one, or an id twice.
    pub fn of_choice(choice: &str) -> Result<Self, InputError> {
        match choice {
            NO_PROMPTS => Ok(Self::none()),
            NEUTRAL_NAME => Ok(Self::neutral()),
            kind if KINDS.iter().any(|(name, _)| *name == kind) => Ok(Self::of_kind(kind)),
            path => Self::read(Path::new(path)),
        }
    }

    /// The built-in prompts.
    pub fn neutral() -> Self {
        let number = |position: usize| format!("neutral-{:02}", position + 1);
        let prompts = NEUTRAL
            .iter()
            .enumerate()
            .map(|(position, text)| Prompt { id: number(position), text: (*text).to_owned() })
            .collect();
        Self::of(NEUTRAL_NAME, prompts)
    }

    /// Those of the built-in prompts that are of this kind.
    fn of_kind(kind: &str) -> Self {
        let all = Self::neutral().prompts;
        let range = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, range)| range.clone());
        let prompts = range.map(|range| all[range].to_vec()).unwrap_or_default();
        Self::of(kind, prompts)
    }

    fn read(path: &Path) -> Result<Self, InputError> {
        let shown = path.display().to_string();
        let bytes = files::read(path)?;
        let content = data_anatomy_core::files::text::decode(&shown, &bytes)?;
        let mut prompts = Vec::new();
        let mut ids = BTreeSet::new();
        for (position, line) in content.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let place = (position + 1).to_string();
            let refuse = |detail| Err(InputError::new(&shown, &place, Problem::Syntax { detail }));
            let prompt = match parse(line, prompts.len() + 1) {
                Ok(prompt) => prompt,
                Err(detail) => return refuse(detail),
            };
            if prompt.text.is_empty() || prompt.text.len() > MAX_PROMPT_BYTES {
                return refuse(format!(
                    "expected a prompt of 1 to {MAX_PROMPT_BYTES} bytes, found {}",
                    prompt.text.len()
                ));
            }
            if !ids.insert(prompt.id.clone()) {
                return refuse(format!("the id `{}` is there twice; give each its own", prompt.id));
            }
            prompts.push(prompt);
        }
        Ok(Self::of(&path.file_name().unwrap_or_default().to_string_lossy(), prompts))
    }

    /// These prompts, recorded under this name.
    pub fn of(name: &str, prompts: Vec<Prompt>) -> Self {
        let joined: Vec<String> =
            prompts.iter().map(|prompt| json!([prompt.id, prompt.text]).to_string()).collect();
        let sha256 = sha256_hex(joined.join("\n").as_bytes());
        let description = json!({"name": name, "count": prompts.len(), "sha256": sha256});
        Self { prompts, description }
    }

    /// The prompt of text number `text`; none where there are no prompts.
    pub fn of_text(&self, text: u64) -> Option<&Prompt> {
        let n_prompts = self.prompts.len() as u64;
        let position = usize::try_from(text.checked_rem(n_prompts)?).ok()?;
        self.prompts.get(position)
    }

    /// All prompts.
    pub fn all(&self) -> &[Prompt] {
        &self.prompts
    }

    /// What tells these prompts from others, for the description of a run: name, number and
    /// digest, or null for none.
    pub fn description(&self) -> &Value {
        &self.description
    }
}

/// The prompt in a line; its number is its name unless it says another.
fn parse(line: &str, number: usize) -> Result<Prompt, String> {
    if !line.trim_start().starts_with('{') {
        return Ok(Prompt { id: number.to_string(), text: line.to_owned() });
    }
    // A prompt may itself begin with a brace: only an object is taken as one.
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        return Ok(Prompt { id: number.to_string(), text: line.to_owned() });
    };
    let Some(text) = fields.get("prompt").and_then(Value::as_str) else {
        return Err("expected {\"prompt\": …} with a text, found an object without".to_owned());
    };
    let id = match fields.get("id") {
        None | Some(Value::Null) => number.to_string(),
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        Some(_) => return Err("expected an id that is a text or a number".to_owned()),
    };
    Ok(Prompt { id, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<Prompts, InputError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prompts.txt");
        std::fs::write(&path, content).unwrap();
        Prompts::of_choice(&path.display().to_string())
    }

    #[test]
    fn neutral_prompts_are_distinct_short_and_cycle() {
        let prompts = Prompts::of_choice("neutral").unwrap();
        let distinct: BTreeSet<&str> =
            prompts.all().iter().map(|prompt| prompt.text.as_str()).collect();
        assert_eq!(distinct.len(), NEUTRAL.len());
        assert!(distinct.iter().all(|text| !text.is_empty() && text.len() < 60));
        assert_eq!(prompts.of_text(0), prompts.of_text(36));
        assert_eq!(prompts.of_text(40).unwrap().id, "neutral-05");
    }

    #[test]
    fn kinds_of_neutral_prompts_keep_their_names() {
        let first = |kind: &str| Prompts::of_choice(kind).unwrap().of_text(6).cloned().unwrap();
        assert_eq!(
            (first("coding").id.as_str(), first("coding").text.as_str().len()),
            ("neutral-31", 30)
        );
        assert_eq!(first("conversational").text, "Hi all, quick question:");
        assert_eq!(Prompts::of_choice("expository").unwrap().all().len(), 6);
    }

    #[test]
    fn none_means_no_prompt() {
        let prompts = Prompts::of_choice("none").unwrap();
        assert_eq!((prompts.of_text(3), prompts.description()), (None, &Value::Null));
    }

    #[test]
    fn lines_are_prompts_plain_or_as_objects() {
        let prompts = read(
            "Once upon \n\n{\"prompt\": \"a\\nb\", \"id\": \"x\"}\n{\"prompt\": \"c\"}\n{ int i;\n",
        )
        .unwrap();
        let pairs: Vec<(&str, &str)> =
            prompts.all().iter().map(|prompt| (prompt.id.as_str(), prompt.text.as_str())).collect();
        assert_eq!(pairs, [("1", "Once upon "), ("x", "a\nb"), ("3", "c"), ("4", "{ int i;")]);
        assert_eq!(prompts.description()["count"], json!(4));
        assert_ne!(prompts.description()["sha256"], Prompts::neutral().description()["sha256"]);
    }

    #[test]
    fn malformed_files_are_refused_at_their_line() {
        let told = |content: &str| read(content).unwrap_err().message();
        assert!(told("a\n{\"text\": \"b\"}").ends_with(
            "prompts.txt:2: expected {\"prompt\": …} with a text, found an object without"
        ));
        assert!(told("{\"prompt\": \"\"}").contains(":1: expected a prompt of 1 to 65536 bytes"));
        assert!(told(&"x".repeat(70_000)).ends_with("found 70000"));
        assert!(
            told("a\n{\"prompt\": \"b\", \"id\": \"1\"}").contains(":2: the id `1` is there twice")
        );
        assert!(told("{\"prompt\": \"b\", \"id\": []}").contains("expected an id"));
        assert!(told("\n \n").contains("the file is empty"));
        assert!(Prompts::of_choice("no/such/file").unwrap_err().message().contains("no such file"));
    }
}
