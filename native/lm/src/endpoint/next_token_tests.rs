use std::collections::BTreeMap;
use std::sync::Mutex;

use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;
use serde_json::{Value, json};

use super::mock::{Asked, Mock, Reply};
use super::tests::options;
use super::*;

/// What came of asking.
struct Answered {
    answers: BTreeMap<u64, NextToken>,
    result: anyhow::Result<Failures>,
}

impl Answered {
    fn error(self) -> String {
        format!("{:#}", self.result.unwrap_err())
    }
}

/// Asks this server, with 20 tokens to be listed.
fn ask_on(endpoint: &Endpoint, prompts: &[(u64, Prompt)]) -> Answered {
    let answers = Mutex::new(BTreeMap::new());
    let each = |id, next| {
        assert!(answers.lock().unwrap().insert(id, next).is_none(), "{id} came twice");
        Ok(())
    };
    let result = next_tokens(endpoint, prompts, 20, each, &Progress::new(true));
    Answered { answers: answers.into_inner().unwrap(), result }
}

/// Asks a server of which nothing is known yet, one request at a time.
fn ask(mock: &Mock, prompts: &[(u64, Prompt)]) -> Answered {
    let options = EndpointOptions { concurrency: 1, ..options(&mock.url) };
    ask_on(&Endpoint::new(options).unwrap(), prompts)
}

fn texts(n: u64) -> Vec<(u64, Prompt)> {
    (0..n).map(|id| (id, Prompt::Text(format!("prompt {id}")))).collect()
}

fn choice(choice: &Value) -> Reply {
    Reply::Status(200, "", json!({"choices": [choice]}).to_string())
}

fn next(drawn: &str, listed: &[(&str, f64)]) -> NextToken {
    let listed = listed.iter().map(|&(token, logprob)| (token.to_owned(), logprob)).collect();
    NextToken { drawn: drawn.to_owned(), listed }
}

/// How many tokens each request wanted listed.
fn wanted(mock: &Mock) -> Vec<Value> {
    mock.asked().iter().map(|asked| asked.body["logprobs"].clone()).collect()
}

/// The answer of a server that lists at most so many tokens; none where it does not know lists.
fn limited(asked: &Asked, most: Option<u64>) -> Reply {
    match (asked.body.get("logprobs").and_then(Value::as_u64), most) {
        (Some(_), None) => Reply::complaint(400, "Unrecognized argument: logprobs"),
        (Some(wanted), Some(most)) if wanted > most => {
            Reply::complaint(400, "logprobs: must not be greater than the limit")
        }
        (Some(_), _) => choice(&json!({"text": "a", "logprobs": {"top_logprobs": [{"a": -0.5}]}})),
        (None, _) => choice(&json!({"text": "a"})),
    }
}

#[test]
fn prompts_are_sent_as_texts_and_as_ids() {
    let mock = Mock::start(|_, _| Reply::text("a"));
    let prompts = [(7, Prompt::Text("Once".to_owned())), (3, Prompt::Ids(vec![1, 15043]))];
    let answered = ask(&mock, &prompts);
    assert_eq!(answered.result.unwrap().outcome(), Outcome::Done);
    assert_eq!(answered.answers, BTreeMap::from([(3, next("a", &[])), (7, next("a", &[]))]));
    let endpoint = Endpoint::new(options(&mock.url)).unwrap();
    let sent = [(7, json!("Once")), (3, json!([1, 15043]))];
    for (asked, (id, prompt)) in mock.asked().iter().zip(sent) {
        assert_eq!(asked.path, "/v1/completions");
        let expected = json!({
            "model": "small", "max_tokens": 1, "temperature": 1, "top_p": 1, "n": 1, "prompt": prompt,
            "logprobs": 20, "seed": endpoint.seed_of_text(id),
            "top_k": 0, "min_p": 0, "repetition_penalty": 1,
        });
        assert_eq!(asked.body, expected);
    }
}

#[test]
fn lists_of_openai_and_vllm_are_maps() {
    let mock = Mock::start(|_, number| {
        let tokens = if number == 0 { [" a", " the"] } else { ["token_id:263", "token_id:278"] };
        choice(&json!({"index": 0, "text": " a", "finish_reason": "length", "logprobs": {
            "text_offset": [0], "token_logprobs": [-0.25], "tokens": [tokens[0]],
            "top_logprobs": [{tokens[0]: -0.25, tokens[1]: -9999.0}],
        }}))
    });
    let answers = ask(&mock, &texts(2)).answers;
    assert_eq!(answers[&0], next(" a", &[(" a", -0.25), (" the", -9999.0)]));
    let by_id = next("token_id:263", &[("token_id:263", -0.25), ("token_id:278", -9999.0)]);
    assert_eq!(answers[&1], by_id);
}

