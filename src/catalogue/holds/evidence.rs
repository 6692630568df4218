//! What speaks for each thing that an argument may hold: the tables behind the guess.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::catalogue::Holds;

/// How much a name says: it can hardly mean anything else, it mostly means this, it may mean this.
pub(super) const PLAIN: f64 = 0.85;
pub(super) const LIKELY: f64 = 0.6;
pub(super) const HINT: f64 = 0.3;
/// It means this in telling company only.
const FAINT: f64 = 0.1;

/// What the last word of an argument's name speaks for.
const NAMES: [(Holds, f64, &str); 32] = [
    (
        Holds::Path,
        PLAIN,
        "path paths filepath filepaths filename filenames dir directory directories folder folders cwd
         workdir pathname dirname",
    ),
    (Holds::Path, LIKELY, "file files workspace"),
    (Holds::Path, HINT, "source destination location"),
    (Holds::Url, PLAIN, "url urls uri uris href website homepage"),
    (Holds::Url, LIKELY, "link links webhook endpoint"),
    (Holds::Url, HINT, "address page site"),
    (Holds::Host, PLAIN, "host hosts hostname hostnames fqdn"),
    (Holds::Host, LIKELY, "ip"),
    (Holds::Host, HINT, "domain domains server"),
    (Holds::Sql, PLAIN, "sql cypher"),
    (Holds::Sql, HINT, "statement statements stmt query queries q where"),
    (Holds::Command, PLAIN, "command commands cmd shell bash cmdline commandline"),
    (Holds::Command, LIKELY, "cli entrypoint"),
    (Holds::Command, HINT, "args argv exec"),
    (Holds::Command, FAINT, "input"),
    (Holds::Code, PLAIN, "javascript python script sourcecode snippet"),
    (Holds::Code, LIKELY, "expression program pipeline"),
    (Holds::Code, LIKELY, "dockerfile"),
    (Holds::Code, HINT, "code function"),
    (Holds::Branch, PLAIN, "branch branches"),
    (Holds::Branch, HINT, "ref base head revision"),
    (Holds::Email, PLAIN, "email emails mail cc bcc"),
    (Holds::Email, HINT, "to recipient recipients addresses attendees invitees"),
    (Holds::Amount, PLAIN, "amount amounts"),
    (Holds::Amount, LIKELY, "usd eur gbp cents dollars euros"),
    (Holds::Amount, HINT, "price total sum cost qty quantity notional value"),
    (Holds::Kind, HINT, "kind resource resources type"),
    (Holds::Method, HINT, "method action operation op verb mode"),
    (
        Holds::Text,
        LIKELY,
        "text body content contents message description comment title subject prompt note notes summary",
    ),
    (Holds::Secret, LIKELY, "secrets cookies"),
    (Holds::Secret, HINT, "pin otp value"),
    (Holds::Secret, PLAIN, "dsn"),
];

/// Names of two words, the last ones.
pub(super) const PAIRS: [(Holds, f64, &str); 20] = [
    (Holds::Kind, LIKELY, "resource type"),
    (Holds::Kind, LIKELY, "object kind"),
    (Holds::Kind, LIKELY, "resource kind"),
    (Holds::Kind, HINT, "api kind"),
    (Holds::Kind, HINT, "kind name"),
    (Holds::Code, PLAIN, "source code"),
    (Holds::Code, PLAIN, "python code"),
    (Holds::Code, PLAIN, "javascript code"),
    (Holds::Code, PLAIN, "js code"),
    (Holds::Code, PLAIN, "script code"),
    (Holds::Sql, LIKELY, "sql query"),
    (Holds::Sql, HINT, "query text"),
    (Holds::Sql, HINT, "query string"),
    (Holds::Email, PLAIN, "email address"),
    (Holds::Email, HINT, "to address"),
    (Holds::Host, LIKELY, "server name"),
    (Holds::Secret, PLAIN, "connection string"),
    (Holds::Secret, PLAIN, "connection strings"),
    (Holds::Command, LIKELY, "extra args"),
    (Holds::Command, LIKELY, "additional args"),
];

