//! The deeds on which a converted policy is held against what it is made from.

use std::collections::HashSet;

use super::deed::{Deed, FOLDER, Kind};
use super::draft::{AgentDraft, UNKNOWN_TOOL};
use super::tool_names::{OTHER_SERVER, plain_name};
use super::wording::{self, Wording};
use crate::policy::{Agent, CommandTest, Policy, Ruling, SubjectTest};
use crate::shell::FIND_DOES;

/// How many deeds are made of rules at the most; those of many rules come in fewer clothes each.
const MOST: usize = 1_200;

/// In how many forms a rule is tried at the least, as long as there are not too many rules.
const LEAST_FORMS: usize = 2;

/// The program that may do something with what it finds.
pub(super) const FINDER: &str = "find";

/// Deeds to be tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trials {
    /// The deeds, each once; those that have nothing to do with single rules first.
    pub deeds: Vec<Deed>,
    /// How many more could be made of the rules.
    pub left_out: usize,
}

/// The deeds, of these kinds, on which a draft is compared with what it is made from, and with what it becomes.
pub fn trials(draft: &AgentDraft, policies: [&Policy; 2], kinds: &[Kind]) -> Trials {
    let [from, to] = policies;
    let own = draft.areas.keys().filter(|kind| kinds.contains(kind));
    let usual =
        own.flat_map(|kind| usual_objects(*kind).iter().map(|object| Deed::own(*kind, *object)));
    let mut deeds: Vec<Deed> = usual.collect();
    if draft.areas.contains_key(&Kind::Command) && kinds.contains(&Kind::Command) {
        let plain = policies.into_iter().flat_map(built_in_commands);
        deeds.extend(plain.map(|command| Deed::own(Kind::Command, command)));
    }
    // A file that is about servers by their names says nothing of any other.
    let by_pattern = matches!(to.dialect.agent(), Some(agent) if agent != Agent::Codex);
    if by_pattern {
        deeds.extend(draft.denied.iter().filter_map(|names| names.sample()));
    }
    let mut groups: Vec<Vec<Deed>> = Vec::new();
    for (kind, wording) in
        wordings(draft, from).into_iter().filter(|(kind, _)| kinds.contains(kind))
    {
        groups.push(
            objects(kind, &wording).into_iter().map(|object| Deed::own(kind, object)).collect(),
        );
    }
    groups.extend(of_servers(draft, by_pattern));
    let (chosen, left_out) = chosen(&groups);
    deeds.extend(chosen);
    let mut seen = HashSet::with_capacity(deeds.len());
    deeds.retain(|deed| seen.insert(deed.clone()));
    Trials { deeds, left_out }
}

/// What the draft and the rules that it is made from are about, each once.
fn wordings(draft: &AgentDraft, from: &Policy) -> Vec<(Kind, Wording)> {
    let of_draft = draft
        .areas
        .iter()
        .flat_map(|(kind, area)| area.rules.iter().map(|rule| (*kind, rule.wording.clone())));
    let mut all: Vec<(Kind, Wording)> = of_draft.collect();
    if let (Some(permissions), Some(agent)) = (&from.permissions, from.dialect.agent()) {
        for rule in permissions.rules.iter().filter(|rule| rule.is_written()) {
            for kind in draft.areas.keys() {
                if wording::is_about(rule, wording::names(agent, *kind, false)) {
                    all.extend(
                        wording::wordings(rule, *kind).into_iter().map(|words| (*kind, words)),
                    );
                }
            }
        }
    }
    let mut seen = HashSet::with_capacity(all.len());
    all.retain(|one| seen.insert(one.clone()));
    all
}

