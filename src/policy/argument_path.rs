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

/// The path of the argument that a path that leads nowhere is about: one without `args.` before it, or
/// with a slip in it (`Args.base`). None where it may be about something else.
pub fn argument_path(path: &str) -> Option<String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    path.split('.').all(is_name).then_some(())?;
    let (root, rest) = path.split_once('.').map_or((path, None), |(root, rest)| (root, Some(rest)));
    match (slip(root, ["args"]), rest) {
        (Some(_), rest) => rest.map(|rest| format!("args.{rest}")),
        (None, _) if ROOTS.iter().any(|known| known.eq_ignore_ascii_case(root)) => None,
        (None, _) => Some(format!("args.{path}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_an_argument_gets_its_root() {
        for (path, meant) in [
            ("base", "args.base"),
            ("base.ref", "args.base.ref"),
            ("Args.base", "args.base"),
            ("arg.base", "args.base"),
            ("agrs.base.ref", "args.base.ref"),
        ] {
            assert_eq!(argument_path(path).as_deref(), Some(meant), "{path}");
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
            "",
        ] {
            assert_eq!(argument_path(path), None, "{path}");
        }
    }
}
