//! Embeds the page, where it has been built, and the commit this is built from.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    embed_page();
    embed_commit();
}

/// Copies the built page to where `include_str!` finds it; an empty file stands for "not built".
fn embed_page() {
    let page = Path::new("../www/dist/data-anatomy.html");
    println!("cargo:rerun-if-changed=../www/dist/data-anatomy.html");
    let html = fs::read_to_string(page).unwrap_or_default();
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("page.html"), html).expect("OUT_DIR can be written");
}

fn embed_commit() {
    println!("cargo:rerun-if-changed=../.git/logs/HEAD");
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let commit = output.ok().filter(|output| output.status.success());
    let commit = commit.and_then(|output| String::from_utf8(output.stdout).ok());
    let commit = commit.unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=DATA_ANATOMY_COMMIT={}", commit.trim());
}
