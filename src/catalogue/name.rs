//! Reading a tool's name: split into words, find the verb, judge what it does.

use super::category::Category;
use super::evidence::{Evidence, Kind};
use super::verbs::{self, Meaning, Thing, meaning_with};
use super::words::{self, Money};

/// The words of a name in lower case: split at everything that is no letter or digit and where
/// the case changes, without the `mcp__server__` that some clients and the `Server--` that some servers
/// put in front.
pub fn split(name: &str) -> Vec<String> {
    let bare = name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__"));
    let bare = bare.map_or(name, |(_, tool)| tool);
    let behind = bare.rsplit_once("--");
    let behind =
        behind.filter(|(lead, tool)| !lead.contains(char::is_whitespace) && !tool.is_empty());
    let bare = behind.map_or(bare, |(_, tool)| tool);
    let mut words: Vec<String> = Vec::new();
    for part in bare.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        split_case(part, &mut words);
    }
    join(words)
}

/// Splits `runSEOAudit` into `run`, `seo` and `audit`.
fn split_case(part: &str, words: &mut Vec<String>) {
    let letters: Vec<char> = part.chars().collect();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && !letters[at - 1].is_uppercase();
        let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && at > 0 && (after_small || before_small) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.push(word);
}

/// Puts together what is one word written as two: `pull_request`, `look_up`.
fn join(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last().and_then(|last| words::joined(last, &word)) {
            Some(one) => *joined.last_mut().expect("a pair has a first word") = one.to_owned(),
            None => joined.push(word),
        }
    }
    joined
}

/// The verb of a name: where it stands, what it means, and how surely it is one.
struct Head {
    at: usize,
    meaning: Meaning,
    kind: Kind,
}

/// What the words of a name say of the tool, on a server that trades or on another.
pub(super) fn read(words: &[String], trades: bool) -> Vec<Evidence> {
    let acting = acting(words);
    let mut found = match head(acting) {
        Some(head) => read_verb(acting, words, &head),
        None => vec![read_without_verb(words)],
    };
    let category = found.iter().map(|one| one.category).fold(Category::Read, Category::max);
    let known = found.iter().all(|one| one.kind != Kind::NothingKnown);
    let money = words::money(words);
    found.extend(money.map(|(word, money)| read_money(category, known, word, money)));
    let booked = words.iter().find(|word| category > Category::Read && words::is_booked(word));
    found.extend(booked.filter(|_| known).map(|word| {
        Evidence::new(Category::Financial, Kind::PossibleMoney, format!("name: {word} is money"))
    }));
    if trades && category > Category::Read {
        let traded = words.iter().find(|word| words::is_traded(word));
        let text = |word| format!("name: {word}, on a server that trades");
        found.extend(
            traded.map(|word| Evidence::new(Category::Financial, Kind::PossibleMoney, text(word))),
        );
    }
    found
}

/// The part of a name that says what is done.
#[derive(Clone, Copy)]
struct Acting<'w> {
    words: &'w [String],
    /// Whether "from" follows.
    is_from: bool,
}

impl Acting<'_> {
    /// What a word means as a verb; the last one is what is done to.
    fn meaning_at(self, at: usize) -> Option<Meaning> {
        let word = self.words.last().filter(|_| at + 1 < self.words.len());
        let thing = Thing { word: word.map(|word| &**word), is_from: self.is_from };
        meaning_with(&self.words[at], thing)
    }
}

/// The part of a name that says what is done: without what follows a preposition, and without
/// what things are chosen by at the end (`power-off-hosts-tag`).
fn acting(words: &[String]) -> Acting<'_> {
    let end = words.iter().skip(1).position(|word| words::is_preposition(word));
    let is_from = end.is_some_and(|end| words[end + 1] == "from");
    let acting = Acting { words: &words[..end.map_or(words.len(), |end| end + 1)], is_from };
    match acting.words.split_last() {
        Some((last, before)) if words::is_chosen_by(last) && before.len() > 1 => {
            let others = Acting { words: before, ..acting };
            let is_verb = |at| others.meaning_at(at).is_some();
            let is_done_to = |at| acting.meaning_at(at) != others.meaning_at(at);
            let chooses = (0..before.len()).any(is_verb) && !(0..before.len()).any(is_done_to);
            if chooses { others } else { acting }
        }
        _ => acting,
    }
}

