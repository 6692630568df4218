//! Rules that are held against whole calls, where a fact is missing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Missing, Outcome, Surroundings,
};
use gatelint::policy::{Agent, Policy, Setting, read_agent};

/// The policy of a user of Gemini CLI whose file says this.
fn policy(text: &str, trusted: Option<bool>) -> Policy {
    let path = PathBuf::from("/h/.gemini/policies/a.toml");
    let files = BTreeMap::from([(path, text.as_bytes().to_vec())]);
    let home = Some("/h".to_owned());
    let setting = Setting { start: "/p".to_owned(), home, trusted, ..Setting::default() };
    read_agent(Agent::Gemini, &setting, &files).policy.unwrap()
}

fn decided(
    policy: &Policy,
    tool: &str,
    arguments: Arguments<'_>,
    around: Surroundings<'_>,
) -> (Outcome, Option<Missing>) {
    let call = Call {
        tool,
        grant: GrantId(0),
        time: None,
        in_order: true,
        after: None,
        arguments,
        result: CallResult::Ok,
        around,
    };
    let gate = Gate::new(policy);
    let decision = gate.decide(&call, &mut Counters::default());
    (decision.outcome, decision.missing)
}

fn rule(more: &str, decision: &str, priority: u32) -> String {
    format!("[[rule]]\n{more}\ndecision = \"{decision}\"\npriority = {priority}\n")
}

#[test]
fn a_command_of_git_hangs_on_trust_unless_it_is_refused_anyway() {
    let shell = "toolName = \"run_shell_command\"";
    let allow = rule(shell, "allow", 100);
    let push = r#"{"command":"git push"}"#;
    let found = |text: &str, trusted, command: &'static str| {
        decided(
            &policy(text, trusted),
            "run_shell_command",
            Arguments::Json(command),
            Surroundings::default(),
        )
    };
    assert_eq!(found(&allow, None, push), (Outcome::Indeterminate, Some(Missing::Trust)));
    assert_eq!(found(&allow, Some(true), push), (Outcome::Allow, None));
    assert_eq!(found(&allow, Some(false), push), (Outcome::Ask, None));
    assert_eq!(found(&allow, None, r#"{"command":"make"}"#), (Outcome::Allow, None));
    let deny = rule(shell, "deny", 100);
    assert_eq!(found(&deny, None, push), (Outcome::Deny, None));
}

#[test]
fn what_the_server_says_and_who_calls_is_asked_only_where_it_decides() {
    let text = [
        rule("toolName = \"a\"\nsubagent = \"scout\"", "deny", 100),
        rule("toolName = \"a\"", "allow", 50),
        rule(
            "toolName = \"*\"\nmcpName = \"*\"\ntoolAnnotations = { readOnlyHint = true }",
            "allow",
            60,
        ),
        rule("toolName = \"mcp_s_known\"", "allow", 50),
    ]
    .concat();
    let policy = policy(&text, Some(true));
    let none = Surroundings::default();
    let find = |tool, around| decided(&policy, tool, Arguments::Absent, around);
    assert_eq!(find("a", none), (Outcome::Indeterminate, Some(Missing::Caller)));
    assert_eq!(find("a", Surroundings { caller: Some(""), ..none }), (Outcome::Allow, None));
    assert_eq!(find("a", Surroundings { caller: Some("scout"), ..none }), (Outcome::Deny, None));
    assert_eq!(find("mcp_s_x", none), (Outcome::Indeterminate, Some(Missing::Annotations)));
    assert_eq!(find("mcp_s_known", none), (Outcome::Allow, None));
    for (annotations, outcome) in
        [("{\"readOnlyHint\":true}", Outcome::Allow), ("{\"readOnlyHint\":1}", Outcome::Ask)]
    {
        let around = Surroundings { annotations: Some(annotations), ..none };
        assert_eq!(find("mcp_s_x", around), (outcome, None));
    }
}

#[test]
fn arguments_that_are_not_known_and_searches_without_end_are_not_decided() {
    let text = [
        rule("toolName = \"a\"\nargsPattern = 'x*x*x*x*x*(?=y)z'", "allow", 100),
        rule("toolName = \"b\"", "deny", 50),
    ]
    .concat();
    let policy = policy(&text, Some(true));
    let none = Surroundings::default();
    let long = format!("{{\"k\":\"{}\"}}", "x".repeat(200));
    let found = decided(&policy, "a", Arguments::Json(&long), none);
    assert_eq!(found, (Outcome::Indeterminate, Some(Missing::LongSearch)));
    let hashed = Arguments::Unknown(Missing::HashedArguments);
    let found = decided(&policy, "a", hashed, none);
    assert_eq!(found, (Outcome::Indeterminate, Some(Missing::HashedArguments)));
    assert_eq!(decided(&policy, "b", hashed, none), (Outcome::Deny, None));
}

#[test]
fn a_command_with_too_many_commands_in_it_is_not_decided() {
    let text = rule("toolName = \"run_shell_command\"", "allow", 100);
    let policy = policy(&text, Some(true));
    let find = |parts: usize| {
        let commands: Vec<String> = (0..parts).map(|number| format!("a{number}")).collect();
        let arguments = serde_json::json!({ "command": commands.join(";") }).to_string();
        decided(&policy, "run_shell_command", Arguments::Json(&arguments), Surroundings::default())
    };
    assert_eq!(find(100), (Outcome::Allow, None));
    assert_eq!(find(1000), (Outcome::Indeterminate, Some(Missing::LongCommand)));
}
