//! The sample that every page carries: a planted mixture and two estimates of it.

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// Paths and texts of the sample, made by `tests/oracle/make_page_sample.py`.
const FILES: [(&str, &str); 3] = [
    ("planted-sample.yaml", include_str!("../sample/planted-sample.yaml")),
    ("corrected/summary.json", include_str!("../sample/corrected/summary.json")),
    ("counted/summary.json", include_str!("../sample/counted/summary.json")),
];

#[derive(Serialize)]
struct SampleFile {
    path: &'static str,
    text: &'static str,
}

/// Returns the files of the sample as JSON: a list of `{path, text}`.
#[wasm_bindgen]
pub fn sample_files() -> String {
    let files: Vec<_> = FILES.iter().map(|&(path, text)| SampleFile { path, text }).collect();
    crate::workspace::json(&files)
}

#[cfg(test)]
mod tests {
    use data_anatomy_core::files::run::Run;
    use data_anatomy_core::files::spec::SpecFile;

    use super::*;

    #[test]
    fn core_reads_the_sample() {
        for (path, text) in FILES {
            if path.ends_with(".yaml") {
                SpecFile::parse(path, text.as_bytes()).unwrap();
            } else {
                let run = Run::parse(path, text.as_bytes()).unwrap();
                assert!(run.intervals.is_some(), "{path}");
            }
        }
    }
}
