//! A converted policy held against the one that it is made from, deed by deed: it is tightened until it
//! is nowhere milder, and what it is stricter in is told.

use std::collections::{BTreeMap, BTreeSet};

use super::deed::{Deed, FOLDER, Kind};
use super::draft::{AgentDraft, Area, AreaRule, UNKNOWN_TOOL};
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

/// Decides deeds under two policies.
pub fn compare(deeds: &[Deed], from: &Oracle, to: &Oracle) -> Comparison {
    let mut comparison = Comparison::default();
    let mut by_rule: BTreeMap<(Option<String>, String), Difference> = BTreeMap::new();
    for deed in deeds {
        let (Some(old), Some(new)) = (from.verdict(deed), to.verdict(deed)) else { continue };
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
    let mut seen = Vec::with_capacity(deeds.len());
    deeds.retain(|deed| !seen.contains(deed) && (seen.push(deed.clone()), true).1);
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

/// What every kind is tried on.
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
            "A=1",
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

impl AgentDraft {
    /// Makes the draft stricter where deeds showed that what it becomes is milder than what it is made from.
    /// Whether it could be made so.
    pub fn tighten(&mut self, milder: &[Difference]) -> bool {
        let mut is_tighter = false;
        for difference in milder {
            if self.name_command(difference) {
                is_tighter |= self.tighten_by(difference);
            }
        }
        if is_tighter {
            return true;
        }
        // What one change mends may have shown itself in many deeds.
        let mut done = BTreeSet::new();
        for difference in milder {
            if done.insert(difference.deed.kind) {
                is_tighter |= self.tighten_by(difference);
            }
        }
        is_tighter
    }

    /// Whether a deed is a bare command that no rule of the draft lets pass.
    fn name_command(&self, Difference { deed, .. }: &Difference) -> bool {
        let area = self.areas.get(&Kind::Command);
        deed.kind == Kind::Command
            && is_bare(&deed.object)
            && area.is_some_and(|area| !area.rules.iter().any(|rule| rule.lets(&deed.object)))
    }

    fn tighten_by(&mut self, difference: &Difference) -> bool {
        let (deed, wanted) = (&difference.deed, difference.from.strictest);
        if deed.kind == Kind::Server {
            return self.tighten_server(deed, wanted);
        }
        let Some(area) = self.areas.get_mut(&deed.kind) else { return false };
        match deed.kind {
            Kind::Command => area.tighten_commands(&deed.object, wanted),
            _ => area.tighten(wanted),
        }
    }

    fn tighten_server(&mut self, deed: &Deed, wanted: Ruling) -> bool {
        let Some(standings) = self.servers.get_mut(&deed.server) else { return false };
        let standing = match standings.tools.get_mut(&deed.object) {
            Some(standing) => standing,
            None => &mut standings.others,
        };
        let is_milder = *standing < wanted;
        *standing = wanted.max(*standing);
        is_milder
    }
}

/// Whether a command is made of names alone.
fn is_bare(command: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "[-_ ".contains(letter);
    command.chars().all(is_name)
}

/// What stands before words in a command: a program that runs them, or a variable that is set for them.
fn before(command: &str, words: &str) -> Option<Wording> {
    let first = command.split(' ').next().filter(|_| !command.starts_with(words))?;
    if first.contains('=') {
        return Some(Wording::Pattern(format!("*=* {words}*")));
    }
    is_bare(first).then(|| Wording::Words { text: first.to_owned(), exact: false })
}

impl AreaRule {
    /// Whether it may be what lets a command pass.
    fn lets(&self, command: &str) -> bool {
        self.ruling == Ruling::Allow
            && matches!(&self.wording, Wording::Words { text, .. } if command.contains(&**text))
    }
}

impl Area {
    /// Names what stands before a command that a rule lets pass, else takes out the rule; where none does,
    /// names the command, else is stricter on all that no rule names.
    fn tighten_commands(&mut self, command: &str, wanted: Ruling) -> bool {
        let lets = |rule: &&AreaRule| rule.lets(command);
        if let Some(AreaRule { wording: Wording::Words { text, .. }, .. }) =
            self.rules.iter().find(lets)
        {
            let before = before(command, text);
            if before.is_some_and(|named| self.name(named, wanted)) {
                return true;
            }
            self.rules.retain(|rule| !rule.lets(command));
            return true;
        }
        let named = Wording::Words { text: command.to_owned(), exact: false };
        if is_bare(command) && self.name(named, wanted) {
            return true;
        }
        if self.floor < wanted {
            self.floor = wanted;
            return true;
        }
        self.tighten(wanted)
    }

    /// Says what becomes of commands before anything else is said; whether that is new.
    fn name(&mut self, wording: Wording, ruling: Ruling) -> bool {
        let rule = AreaRule { ruling, wording };
        let is_new = !self.rules.contains(&rule);
        if is_new {
            self.rules.insert(0, rule);
        }
        is_new
    }

    fn tighten(&mut self, wanted: Ruling) -> bool {
        let before = self.clone();
        self.rules.retain(|rule| rule.ruling != Ruling::Allow);
        self.inside = self.inside.max(wanted);
        self.floor = self.floor.max(wanted);
        if *self == before {
            // Nothing milder can be said of a part of it.
            (self.inside, self.floor) = (Ruling::Deny, Ruling::Deny);
            self.rules.clear();
        }
        *self != before
    }
}
