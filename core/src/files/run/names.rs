//! How runs are called.

use super::stored_run::{Run, run_name};

/// A name that no other run has: the run's own, else its folder's, else its own with a number behind it.
pub fn free_name(run: &Run, is_taken: impl Fn(&str) -> bool) -> String {
    let folder = run_name(&run.path);
    let own = [run.name.clone(), crate::messages::printable::printable(&folder).into_owned()];
    let numbered = (2_u64..).map(|number| format!("{} {number}", run.name));
    own.into_iter().chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(path: &str, run_name: &str) -> Run {
        let config = if run_name.is_empty() {
            "null".to_owned()
        } else {
            format!("{{\"run_name\": \"{run_name}\"}}")
        };
        let text = format!(
            "{{\"schema_version\": 1, \"categories\": [\"a\"], \"priors\": {{\"point\": [1]}}, \"config\": {config}}}"
        );
        Run::parse(path, text.as_bytes()).unwrap()
    }

    #[test]
    fn a_run_is_called_by_its_own_name_or_its_folders_or_by_a_number() {
        let mut names: Vec<String> = Vec::new();
        for (path, own) in [
            ("a/summary.json", "one"),
            ("b/summary.json", "one"),
            ("b/summary.json", "one"),
            ("a/summary.json", ""),
            ("summary.json", ""),
            ("summary.json", ""),
            ("summary.json", "summary 2"),
        ] {
            let name = free_name(&run(path, own), |name| names.iter().any(|one| one == name));
            names.push(name);
        }
        assert_eq!(names, ["one", "b", "one 2", "a", "summary", "summary 2", "summary 2 2"]);
    }
}
