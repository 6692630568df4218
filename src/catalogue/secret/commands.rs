//! Words of shell commands that give a credential: behind options, in assignments, headers and pairs of JSON.

use std::ops::Range;

use super::names::names_given;

/// Programs with the options behind which they take a credential, and what parts it from what else stands in the same
/// word. A second word must stand between them where there is one; `*` stands for anything: behind a program for the rest
/// of its name, behind an option for what must be attached to it.
/// Source: the manuals of the programs, <https://manpages.debian.org/>.
const TAKERS: [(&str, &str, &str); 16] = [
    ("mysql* mariadb*", "-p*", ""),
    ("mongo* cqlsh twine sshpass", "-p", ""),
    ("docker+login podman+login nerdctl+login helm+login skopeo+login buildah+login", "-p", ""),
    ("az+login oc+login crane+login oras+login", "-p", ""),
    ("redis-cli valkey-cli keydb-cli", "-a", ""),
    ("curl", "-u -U --user --proxy-user", ":"),
    ("http https xh xhs", "-a --auth", ":"),
    ("ldap* vsql", "-w", ""),
    ("sqlcmd bcp tsql isql ipmitool zip unzip zipinfo", "-P", ""),
    ("7z* rar unrar", "-p*", ""),
    ("lftp ncftp*", "-u", ","),
    ("smbclient rpcclient", "-U --user", "%"),
    ("snmp*", "-c -A -X", ""),
    ("plink pscp psftp putty", "-pw", ""),
    ("openssl", "-k -K", ""),
    ("openssl", "-pass -passin -passout", "pass:"),
];

/// Ends of a word that nothing quotes.
const ENDS: [char; 10] = ['"', '\'', '`', '(', ')', '<', '>', '|', ';', '&'];

/// Beginnings of what is said in front of the credential in a header of that kind.
const SCHEMES: [&str; 7] = ["bearer", "basic", "token", "apikey", "api-key", "bot", "key"];

/// One of the [`TAKERS`], where its program was met.
struct Taker {
    /// The word that is yet to come before its options count.
    within: Option<&'static str>,
    options: &'static str,
    before: &'static str,
}

/// The words that are given as credentials in the commands of a text, whatever they are.
pub(in crate::catalogue) fn given(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains(['-', '=', ':']) && !text.contains(" set ") {
        return found;
    }
    let mut takers: Vec<Taker> = Vec::new();
    let mut last = 0;
    let mut before = ["", ""];
    for word in words(text) {
        let gap = &text[last..word.start];
        last = word.end;
        let is_continued = text[..word.start].trim_end().ends_with('\\');
        if gap.contains([';', '|', '&']) || gap.contains('\n') && !is_continued {
            takers.clear();
        }
        let one = &text[word.clone()];
        // Each once, however often a text names its program.
        let is_new = |taker: &Taker| !takers.iter().any(|known| known.options == taker.options);
        let new: Vec<Taker> = takers_of(one).filter(is_new).collect();
        takers.extend(new);
        for taker in &mut takers {
            taker.within.take_if(|within| *within == one);
        }
        let of_taker = |taker: &Taker| of_option(text, &word, taker);
        let value = match one.starts_with('-') {
            true => takers.iter().filter(|taker| taker.within.is_none()).find_map(of_taker),
            false => None,
        };
        let is_set = matches!(before, ["config" | "configure", "set"]) && names_given(one);
        before = [before[1], one];
        let value = value.or_else(|| is_set.then(|| behind(text, word.end)).flatten());
        let value = value.or_else(|| assigned(text, &word)).or_else(|| of_header(text, &word));
        found.extend(value.filter(|value| !value.is_empty()));
    }
    found
}

/// Whether a program takes a credential behind one of these words.
pub fn takes_credential_by(program: &str, words: &[String]) -> bool {
    let is_option = |option: &str| {
        let letters = option.trim_end_matches('*');
        words.iter().any(|word| word.starts_with(letters))
    };
    let counts =
        |taker: &Taker| taker.within.is_none_or(|within| words.iter().any(|one| one == within));
    takers_of(program).filter(counts).any(|taker| taker.options.split(' ').any(is_option))
}

/// What takes a credential of the program that a word is.
fn takers_of(word: &str) -> impl Iterator<Item = Taker> {
    let name = word.rsplit('/').next().unwrap_or(word);
    let fits = move |known: &str| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => known == name,
    };
    TAKERS.iter().filter_map(move |(programs, options, before)| {
        let one = programs.split(' ').map(|known| known.split_once('+').unwrap_or((known, "")));
        let (_, within) = one.into_iter().find(|(known, _)| fits(known))?;
        let within = Some(within).filter(|within| !within.is_empty());
        Some(Taker { within, options, before })
    })
}

/// The words of a text: what neither blanks nor the marks of shells and of JSON part.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let parts = |one: char| one.is_whitespace() || ENDS.contains(&one) || "[]{},".contains(one);
    text.split(parts).filter(|word| !word.is_empty()).map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        start..start + word.len()
    })
}