/// Finds the verb: at the end where that is one that others only look like, else in front, else
/// the first that can be nothing else, else one that may be.
fn head(acting: Acting<'_>) -> Option<Head> {
    let words = acting.words;
    let last = words.len().checked_sub(1)?;
    let of = |at: usize| acting.meaning_at(at).map(|meaning| (at, meaning));
    let front = of(0).filter(|_| last > 0 || !words::is_lone_noun(&words[0]));
    let core = || of(last).filter(|_| last > 0 && words::is_core(&words[last]));
    let found = match front {
        Some((_, meaning)) if meaning.ambiguous && !words::is_verb_in_front(&words[0]) => {
            core().or(front)
        }
        Some(_) => front,
        None => {
            let verbs = || (1..words.len()).filter_map(of);
            let plain = verbs().find(|(_, meaning)| !meaning.ambiguous);
            // `ruff-check` runs ruff: behind an unknown word, `check` and the like may be anything.
            let acts = |(_, meaning): &(usize, Meaning)| meaning.category > Category::Read;
            let surest = |(at, meaning): &(usize, Meaning)| {
                (words::is_verb_in_front(&words[*at]), *at == last, meaning.category)
            };
            plain.or_else(|| verbs().filter(acts).rev().max_by_key(surest))
        }
    };
    let (at, meaning) = found?;
    Some(Head { at, meaning, kind: kind(words, at, meaning) })
}

fn kind(words: &[String], at: usize, meaning: Meaning) -> Kind {
    let (verb, last) = (&*words[at], words.len() - 1);
    let in_middle = at > 0 && at < last && meaning.ambiguous;
    // `send-queue-stats` may be those of a queue for what is sent.
    let about = match meaning.category {
        Category::Execute => words::is_report(&words[last]) || words::is_core(&words[last]),
        Category::Destructive => words::only_reads(&words[last]),
        _ => false,
    };
    if words::is_empty(verb) {
        Kind::EmptyVerb
    } else if words::is_vague(verb) && verbs::meaning(verb) == Some(meaning) {
        Kind::VagueVerb
    } else if in_middle {
        Kind::PossibleVerb
    } else if at == 0 && last > 1 && about {
        Kind::Noun
    } else if at == 0 && !meaning.ambiguous {
        Kind::PlainVerb
    } else {
        Kind::LikelyVerb
    }
}

fn read_without_verb(words: &[String]) -> Evidence {
    match words.last() {
        Some(last) if words::is_report(last) => report(format!("name: ends with {last}")),
        _ => {
            let text = "name: no known verb, taken for the more severe".to_owned();
            Evidence::new(Category::Execute, Kind::NothingKnown, text)
        }
    }
}

fn report(text: String) -> Evidence {
    Evidence::new(Category::Read, Kind::Report, text)
}

fn read_verb(acting: Acting<'_>, whole: &[String], head: &Head) -> Vec<Evidence> {
    let words = acting.words;
    let verb = &*words[head.at];
    let last = words.last().map_or("", |word| &**word);
    let is_report_of_thing = words::is_report_of_thing(verb, last);
    if head.meaning.ambiguous && head.at + 2 == words.len() && is_report_of_thing {
        return vec![report(format!("name: {verb} {last}"))];
    }
    let financial = head.meaning.category == Category::Financial;
    let category = match financial && words::is_not_money(verb, whole) {
        true => Category::Write,
        false => head.meaning.category,
    };
    let mut found = vec![Evidence::new(category, head.kind, format!("name: {verb}"))];
    if head.kind == Kind::Noun {
        found.push(report(format!("name: ends with {last}")));
    }
    if head.at > 0
        && let Some(front) = acting.meaning_at(0)
    {
        let text = format!("name: {}, perhaps as a noun", words[0]);
        found.push(Evidence::new(front.category, Kind::Noun, text));
    }
    let further = further_verbs(acting, head.at).into_iter();
    found.extend(further.filter(|further| further.category > category));
    found
}

