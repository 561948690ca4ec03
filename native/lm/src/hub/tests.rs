use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use data_anatomy_core::files::digest::sha256_hex;
use data_anatomy_job::progress::Progress;
use tempfile::TempDir;

use super::client::{Client, RemoteFile};
use super::mock_hub::{MAIN, MODEL, MockHub, STEP};
use super::model_id::ModelId;
use super::settings::Settings;
use super::{fetch, resolve};

const CONFIG: (&str, &[u8]) = ("config.json", b"{}");
const WEIGHTS: (&str, &[u8]) = ("model.safetensors", b"not looked into by the hub");

/// The settings of somebody who uses the hub at `port`, with the cache in `home`.
fn settings(port: u16, home: &Path, more: &[(&str, &str)]) -> Settings {
    let endpoint = format!("http://127.0.0.1:{port}/");
    let settings = Settings::from_variables(|name| match name {
        "HF_ENDPOINT" => Some(OsString::from(&endpoint)),
        "HF_HOME" => Some(home.into()),
        _ => more.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()),
    });
    settings.unwrap().with_attempts(1)
}

fn get(model: &str, revision: Option<&str>, settings: &Settings) -> anyhow::Result<PathBuf> {
    fetch(&ModelId::parse(model, revision)?, settings, &Progress::new(true))
}

/// What is said of the model, the hub's address as HUB.
fn refusal(hub: &MockHub, model: &str, revision: Option<&str>, settings: &Settings) -> String {
    let error = format!("{:#}", get(model, revision, settings).unwrap_err());
    error.replace(&format!("http://127.0.0.1:{}", hub.port), "HUB")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn started(files: &[(&str, &[u8])]) -> (MockHub, TempDir) {
    (MockHub::start(files), tempfile::tempdir().unwrap())
}

#[test]
fn a_model_is_fetched_into_the_cache_that_other_tools_know() {
    let (hub, home) = started(&[
        CONFIG,
        WEIGHTS,
        ("README.md", b"no"),
        ("flax_model.msgpack", b"no"),
        ("generation_config.json", b"{ }"),
        ("pytorch_model.bin", b"no"),
        ("tokenizer.json", b"{  }"),
    ]);
    let folder = get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    let model = home.path().join("hub/models--org--tiny");
    assert_eq!(folder, model.join("snapshots").join(MAIN));
    let expected = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"];
    assert_eq!(names(&folder), expected);
    assert_eq!(fs::read(folder.join(WEIGHTS.0)).unwrap(), WEIGHTS.1);
    assert_eq!(fs::read_to_string(model.join("refs/main")).unwrap(), MAIN);
    assert_eq!(names(&model.join("blobs")).len(), 4);
    #[cfg(unix)]
    {
        let link = fs::read_link(folder.join(WEIGHTS.0)).unwrap();
        assert!(link.starts_with("../../blobs"), "{}", link.display());
    }
}

#[test]
fn what_is_there_is_not_fetched_again() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let settings = settings(hub.port, home.path(), &[]);
    get(MODEL, None, &settings).unwrap();
    hub.requests();
    get(MODEL, None, &settings).unwrap();
    assert_eq!(hub.requests(), ["GET /api/models/org/tiny/revision/main"]);
    get(MODEL, Some(MAIN), &settings).unwrap();
    assert_eq!(hub.requests(), [""; 0]);
}

#[test]
fn a_branch_is_fetched_beside_main() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let settings = settings(hub.port, home.path(), &[]);
    let main = get(MODEL, None, &settings).unwrap();
    let step = get(MODEL, Some("step20000-tokens84B"), &settings).unwrap();
    assert_eq!(step, main.with_file_name(STEP));
    assert_eq!(fs::read(main.join("config.json")).unwrap(), b"{}");
    assert_eq!(fs::read(step.join("config.json")).unwrap(), b"{\"step\":20000}");
    assert_eq!(names(&home.path().join("hub/models--org--tiny/blobs")).len(), 3);
}

