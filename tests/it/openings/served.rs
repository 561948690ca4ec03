//! A server in place of a model: one token of it after each lead-in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use super::{json_of, with_model};

/// A completion server on this machine that lists two tokens and draws a third. It ends with the test's process.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(&stream.unwrap());
        }
    });
    url
}

fn answer(mut stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let (mut n_bytes, mut line) = (0, String::new());
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            n_bytes = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; n_bytes];
    reader.read_exact(&mut body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert!(body["prompt"].is_array(), "lead-ins are sent as tokens: {body}");
    assert_eq!((body["max_tokens"].as_f64(), body["temperature"].as_f64()), (Some(1.0), Some(1.0)));
    let (half, quarter) = (0.5_f64.ln(), 0.25_f64.ln());
    let listed = json!({"token_id:40": half, "token_id:41": quarter});
    let logprobs =
        json!({"tokens": ["token_id:42"], "token_logprobs": [-2.0], "top_logprobs": [listed]});
    let choice = json!({"index": 0, "text": "x", "finish_reason": "length", "logprobs": logprobs});
    let answer = json!({"choices": [choice], "usage": {"completion_tokens": 1}}).to_string();
    let length = answer.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
    )
    .unwrap();
}

#[test]
fn a_server_is_asked_one_token_after_each_lead_in() {
    let scratch = with_model();
    let run = format!(
        "openings --local-samples-dir samples --endpoint {} --model m --tokenizer model --separator 2 --context 20 \
         --leads 10 --n-boot 10 --no-plots --quiet",
        serve()
    );
    scratch.run(&run).exited(0);
    let lines = scratch.read("out/openings/openings.jsonl");
    let expectations: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["kind"] == "expectation")
        .collect();
    assert_eq!(expectations.iter().map(|one| one["n_leads"].as_f64().unwrap()).sum::<f64>(), 30.0);
    for one in &expectations {
        // Half and a quarter are listed; what is drawn counts for 1; in all 1.75.
        let share = |token: usize| one["shares"][token].as_f64().unwrap();
        for (token, expected) in [(40, 0.5), (41, 0.25), (42, 1.0)] {
            assert!((share(token) - expected / 1.75).abs() < 1e-6, "{token}: {}", share(token));
        }
    }
    let summary = json_of(&scratch, "out/openings/summary.json");
    assert_eq!(summary["inputs"]["listed"], 0.75);
    let doubts = summary["diagnostics"].as_array().unwrap();
    assert!(doubts.iter().any(|doubt| doubt["code"] == "server_lists"), "{doubts:?}");
}

#[test]
fn a_server_needs_a_tokenizer_and_a_separator() {
    let scratch = with_model();
    let run =
        "openings --local-samples-dir samples --endpoint http://127.0.0.1:9 --model m --quiet";
    let found = scratch.run(run).exited(2).stderr();
    assert!(found.contains("--endpoint needs --tokenizer FOLDER"), "{found}");
    let found = scratch.run(&format!("{run} --tokenizer model")).exited(2).stderr();
    assert!(found.contains("--endpoint needs --separator"), "{found}");
}