/// The verbs behind the first one that count too: one behind "and" or "or", and one that can be
/// nothing but a verb right behind the first (`read_write_file`) or at the end
/// (`index_search_delete`). Behind a verb in front that can be nothing else are nouns:
/// `list_connect_apps`. At the end of a name about a thing that is read, a word that may be a noun
/// counts as well if it would be dangerous: `todo_list_sync`, but not `list_call`.
fn further_verbs(acting: Acting<'_>, at: usize) -> Vec<Evidence> {
    let words = acting.words;
    let is_plain = acting.meaning_at(at).is_some_and(|meaning| !meaning.ambiguous);
    let is_first =
        at == 0 && (is_plain || words::is_verb_in_front(&words[0])) || words::is_core(&words[at]);
    let about_thing = at > 0 && words::is_read_thing(&words[at]);
    let mut found = Vec::new();
    for index in at + 1..words.len() {
        let Some(meaning) = acting.meaning_at(index) else { continue };
        let behind_and = matches!(&*words[index - 1], "and" | "or" | "then" | "plus");
        let is_noun = is_first && !words::is_core(&words[index]);
        let verb = !meaning.ambiguous && !is_noun;
        let acts = about_thing && meaning.category.is_dangerous();
        let ends = index + 1 == words.len() && (verb || acts);
        let kind = match (behind_and || ends, index == at + 1 && verb) {
            (true, _) => Kind::FurtherVerb,
            (false, true) => Kind::PossibleVerb,
            (false, false) => continue,
        };
        found.push(Evidence::new(meaning.category, kind, format!("name: {}", words[index])));
    }
    found
}

