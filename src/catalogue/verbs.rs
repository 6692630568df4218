//! The verbs of tool names and descriptions, and what a tool does that is named by them.
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
const VERBS: [(Category, bool, &str); 13] = [
    (
        Category::Read,
        false,
        "aggregate analyse analyze autocomplete browse calculate cat compare count crawl
         decompile describe detect diagnose disassemble discover display echo
         enumerate estimate explain explore extract fetch find forecast geocode
         get glob grep identify infer inspect introspect list locate lookup ls
         measure parse peek ping poll predict query read recall recommend retrieve
         scrape search show stat suggest summarise summarize think transcribe
         translate traverse troubleshoot validate verify whoami",
    ),
    (
        Category::Read,
        true,
        "ask audit check diff head monitor preview review tail trace view watch",
    ),
    (
        Category::Write,
        false,
        "accept acknowledge activate add allocate annotate append approve arrange assign
         associate attach authorize bookmark configure confirm connect copy create
         customise customize deactivate decline define demote deny detach disable
         disassociate dismiss edit enable extend follow format highlight ingest
         init initialise initialize insert invalidate join memorize
         modify mute optimise optimize persist populate prepend protect reactivate
         reassign reject remember rename reopen reorder replace reply reschedule
         resize resolve respond save skip snooze subscribe transition unapprove
         unarchive unassign uncomplete unfavorite unfavourite unfollow unignore
         unlabel unlike unlist unlock unmute unpin unprotect unpublish unreact
         unresolve unshare unstar unsubscribe untag unvote unwatch upsert write",
    ),
    (
        Category::Write,
        true,
        "ack archive backup block change clone close comment commit complete convert
         download draft duplicate embed export favorite favourite finish flag fork
         grant import index invite label leave like link load lock mark merge move
         override patch pin post prioritize push put react rebase record register
         reprioritize set setup share star stash store tag toggle update upgrade
         upload vote",
    ),
    (
        Category::Execute,
        false,
        "abort apply cancel click dispatch exec execute generate handle interrupt invoke kickoff
         kill manage navigate notify operate perform poweroff poweron powercycle provision publish
         reboot recreate recycle redeploy rerun reserve restart send shutdown simulate spawn
         submit suspend swipe tap train unblock uncordon wake",
    ),
    (
        Category::Execute,
        true,
        "bash book broadcast build call compile control cordon curl debug deploy drag drain
         email emulate eval evaluate failover fill forward hover install launch
         lint migrate open pause play press process promote pull request resume
         retry revert rollback run scale scan schedule scroll shell sign ssh start
         stop sudo switch sync test trigger type",
    ),
    (
        Category::Destructive,
        false,
        "bulldoze clean cleanup clear decommission del delete demolish deprovision deregister
         destroy discard discontinue disown drop eject eliminate erase evict expire expunge flush
         forget nuke obliterate overwrite prune purge remove reset restore revoke rm rmdir
         rotate shred terminate truncate unenroll uninstall unlink unregister wipe zap",
    ),
    (Category::Destructive, true, "ban empty force kick trash"),
    (
        Category::Financial,
        false,
        "buy cashout disburse donate liquidate pay payout prepay reimburse remit sell settle topup
         withdraw",
    ),
    (
        Category::Financial,
        true,
        "bet bid charge checkout credit debit deposit mint purchase redeem refund stake swap trade
         transfer wire",
    ),
    (Category::Read, false, STORE_READS),
    (Category::Write, false, STORE_WRITES),
    (Category::Destructive, false, STORE_DELETES),
];

/// Commands of data stores that are no words of a language: those of Redis
/// (<https://redis.io/docs/latest/commands/>) that read…
const STORE_READS: &str = "bitcount dbsize exists geodist geopos getrange hexists hget hgetall
    hkeys hlen hmget hrandfield hscan hstrlen hvals lindex llen lpos lrange mget pfcount pttl
    scard sdiff sinter sismember smembers smismember srandmember sscan strlen sunion ttl xinfo xlen
    xpending xrange xread xrevrange zcard zcount zmscore zrange zrangebyscore zrank zrevrange
    zrevrank zscan zscore";

/// …those that write…
const STORE_WRITES: &str = "decr decrby geoadd getset hincrby hmset hset hsetnx incr incrby
    incrbyfloat linsert lmove lpush lset mset msetnx pexpire pfadd renamenx rpoplpush rpush sadd
    setex setnx setrange smove xack xadd xautoclaim xclaim xgroup xreadgroup zadd zincrby";

/// …and those that take away.
const STORE_DELETES: &str = "expireat flushall flushdb getdel hdel lpop lrem ltrim rpop spop srem
    xdel xtrim zpopmax zpopmin zrem zremrangebyrank zremrangebyscore";