#[test]
fn lists_of_llama_cpp_are_objects() {
    let mock = Mock::start(|_, _| {
        let listed = json!([
            {"id": 278, "token": " the", "bytes": [32, 116, 104, 101], "logprob": -0.25},
            {"id": 229, "token": "\u{fffd}", "bytes": [226], "logprob": -3.4028234663852886e38},
        ]);
        choice(
            &json!({"index": 0, "text": " a", "finish_reason": "length", "logprobs": {"content": [
                {"id": 263, "token": " a", "bytes": [32, 97], "logprob": -1.5, "top_logprobs": listed},
            ]}}),
        )
    });
    let expected = next(" a", &[(" the", -0.25), ("\u{fffd}", f64::from(f32::MIN))]);
    assert_eq!(ask(&mock, &texts(1)).answers[&0], expected);
}

#[test]
fn servers_without_lists_give_what_they_draw() {
    let mock = Mock::start(|_, number| match number {
        0 => choice(&json!({"text": " the", "finish_reason": "length"})),
        _ => choice(&json!({"text": " the", "finish_reason": "length", "logprobs": null})),
    });
    let answers = ask(&mock, &texts(2)).answers;
    assert_eq!(answers, BTreeMap::from([(0, next(" the", &[])), (1, next(" the", &[]))]));
}

#[test]
fn the_end_of_the_text_is_an_answer() {
    let mock = Mock::start(|_, number| match number {
        0 => choice(&json!({"text": "", "finish_reason": "stop"})),
        _ => choice(&json!({"text": "", "finish_reason": "stop", "logprobs": {
            "tokens": ["</s>"], "top_logprobs": [{"</s>": -0.5}],
        }})),
    });
    let answers = ask(&mock, &texts(2)).answers;
    assert_eq!(answers, BTreeMap::from([(0, next("", &[])), (1, next("", &[("</s>", -0.5)]))]));
}

#[test]
fn a_limit_of_lists_is_found_once() {
    for (most, learning) in [
        (Some(20), vec![json!(20)]),
        (Some(5), vec![json!(20), json!(5)]),
        (Some(3), vec![json!(20), json!(5), Value::Null]),
        (None, vec![json!(20), json!(5), Value::Null]),
    ] {
        let mock = Mock::start(move |asked, _| limited(asked, most));
        let options = EndpointOptions { concurrency: 1, ..options(&mock.url) };
        let endpoint = Endpoint::new(options).unwrap();
        for _ in 0..2 {
            let answered = ask_on(&endpoint, &texts(3));
            assert_eq!((answered.answers.len(), answered.result.unwrap().n_texts()), (3, 0));
        }
        let known = learning.last().cloned().unwrap();
        let expected = [learning, vec![known; 5]].concat();
        assert_eq!(wanted(&mock), expected, "{most:?}");
    }
}

#[test]
fn a_strict_server_with_a_limit_is_asked_for_what_it_knows() {
    let mock = Mock::start(|asked, _| match asked.body.get("top_k") {
        Some(_) => Reply::complaint(400, "Unrecognized request argument supplied: top_k"),
        None => limited(asked, Some(5)),
    });
    let answered = ask(&mock, &texts(2));
    assert_eq!(answered.answers[&1], next("a", &[("a", -0.5)]));
    assert_eq!(wanted(&mock), [json!(20), json!(20), json!(5), json!(5)]);
    assert!(mock.asked()[1..].iter().all(|asked| asked.body.get("top_k").is_none()));
}

#[test]
fn one_rejected_prompt_does_not_cost_the_others_their_lists() {
    let mock = Mock::start(|asked, _| match asked.body["prompt"].as_str() {
        Some("prompt 1") => {
            Reply::complaint(422, &format!("this prompt is not allowed: {}", asked.body))
        }
        _ => limited(asked, Some(20)),
    });
    let answered = ask(&mock, &texts(3));
    assert_eq!(answered.answers.keys().copied().collect::<Vec<_>>(), [0, 2]);
    assert_eq!(answered.answers[&2], next("a", &[("a", -0.5)]));
    let told = answered.result.unwrap().to_string();
    assert!(told.contains("not made: 1 (http://127.0.0.1:"), "{told}");
    assert!(told.contains("HTTP 422: this prompt is not allowed"), "{told}");
    assert_eq!(mock.asked().last().unwrap().body["logprobs"], json!(20));
    assert!(mock.asked().last().unwrap().body.get("top_k").is_some());
}

