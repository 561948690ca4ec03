use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_tests::Scratch;

use super::{ALL, with_everything};

/// Every file below a folder with its bytes, by path.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn names(scratch: &Scratch, folder: &str) -> Vec<String> {
    tree(&scratch.path(folder)).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn each_attack_makes_what_it_needs_and_nothing_more() {
    let scratch = with_everything(30);
    let run = |attacks: &str| {
        let command = ALL.replace("--attack all", &format!("--attack {attacks}"));
        scratch.run(&format!("{command} --no-plots")).exited(0);
    };
    let scores = "out/membership/scores";
    run("loss mink minkpp zlib");
    let expected = ["candidates", "nonmembers"]
        .map(|pool| ["meta.json", "part-00000.parquet"].map(|file| format!("{pool}/plain/{file}")))
        .concat();
    assert_eq!(names(&scratch, scores), expected);
    let before = tree(&scratch.path(scores));
    run("recall");
    let kinds = |pool: &str| {
        let mut found: Vec<String> = std::fs::read_dir(scratch.path(scores).join(pool))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        found
    };
    assert_eq!(kinds("candidates"), ["plain", "recall"]);
    run("lowercase ref dcpdd neighborhood");
    let all = ["lowercase", "neighbours", "plain", "recall", "reference"];
    assert_eq!(kinds("candidates"), all);
    assert_eq!(kinds("nonmembers"), all);
    assert!(scratch.path(scores).join("token_frequencies.json").is_file());
    let after = tree(&scratch.path(scores));
    assert!(before.iter().all(|file| after.contains(file)), "what is there stays as it is");
    // The same, all at once, ends in the same bytes.
    scratch.run(&format!("{ALL} --no-plots --run-name at_once")).exited(0);
    assert_eq!(tree(&scratch.path("out/at_once/scores")), after);
}

#[test]
fn killed_at_any_moment_it_ends_in_the_same_scores() {
    let scratch = with_everything(120);
    let all = ALL
        .replace("--attack all", "--attack lowercase ref recall dcpdd neighborhood")
        .replace("--max-tokens 40", "--max-tokens 12");
    let command = |folder: &str| format!("{all} --no-plots --no-blind-baseline --scores {folder}");
    let started = Instant::now();
    scratch.run(&command("whole")).exited(0);
    let duration = started.elapsed();
    let expected = tree(&scratch.path("whole"));
    let mut n_begun = 0;
    for kill in 0..6_u64 {
        let folder = format!("killed-{kill}");
        let share = (kill as f64 + RandomStream::new(1, kill).unit()) / 6.0;
        kill_after(&scratch, &command(&folder), duration.mul_f64(share));
        let n_files = names(&scratch, &folder).len();
        n_begun += usize::from((1..expected.len()).contains(&n_files));
        scratch.run(&command(&folder)).exited(0);
        assert!(tree(&scratch.path(&folder)) == expected, "killed after {share:.3} of the run");
    }
    assert!(n_begun >= 2, "{n_begun} were killed amid their work");
}

/// Starts the command and kills it (SIGKILL) after this time, unless it ends before.
fn kill_after(scratch: &Scratch, arguments: &str, delay: Duration) {
    let mut command = scratch.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(delay);
    // It may have ended: then there is nothing to kill.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn scores_alone_are_enough_and_other_ones_are_refused() {
    let scratch = with_everything(30);
    scratch.run(&format!("{ALL} --no-plots --scores kept")).exited(0);
    let told = |arguments: &str| scratch.run(arguments).exited(2).stderr();
    // Without model and documents: every number is there, but for the blind baseline's.
    let scores = "membership --scores kept --no-plots --quiet --run-name again --attack";
    scratch.run(&format!("{scores} all")).exited(0);
    let csv = |run: &str| scratch.read(&format!("out/{run}/document_scores.csv"));
    assert_eq!(csv("again"), csv("membership"));
    std::fs::remove_dir_all(scratch.path("kept/nonmembers/recall")).unwrap();
    assert_eq!(
        told(&format!("{scores} recall")),
        "error: --attack recall: its scores are not there; give --target-model and what it takes\n"
    );
    assert_eq!(
        told("membership --attack loss --scores nowhere"),
        "error: nowhere: no scores of candidates are there; give --target-model MODEL and \
         --local-samples-dir DIR to make them, or --scores DIR where they are\n"
    );
    let other = ALL.replace("--max-tokens 40", "--max-tokens 41 --scores kept");
    assert_eq!(
        told(&other),
        "error: kept/candidates/plain: made with another configuration (max_tokens: 40 → 41); --force \
         starts anew, another --scores folder keeps both\n"
    );
    scratch.run(&format!("{other} --no-plots --force")).exited(0);
    scratch.write("kept/nonmembers/plain/part-00000.parquet", "PAR1");
    let damaged = told(&format!("{scores} loss"));
    assert!(
        damaged.starts_with("error: kept/nonmembers/plain/part-00000.parquet: not as"),
        "{damaged}"
    );
}

#[test]
fn what_an_attack_lacks_is_told_before_any_work() {
    let scratch = with_everything(30);
    let told = |attack: &str, more: &str| {
        let command = format!(
            "membership --attack {attack} --target-model model --device cpu --local-samples-dir \
             samples --quiet {more}"
        );
        scratch.run(&command).exited(2).stderr()
    };
    assert_eq!(told("ref", ""), "error: --attack ref: give --reference-model MODEL\n");
    assert_eq!(
        told("loss recall", ""),
        "error: --attack recall: give --nonmembers DIR: its prefix is made of documents that are not \
         members\n"
    );
    assert_eq!(
        told("dcpdd", ""),
        "error: --attack dcpdd: give --reference-corpus DIR: it compares with frequencies of tokens \
         elsewhere\n"
    );
    assert!(!scratch.path("out").exists());
    let found = told("gradnorm", "");
    assert!(found.contains("expected all or one of loss, zlib"), "{found}");
    let many = told("recall", "--nonmembers held_out --num-shots 200");
    assert!(many.contains("--num-shots: 200 documents do not fit before a text"), "{many}");
    let none = scratch
        .run("membership --attack loss --target-model model --device cpu")
        .exited(2)
        .stderr();
    assert!(none.starts_with("error: no candidates are given: --local-samples-dir DIR"), "{none}");
}
