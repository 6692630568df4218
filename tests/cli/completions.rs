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
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let run = Folder::new().run(&["completions", "man"]);
    assert_eq!(run.status, 0);
    for page in ["gatelint", "gatelint-lint", "gatelint-replay", "gatelint-diff", "gatelint-config"]
    {
        let title = format!(".TH {page} 1");
        assert!(run.out.contains(&title), "{title} is not in the manual");
    }
    assert!(run.out.contains("unsafe\\-fixes"));
}
