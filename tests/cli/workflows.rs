//! What is offered for CI systems: the steps as they stand, run by a shell.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

use crate::support::{Folder, Run};

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {"list_jobs": {}}}"#;

const TESTS: &str = "cases: [{name: lists, call: {tool: list_jobs}, expect: allow}]\n";

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Runs a script as CI systems do, with the program on the path.
fn shell(folder: &Folder, script: &str, variables: &BTreeMap<String, String>) -> Run {
    let program = Path::new(env!("CARGO_BIN_EXE_gatelint")).parent().unwrap().to_owned();
    let rest = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(folder.path(""))
        .env("PATH", format!("{}:{rest}", program.display()))
        .env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"))
        .envs(
            ["RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]
                .map(|name| (name, folder.path(name))),
        )
        .envs(variables)
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a step of the GitHub action with some inputs, the others being as they are where nobody gives them.
fn step(folder: &Folder, name: &str, inputs: &[(&str, &str)]) -> Run {
    let action = read("action.yml");
    let value = |input: &str| {
        let given = inputs.iter().find(|(given, _)| *given == input).map(|(_, value)| *value);
        let usual = || action["inputs"][input]["default"].as_str();
        given.or_else(usual).unwrap_or_else(|| panic!("there is no input {input}")).to_owned()
    };
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["name"] == *name).unwrap();
    let variables = step["env"].as_mapping().unwrap().iter().map(|(variable, text)| {
        let text = text.as_str().unwrap();
        let input = text.strip_prefix("${{ inputs.").and_then(|text| text.strip_suffix(" }}"));
        (variable.as_str().unwrap().to_owned(), value(input.unwrap()))
    });
    shell(folder, step["run"].as_str().unwrap(), &variables.collect())
}

#[test]
fn no_input_of_the_action_is_put_into_a_script() {
    let action = read("action.yml");
    for action in [action, read("packaging/comment/action.yml")] {
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
            let uses = step["uses"].as_str().map(|uses| uses.split_once('@').unwrap().1.len());
            assert!(uses.is_none_or(|pin| pin == 40), "not pinned by a commit: {step:?}");
        }
    }
}