/// What a verb does to some things, where that is something else than the verb alone says: the
/// verbs, the things, and the category.
const COMPOUNDS: [(&str, &str, Category); 31] = [
    ("close exercise exit unwind", "position positions", Category::Financial),
    (
        "exercise",
        "option options warrant warrants right rights contract contracts",
        Category::Financial,
    ),
    (
        "cancel place replace send sign submit void",
        "bet bid trade trades transaction transactions",
        Category::Financial,
    ),
    ("place", "order orders", Category::Financial),
    ("authorize capture void", "charge check invoice payment payments funds", Category::Financial),
    (
        "close open resize select switch",
        "browser dialog page pages tab tabs window windows",
        Category::Execute,
    ),
    (
        "kill terminate",
        "app application build call execution job process run session task workflow",
        Category::Execute,
    ),
    (
        "create",
        "browser call deploy execution invocation job pipeline process run tab window",
        Category::Execute,
    ),
    (
        "resolve",
        "address dns domain host hostname id ids library name names path reference url",
        Category::Read,
    ),
    ("capture take", "photo picture screenshot snapshot", Category::Read),
    ("scan", "index items key keys partition range rows table", Category::Read),
    ("select", "column columns row rows", Category::Read),
    ("select", "option", Category::Execute),
    // What is put together by a word can be put together again.
    (
        "clear remove",
        "assignee assignees attendee attendees collaborator contributor emoji favorite favourite
         follower label labels link links mark mention override overrides participant pin reviewer reviewers subtask suppression tag tags watchers",
        Category::Write,
    ),
    (
        "delete remove",
        "assignment follow issuelink like reaction reactions star vote watcher",
        Category::Write,
    ),
    ("execute query run", "dql logql promql soql", Category::Read),
    ("open", "app application org sim simulator terminal", Category::Execute),
    ("report", "abuse bug feedback issue problem", Category::Execute),
    ("remove", "member members", Category::Write),
    ("format wipe", "disk drive partition volume", Category::Destructive),
    ("merge rebase", "branch branches mergerequest pullrequest", Category::Execute),
    ("upgrade", "app chart cluster database instance package release", Category::Execute),
    (
        "create",
        "cluster deployment finetune finetuning prediction training",
        Category::Execute,
    ),
    ("buy create order", "phonenumber phonenumbers", Category::Financial),
    ("accept", "claim dispute", Category::Financial),
    ("publish", "comment comments note notes review", Category::Write),
    ("submit", "review", Category::Write),
    ("cancel schedule", "downtime maintenance mute silence", Category::Write),
    (
        "switch",
        "context language library mode presentation profile project theme workspace",
        Category::Write,
    ),
    (
        "apply",
        "design edits effect effects format formatting label labels layout style styles tag tags template theme",
        Category::Write,
    ),
    ("create delete update", "testrun testruns", Category::Write),
];

/// What is only taken out of another thing by a verb, and can be put back: "remove a user *from* a
/// group". Removing it altogether is another matter.
const TAKEN_FROM: (&str, &str) = (
    "remove unlink delete detach",
    "assignee channel contact contacts group item items label labels member members participant people person project
     projects reaction tag tags task tasks user users watcher",
);

/// Words that mean something in a description and nothing in a name: "Returns the…".
const SAID: &str =
    "compute contain determine give output print provide report return see tell wait";

static MEANINGS: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let table = |(category, ambiguous, words): &(Category, bool, &'static str)| {
        let meaning = Meaning { category: *category, ambiguous: *ambiguous };
        words.split_ascii_whitespace().map(move |word| (word, meaning)).collect::<Vec<_>>()
    };
    VERBS.iter().flat_map(table).collect()
});

static COMPOUND: LazyLock<HashMap<(&'static str, &'static str), Category>> = LazyLock::new(|| {
    let words = |words: &'static str| words.split_ascii_whitespace();
    let pairs = |(verbs, things, category): &(&'static str, &'static str, Category)| {
        let (things, category) = (*things, *category);
        let of_verb = move |verb| words(things).map(move |thing| ((verb, thing), category));
        words(verbs).flat_map(of_verb).collect::<Vec<_>>()
    };
    COMPOUNDS.iter().flat_map(pairs).collect()
});

/// What a lower-case word says as a verb; `None` for words that are not in the tables.
pub(super) fn meaning(word: &str) -> Option<Meaning> {
    MEANINGS.get(word).copied()
}

/// What something is done to, and whether it is taken from somewhere.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Thing<'w> {
    /// The last word of what it is called, if it is called anything.
    pub word: Option<&'w str>,
    /// Whether "from" follows.
    pub is_from: bool,
}

/// What a verb says of the thing that it is done to.
pub(super) fn meaning_with(verb: &str, thing: Thing<'_>) -> Option<Meaning> {
    let is_in = |list: &str, word| list.split_ascii_whitespace().any(|one| one == word);
    let taken = |word| is_in(TAKEN_FROM.0, verb) && is_in(TAKEN_FROM.1, word);
    let done = thing.word.and_then(|word| match thing.is_from && taken(word) {
        true => Some(Category::Write),
        false => COMPOUND.get(&(verb, word)).copied(),
    });
    done.map(|category| Meaning { category, ambiguous: false }).or_else(|| meaning(verb))
}

/// What a word says that a description begins with: the verb in its plain form, which may stand in
/// the third person.
pub(super) fn said(word: &str, thing: Thing<'_>) -> Option<(String, Meaning)> {
    let ending = |ending, replaced| Some(word.strip_suffix(ending)?.to_owned() + replaced);
    let stems = [ending("", ""), ending("s", ""), ending("es", ""), ending("ies", "y")];
    let reads = Meaning { category: Category::Read, ambiguous: false };
    stems.into_iter().flatten().find_map(|stem| {
        let only_said = SAID.split_ascii_whitespace().any(|said| said == stem).then_some(reads);
        let meaning = only_said.or_else(|| meaning_with(&stem, thing))?;
        Some((stem, meaning))
    })
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
    fn what_is_done_depends_on_what_it_is_done_to() {
        let of = |verb, word, is_from| {
            meaning_with(verb, Thing { word: Some(word), is_from }).map(|meaning| meaning.category)
        };
        let category = |verb, word| of(verb, word, false);
        assert_eq!(category("close", "issue"), Some(Category::Write));
        assert_eq!(category("close", "position"), Some(Category::Financial));
        assert_eq!(category("terminate", "app"), Some(Category::Execute));
        assert_eq!(category("exercise", "bike"), None);
        assert_eq!(category("remove", "user"), Some(Category::Destructive));
        assert_eq!(of("remove", "user", true), Some(Category::Write));
        assert_eq!(of("remove", "disk", true), Some(Category::Destructive));
    }
}
