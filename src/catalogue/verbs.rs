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
         decompile describe detect disassemble discover display echo enumerate estimate explain
         explore extract fetch find forecast geocode get glob grep identify infer inspect
         introspect list locate lookup ls measure parse peek ping poll predict query read recall
         recommend retrieve scrape search show stat suggest summarise summarize transcribe
         translate traverse validate verify whoami",
    ),
    (Category::Read, true, "ask check diff head monitor preview review tail trace view"),
    (
        Category::Write,
        false,
        "accept acknowledge activate add allocate annotate append approve assign associate attach
         authorize bookmark configure connect copy create customize deactivate decline define
         deny detach disable disassociate dismiss edit enable extend follow ingest init
         initialise initialize insert invalidate join memorize modify mute persist reactivate
         reassign reject remember rename reopen reorder replace reply resolve respond
         save
         snooze subscribe transition unarchive unassign unfollow unlock unmute unpin unpublish
         unresolve unstar unsubscribe untag upsert write",
    ),
    (
        Category::Write,
        true,
        "ack archive backup block change clone close comment commit complete convert download
         draft duplicate embed export favorite favourite finish flag fork grant import index
         invite label leave like link load lock mark merge move override patch pin post
         prioritize push put react rebase record register reprioritize set setup share star
         stash store tag toggle update upgrade upload vote",
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
        "audit bash book broadcast build call compile control cordon curl debug deploy
         drag drain email emulate eval evaluate failover fill forward hover install launch lint
         migrate open pause play press process promote pull request resume retry revert rollback
         run scale scan schedule shell sign ssh start stop sudo switch sync test trigger type",
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
    setex setnx setrange smove xack xadd xautoclaim xclaim xgroup zadd zincrby";

/// …and those that take away.
const STORE_DELETES: &str = "expireat flushall flushdb getdel hdel lpop lrem ltrim rpop spop srem
    xdel xtrim zpopmax zpopmin zrem zremrangebyrank zremrangebyscore";

/// What a verb does to some things, where that is something else than the verb alone says: the
/// verbs, the things, and the category.
const COMPOUNDS: [(&str, &str, Category); 13] = [
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
];

/// Words that mean something in a description and nothing in a name: "Returns the…".
const SAID: &str = "compute contain determine give output print provide report return see tell";

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

/// What a verb says of the thing that it is done to.
pub(super) fn meaning_with(verb: &str, thing: Option<&str>) -> Option<Meaning> {
    let done = thing.and_then(|thing| COMPOUND.get(&(verb, thing)).copied());
    done.map(|category| Meaning { category, ambiguous: false }).or_else(|| meaning(verb))
}

/// What a word says that a description begins with: the verb in its plain form, which may stand in
/// the third person.
pub(super) fn said(word: &str, thing: Option<&str>) -> Option<(String, Meaning)> {
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
        let category =
            |verb, thing| meaning_with(verb, Some(thing)).map(|meaning| meaning.category);
        assert_eq!(category("close", "issue"), Some(Category::Write));
        assert_eq!(category("close", "position"), Some(Category::Financial));
        assert_eq!(category("terminate", "app"), Some(Category::Execute));
        assert_eq!(category("exercise", "bike"), None);
    }
}
