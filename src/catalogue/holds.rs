//! What an argument holds: a path, an address, a statement, a command.
//!
//! The name of an argument speaks first, then its schema, what its description says, and the company it
//! keeps: the words of its tool and of the arguments beside it. Everything that speaks for one thing is
//! added up; the thing that most speaks for wins. A person's word in a record is certain.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::category::{Category, Vocabulary};
use super::name::split;
use super::record::{ArgumentType, Tool};
use super::signals::takes_credential;
use super::words;

/// What an argument may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// A path in a file system.
    Path,
    /// An address with its scheme.
    Url,
    /// The name or the number of a host.
    Host,
    /// A statement in SQL or another query language that can write.
    Sql,
    /// A command line for a shell or a program.
    Command,
    /// A program or a part of one.
    Code,
    /// A branch or another reference of a repository.
    Branch,
    /// An e-mail address.
    Email,
    /// A sum of money, or a number of what is worth money.
    Amount,
    /// A kind of Kubernetes objects.
    Kind,
    /// The choice of what a tool does.
    Method,
    /// Text for people.
    Text,
    /// A secret.
    Secret,
}

impl Vocabulary for Holds {
    const ALL: &'static [Holds] = &[
        Holds::Path,
        Holds::Url,
        Holds::Host,
        Holds::Sql,
        Holds::Command,
        Holds::Code,
        Holds::Branch,
        Holds::Email,
        Holds::Amount,
        Holds::Kind,
        Holds::Method,
        Holds::Text,
        Holds::Secret,
    ];

    fn word(self) -> &'static str {
        match self {
            Holds::Path => "path",
            Holds::Url => "url",
            Holds::Host => "host",
            Holds::Sql => "sql",
            Holds::Command => "command",
            Holds::Code => "code",
            Holds::Branch => "branch",
            Holds::Email => "email",
            Holds::Amount => "amount",
            Holds::Kind => "kind",
            Holds::Method => "method",
            Holds::Text => "text",
            Holds::Secret => "secret",
        }
    }
}

impl Holds {
    /// Whether whoever chooses the value chooses what is run.
    pub fn is_run(self) -> bool {
        matches!(self, Holds::Sql | Holds::Command | Holds::Code)
    }
}

/// What an argument was taken to hold, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub struct Held {
    /// What it holds.
    pub what: Holds,
    /// How sure that is: 1 when a person said so.
    pub confidence: f64,
    /// What spoke for it.
    pub evidence: Vec<String>,
}

/// The arguments of a tool by name, objects within them by dots, with what they hold.
pub type HeldArguments = BTreeMap<String, Held>;

/// How a record says it: one word where a person decided.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Word(Holds),
    Guess { what: Holds, confidence: f64, evidence: Vec<String> },
}

impl From<Said> for Held {
    fn from(said: Said) -> Held {
        match said {
            Said::Word(what) => Held::said(what),
            Said::Guess { what, confidence, evidence } => Held { what, confidence, evidence },
        }
    }
}

impl From<Held> for Said {
    fn from(held: Held) -> Said {
        match held {
            Held { what, confidence, evidence } if confidence < 1.0 => {
                Said::Guess { what, confidence, evidence }
            }
            Held { what, .. } => Said::Word(what),
        }
    }
}

impl Held {
    /// What a person says that an argument holds.
    pub fn said(what: Holds) -> Held {
        Held { what, confidence: 1.0, evidence: Vec::new() }
    }

    /// Whether it is more than a suspicion.
    pub fn is_fair(&self) -> bool {
        self.confidence >= 0.5
    }
}

/// How much a name says: it can hardly mean anything else, it mostly means this, it may mean this.
const PLAIN: f64 = 0.85;
const LIKELY: f64 = 0.6;
const HINT: f64 = 0.3;

