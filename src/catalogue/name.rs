//! Reading a tool's name: split into words, find the verb, judge what it does.

use super::category::Category;
use super::words::{self, Meaning, Money};

/// Confidence of a name that begins with a verb that can be nothing else.
const PLAIN: f64 = 0.9;
/// Confidence of a verb behind other words, or one that may also be a noun.
const LIKELY: f64 = 0.75;
/// Confidence when the parts of a name point different ways.
const UNCLEAR: f64 = 0.5;
/// Confidence of a category that a name hardly suggests.
const SUSPECTED: f64 = 0.4;
/// Confidence when nothing in the name is known.
const GUESS: f64 = 0.3;

/// What a name says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// The category it speaks for.
    pub category: Category,
    /// How sure that is.
    pub confidence: f64,
    /// Whether the name says what the tool does, so that a server's claim to the contrary is a
    /// contradiction.
    pub firm: bool,
    /// The words that decided.
    pub evidence: Vec<String>,
}

/// The words of a name in lower case: split at everything that is no letter or digit and where
/// the case changes, without the `mcp__server__` that some clients put in front.
pub fn split(name: &str) -> Vec<String> {
    let bare = name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__"));
    let bare = bare.map_or(name, |(_, tool)| tool);
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

/// Judges the words of a name.
pub(super) fn read(words: &[String]) -> Reading {
    let head = words.iter().enumerate().find_map(|(at, word)| Some((at, words::meaning(word)?)));
    let mut reading = match head {
        Some((at, meaning)) => read_verb(words, at, meaning),
        None => read_without_verb(words),
    };
    if let Some((word, money)) = words::money(words) {
        read_money(&mut reading, word, money);
    }
    reading
}

fn read_without_verb(words: &[String]) -> Reading {
    match words.last() {
        Some(last) if words::is_report(last) => {
            Reading::new(Category::Read, UNCLEAR, false, format!("name: ends with {last}"))
        }
        _ => {
            let evidence = "name: no known verb, taken for the more severe".to_owned();
            Reading::new(Category::Execute, GUESS, false, evidence)
        }
    }
}

fn read_verb(words: &[String], at: usize, head: Meaning) -> Reading {
    let verb = &*words[at];
    let last = words.last().map_or("", |word| &**word);
    if head.ambiguous && at + 2 == words.len() && words::is_report_of_thing(verb, last) {
        let evidence = format!("name: {verb} {last}");
        return Reading::new(Category::Read, UNCLEAR, false, evidence);
    }
    if at > 0 && head.ambiguous && head.category == Category::Read {
        // `ruff-check` runs ruff: behind an unknown word, `check` and the like may be anything.
        return read_without_verb(words);
    }
    let vague = words::is_vague(verb);
    let plain = at == 0 && !head.ambiguous && !words::is_read_thing(verb);
    let confidence = match (vague, plain) {
        (true, _) => UNCLEAR,
        (false, true) => PLAIN,
        (false, false) => LIKELY,
    };
    let mut reading = Reading::new(head.category, confidence, !vague, format!("name: {verb}"));
    if words::is_not_money(verb, words) && head.category == Category::Financial {
        reading.category = Category::Write;
    }
    for (word, meaning) in further_verbs(words, at) {
        reading.raise(meaning.category, word);
    }
    if verb == "create" && words::is_started_by_creating(last) {
        reading.raise(Category::Execute, last);
    }
    reading
}

/// The verbs behind the first one that count too: one behind "and" or "or", and one that can be
/// nothing but a verb right behind the first (`read_write_file`) or at the end
/// (`index_search_delete`). At the end of a name about a thing that is read, a word that may be
/// a noun counts as well if it would be dangerous: `todo_list_sync`, but not `get_last_run`.
fn further_verbs(words: &[String], at: usize) -> Vec<(&str, Meaning)> {
    let about_thing = words::is_read_thing(&words[at]);
    let mut found = Vec::new();
    for index in at + 1..words.len() {
        let Some(meaning) = words::meaning(&words[index]) else { continue };
        let behind_and = matches!(&*words[index - 1], "and" | "or" | "then" | "plus");
        let next = index == at + 1;
        let ends = index + 1 == words.len();
        let verb = !meaning.ambiguous;
        let acts = about_thing && meaning.category.is_dangerous();
        if behind_and || (next && verb) || (ends && (verb || acts)) {
            found.push((&*words[index], meaning));
        }
    }
    found
}

/// Money moves when anything but reading is done to it. Even a tool that seems only to read about
/// it is taken for Financial, with little confidence, for PolicyLayer's catalogue files such tools
/// there (`get_invoice`, `list_subscription_plans`); a server's claim to only read is believed.
fn read_money(reading: &mut Reading, word: &str, money: Money) {
    let sure = money == Money::Surely && !reading.is_guess();
    let confidence = if sure { LIKELY } else { UNCLEAR };
    if reading.category == Category::Read {
        reading.category = Category::Financial;
        reading.confidence = SUSPECTED;
        reading.firm = false;
        reading.evidence.push(format!("name: reads about money ({word})"));
    } else if reading.category != Category::Financial {
        reading.category = Category::Financial;
        reading.confidence = confidence;
        reading.firm = true;
        reading.evidence.push(format!("name: {word} is money"));
    }
}

impl Reading {
    fn new(category: Category, confidence: f64, firm: bool, evidence: String) -> Reading {
        Reading { category, confidence, firm, evidence: vec![evidence] }
    }

    /// Whether nothing in the name was known.
    pub(super) fn is_guess(&self) -> bool {
        self.confidence <= GUESS
    }

    /// Takes the more severe of two categories that a name speaks for.
    fn raise(&mut self, category: Category, word: &str) {
        if category > self.category {
            self.category = category;
            self.confidence = UNCLEAR;
            self.firm = true;
            self.evidence.push(format!("name: {word}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        read(&split(name)).category
    }

    #[test]
    fn a_noun_behind_a_reading_verb_is_no_verb() {
        for name in ["get_last_run", "list_deploys", "list_pull_requests"] {
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
            let reading = read(&split(name));
            let expected = (Category::Financial, SUSPECTED, false);
            assert_eq!((reading.category, reading.confidence, reading.firm), expected, "{name}");
        }
        assert_eq!(category("transfer_file"), Category::Write);
    }

    #[test]
    fn what_is_unknown_is_taken_for_the_more_severe() {
        for name in ["mypy", "frobnicate", "ruff-check", "", "写", "🦀"] {
            let reading = read(&split(name));
            assert_eq!(
                (reading.category, reading.confidence),
                (Category::Execute, GUESS),
                "{name}"
            );
        }
    }
}
