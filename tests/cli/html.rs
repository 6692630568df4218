//! `--format html` as a browser meets it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::support::Folder;

/// Every kind of page, some with names that mean harm: its arguments, and a part of its text.
const PAGES: [(&str, &str); 9] = [
    ("replay --policy SEED BURST --what-if --coverage", "14 calls of 1 grant"),
    ("replay --policy HOSTILE/policy.json HOSTILE/trace.jsonl --what-if --coverage", "&lt;img"),
    (
        "replay --policy HOSTILE/policy.json HOSTILE/trace.jsonl --by grant --compare-recorded",
        "28 calls of 7 grants",
    ),
    ("lint fixtures/policies/seed fixtures/policies/mistakes/ten.json", "hidden-and-listed"),
    ("lint HOSTILE/policy.json HOSTILE/mistakes.json --catalogue HOSTILE/tools.json", "&lt;img"),
    ("diff SEED RAISED --trace BURST", "loosens access: 1 tool"),
    ("diff HOSTILE/policy.json HOSTILE/raised.json --trace HOSTILE/trace.jsonl", "&lt;img"),
    ("test fixtures/tests --mutate", "Coverage, line by line"),
    ("test fixtures/tests --filter nothing --allow-empty", "statements left out"),
];

/// A page, made in the folder of the project.
fn page(line: &str) -> String {
    let line = line
        .replace("SEED", "fixtures/policies/seed/octopus-run-runbook.json")
        .replace("RAISED", "fixtures/policies/examples/raised-limit.json")
        .replace("BURST", "fixtures/traces/runbook-burst.jsonl")
        .replace("HOSTILE", "fixtures/hostile");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatelint"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(line.split(' '));
    let run = command.args(["--format", "html"]).output().unwrap();
    let status = run.status.code().unwrap();
    assert!(status < 2, "{line}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The tags of a page without their angle brackets, and the text between them. What is in scripts and styles is
/// neither.
fn parts(page: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut tags, mut texts) = (Vec::new(), Vec::new());
    let mut rest = page;
    while let Some((text, behind)) = rest.split_once('<') {
        texts.push(text);
        let (tag, behind) = behind.split_once('>').expect("a tag ends");
        tags.push(tag);
        rest = match tag {
            "script" | "style" => &behind[behind.find("</").expect("it ends")..],
            _ => behind,
        };
    }
    texts.push(rest);
    (tags, texts)
}

fn name_of(tag: &str) -> &str {
    tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default()
}

/// The values of an attribute.
fn values<'p>(tags: &[&'p str], attribute: &str) -> Vec<&'p str> {
    let value = |tag: &&'p str| {
        let (_, behind) = tag.split_once(&format!(" {attribute}=\""))?;
        Some(behind.split_once('"')?.0)
    };
    tags.iter().filter_map(value).collect()
}

/// What stands in the only element of a name.
fn inside<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, behind) = page.split_once(&format!("<{name}>")).expect("it begins");
    let (code, behind) = behind.split_once(&format!("</{name}>")).expect("it ends");
    assert!(!behind.contains(&format!("<{name}")), "there is one {name}");
    code
}

#[test]
fn a_page_is_well_formed_and_every_name_in_it_is_text() {
    let value = Regex::new("\"[^\"]*\"").unwrap();
    for (line, says) in PAGES {
        let page = page(line);
        assert!(page.contains(says), "{line} does not say {says}:\n{page}");
        let (tags, texts) = parts(&page);
        let mut open: Vec<&str> = Vec::new();
        for tag in tags.iter().filter(|tag| !tag.starts_with('!') && !tag.ends_with('/')) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{line}"),
                None => open.push(name_of(tag)),
            }
        }
        assert_eq!(open, [""; 0], "{line}");
        let names: BTreeSet<&str> = tags.iter().map(|tag| name_of(tag)).collect();
        for foreign in ["img", "iframe", "link", "object", "b", "base", "form", "use", "image"] {
            assert!(!names.contains(foreign), "{line}: <{foreign}>");
        }
        let attributes = value.replace_all(&tags.join(" "), "").into_owned();
        for foreign in [" on", " src=", " style="] {
            assert!(!attributes.to_lowercase().contains(foreign), "{line}: {foreign}");
        }
        let is_plain = |text: &&str| !text.contains(['>', '"', '\'']);
        assert!(texts.iter().all(is_plain), "{line}");
        let hidden = |character: char| {
            character.is_control() && character != '\n'
                || "\u{202e}\u{200b}\u{2066}".contains(character)
        };
        assert!(!page.contains(hidden), "{line}");
    }
}

