//! Rust sources as words and signs, without comments, texts and tests.

use std::collections::BTreeSet;

/// The words and signs of a source; every text or character in it becomes one `"`.
pub fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match rest {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => block_comment(rest),
            _ if text(rest).is_some() => {
                tokens.push("\"".to_owned());
                text(rest).unwrap_or(1)
            }
            _ if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            _ if is_word(first) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push(rest[..length].to_owned());
                length
            }
            _ => {
                if !first.is_whitespace() {
                    tokens.push(first.to_string());
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment that begins here, with those inside it.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match rest.get(at..at + 2) {
            Some("/*") => (depth, at) = (depth + 1, at + 2),
            Some("*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += rest[at..].chars().next().map_or(1, char::len_utf8),
        }
        if depth == 0 || at >= rest.len() {
            return at.min(rest.len());
        }
    }
}

/// The length of a text or character that begins here. A lifetime is none.
fn text(rest: &str) -> Option<usize> {
    let quoted = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = rest.len() - quoted.len();
    if prefix > 2 {
        return None;
    }
    let hashes = quoted.len() - quoted.trim_start_matches('#').len();
    if rest[..prefix].ends_with('r') && quoted[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = prefix + hashes + 1;
        return Some(start + rest[start..].find(&end)? + end.len());
    }
    let quote = quoted.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    let mut inner = quoted.char_indices().skip(1);
    let (_, first) = inner.next()?;
    if quote == '\'' && first != '\\' {
        let (end, next) = inner.next()?;
        return (next == '\'').then_some(prefix + end + 1);
    }
    let mut inner = quoted.char_indices().skip(1);
    while let Some((at, c)) = inner.next() {
        match c {
            '\\' => drop(inner.next()),
            c if c == quote => return Some(prefix + at + 1),
            _ => {}
        }
    }
    None
}

/// What is left without items under `#[cfg(test)]`, and the modules that are declared so.
pub fn without_tests(tokens: &[String]) -> (Vec<String>, BTreeSet<String>) {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut modules, mut at) = (Vec::new(), BTreeSet::new(), 0);
    while at < tokens.len() {
        if !tokens[at..].iter().zip(TEST).filter(|(token, test)| token == test).count().eq(&7) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = at + 7 + item(&tokens[at + 7..]);
        if let Some([_, name, _]) =
            tokens[at..end].windows(3).find(|three| three[0] == "mod" && three[2] == ";")
        {
            modules.insert(name.clone());
        }
        at = end;
    }
    (kept, modules)
}

/// How many tokens the item has that begins here: up to its `;` or its last `}`.
fn item(tokens: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}