#[test]
fn a_missing_revision_or_model_is_said() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let settings = settings(hub.port, home.path(), &[]);
    assert_eq!(
        refusal(&hub, MODEL, Some("step3"), &settings),
        "org/tiny at step3: no such revision at HUB; give a branch, tag, or commit"
    );
    assert_eq!(
        refusal(&hub, "org/none", None, &settings),
        "org/none: no such folder here, and no such model or revision at HUB"
    );
}

#[test]
fn a_token_is_asked_for_and_shown_to_the_hub_alone() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    hub.state().token = Some("hf_right".to_owned());
    assert_eq!(
        refusal(&hub, MODEL, None, &settings(hub.port, home.path(), &[])),
        "org/tiny: no such folder here, and no such model at HUB, or it needs a token: set HF_TOKEN"
    );
    let wrong = settings(hub.port, home.path(), &[("HF_TOKEN", "hf_wrong")]);
    assert_eq!(
        refusal(&hub, MODEL, None, &wrong),
        "org/tiny: no such model at HUB, or not for the token given; check HF_TOKEN"
    );
    fs::write(home.path().join("token"), "hf_right\n").unwrap();
    hub.requests();
    get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    for request in hub.requests() {
        let is_storage = request.starts_with("GET /cdn/");
        assert_eq!(request.ends_with("with token"), !is_storage, "{request}");
    }
}

#[test]
fn pytorch_weights_are_fetched_where_there_are_no_others() {
    let (hub, home) = started(&[CONFIG, ("pytorch_model.bin", b"bin")]);
    let folder = get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    assert_eq!(names(&folder), ["config.json", "pytorch_model.bin"]);
}

#[test]
fn shards_are_fetched_before_their_index() {
    let index = br#"{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"#;
    let files: [(&str, &[u8]); 4] = [
        CONFIG,
        ("model.safetensors.index.json", index),
        ("one.safetensors", b"1"),
        ("two.safetensors", b"22"),
    ];
    let (hub, home) = started(&files);
    // The second shard does not come at once.
    hub.state().cuts.extend([100, 100, 100, 1]);
    let settings = settings(hub.port, home.path(), &[]);
    let said = refusal(&hub, MODEL, None, &settings);
    assert!(said.starts_with("org/tiny: two.safetensors: the connection was cut: "), "{said}");
    let snapshot = home.path().join("hub/models--org--tiny/snapshots").join(MAIN);
    assert_eq!(names(&snapshot), ["config.json", "one.safetensors"]);
    let folder = get(MODEL, None, &settings).unwrap();
    assert_eq!(names(&folder).len(), 4);
    assert_eq!(fs::read(folder.join("two.safetensors")).unwrap(), b"22");
}

#[test]
fn an_index_of_what_the_model_lacks_is_refused() {
    for (listed, problem) in [("two.safetensors", "lists"), ("../x", "names")] {
        let index = format!(r#"{{"weight_map":{{"a":"{listed}"}}}}"#);
        let (hub, home) = started(&[CONFIG, ("model.safetensors.index.json", index.as_bytes())]);
        let said = refusal(&hub, MODEL, None, &settings(hub.port, home.path(), &[]));
        assert!(said.contains(&format!("{problem} `{listed}`")), "{said}");
    }
}

#[test]
fn a_model_without_weights_or_configuration_is_refused() {
    let (hub, home) = started(&[CONFIG, ("weights.gguf", b"")]);
    assert_eq!(
        refusal(&hub, MODEL, None, &settings(hub.port, home.path(), &[])),
        "org/tiny: it has no weights; looked for model.safetensors, model.safetensors.index.json, \
         pytorch_model.bin, pytorch_model.bin.index.json"
    );
    let (hub, home) = started(&[WEIGHTS]);
    hub.state().files.values_mut().for_each(|files| drop(files.remove("config.json")));
    let said = refusal(&hub, MODEL, None, &settings(hub.port, home.path(), &[]));
    assert!(said.starts_with("org/tiny: it has no config.json"), "{said}");
}

#[test]
fn offline_the_cache_is_enough_and_nothing_is_asked() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let online = get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    hub.requests();
    let offline = settings(hub.port, home.path(), &[("HF_HUB_OFFLINE", "1")]);
    for revision in [None, Some(MAIN)] {
        assert_eq!(get(MODEL, revision, &offline).unwrap(), online);
    }
    assert_eq!(hub.requests(), [""; 0]);
}