#[test]
fn the_policy_of_a_page_allows_its_own_style_and_script_and_nothing_else() {
    let page = page(PAGES[0].0);
    let hash = |name| {
        let digest = Sha256::digest(inside(&page, name));
        format!("&#39;sha256-{}&#39;", BASE64_STANDARD.encode(digest))
    };
    let policy = format!(
        "content=\"default-src &#39;none&#39;; style-src {}; script-src {}; base-uri &#39;none&#39;; form-action &#39;none&#39;\"",
        hash("style"),
        hash("script")
    );
    let at = page.find(&policy).expect("the policy has the hashes");
    assert!(at < page.find("<style>").unwrap());
    for outside in ["url(\"", "@import", "http", "fetch(", "eval", "innerHTML"] {
        let own = [inside(&page, "style"), inside(&page, "script")];
        assert!(!own.iter().any(|code| code.contains(outside)), "{outside}");
    }
}

#[test]
fn every_identifier_of_a_page_is_unique_and_every_link_leads_somewhere() {
    for (line, _) in PAGES {
        let page = page(line);
        let (tags, _) = parts(&page);
        let identifiers = values(&tags, "id");
        let unique: BTreeSet<&str> = identifiers.iter().copied().collect();
        assert_eq!(identifiers.len(), unique.len(), "{line}");
        for to in values(&tags, "href") {
            let place = to.strip_prefix('#').expect("links stay within the page");
            assert!(unique.contains(place), "{line}: {to}");
        }
    }
}

#[test]
fn a_page_shows_the_figures_of_the_json() {
    let page = page("replay --policy SEED BURST");
    let (_, texts) = parts(&page);
    let texts: Vec<&str> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
    let behind = |name: &str| {
        let at = texts.iter().position(|text| *text == name).unwrap();
        texts[at + 1]
    };
    assert_eq!(["allow", "deny", "throttle", "indeterminate"].map(behind), ["11", "1", "2", "0"]);
    for part in
        ["10 of 10 a minute", "throttled calls", "Tools by hour of the day", "10:00 to 10:59"]
    {
        assert!(page.contains(part), "{part}");
    }
    let secret = page.contains("args") || page.contains("Runbooks-");
    assert!(!secret, "arguments are not shown");
}

