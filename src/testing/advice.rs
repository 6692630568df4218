//! What to do about what the schema of test files does not allow, in the words of whoever writes one.

use crate::assertion::Misplaced;
use crate::source::{Place, Violation, ViolationKind};

/// Words that people write for values of the schema.
const MEANT: [(&str, &str); 22] = [
    ("allowed", "allow"),
    ("pass", "allow"),
    ("passes", "allow"),
    ("permit", "allow"),
    ("block", "deny"),
    ("blocked", "deny"),
    ("denied", "deny"),
    ("refuse", "deny"),
    ("limit", "throttle"),
    ("limited", "throttle"),
    ("rate_limit", "throttle"),
    ("rate_limited", "throttle"),
    ("throttled", "throttle"),
    ("confirm", "ask"),
    ("unknown", "indeterminate"),
    (">", "gt"),
    (">=", "gte"),
    ("<", "lt"),
    ("<=", "lte"),
    ("==", "eq"),
    ("=", "eq"),
    ("!=", "neq"),
];

/// The fields of a call that stand in a case or a step by mistake.
const OF_CALL: [&str; 10] = [
    "tool",
    "args",
    "args_keys",
    "args_missing",
    "server",
    "grant",
    "session",
    "cwd",
    "mode",
    "like",
];

/// A violation of the schema with what to do about it.
pub(super) fn advised(Violation { kind, place }: Violation) -> Misplaced {
    let advice = advice(&kind, &place);
    let kind = with_meant(kind, advice.is_some());
    let help = advice.or_else(|| kind.help());
    Misplaced { message: kind.to_string(), help, place }
}

fn advice(kind: &ViolationKind, place: &Place) -> Option<String> {
    let of_cases = place.pointer.as_str().starts_with("/cases/");
    Some(match kind {
        ViolationKind::UnknownField { field, .. } if of_cases && OF_CALL.contains(&&**field) => {
            "put it into `call: {…}`".to_owned()
        }
        ViolationKind::UnknownField { field, .. } if of_cases && field == "after" => {
            "write `at`, counted from the start of the case".to_owned()
        }
        ViolationKind::BadForm { found, pattern } if pattern.starts_with("^args") => {
            format!("write `args.{found}`")
        }
        _ => return None,
    })
}

/// The same with the value that is meant; of what advice is given for no other name is meant.
fn with_meant(kind: ViolationKind, is_advised: bool) -> ViolationKind {
    match kind {
        ViolationKind::NotAllowed { found, allowed, nearest } => {
            let word = found.trim_matches(['"', '`']).to_lowercase();
            let is_meant = |(written, meant): &&(&str, &str)| {
                *written == word && allowed.iter().any(|one| one == meant)
            };
            let meant = MEANT.iter().find(is_meant).map(|(_, meant)| (*meant).to_owned());
            ViolationKind::NotAllowed { found, allowed, nearest: meant.or(nearest) }
        }
        ViolationKind::UnknownField { field, allowed, .. } if is_advised => {
            ViolationKind::UnknownField { field, allowed, nearest: None }
        }
        kind => kind,
    }
}