#[test]
fn offline_what_is_not_in_the_cache_is_said() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let offline = settings(hub.port, home.path(), &[("HF_HUB_OFFLINE", "1")]);
    let said = refusal(&hub, MODEL, Some("step20000-tokens84B"), &offline);
    assert_eq!(
        said,
        format!(
            "org/tiny at step20000-tokens84B: offline (HF_HUB_OFFLINE) and not in the cache {}; \
             fetch it once while online",
            home.path().join("hub").display()
        )
    );
    // Its weights are still on their way.
    hub.state().cuts.extend([100, 3]);
    get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap_err();
    assert!(refusal(&hub, MODEL, None, &offline).contains("not in the cache"));
    assert_eq!(hub.requests().iter().filter(|request| request.contains("step")).count(), 0);
}

#[test]
fn a_hub_that_is_gone_leaves_what_is_cached() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    let online = get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gone = settings(port, home.path(), &[]);
    assert_eq!(get(MODEL, None, &gone).unwrap(), online);
    let error = get("org/other", None, &gone).unwrap_err().to_string();
    let start = format!("org/other: http://127.0.0.1:{port} cannot be reached: ");
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn a_cut_connection_is_continued_when_run_again() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    hub.state().cuts.extend([100, 10]);
    let settings = settings(hub.port, home.path(), &[]);
    let said = refusal(&hub, MODEL, None, &settings);
    assert!(said.starts_with("org/tiny: model.safetensors: the connection was cut: "), "{said}");
    assert!(
        said.ends_with("; 10 of 26 bytes are here; run the same command again to go on from there"),
        "{said}"
    );
    hub.requests();
    let folder = get(MODEL, None, &settings).unwrap();
    assert_eq!(fs::read(folder.join(WEIGHTS.0)).unwrap(), WEIGHTS.1);
    let sent = format!("GET /cdn/org/tiny/resolve/{MAIN}/model.safetensors from 10");
    assert!(hub.requests().contains(&sent));
}

#[test]
fn a_cut_connection_is_continued_at_once_where_attempts_are_left() {
    for ignores_ranges in [false, true] {
        let (hub, home) = started(&[CONFIG, WEIGHTS]);
        hub.state().cuts.extend([100, 10, 7]);
        hub.state().ignores_ranges = ignores_ranges;
        let settings = settings(hub.port, home.path(), &[]).with_attempts(3);
        let folder = get(MODEL, None, &settings).unwrap();
        assert_eq!(fs::read(folder.join(WEIGHTS.0)).unwrap(), WEIGHTS.1);
    }
}

#[test]
fn damaged_content_is_refused_and_removed() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    hub.state().damages = true;
    let settings = settings(hub.port, home.path(), &[]);
    let said = refusal(&hub, MODEL, None, &settings);
    assert!(
        said.starts_with("org/tiny: config.json: it arrived damaged: its SHA-256 is "),
        "{said}"
    );
    assert_eq!(names(&home.path().join("hub/models--org--tiny/blobs")), [""; 0]);
    hub.state().damages = false;
    get(MODEL, None, &settings).unwrap();
}

#[test]
fn a_tag_that_is_a_path_is_refused() {
    for tag in ["\"../../../x\"", "/etc/x", "", ".x", "a/b"] {
        let (hub, home) = started(&[CONFIG, WEIGHTS]);
        hub.state().tag = Some(tag.to_owned());
        assert_eq!(
            refusal(&hub, MODEL, None, &settings(hub.port, home.path(), &[])),
            "org/tiny: config.json: HUB gives the file no plain tag; is it a hub?"
        );
    }
}