#[test]
fn what_is_asked_for_beside_is_told() {
    let page = page("replay --policy SEED BURST --what-if --coverage");
    for part in ["What other limits would throttle", "the policy&#39;s", "Coverage, line by line"] {
        assert!(page.contains(part), "{part}");
    }
    let page = self::page("diff SEED RAISED --trace BURST");
    for part in ["Access, before and after", "Raised limits", "throttle → allow", "max 10 → 11"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_stays_small_however_much_was_called() {
    let mut trace = String::new();
    for n in 0..12_000 {
        let (second, hour) = (n % 60, n / 60 % 24);
        _ = writeln!(
            trace,
            r#"{{"ts":"2026-03-{:02}T{hour:02}:00:{second:02}Z","grant":"grant-{}-{}","tool":"tool-{}-{}","args":{{}}}}"#,
            n % 28 + 1,
            n % 3_000,
            "g".repeat(60),
            n % 6_000,
            "t".repeat(60)
        );
    }
    let tools: String = (0..3_000)
        .map(|n| {
            let name = format!("tool-{n}-{}", "t".repeat(60));
            format!(
                r#""{name}": {{"limits": [{{"counter": "c{n}", "window": "minute", "max": 1, "scope": "grant"}}]}},"#
            )
        })
        .collect();
    let policy = format!(
        "{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\n{tools}\n\"last\": {{}}}}}}"
    )
    .replace("},\"", "},\n\"");
    let folder = Folder::new().file("p.json", policy).file("t.jsonl", trace);
    for by in ["tool", "grant", "rule", "hour"] {
        let line = ["replay", "--policy", "p.json", "t.jsonl", "--format", "html", "--by", by];
        let run = folder.run(&[&line[..], &["--what-if", "--coverage"]].concat());
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(run.out.len() < 2_000_000, "{by}: {} bytes", run.out.len());
        assert!(
            by != "tool" || run.out.contains("5700 more rows not shown here"),
            "nothing is cut silently"
        );
    }
}

#[test]
fn secrets_of_a_policy_are_in_no_page() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"fetch": {"require": [{"conditions": [{"path": "args.url", "op": "eq", "value": "https://app:s3cret-of-mine@example.com/a"}]}]}}}"#;
    let folder = Folder::new().file("p.json", policy);
    for format in ["human", "html"] {
        let run = folder.run(&["lint", "--format", format, "p.json"]);
        assert!(run.out.contains("p.json"), "{}{}", run.out, run.err);
        assert!(!run.out.contains("s3cret-of-mine"), "{}", run.out);
    }
    let policy = |value: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"fetch": {{"require": [
                {{"conditions": [{{"path": "args.password", "op": "eq", "value": "{value}"}}]}},
                {{"conditions": [{{"path": "args.url", "op": "eq", "value": "https://app:{value}@example.com/a"}}]}}
            ]}}}}}}"#
        )
    };
    let folder = folder
        .file("old.json", policy("old-and-hidden-1"))
        .file("new.json", policy("new-and-hidden-2"))
        .file(
            "a.test.yaml",
            "for: old.json\ncases:\n  - {name: a, call: {tool: fetch}, expect: deny}\n",
        )
        .file("t.jsonl", "{\"tool\":\"fetch\",\"args\":{\"password\":\"old-and-hidden-1\"}}\n");
    for line in [
        "diff old.json new.json --format html",
        "diff old.json new.json --format markdown",
        "diff old.json new.json --trace t.jsonl --format html",
        "replay --policy old.json t.jsonl --coverage --format html",
        "test a.test.yaml --coverage --mutate --format html",
        "lint old.json --format html",
    ] {
        let run = folder.run(&line.split(' ').collect::<Vec<_>>());
        assert!(run.status < 2 && run.out.contains("old.json"), "{line}: {}", run.err);
        assert!(!run.out.contains("and-hidden"), "{line}: {}", run.out);
    }
}

#[test]
fn slips_of_names_in_cases_are_on_the_page_of_tests() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"delete_job": {}}}"#;
    let folder = Folder::with(&[
        ("p.json", policy),
        (
            "a.test.yaml",
            "for: p.json\ncases:\n  - {name: a, call: {tool: delete_jbo}, expect: deny}\n",
        ),
    ]);
    let human = folder.run(&["test"]);
    assert!(human.out.contains("did you mean `delete_job`?"), "{}{}", human.out, human.err);
    let page = folder.run(&["test", "--format", "html"]).out;
    assert!(page.contains("did you mean <code>delete_job</code>?"), "{page}");
    assert!(page.contains("a.test.yaml:3"), "{page}");
}

#[test]
fn a_matrix_of_access_is_grouped_and_what_changed_comes_first() {
    let tools = |names: &[String]| {
        let tools: Vec<String> = names.iter().map(|name| format!("\"{name}\": {{}}")).collect();
        format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(", "))
    };
    let mut names: Vec<String> = (0..40).map(|at| format!("list_{at:02}")).collect();
    let folder = Folder::new().file("old.json", tools(&names));
    names.extend(["list_zz".to_owned(), "delete_zz".to_owned()]);
    let folder = folder.file("new.json", tools(&names));
    let page = folder.run(&["diff", "old.json", "new.json", "--format", "html"]).out;
    let rows: Vec<&str> = page.split("<tr").filter(|row| row.contains("scope=\"row")).collect();
    let at = |part: &str| {
        rows.iter().position(|row| row.contains(part)).unwrap_or_else(|| panic!("{part} {page}"))
    };
    let order = [
        "Destructive: 1 tool, 1 changed",
        "delete_zz",
        "Read: 41 tools, 1 changed",
        "list_zz",
        "list_00",
    ];
    assert!(order.map(at).is_sorted(), "{:?}", order.map(at));
    for part in [
        "<th scope=\"colgroup\" colspan=\"3\">before</th>",
        "class=\"frame tall\"",
        "<span class=\"symbol deny\" aria-hidden=\"true\">●</span><span class=\"unseen\">all</span>",
        "<td class=\"choice changes\">unchanged</td>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}
