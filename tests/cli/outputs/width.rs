//! No line that people see is wider than their terminal, whatever the names are like. What is there to be copied stays
//! whole: commands, policies, the lines of two documents that differ, the examples of rules, the paths above excerpts.

use unicode_width::UnicodeWidthStr;

use super::cases::CASES;
use super::{ROOT, path};
use crate::support::{self, Folder};

const WIDTHS: [usize; 3] = [60, 80, 120];

/// The lines of a text that are too wide.
fn too_wide(text: &str, width: usize) -> Vec<&str> {
    let mut is_example = false;
    let is_prose = |line: &&str| {
        is_example ^= line.starts_with("```");
        !is_example && !line.contains("gatelint explain --policy ") && !line.contains(",-[")
    };
    let lines = text.split("\nThe documents\n").next().unwrap_or(text).lines();
    lines.filter(is_prose).filter(|line| line.width() > width).collect()
}

/// Whether a command writes a policy to standard output.
fn writes_policy(line: &str) -> bool {
    ["init", "convert", "catalogue import"].iter().any(|command| line.starts_with(command))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let is_machines = |name: &str| {
        [".markdown", ".github", ".concise", ".lcov", ".coloured"]
            .iter()
            .any(|format| name.ends_with(format))
    };
    for case in CASES.iter().filter(|case| !is_machines(case.name)) {
        let words: Vec<&str> = case.line.split(' ').map(path).collect();
        for width in WIDTHS {
            let columns = width.to_string();
            let variables = [("LC_ALL", "C"), ("COLUMNS", columns.as_str())];
            let run = support::run(ROOT.as_ref(), &words, "", &variables);
            assert_eq!(too_wide(&run.err, width), [""; 0], "{width} {}", case.line);
            if !writes_policy(case.line) {
                assert_eq!(too_wide(&run.out, width), [""; 0], "{width} {}", case.line);
            }
        }
    }
}

#[test]
fn long_names_are_whole_where_a_program_reads_on_and_cut_in_the_middle_where_nobody_could_see_them()
{
    let name = |last: char| format!("run{}{last}", "漢x".repeat(60));
    let limit = |counter: &str| {
        format!(r#"{{"counter":"{counter}","window":"minute","max":1,"scope":"grant"}}"#)
    };
    let policy = |max: usize| {
        let tools = ['a', 'b'].map(|last| {
            let limit = limit(&name(last)).replace("\"max\":1", &format!("\"max\":{max}"));
            format!(r#""{}":{{"limits":[{limit}]}}"#, name(last))
        });
        format!(r#"{{"version":"1","default":"deny","tools":{{{}}}}}"#, tools.join(","))
    };
    let call = |second: usize, last: char| {
        let (tool, grant) = (name(last), "g".repeat(200));
        format!(
            "{{\"ts\":\"2026-03-01T10:00:0{second}.123456789Z\",\"grant\":\"{grant}\",\"tool\":\"{tool}\",\"args\":{{}}}}\n"
        )
    };
    let trace: String =
        (0..4).flat_map(|second| ['a', 'b'].map(|last| call(second, last))).collect();
    let test = format!(
        "for: p.json\ncases:\n  - {{name: {0}, call: {{tool: {0}, args: {{}}}}, expect: deny}}\n",
        name('a')
    );
    let folder = Folder::new()
        .file("p.json", policy(1))
        .file("q.json", policy(2))
        .file("t.jsonl", trace)
        .file("t.test.yaml", test);
    for command in [
        "replay --policy p.json t.jsonl --coverage --what-if",
        "replay --policy p.json t.jsonl --by grant --verbose",
        "replay --policy p.json t.jsonl --quiet",
        "diff p.json q.json --trace t.jsonl",
        "explain --policy p.json --trace t.jsonl --n 3",
        "test --coverage --mutate --verbose",
        "trace stats t.jsonl",
        "init --trace t.jsonl -o /dev/null --force",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        for width in WIDTHS {
            let run = folder.run_with(&words, "", &[("COLUMNS", &width.to_string())]);
            for text in [&run.out, &run.err] {
                assert_eq!(too_wide(text, width), [""; 0], "{width} {command}\n{text}");
                assert!(!text.contains(".123456789"), "{command}\n{text}");
            }
        }
    }
    let piped = folder.run(&["trace", "stats", "t.jsonl"]);
    assert!(
        piped.out.contains(&name('a')) && piped.out.contains(&"g".repeat(200)),
        "{}",
        piped.out
    );
    let seen = folder.run_with(&["trace", "stats", "t.jsonl"], "", &[("COLUMNS", "80")]);
    // The ends of a name tell it from others.
    assert!(seen.out.contains("…") && seen.out.contains("漢xa\n"), "{}", seen.out);
}

#[test]
fn quiet_leaves_a_line_and_verbose_adds_what_was_looked_at() {
    const SEED: &str = "fixtures/policies/seed/octopus-run-runbook.json";
    const RAISED: &str = "fixtures/policies/examples/raised-limit.json";
    const BURST: &str = "fixtures/traces/runbook-burst.jsonl";
    let cases = [
        (format!("replay --policy {SEED} {BURST}"), "throttle", format!("{BURST}: record")),
        (
            format!("diff {SEED} {RAISED}"),
            "loosens access: 1 tool",
            format!("{RAISED}: PolicyLayer"),
        ),
        ("test fixtures/tests".to_owned(), "cases pass", "passes: ".to_owned()),
    ];
    for (command, summary, looked_at) in cases {
        let run = |option: &str| {
            let words: Vec<&str> = command.split(' ').chain([option]).collect();
            support::run(ROOT.as_ref(), &words, "", &[])
        };
        let (quiet, verbose) = (run("--quiet"), run("--verbose"));
        assert_eq!((quiet.out.lines().count(), quiet.status), (1, verbose.status), "{}", quiet.out);
        assert!(quiet.out.contains(summary), "{}", quiet.out);
        assert!(
            verbose.out.contains(&looked_at) && !quiet.out.contains(&looked_at),
            "{}",
            verbose.out
        );
        let usual = run("--color=never").out;
        assert!(!usual.contains(&looked_at) && usual.lines().count() > 1, "{usual}");
    }
}
