use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use data_anatomy_tests::Scratch;
use serde_json::{Value, json};

use super::texts;

/// A request: its head and its body.
pub(crate) type Asked = (String, Value);

/// A completion server on this machine: it answers each request with the seed it was sent, but the
/// first `n_busy` with 503. It ends with the test's process.
pub(crate) fn serve(n_busy: usize) -> (String, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let (head, body) = read(&stream);
            let text = format!("text of seed {}", body["seed"]);
            let is_busy = {
                let mut seen = seen.lock().unwrap();
                seen.push((head, body));
                seen.len() <= n_busy
            };
            let (status, answer) = if is_busy {
                ("503 Busy", json!({"error": {"message": "busy"}}))
            } else {
                let choice = json!({"index": 0, "text": text, "finish_reason": "length"});
                ("200 OK", json!({"choices": [choice], "usage": {"completion_tokens": 4}}))
            };
            answer_with(&stream, status, &answer.to_string());
        }
    });
    (url, asked)
}

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    while reader.read_line(&mut line).unwrap() > 2 {
        head += &line;
        line.clear();
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

fn answer_with(mut stream: &TcpStream, status: &str, body: &str) {
    let n_bytes = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {n_bytes}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
}

#[test]
fn texts_of_a_server_are_kept_and_its_key_is_not() {
    let scratch = Scratch::new();
    let (url, asked) = serve(1);
    let run = format!("generate --endpoint {url} --model tiny --num-prompts 6 --max-new-tokens 9");
    let mut command = scratch.command(&run);
    let output = command.env("OPENAI_API_KEY", "sk-very-secret").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let lines = texts(&scratch, "generations.jsonl");
    let mut seeds: Vec<String> = lines.iter().map(|line| line["text"].to_string()).collect();
    seeds.sort();
    seeds.dedup();
    assert_eq!(seeds.len(), 6, "each text was asked for with a seed of its own");
    for (id, line) in lines.iter().enumerate() {
        assert_eq!((&line["id"], &line["finish"]), (&id.into(), &"length".into()));
        assert_eq!(line["n_tokens"], 4);
    }
    let (head, body) = asked.lock().unwrap().last().unwrap().clone();
    assert!(head.starts_with("POST /v1/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("Bearer sk-very-secret"), "{head}");
    assert_eq!((&body["model"], &body["max_tokens"]), (&"tiny".into(), &9.into()));
    assert_eq!((&body["temperature"], &body["top_p"]), (&1.0.into(), &1.0.into()));
    let meta = scratch.read("generations.jsonl.meta.json");
    assert!(meta.contains(&url) && meta.contains("\"tiny\""), "{meta}");
    for (what, text) in [("meta.json", meta.as_str()), ("stderr", &*stderr)] {
        assert!(!text.contains("secret"), "{what}: {text}");
    }
    // The refused one again, and then nothing more.
    assert_eq!(asked.lock().unwrap().len(), 7);
    scratch.run(&run).exited(0);
    assert_eq!(asked.lock().unwrap().len(), 7);
}

#[test]
fn what_only_weights_or_only_servers_know_is_refused() {
    let scratch = Scratch::new();
    let run = "generate --endpoint http://127.0.0.1:9 --model tiny";
    assert_eq!(
        scratch.run(&format!("{run} --top-k 5")).exited(2).stderr(),
        "error: --top-k: servers of this kind do not know it; leave it out\n"
    );
    for flags in ["--endpoint http://127.0.0.1:9", "--model tiny", "--concurrency 4"] {
        scratch.run(&format!("generate {flags}")).exited(2);
    }
    let error = scratch.run(&format!("{run} --key-variable NO_SUCH_KEY")).exited(2).stderr();
    assert_eq!(
        error,
        "error: the environment variable NO_SUCH_KEY is to hold the key, and is not set\n"
    );
}
