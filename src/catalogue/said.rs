//! Reading a tool's description: what it begins with, what it adds, phrases that tell.

use super::category::Category;
use super::evidence::{Evidence, Kind};
use super::verbs::{Meaning, Thing, said};
use super::words;

/// A description says what its tool does at its beginning; of longer ones no more is read.
const READ: usize = 1_000;
/// How many words behind a verb say what it is done to.
const OBJECT: usize = 6;
/// How many words of a sentence are looked at for what is done as well.
const SENTENCE: usize = 30;

/// Phrases that a server does not write by chance: category, phrase, and words of which one must
/// stand before it in its sentence, if any are given.
const PHRASES: [(Category, &str, &str); 15] = [
    (Category::Destructive, "cannot be undone", ""),
    (Category::Destructive, "can't be undone", ""),
    (Category::Destructive, "irreversibl", ""),
    (Category::Destructive, "permanently delet", ""),
    (Category::Destructive, "permanently remov", ""),
    (Category::Destructive, "overwrite existing file", ""),
    (Category::Destructive, "overwrites existing file", ""),
    (Category::Destructive, "overwrite an existing file", ""),
    (Category::Destructive, "completely overwrit", ""),
    (Category::Execute, "arbitrary code", ""),
    (Category::Execute, "arbitrary command", ""),
    (Category::Execute, "arbitrary javascript", ""),
    (Category::Execute, "arbitrary sql", ""),
    (Category::Execute, "shell command", "execute executes executing run running runs"),
    (Category::Financial, "real money", ""),
];

/// Words before a phrase that say that another tool is spoken of, or that it is not so.
const ELSEWHERE: &str = "avoid better instead like never no not prefer rather than unlike without";

/// Words that a sentence may begin with before it says what is done.
const LEADS: &str = "a allow allows also an api bulk call can command enables endpoint for function
    helper helps it lets method operation please simple simply that the this to tool used useful
    user users utility will you";

/// Words that show that the one before them was a verb: "Test a build" and not "Test results".
const DETERMINERS: &str = "a all an another any current each either every existing given it its
    multiple new one several some specific specified the their them these this your";

/// Verbs that say nothing without what they are done to: "performs a search".
const LIGHT: &str = "conduct do execute make perform run";

/// Words by which something is meant as a whole.
const WHOLE: &str = "all complete content contents entire every whole";

/// What a description says of calls that are paid for.
const COSTS: [&str; 3] = ["cost warning", "incur costs", "incurs costs"];

/// What a description says of queries that cannot write.
const READ_ONLY: [&str; 4] = ["read-only", "readonly", "read only", "only select"];

/// What is read when it is performed.
const LOOKS: &str = "analysis calculation comparison inspection lookup search searches";

/// What a description says of its tool.
pub(super) fn read(description: &str) -> Vec<Evidence> {
    let end = description.floor_char_boundary(READ);
    let text = description[..end].to_lowercase();
    let mut found = Vec::new();
    for (number, sentence) in sentences(&text).enumerate() {
        let words: Vec<Word<'_>> = words_of(sentence);
        read_sentence(&words, number == 0, &mut found);
        read_phrases(sentence, &mut found);
    }
    // What is queried is only read where some sentence says so.
    if READ_ONLY.iter().any(|only| text.contains(only)) {
        let queries = found.iter_mut().filter(|one| one.kind == Kind::SaidToQuery);
        queries.for_each(|one| one.category = Category::Read);
    }
    found
}

/// What of a description says that a call is paid for: what costs does more than read.
pub(super) fn cost(description: &str) -> Option<Evidence> {
    let text = description.to_lowercase();
    let phrase = COSTS.iter().find(|phrase| text.contains(**phrase))?;
    Some(Evidence::new(Category::Execute, Kind::Phrase, format!("description: \"{phrase}\"")))
}

/// A word, the mark behind it if one stands there, and whether brackets open before it.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    mark: Option<char>,
    opens: bool,
}

/// The sentences of a text: lines, and what full stops and the like part.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // "Server | What the tool does": what stands in front is no sentence.
    let behind = text.split_once('|').filter(|(lead, _)| lead.split_whitespace().count() <= 3);
    let text = behind.map_or(text, |(_, behind)| behind);
    let parts = text.split(['\n', ';', '!']).flat_map(|line| line.split(". "));
    parts.map(str::trim).filter(|sentence| sentence.contains(char::is_alphabetic))
}

/// The first words of a sentence, without what stands in brackets before it.
fn words_of(sentence: &str) -> Vec<Word<'_>> {
    let sentence = match sentence.strip_prefix(['[', '(']) {
        Some(rest) => rest.split_once([']', ')']).map_or(rest, |(_, behind)| behind),
        None => sentence,
    };
    let word = |text| {
        let bare = str::trim_matches(text, |c: char| !c.is_alphanumeric());
        let mark = text.chars().last().filter(|c| matches!(c, ',' | ':' | '.'));
        let opens = text.starts_with(['(', '[']);
        (!bare.is_empty()).then_some(Word { text: bare, mark, opens })
    };
    let parts = sentence.split_whitespace().flat_map(|part| part.split('/'));
    parts.filter_map(word).take(SENTENCE).collect()
}