/// Money moves when anything but reading is done to it. Even a tool that seems only to read about
/// it is taken for Financial, with little confidence, unless a description or a claim says so too.
fn read_money(category: Category, known: bool, word: &str, money: Money) -> Evidence {
    let (kind, text) = match (category, money) {
        (Category::Read, _) => (Kind::ReadsMoney, format!("name: reads about money ({word})")),
        (_, Money::Surely) if known => (Kind::Money, format!("name: {word} is money")),
        _ => (Kind::PossibleMoney, format!("name: {word} is money")),
    };
    Evidence::new(Category::Financial, kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::evidence::weigh;

    #[test]
    fn names_are_split_in_every_style() {
        for (name, words) in [
            ("run_job", "run job"),
            ("list-prompt-versions", "list prompt versions"),
            ("runSEOAudit", "run seo audit"),
            ("getHTTPStatus", "get http status"),
            ("policies.remove", "policies remove"),
            ("repos/files.read", "repos files read"),
            ("mcp__octopus__run_runbook", "run runbook"),
            ("mcp__odd", "mcp odd"),
            ("CloudApiV2--ListCall", "list call"),
            ("a switch -- and more", "a switch and more"),
            ("k8s_get", "k8s get"),
            ("create_pull_request", "create pullrequest"),
            ("__", ""),
            ("\u{0}\u{202e}", ""),
            ("ÄndereDaten", "ändere daten"),
        ] {
            assert_eq!(split(name).join(" "), words, "{name}");
        }
    }

    fn category(name: &str) -> Category {
        weigh(&read(&split(name), false)).category
    }

    #[test]
    fn a_noun_behind_a_reading_verb_is_no_verb() {
        for name in [
            "get_last_run",
            "list_deploys",
            "list_pull_requests",
            "ListConnectApps",
            "list_call",
            "fetch_add_on_result",
        ] {
            assert_eq!(category(name), Category::Read, "{name}");
        }
    }

    #[test]
    fn reports_are_read_unless_something_is_done_to_them() {
        for name in ["git_status", "job_logs", "build_status", "directory_tree"] {
            assert_eq!(category(name), Category::Read, "{name}");
        }
        assert_eq!(category("update_status"), Category::Write);
        assert_eq!(category("clear_history"), Category::Destructive);
        assert_eq!(category("wipeLogs"), Category::Destructive);
    }

    #[test]
    fn the_most_severe_verb_wins() {
        for (name, expected) in [
            ("get_or_create_user", Category::Write),
            ("find_and_delete", Category::Destructive),
            ("search_index_delete", Category::Destructive),
            ("todo_list_sync", Category::Execute),
            ("read_write_file", Category::Write),
            ("create_job_run", Category::Execute),
            ("cancel_subscription", Category::Financial),
            ("delete_invoice", Category::Financial),
            ("create_journal_entry", Category::Financial),
            ("list_journal_entries", Category::Read),
            ("remove_user_from_group", Category::Write),
            ("remove_user", Category::Destructive),
            ("remove_label", Category::Write),
            ("open_simulator", Category::Execute),
            ("merge_pull_request", Category::Execute),
            ("merge_cells", Category::Write),
        ] {
            assert_eq!(category(name), expected, "{name}");
        }
    }

    #[test]
    fn money_is_moved_by_anything_but_reading() {
        for name in ["pay_person", "internal_transfer", "place_order", "generate_invoice_code"] {
            assert_eq!(category(name), Category::Financial, "{name}");
        }
        for name in ["get_invoice", "get_transfer", "refund_status", "list_subscription_plans"] {
            let weighed = weigh(&read(&split(name), false));
            assert_eq!(weighed.category, Category::Financial, "{name}");
            assert!(weighed.confidence < 0.5, "{name}");
        }
        assert_eq!(category("transfer_file"), Category::Write);
    }

    #[test]
    fn what_is_unknown_is_taken_for_the_more_severe() {
        for name in ["mypy", "frobnicate", "ruff-check", "", "写", "🦀"] {
            let weighed = weigh(&read(&split(name), false));
            assert_eq!(weighed.category, Category::Execute, "{name}");
            assert!(weighed.confidence < 0.5, "{name}");
        }
    }

    #[test]
    fn a_verb_at_the_end_makes_nouns_of_those_before_it() {
        let weighed = |name: &str, more: &[Kind]| {
            let mut found = read(&split(name), false);
            let reads = |kind: &Kind| Evidence::new(Category::Read, *kind, String::new());
            found.extend(more.iter().map(reads));
            weigh(&found).category
        };
        let agreed = [Kind::SaidToRead, Kind::ClaimsToRead];
        for name in ["batch-run-list", "disk-share-get", "send-queue-stats", "pool-eval-get-result"]
        {
            assert_eq!(weighed(name, &agreed), Category::Read, "{name}");
        }
        for name in ["run_query", "update_list", "share_list", "stop_job", "purge_schedule_list"] {
            assert_ne!(weighed(name, &[]), Category::Read, "{name}");
        }
        assert_eq!(weighed("purge_schedule_list", &agreed), Category::Destructive);
        assert_eq!(weighed("delete-marker-get", &agreed), Category::Read);
        assert_eq!(category("delete-marker-get"), Category::Destructive);
        assert_eq!(category("trash_add"), Category::Destructive);
        assert_eq!(category("label_write"), Category::Write);
    }

    #[test]
    fn what_things_are_chosen_by_is_not_what_is_done() {
        assert_eq!(category("power-off-hosts-tag"), Category::Execute);
        assert_eq!(category("reboot_hosts_by_label"), Category::Execute);
        assert_eq!(category("tag-host"), Category::Write);
        assert_eq!(category("mark_all_as_read"), Category::Write);
    }

    #[test]
    fn orders_are_money_on_a_server_that_trades() {
        let category = |name: &str, trades| weigh(&read(&split(name), trades)).category;
        assert_eq!(category("cancel_all_orders", true), Category::Financial);
        assert_eq!(category("list_orders", true), Category::Read);
        assert_eq!(category("cancel_all_orders", false), Category::Execute);
    }
}
