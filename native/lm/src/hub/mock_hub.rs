//! A hub on this machine that behaves like a real one, and misbehaves where it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use data_anatomy_core::files::digest::sha256_hex;

pub(super) const MODEL: &str = "org/tiny";
pub(super) const MAIN: &str = "0123456789abcdef0123456789abcdef01234567";
pub(super) const STEP: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// What it is to do.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The files of each commit.
    pub(super) files: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    /// The commit of each branch.
    pub(super) branches: BTreeMap<String, String>,
    /// The token without which nothing is given.
    pub(super) token: Option<String>,
    /// What the next answers that send a file are cut to; whole ones after that.
    pub(super) cuts: VecDeque<usize>,
    /// Whether it sends whole files whatever part is asked for.
    pub(super) ignores_ranges: bool,
    /// Whether it sends other bytes than it announced.
    pub(super) damages: bool,
    /// The tag that it gives all files, in place of their own.
    pub(super) tag: Option<String>,
    /// The older name of the model, which redirects to it.
    pub(super) old_name: Option<String>,
    /// What was asked: method, path, range, and whether a token was shown.
    pub(super) requests: Vec<String>,
}

/// A running hub; it ends with the process.
#[derive(Debug)]
pub(super) struct MockHub {
    pub(super) port: u16,
    state: Arc<Mutex<State>>,
}

impl MockHub {
    /// A hub with one model: `main` holds these files, the branch `step20000-tokens84B` a different
    /// configuration.
    pub(super) fn start(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let named = |files: &[(&str, &[u8])]| {
            files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
        };
        let mut state = State::default();
        let main: BTreeMap<String, Vec<u8>> = named(files);
        let mut step = main.clone();
        step.insert("config.json".to_owned(), b"{\"step\":20000}".to_vec());
        state.files.insert(MAIN.to_owned(), main);
        state.files.insert(STEP.to_owned(), step);
        state.branches.insert("main".to_owned(), MAIN.to_owned());
        state.branches.insert("step20000-tokens84B".to_owned(), STEP.to_owned());
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || {
                    // A client that goes away is no concern.
                    let _ = answer(stream, &state, port);
                });
            }
        });
        Self { port, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What was asked since this was last called.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state().requests)
    }
}

struct Request {
    method: String,
    path: String,
    range_start: Option<usize>,
    token: Option<String>,
}

fn read_request(stream: &TcpStream) -> std::io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request { method, path, range_start: None, token: None };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let start = value.trim_start_matches("bytes=").trim_end_matches('-');
                request.range_start = start.parse().ok();
            }
            "authorization" => {
                request.token = Some(value.trim_start_matches("Bearer ").to_owned());
            }
            _ => {}
        }
    }
    Ok(request)
}

fn answer(mut stream: TcpStream, state: &Mutex<State>, port: u16) -> std::io::Result<()> {
    let request = read_request(&stream)?;
    let mut state = state.lock().unwrap();
    let shown = [
        Some(format!("{} {}", request.method, request.path)),
        request.range_start.map(|start| format!("from {start}")),
        request.token.as_ref().map(|_| "with token".to_owned()),
    ];
    state.requests.push(shown.into_iter().flatten().collect::<Vec<_>>().join(" "));
    let is_cdn = request.path.starts_with("/cdn/");
    if !is_cdn && state.token.is_some() && state.token != request.token {
        return respond(&mut stream, "401 Unauthorized", &[], b"{}");
    }
    if let Some(old) = state.old_name.clone()
        && let Some(rest) = request.path.strip_prefix(&format!("/{old}/"))
    {
        let new = format!("/{MODEL}/{rest}");
        return respond(&mut stream, "307 Temporary Redirect", &[("Location", &new)], b"");
    }
    match state.find(&request.path) {
        Some(Found::Listing(body)) => respond(&mut stream, "200 OK", &[], body.as_bytes()),
        Some(Found::File { bytes, tag }) if request.method == "HEAD" => {
            // As on the hub: large files are elsewhere, and only the hub knows their tags.
            let location = format!("http://localhost:{port}/cdn{}", request.path);
            let size = bytes.len().to_string();
            let headers =
                [("Location", &*location), ("X-Linked-Etag", &*tag), ("X-Linked-Size", &*size)];
            respond(&mut stream, "302 Found", &headers, b"")
        }
        Some(Found::File { .. }) if !is_cdn => {
            let location = format!("http://localhost:{port}/cdn{}", request.path);
            respond(&mut stream, "302 Found", &[("Location", &location)], b"")
        }
        Some(Found::File { bytes, .. }) => send(&mut stream, &request, &mut state, &bytes),
        None => respond(&mut stream, "404 Not Found", &state.why(&request.path), b"{}"),
    }
}

enum Found {
    Listing(String),
    File { bytes: Vec<u8>, tag: String },
}

impl State {
    fn find(&self, path: &str) -> Option<Found> {
        if let Some(revision) = path.strip_prefix(&format!("/api/models/{MODEL}/revision/")) {
            let commit = self.branches.get(revision).map_or(revision, String::as_str);
            let files = self.files.get(commit)?.keys();
            let siblings: Vec<_> =
                files.map(|file| serde_json::json!({"rfilename": file})).collect();
            let listing = serde_json::json!({"sha": commit, "siblings": siblings});
            return Some(Found::Listing(listing.to_string()));
        }
        let path = path.strip_prefix("/cdn").unwrap_or(path);
        let (commit, file) = path.strip_prefix(&format!("/{MODEL}/resolve/"))?.split_once('/')?;
        let bytes = self.files.get(commit)?.get(file)?.clone();
        let tag = self.tag.clone().unwrap_or_else(|| format!("\"{}\"", sha256_hex(&bytes)));
        Some(Found::File { bytes, tag })
    }

    fn why(&self, path: &str) -> [(&'static str, &'static str); 1] {
        let is_known = path.contains(&format!("/{MODEL}/"));
        [("X-Error-Code", if is_known { "RevisionNotFound" } else { "RepoNotFound" })]
    }
}

/// Sends the part that was asked for.
fn send(
    stream: &mut TcpStream,
    request: &Request,
    state: &mut State,
    bytes: &[u8],
) -> std::io::Result<()> {
    let start = request.range_start.filter(|_| !state.ignores_ranges).unwrap_or(0);
    let mut part = bytes[start.min(bytes.len())..].to_vec();
    if state.damages {
        part.iter_mut().for_each(|byte| *byte = !*byte);
    }
    let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
    let (status, headers) = if start > 0 {
        ("206 Partial Content", vec![("Content-Range", range.as_str())])
    } else {
        ("200 OK", vec![])
    };
    let length = part.len();
    if let Some(cut) = state.cuts.pop_front() {
        part.truncate(cut);
    }
    respond_with_length(stream, status, &headers, &part, length)
}

fn respond(
    stream: &mut TcpStream,
    status: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<()> {
    respond_with_length(stream, status, headers, body, body.len())
}

fn respond_with_length(
    stream: &mut TcpStream,
    status: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    length: usize,
) -> std::io::Result<()> {
    let mut head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)
}
