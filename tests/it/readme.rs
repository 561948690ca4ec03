use data_anatomy_tests::{Scratch, project};

use crate::language_model::server::serve;

/// The commands in the README's `sh` blocks, with lines continued by a backslash joined.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(project("README.md")).unwrap();
    let mut commands = Vec::new();
    for block in readme.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap().replace("\\\n", " ");
        let lines = block.lines().map(str::trim);
        commands.extend(
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned),
        );
    }
    commands
}

#[test]
fn every_command_of_the_readme_works_in_its_order() {
    let scratch = Scratch::new();
    // What a reader has: a model, and a server of completions.
    scratch.write_model("my_model", "llama");
    let (url, _) = serve(0);
    let makefile = std::fs::read_to_string(project("Makefile")).unwrap();
    let mut n_run = 0;
    for command in commands() {
        if let Some(target) = command.strip_prefix("make ") {
            let rule = format!("\n{target}:");
            assert!(makefile.contains(&rule), "no such target: {command}");
        } else if let Some(arguments) = command.strip_prefix("data-anatomy ") {
            scratch.run(&arguments.replace("http://localhost:8000", &url)).exited(0);
            n_run += 1;
        } else {
            assert!(
                command.starts_with("cargo ") || command.starts_with("cd "),
                "not tried: {command}"
            );
        }
    }
    assert!(n_run >= 14, "only {n_run} commands were run");
}
