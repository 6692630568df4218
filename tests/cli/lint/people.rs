//! What a person sees at the terminal: one finding a mistake, the gravest first, marks below what they mean.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::support::{Folder, fixture};

const FIRST: &str = "policies/examples/newcomer.json";

/// What stands above the marks below lines of source, as columns of the terminal have it.
fn marked(out: &str) -> Vec<String> {
    let lines: Vec<&str> = out.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[1].trim_start().starts_with(": "));
    let above = pairs.flat_map(|pair| {
        let runs = pair[1].split('^').count() > 1;
        let start = pair[1].find('^').unwrap_or(0);
        let end = pair[1].rfind('^').map_or(0, |end| end + 1);
        runs.then(|| columns(pair[0], start, end))
    });
    above.collect()
}

/// The text between two columns of a line.
fn columns(line: &str, start: usize, end: usize) -> String {
    let mut at = 0;
    let is_inside = |letter: &char| {
        at += letter.width().unwrap_or(0);
        at > start && at <= end
    };
    line.chars().filter(is_inside).collect()
}

#[test]
fn marks_stand_below_what_they_mean_at_every_width_and_nothing_wraps() {
    let limit = |counter: &str| {
        format!(r#"{{"counter":"{counter}","window":"minuet","max":5,"scope":"grant"}}"#)
    };
    let many: String = (0..2_000).map(|n| format!("\"get_item_{n}\":{{}},")).collect();
    let minified = format!(
        "{{\"version\":\"1\",\"default\":\"deny\",\"tools\":{{{many}\"送信📦\":{{\"limits\":[{}]}}}}}}",
        limit("漢字")
    );
    let wide = format!(
        "{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\n\t\t\"{}\":\t{{ \"limits\": [\t{} ] }}\n}}}}\n",
        "送信📦".repeat(8),
        limit(&"漢".repeat(40))
    );
    let short = format!(
        "{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\n\t\"送\": {{\t\"limits\": [{}]}}}}}}\n",
        limit("信📦")
    );
    assert!(minified.len() > 32_000);
    let folder = Folder::with(&[("m.json", &minified), ("w.json", &wide), ("s.json", &short)]);
    for width in [60, 80, 120, 200] {
        for file in ["m.json", "w.json", "s.json"] {
            let arguments = ["lint", file, "--select", "unknown-window"];
            let run = folder.run_with(&arguments, "", &[("COLUMNS", &width.to_string())]);
            assert_eq!(marked(&run.out), [r#""minuet""#], "{width} {file}\n{}", run.out);
            for line in run.out.lines() {
                assert!(line.width() <= width, "{width} {file}: {line}");
            }
        }
    }
}

#[test]
fn a_wide_terminal_shows_more_of_a_line_and_sentences_stay_short() {
    let folder = Folder::new().file("a.json", std::fs::read(fixture(FIRST)).unwrap());
    let widest = |columns: &str| {
        let run = folder.run_with(&["lint", "a.json"], "", &[("COLUMNS", columns)]);
        let source =
            |line: &&str| line.trim_start().starts_with(|first: char| first.is_ascii_digit());
        let (source, words): (Vec<&str>, Vec<&str>) = run.out.lines().partition(source);
        let widest = |lines: Vec<&str>| lines.iter().map(|line| line.width()).max().unwrap();
        let is_cut = source.iter().any(|line| line.contains('…'));
        (widest(source), widest(words), is_cut)
    };
    let (source, words, is_cut) = widest("80");
    assert!(source <= 80 && words <= 80 && is_cut);
    let (source, words, is_cut) = widest("200");
    assert!(source > 120 && words <= 120 && !is_cut, "{source} {words}");
}

#[test]
fn what_is_related_has_its_words_beside_its_mark_where_there_is_room() {
    let limit = r#"{"window": "minute", "max": 5, "scope": "grant", "counter": "c"}"#;
    let policy = format!(
        "{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\"x\": {{\"limits\": [{limit},\n{limit}]}}}}}}\n"
    );
    let folder = Folder::new().file("a.json", &policy);
    let shown = |width: usize| {
        let arguments = ["lint", "a.json", "--select", "duplicate-counter"];
        let run = folder.run_with(&arguments, "", &[("COLUMNS", &width.to_string())]);
        assert!(run.out.lines().all(|line| line.width() <= width), "{}", run.out);
        run.out
    };
    assert!(shown(200).contains("`-- it stands here first"), "{}", shown(200));
    let first = policy.find("\"c\"").unwrap() + 1;
    let below = format!(" 1:{first}: it stands here first");
    assert!(shown(first + 15).contains(&below), "{}", shown(first + 15));
    assert!(shown(60).contains("it stands here first"), "{}", shown(60));
}

#[test]
fn a_first_policy_has_a_finding_a_mistake_and_what_is_dangerous_is_told_at_once() {
    let folder = Folder::new().file("a.json", std::fs::read(fixture(FIRST)).unwrap());
    let run = folder.run_with(&["lint", "a.json"], "", &[("COLUMNS", "80")]);
    let heads: Vec<&str> =
        run.out.lines().filter(|line| line.contains("]: ") || line.ends_with("]:")).collect();
    let found =
        |rule: &str| heads.iter().filter(|head| head.contains(&format!("[{rule}]"))).count();
    for (rule, count) in [
        ("missing-field", 2),
        ("default-allow", 1),
        ("unlisted-risky-tool", 1),
        ("unanchored-regex", 1),
        // What is not about what cannot be read is told all the same.
        ("reachable-destructive-tool", 1),
        ("unbounded-execute-tool", 1),
        ("unbounded-write-tool", 2),
    ] {
        assert_eq!(found(rule), count, "{rule}\n{}", run.out);
    }
    assert_eq!(heads.len(), 9, "{heads:#?}");
    // Tools with errors come first, each with what else is found of it.
    assert!(
        heads[0].starts_with("error[missing-field] [fix]: the fields `counter` and `scope`"),
        "{heads:?}"
    );
    assert!(heads[1].contains("`delete_file`"), "{heads:?}");
    assert!(heads[2].starts_with("error[missing-field] [fix]:"), "{heads:?}");
    assert!(heads[3].contains("`merge_pull_request`"), "{heads:?}");
    assert!(run.out.contains("delete_file: 2 findings\nerror["), "{}", run.out);
    let last =
        "`gatelint rule NAME` explains a rule\n2 fixable with --fix, 4 more with --unsafe-fixes\n";
    assert!(run.out.ends_with(last), "{}", run.out);
    let lines = run.out.lines().count();
    assert!(lines <= 9 * heads.len() + 3, "{lines}");
    assert!(run.out.lines().all(|line| line.width() <= 80), "{}", run.out);
    // Both of one place stand above it.
    let default = run.out.find("warning[default-allow]").unwrap();
    let unlisted = run.out.find("info[unlisted-risky-tool]").unwrap();
    assert!(!run.out[default..unlisted].contains(",-["), "{}", run.out);
}

#[test]
fn quiet_leaves_the_summary_line_and_verbose_adds_the_files() {
    let folder = Folder::new()
        .file("a.json", std::fs::read(fixture(FIRST)).unwrap())
        .file("compose.yaml", "services: {}\n");
    let summary = "2 errors, 6 warnings, 1 info; passed over: 1 file that is no policy\n";
    let quiet = folder.run(&["lint", "--quiet"]);
    assert_eq!((quiet.status, quiet.out.as_str(), quiet.err.as_str()), (1, summary, ""));
    let concise = folder.run(&["lint", "-q", "--format", "concise"]);
    assert_eq!((concise.out.as_str(), concise.err.as_str()), ("", summary));
    let verbose = folder.run(&["lint", "--verbose"]);
    for part in [
        "./a.json: PolicyLayer version 1, judged against",
        "./compose.yaml: passed over, it is no policy",
        summary,
    ] {
        assert!(verbose.out.contains(part), "{part}\n{}", verbose.out);
    }
    let json = folder.run(&["lint", "-v", "--format", "json"]);
    assert_eq!(json.json()["summary"]["error"], 2);
    assert!(json.err.contains("./compose.yaml: passed over"), "{}", json.err);
    assert_eq!(folder.run(&["lint", "-q", "-v"]).status, 2);
}
