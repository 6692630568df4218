//! The forms of older pages, which neither dialect has: `action`, `reason` and `rate_limit` beside
//! the rules of a tool, and limits whose window is a number of seconds.

use super::dialect::Dialect;
use super::window::Window;
use crate::source::{Draft, Format, Kind, Node, Pointer};

/// A field of older pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// `"action": "deny"`.
    Action,
    /// `"reason": "too dangerous"`.
    Reason,
    /// `"rate_limit": {"max": 10, "window": 60}` or `"10/minute"`.
    RateLimit,
}

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder<'t> {
    /// That of all tools: the document, or what the dialect keeps for all tools.
    AllTools,
    /// That of the tool with this name.
    Tool(&'t str),
    /// That of an entry of a list.
    Entry,
}

impl<'t> Holder<'t> {
    /// The holder of a field, from the tokens of its pointer.
    pub fn of(tokens: &[&'t str]) -> Holder<'t> {
        match tokens {
            [_] | ["all_tools", _] | ["tools", "*", _] => Holder::AllTools,
            ["tools", tool, _] => Holder::Tool(tool),
            _ => Holder::Entry,
        }
    }

    /// What its rules and counters are called after.
    pub fn name(self) -> &'t str {
        match self {
            Holder::Tool(tool) => tool,
            _ => "all_tools",
        }
    }
}

impl Legacy {
    /// The field of a name, however its words are put together: `rate_limit`, `rateLimit`.
    pub fn of(name: &str) -> Option<Legacy> {
        let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
        match letters.flat_map(char::to_lowercase).collect::<String>().as_str() {
            "action" => Some(Legacy::Action),
            "reason" => Some(Legacy::Reason),
            "ratelimit" => Some(Legacy::RateLimit),
            _ => None,
        }
    }

    /// Whether an object has such a field, so that what it was to do is not known.
    pub(super) fn is_in(node: &Node) -> bool {
        node.entries().iter().any(|entry| Legacy::of(&entry.key.text).is_some())
    }