#[test]
fn the_action_lints_and_tests_what_its_inputs_name() {
    let folder = Folder::with(&[("a b/p.json", POLICY), ("a b/p.test.yaml", TESTS)]);
    let run = step(&folder, "Lint", &[("paths", "a b\n"), ("output-file", "found.txt")]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(folder.path("found.txt").exists());
    let tests = ("tests", "a b\n\n$(touch hole)\n");
    let run = step(&folder, "Test", &[tests]);
    assert_eq!((run.status, folder.path("hole").exists()), (2, false), "{}", run.err);
    let run = step(&folder, "Test", &[("tests", "a b")]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = step(&folder, "Test", &[("tests", "a b"), ("tests-fail-on", "fails,coverage<90")]);
    assert_eq!((run.status, run.err.contains("50 % is covered")), (1, true), "{}", run.err);
    let failing = folder.file("p.json", POLICY).file("p.test.yaml", TESTS.replace("allow", "deny"));
    let run = step(&failing, "Test", &[("tests", ".")]);
    assert_eq!((run.status, run.out.contains("::error ")), (1, true), "{}", run.out);
}

#[test]
fn blanks_and_ends_of_lines_around_an_input_are_no_part_of_it() {
    let open = POLICY.replace("deny", "allow");
    let folder = Folder::with(&[("a b/p.json", POLICY), ("a b/p.test.yaml", TESTS)]);
    let folder = folder.file("-c/p.json", open);
    let found = |paths: &str, fail_on: &str| {
        let inputs = [("paths", paths), ("fail-on", fail_on), ("format", " concise\r\n")];
        let run = step(&folder, "Lint", &inputs);
        (run.status, run.out.contains("default-allow"), run.err.contains("No such file"))
    };
    assert_eq!(found("  a b\t\r\n\r\n", "warning\n"), (0, false, false));
    assert_eq!(found("\r\n-c \r\na b", " warning "), (1, true, false));
    assert_eq!(found("", ""), (1, true, false));
    assert_eq!(found("-c", "none\r\n"), (0, true, false));
    assert_eq!(found("a", ""), (2, false, true));
    let sarif = step(&folder, "Lint", &[("sarif", " a b/found.sarif\r\n"), ("fail-on", "none")]);
    assert_eq!(sarif.status, 0, "{}", sarif.err);
    assert!(folder.path("a b/found.sarif").exists());
    let run = step(&folder, "Test", &[("tests", " a b \r\n"), ("tests-fail-on", " fails\r\n")]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    for name in ["Test", "Diff"] {
        let run = step(&folder, name, &[("tests", " \r\n"), ("diff-base", "\n")]);
        assert_eq!((run.status, &*run.out, &*run.err), (0, "", ""), "{name}");
    }
    assert!(!folder.path("GITHUB_OUTPUT").exists());
}

#[test]
fn the_action_writes_sarif_beside_annotations() {
    let open = POLICY.replace("deny", "allow");
    let folder = Folder::with(&[("p.json", open.as_str())]);
    let run = step(&folder, "Lint", &[("sarif", "found.sarif")]);
    assert_eq!((run.status, run.out.contains("::")), (1, true), "{}{}", run.out, run.err);
    let sarif = std::fs::read_to_string(folder.path("found.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "default-allow");
}

#[test]
fn the_action_leaves_no_report_where_it_could_not_do_its_work() {
    let stale = "an older report, or one that lies in the branch";
    let sarif = |folder: &Folder, inputs: &[(&str, &str)]| {
        for name in ["found.sarif", "found.txt"] {
            std::fs::write(folder.path(name), stale).unwrap();
        }
        let files = [("sarif", "found.sarif"), ("output-file", "found.txt")];
        let run = step(folder, "Lint", &[&files, inputs].concat());
        let read = |name: &str| std::fs::read_to_string(folder.path(name)).ok();
        (run.status, read("found.sarif"), read("found.txt"))
    };
    let folder =
        Folder::with(&[("p.json", POLICY), ("broken/p.json", "{\"tools\":"), ("none/x.txt", "")]);
    let (status, report, _) = sarif(&folder, &[("paths", "p.json\nmissing.json")]);
    assert_eq!((status, report), (2, None));
    for wrong in
        [[("paths", "p.json"), ("fail-on", "wrong")], [("paths", "none"), ("format", "human")]]
    {
        let (status, report, text) = sarif(&folder, &wrong);
        assert_eq!((status >= 2, report, text), (true, None, None), "{wrong:?}");
    }
    // What is broken is a finding, which is to be uploaded.
    let (status, report, text) =
        sarif(&folder, &[("paths", "broken/p.json"), ("format", "concise")]);
    assert_eq!(status, 2);
    assert!(report.unwrap().contains("syntax-error") && text.unwrap().contains("syntax-error"));
    let run = step(&folder, "Lint", &[("paths", "p.json"), ("sarif", "broken")]);
    assert_eq!(
        (run.status, run.err.contains("::error title=gatelint::broken cannot be written")),
        (2, true),
        "{}",
        run.err
    );
}

#[test]
fn a_step_that_the_action_has_not_is_an_error() {
    let script = "\"$GITHUB_ACTION_PATH/packaging/action/run\"";
    for name in ["bogus", "", "''"] {
        let run = shell(&Folder::new(), &format!("{script} {name}"), &BTreeMap::new());
        assert_eq!((run.status, run.err.contains("lint, test, diff")), (2, true), "{}", run.err);
    }
}

#[test]
fn the_action_tells_what_a_branch_lets_pass() {
    let folder = Folder::with(&[("a b/p.json", POLICY)]);
    let begin = "git init -q && git add . && git -c user.name=a -c user.email=a@b commit -qm old";
    assert_eq!(
        shell(&folder, &format!("{begin} && mkdir RUNNER_TEMP"), &BTreeMap::new()).status,
        0
    );
    let inputs = [("paths", "a b"), ("diff-base", "HEAD"), ("comment", "true")];
    let same = step(&folder, "Diff", &inputs);
    assert_eq!(same.status, 0, "{}{}", same.out, same.err);
    let folder = folder.file("a b/p.json", POLICY.replace("deny", "allow"));
    let run = step(&folder, "Diff", &inputs);
    assert_eq!((run.status, run.out.contains("::error ")), (1, true), "{}{}", run.out, run.err);
    let comment = folder.path("RUNNER_TEMP/gatelint-comment.txt");
    let told = std::fs::read_to_string(folder.path("GITHUB_OUTPUT")).unwrap();
    assert!(told.ends_with(&format!("comment={}\n", comment.display())), "{told}");
    let comment = std::fs::read_to_string(comment).unwrap();
    assert!(comment.contains("loosens access"), "{comment}");
    let summary = std::fs::read_to_string(folder.path("GITHUB_STEP_SUMMARY")).unwrap();
    assert!(summary.contains("<!-- gatelint:diff a%20b -->"), "{summary}");
    let run = step(&folder, "Diff", &[("diff-base", "HEAD"), ("comment", "yes")]);
    assert_eq!((run.status, run.err.contains("true or false, not yes")), (2, true), "{}", run.err);
    let run = step(&folder, "Diff", &[("diff-base", "--output=hole")]);
    assert_eq!((run.status, folder.path("hole").exists()), (2, false), "{}", run.err);
}

#[test]
fn the_template_for_gitlab_takes_only_the_program_that_it_is_told() {
    let template = read(".gitlab/gatelint.gitlab-ci.yml");
    let lines = template[".gatelint"]["before_script"].as_sequence().unwrap();
    let lines = lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n");
    // As on a runner, the program is not there yet, and neither is the host.
    let folder = Folder::with(&[("there/gatelint-cpu-unknown-linux-musl/gatelint", "#!/bin/sh\n")]);
    let script = format!(
        "tar -czf there/gatelint-cpu-unknown-linux-musl.tar.gz -C there gatelint-cpu-unknown-linux-musl\n\
         [ -n \"$GATELINT_SHA256\" ] || GATELINT_SHA256=$(sha256sum there/*.gz | cut -d ' ' -f 1)\n\
         uname() {{ echo cpu; }}\nwget() {{ cp \"$2\" \"$4\"; }}\n\
         command() {{ [ -e .gatelint/bin/gatelint ]; }}\n{lines}"
    );
    let release = |sum: &str| {
        let variables = [("GATELINT_RELEASE", "there"), ("GATELINT_SHA256", sum)];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    };
    let run = shell(&folder, &script, &release(&"0".repeat(64)));
    assert_eq!((run.status, folder.path(".gatelint").exists()), (1, false), "{}", run.err);
    let run = shell(&folder, &script, &release(""));
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(folder.path(".gatelint/bin/gatelint").exists());
}

#[test]
fn the_template_for_gitlab_leaves_a_report_or_none() {
    let template = read(".gitlab/gatelint.gitlab-ci.yml");
    let lines = template["gatelint"]["script"].as_sequence().unwrap().iter();
    let script = lines.map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n");
    for (fail_on, status) in [("warning", 1), ("none", 0), ("wrong", 2)] {
        let folder = Folder::with(&[("p.json", &*POLICY.replace("deny", "allow"))]);
        let variables = [("GATELINT_PATHS", "p.json"), ("GATELINT_FAIL_ON", fail_on)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let run = shell(&folder, &script, &variables.into());
        assert_eq!(run.status, status, "{}", run.err);
        let report = std::fs::read_to_string(folder.path("gl-code-quality-report.json"));
        assert_eq!(report.is_ok_and(|text| text.contains("default-allow")), status < 2);
        assert_eq!(folder.path("gl-code-quality-report.json").exists(), status < 2);
    }
}

#[test]
fn the_template_for_gitlab_tests_and_keeps_the_coverage() {
    let template = read(".gitlab/gatelint.gitlab-ci.yml");
    let job = &template["gatelint-test"];
    let variables = job["variables"].as_mapping().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let variables: BTreeMap<String, String> =
        variables.map(|(name, value)| (text(name), text(value))).collect();
    let lines = job["script"].as_sequence().unwrap().iter().map(text);
    let script = lines.collect::<Vec<_>>().join("\n");
    let pattern = job["coverage"].as_str().unwrap().trim_matches('/').replace(r"\/", "/");
    let whole = format!("{TESTS}  - {{name: other, call: {{tool: drop}}, expect: deny}}\n");
    let whole = whole.replace("cases: [", "cases:\n  - ").replace("}]\n", "}\n");
    for (tests, status, percent) in [(whole.as_str(), 0, "100"), (TESTS, 1, "50")] {
        let folder = Folder::with(&[("p.json", POLICY), ("p.test.yaml", tests)]);
        let run = shell(&folder, &script, &variables);
        assert_eq!(run.status, status, "{}{}", run.out, run.err);
        let found = regex::Regex::new(&pattern).unwrap().captures(&run.out).unwrap();
        assert_eq!(&found[1], percent, "{}", run.out);
        let kept = std::fs::read_to_string(folder.path("lcov.info")).unwrap();
        assert!(kept.contains("SF:p.json\n"), "{kept}");
        let junit = std::fs::read_to_string(folder.path("junit.xml")).unwrap();
        assert!(junit.contains("<testsuite"), "{junit}");
    }
}
