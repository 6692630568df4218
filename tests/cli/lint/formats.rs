//! The formats of `gatelint lint`, all on the same findings.

use serde_json::{Value, json};

use crate::support::{Folder, Run};

/// A policy with something of every kind: an error with a fix, a warning with a related place, a
/// place behind characters that editors count twice, information, an ignored finding.
const POLICY: &str = "version: \"1\"
default: allow  # gatelint: ignore[default-allow] 100% | of, us: agreed
tools:
  \"\u{1f600}\": {rules: []}
  create_job:
    rules:
      - {name: \"\u{1f600}\", conditions: [{path: args.branch, op: regexp, value: a}]}
      - name: \"x\"
        conditions: [{path: state.create_job.jobs, op: lt, value: 3}]
        state: {counter: jobs, window: minute}
hide: [\"\u{1f600}\"]
";

fn folder() -> Folder {
    Folder::new().file("a b/policy#1.yaml", POLICY)
}

fn lint(format: &str) -> Run {
    let run = folder().run(&["lint", "a b", "missing.json", "--format", format]);
    assert_eq!(run.status, 2, "the status never depends on the format\n{}", run.err);
    run
}

/// The findings as the reference has them.
fn findings() -> Vec<Value> {
    lint("json").json()["findings"].as_array().unwrap().clone()
}

#[test]
fn json_lines_are_the_findings_of_json() {
    let run = lint("jsonl");
    assert_eq!(run.json_lines(), findings());
    assert!(run.err.contains("cannot read missing.json"), "{}", run.err);
    assert!(run.err.contains("hidden: 1 ignored"), "{}", run.err);
}

#[test]
fn concise_has_one_line_a_finding_with_its_place() {
    let run = lint("concise");
    let found = findings();
    assert_eq!(run.out.lines().count(), found.len());
    for (line, finding) in run.out.lines().zip(&found) {
        let place = format!(
            "{}:{}:{}: ",
            finding["file"].as_str().unwrap(),
            finding["line"],
            finding["column"]
        );
        assert!(line.starts_with(&place), "{line} does not start with {place}");
        let rule = format!(
            "{}[{}] ",
            finding["severity"].as_str().unwrap(),
            finding["rule"].as_str().unwrap()
        );
        assert!(line.contains(&rule), "{line}");
    }
}

#[test]
fn human_output_says_how_much_is_hidden() {
    let run = lint("human");
    assert!(run.out.contains("; hidden: 1 ignored"), "{}", run.out);
}

#[test]
fn sarif_follows_the_official_schema() {
    let schema = include_str!("../../../fixtures/formats/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    // With formats checked, a bracket too many in the official pattern of languages is noticed.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator =
        jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    let output = lint("sarif").json();
    let errors: Vec<String> = validator
        .iter_errors(&output)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0]);
    let mut broken = output.clone();
    broken["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!validator.is_valid(&broken), "the schema would notice");
}

#[test]
fn sarif_says_where_what_and_how_grave() {
    let output = lint("sarif").json();
    let run = &output["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), gatelint::lint::RULES.len());
    for rule in rules {
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## What it does"));
        let severity: f64 =
            rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.0..=10.0).contains(&severity), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings().len() + 1, "and the one that is ignored");
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in results {
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "a%20b/policy%231.yaml");
        let region = &location["region"];
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[key].as_u64().unwrap() >= 1, "{result}");
        }
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let fingerprint = result["partialFingerprints"]["gatelint/v1"].as_str().unwrap();
        assert!(fingerprints.insert(fingerprint.to_owned()), "{fingerprint} stands twice");
    }
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap();
    let ignored = of("default-allow");
    assert_eq!(ignored["suppressions"][0]["kind"], "inSource");
    assert_eq!(ignored["suppressions"][0]["justification"], "100% | of, us: agreed");
    // The grinning face takes two units of UTF-16, and one character.
    let operator = of("unknown-operator");
    let finding =
        findings().into_iter().find(|finding| finding["rule"] == "unknown-operator").unwrap();
    let column = &operator["locations"][0]["physicalLocation"]["region"]["startColumn"];
    assert_eq!(column.as_u64().unwrap(), finding["column"].as_u64().unwrap() + 1);
    assert_eq!(operator["level"], "error");
    assert_eq!(
        operator["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "regex"
    );
    assert_eq!(of("hidden-and-listed")["relatedLocations"][0]["message"]["text"], "hidden here");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let unreadable = &invocation["toolExecutionNotifications"][0]["locations"][0];
    assert_eq!(unreadable["physicalLocation"]["artifactLocation"]["uri"], "missing.json");
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints = |text: &str| -> Vec<Value> {
        let folder = Folder::new().file("policy.yaml", text);
        let output = folder.run(&["lint", "policy.yaml", "--format", "sarif"]).json();
        let results = output["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let moved = POLICY.replace("tools:\n", "\n\n# moved\ntools:\n");
    assert_eq!(prints(POLICY), prints(&moved));
}

#[test]
fn github_annotations_are_one_escaped_command_a_line() {
    let run = lint("github");
    let found = findings();
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), found.len() + 1, "{}", run.out);
    for (line, finding) in lines.iter().zip(&found) {
        let command = match finding["severity"].as_str().unwrap() {
            "info" => "notice",
            severity => severity,
        };
        let start = format!("::{command} file=a b/policy#1.yaml,line={},", finding["line"]);
        assert!(line.starts_with(&start), "{line} does not start with {start}");
    }
    assert!(lines.last().unwrap().starts_with("::error file=missing.json,title=gatelint::"));
}

