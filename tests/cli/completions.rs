//! `gatelint completions`: made from the arguments themselves.

use crate::support::Folder;

#[test]
fn every_shell_has_a_script_that_knows_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = Folder::new().run(&["completions", shell]);
        assert_eq!(run.status, 0);
        for word in ["write-baseline", "replay", "unsafe-fixes"] {
            assert!(run.out.contains(word), "{word} is not in the script for {shell}");
        }
        // fish takes it for a redirection, whatever stands around it.
        assert!(!run.out.contains("coverage<N"), "{shell}");
        assert!(run.out.len() < 400_000, "{} bytes for {shell}", run.out.len());
    }
}

#[test]
fn scripts_know_the_names_of_rules_servers_formats_and_dialects() {
    for shell in ["bash", "fish", "zsh"] {
        let out = Folder::new().run(&["completions", shell]).out;
        for word in ["missing-argument-bypass", "microsoft/playwright-mcp", "junit", "claude-code"]
        {
            assert!(out.contains(word), "{word} is not in the script for {shell}");
        }
    }
    // `clap_complete` leaves out in fish what is no option.
    let out = Folder::new().run(&["completions", "fish"]).out;
    for start in [
        "complete -c gatelint -n \"__fish_gatelint_using_subcommand rule\" -f -a \"",
        "complete -c gatelint -n \"__fish_gatelint_using_subcommand catalogue; and __fish_seen_subcommand_from show\" -f -a \"",
    ] {
        assert_eq!(out.lines().filter(|line| line.starts_with(start)).count(), 1, "{start}");
    }
}

#[test]
fn names_that_are_offered_are_not_the_only_ones_that_are_taken() {
    let folder =
        Folder::new().file("gatelint.yaml", "statements: [{id: no-deletes, deny: \"delete_*\"}]\n");
    assert_eq!(folder.run(&["rule", "no-deletes"]).status, 0);
    assert_eq!(folder.run(&["init", "--server", "playwright"]).status, 0);
}

#[test]
fn the_manual_has_a_page_for_each_command_together_or_in_a_file_each() {
    let folder = Folder::new();
    let all = folder.run(&["completions", "man"]);
    assert_eq!(all.status, 0);
    assert!(all.out.contains("unsafe\\-fixes"));
    let run = folder.run(&["completions", "man", "-o", "man1/"]);
    assert_eq!((run.status, &*run.out), (0, ""));
    for name in ["gatelint", "gatelint-lint", "gatelint-config", "gatelint-catalogue-show"] {
        let page = std::fs::read_to_string(folder.path(&format!("man1/{name}.1"))).unwrap();
        let title = format!(".TH {name} 1  \"gatelint {}\"", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&title), "{name}: {page}");
        assert!(page.is_ascii(), "groff reads bytes");
        assert!(page.contains(".SH EXAMPLES\n.nf\n  gatelint "), "{name}");
        assert!(all.out.contains(&page), "{name} is not in the whole manual");
    }
    assert!(!folder.path("man1/gatelint-help.1").exists());
    assert_eq!(folder.run(&["completions", "man", "-o", "man1/"]).status, 2, "they are there");
    assert_eq!(folder.run(&["completions", "man", "-o", "man1/", "--force"]).status, 0);
}