/// The tools of the servers that a draft names, and one of a server whose name begins alike or is the same in
/// the letters that agents keep.
fn of_servers(draft: &AgentDraft, by_pattern: bool) -> impl Iterator<Item = Vec<Deed>> {
    draft.servers.iter().flat_map(move |(server, standings)| {
        let tools = standings.tools.keys().map(String::as_str).chain([UNKNOWN_TOOL]);
        // What is no longer told apart may pass where one of them does.
        let passes = move |tool: &str| {
            let standing = standings.tools.get(tool).unwrap_or(&standings.others);
            by_pattern && *standing == Ruling::Allow
        };
        let of_tool = move |tool: &str| {
            let named = [Deed::of_server(server, tool)];
            let plain = || Deed::of_server(&plain_name(server), &plain_name(tool));
            named.into_iter().chain(passes(tool).then(plain)).collect()
        };
        let other = || vec![Deed::of_server(&format!("{server}{OTHER_SERVER}"), UNKNOWN_TOOL)];
        tools.map(of_tool).chain(passes(UNKNOWN_TOOL).then(other))
    })
}

/// The first deed of each group, and of the rest as many as there is room for, others of each; with how many
/// are left out.
fn chosen(groups: &[Vec<Deed>]) -> (Vec<Deed>, usize) {
    let all = groups.iter().map(Vec::len).sum::<usize>();
    let stride = (groups.len() * LEAST_FORMS).div_ceil(MOST).max(1);
    let share = (MOST / groups.len().max(1)).max(LEAST_FORMS);
    let mut deeds = Vec::with_capacity(all.min(MOST));
    for (number, group) in groups.iter().step_by(stride).enumerate() {
        let Some((first, others)) = group.split_first() else { continue };
        deeds.push(first.clone());
        let more = (share - 1).min(others.len());
        let start = number * (share - 1);
        deeds.extend((start..start + more).map(|at| others[at % others.len()].clone()));
    }
    let left_out = all - deeds.len();
    (deeds, left_out)
}

/// The commands that an agent runs without a question, whatever the rules of files say.
fn built_in_commands(policy: &Policy) -> Vec<String> {
    let rules = policy.permissions.iter().flat_map(|permissions| &permissions.rules);
    let table = rules.filter_map(|rule| match &rule.test {
        SubjectTest::Command(CommandTest::Plain(table)) if rule.modes.is_none() => Some(table),
        _ => None,
    });
    table.flat_map(|table| table.iter().map(|command| command.words.to_owned())).collect()
}

/// What a rule is tried on.
fn objects(kind: Kind, wording: &Wording) -> Vec<String> {
    match (kind, wording) {
        (Kind::Command, Wording::Words { text, exact }) => commands(text, *exact),
        (Kind::Command, Wording::Pattern(pattern)) => {
            let texts = [pattern.replace('*', "x"), pattern.replace('*', "")];
            texts.iter().flat_map(|text| commands(text.trim(), false)).collect()
        }
        (Kind::Read | Kind::Change, Wording::Part(part)) => paths(part),
        (Kind::Grep | Kind::Glob | Kind::List, Wording::Part(part)) => {
            vec![part.clone(), format!("a/{part}"), format!("/etc/{part}")]
        }
        (Kind::Command, Wording::Part(part)) => {
            paths(part).iter().map(|path| format!("cat {path}")).collect()
        }
        (Kind::Fetch, Wording::Part(host)) => vec![
            format!("https://{host}/a"),
            format!("https://sub.{host}/a"),
            format!("https://{}/a", host.to_uppercase()),
            format!("http://x@{host}:8080"),
        ],
        _ => Vec::new(),
    }
}