/// What the company of an argument adds to what its name may mean.
const COMPANY: [(Holds, f64, &str); 13] = [
    (
        Holds::Sql,
        0.5,
        "sql database postgres postgresql mysql sqlite mariadb duckdb clickhouse snowflake bigquery
         redshift cypher",
    ),
    (Holds::Sql, 0.15, "table tables select"),
    (Holds::Secret, 0.3, "env secret secrets"),
    (Holds::Path, 0.25, "file files directory folder filesystem"),
    (Holds::Url, 0.4, "web http https browser fetch website"),
    (Holds::Host, 0.4, "dns host hostname http url ping network port ssh"),
    (Holds::Branch, 0.4, "branch branches git repo repository pullrequest commit github gitlab"),
    (Holds::Email, 0.4, "mail email emails subject cc bcc inbox message recipient recipients"),
    (Holds::Kind, 0.5, "kubernetes k8s kubectl namespace pod pods cluster helm"),
    (
        Holds::Code,
        0.4,
        "run runs execute executes evaluate evaluates eval script javascript python",
    ),
    (Holds::Command, 0.4, "shell bash terminal exec"),
    (Holds::Command, 0.3, "run runs execute executes command"),
    (
        Holds::Amount,
        0.4,
        "payment payments refund refunds charge charges transfer invoice order trade buy sell pay payout
         payouts currency purchase deposit withdraw withdrawal",
    ),
];

/// What a schema's `format` speaks for.
pub(super) const FORMATS: [(&str, Holds); 10] = [
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

/// What an argument's description speaks for, whole words of it, the most telling first.
pub(super) const PHRASES: [(Holds, f64, &str); 27] = [
    (Holds::Sql, 0.6, "sql"),
    (Holds::Command, 0.6, "shell command"),
    (Holds::Command, 0.5, "command line"),
    (Holds::Command, 0.5, "command to"),
    (Holds::Code, 0.6, "javascript"),
    (Holds::Code, 0.6, "python code"),
    (Holds::Code, 0.6, "code to"),
    (Holds::Code, 0.5, "source code"),
    (Holds::Code, 0.5, "code snippet"),
    (Holds::Path, 0.5, "file path"),
    (Holds::Path, 0.5, "path to"),
    (Holds::Path, 0.5, "path of"),
    (Holds::Path, 0.5, "absolute path"),
    (Holds::Path, 0.4, "directory"),
    (Holds::Url, 0.5, "url"),
    (Holds::Url, 0.5, "urls"),
    (Holds::Url, 0.4, "http"),
    (Holds::Url, 0.4, "https"),
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

/// Words in front of what an argument is, in a description that begins with that.
pub(super) const OPENERS: &str =
    "the a an optional required full complete absolute relative local raw target single valid base";

/// Units of money behind the name of an amount: `amount_in_cents`.
pub(super) const UNITS: &str = "usd eur gbp cents dollars euros";

/// Names that end in a word of [`NAMES`] and mean something else: an id of a file, a type of a body.
pub(super) const ELSEWHERE: &str =
    "id ids count size format encoding extension mode kind status length limit port framework results type
     types code codes dialect version";

/// What the name of a secret may end in that is none.
pub(super) const ASPECTS: &str = "arn list method name names selector sid uuid vendor";

/// A table of words, by word.
pub(super) type Words = HashMap<&'static str, Vec<(Holds, f64)>>;

pub(super) static BY_NAME: LazyLock<Words> = LazyLock::new(|| by_word(&NAMES));
pub(super) static BY_COMPANY: LazyLock<Words> = LazyLock::new(|| by_word(&COMPANY));

fn by_word(table: &[(Holds, f64, &'static str)]) -> Words {
    let mut words = Words::new();
    for (what, weight, listed) in table {
        for word in listed.split_ascii_whitespace() {
            words.entry(word).or_default().push((*what, *weight));
        }
    }
    words
}

/// What a word of a table may mean.
pub(super) fn senses(table: &'static Words, word: &str) -> &'static [(Holds, f64)] {
    table.get(word).map_or(&[], Vec::as_slice)
}
