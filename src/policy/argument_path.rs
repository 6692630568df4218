//! Paths of arguments as they are meant where they are written otherwise.

use crate::source::slip;

/// What other languages call the call, or what stands around it; a path below it may be about anything.
const ROOTS: [&str; 17] = [
    "arguments",
    "argument",
    "params",
    "param",
    "parameters",
    "input",
    "inputs",
    "tool",
    "grant",
    "state",
    "request",
    "context",
    "ctx",
    "body",
    "payload",
    "kwargs",
    "call",
];

/// The path of an argument as it was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentPath {
    /// The path, such as `args.base`.
    pub path: String,
    /// Whether nothing else can be meant. What has a root of its own, such as `session.user`, may be
    /// about something beside the arguments.
    pub is_plain: bool,
}

/// The path of the argument that a path that leads nowhere is about: one without `args.` before it, or
/// with a slip in it (`Args.base`). None where it says itself that it is about something else.
pub fn argument_path(path: &str) -> Option<ArgumentPath> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    path.split('.').all(is_name).then_some(())?;
    let (root, rest) = path.split_once('.').map_or((path, None), |(root, rest)| (root, Some(rest)));
    let is_inside = || path.split('.').any(|name| slip(name, ["args"]).is_some());
    match (slip(root, ["args"]), rest) {
        (Some(_), rest) => {
            rest.map(|rest| ArgumentPath { path: format!("args.{rest}"), is_plain: true })
        }
        (None, _) if ROOTS.iter().any(|known| known.eq_ignore_ascii_case(root)) => None,
        (None, _) if is_inside() => None,
        (None, rest) => {
            Some(ArgumentPath { path: format!("args.{path}"), is_plain: rest.is_none() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_an_argument_gets_its_root() {
        for (path, meant, is_plain) in [
            ("base", "args.base", true),
            ("base.ref", "args.base.ref", false),
            ("session.user", "args.session.user", false),
            ("env.HOME", "args.env.HOME", false),
            ("Args.base", "args.base", true),
            ("arg.base", "args.base", true),
            ("agrs.base.ref", "args.base.ref", true),
        ] {
            let meant = ArgumentPath { path: meant.to_owned(), is_plain };
            assert_eq!(argument_path(path), Some(meant), "{path}");
        }
        for path in [
            "arguments.base",
            "params.base",
            "Input.base",
            "args",
            "arg",
            "ARGS",
            "tool.name",
            "grant.id",
            "state.x",
            "request.body",
            "ctx.user",
            "context",
            "body",
            "payload.a",
            "parameters.a",
            "$",
            "$.base",
            "base[0]",
            "a..b",
            "user.args.x",
            "tools.call.args",
            "",
        ] {
            assert_eq!(argument_path(path), None, "{path}");
        }
    }
}