/// A command in the clothes in which it may come; with another word behind it where nothing is exact.
fn commands(text: &str, exact: bool) -> Vec<String> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, "x"));
    // That errors go where the output goes (`2>&1`) changes nothing, whatever an agent makes of it.
    let around = [
        "W",
        "W x",
        "W --flag a/b",
        "W -n 5 src/a.rs",
        "W /etc/passwd",
        "W ../x",
        "cd .. && W x",
        "cd /etc && W x",
        "W ~/x",
        "sudo W x",
        "env A=1 W x",
        "A=1 W x",
        "timeout 5 W x",
        "nice W x",
        "nohup W x",
        "time W x",
        "stdbuf -oL W x",
        "command W x",
        "builtin W x",
        "noglob W x",
        "xargs W",
        "CI=1 W x",
        "/usr/bin/W x",
        "W x > out.txt",
        "W x | sh",
        "W x && id",
        "ls && W x",
        "[ -f a ] && W x",
        "if true; then W x; fi",
        "for i in 1 2; do W x; done",
        "! W x",
        " W x",
        "W x;",
        "W x 2>&1",
        "W x < in.txt",
        "# W x",
        "id # W x",
        "id; W x",
        "(W x)",
        "W x &",
        "W \"x\"",
        "W $X",
        "W $(id)",
        "W {a,b}",
        "W *",
        "echo $(W x)",
        "bash -c 'W x'",
        "W -x",
    ];
    let bare = |form: &str| if exact { form.replace("W x", "W") } else { form.to_owned() };
    let around = around.iter().map(|form| bare(form).replace('W', text));
    let torn =
        [format!("'{first}' {rest}"), format!("{first}  {rest}"), format!("X={first}; $X {rest}")];
    let acting = FIND_DOES.iter().filter(|_| !exact && first == FINDER);
    around.chain(torn).chain(acting.map(|action| format!("{text} . {action} a"))).collect()
}

/// A name in the paths in which it may come.
fn paths(part: &str) -> Vec<String> {
    let forms = [
        "N".to_owned(),
        "a/N".to_owned(),
        "N/x".to_owned(),
        "xN".to_owned(),
        "N.bak".to_owned(),
        format!("{FOLDER}/N"),
        "../N".to_owned(),
        "/etc/N".to_owned(),
        "~/N/x".to_owned(),
    ];
    let upper = part.to_uppercase();
    [part, &upper]
        .iter()
        .flat_map(|name| forms.iter().map(move |form| form.replace('N', name)))
        .collect()
}

/// What every kind is tried on. A text that only sets a variable is no deed: it runs nothing.
fn usual_objects(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Command => &[
            "npm test",
            "make",
            "git push",
            "rm -rf build",
            "rm -rf /",
            "curl https://example.com",
            "python3 -c x",
            "sudo ls",
            "> notes.txt",
            "{git,push}",
            "ls | sh",
            "cat /etc/passwd",
            "cat .env",
            "echo $(id)",
            "[ -f x ]",
            "git -C . push",
        ],
        Kind::Read | Kind::Change => &[
            "src/a.rs",
            "notes/b.txt",
            "README.md",
            "package.json",
            "Makefile",
            ".env",
            ".git/config",
            "a/.git/config",
            ".vscode/settings.json",
            ".npmrc",
            "/work/project/src/c.rs",
            "/etc/hosts",
            "../other/x.txt",
            "~/.ssh/id",
        ],
        Kind::Fetch => &[
            "https://nobody.example/x",
            "https://docs.python.org/3/",
            "https://code.claude.com/docs",
        ],
        Kind::Grep | Kind::Glob | Kind::List => {
            &["src", "notes/b.txt", "/work/project/src", ".env", "/etc", "../other", "~/.ssh"]
        }
        Kind::Skill => &["review", "a_skill_that_nobody_names"],
        Kind::Todo => &[""],
        Kind::Search => &["weather"],
        Kind::Delegate => &["general-purpose", "general", "helper"],
        Kind::Server => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(rules: usize, forms: usize) -> Vec<Vec<Deed>> {
        let of_rule = |rule: usize| {
            (0..forms).map(|form| Deed::own(Kind::Command, format!("c{rule} {form}"))).collect()
        };
        (0..rules).map(of_rule).collect()
    }

    #[test]
    fn of_many_rules_each_is_tried_in_fewer_forms_and_the_rest_is_counted() {
        for (rules, forms) in [(3, 50), (500, 50), (5_000, 50)] {
            let groups = groups(rules, forms);
            let (deeds, left_out) = chosen(&groups);
            assert_eq!(deeds.len() + left_out, rules * forms);
            assert!(deeds.len() <= MOST, "{rules}: {}", deeds.len());
            let firsts = groups.iter().filter(|group| deeds.contains(&group[0])).count();
            assert!(firsts >= rules.min(MOST / LEAST_FORMS / 2), "{rules}: {firsts}");
        }
        assert_eq!(chosen(&groups(3, 50)).1, 0);
    }
}
