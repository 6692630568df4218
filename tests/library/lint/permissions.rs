//! The rules of the linter on permission files of agents.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gatelint::catalogue::Catalogue;
use gatelint::lint::{Finding, Linter, Project, Report, Settings, Severity};
use gatelint::policy::{Agent, Dialect, FileOwner, Setting, read_agent};
use gatelint::source::Document;
use serde_json::Value;

fn document(name: &str, text: &str) -> Document {
    Document::read(name, text.as_bytes().to_vec())
}

fn judge(agent: Agent, name: &str, text: &str) -> Report {
    let (catalogue, settings) = (Catalogue::builtin(), Settings::every_rule());
    let dialect = Some(Dialect::Agent(agent));
    let linter =
        Linter { catalogue: &catalogue, dialect, settings: &settings, root: None, project: None };
    linter.lint(document(name, text), None)
}

/// The files of the sets that an agent decided, each once.
fn files(agent: Agent) -> BTreeMap<String, (String, String)> {
    let folder = Dialect::Agent(agent).code();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance").join(folder);
    let mut files = BTreeMap::new();
    for line in fs::read_to_string(path.join("sets.jsonl")).unwrap().lines() {
        let set: Value = serde_json::from_str(line).unwrap();
        for (name, text) in set["files"].as_object().unwrap() {
            let text = text.as_str().unwrap();
            let is_file = !name.ends_with(".md") && name != "fs.json";
            let is_text = [".json", ".jsonc", ".toml", ".rules"].iter().any(|e| name.ends_with(e));
            if is_file && is_text && !text.starts_with("hex:") {
                let first = set["name"].as_str().unwrap().to_owned();
                files.entry(text.to_owned()).or_insert((first, name.clone()));
            }
        }
    }
    files
}

/// The rules that judge permission files by what the agent would do.
const RULES: [&str; 8] = [
    "broad-allow",
    "dead-rule",
    "evaded-deny",
    "glob-in-name",
    "misanchored-path",
    "narrow-allow",
    "partial-deny",
    "unbounded-execute-tool",
];

/// Files of an agent from one text, each behind a line with its name.
fn careful(agent: Agent) -> Vec<(String, String)> {
    let name = format!("fixtures/policies/careful/{}.txt", Dialect::Agent(agent).code());
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let blocks = text.split("=== ").skip(1);
    let file = |block: &str| {
        let (name, text) = block.split_once('\n').unwrap();
        let ending = if name.contains('.') { "" } else { ".json" };
        (format!("{name}{ending}"), text.to_owned())
    };
    blocks.map(file).collect()
}

fn told(report: &Report) -> impl Iterator<Item = &gatelint::lint::Finding> {
    report.findings.iter().filter(|finding| RULES.contains(&finding.rule.name))
}

#[test]
fn careful_files_have_nothing_to_warn_of() {
    let mut fired = String::new();
    let mut files = 0;
    for agent in Agent::ALL {
        for (name, text) in careful(agent) {
            files += 1;
            let report = judge(agent, &name, &text);
            assert_eq!(report.dialect, Some(Dialect::Agent(agent)), "{name}");
            for finding in told(&report).filter(|finding| finding.severity > Severity::Info) {
                let (rule, message) = (finding.rule.name, &finding.message);
                fired += &format!("{agent:?} {name}: {rule}: {message}\n");
            }
        }
    }
    assert!(files >= 60 && fired.is_empty(), "{files} files\n{fired}");
}

#[test]
fn the_findings_of_the_sets_are_the_pinned_ones() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = String::new();
    for agent in Agent::ALL {
        for (text, (set, name)) in files(agent) {
            let report = judge(agent, &name, &text);
            for finding in told(&report) {
                let reason = finding.facts["reason"].as_str().unwrap();
                let severity = finding.severity.name();
                let code = Dialect::Agent(agent).code();
                let key = format!("{code:12}{:24}{reason:40}{severity}", finding.rule.name);
                *counts.entry(key).or_default() += 1;
                lines += &format!("{set} {name} {severity} {}\n", finding.message);
            }
        }
    }
    let table: String = counts.iter().map(|(key, count)| format!("{count:4} {key}\n")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies/permissions.txt");
    assert_eq!(table, fs::read_to_string(path).unwrap_or_default(), "\n{lines}");
}