#[test]
fn an_empty_prompt_that_is_rejected_concerns_itself_alone() {
    let mock = Mock::start(|asked, _| match asked.body["prompt"] == json!("") {
        true => Reply::complaint(400, "Prompt cannot be empty"),
        false => Reply::text("a"),
    });
    let prompts = [(0, Prompt::Text(String::new())), (1, Prompt::Text("x".to_owned()))];
    let answered = ask(&mock, &prompts);
    assert_eq!((answered.answers.len(), answered.result.unwrap().n_texts()), (1, 1));
}

#[test]
fn answers_that_make_no_sense_are_repeated_and_then_told() {
    let mock = Mock::start(|_, number| match number {
        0 => choice(&json!({"text": "a", "logprobs": {"top_logprobs": [{"a": 0.5}]}})),
        1 => choice(&json!({"text": "a", "logprobs": "none"})),
        2 => choice(&json!({"text": "x".repeat(2_000_000)})),
        _ => Reply::text("a"),
    });
    let answered = ask(&mock, &texts(1));
    assert_eq!((mock.asked().len(), answered.answers.len()), (4, 1));

    let wrong = Mock::start(|_, _| {
        choice(&json!({"text": "a", "logprobs": {"top_logprobs": [{"a": 0.5}]}}))
    });
    let told = ask(&wrong, &texts(2)).result.unwrap().to_string();
    assert_eq!(wrong.asked().len(), 8, "each asked four times");
    assert!(told.starts_with("not made: 0-1 (http://127.0.0.1:"), "{told}");
    assert!(told.contains("completions: expected the log-probability of the token `a`"), "{told}");
}

#[test]
fn words_of_a_server_are_shortened() {
    let mock = Mock::start(|_, _| choice(&json!({"text": "a", "logprobs": "y".repeat(500_000)})));
    let told = ask(&mock, &texts(1)).result.unwrap().to_string();
    assert!(told.contains("expected a completion in JSON, found something else"), "{told}");
    assert!(told.chars().count() < 500, "{}", told.chars().count());
}

#[test]
fn as_many_prompts_are_under_way_as_allowed() {
    let mock = Mock::start(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(60));
        Reply::text("a")
    });
    let answered = ask_on(&Endpoint::new(options(&mock.url)).unwrap(), &texts(12));
    assert_eq!((answered.answers.len(), mock.peak()), (12, 3));
}

#[test]
fn what_ends_a_run_is_told_with_what_was_answered() {
    let mock = Mock::start(|_, number| match number {
        0 | 1 => Reply::text("a"),
        _ => Reply::complaint(404, "no such model"),
    });
    let told = ask(&mock, &texts(9)).error();
    assert!(told.starts_with("stopped with 2 of 9 prompts answered: http://127"), "{told}");
    assert!(told.ends_with("are --endpoint and --model what the server calls them?"), "{told}");
    assert_eq!(mock.asked().len(), 3);

    let rejecting = Mock::start(|_, _| Reply::complaint(400, "too long"));
    let told = ask(&rejecting, &texts(99)).error();
    assert!(told.contains("16 prompts in a row failed, the last: http://127"), "{told}");
    assert_eq!(rejecting.asked().len(), 16);
}

#[test]
fn an_answer_that_cannot_be_kept_ends_the_run() {
    let mock = Mock::start(|_, _| Reply::text("a"));
    let one_at_a_time = EndpointOptions { concurrency: 1, ..options(&mock.url) };
    let endpoint = Endpoint::new(one_at_a_time).unwrap();
    let each = |_, _| anyhow::bail!("the disk is full");
    let told = next_tokens(&endpoint, &texts(5), 20, each, &Progress::new(true)).unwrap_err();
    assert_eq!(format!("{told:#}"), "stopped with 0 of 5 prompts answered: the disk is full");
    assert_eq!(mock.asked().len(), 1);
}

#[test]
fn without_prompts_or_lists_nothing_is_wanted() {
    let mock = Mock::start(|_, _| Reply::text("a"));
    assert_eq!(ask(&mock, &[]).result.unwrap().outcome(), Outcome::Done);
    assert_eq!(mock.asked().len(), 0);
    let endpoint = Endpoint::new(options(&mock.url)).unwrap();
    next_tokens(&endpoint, &texts(1), 0, |_, _| Ok(()), &Progress::new(true)).unwrap();
    assert_eq!(wanted(&mock), [Value::Null]);
}
