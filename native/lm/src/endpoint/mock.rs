//! A completion server on this machine that behaves as a test tells it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What the server was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) body: Value,
}

/// What the server does about it.
pub(super) enum Reply {
    /// Answers with this status, these headers and this body.
    Status(u16, &'static str, String),
    /// Hangs up in the middle of the answer.
    Cut,
}

impl Reply {
    /// A text as servers give it.
    pub(super) fn text(text: &str) -> Self {
        let body = json!({
            "choices": [{"index": 0, "text": text, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4},
        });
        Self::Status(200, "", body.to_string())
    }

    /// A complaint as OpenAI words it.
    pub(super) fn complaint(status: u16, message: &str) -> Self {
        Self::Status(status, "", json!({"error": {"message": message}}).to_string())
    }
}

/// The server; it ends with the test.
pub(super) struct Mock {
    pub(super) url: String,
    shared: Arc<Shared>,
}

/// What the server does about a request, the number of which counts from 0.
type Answer = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

struct Shared {
    answer: Box<Answer>,
    asked: Mutex<Vec<Asked>>,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    is_over: AtomicBool,
}

impl Mock {
    /// A server that answers a request, the number of which counts from 0, so.
    pub(super) fn start(answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            asked: Mutex::new(Vec::new()),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let of_listener = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if of_listener.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&of_listener);
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { url, shared }
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// The most requests that were under way at once.
    pub(super) fn peak(&self) -> usize {
        self.shared.peak.load(Ordering::SeqCst)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) {
        let Some(asked) = read(stream) else { return };
        let now = 1 + self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.peak.fetch_max(now, Ordering::SeqCst);
        let number = {
            let mut all = self.asked.lock().unwrap();
            all.push(asked.clone());
            all.len() - 1
        };
        let reply = (self.answer)(&asked, number);
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let answer = match reply {
            Reply::Status(status, headers, body) => format!(
                "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
                body.len()
            ),
            Reply::Cut => "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choi".to_owned(),
        };
        let _ = stream.write_all(answer.as_bytes());
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let (mut n_bytes, mut authorization) = (0, None);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => n_bytes = value.trim().parse().ok()?,
            "authorization" => authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; n_bytes];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { path, authorization, body: serde_json::from_slice(&body).ok()? })
}
