//! Any bytes at all: the readers refuse or accept, and never panic.

use crate::files::predictions;
use crate::files::run::Run;
use crate::files::spec::SpecFile;
use crate::messages::input_error::InputError;
use crate::page::workspace::Workspace;
use crate::shares::merge::Merge;
use proptest::prelude::*;

/// Pieces that summaries and specs are made of, to get past the first check now and then.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\n",
        "  ",
        "- ",
        "\t",
        "*a",
        "&a",
        "!!",
        "|",
        ">",
        "#",
        "'",
        "%",
        "schema: category-mixture-v1\n",
        "name: M\n",
        "categories:",
        "category_weights:",
        "variants:",
        "\"categories\"",
        "\"priors\"",
        "\"mean\"",
        "\"point\"",
        "\"ci_lo\"",
        "\"ci_hi\"",
        "null",
        "NaN",
        "1e999",
        "-1",
        "0.5",
        "\"a\"",
        "\"b\"",
        "a",
        "b",
        "\u{feff}",
        "\u{2028}",
        "é",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn read_all(bytes: &[u8]) {
    // Whatever comes back, its message can be shown.
    for error in [
        Run::parse("r/summary.json", bytes).err(),
        SpecFile::parse("s.yaml", bytes).err(),
        predictions::parse("p", &String::from_utf8_lossy(bytes)).err(),
        Merge::parse(&String::from_utf8_lossy(bytes)).err().map(InputError::from),
    ]
    .into_iter()
    .flatten()
    {
        assert!(!error.to_string().is_empty());
    }
    let mut workspace = Workspace::new();
    for path in ["x.json", "x.yaml", "x/predictions.jsonl", "y/openings.jsonl", "x"] {
        let id = workspace.add(path, bytes).id;
        if let Ok(study) = workspace.stored_study(id) {
            let _ = study.begin("{}");
        }
    }
    let _ = workspace.evaluate(&Default::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn any_likely_text_is_read_or_refused(text in pieces()) {
        read_all(text.as_bytes());
    }

    /// A summary whose numbers are anything JSON can hold: read, it is a mixture.
    #[test]
    fn a_summary_that_is_read_is_a_mixture(shares in prop::collection::vec(-0.5..1.5_f64, 1..6)) {
        let names: Vec<String> = (0..shares.len()).map(|index| format!("\"c{index}\"")).collect();
        let text = format!(
            "{{\"categories\": [{}], \"priors\": {{\"mean\": {shares:?}}}}}",
            names.join(",")
        );
        if let Ok(run) = Run::parse("r.json", text.as_bytes()) {
            let sum: f64 = run.estimate.shares().iter().sum();
            prop_assert!((sum - 1.0).abs() <= 1e-4 && run.estimate.shares().iter().all(|s| *s >= 0.0));
        }
    }
}
