//! Text that cannot be read and was meant to be a policy.

use std::sync::LazyLock;

use regex::Regex;

use super::signs::is_top_field;

/// A quotation mark as people write it, also where JSON does not have it.
const QUOTE: &str = r#"["'`“”‘’]"#;

/// What text tells of a policy though it cannot be read.
struct Signs {
    /// `version` is 1.
    version: Regex,
    /// `default` is something.
    default: Regex,
    /// `default` is a word of policies.
    known_default: Regex,
    /// `hide` is, or may become, a list.
    hide: Regex,
    /// `tools` is anything but a list, which is what servers answer.
    tools: Regex,
    /// A tool has a rule.
    rule: Regex,
    /// There is a rule that nothing else has.
    own_rule: Regex,
    /// Any field, and its name.
    field: Regex,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs {
    version: at_top("version", "1Q?[ \t]*(?:$|[,}#\r])"),
    default: at_top("default", r"(?:$|[^\s{\[])"),
    known_default: at_top("default", "(?:allow|deny)"),
    hide: at_top("hide", r"(?:$|[\[\r])"),
    tools: at_top("(?:all_)?tools", r"(?:$|[^\s\[])"),
    rule: anywhere("(?:deny_if|on_deny|conditions|counter|rate_limit|action)", ""),
    own_rule: pattern(r"\b(?:deny_if|on_deny)Q?[ \t]*:|\bpathQ?[ \t]*:[ \t]*Q?args\."),
    field: anywhere(r"([\w$.-]+)", ""),
});

/// Whether text that cannot be read was meant to be a policy: it has the fields of one where a
/// policy has them, with what they hold there.
pub(super) fn was_meant(text: &str) -> bool {
    let has = |sign: fn(&Signs) -> &Regex| sign(&SIGNS).is_match(text);
    let (version, tools) = (has(|signs| &signs.version), has(|signs| &signs.tools));
    let (default, hide) = (has(|signs| &signs.known_default), has(|signs| &signs.hide));
    version && (tools || hide || has(|signs| &signs.default))
        || tools && (default || has(|signs| &signs.rule))
        || (version || default || hide) && has_top_fields_only(text)
        || has(|signs| &signs.own_rule)
}

fn has_top_fields_only(text: &str) -> bool {
    SIGNS.field.captures_iter(text).all(|found| is_top_field(&found[1]))
}

/// A field that may stand at the top: quoted wherever it is, because indentation says nothing in
/// JSON; bare at the start of a line or behind a bracket.
fn at_top(name: &str, value: &str) -> Regex {
    let places = format!(r"(?:(?:^|[{{,])\s*Q{name}Q|(?:^|[{{,][ \t]*){name})");
    pattern(&format!(r"{places}[ \t]*:[ \t]*Q?{value}"))
}

/// A field, however deep.
fn anywhere(name: &str, value: &str) -> Regex {
    pattern(&format!(r"(?:^|[{{,-])\s*Q?{name}Q?[ \t]*:[ \t]*Q?{value}"))
}

/// A pattern in which `Q` stands for a quotation mark.
fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?m){}", text.replace('Q', QUOTE))).expect("the pattern is ours")
}
