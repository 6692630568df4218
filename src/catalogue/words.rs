//! What the words of tool names are about: sets of words behind the classification.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Verbs that change something on one server and only compute on another, so that a server that
/// says that its tool only reads does not contradict itself.
const VAGUE: &str =
    "complete convert debug download draft export generate lint load open request resolve
    review scan simulate test";

/// Verbs that end a name as they begin others, and are no nouns: `vm-run-list`, `pods_delete`.
const CORE: &str =
    "add create delete describe destroy exists fetch find get insert list read remove
    retrieve search show update upsert write";

/// Reading verbs that are nouns as often: a name such as `todo_list_sync` is about a list.
const READ_THINGS: &str = "check count diff head list poll preview query search tail view";

/// Things that are money, or that move it when they are made or changed.
const MONEY: &str = "autopay billing charge charges checkout deposit deposits donation donations
    funds invoice invoices money payment payments payout payouts purchase purchases
    reimbursement refund refunds remittance subscription subscriptions trade trades transfer
    transfers withdrawal withdrawals";

/// Papers by which money is booked: nothing where they are only read.
const BOOKED: &str =
    "banktransaction bill bills creditnote expense expenses journalentry salesreceipt
    vendorcredit";

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
const REPORTS: &str = "capabilities count details diff docs documentation guidance guidelines health healthcheck help history info
    information log logs metadata metrics overview preview reader schema screenshot stats statistics
    status summary tree usage version view";

/// Ambiguous verbs that are a thing in front of a report: `build_status` is the state of a
/// build. `update` and `set` are not here, for `update_status` changes it.
const THINGS_WITH_REPORTS: &str = "audit build call charge deploy install refund request run scan
    test trade transfer";

/// Reports that [`THINGS_WITH_REPORTS`] have; no word that an action could be done to.
const REPORTS_OF_THINGS: &str = "history log logs status summary usage";

/// Words in a tool's name that say that it takes code or a command.
const CODE: &str = "adhoc bash cmd code command commands cypher eval javascript powershell
    python script shell sql ssh terminal";

/// Verbs that look at the code they take, and do not run it.
const INSPECTING: &str = "analyse analyze compare decompile describe explain format lint parse
    summarize translate validate verify";

/// Words in a tool's name that say that one call acts on many things.
const BULK: &str = "all batch bulk every many mass multiple";

/// Writing verbs that take the place of what is there.
const OVERWRITING: &str = "overwrite replace restore save write";

/// Words that end the part of a name that says what is done: what follows says to what, or by
/// what it is chosen.
const PREPOSITIONS: &str = "as at by for from in into of on per through to under using via with
    without";

/// What things are chosen by at the end of a name: `power-off-hosts-tag`.
const CHOSEN_BY: &str = "group groups label labels tag tags";

/// Words that a server which trades has in its names beside an order or a position.
const MARKETS: &str = "crypto option options portfolio share shares stock stocks";

/// Verbs that say nothing of what is done.
const EMPTY: &str = "handle manage operate perform process";

/// Methods of HTTP that end the names of tools which send any request: `jira_post`.
const REQUESTS: &str = "delete patch post put request";

/// The sets of words, in the order of [`Set`].
const SETS: [&str; 20] = [
    VAGUE,
    READ_THINGS,
    MONEY,
    MONEY_OR_NOT,
    ELSEWHERE,
    DEALS,
    REPORTS,
    THINGS_WITH_REPORTS,
    REPORTS_OF_THINGS,
    CODE,
    BULK,
    CORE,
    OVERWRITING,
    PREPOSITIONS,
    CHOSEN_BY,
    MARKETS,
    INSPECTING,
    EMPTY,
    REQUESTS,
    BOOKED,
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
    Code,
    Bulk,
    Core,
    Overwriting,
    Prepositions,
    ChosenBy,
    Markets,
    Inspecting,
    Empty,
    Requests,
    Booked,
}

/// Words that are one word written as two.
const JOINED: [(&str, &str, &str); 39] = [
    ("add", "on", "addon"),
    ("app", "store", "appstore"),
    ("bank", "transaction", "banktransaction"),
    ("cash", "out", "cashout"),
    ("change", "request", "changerequest"),
    ("check", "in", "checkin"),
    ("check", "out", "checkout"),
    ("clean", "up", "cleanup"),
    ("credit", "memo", "creditnote"),
    ("credit", "note", "creditnote"),
    ("feature", "request", "featurerequest"),
    ("get", "rid", "remove"),
    ("go", "back", "navigate"),
    ("health", "check", "healthcheck"),
    ("issue", "link", "issuelink"),
    ("journal", "entry", "journalentry"),
    ("kick", "off", "kickoff"),
    ("look", "up", "lookup"),
    ("merge", "request", "mergerequest"),
    ("pay", "out", "payout"),
    ("phone", "number", "phonenumber"),
    ("phone", "numbers", "phonenumbers"),
    ("play", "store", "playstore"),
    ("power", "cycle", "powercycle"),
    ("power", "off", "poweroff"),
    ("power", "on", "poweron"),
    ("pull", "request", "pullrequest"),
    ("roll", "back", "rollback"),
    ("set", "up", "setup"),
    ("sales", "receipt", "salesreceipt"),
    ("shut", "down", "shutdown"),
    ("switch", "off", "poweroff"),
    ("switch", "on", "poweron"),
    ("test", "run", "testrun"),
    ("test", "runs", "testruns"),
    ("top", "up", "topup"),
    ("turn", "off", "poweroff"),
    ("turn", "on", "poweron"),
    ("vendor", "credit", "vendorcredit"),
];