/// What the last word of an argument's name speaks for.
const NAMES: [(Holds, f64, &str); 23] = [
    (
        Holds::Path,
        PLAIN,
        "path paths filepath filepaths filename filenames dir directory directories folder folders cwd
         workdir pathname dirname",
    ),
    (Holds::Path, LIKELY, "file files workspace"),
    (Holds::Url, PLAIN, "url urls uri uris href website homepage"),
    (Holds::Url, LIKELY, "link links webhook endpoint"),
    (Holds::Host, PLAIN, "host hosts hostname hostnames fqdn"),
    (Holds::Host, LIKELY, "domain domains ip"),
    (Holds::Sql, PLAIN, "sql cypher"),
    (Holds::Sql, HINT, "statement statements query queries"),
    (Holds::Command, PLAIN, "command commands cmd shell cmdline commandline"),
    (Holds::Command, HINT, "args argv"),
    (Holds::Code, PLAIN, "javascript python script sourcecode snippet"),
    (Holds::Code, LIKELY, "expression program pipeline"),
    (Holds::Code, HINT, "code function"),
    (Holds::Branch, PLAIN, "branch branches"),
    (Holds::Branch, HINT, "ref base head revision"),
    (Holds::Email, PLAIN, "email emails mail cc bcc"),
    (Holds::Email, HINT, "to recipient recipients addresses"),
    (Holds::Amount, PLAIN, "amount amounts"),
    (Holds::Amount, HINT, "price total sum cost qty quantity notional value"),
    (Holds::Kind, HINT, "kind resource resources type"),
    (Holds::Method, HINT, "method action operation op verb mode"),
    (
        Holds::Text,
        LIKELY,
        "text body content contents message description comment title subject prompt note notes summary",
    ),
    (Holds::Secret, HINT, "pin otp"),
];

/// Names of two words, the last ones.
const PAIRS: [(Holds, f64, &str); 7] = [
    (Holds::Kind, LIKELY, "resource type"),
    (Holds::Kind, LIKELY, "object kind"),
    (Holds::Code, PLAIN, "source code"),
    (Holds::Code, PLAIN, "python code"),
    (Holds::Sql, LIKELY, "sql query"),
    (Holds::Email, PLAIN, "email address"),
    (Holds::Host, LIKELY, "server name"),
];

/// What the company of an argument adds to what its name may mean.
const COMPANY: [(Holds, f64, &str); 8] = [
    (
        Holds::Sql,
        0.5,
        "sql database postgres postgresql mysql sqlite mariadb duckdb clickhouse snowflake bigquery
         redshift cypher table tables select",
    ),
    (Holds::Path, 0.25, "file files directory folder filesystem"),
    (Holds::Branch, 0.4, "branch branches git repo repository pullrequest commit github gitlab"),
    (Holds::Email, 0.4, "mail email emails subject cc bcc inbox message recipient"),
    (Holds::Kind, 0.5, "kubernetes k8s kubectl namespace pod pods cluster helm"),
    (
        Holds::Code,
        0.4,
        "run runs execute executes evaluate evaluates eval script javascript python",
    ),
    (Holds::Command, 0.4, "shell bash terminal exec run runs execute executes command"),
    (
        Holds::Amount,
        0.4,
        "payment payments refund charge transfer invoice order trade buy sell pay payout currency",
    ),
];

/// What a schema's `format` speaks for.
const FORMATS: [(&str, Holds); 10] = [
    ("uri", Holds::Url),
    ("url", Holds::Url),
    ("iri", Holds::Url),
    ("hostname", Holds::Host),
    ("idn-hostname", Holds::Host),
    ("ipv4", Holds::Host),
    ("ipv6", Holds::Host),
    ("email", Holds::Email),
    ("idn-email", Holds::Email),
    ("password", Holds::Secret),
];

/// What an argument's description speaks for, the most telling first.
const PHRASES: [(Holds, f64, &str); 26] = [
    (Holds::Sql, 0.6, "sql"),
    (Holds::Command, 0.6, "shell command"),
    (Holds::Command, 0.5, "command line"),
    (Holds::Command, 0.5, "command to "),
    (Holds::Code, 0.6, "javascript"),
    (Holds::Code, 0.6, "python code"),
    (Holds::Code, 0.6, "code to "),
    (Holds::Code, 0.5, "source code"),
    (Holds::Code, 0.5, "code snippet"),
    (Holds::Path, 0.5, "file path"),
    (Holds::Path, 0.5, "path to"),
    (Holds::Path, 0.5, "path of"),
    (Holds::Path, 0.5, "absolute path"),
    (Holds::Path, 0.4, "directory"),
    (Holds::Url, 0.5, "url"),
    (Holds::Url, 0.4, "http://"),
    (Holds::Url, 0.4, "https://"),
    (Holds::Host, 0.4, "hostname"),
    (Holds::Host, 0.4, "host name"),
    (Holds::Host, 0.4, "ip address"),
    (Holds::Branch, 0.4, "branch"),
    (Holds::Email, 0.5, "email address"),
    (Holds::Email, 0.5, "e-mail address"),
    (Holds::Kind, 0.4, "kubernetes resource"),
    (Holds::Amount, 0.4, "amount of"),
    (Holds::Amount, 0.4, "in cents"),
];

