use super::{json, texts, with_model, written};

const RUN: &str = "generate --target-model model --device cpu --max-new-tokens 24";

#[test]
fn a_run_writes_every_text_and_what_it_was() {
    let scratch = with_model();
    let ran = scratch.run(&format!("{RUN} --num-prompts 12 --output texts.jsonl")).exited(0);
    assert_eq!(ran.stdout(), "");
    assert!(ran.stderr().contains("tokens/s)\ntexts.jsonl: 12 texts, "), "{}", ran.stderr());
    let lines = texts(&scratch, "texts.jsonl");
    assert_eq!(lines.len(), 12);
    let mut n_tokens = 0;
    for (id, line) in lines.iter().enumerate() {
        let mut names: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["finish", "id", "n_tokens", "prompt_id", "text"]);
        assert_eq!(line["id"], id);
        assert!(line["prompt_id"].is_null() && line["text"].is_string());
        let length = line["n_tokens"].as_u64().unwrap();
        assert!(length <= 24 && (length == 24) == (line["finish"] == "length"), "{line}");
        n_tokens += length;
    }
    let meta = json(&scratch, "texts.jsonl.meta.json");
    assert_eq!((&meta["complete"], &meta["schema_version"]), (&true.into(), &1.into()));
    assert_eq!(meta["counts"]["texts"], 12);
    assert_eq!(meta["counts"]["tokens"], n_tokens);
    let finishes: u64 = ["eos", "length"]
        .iter()
        .map(|finish| meta["counts"]["finish"][finish].as_u64().unwrap())
        .sum();
    assert_eq!(finishes, 12, "the fixture ends some texts and not others");
    let config = &meta["config"];
    assert_eq!(config["target_model"], "model");
    assert_eq!(config["temperature"], 1.0);
    assert_eq!(config["back_end"], "cpu");
    assert_eq!(meta["tokenizer"]["generation_begins_with"]["token"], "<|endoftext|>");
    assert!(!scratch.path("texts.jsonl.lock").exists());
}

#[test]
fn the_same_command_changes_nothing_and_more_texts_keep_the_first() {
    let scratch = with_model();
    let run = |n: usize| scratch.run(&format!("{RUN} --num-prompts {n} --output texts.jsonl"));
    run(8).exited(0);
    let first = scratch.read("texts.jsonl");
    let times = || ["texts.jsonl", "texts.jsonl.meta.json"].map(|name| written(&scratch, name));
    let before = times();
    run(8).exited(0);
    assert_eq!(times(), before);
    run(20).exited(0);
    let more = scratch.read("texts.jsonl");
    assert_eq!(more.lines().count(), 20);
    assert!(more.starts_with(&first), "the first texts stay as they are");
    let error = run(8).exited(2).stderr();
    assert!(error.contains("texts.jsonl"), "fewer texts than there are: {error}");
    assert_eq!(scratch.read("texts.jsonl"), more);
}

#[test]
fn another_setting_is_refused_with_the_difference_until_forced() {
    let scratch = with_model();
    let run = format!("{RUN} --num-prompts 4 --output texts.jsonl");
    scratch.run(&run).exited(0);
    let first = scratch.read("texts.jsonl");
    let error = scratch.run(&format!("{run} --temperature 0.5 --seed 7")).exited(2).stderr();
    assert_eq!(
        error,
        "error: texts.jsonl: made with another configuration (seed: 42 → 7; temperature: 1 → 0.5); \
         --force starts anew, another --output keeps both\n"
    );
    assert_eq!(scratch.read("texts.jsonl"), first);
    scratch.run(&format!("{run} --temperature 0.5 --seed 7 --force")).exited(0);
    assert_ne!(scratch.read("texts.jsonl"), first);
    scratch.write("mine.jsonl", "{\"text\": \"mine\"}\n");
    let error = scratch.run(&format!("{RUN} --output mine.jsonl")).exited(2).stderr();
    assert_eq!(
        error,
        "error: mine.jsonl: is there already, and no mine.jsonl.meta.json tells what it is; \
         --force overwrites it, another --output keeps it\n"
    );
    assert_eq!(scratch.read("mine.jsonl"), "{\"text\": \"mine\"}\n");
}

