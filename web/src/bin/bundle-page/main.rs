//! Makes the one file `data-anatomy.html` from the static page and the core compiled to
//! WebAssembly.
//!
//! ```text
//! cargo run -p data-anatomy-web --features bundle --bin bundle-page -- \
//!     --wasm PATH --www www --out www/dist/data-anatomy.html
//! ```
//!
//! What the folder `www` holds:
//! - `index.html` with the placeholders `{{csp}}` (the content of a meta element above all else),
//!   `<!-- style -->`, `<!-- data -->`, `<!-- wasm -->`, `<!-- worker -->`, `<!-- script -->`;
//! - `style.css`;
//! - `js/main.js`, the page's entry, and `js/worker.js`, the entry of its worker (may be absent,
//!   then without its placeholder). Both may use `wasm_bindgen`: call it with
//!   `{module_or_path: bytes}`, then find the exports on it.
//!
//! What the page finds: `#wasm` (base64 of gzip), `#worker-source` (for a Blob worker) and
//! `#data` (empty; reports fill it).

mod bundle;
mod canonical;
mod inline;
mod module;
mod page;
mod tokens;
mod wasm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::page::{MAX_PAGE_BYTES, Parts};
use crate::wasm::Core;

const USAGE: &str = "usage: bundle-page --wasm FILE --www FOLDER --out FILE";

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

#[derive(Debug, PartialEq)]
struct Options {
    wasm: PathBuf,
    www: PathBuf,
    out: PathBuf,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut wasm, mut www, mut out) = (None, None, None);
        while let Some(flag) = arguments.next() {
            let place = match flag.as_str() {
                "--wasm" => &mut wasm,
                "--www" => &mut www,
                "--out" => &mut out,
                _ => bail!("unknown argument `{flag}`; {USAGE}"),
            };
            let value =
                arguments.next().with_context(|| format!("{flag} needs a value; {USAGE}"))?;
            *place = Some(PathBuf::from(value));
        }
        match (wasm, www, out) {
            (Some(wasm), Some(www), Some(out)) => Ok(Self { wasm, www, out }),
            _ => bail!("{USAGE}"),
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let core = wasm::load(&options.wasm)?;
    let page = build(&options.www, &core)?;
    write_whole(&options.out, &page)?;
    println!(
        "{}: {} bytes (at most {MAX_PAGE_BYTES}); core {} bytes, gzipped {}",
        options.out.display(),
        page.len(),
        core.n_raw_bytes,
        core.gzip.len()
    );
    Ok(())
}

fn build(www: &Path, core: &Core) -> Result<String> {
    let template_file = www.join("index.html");
    let style_file = www.join("style.css");
    let template = read(&template_file)?;
    let style = read(&style_file)?;
    let folder = www.join("js");
    let main = bundle::bundle(&folder, "main.js", &core.glue)?;
    let has_worker = folder.join("worker.js").exists();
    let worker =
        if has_worker { Some(bundle::bundle(&folder, "worker.js", &core.glue)?) } else { None };
    let bundles: Vec<_> = std::iter::once(&main).chain(&worker).collect();
    bundle::check_all_used(&folder, &bundles)?;
    page::assemble(&Parts {
        template: (&template_file.display().to_string(), &template),
        style: (&style_file.display().to_string(), &style),
        script: &main.script,
        worker: worker.as_ref().map(|worker| worker.script.as_str()),
        wasm: &core.base64(),
    })
}

fn read(path: &Path) -> Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// Writes beside the file first, so that nobody ever sees half a page; leaves a file alone that
/// is up to date, so that nothing is built again for it.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    let unfinished = path.with_extension("html.part");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(&unfinished, text)
        .and_then(|()| fs::rename(&unfinished, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Options> {
        Options::parse(arguments.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_named_and_all_needed() {
        let options = parse("--out c --wasm a --www b").unwrap();
        assert_eq!(options, Options { wasm: "a".into(), www: "b".into(), out: "c".into() });
        for (arguments, message) in [
            ("--wasm a --www b", USAGE.to_owned()),
            ("--wasm", format!("--wasm needs a value; {USAGE}")),
            ("-x", format!("unknown argument `-x`; {USAGE}")),
        ] {
            assert_eq!(parse(arguments).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_folder_becomes_a_page_with_a_worker() {
        let www = tempfile::tempdir().unwrap();
        fs::create_dir(www.path().join("js")).unwrap();
        for (name, text) in [
            (
                "index.html",
                "<!doctype html><html><head><meta charset=\"utf-8\"><meta content=\"{{csp}}\">\
                 <!-- style --></head><body><!-- data --><!-- wasm --><!-- worker --><!-- script -->\
                 </body></html>",
            ),
            ("style.css", "p { margin: 0 }\n"),
            ("js/main.js", "import {shared} from './shared.js';\nshared('main');\n"),
            ("js/worker.js", "import {shared} from './shared.js';\nshared('worker');\n"),
            ("js/shared.js", "export function shared(who) { return [wasm_bindgen, who]; }\n"),
        ] {
            fs::write(www.path().join(name), text).unwrap();
        }
        let core = Core { glue: "let wasm_bindgen = 1;".into(), n_raw_bytes: 3, gzip: vec![1, 2] };
        let page = build(www.path(), &core).unwrap();
        assert_eq!(page.matches("let wasm_bindgen = 1;").count(), 2);
        assert_eq!(page.matches("function shared(who)").count(), 2);
        assert_eq!(page.matches("shared('worker')").count(), 1);
        assert!(page.contains("id=\"wasm\">AQI=</script>"), "{page}");
        let out = www.path().join("dist/page.html");
        write_whole(&out, &page).unwrap();
        assert_eq!(fs::read_to_string(&out).unwrap(), page);
        let written = fs::metadata(&out).unwrap().modified().unwrap();
        write_whole(&out, &page).unwrap();
        assert_eq!(fs::metadata(&out).unwrap().modified().unwrap(), written);
    }
}
