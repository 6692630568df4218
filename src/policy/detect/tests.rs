use super::*;

fn looks(name: &str, text: &str) -> bool {
    looks_like_policy(&Document::read(name, text.as_bytes().to_vec()))
}

#[test]
fn a_policy_is_known_however_broken() {
    for (name, text) in [
        ("p.yaml", "version: \"1\"\ntools:\n"),
        ("p.yaml", "version: 1\ndefault: deny\n"),
        ("p.json", r#"{"version": "1", "tools": {"run_job": {"hidden": true}}}"#),
        ("p.json", r#"{"version": "1", "default": "deny", "tolos": {}}"#),
        ("p.json", r#"{"version": "1", "default": "deny", "tools": [{"name": "run_job"}]}"#),
        ("p.json", r#"{"tools": {"run_job": {"action": "deny"}}}"#),
        ("p.yaml", "tools:\n  run_job:\n    rate_limit: 5/hour\n"),
        ("p.json", r#"{"tools": {"list_jobs": {}}}"#),
        ("p.json", r#"{"default": "deny", "hide": ["drop_table"]}"#),
        ("p.json", r#"{"tools": {"run": {"rate_limit": 5}}}"#),
        ("p.json", r#"{"tools": {"run": {"rate_limit": {"max": 5}}}}"#),
        ("p.json", r#"{"tools": {"run": {"rate_limit": "10 per minute"}}}"#),
        ("p.json", r#"{"tools": {"run": {"rate_limit": {"requests": 10, "per": "minute"}}}}"#),
        ("p.json", r#"{"tools": {"run": {"rateLimit": {"max": 5, "window": "minute"}}}}"#),
        ("p.json", r#"{"version": "1", "default": "deny", "name": "prod", "owner": "us"}"#),
        (
            "p.json",
            r#"{"version": "1", "default": "deny", "rules": [{"tool": "a", "do": "deny"}]}"#,
        ),
        (
            "p.json",
            r#"{"version": "1", "default": "deny", "calls": {"a": {"deny_if": [{"conditions": []}]}}}"#,
        ),
        (
            "p.json",
            r#"{"version": "1", "tools": {"run": {"version": "2", "rate_limit": "5/hour"}}}"#,
        ),
        ("p.json", r#"{"version": "1", "default": "deny", "tools": {"run": {"command": "x"}}}"#),
        (
            "p.json",
            r#"{"version": "1", "tools": {"run": {"path": "args.a", "op": "eq", "value": 1}}}"#,
        ),
        (
            "p.json",
            r#"{"version": "1", "default": "deny", "rules": [{"name": "a", "action": "deny"}]}"#,
        ),
        ("p.json", r#"{"tools": {"x": {"rules": [{"name": "no", "action": "refuse"}]}}}"#),
        ("p.yaml", "tools:\n  run:\n    rate_limit: ten/minute\n"),
        ("p.yaml", "tools:\n  run:\n    rules:\n    - name: slow\n      rate_limit: 5\n"),
        ("p.json", r#"{"tools": {"run": {"requre": [{"conditions": []}]}}}"#),
        ("p.json", r#"{"tools": {"run": {"require": [{"condtions": []}]}}}"#),
        ("p.json", r#"{"tols": {"run": {"deny_if": [{"conditions": []}]}}}"#),
        ("p.json", r#"[{"version": "1", "default": "deny", "tools": {}}]"#),
        ("p.yaml", "---\nnote: ours\n---\nversion: \"1\"\ndefault: deny\n"),
        // What cannot be read at all.
        ("p.json", "{'version': '1', 'default': 'deny', 'tools': {'run_job': {}}}"),
        ("p.json", "{“version”: “1”, “tools”: {}}"),
        ("p.json", "{version: \"1\", default: \"deny\", tools: {}}"),
        ("p.json", "{\"version\": \"1\","),
        ("p.json", "{\"default\": \"deny\", \"tools\": {\"run_job\": {"),
        ("p.json", "{\n  \"tools\": {\n    \"run_job\": {\n      \"require\": [{\"conditions\": ["),
        ("p.json", "{\"run_job\": {\"deny_if\": [{"),
        ("p.json", "{\"hide\": ['drop_table']}"),
        ("p.yaml", "version: \"1\"\ntools:\n\trun_job:\n\t\trules: []\n"),
        ("p.yaml", "tools:\n\trun_job:\n\t\trules:\n\t\t- name: frozen\n\t\t  action: deny\n"),
        (
            "p.yaml",
            "<<<<<<< ours\nversion: \"1\"\n=======\nversion: '1'\n>>>>>>> theirs\ndefault: deny\n",
        ),
    ] {
        assert!(looks(name, text), "{text}");
    }
}

#[test]
fn what_happens_to_have_the_same_words_is_none() {
    for (name, text) in [
        (
            "dotnet-tools.json",
            r#"{"version": 1, "isRoot": true, "tools": {"ef": {"version": "8", "commands": ["ef"]}}}"#,
        ),
        ("tools.json", r#"{"tools": [{"name": "run_job", "inputSchema": {}}]}"#),
        ("package.json", r#"{"name": "desk", "version": "1", "dependencies": {}}"#),
        (
            "package.json",
            r#"{"name": "desk", "version": "1.0.0", "exports": {"default": "./a"}, "tools": {"#,
        ),
        ("compose.yaml", "version: \"1\"\nservices: {}\n"),
        ("compose.yaml", "version: \"3\"\n"),
        ("tools.yaml", "version: 1\ntools:\n  node: \"20\"\n"),
        ("agent.json", r#"{"tools": {"search": {"enabled": true, "limits": {"cpu": 2}}}}"#),
        ("agent.json", r#"{"tools": {"write": false, "bash": true}}"#),
        ("lint.json", r#"{"tools": {"eslint": {"rules": {"semi": 2}}}}"#),
        ("phar.json", r#"{"tools": {"phpunit": {"require": {"php": "8"}}}}"#),
        ("composer.json", r#"{"require": {"php": "8"}, "version": "1"}"#),
        (
            "words.json",
            r#"{"version": "Version", "default": "Standard", "hide": "Verbergen", "tools": "Werkzeuge"}"#,
        ),
        ("ci.yaml", "default:\n  image: x\nbuild:\n  script: [x]\n  rules:\n    - if: $X\n"),
        ("ci.yaml", "default:\n  image: x\nbuild:\n\tscript: [x]\n  rules:\n    - if: $X\n"),
        ("role.yaml", "kind: Role\nrules:\n  - resources: [pods]\n    verbs: [get]\n"),
        ("routes.yaml", "rules:\n  - conditions: [{field: path-pattern, values: [x]}]\n"),
        ("wall.json", r#"{"web": {"rules": [{"name": "a", "action": "deny", "port": 80}]}}"#),
        ("values.yaml", "resources:\n  limits:\n    cpu: 1\n"),
        ("chart.yaml", "version: {{ .Values.version }}\ntools: {{\n"),
        ("api.json", r#"{"info": {"version": "1.0"}, "schemas": {"x": {"default": "deny"}}"#),
        ("empty.json", "{}"),
        ("empty.yaml", "# nothing\n"),
        ("half.json", "{"),
        ("note.yaml", "hello\n"),
    ] {
        assert!(!looks(name, text), "{text}");
    }
}

#[test]
fn a_fragment_is_named_by_what_it_is_the_inside_of() {
    let limits =
        r#"{"limits": [{"counter": "c", "window": "minute", "max": 1, "scope": "grant"}]}"#;
    for (text, expected) in [
        (format!(r#"{{"run_job": {limits}, "list_jobs": {{}}}}"#), Fragment::Tools),
        (
            r#"{"list_jobs": {"rules": [{"name": "slow", "rate_limit": "5/minute"}]}}"#.to_owned(),
            Fragment::Tools,
        ),
        (limits.to_owned(), Fragment::Tool),
        (
            r#"{"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}"#.to_owned(),
            Fragment::Entry,
        ),
    ] {
        let document = Document::read("p.json", text.clone().into_bytes());
        assert!(looks_like_policy(&document), "{text}");
        let root = document.root.as_ref().unwrap();
        assert_eq!(dialect(&document, root).unwrap_err().1, Some(expected), "{text}");
    }
}

#[test]
fn what_shares_words_with_policies_is_said_to_be_alike_and_no_more() {
    let part = |fragment| Likeness::Part(fragment);
    for (name, text, expected) in [
        (
            "p.yaml",
            "server: {rate_limit: {max: 10, window: 60}}\ndb: {url: x}\n",
            part(Fragment::Tools),
        ),
        (
            "p.json",
            r#"{"api": {"rate_limit": {"max": 10, "window": 60}}, "log": {"level": "info"}}"#,
            part(Fragment::Tools),
        ),
        (
            "p.yaml",
            "rules:\n- {name: ssh, action: allow, description: x}\n- {name: all, action: deny}\n",
            part(Fragment::Tool),
        ),
        ("p.json", r#"{"op": "replace", "path": "/a", "value": 1}"#, part(Fragment::Entry)),
        ("p.yaml", "bob: {action: deny, reason: spam}\n", part(Fragment::Tools)),
        (
            "p.json",
            r#"{"dialog": {"action": "Allow", "reason": "Why?"}, "title": {"x": "y"}}"#,
            part(Fragment::Tools),
        ),
        (
            "p.json",
            r#"{"free": {"limits": [{"counter": "req", "window": "day", "max": 5}]}, "pro": {}}"#,
            part(Fragment::Tools),
        ),
        (
            "p.json",
            r#"{"drop_table": {"rules": [{"name": "frozen", "action": "deny"}]}}"#,
            part(Fragment::Tools),
        ),
        ("p.json", r#"{"default": "allow", "description": "flag"}"#, Likeness::TopFields),
        ("p.json", r#"{"hide": ["sidebar"], "version": "1"}"#, Likeness::TopFields),
        ("p.yaml", "version: \"1\"\ndescription: x\n", Likeness::TopFields),
        ("p.yaml", "version: 1\n", Likeness::TopFields),
        (
            "p.json",
            r#"{"version": "1", "default": "deny", "incoming": [{"port": 22, "action": "allow"}]}"#,
            Likeness::TopFields,
        ),
        (
            "p.json",
            r#"{"version": "1", "default": "allow", "routes": {"a": {"to": "b"}}}"#,
            Likeness::TopFields,
        ),
        (
            "p.json",
            r#"{"version": "1", "tools": {"node": {"version": "20"}}}"#,
            Likeness::OtherTools,
        ),
        ("p.yaml", "version: \"1\"\ntools: {go: {url: x, sha256: y}}\n", Likeness::OtherTools),
        (
            "p.json",
            r#"{"tools": {"x": {"rules": [{"name": "cc", "action": "compile"}]}}}"#,
            Likeness::OtherTools,
        ),
        (
            "p.json",
            r#"{"policy": {"tools": {"a": {"deny_if": [{"conditions": []}]}}}}"#,
            Likeness::Wrapped,
        ),
        (
            "p.json",
            r#"{"policy": {"version": "1", "default": "deny", "tools": {}}}"#,
            Likeness::Wrapped,
        ),
        (
            "p.yaml",
            "policies:\n  - name: a\n    policy: {default: deny, tools: {a: {rules: []}}}\n",
            Likeness::Wrapped,
        ),
        (
            "p.yaml",
            "policies:\n  - {version: \"1\", default: deny, hide: [a]}\n",
            Likeness::Wrapped,
        ),
    ] {
        let document = Document::read(name, text.as_bytes().to_vec());
        assert_eq!(appearance(&document), Appearance::Alike(expected), "{text}");
    }
}