/// For every word of the sets a bit for each set that holds it, so that a catalogue of half a
/// million tools is classified with one look-up a word.
static MEMBERS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut members = HashMap::new();
    for (bit, words) in SETS.iter().enumerate() {
        for word in words.split_ascii_whitespace() {
            *members.entry(word).or_default() |= 1 << bit;
        }
    }
    members
});

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
    let deal = deal(words).map(|deal| (deal, Money::Surely));
    deal.or_else(|| {
        words.iter().filter_map(|word| Some((&**word, sense(word)?))).max_by_key(|m| m.1)
    })
}

/// Whether money is booked by a paper of that name.
pub(super) fn is_booked(word: &str) -> bool {
    is_in(word, Set::Booked)
}

/// Whether a verb that moves money elsewhere moves something else here: `transfer_file`.
pub(super) fn is_not_money(verb: &str, words: &[String]) -> bool {
    is_in(verb, Set::MoneyOrNot) && words.iter().any(|word| is_in(word, Set::Elsewhere))
}

/// What a name makes a deal of: right behind the verb (`send_order_by_mail`) or at its end
/// (`place_stock_order`).
fn deal(words: &[String]) -> Option<&str> {
    let is_verb = |word: &String| matches!(&**word, "place" | "send" | "sign" | "submit");
    let (_, behind) = words.split_at_checked(words.iter().position(is_verb)? + 1)?;
    let things = [behind.first(), behind.last()];
    things.into_iter().flatten().map(|thing| &**thing).find(|thing| is_in(thing, Set::Deals))
}

/// Whether a tool of that name trades in what a market has: `place_stock_order`,
/// `close_position`.
pub(super) fn is_trade(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|other| other == word);
    let position = has("position") || has("positions");
    let deals = deal(words).is_some() || has("buy") || has("sell") || has("trade");
    (has("close") && position) || (deals && words.iter().any(|word| is_in(word, Set::Markets)))
}

/// What is money on a server that trades.
pub(super) fn is_traded(word: &str) -> bool {
    matches!(word, "order" | "orders" | "position" | "positions")
}

/// Whether a word that is a whole name is rather a noun: the type of a key.
pub(super) fn is_lone_noun(word: &str) -> bool {
    matches!(word, "index" | "type")
}

/// Whether an ambiguous word in front of a name is a verb whatever ends it: `update_price_list`.
pub(super) fn is_verb_in_front(word: &str) -> bool {
    matches!(word, "move" | "put" | "set" | "start" | "stop" | "update")
}

/// Whether a word is a verb that ends names as it begins others.
pub(super) fn is_core(word: &str) -> bool {
    is_in(word, Set::Core)
}

/// Whether a verb only looks at the code that a tool takes.
pub(super) fn inspects(verb: &str) -> bool {
    is_in(verb, Set::Inspecting)
}

/// Whether a verb at the end of a name has nothing to be done to it: `delete-marker-get`.
pub(super) fn only_reads(verb: &str) -> bool {
    matches!(verb, "describe" | "get" | "retrieve" | "show")
}

/// Whether a verb says nothing of what is done.
pub(super) fn is_empty(verb: &str) -> bool {
    is_in(verb, Set::Empty)
}

/// Whether a name that ends with a word may be that of a tool which sends any request.
pub(super) fn is_request(word: &str) -> bool {
    is_in(word, Set::Requests)
}

/// Whether a verb may take the place of what is there.
pub(super) fn overwrites(verb: &str) -> bool {
    is_in(verb, Set::Overwriting)
}

/// Whether what stands behind a word in a name does not say what is done.
pub(super) fn is_preposition(word: &str) -> bool {
    is_in(word, Set::Prepositions)
}

/// Whether things are chosen by what a word names.
pub(super) fn is_chosen_by(word: &str) -> bool {
    is_in(word, Set::ChosenBy)
}

/// Whether a word that ends a name names something that is read.
pub(super) fn is_report(word: &str) -> bool {
    is_in(word, Set::Reports)
}

/// Whether an ambiguous verb and the word behind it are a thing and its report.
pub(super) fn is_report_of_thing(thing: &str, report: &str) -> bool {
    is_in(thing, Set::ThingsWithReports) && is_in(report, Set::ReportsOfThings)
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
    MEMBERS.get(word).is_some_and(|members| members & (1 << set as u32) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::verbs::meaning;

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
        assert_eq!(money_of("place_stock_order"), Some(Money::Surely));
        assert_eq!(money_of("list_orders"), None);
    }
}
