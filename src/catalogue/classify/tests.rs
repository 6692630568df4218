use super::*;
use crate::catalogue::{Argument, ArgumentType, Vocabulary as _};
use proptest::prelude::*;
use serde_json::json;

fn arguments(names: &[&str]) -> Arguments {
    let text = Argument { kind: Some(ArgumentType::String), required: false };
    names.iter().map(|name| ((*name).to_owned(), text)).collect()
}

fn claims(read_only: Option<bool>, destructive: Option<bool>) -> Annotations {
    Annotations {
        read_only_hint: read_only,
        destructive_hint: destructive,
        ..Annotations::default()
    }
}

fn described(name: &str, description: &str) -> Verdict {
    classify(&Subject { description: Some(description), ..Subject::named(name) })
}

fn claimed(name: &str, read_only: Option<bool>, destructive: Option<bool>) -> Verdict {
    let claims = claims(read_only, destructive);
    classify(&Subject { annotations: Some(&claims), ..Subject::named(name) })
}

#[test]
fn a_verdict_lists_its_evidence() {
    let verdict = claimed("run_runbook", Some(false), Some(true));
    assert_eq!(verdict.category, Category::Execute);
    assert_eq!(verdict.severity, Severity::High);
    assert_eq!(verdict.evidence, ["name: run", "annotation: destructiveHint=true"]);
}

#[test]
fn code_in_the_arguments_raises_whatever_does_not_claim_to_read() {
    let sql = arguments(&["sql"]);
    let subject = Subject { arguments: Some(&sql), ..Subject::named("query") };
    let verdict = classify(&subject);
    assert_eq!((verdict.category, verdict.severity), (Category::Execute, Severity::Critical));
    assert_eq!(verdict.signals, [Signal::FreeformCode]);
    let reads = claims(Some(true), None);
    let verdict = classify(&Subject { annotations: Some(&reads), ..subject });
    assert_eq!(verdict.category, Category::Read);
    let verdict = classify(&Subject { name: "frobnicate", annotations: Some(&reads), ..subject });
    assert_eq!(verdict.category, Category::Execute);
}

#[test]
fn a_method_and_a_url_are_any_request_whatever_the_name() {
    let request = arguments(&["method", "url"]);
    let verdict = classify(&Subject { arguments: Some(&request), ..Subject::named("fetch") });
    assert_eq!(verdict.category, Category::Execute);
}

#[test]
fn an_amount_makes_a_change_a_payment() {
    let sum = arguments(&["amount", "recipient"]);
    let with = |name| classify(&Subject { arguments: Some(&sum), ..Subject::named(name) }).category;
    assert_eq!(with("send"), Category::Financial);
    assert_eq!(with("list_entries"), Category::Read);
}

#[test]
fn a_description_raises_what_a_name_says_and_lowers_only_what_it_leaves_open() {
    assert_eq!(described("tidy", "Deletes all drafts").category, Category::Destructive);
    assert_eq!(described("get_list", "Purges the queue").category, Category::Destructive);
    assert_eq!(described("get_build", "Build status of a branch").category, Category::Read);
    assert_eq!(described("read_query", "Run a query").category, Category::Execute);
    assert_eq!(described("show_x", "This cannot be undone.").category, Category::Destructive);
    assert_eq!(described("tidy", "Applies a patch").category, Category::Execute);
    assert_eq!(described("blobsize", "Returns the size of a blob").category, Category::Read);
    assert_eq!(described("frobnicate", "Creates a user").category, Category::Write);
    assert_eq!(described("frobnicate", "A useful tool").category, Category::Execute);
    for (name, category) in [
        ("delete_user", Category::Destructive),
        ("run_job", Category::Execute),
        ("vm_start", Category::Execute),
        ("update_list", Category::Write),
        ("update_price_list", Category::Write),
        ("pay_bill", Category::Financial),
    ] {
        assert_eq!(described(name, "Lists all users").category, category, "{name}");
    }
    assert_eq!(described("take_payment", "Creates a payment").category, Category::Financial);
}

#[test]
fn a_claim_to_read_is_believed_only_where_the_name_says_nothing_else() {
    assert_eq!(claimed("echo", Some(true), None).category, Category::Read);
    assert_eq!(claimed("generate_report", Some(true), None).category, Category::Read);
    assert_eq!(claimed("get_invoice", Some(true), None).category, Category::Read);
    for (name, category) in [
        ("delete_user", Category::Destructive),
        ("run_job", Category::Execute),
        ("vm_start", Category::Execute),
        ("take_payment", Category::Financial),
        ("create_user", Category::Write),
    ] {
        let verdict = claimed(name, Some(true), None);
        assert_eq!(verdict.category, category, "{name}");
        let last = verdict.evidence.last().unwrap();
        assert_eq!(last, "annotation: readOnlyHint=true contradicts it", "{name}");
    }
}