/// What is found in a file of OpenCode among others, by their paths.
fn judge_among(files: &[(&str, &str)], name: &str) -> Vec<Finding> {
    let held = files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    let held: BTreeMap<PathBuf, Vec<u8>> = held.collect();
    let setting = Setting {
        start: "/p".to_owned(),
        managed: Some("/managed".to_owned()),
        trusted: Some(true),
        ..Setting::default()
    };
    let reading = read_agent(Agent::OpenCode, &setting, &held);
    let (document, defects) = reading.files.iter().find(|(file, _)| file.name == name).unwrap();
    let policy = reading.policy.as_ref();
    let project = Project { policy, file: name, owner: FileOwner::Project, defects };
    let (catalogue, settings) = (Catalogue::builtin(), Settings::every_rule());
    let dialect = Some(Dialect::Agent(Agent::OpenCode));
    let linter = Linter {
        catalogue: &catalogue,
        dialect,
        settings: &settings,
        root: None,
        project: Some(project),
    };
    linter.lint(self::document(name, &document.text), None).findings
}

#[test]
fn an_agent_that_overrides_the_administrator_is_told_and_one_that_overrides_its_own_file_is_not() {
    let own =
        r#"{"permission": {"bash": "deny"}, "agent": {"build": {"permission": {"bash": "ask"}}}}"#;
    let found = |files: &[(&str, &str)]| {
        let found = judge_among(files, "/p/opencode.json");
        found.iter().filter(|finding| finding.rule.name == "weak-server-approval").count()
    };
    let managed = r#"{"permission": {"bash": "deny"}}"#;
    assert_eq!(found(&[("/p/.git/HEAD", ""), ("/p/opencode.json", own)]), 0);
    let with =
        [("/p/.git/HEAD", ""), ("/p/opencode.json", own), ("/managed/opencode.json", managed)];
    assert_eq!(found(&with), 1);
}

#[test]
fn a_reference_to_a_file_that_is_not_there_is_told_where_the_folder_is_known() {
    let text =
        "{\n  // {file:./no.txt}\n  \"instructions\": [\"{file:./a.txt}\", \"{file:~/b.txt}\"]\n}";
    let dropped = |files: &[(&str, &str)]| {
        let found = judge_among(files, "/p/opencode.json");
        let dropped = found.into_iter().filter(|finding| finding.rule.name == "file-dropped");
        dropped
            .map(|f| (f.facts["reason"].to_string(), text[f.span].to_owned()))
            .collect::<Vec<_>>()
    };
    let missing = dropped(&[("/p/opencode.json", text)]);
    assert_eq!(missing, [("\"missing-file\"".to_owned(), "{file:./a.txt}".to_owned())]);
    assert!(dropped(&[("/p/opencode.json", text), ("/p/a.txt", "x")]).is_empty());
    let alone = judge(Agent::OpenCode, "opencode.json", text);
    assert!(alone.findings.iter().all(|finding| finding.rule.name != "file-dropped"));
}