    /// How the same is written today, as advice; with the numbers that are there.
    pub(super) fn instead(self, dialect: Dialect, pointer: &Pointer, value: &Node) -> String {
        let tokens: Vec<_> = pointer.tokens().collect();
        let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
        let holder = Holder::of(&tokens);
        match (self, holder) {
            (Legacy::Action, _) => instead_of_action(dialect, holder, value.as_str().unwrap_or("")),
            (Legacy::Reason, Holder::Entry) if tokens.contains(&"limits") => {
                "remove it: a limit has no text of its own".to_owned()
            }
            (Legacy::Reason, Holder::Entry) => "call it `on_deny`".to_owned(),
            (Legacy::Reason, _) => format!(
                "put the text into `on_deny` of the entry of {} that denies",
                match dialect {
                    Dialect::V1 => "`require` or `deny_if`",
                    _ => "`rules`",
                }
            ),
            (Legacy::RateLimit, _) => match rate_limit(value) {
                Some(limit) => instead_of_limit(dialect, holder, limit),
                None => choice_of_limit(dialect, value),
            },
        }
    }
}

fn instead_of_action(dialect: Dialect, holder: Holder<'_>, action: &str) -> String {
    const ALLOWED: &str = "a listed tool is allowed unless its rules deny";
    let rule = |draft: Draft| match dialect {
        Dialect::V1 => format!("\"deny_if\": {}", Draft::List(vec![draft]).flow(Format::Json)),
        _ => format!("rules: {}", Draft::List(vec![draft]).flow(Format::Yaml)),
    };
    match (holder, action, dialect) {
        (Holder::Entry, ..) => "remove it: what an entry does is said by its list".to_owned(),
        (Holder::AllTools, ..) => {
            format!("what happens to tools that are not listed is said by `default`; {ALLOWED}")
        }
        (_, "allow", _) => format!("remove it: {ALLOWED}"),
        (_, "require_approval", Dialect::V1) => format!(
            "version 1 has no form that asks a person; `{}` denies every call and says so",
            rule(deny_rule(dialect, holder, Some("Requires human approval.")))
        ),
        (_, "require_approval", Dialect::Intercept(_)) => {
            "write it as the `action` of a rule, where Intercept reads it since 1.2".to_owned()
        }
        _ => format!(
            "{ALLOWED}; to deny every call write `{}`, or hide the tool",
            rule(deny_rule(dialect, holder, None))
        ),
    }
}

/// How a limit is written today.
pub(super) fn instead_of_limit(
    dialect: Dialect,
    holder: Holder<'_>,
    (max, window): (i64, Window),
) -> String {
    let list = Draft::List(vec![limit_rule(dialect, holder, max, window)]);
    match (dialect, holder) {
        (Dialect::V1, Holder::AllTools) => {
            format!("write `\"all_tools\": {{\"limits\": {}}}`", list.flow(Format::Json))
        }
        (Dialect::V1, _) => format!("write `\"limits\": {}`", list.flow(Format::Json)),
        (_, Holder::Entry) => format!("write `rate_limit: {max}/{window}`"),
        (_, Holder::AllTools) => {
            format!("write `rules: {}` for the tool `\"*\"`", list.flow(Format::Yaml))
        }
        (_, Holder::Tool(tool)) if tool.contains('.') => {
            "a tool with a dot in its name can have no counters: limit all tools under `\"*\"`"
                .to_owned()
        }
        (_, _) => format!("write `rules: {}`", list.flow(Format::Yaml)),
    }
}

/// What is to be chosen where a limit, an object with `max` and `window` or a text, leaves a choice.
pub(super) fn choice_of_limit(dialect: Dialect, limit: &Node) -> String {
    let form = match dialect {
        Dialect::V1 => "an entry of `limits`",
        _ => "`rate_limit: <count>/<window>` of a rule",
    };
    let text = |node: &Node| node.scalar().map(|scalar| scalar.text.to_string());
    let field = |name: &str| limit.get(name).and_then(text);
    let of_fields = field("max").zip(field("window"));
    let of_fields = of_fields.map(|(max, window)| format!("`{max}` in `{window}`"));
    let written = of_fields.or_else(|| Some(format!("`{}`", text(limit)?)));
    let instead = written.map_or(String::new(), |written| format!(" instead of {written}"));
    format!(
        "write it as {form}; the windows are `minute`, `hour` and `day`, so choose one and how many calls may pass in it{instead}"
    )
}

/// The entry that denies every call.
pub fn deny_rule(dialect: Dialect, holder: Holder<'_>, message: Option<&str>) -> Draft {
    let mut fields = match dialect {
        Dialect::V1 => vec![("conditions".to_owned(), Draft::List(Vec::new()))],
        _ => vec![
            ("name".to_owned(), Draft::Text(format!("{} denied", holder.name()))),
            ("action".to_owned(), "deny".into()),
        ],
    };
    fields.extend(message.map(|message| ("on_deny".to_owned(), message.into())));
    Draft::Object(fields)
}

/// The entry that lets so many calls pass in a window.
pub fn limit_rule(dialect: Dialect, holder: Holder<'_>, max: i64, window: Window) -> Draft {
    match dialect {
        Dialect::V1 => Draft::object([
            ("counter", Draft::Text(format!("{}_rate", holder.name()))),
            ("window", window.name().into()),
            ("max", Draft::Number(max)),
            ("scope", "grant".into()),
        ]),
        _ => Draft::object([
            ("name", Draft::Text(format!("{} rate limit", holder.name()))),
            ("rate_limit", Draft::Text(format!("{max}/{window}"))),
        ]),
    }
}

/// A limit as older pages write it: `{"max": 10, "window": 60}` with the window in seconds or by
/// name, or text such as `10/minute`; numbers may be written as text. None where no whole number of
/// calls in a window that exists is said, because what was meant is then a choice.
pub fn rate_limit(node: &Node) -> Option<(i64, Window)> {
    let text = |node: &Node| Some(node.scalar()?.text.to_string());
    let (max, window) = match &node.kind {
        Kind::Map(map) if map.entries().len() == 2 => {
            (text(node.get("max")?)?, text(node.get("window")?)?)
        }
        Kind::Scalar(scalar) => {
            let (max, window) =
                scalar.text.split_once('/').or_else(|| scalar.text.split_once(" per "))?;
            (max.to_owned(), window.to_owned())
        }
        _ => return None,
    };
    Some((whole(&max)?, Window::meant(&window)?))
}

/// The same where `max` and `window` stand in a rule of Intercept themselves, beside nothing else that
/// decides.
pub fn bare_limit(rule: &Node) -> Option<(i64, Window)> {
    let known = ["name", "on_deny", "reason", "max", "window"];
    let is_known = rule.entries().iter().all(|entry| known.contains(&&*entry.key.text));
    let text = |field: &str| Some(&*rule.get(field)?.scalar()?.text);
    is_known.then_some(())?;
    Some((whole(text("max")?)?, Window::meant(text("window")?)?))
}

/// Whether a rule has the fields of a limit itself, and nothing that Intercept reads beside them.
pub(super) fn is_bare_limit(rule: &Node) -> bool {
    let has = |field: &&str| rule.get(field).is_some();
    let denies = rule.get("action").and_then(Node::as_str) == Some("deny");
    let is_read = denies || ["conditions", "state", "rate_limit"].iter().any(has);
    ["max", "window"].iter().all(has) && !is_read
}

/// The positive whole number that a text is: `10`, `10.0`. One with a zero before it is none, because it
/// may be meant as octal, nor is one with three behind the point, which may be a thousand.
pub fn whole(text: &str) -> Option<i64> {
    /// Beyond this not every number is told from the next one.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let text = text.trim();
    let number: f64 = text.parse().ok()?;
    let is_group = |(_, behind): (&str, &str)| behind.len() == 3;
    let plain = !text.starts_with(['0', '+', '-']) && !text.split_once('.').is_some_and(is_group);
    (plain && number.fract() == 0.0 && (1.0..=EXACT).contains(&number)).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Document;

    fn read(value: &str) -> Option<(i64, Window)> {
        let text = format!("{{\"rate_limit\": {value}}}");
        let document = Document::read("a.json", text.into_bytes());
        rate_limit(document.root.as_ref()?.get("rate_limit")?)
    }

    #[test]
    fn limits_of_older_pages_are_read_in_all_their_clothes() {
        for value in [
            r#"{"max": 10, "window": 60}"#,
            r#"{"window": "60", "max": "10"}"#,
            r#"{"max": 10.0, "window": 60.0}"#,
            r#"{"max": 10, "window": "minute"}"#,
            r#"{"max": 10, "window": "60s"}"#,
            r#"{"max": 10, "window": "1m"}"#,
            r#""10/minute""#,
            r#""10/min""#,
            r#""10 / minutes""#,
            r#""10 per minute""#,
            r#""10/60""#,
        ] {
            assert_eq!(read(value), Some((10, Window::Minute)), "{value}");
        }
        assert_eq!(read(r#"{"max": 5, "window": 3600}"#), Some((5, Window::Hour)));
        assert_eq!(read(r#""5/24h""#), Some((5, Window::Day)));
    }

    #[test]
    fn what_leaves_a_choice_is_not_read() {
        for value in [
            r#"{"max": 10, "window": 30}"#,
            r#"{"max": 10, "window": "45s"}"#,
            r#"{"max": 10, "window": "week"}"#,
            r#"{"max": 10, "window": "30 minutes"}"#,
            r#"{"max": 10}"#,
            r#"{"max": 0, "window": 60}"#,
            r#"{"max": -1, "window": 60}"#,
            r#"{"max": 1.5, "window": 60}"#,
            r#"{"max": "010", "window": 60}"#,
            r#"{"max": "1.000", "window": 60}"#,
            r#"{"max": 10, "window": 60, "burst": 5}"#,
            r#""10/week""#,
            r#""10""#,
            "10",
            "[10, 60]",
            "null",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