#[test]
fn a_claim_to_read_is_not_believed_against_arguments_or_description() {
    let reads = claims(Some(true), None);
    let request = arguments(&["method", "url"]);
    let by_arguments = Subject { arguments: Some(&request), ..Subject::named("generate_call") };
    let by_description =
        Subject { description: Some("Runs a shell command"), ..Subject::named("frobnicate") };
    for subject in [by_arguments, by_description] {
        let verdict = classify(&Subject { annotations: Some(&reads), ..subject });
        assert_eq!(verdict.category, Category::Execute, "{}", subject.name);
    }
}

/// What a tool is taken for that has these properties, where it claims to read or says nothing.
fn given(name: &str, properties: serde_json::Value, reads: Option<bool>) -> Category {
    let schema = json!({ "properties": properties });
    let properties = schema["properties"].as_object().unwrap();
    let argument = |schema: &serde_json::Value| Argument {
        kind: schema["type"].as_str().and_then(ArgumentType::of_word),
        required: false,
    };
    let arguments =
        properties.iter().map(|(name, schema)| (name.clone(), argument(schema))).collect();
    let claims = claims(reads, None);
    let subject = Subject {
        arguments: Some(&arguments),
        schema: Some(&schema),
        annotations: Some(&claims),
        ..Subject::named(name)
    };
    classify(&subject).category
}

#[test]
fn what_a_tool_may_be_told_to_do_stands_for_a_verb_that_says_nothing() {
    for (actions, category) in [
        (json!(["list", "get_all"]), Category::Read),
        (json!(["list", "add", "update"]), Category::Write),
        (json!(["list", "delete"]), Category::Destructive),
        (json!(["list", "frob"]), Category::Execute),
    ] {
        let properties = json!({"action": {"type": "string", "enum": actions}});
        assert_eq!(given("manage_notes", properties, None), category, "{actions}");
    }
}

#[test]
fn arguments_say_what_is_lost_saved_sent_and_run() {
    let text = || json!({"type": "string"});
    let switch = || json!({"type": "boolean"});
    for (name, properties, reads, category) in [
        ("create_note", json!({"overwrite": switch()}), None, Category::Destructive),
        ("create_note", json!({"overwrite": text()}), None, Category::Write),
        ("list_notes", json!({"delete_after": switch()}), None, Category::Read),
        ("get_photo", json!({"output_dir": text()}), Some(true), Category::Write),
        ("export_notes", json!({"format": text()}), None, Category::Read),
        ("export_notes", json!({"path": text()}), None, Category::Write),
        ("crm_post", json!({"path": text()}), None, Category::Execute),
        ("create_post", json!({"text": text()}), None, Category::Write),
        ("explain_query", json!({"analyze": switch()}), Some(true), Category::Execute),
        (
            "storage",
            json!({"command": text(), "parameters": {"type": "object"}}),
            Some(true),
            Category::Execute,
        ),
        ("create_guide", json!({}), Some(true), Category::Read),
        ("create_guide", json!({"text": text()}), Some(true), Category::Write),
    ] {
        assert_eq!(given(name, properties.clone(), reads), category, "{name} {properties}");
    }
}

#[test]
fn what_costs_does_more_than_read() {
    let reads = claims(Some(true), None);
    let of = |description| {
        let subject =
            Subject { description: Some(description), ..Subject::named("text_to_speech") };
        classify(&Subject { annotations: Some(&reads), ..subject }).category
    };
    assert_eq!(of("Speaks a text."), Category::Read);
    assert_eq!(of("Speaks a text. COST WARNING: calls are billed."), Category::Execute);
}

#[test]
fn an_admission_is_believed() {
    assert_eq!(claimed("get_or_set", Some(false), None).category, Category::Write);
    assert_eq!(claimed("list_users", Some(false), None).category, Category::Write);
    assert_eq!(claimed("write_file", None, Some(true)).category, Category::Destructive);
    assert_eq!(claimed("frobnicate", None, Some(true)).category, Category::Destructive);
    assert_eq!(claimed("deploy", None, Some(true)).category, Category::Execute);
    let kept = claimed("delete_user", None, Some(false));
    assert_eq!(kept.category, Category::Destructive);
}

#[test]
fn names_speak_of_bulk_and_code() {
    let signals = |name| classify(&Subject::named(name)).signals;
    assert_eq!(signals("delete-many"), [Signal::Bulk]);
    assert_eq!(signals("execute_command"), [Signal::FreeformCode]);
    assert_eq!(signals("list_all"), []);
    assert_eq!(signals("create_script"), []);
}

proptest! {
    #[test]
    fn any_tool_gets_a_verdict_that_is_less_than_certain(
        name in ".*", description in ".*", argument in ".*", hints in any::<[Option<bool>; 2]>(),
    ) {
        let (arguments, claims) = (arguments(&[&argument]), claims(hints[0], hints[1]));
        let subject = Subject {
            description: Some(&description),
            arguments: Some(&arguments),
            annotations: Some(&claims),
            ..Subject::named(&name)
        };
        let verdict = classify(&subject);
        prop_assert!(verdict.confidence > 0.0 && verdict.confidence < 1.0);
        prop_assert!(!verdict.evidence.is_empty());
        prop_assert_eq!(classify(&subject), verdict);
    }
}
