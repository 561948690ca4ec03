use data_anatomy_tests::{Scratch, program, project};

#[test]
fn help_leads_with_examples_and_names_the_exit_codes() {
    let help = Scratch::new().run("--help").exited(0).stdout();
    assert!(help.starts_with("Examples:\n"), "{help}");
    assert!(help.contains("Exit codes: 0 done; 1 "), "{help}");
    for command in [
        "sample",
        "merge-web",
        "labelshift",
        "reestimate",
        "generate",
        "score",
        "minkpp",
        "membership",
        "evaluate",
        "report",
        "specs",
        "demo",
    ] {
        let help = Scratch::new().run(&format!("{command} --help")).exited(0).stdout();
        assert!(help.starts_with("Example"), "{command}: {help}");
    }
}

#[test]
fn version_names_the_commit() {
    let version = Scratch::new().run("--version").exited(0).stdout();
    let expected = format!("data-anatomy {} (commit ", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(&expected), "{version}");
}

#[test]
fn bad_usage_exits_with_2_and_says_what_is_meant() {
    let ran = Scratch::new().run("evaluat").exited(2);
    assert!(ran.stderr().contains("evaluate"), "{}", ran.stderr());
    Scratch::new().run("evaluate --ground-truth olmo1b").exited(2);
    Scratch::new().run("").exited(2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let star = project("tests/golden/evaluator/case-11-04/star");
    let mut child = Command::new(program())
        .args(["evaluate", "--ground-truth", "starcoder", "--json", "--compare"])
        .args(std::iter::repeat_n(&star, 40))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn piped_streams_carry_no_escape_sequences() {
    let scratch = Scratch::new();
    data_anatomy_tests::write_task(&scratch);
    let ran = scratch
        .run("labelshift --local_samples_dir samples --use_cached_generations texts.jsonl --n_boot 50 --json")
        .exited(0);
    assert!(!ran.stdout().contains('\u{1b}') && !ran.stderr().contains('\u{1b}'));
    assert_eq!(ran.json()["schema_version"], 1);
    assert!(ran.stderr().contains("bootstrap: 50 in "), "{}", ran.stderr());
}
