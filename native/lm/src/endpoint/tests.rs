use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;
use serde_json::{Map, json};

use super::mock::{self, Mock, Reply};
use super::server::SEED_MASK;
use super::*;
use crate::journal::{Generation, Journal};
use crate::prompts::Prompts;

pub(super) fn options(url: &str) -> EndpointOptions {
    EndpointOptions {
        url: url.to_owned(),
        model: "small".to_owned(),
        max_tokens: 16,
        temperature: 0.7,
        top_p: 0.9,
        seed: 5,
        keep_prompts: false,
        concurrency: 3,
        timeout: Duration::from_secs(20),
        key_variable: None,
        retry: Retry {
            repetitions: 3,
            first_pause: Duration::from_millis(4),
            longest_pause: Duration::from_millis(20),
        },
    }
}

/// A run's file in a folder of its own.
struct Run {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.jsonl");
        Self { _folder: folder, path }
    }

    /// Asks for what is missing of so many texts.
    fn go(
        &self,
        options: EndpointOptions,
        prompts: &Prompts,
        n_texts: u64,
    ) -> anyhow::Result<Failures> {
        let endpoint = Endpoint::new(options)?;
        let sections = Map::from_iter([("config".to_owned(), json!({"seed": 5}))]);
        let journal = Journal::open(&self.path, sections, n_texts, false, "another --output")?;
        let failures = generate(&endpoint, prompts, &journal, &Progress::new(true))?;
        journal.finish()?;
        Ok(failures)
    }

    fn texts(&self) -> Vec<Generation> {
        read(&self.path)
    }
}

