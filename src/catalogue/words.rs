//! What the words of tool names mean: the tables behind the classification.
//!
//! A word belongs here when it means the same on most servers; what is missing is taken for
//! something that runs, never for something that reads. The tables are our own; PolicyLayer's
//! published categories were used to measure them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::category::Category;

/// What a word in a tool's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What a tool does that is named by this verb.
    pub category: Category,
    /// Whether the word is a noun or an adjective as often as a verb (`run`, `update`, `order`).
    pub ambiguous: bool,
}

/// The verbs: category, whether they are ambiguous, words.
const VERBS: [(Category, bool, &str); 10] = [
    (
        Category::Read,
        false,
        "analyse analyze browse calculate cat compare crawl decompile describe detect
         disassemble discover display enumerate explain extract fetch find get grep
         identify inspect list locate lookup ls parse peek ping poll query read recommend
         retrieve scrape search show stat suggest summarise summarize validate verify
         whoami",
    ),
    (Category::Read, true, "check count diff head preview tail view"),
    (
        Category::Write,
        false,
        "accept activate add annotate append approve assign attach authorize bookmark
         configure connect create deactivate decline deny detach disable dismiss
         duplicate enable follow ingest init initialise initialize insert invalidate join
         memorize modify mute reject remember rename reopen reorder replace reply resolve
         save snooze subscribe transition unarchive unassign unfollow unlock unmute unpin
         unpublish unstar unsubscribe untag upsert write",
    ),
    (
        Category::Write,
        true,
        "archive backup block change clone close comment commit complete copy download
         draft edit embed export finish flag fork grant import index invite label leave
         like link load lock mark merge move patch pin post push put react rebase
         register set setup share star stash store tag toggle update upgrade upload vote",
    ),
    (
        Category::Execute,
        false,
        "abort apply cancel click dispatch eval evaluate exec execute generate handle
         interrupt invoke kill manage navigate notify operate perform provision publish
         reboot recreate redeploy rerun reserve restart send shutdown simulate spawn
         submit suspend train unblock uncordon wake",
    ),
    (
        Category::Execute,
        true,
        "audit bash book broadcast build call compile control cordon curl debug deploy
         drain email fill install kickoff launch lint migrate pause press process promote
         pull request resume retry revert rollback run scale scan schedule shell sign ssh
         start stop sudo switch sync test trigger type",
    ),
    (
        Category::Destructive,
        false,
        "bulldoze clean cleanup clear decommission del delete demolish deprovision
         deregister destroy discard discontinue disown drop eject eliminate erase evict
         expire expunge flush forget nuke obliterate overwrite prune purge remove reset
         restore revoke rm rmdir rotate shred terminate truncate unenroll uninstall
         unlink unregister wipe zap",
    ),
    (Category::Destructive, true, "ban empty force kick trash"),
    (Category::Financial, false, "buy disburse donate pay prepay reimburse remit sell withdraw"),
    (
        Category::Financial,
        true,
        "bet bid charge checkout debit deposit mint purchase redeem refund stake swap
         trade transfer wire",
    ),
];

/// Verbs that change something on one server and only compute on another, so that a server that
/// says that its tool only reads does not contradict itself.
const VAGUE: &str = "audit complete draft export generate lint load request resolve scan simulate
    test";

/// Reading verbs that are nouns as often: a name such as `todo_list_sync` is about a list.
const READ_THINGS: &str = "check count diff head list poll preview query search tail view";

/// Things that are money, or that move it when they are made or changed.
const MONEY: &str = "autopay billing charge charges checkout deposit deposits donation donations
    funds invoice invoices money payment payments payout payouts purchase purchases
    reimbursement refund refunds remittance subscription subscriptions trade trades transfer
    transfers withdrawal withdrawals";

/// Money words that mean something else beside one of [`ELSEWHERE`]: a file transfer, the
/// subscription to a topic, a checkout of a branch.
const MONEY_OR_NOT: &str = "charge charges checkout deposit deposits subscription subscriptions
    swap trade trades transfer transfers";

