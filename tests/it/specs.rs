use data_anatomy_core::files::bundled_specs;
use data_anatomy_core::files::spec::SpecFile;
use data_anatomy_tests::{Scratch, project};

#[test]
fn every_bundled_spec_is_a_file_of_bench_specs_with_full_provenance() {
    let folder = project("bench/specs");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    files.sort();
    let bundled: Vec<&str> = bundled_specs::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, bundled);
    for spec in bundled_specs::all().iter().map(|file| &file.main) {
        assert!(spec.source.is_some() && spec.unit.is_some(), "{}", spec.id);
        assert!(spec.version.is_some() && spec.notes.is_some(), "{}", spec.id);
    }
    assert!(
        bundled_specs::all().iter().flat_map(SpecFile::all).any(|spec| spec.id == "llama1@seed")
    );
}

#[test]
fn list_names_every_spec_and_its_variants() {
    let list = Scratch::new().run("specs list").exited(0).stdout();
    for name in ["amber ", "olmo1b@seed", "starcoder "] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{list}");
    }
    let json = Scratch::new().run("specs list --json").exited(0).json();
    assert_eq!(json.as_array().unwrap().iter().filter(|spec| spec["id"] == "starcoder").count(), 1);
}

#[test]
fn show_gives_provenance_and_shares() {
    let shown = Scratch::new().run("specs show llama1").exited(0).stdout();
    assert!(shown.contains("source: ") && shown.contains("notes: "), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("StackExchange") && line.ends_with("2.0 %")));
    let ran = Scratch::new().run("specs show olmo").exited(2);
    let expected = "error: no bundled spec is named `olmo`\nhint: there are: amber, codellama,";
    assert!(ran.stderr().starts_with(expected), "{}", ran.stderr());
}

#[test]
fn show_as_json_holds_every_figure_of_the_file() {
    let shown = Scratch::new().run("specs show llama1@seed --json").exited(0).json();
    let spec = bundled_specs::find("llama1@seed").unwrap();
    assert_eq!(shown["id"], "llama1@seed");
    assert_eq!(shown["source"]["title"], spec.source.as_ref().unwrap().title);
    let categories = shown["categories"].as_array().unwrap();
    let names: Vec<&str> = categories.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, spec.taxonomy.names());
    for (index, category) in categories.iter().enumerate() {
        assert_eq!(category["weight"], spec.weights[index]);
        assert_eq!(category["share"], spec.mixture.shares()[index]);
    }
}

#[test]
fn lint_tells_odd_from_wrong() {
    let scratch = Scratch::new();
    let head = "schema: category-mixture-v1\nname: M\ncategories: [a, b]\n";
    scratch.write("odd.yaml", format!("{head}category_weights: {{a: 80, b: 19}}\n"));
    scratch.write("wrong.yaml", format!("{head}category_weights: {{a: 80}}\n"));
    let found = scratch.run("specs lint odd.yaml wrong.yaml").exited(3).stdout();
    assert!(found.contains("the weights sum to 99.0000, not to 100 (odd_sum)"), "{found}");
    assert!(found.contains("no source, unit, version, not_covered"), "{found}");
    assert!(found.contains("wrong.yaml: `b` is in `categories` but not in"), "{found}");
    scratch.run("specs lint odd.yaml").exited(0);
    scratch.run("specs lint wrong.yaml").exited(2);
    scratch.run("specs lint").exited(0);
}