#[test]
fn gitlab_has_a_unique_fingerprint_and_a_line_for_each() {
    let output = lint("gitlab").json();
    let issues = output.as_array().unwrap();
    let found = findings();
    assert_eq!(issues.len(), found.len() + 1);
    let prints: std::collections::BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len());
    for (issue, finding) in issues.iter().zip(&found) {
        assert_eq!(issue["location"]["path"], "a b/policy#1.yaml");
        assert_eq!(issue["location"]["lines"]["begin"], finding["line"]);
        assert_eq!(issue["check_name"], finding["rule"]);
        let severity = match finding["severity"].as_str().unwrap() {
            "error" => "critical",
            "warning" => "major",
            _ => "info",
        };
        assert_eq!(issue["severity"], severity);
    }
    assert_eq!(issues.last().unwrap()["severity"], "blocker");
}

#[test]
fn junit_counts_errors_and_warnings_as_failures() {
    let run = lint("junit");
    let found = findings();
    let infos = found.iter().filter(|finding| finding["severity"] == "info").count();
    let head = format!(
        "<testsuites name=\"gatelint lint\" tests=\"{}\" skipped=\"0\" failures=\"{}\" errors=\"1\">",
        found.len() + 1,
        found.len() - infos
    );
    assert!(run.out.contains(&head), "{head} is not in:\n{}", run.out);
    assert_eq!(run.out.matches("<failure ").count(), found.len() - infos);
    assert_eq!(run.out.matches("<testcase ").count(), found.len() + 1);
    assert!(!run.out.contains("timestamp"), "the output is the same every time");
}

#[test]
fn markdown_is_a_table_with_a_row_a_finding() {
    let run = lint("markdown");
    let rows = run.out.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, findings().len() + 2, "{}", run.out);
    let grave = |line: &str| {
        ["| error ", "| warning ", "| info "].iter().position(|it| line.starts_with(it))
    };
    assert!(run.out.lines().filter_map(grave).is_sorted(), "{}", run.out);
    assert!(run.out.contains("hidden: 1 ignored"), "{}", run.out);
    assert!(run.out.contains("- missing.json: "), "{}", run.out);
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(run.out.lines().filter(|line| line.starts_with('|')).all(|line| cells(line) == 5));
}