fn read(path: &Path) -> Vec<Generation> {
    let content = std::fs::read_to_string(path).unwrap();
    content.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn seed_of(asked: &mock::Asked) -> u64 {
    asked.body["seed"].as_u64().unwrap()
}

#[test]
fn each_text_is_asked_for_once_with_a_seed_of_its_own() {
    let mock = Mock::start(|asked, _| Reply::text(&format!("seed {}", seed_of(asked))));
    let run = Run::new();
    let failures = run.go(options(&mock.url), &Prompts::neutral(), 40).unwrap();
    assert_eq!(failures.outcome(), Outcome::Done);
    let asked = mock.asked();
    let seeds: BTreeSet<u64> = asked.iter().map(seed_of).collect();
    assert_eq!((asked.len(), seeds.len()), (40, 40));
    assert!(seeds.iter().all(|&seed| seed <= SEED_MASK));
    let endpoint = Endpoint::new(options(&mock.url)).unwrap();
    for (number, text) in run.texts().iter().enumerate() {
        let prompt = Prompts::neutral().of_text(number as u64).unwrap().clone();
        let seed = endpoint.seed_of_text(number as u64);
        assert_eq!(text.text, format!("seed {seed}"));
        assert_eq!((text.id, text.prompt_id.as_ref()), (number as u64, Some(&prompt.id)));
        assert_eq!((text.n_tokens, text.finish.as_str()), (Some(3), "eos"));
        let question = asked.iter().find(|asked| seed_of(asked) == seed).unwrap();
        assert_eq!(question.path, "/v1/completions");
        let expected = json!({
            "model": "small", "max_tokens": 16, "temperature": 0.7, "top_p": 0.9, "n": 1,
            "prompt": prompt.text, "seed": seed, "top_k": 0, "min_p": 0, "repetition_penalty": 1,
        });
        assert_eq!(question.body, expected);
    }
}

#[test]
fn passing_failures_are_repeated() {
    for status in [429, 500, 503] {
        let mock = Mock::start(move |_, number| match number {
            0 | 1 => Reply::complaint(status, "busy"),
            _ => Reply::text("done"),
        });
        let run = Run::new();
        let one_at_a_time = EndpointOptions { concurrency: 1, ..options(&mock.url) };
        let failures = run.go(one_at_a_time, &Prompts::none(), 1).unwrap();
        assert_eq!(failures.outcome(), Outcome::Done, "{status}");
        assert_eq!(mock.asked().len(), 3);
        assert_eq!(run.texts()[0].prompt_id, None);
    }
}

#[test]
fn malformed_and_cut_answers_are_repeated() {
    let mock = Mock::start(|_, number| match number {
        0 => Reply::Status(200, "", "<html>".to_owned()),
        1 => Reply::Status(200, "", r#"{"choices": []}"#.to_owned()),
        2 => Reply::Cut,
        _ => Reply::text("done"),
    });
    let run = Run::new();
    run.go(EndpointOptions { concurrency: 1, ..options(&mock.url) }, &Prompts::none(), 1).unwrap();
    assert_eq!((mock.asked().len(), run.texts()[0].text.as_str()), (4, "done"));
}

#[test]
fn retry_after_holds_everyone() {
    let mock = Mock::start(|_, number| match number {
        0 => Reply::Status(429, "retry-after: 1\r\n", "{}".to_owned()),
        _ => Reply::text("done"),
    });
    let run = Run::new();
    let start = Instant::now();
    run.go(EndpointOptions { concurrency: 1, ..options(&mock.url) }, &Prompts::none(), 3).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(mock.asked().len(), 4);
}

#[test]
fn a_refused_key_stops_at_once_and_is_not_shown() {
    // The one variable that is surely set where tests run, and holds no blank.
    let variable = "CARGO_PKG_NAME";
    let key = std::env::var(variable).unwrap();
    let said = format!("wrong key {key}");
    let mock = Mock::start(move |_, _| Reply::complaint(401, &said));
    let run = Run::new();
    let with_key = EndpointOptions {
        key_variable: Some(variable.to_owned()),
        concurrency: 1,
        ..options(&mock.url)
    };
    let told = format!("{:#}", run.go(with_key, &Prompts::none(), 50).unwrap_err());
    assert!(told.contains("HTTP 401: wrong key [key]; the key that was sent does not"), "{told}");
    assert!(
        told.starts_with("stopped with 0 of 50 texts kept; the same command goes on"),
        "{told}"
    );
    let asked = mock.asked();
    assert_eq!((asked.len(), asked[0].authorization.clone()), (1, Some(format!("Bearer {key}"))));
    let debug = format!("{:?}", Endpoint::new(options(&mock.url)).unwrap());
    assert!(!debug.contains("Bearer"), "{debug}");
    let unset =
        EndpointOptions { key_variable: Some("NO_SUCH_VARIABLE".to_owned()), ..options(&mock.url) };
    assert!(
        Endpoint::new(unset)
            .unwrap_err()
            .to_string()
            .contains("NO_SUCH_VARIABLE is to hold the key")
    );
}

#[test]
fn what_all_requests_share_is_asked_once() {
    for (status, expected) in [(404, "are --endpoint and --model"), (302, "that it redirects to")] {
        let mock = Mock::start(move |_, _| Reply::complaint(status, "no"));
        let one_at_a_time = EndpointOptions { concurrency: 1, ..options(&mock.url) };
        let told = format!("{:#}", Run::new().go(one_at_a_time, &Prompts::none(), 9).unwrap_err());
        assert!(told.contains(expected), "{told}");
        assert_eq!(mock.asked().len(), 1);
    }
}

#[test]
fn an_empty_prompt_that_is_refused_leads_to_prompts() {
    let mock = Mock::start(|_, _| Reply::complaint(400, "Prompt cannot be empty"));
    let told = format!("{:#}", Run::new().go(options(&mock.url), &Prompts::none(), 9).unwrap_err());
    assert!(told.contains("give --prompts neutral, or a file of prompts"), "{told}");
}

#[test]
fn failing_texts_are_named_and_only_they_are_asked_again() {
    let run = Run::new();
    let seeds: Vec<u64> = {
        let endpoint = Endpoint::new(options("http://127.0.0.1:1")).unwrap();
        (0..10).map(|text| endpoint.seed_of_text(text)).collect()
    };
    let failing = BTreeSet::from([seeds[2], seeds[3], seeds[7]]);
    let of_mock = failing.clone();
    let mock = Mock::start(move |asked, _| match of_mock.contains(&seed_of(asked)) {
        true => Reply::complaint(400, "too long"),
        false => Reply::text("done"),
    });
    let failures = run.go(options(&mock.url), &Prompts::neutral(), 10).unwrap();
    assert_eq!(failures.outcome(), Outcome::PartlyDone);
    let told = failures.to_string();
    assert!(told.starts_with("not made: 2-3, 7 (http://127.0.0.1:"), "{told}");
    assert!(told.contains("/v1/completions: HTTP 400: too long)\n"), "{told}");
    assert_eq!(run.texts().len(), 7);

    let healed = Mock::start(|_, _| Reply::text("done"));
    let failures = run.go(options(&healed.url), &Prompts::neutral(), 10).unwrap();
    assert_eq!(failures.outcome(), Outcome::Done);
    assert_eq!(healed.asked().iter().map(seed_of).collect::<BTreeSet<_>>(), failing);
    let ids: Vec<u64> = run.texts().iter().map(|text| text.id).collect();
    assert_eq!(ids, (0..10).collect::<Vec<_>>());
    assert!(run.go(options("http://127.0.0.1:1"), &Prompts::neutral(), 10).unwrap().n_texts() == 0);
}

#[test]
fn a_server_that_is_down_ends_the_run() {
    // Port 1 of this machine: nobody listens there.
    let down = EndpointOptions {
        retry: Retry { repetitions: 1, ..options("").retry },
        ..options("http://127.0.0.1:1")
    };
    let told = format!("{:#}", Run::new().go(down, &Prompts::none(), 1000).unwrap_err());
    assert!(told.contains("16 texts in a row failed, the last: http://127.0.0.1:1/v1/"), "{told}");
}

#[test]
fn as_many_requests_are_under_way_as_allowed() {
    let mock = Mock::start(|_, _| {
        std::thread::sleep(Duration::from_millis(60));
        Reply::text("done")
    });
    Run::new().go(options(&mock.url), &Prompts::none(), 12).unwrap();
    assert_eq!(mock.peak(), 3);
}

#[test]
fn a_slow_answer_times_out_and_is_repeated() {
    let mock = Mock::start(|_, number| {
        if number == 0 {
            std::thread::sleep(Duration::from_millis(1500));
        }
        Reply::text("done")
    });
    let hasty = EndpointOptions {
        timeout: Duration::from_millis(500),
        concurrency: 1,
        ..options(&mock.url)
    };
    Run::new().go(hasty, &Prompts::none(), 1).unwrap();
    assert_eq!(mock.asked().len(), 2);
}

#[test]
fn a_strict_server_is_asked_without_extensions() {
    let mock = Mock::start(|asked, _| match asked.body.get("top_k") {
        Some(_) => Reply::complaint(400, "Unrecognized request argument supplied: top_k"),
        None => Reply::text("done"),
    });
    let run = Run::new();
    let one_at_a_time = EndpointOptions { concurrency: 1, ..options(&mock.url) };
    run.go(one_at_a_time, &Prompts::none(), 5).unwrap();
    assert_eq!((run.texts().len(), mock.asked().len()), (5, 6));
    assert!(mock.asked()[1..].iter().all(|asked| asked.body.get("min_p").is_none()));
}

#[test]
fn options_out_of_range_are_refused() {
    let refused = |options: EndpointOptions| Endpoint::new(options).unwrap_err().to_string();
    let valid = || options("http://127.0.0.1:1");
    assert!(
        refused(EndpointOptions { concurrency: 0, ..valid() })
            .contains("--concurrency: expected 1")
    );
    assert!(
        refused(EndpointOptions { temperature: -1.0, ..valid() })
            .contains("temperature of at least 0")
    );
    assert!(refused(EndpointOptions { top_p: 0.0, ..valid() }).contains("top-p above 0"));
    assert!(refused(options("127.0.0.1")).contains("--endpoint: expected an address"));
}