#[test]
fn texts_are_the_same_in_batches_of_any_size() {
    let scratch = with_model();
    for precision in ["", "--half", "--int8"] {
        let bytes = [1, 5, 64].map(|size| {
            let output = format!("texts{precision}-{size}.jsonl");
            let batch = format!("--num-prompts 16 --batch-size {size} --output {output}");
            scratch.run(&format!("{RUN} {batch} {precision}")).exited(0);
            (scratch.read(&output), scratch.read(&format!("{output}.meta.json")))
        });
        assert_eq!(bytes[0], bytes[1], "{precision}");
        assert_eq!(bytes[0], bytes[2], "{precision}");
    }
    let stored = |name: &str| json(&scratch, name)["config"]["precision"].clone();
    assert_eq!(stored("texts--half-1.jsonl.meta.json"), "half");
    assert_eq!(stored("texts--int8-1.jsonl.meta.json"), "int8");
}

#[test]
fn prompts_are_named_and_greedy_texts_depend_on_them_alone() {
    let scratch = with_model();
    let prompts = "The court\n{\"prompt\": \"Stir the sauce\", \"id\": \"kitchen\"}\n\nA goal\n";
    scratch.write("prompts.txt", prompts);
    let run = format!("{RUN} --prompts prompts.txt --temperature 0 --num-prompts 7");
    scratch.run(&format!("{run} --output greedy.jsonl")).exited(0);
    let lines = texts(&scratch, "greedy.jsonl");
    let ids: Vec<&str> = lines.iter().map(|line| line["prompt_id"].as_str().unwrap()).collect();
    assert_eq!(ids[1], "kitchen");
    assert_eq!(ids[..3], ids[3..6], "prompts are taken in turn");
    for (first, again) in [(0, 3), (1, 4), (2, 5), (0, 6)] {
        assert_eq!(lines[first]["text"], lines[again]["text"]);
    }
    assert_ne!(lines[0]["text"], lines[1]["text"]);
    scratch.run(&format!("{run} --output other_seed.jsonl --seed 99")).exited(0);
    assert_eq!(scratch.read("other_seed.jsonl"), scratch.read("greedy.jsonl"));
    scratch.write("empty.txt", "\n");
    let error = scratch.run(&format!("{RUN} --prompts empty.txt")).exited(2).stderr();
    assert!(error.starts_with("error: empty.txt"), "{error}");
}

#[test]
fn the_seed_study_is_a_preset_and_its_flags_are_known() {
    let scratch = with_model();
    let run = "generate --target_model model --max_new_tokens 5 --num_prompts 37";
    scratch.run(&format!("{run} --device cpu --preset seed --output preset.jsonl")).exited(0);
    let config = json(&scratch, "preset.jsonl.meta.json")["config"].clone();
    assert_eq!((&config["temperature"], &config["top_p"]), (&0.8.into(), &0.9.into()));
    assert_eq!(config["max_new_tokens"], 5);
    let ids: Vec<String> =
        texts(&scratch, "preset.jsonl").iter().map(|line| line["prompt_id"].to_string()).collect();
    assert_eq!(ids[0], "\"neutral-01\"");
    assert_eq!(ids[36], ids[0], "there are 36 neutral prompts");
    let spelled = "--prompts neutral --gen_temperature 0.8 --top_p 0.9 --gen_batch_size 3";
    scratch.run(&format!("{run} --device cpu {spelled} --output spelled.jsonl")).exited(0);
    assert_eq!(scratch.read("spelled.jsonl"), scratch.read("preset.jsonl"));
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let scratch = with_model();
    for (flags, expected) in [
        ("--num-prompts 0", "error: --num-prompts: expected 1 or more, found 0\n"),
        ("--batch-size 0", "error: --batch-size: expected 1 or more, found 0\n"),
        (
            "--temperature=-1",
            "error: expected a temperature of at least 0 (0 takes the most probable token), found -1\n",
        ),
        (
            "--top-p 0",
            "error: expected a top-p above 0 and at most 1 (1 keeps every token), found 0\n",
        ),
        ("--prompts nowhere.txt", "error: nowhere.txt: cannot be read: there is no such file\n"),
        (
            "--hf_revision step1000",
            "error: model: a folder has no revisions; leave --hf-revision out\n",
        ),
    ] {
        let run = format!("generate --target-model model --device cpu {flags}");
        let error = scratch.run(&run).exited(2).stderr();
        assert_eq!(error, expected, "{flags}");
        assert!(!scratch.path("generations.jsonl").exists(), "{flags}");
    }
    let error = scratch.run("generate --device cpu").exited(2).stderr();
    let expected =
        "error: no model is named; give --target-model FOLDER or the name of one on the hub\n";
    assert_eq!(error, expected);
}