#[test]
fn a_weak_tag_that_is_no_digest_is_taken() {
    // Both files have the one tag, and so must hold the same.
    let (hub, home) = started(&[("config.json", b"{}"), ("model.safetensors", b"{}")]);
    hub.state().tag = Some("W/\"abc-1\"".to_owned());
    let folder = get(MODEL, None, &settings(hub.port, home.path(), &[])).unwrap();
    assert_eq!(fs::read(folder.join(WEIGHTS.0)).unwrap(), b"{}");
    assert_eq!(names(&home.path().join("hub/models--org--tiny/blobs")), ["abc-1"]);
}

#[test]
fn a_file_of_a_renamed_model_is_found_where_it_is_now() {
    let (hub, home) = started(&[CONFIG, WEIGHTS]);
    hub.state().old_name = Some("org/old".to_owned());
    let client = Client::new(&settings(hub.port, home.path(), &[]));
    let old = ModelId::parse("org/old", None).unwrap();
    let found = client.describe(&client.file_url(&old, MAIN, "config.json")).unwrap();
    assert_eq!(found, RemoteFile { tag: sha256_hex(CONFIG.1), n_bytes: 2 });
}

#[test]
fn a_folder_is_itself() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().to_str().unwrap();
    let progress = Progress::new(true);
    assert_eq!(resolve(name, None, &progress).unwrap(), folder.path());
    let error = resolve(name, Some("main"), &progress).unwrap_err().to_string();
    assert_eq!(error, format!("{name}: a folder has no revisions; leave --hf-revision out"));
}

#[test]
fn names_that_could_leave_the_cache_are_refused() {
    for id in
        ["./model", "/tmp/none", "a/b/c", "..", "a/..", "a--b", "-/", "", "a b", "a/b?c", ".a"]
    {
        let error = ModelId::parse(id, None).unwrap_err().to_string();
        assert!(error.contains("expected a folder or an id"), "{error}");
    }
    for revision in ["../x", "a//b", "/a", "a..b", "", "a b", "a?b", ".git"] {
        let error = ModelId::parse("a/b", Some(revision)).unwrap_err().to_string();
        let expected = format!("--hf-revision: `{revision}` is no branch, tag, or commit");
        assert_eq!(error, expected);
    }
    let model = ModelId::parse("gpt2", Some("refs/pr-1")).unwrap();
    assert_eq!((model.id(), model.revision_in_url().as_str()), ("gpt2", "refs%2Fpr-1"));
}

#[test]
fn variables_say_where_the_cache_is_and_who_asks() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("token"), " hf_file\n").unwrap();
    let home = home.path().to_str().unwrap();
    let read = |variables: &[(&str, &str)]| {
        Settings::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
    };
    let plain = read(&[("HOME", "/home/a")]).unwrap();
    assert_eq!(plain.cache(), Path::new("/home/a/.cache/huggingface/hub"));
    assert_eq!((plain.endpoint(), plain.token()), ("https://huggingface.co", None));
    assert!(!plain.offline());
    let set = read(&[
        ("HF_HOME", home),
        ("HF_HUB_CACHE", "/cache"),
        ("HF_ENDPOINT", "https://mirror.example/hub//"),
        ("HF_HUB_OFFLINE", "True"),
    ]);
    let set = set.unwrap();
    assert_eq!(set.cache(), Path::new("/cache"));
    assert_eq!((set.endpoint(), set.token()), ("https://mirror.example/hub", Some("hf_file")));
    assert!(set.offline() && !format!("{set:?}").contains("hf_file"));
    let shadowed = read(&[("HF_HOME", home), ("HF_TOKEN", "hf_set"), ("HF_HUB_OFFLINE", "0")]);
    let shadowed = shadowed.unwrap();
    assert_eq!((shadowed.token(), shadowed.offline()), (Some("hf_set"), false));
    let error = read(&[("HOME", "/a"), ("HF_ENDPOINT", "mirror.example")]).unwrap_err();
    assert!(error.to_string().starts_with("HF_ENDPOINT: `mirror.example` is no address"));
    let error = read(&[("HOME", "/a"), ("HF_TOKEN", "a b")]).unwrap_err();
    assert_eq!(error.to_string(), "HF_TOKEN: it holds blanks or signs that no token has");
    assert!(read(&[]).unwrap_err().to_string().contains("set HF_HOME"));
}