fn read_sentence(words: &[Word<'_>], first: bool, found: &mut Vec<Evidence>) {
    let Some(at) = start(words, first) else { return };
    let Some((verb, meaning)) = verb_at(words, at) else { return };
    let third = verb != words[at].text;
    if !first {
        // Behind the first sentence the plain form speaks to the caller: "Call this first".
        let acts = meaning.category > Category::Read && !words::is_empty(&verb);
        if (third || at > 0) && acts && is_verb(words, at, meaning) {
            let text = format!("description: then says {verb}");
            found.push(Evidence::new(meaning.category, Kind::SaidAsWell, text));
        }
        return;
    }
    if words::is_vague(&verb) && meaning.category > Category::Read {
        return;
    }
    // "Runs the build" can be nothing else, nor can "Run the build": only "Run details" can.
    let runs = || {
        is_in(&verb, LIGHT)
            && words.get(at + 1).is_some_and(|next| !words::is_preposition(next.text))
    };
    let reports = || words[at..].iter().take(OBJECT).any(|word| words::is_report(word.text));
    let is_verb = is_verb(words, at, meaning) || (runs() && (third || !reports()));
    let (category, kind) = match (object(&verb, &words[at..]), is_verb) {
        (Object::Nothing, _) => return,
        (Object::Looked, _) => (Category::Read, Kind::SaidToRead),
        (Object::Query, _) => (meaning.category, Kind::SaidToQuery),
        (Object::Other, _) if meaning.category == Category::Read => {
            (Category::Read, Kind::SaidToRead)
        }
        (Object::Other, true) if words::is_empty(&verb) => (meaning.category, Kind::SaidEmpty),
        (Object::Other, true) if verb == "replace" && replaces_whole(&words[at..]) => {
            (Category::Destructive, Kind::Said)
        }
        (Object::Other, true) => (meaning.category, Kind::Said),
        (Object::Other, false) => (meaning.category, Kind::PerhapsSaid),
    };
    found.push(Evidence::new(category, kind, format!("description: begins with {verb}")));
    // What is performed are nouns: "performs drag and drop".
    if !is_in(&verb, LIGHT) {
        read_further(words, at, third, found);
    }
}

/// Where a sentence says what is done, behind words like "This tool will" and adverbs. Only the
/// first sentence says what the tool is for: "To delete a page call delete_page".
fn start(words: &[Word<'_>], first: bool) -> Option<usize> {
    let skipped = |at: usize| {
        let word = words[at].text;
        let label = words[at].mark == Some(':');
        let tool = words.get(at + 1).is_some_and(|next| matches!(next.text, "this" | "it" | "to"));
        let lead = is_in(word, LEADS) && (first || word != "to");
        lead || label || word.ends_with("ly") || (word == "use" && tool && first)
    };
    let at = (0..words.len().min(OBJECT)).find(|at| !skipped(*at))?;
    // "The run of a job" is no verb.
    let noun = at > 0 && matches!(words[at - 1].text, "the" | "a" | "an");
    (!noun).then_some(at)
}

/// The verb that a word is, done to what the words behind it end with: "creates a new *run* in".
fn verb_at(words: &[Word<'_>], at: usize) -> Option<(String, Meaning)> {
    let behind = words.get(at + 1..(at + 1 + OBJECT).min(words.len()))?;
    let ends = behind.iter().position(|word| word.opens || words::is_preposition(word.text));
    let object = &behind[..ends.unwrap_or(behind.len())];
    let ends = object.iter().position(|word| word.mark.is_some());
    let word = ends.map_or(object.last(), |end| object.get(end)).map(|word| word.text);
    let is_from = behind.get(object.len()).is_some_and(|word| word.text == "from");
    said(words[at].text, Thing { word, is_from })
}

/// Whether a word that may be a noun is a verb where it stands.
fn is_verb(words: &[Word<'_>], at: usize, meaning: Meaning) -> bool {
    let next = words.get(at + 1).map_or("", |word| word.text);
    let is_number = || next.starts_with(|c: char| c.is_ascii_digit());
    let another = || {
        let coordinated = matches!(next, "and" | "or") || words[at].mark == Some(',');
        let behind = if matches!(next, "and" | "or") { at + 2 } else { at + 1 };
        let done = |to: &Word<'_>| is_in(to.text, DETERMINERS);
        let acts = || verb_at(words, behind).is_some() || words.get(behind + 1).is_some_and(done);
        coordinated && behind < words.len() && acts()
    };
    !meaning.ambiguous || is_in(next, DETERMINERS) || is_number() || another()
}

/// What a light verb is done to.
enum Object {
    /// Something that only reads: "performs a search", "runs a read-only query".
    Looked,
    /// A query that may do anything.
    Query,
    /// What says nothing: "executes the `put_item` operation".
    Nothing,
    /// Anything else.
    Other,
}

/// Whether nothing is left of what is replaced: "replaces the entire page".
fn replaces_whole(words: &[Word<'_>]) -> bool {
    words.iter().skip(1).take(OBJECT).any(|word| is_in(word.text, WHOLE))
}

fn object(verb: &str, words: &[Word<'_>]) -> Object {
    let has = |list| words.iter().skip(1).take(OBJECT).any(|word| is_in(word.text, list));
    let performed = !matches!(verb, "execute" | "run");
    match () {
        () if !is_in(verb, LIGHT) || has("write insert update delete any") => Object::Other,
        () if has("read-only readonly read select promql dql") || (performed && has(LOOKS)) => {
            Object::Looked
        }
        () if has("query aggregation search") => Object::Query,
        () if has("operation operations") => Object::Nothing,
        () => Object::Other,
    }
}

/// The verbs that the first sentence adds to the first one: "stops and deletes", "list, create or
/// delete". What is one of several choices counts less than what happens too.
fn read_further(words: &[Word<'_>], start: usize, third: bool, found: &mut Vec<Evidence>) {
    let mut listed = words[start].mark == Some(',');
    for at in start + 1..words.len() {
        let before = words[at - 1].text;
        let (both, choice) = (before == "and", before == "or" || listed);
        listed &= words[at].mark == Some(',');
        if !both && !choice {
            continue;
        }
        let verb = verb_at(words, at).filter(|(verb, _)| !words::is_empty(verb));
        let Some((verb, meaning)) = verb else { continue };
        let in_third = verb != words[at].text;
        let sure = is_verb(words, at, meaning);
        if in_third != third
            || !sure
            || meaning.category == Category::Read
            || words::is_vague(&verb)
        {
            continue;
        }
        let moves_money = meaning.category == Category::Financial;
        let firm = (both && meaning.category.is_dangerous()) || moves_money;
        let kind = if firm { Kind::SaidToo } else { Kind::SaidAsWell };
        let text = format!("description: adds {verb}");
        found.push(Evidence::new(meaning.category, kind, text));
    }
}

fn read_phrases(sentence: &str, found: &mut Vec<Evidence>) {
    for (category, phrase, behind) in PHRASES {
        let Some(at) = sentence.find(phrase) else { continue };
        let before = || words_of(&sentence[..at]).into_iter();
        let hedged = sentence[..at].ends_with("may be ");
        let wanted = behind.is_empty() || before().any(|word| is_in(word.text, behind));
        let elsewhere = before().rev().take(OBJECT).any(|word| is_in(word.text, ELSEWHERE));
        if wanted && !elsewhere && !hedged {
            let text = format!("description: \"{phrase}\"");
            found.push(Evidence::new(category, Kind::Phrase, text));
        }
    }
}

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(description: &str) -> Vec<Category> {
        read(description).into_iter().map(|one| one.category).collect()
    }

    #[test]
    fn the_first_verb_is_found_behind_what_leads_to_it() {
        use Category::{Destructive, Read, Write};
        for (description, category) in [
            ("Returns how old a blob is", Read),
            ("This tool will fetch a list of things", Read),
            ("Use this tool to delete a page", Destructive),
            ("[BETA] Permanently erases a disk", Destructive),
            ("Allows you to create a note", Write),
            ("Notes | Retrieve a note", Read),
            ("Performs a search over all notes", Read),
            ("Run a read-only query", Read),
            ("Run a query. Only SELECT is let through, it is read-only", Read),
            ("Replaces the content of a page", Destructive),
            ("Replaces a word", Write),
            ("Removes a user from a group", Write),
        ] {
            assert_eq!(categories(description).last(), Some(&category), "{description}");
        }
        assert_eq!(categories("Build status of a branch"), [Category::Execute]);
        assert_eq!(read("Build status of a branch")[0].kind, Kind::PerhapsSaid);
        assert_eq!(categories("A page. To delete it use delete_page."), []);
    }

    #[test]
    fn what_is_added_counts_too() {
        use Category::{Destructive, Execute, Financial, Write};
        assert_eq!(categories("Stops and deletes a machine"), [Execute, Destructive]);
        assert_eq!(categories("Refunds or credits a payment"), [Financial, Financial]);
        assert_eq!(categories("Create, update or delete a page"), [Write, Write, Destructive]);
        assert_eq!(categories("Creates a page. It also sends a mail."), [Write, Execute]);
    }

    #[test]
    fn talk_about_something_is_not_doing_it() {
        for shell in [
            "Reads a log. Use it instead of a shell command such as tail.",
            "Reads a log. Prefer this to running a shell command.",
        ] {
            assert_eq!(categories(shell), [Category::Read]);
        }
        assert_eq!(
            categories("Adds a tag. Unlike a purge, it is not irreversible."),
            [Category::Write]
        );
        assert!(categories("Runs a shell command").contains(&Category::Execute));
        assert!(
            categories("Shows a page. This cannot be undone.").contains(&Category::Destructive)
        );
    }
}
