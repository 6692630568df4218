//! A converted policy held against the one that it is made from, deed by deed: it is tightened until it
//! is nowhere milder, and what it is stricter in is told.

use std::collections::{BTreeMap, HashSet};

use super::deed::{Deed, FOLDER, Kind};
use super::draft::{AgentDraft, UNKNOWN_TOOL};
use super::oracle::{Oracle, Verdict};
use super::wording::Wording;
use crate::policy::{CommandTest, Policy, Ruling, SubjectTest};

/// A deed of which the two policies make something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The deed.
    pub deed: Deed,
    /// What becomes of it in the policy that was converted.
    pub from: Verdict,
    /// What becomes of it in the result.
    pub to: Ruling,
}

/// How two policies compare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many deeds were decided under both.
    pub deeds: usize,
    /// Those of which the result may let more pass.
    pub milder: Vec<Difference>,
    /// Those of which it lets less pass, one for each rule that decided them: the first.
    pub stricter: Vec<Difference>,
}

/// Decides deeds, of which it is known what becomes of them in the policy that is converted, under the result.
pub fn compare(deeds: &[(Deed, Verdict)], to: &Oracle) -> Comparison {
    let mut comparison = Comparison::default();
    let mut by_rule: BTreeMap<(Option<String>, String), Difference> = BTreeMap::new();
    for (deed, old) in deeds {
        let Some(new) = to.verdict(deed) else { continue };
        comparison.deeds += 1;
        let difference = |to| Difference { deed: deed.clone(), from: old.clone(), to };
        if new.mildest < old.strictest {
            comparison.milder.push(difference(new.mildest));
        } else if new.strictest > old.mildest {
            let rule = if old.place.as_deref().is_some_and(is_of_file) {
                &*old.rule
            } else {
                deed.kind.words()
            };
            let key = (old.place.clone(), rule.to_owned());
            by_rule.entry(key).or_insert_with(|| difference(new.strictest));
        }
    }
    comparison.stricter = by_rule.into_values().collect();
    // Rules of files come first, in their order.
    let is_other =
        |difference: &Difference| !difference.from.place.as_deref().is_some_and(is_of_file);
    comparison.stricter.sort_by_key(is_other);
    comparison
}

/// Whether the place of a rule is in a file, and the rule not one that the agent brings along.
pub fn is_of_file(place: &str) -> bool {
    place != "(built in)"
}

/// The deeds on which a draft is compared with what it is made from, and with what it becomes.
pub fn deeds(draft: &AgentDraft, policies: [&Policy; 2]) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (kind, area) in &draft.areas {
        let of_rules = area.rules.iter().flat_map(|rule| {
            let objects = objects(*kind, &rule.wording).into_iter();
            // A command that may run is the same in quotes, or with more blanks.
            let is_other = |object: &String| !object.starts_with('\'') && !object.contains("  ");
            objects.filter(move |object| rule.ruling != Ruling::Allow || is_other(object))
        });
        let usual = usual_objects(*kind).iter().map(|object| (*object).to_owned());
        deeds.extend(of_rules.chain(usual).map(|object| Deed::own(*kind, object)));
    }
    if draft.areas.contains_key(&Kind::Command) {
        let plain = policies.into_iter().flat_map(built_in_commands);
        deeds.extend(plain.map(|command| Deed::own(Kind::Command, command)));
    }
    for (server, standings) in &draft.servers {
        let tools = standings.tools.keys().map(String::as_str).chain([UNKNOWN_TOOL]);
        deeds.extend(tools.map(|tool| Deed::of_server(server, tool)));
    }
    let mut seen = HashSet::with_capacity(deeds.len());
    deeds.retain(|deed| seen.insert(deed.clone()));
    deeds
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
        (Kind::Command, Wording::Words { text, .. }) => commands(text),
        (Kind::Command, Wording::Pattern(pattern)) => {
            let texts = [pattern.replace('*', "x"), pattern.replace('*', "")];
            texts.iter().flat_map(|text| commands(text.trim())).collect()
        }
        (Kind::Read | Kind::Change, Wording::Part(part)) => paths(part),
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

/// A command in the clothes in which it may come.
fn commands(text: &str) -> Vec<String> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, "x"));
    // That errors go where the output goes (`2>&1`) changes nothing, whatever an agent makes of it.
    let around = [
        "W",
        "W x",
        "W --flag a/b",
        "W -n 5 src/a.rs",
        "W /etc/passwd",
        "W ../x",
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
    let around = around.iter().map(|form| form.replace('W', text));
    let torn =
        [format!("'{first}' {rest}"), format!("{first}  {rest}"), format!("X={first}; $X {rest}")];
    around.chain(torn).collect()
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
        Kind::Search => &["weather"],
        Kind::Delegate => &["general-purpose", "general", "helper"],
        Kind::Server => &[],
    }
}