const ELSEWHERE: &str = "alert alerts branch branches channel commit event events file files git
    issue issues newsletter notification notifications ownership owner project ref repo
    repository topic topics webhook webhooks";

/// What `place`, `send`, `sign` and `submit` make a payment of.
const DEALS: &str = "bet bid order orders trade transaction transactions";

/// Nouns that name what is read when they end a name: `git_status`, `job_logs`.
const REPORTS: &str = "count details diff docs documentation health healthcheck help history info
    information log logs metadata metrics overview preview schema screenshot stats statistics
    status summary tree usage version view";

/// Ambiguous verbs that are a thing in front of a report: `build_status` is the state of a
/// build. `update` and `set` are not here, for `update_status` changes it.
const THINGS_WITH_REPORTS: &str = "audit build call charge deploy install refund request run scan
    test trade transfer";

/// Reports that [`THINGS_WITH_REPORTS`] have; no word that an action could be done to.
const REPORTS_OF_THINGS: &str = "history log logs status summary usage";

/// Nouns that make a creation an action: creating a run runs something.
const STARTED_BY_CREATING: &str = "execution invocation job process run";

/// Words in a tool's name that say that it takes code or a command.
const CODE: &str = "adhoc bash cmd code command commands cypher eval javascript powershell
    python script shell sql ssh terminal";

/// Words in a tool's name that say that one call acts on many things.
const BULK: &str = "all batch bulk every many mass multiple";

/// The sets of words, in the order of [`Set`].
const SETS: [&str; 12] = [
    VAGUE,
    READ_THINGS,
    MONEY,
    MONEY_OR_NOT,
    ELSEWHERE,
    DEALS,
    REPORTS,
    THINGS_WITH_REPORTS,
    REPORTS_OF_THINGS,
    STARTED_BY_CREATING,
    CODE,
    BULK,
];

#[derive(Clone, Copy)]
enum Set {
    Vague,
    ReadThings,
    Money,
    MoneyOrNot,
    Elsewhere,
    Deals,
    Reports,
    ThingsWithReports,
    ReportsOfThings,
    StartedByCreating,
    Code,
    Bulk,
}

/// Words that are one word written as two.
const JOINED: [(&str, &str, &str); 14] = [
    ("change", "request", "changerequest"),
    ("check", "in", "checkin"),
    ("check", "out", "checkout"),
    ("clean", "up", "cleanup"),
    ("feature", "request", "featurerequest"),
    ("get", "rid", "remove"),
    ("health", "check", "healthcheck"),
    ("kick", "off", "kickoff"),
    ("look", "up", "lookup"),
    ("merge", "request", "mergerequest"),
    ("pull", "request", "pullrequest"),
    ("roll", "back", "rollback"),
    ("set", "up", "setup"),
    ("shut", "down", "shutdown"),
];

static MEANINGS: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let table = |(category, ambiguous, words): &(Category, bool, &'static str)| {
        let meaning = Meaning { category: *category, ambiguous: *ambiguous };
        words.split_ascii_whitespace().map(move |word| (word, meaning)).collect::<Vec<_>>()
    };
    VERBS.iter().flat_map(table).collect()
});

/// For every word of the sets a bit for each set that holds it, so that a catalogue of half a
/// million tools is classified with one look-up a word.
static MEMBERS: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut members = HashMap::new();
    for (bit, words) in SETS.iter().enumerate() {
        for word in words.split_ascii_whitespace() {
            *members.entry(word).or_default() |= 1 << bit;
        }
    }
    members
});

/// What a lower-case word says as a verb; `None` for words that are not in the tables.
pub(super) fn meaning(word: &str) -> Option<Meaning> {
    MEANINGS.get(word).copied()
}

/// Whether a verb may as well only compute.
pub(super) fn is_vague(verb: &str) -> bool {
    is_in(verb, Set::Vague)
}