/// Names that end in a word of [`NAMES`] and mean something else: an id of a file, a type of a body.
const ELSEWHERE: &str = "id ids count size format encoding extension mode kind status length limit";

/// An argument as it is looked at.
pub(super) struct Argument<'a> {
    /// Its name; of one inside an object the innermost.
    pub name: &'a str,
    /// Its type, if that is known.
    pub kind: Option<ArgumentType>,
    /// Its schema, if that is known.
    pub schema: Option<&'a Value>,
}

/// A table of words, by word.
type Words = HashMap<&'static str, Vec<(Holds, f64)>>;

static BY_NAME: LazyLock<Words> = LazyLock::new(|| by_word(&NAMES));
static BY_COMPANY: LazyLock<Words> = LazyLock::new(|| by_word(&COMPANY));

fn by_word(table: &[(Holds, f64, &'static str)]) -> Words {
    let mut words = Words::new();
    for (what, weight, listed) in table {
        for word in listed.split_ascii_whitespace() {
            words.entry(word).or_default().push((*what, *weight));
        }
    }
    words
}

fn senses(table: &'static Words, word: &str) -> &'static [(Holds, f64)] {
    table.get(word).map_or(&[], Vec::as_slice)
}

/// What is around an argument adds to what it may hold: the words of its tool, of what that says of
/// itself, and of the arguments beside it.
#[derive(Debug, Default)]
pub(super) struct Company(BTreeMap<Holds, (f64, String)>);

impl Company {
    /// The company of the arguments of a tool.
    pub fn of_tool(tool: &Tool, description: Option<&str>) -> Company {
        let mut company = Company::default();
        let names = tool.arguments.iter().flatten().map(|(name, _)| &**name);
        for word in names.chain([&*tool.name]).chain(description).flat_map(split) {
            for (what, weight) in senses(&BY_COMPANY, &word) {
                company.0.entry(*what).or_insert_with(|| (*weight, word.clone()));
            }
        }
        company
    }
}

/// What speaks for each thing that an argument may hold.
#[derive(Default)]
struct Scale(BTreeMap<Holds, (f64, Vec<String>)>);

impl Scale {
    fn add(&mut self, what: Holds, weight: f64, evidence: String) {
        let entry = self.0.entry(what).or_default();
        entry.0 += weight;
        entry.1.push(evidence);
    }

    /// The greatest confidence of a guess; only a person's word is certain.
    fn heaviest(self) -> Option<Held> {
        const MOST: f64 = 0.95;
        let heaviest = self.0.into_iter().max_by(|one, other| one.1.0.total_cmp(&other.1.0))?;
        let (what, (weight, evidence)) = heaviest;
        Some(Held { what, confidence: weight.min(MOST), evidence })
    }
}

/// What the arguments of a tool seem to hold, those within objects by dots, as far as it is more than a
/// suspicion. `schema` is the one that the server announces, with its descriptions.
pub(super) fn of_tool(
    tool: &Tool,
    description: Option<&str>,
    schema: Option<&Value>,
) -> HeldArguments {
    /// How deep arguments are looked for in others.
    const DEPTH: usize = 3;
    let company = Company::of_tool(tool, description);
    let mut found = HeldArguments::new();
    if let Some(schema) = schema {
        add_properties(&mut found, schema, "", DEPTH, &|argument| {
            guess(argument, &company, tool.category).filter(Held::is_fair)
        });
    }
    found
}

fn add_properties(
    found: &mut HeldArguments,
    schema: &Value,
    before: &str,
    depth: usize,
    judge: &impl Fn(&Argument<'_>) -> Option<Held>,
) {
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let path = format!("{before}{name}");
        let kind = schema.get("type").and_then(Value::as_str).and_then(ArgumentType::of_word);
        if depth > 1 && schema.get("properties").is_some() {
            add_properties(found, schema, &format!("{path}."), depth - 1, judge);
        }
        if let Some(held) = judge(&Argument { name, kind, schema: Some(schema) }) {
            found.insert(path, held);
        }
    }
}

/// What an argument seems to hold; none where nothing speaks for anything.
pub(super) fn guess(
    argument: &Argument<'_>,
    company: &Company,
    category: Category,
) -> Option<Held> {
    let (kind, schema) = innermost(argument.kind, argument.schema);
    let mut scale = Scale::default();
    match kind {
        Some(ArgumentType::Boolean | ArgumentType::Object) => return None,
        Some(ArgumentType::Number | ArgumentType::Integer) => {
            weigh_name(&mut scale, argument.name);
            scale.0.retain(|what, _| *what == Holds::Amount);
        }
        None | Some(ArgumentType::String | ArgumentType::Array) => {
            weigh_name(&mut scale, argument.name);
            weigh_schema(&mut scale, argument.name, schema);
        }
    }
    for (what, (weight, evidence)) in &mut scale.0 {
        if let Some((more, word)) = company.0.get(what) {
            *weight += more;
            evidence.push(format!("beside: {word}"));
        }
        if *what == Holds::Code && category == Category::Execute {
            *weight += HINT;
        }
    }
    scale.heaviest()
}

/// The type and the schema of an argument, or of the elements of a list.
fn innermost(
    kind: Option<ArgumentType>,
    schema: Option<&Value>,
) -> (Option<ArgumentType>, Option<&Value>) {
    let items = schema.and_then(|schema| schema.get("items"));
    let of_items = || items?.get("type")?.as_str().and_then(ArgumentType::of_word);
    match kind {
        Some(ArgumentType::Array) if items.is_some() => (of_items(), items),
        kind => (kind, schema),
    }
}

fn weigh_name(scale: &mut Scale, name: &str) {
    let words = split(name);
    let Some(last) = words.last() else { return };
    if takes_credential(name) {
        scale.add(Holds::Secret, PLAIN, format!("name: {name}"));
    }
    let is_elsewhere = ELSEWHERE.split_ascii_whitespace().any(|word| word == last);
    if let [.., before, last] = &words[..] {
        let pair = format!("{before} {last}");
        if let Some((what, weight, _)) = PAIRS.iter().find(|(.., names)| *names == pair) {
            scale.add(*what, *weight, format!("name: {pair}"));
        }
    }
    // `repo_path` is a path, and so is `path`; `database_url` an address. Only of what runs something
    // does the first word tell as much: `sql_text`, `command_line`.
    let first = words.first().filter(|_| words.len() > 1);
    if !is_elsewhere || words.len() == 1 {
        for (what, weight) in senses(&BY_NAME, last) {
            scale.add(*what, *weight, format!("name: {last}"));
        }
    }
    for (what, weight) in first.map_or(&[][..], |first| senses(&BY_NAME, first)) {
        let tells = *weight == PLAIN && (what.is_run() || *what == Holds::Branch);
        if tells && !is_elsewhere && !scale.0.contains_key(what) {
            scale.add(*what, *weight, format!("name: {}", words[0]));
        }
    }
}

fn weigh_schema(scale: &mut Scale, name: &str, schema: Option<&Value>) {
    let Some(schema) = schema else { return };
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(format) = text("format")
        && let Some((_, what)) = FORMATS.iter().find(|(known, _)| *known == format)
    {
        scale.add(*what, 0.9, format!("format: {format}"));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        weigh_values(scale, name, values);
    }
    let said = text("description").unwrap_or_default().to_lowercase();
    let mut spoken = HashSet::new();
    for (what, weight, phrase) in PHRASES {
        let already = scale.0.contains_key(&what) || scale.0.is_empty();
        if already && said.contains(phrase) && spoken.insert(what) {
            scale.add(what, weight, format!("description: \"{}\"", phrase.trim_end()));
        }
    }
    // A number that is printed on something, or that a country has.
    const THINGS: [&str; 8] =
        ["number", "printed", "country", "currency", "product", "postal", "characters", "iso"];
    if let Some(code) = scale.0.get_mut(&Holds::Code)
        && THINGS.iter().any(|thing| said.contains(thing))
    {
        code.0 -= LIKELY;
    }
    scale.0.retain(|_, (weight, _)| *weight > 0.0);
}

/// A list of actions to choose from: values of which at least half begin with a verb.
fn weigh_values(scale: &mut Scale, name: &str, values: &[Value]) {
    let verb = |value: &&Value| {
        let words = value.as_str().map(split).unwrap_or_default();
        words.first().is_some_and(|word| words::meaning(word).is_some())
    };
    let verbs = values.iter().filter(verb).count();
    if verbs * 2 >= values.len() && verbs > 0 {
        let named = scale.0.contains_key(&Holds::Method);
        // Sorted by a count or a view is no action.
        let weight = if named || verbs == values.len() && values.len() > 1 { LIKELY } else { HINT };
        scale.add(
            Holds::Method,
            weight,
            format!("values: {verbs} of {} of `{name}` are verbs", values.len()),
        );
    }
}

#[cfg(test)]
mod tests;