/// The credential that an option gives to a program that takes one behind it.
fn of_option(text: &str, word: &Range<usize>, taker: &Taker) -> Option<Range<usize>> {
    let one = &text[word.clone()];
    let value = taker.options.split(' ').find_map(|option| {
        let is_attached = option.ends_with('*');
        let option = option.trim_end_matches('*');
        let rest = one.strip_prefix(option);
        match rest {
            Some("") if is_attached => attached(text, word.end),
            Some("") => attached(text, word.end).or_else(|| behind(text, word.end)),
            Some(rest) if option.len() == 2 || rest.starts_with('=') => {
                let sign = usize::from(rest.starts_with('='));
                Some(value_at(text, word.start + option.len() + sign))
            }
            None if !is_attached && is_among(option, one) => behind(text, word.end),
            _ => None,
        }
    })?;
    let (user, _) = match taker.before {
        "" => ("", ""),
        before => text[value.clone()].split_once(before)?,
    };
    Some(value.start + user.len() + taker.before.len()..value.end)
}

/// Whether an option of one letter is the last of several behind one dash.
fn is_among(option: &str, word: &str) -> bool {
    let is_short = option.len() == 2 && (2..=6).contains(&word.len()) && !word.starts_with("--");
    let letters = word.strip_prefix('-').unwrap_or_default();
    is_short
        && letters.ends_with(&option[1..])
        && letters.bytes().all(|one| one.is_ascii_alphabetic())
}

/// What is given to a name by an equals sign, behind an option that is called so, or in a pair of JSON.
fn assigned(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let one = &text[word.clone()];
    if let Some((name, _)) = one.split_once('=') {
        return names_given(name).then(|| value_at(text, word.start + name.len() + 1));
    }
    if one.starts_with('-') {
        return behind(text, word.end).filter(|_| names_given(one));
    }
    let rest = text[word.end..].trim_start_matches(['\\', '"', '\'']).trim_start();
    let value = rest.strip_prefix(':')?.trim_start().trim_start_matches('\\');
    let is_pair = text[word.end..].starts_with(['\\', '"', '\'']) && value.starts_with(['"', '\'']);
    (is_pair && names_given(one.trim_end_matches('\\')))
        .then(|| value_at(text, text.len() - value.len()))
}

/// What a header gives: behind the scheme of an authorization, or as the rest of a quoted text.
fn of_header(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let one = &text[word.clone()];
    let (name, _) = one.split_once(':')?;
    let name = name.to_ascii_lowercase();
    let is_authorization = matches!(&*name, "authorization" | "proxy-authorization");
    let start = word.start + name.len() + 1;
    let value = next(text, start)?;
    if is_authorization && SCHEMES.iter().any(|one| text[value.clone()].eq_ignore_ascii_case(one)) {
        return next(text, value.end);
    }
    let is_quoted = text[..word.start].ends_with(['"', '\''])
        && text[value.end..].starts_with(['"', '\'', '\\']);
    (is_quoted && (is_authorization || name.contains('-') && names_given(&name))).then_some(value)
}

/// The next word on the same line, in front of which blanks may be escaped.
fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let at = text.len() - text[from..].trim_start_matches([' ', '\\']).len();
    Some(value_at(text, at)).filter(|value| !value.is_empty())
}

/// What stands in quotes right behind an option.
fn attached(text: &str, at: usize) -> Option<Range<usize>> {
    text[at..].starts_with(['"', '\'']).then(|| value_at(text, at))
}

/// The word behind an option: the next one of the same command, or the next text of a list.
fn behind(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let is_between = |one: char| one.is_whitespace() || matches!(one, '"' | '\'' | ',' | '\\');
    let gap = &rest[..rest.len() - rest.trim_start_matches(is_between).len()];
    let is_parted = gap.contains(|one: char| one.is_whitespace() || one == ',');
    let is_broken = gap.contains('\n') && !gap.contains('\\');
    let is_list = gap.trim_start_matches('\\').starts_with(['"', '\'']);
    if !is_parted || is_broken || is_list != gap.contains(',') {
        return None;
    }
    let start = at + gap.len() - usize::from(gap.ends_with(['"', '\'']));
    Some(value_at(text, start)).filter(|value| !text[value.clone()].starts_with('-'))
}

/// The value at a place: what its quotes hold, or all up to the end of the word.
fn value_at(text: &str, at: usize) -> Range<usize> {
    let rest = &text[at..];
    let marks = rest.len() - rest.trim_start_matches('\\').len();
    if let Some(quote) = rest[marks..].chars().next().filter(|one| matches!(one, '"' | '\'')) {
        let start = at + marks + 1;
        let mut ends =
            text[start..].match_indices([quote, '\n']).map(|(at, _)| &text[start..start + at]);
        let is_end = |inside: &&str| marks > 0 || !inside.ends_with('\\');
        let inside = ends.find(is_end);
        if let Some(inside) =
            inside.filter(|inside| text[start + inside.len()..].starts_with(quote))
        {
            return start..start + inside.trim_end_matches('\\').len();
        }
        return value_at(text, start);
    }
    let end = rest.find(|one: char| one.is_whitespace() || ENDS.contains(&one));
    let value = &rest[..end.unwrap_or(rest.len())];
    at..at + value.trim_end_matches(['\\', ',']).len()
}