/// Whether a reading verb may be a thing that something is done to.
pub(super) fn is_read_thing(verb: &str) -> bool {
    is_in(verb, Set::ReadThings)
}

/// The one word that two stand for.
pub(super) fn joined(first: &str, second: &str) -> Option<&'static str> {
    let pair = JOINED.iter().find(|(one, other, _)| *one == first && *other == second);
    pair.map(|(_, _, joined)| *joined)
}

/// How surely a name speaks of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Money {
    /// The word may mean something else.
    Perhaps,
    /// The word means money.
    Surely,
}

/// The word of a name that speaks of money, if there is one.
pub(super) fn money(words: &[String]) -> Option<(&str, Money)> {
    let elsewhere = words.iter().any(|word| is_in(word, Set::Elsewhere));
    let sense = |word: &str| match (is_in(word, Set::Money), is_in(word, Set::MoneyOrNot)) {
        (true, false) => Some(Money::Surely),
        (true, true) if !elsewhere => Some(Money::Perhaps),
        _ => None,
    };
    let deal = words.windows(2).find(|pair| is_deal(&pair[0], &pair[1]));
    let deal = deal.map(|pair| (&*pair[1], Money::Surely));
    deal.or_else(|| {
        words.iter().filter_map(|word| Some((&**word, sense(word)?))).max_by_key(|m| m.1)
    })
}

/// Whether a verb that moves money elsewhere moves something else here: `transfer_file`.
pub(super) fn is_not_money(verb: &str, words: &[String]) -> bool {
    is_in(verb, Set::MoneyOrNot) && words.iter().any(|word| is_in(word, Set::Elsewhere))
}

fn is_deal(verb: &str, object: &str) -> bool {
    matches!(verb, "place" | "send" | "sign" | "submit") && is_in(object, Set::Deals)
}

/// Whether a word that ends a name names something that is read.
pub(super) fn is_report(word: &str) -> bool {
    is_in(word, Set::Reports)
}

/// Whether an ambiguous verb and the word behind it are a thing and its report.
pub(super) fn is_report_of_thing(thing: &str, report: &str) -> bool {
    is_in(thing, Set::ThingsWithReports) && is_in(report, Set::ReportsOfThings)
}

/// Whether to create something of that name is to start it.
pub(super) fn is_started_by_creating(noun: &str) -> bool {
    is_in(noun, Set::StartedByCreating)
}

/// Whether a word of a tool's name says that the tool takes code or a command.
pub(super) fn is_code(word: &str) -> bool {
    is_in(word, Set::Code)
}

/// Whether a word of a tool's name says that one call acts on many things.
pub(super) fn is_bulk(word: &str) -> bool {
    is_in(word, Set::Bulk)
}

fn is_in(word: &str, set: Set) -> bool {
    MEMBERS.get(word).is_some_and(|members| members & (1 << set as u16) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_verb_stands_in_two_tables() {
        let count: usize =
            VERBS.iter().map(|(_, _, words)| words.split_ascii_whitespace().count()).sum();
        assert_eq!(MEANINGS.len(), count);
    }

    #[test]
    fn a_thing_with_a_report_is_an_ambiguous_verb() {
        for thing in THINGS_WITH_REPORTS.split_ascii_whitespace() {
            assert!(meaning(thing).is_some_and(|meaning| meaning.ambiguous), "{thing}");
        }
    }

    #[test]
    fn transfers_and_subscriptions_are_money_only_in_the_absence_of_other_senses() {
        let money_of = |name: &str| {
            let words: Vec<String> = name.split('_').map(str::to_owned).collect();
            money(&words).map(|(_, money)| money)
        };
        assert_eq!(money_of("create_subscription"), Some(Money::Perhaps));
        assert_eq!(money_of("manage_notification_subscription"), None);
        assert_eq!(money_of("transfer_file_payment"), Some(Money::Surely));
        assert_eq!(money_of("place_order"), Some(Money::Surely));
        assert_eq!(money_of("list_orders"), None);
    }
}
