//! The README's examples, run: every `console` block shows a command and exactly what it prints.

use std::process::Command;

#[test]
fn the_output_in_the_readme_is_what_the_program_prints() {
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let blocks: Vec<&str> = readme
        .split("```console\n")
        .skip(1)
        .map(|block| block.split("\n```").next().unwrap())
        .collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let (command, shown) = block.split_once('\n').unwrap();
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[..2], ["$", "gatelint"]);
        let output = Command::new(env!("CARGO_BIN_EXE_gatelint"))
            .args(&words[2..])
            .current_dir(root)
            .env("COLUMNS", "100")
            .env_remove("FORCE_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.trim_end(), shown, "{command}");
    }
}

#[test]
fn the_commands_of_the_readme_are_those_that_ci_runs() {
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let ci = std::fs::read_to_string(format!("{root}/.ci/run")).unwrap();
    for command in ["cargo run -- lint fixtures/policies/seed", "cargo test"] {
        assert!(readme.contains(&format!("\n{command}\n")), "{command}");
        assert!(ci.lines().any(|line| line == command), "{command}");
    }
}