#[test]
fn the_last_of_many_denials_is_tried_as_the_first_is() {
    let quoted =
        |rules: Vec<String>| rules.iter().map(|rule| format!("{rule:?}")).collect::<Vec<_>>();
    let allow: Vec<String> = (0..200).map(|at| format!("Bash(tool{at} run *)")).collect();
    let allow = quoted(allow.into_iter().chain(["Bash(git *)".to_owned()]).collect()).join(",");
    let deny: Vec<String> = (0..80).map(|at| format!("Bash(tool{at} drop *)")).collect();
    let deny = quoted(deny.into_iter().chain(["Bash(git push *)".to_owned()]).collect()).join(",");
    let text = format!(r#"{{"permissions": {{"allow": [{allow}], "deny": [{deny}]}}}}"#);
    let report = judge(Agent::ClaudeCode, "settings.json", &text);
    let evaded = report.findings.iter().find(|finding| finding.rule.name == "evaded-deny").unwrap();
    assert_eq!(evaded.facts["rule"], "deny Bash(git push *)");
    assert_eq!(evaded.facts["reason"], "deny-evaded-by-option");
}

/// The findings of a rule in a file of an agent: severity, reason, message.
fn of_rule(agent: Agent, text: &str, rule: &str) -> Vec<(Severity, String, String)> {
    let report = judge(agent, "settings.json", text);
    let own = report.findings.iter().filter(|finding| finding.rule.name == rule);
    let reason = |finding: &Finding| finding.facts["reason"].as_str().unwrap_or("").to_owned();
    own.map(|finding| (finding.severity, reason(finding), finding.message.clone())).collect()
}

#[test]
fn a_rule_that_lets_anything_run_is_told_however_it_is_written() {
    for (rule, severity, reason) in [
        ("bash -c \\\"*", Severity::Warning, "interpreter-allowed"),
        ("python3 -c ' *", Severity::Warning, "interpreter-allowed"),
        ("C:/Python/python.exe *", Severity::Warning, "interpreter-allowed"),
        ("uv run python *", Severity::Warning, "interpreter-allowed"),
        ("sed *", Severity::Warning, "interpreter-allowed"),
        ("sed -i *", Severity::Info, "interpreter-allowed"),
        ("sort *", Severity::Info, "interpreter-allowed"),
        ("wget:*", Severity::Info, "sends-anything"),
        ("gh *", Severity::Info, "sends-anything"),
        ("gh auth:*", Severity::Info, "tells-secret"),
        ("dd *", Severity::Info, "writes-anything"),
        ("pip3 install *", Severity::Info, "installs-anything"),
    ] {
        let text = format!(r#"{{"permissions": {{"allow": ["Bash({rule})"]}}}}"#);
        let found = of_rule(Agent::ClaudeCode, &text, "broad-allow");
        let found: Vec<_> = found.iter().map(|(s, reason, _)| (*s, &**reason)).collect();
        assert_eq!(found, [(severity, reason)], "{rule}");
    }
    for rule in
        ["git commit -m ' *", "npx prettier *", "gh pr view *", "python3 -m pytest *", "cp *"]
    {
        let text = format!(r#"{{"permissions": {{"allow": ["Bash({rule})"]}}}}"#);
        assert_eq!(of_rule(Agent::ClaudeCode, &text, "broad-allow"), [], "{rule}");
        assert_eq!(of_rule(Agent::ClaudeCode, &text, "dead-rule"), [], "{rule}");
    }
}

#[test]
fn what_one_agent_overrides_is_not_dead() {
    for agent in ["build", "plan", "review"] {
        let text = format!(
            r#"{{"permission": {{"bash": {{"*": "ask", "git push*": "deny"}}, "edit": "ask"}},
                "agent": {{"{agent}": {{"permission": {{"bash": "allow"}}}}}}}}"#
        );
        assert_eq!(of_rule(Agent::OpenCode, &text, "dead-rule"), [], "{agent}");
    }
    let dead = r#"{"permission": {"bash": {"npm *": "allow", "*": "ask"}}, "agent": {"build": {"permission": {"bash": "allow"}}}}"#;
    let found = of_rule(Agent::OpenCode, dead, "dead-rule");
    assert!(found.len() == 1 && found[0].2.contains("`ask bash`"), "{found:?}");
}

#[test]
fn a_rule_of_a_file_is_the_cause_before_one_that_the_agent_brings_along() {
    let text = r#"{"permission": {"bash": {"*": "ask", "find *": "allow", "git push*": "deny"}}}"#;
    let found = of_rule(Agent::OpenCode, text, "evaded-deny");
    assert!(
        found.iter().all(|(.., message)| message.contains("`allow bash `find *``")),
        "{found:?}"
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn what_drops_a_file_is_one_finding_with_the_other_mistakes_in_it() {
    let text = r#"{"permissions": {"alow": [], "deny": ["Read(.env)", "Read(x)"], "defaultMode": "ask"}, "permisions": {}}"#;
    let report = judge(Agent::ClaudeCode, "settings.json", text);
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    let found = &report.findings[0];
    assert_eq!(found.rule.name, "file-dropped");
    assert!(
        found.message.contains("with its 2 rules (2 of them denials): `ask`"),
        "{}",
        found.message
    );
    assert!(!found.help.as_deref().unwrap_or_default().contains("bypass"), "{:?}", found.help);
}

#[test]
fn nobody_is_told_to_take_a_refusal_out() {
    let claude = r#"{"permissions": {"deny": ["Bash(curl * | sh)", "Bash(rm,mv)", "Write(x)", "Read(/)"], "defaultMode": "bypassPermissions"}}"#;
    let opencode = r#"{"permission": {"bash": {"git push": "deny", "cd *": "deny", "*": "allow"}, "read": {"!x": "deny"}}}"#;
    for (agent, text) in [(Agent::ClaudeCode, claude), (Agent::OpenCode, opencode)] {
        let report = judge(agent, "settings.json", text);
        assert!(report.findings.len() >= 3, "{:?}", report.findings);
        for finding in &report.findings {
            let help = finding.help.as_deref().unwrap_or_default();
            let loosens = ["take it out", "acceptEdits", "bypassPermissions"];
            let is_of_mode = finding.rule.name == "void-mode";
            assert!(is_of_mode || loosens.iter().all(|words| !help.contains(words)), "{help}");
        }
    }
}

/// The reasons of what is found in a file of one rule, and how much each weighs.
fn reasons(agent: Agent, name: &str, text: &str) -> Vec<(&'static str, Severity, String)> {
    let report = judge(agent, name, text);
    let told = report.findings.iter().filter(|finding| finding.rule.name != "narrow-allow");
    let reason = |finding: &Finding| finding.facts["reason"].as_str().unwrap_or("").to_owned();
    told.map(|finding| (finding.rule.name, finding.severity, reason(finding))).collect()
}

#[test]
fn what_claude_code_does_not_take_as_it_is_meant_is_told() {
    use Severity::{Error, Info, Warning};
    let lists = |lists: &str| format!(r#"{{"permissions": {{{lists}}}}}"#);
    for (text, rule, severity, reason) in [
        (r#""deny": ["Bash(rm:-rf *)"]"#, "dead-rule", Error, "colon-star-not-last"),
        (r#""deny": ["Bash{rm}"]"#, "dead-rule", Error, "wrong-brackets"),
        (r#""deny": ["Bash[rm]"]"#, "dead-rule", Error, "wrong-brackets"),
        (r#""deny": ["Bsh(rm:*)"]"#, "unknown-tool", Warning, "unknown-tool-name"),
        (r#""deny": ["Fetch"]"#, "unknown-tool", Warning, "unknown-tool-name"),
        (r#""deny": ["Multiedit(x)"]"#, "unknown-tool", Info, "retired-tool-name"),
        (r#""allow": ["Read(//**)"]"#, "broad-allow", Info, "every-file-read"),
        (r#""allow": ["Edit(//**)"]"#, "broad-allow", Warning, "every-file-changed"),
        (r#""allow": ["WebFetch(domain:*)"]"#, "broad-allow", Info, "every-host"),
        (r#""allow": ["Bash(python3 -m *)"]"#, "broad-allow", Warning, "interpreter-allowed"),
        (r#""allow": ["Bash(timeout:*)"]"#, "broad-allow", Warning, "interpreter-allowed"),
        (
            r#""deny": ["WebFetch(domain:example.com)"], "allow": ["WebFetch"]"#,
            "partial-deny",
            Warning,
            "other-hosts-of-domain",
        ),
        (
            r#""deny": ["WebFetch(domain:*.evil.com)"], "allow": ["WebFetch"]"#,
            "partial-deny",
            Warning,
            "other-hosts-of-domain",
        ),
    ] {
        let found = reasons(Agent::ClaudeCode, "settings.json", &lists(text));
        assert_eq!(found, [(rule, severity, reason.to_owned())], "{text}");
    }
    for text in [
        r#""allow": ["WebFetch", "Read", "Edit(src/**)", "Read(~/notes/**)"]"#,
        r#""deny": ["Bash(npm run test:unit)", "Bash(rm:*)", "Bash(timeout:5)"]"#,
        r#""deny": ["WebFetch(domain:evil.com)", "WebFetch(domain:*.evil.com)"], "allow": ["WebFetch"]"#,
        r#""deny": ["WebFetch(domain:evil.com)"], "allow": ["WebFetch(domain:docs.rs)"]"#,
        r#""deny": ["Read(.env)"], "allow": ["Bash(tar -tf *)"]"#,
    ] {
        assert_eq!(reasons(Agent::ClaudeCode, "settings.json", &lists(text)), [], "{text}");
    }
    let archived = lists(r#""deny": ["Read(.env)"], "allow": ["Bash(tar *)"]"#);
    let found = reasons(Agent::ClaudeCode, "settings.json", &archived);
    assert!(found.contains(&("partial-deny", Error, "read-deny-holes".to_owned())), "{found:?}");
}

#[test]
fn what_gemini_cli_makes_nothing_of_is_told() {
    let rule = |fields: &str| format!("[[rule]]\n{fields}\ndecision = \"deny\"\npriority = 100\n");
    let shell = "toolName = \"run_shell_command\"\n";
    for (fields, name, reason) in [
        (format!("{shell}commandPrefix = []"), "dead-rule", "empty-list"),
        ("toolName = []".to_owned(), "dead-rule", "empty-list"),
        (format!("{shell}argsPattern = \"^rm\""), "dead-rule", "regex-never-matches"),
        ("toolName = \"Shell\"".to_owned(), "unknown-tool", "unknown-tool-name"),
    ] {
        let found = reasons(Agent::Gemini, "p.toml", &rule(&fields));
        let found: Vec<_> = found.iter().map(|(name, _, reason)| (*name, &**reason)).collect();
        assert_eq!(found, [(name, reason)], "{fields}");
    }
    for pattern in ["^.*rm", "^{\\\"command\\\"", "\\\"command\\\":\\\"rm", "^rm|rm", "^r?\\\\{"] {
        let text = rule(&format!("{shell}argsPattern = \"{pattern}\""));
        let found = reasons(Agent::Gemini, "p.toml", &text);
        assert!(found.iter().all(|(.., reason)| reason != "regex-never-matches"), "{found:?}");
    }
}

#[test]
fn a_tool_is_misspelt_wherever_a_file_names_tools() {
    let found = |agent, name, text: &str| {
        reasons(agent, name, text).iter().any(|(rule, ..)| *rule == "unknown-tool")
    };
    for (text, misspelt) in [
        (r#"{"permission": {"bsh": "deny"}}"#, true),
        (r#"{"tools": {"bsh": false, "wrte": false}}"#, true),
        (r#"{"agent": {"a": {"permission": {"bsh": "deny"}, "tools": {"wrte": false}}}}"#, true),
        (
            r#"{"agent": {"a": {"permission": {"hub_push": "deny"}, "tools": {"my_own": false}}}}"#,
            false,
        ),
        (r#"{"tools": {"bash": false, "hub_*": false, "*": true}}"#, false),
    ] {
        assert_eq!(found(Agent::OpenCode, "opencode.json", text), misspelt, "{text}");
    }
    for (text, misspelt) in [
        (r#"{"tools": {"exclude": ["run_shel_command", "Bash"]}}"#, true),
        (r#"{"tools": {"core": ["raed_file"], "allowed": ["run_shel_command(git)"]}}"#, true),
        (
            r#"{"tools": {"exclude": ["ShellTool", "run_shell_command", "hub__push", "my_own"]}}"#,
            false,
        ),
        (r#"{"tools": {"core": ["run_shell_command(git status)"]}}"#, false),
    ] {
        assert_eq!(found(Agent::Gemini, "settings.json", text), misspelt, "{text}");
    }
}

#[test]
fn a_program_that_is_forbidden_by_its_path_runs_by_its_name() {
    let of = |text: &str| reasons(Agent::Codex, "default.rules", text);
    let is_told = |found: &[(&str, Severity, String)]| {
        found.iter().any(|(.., reason)| reason == "host-executable-narrows")
    };
    let path = "prefix_rule(pattern=[\"/usr/bin/rm\"], decision=\"forbidden\")\n";
    let name = "prefix_rule(pattern=[\"rm\"], decision=\"forbidden\")\n";
    assert!(is_told(&of(path)), "{:?}", of(path));
    assert!(!is_told(&of(&format!("{path}{name}"))));
    assert!(!is_told(&of("prefix_rule(pattern=[\"./rm\"], decision=\"forbidden\")\n")));
}
