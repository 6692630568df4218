//! Where the cursor is in a document that need not be readable yet: found from the text before it.

use crate::source::Format;

/// The place of the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The keys that lead to the object or list that the cursor is in; `-` for an element.
    pub(super) path: Vec<String>,
    /// The key whose value the cursor is in; none where a key or an element is typed.
    pub(super) key: Option<String>,
    /// What is already typed of the word, without its quote.
    pub(super) typed: String,
    /// Whether the word has an opening quote.
    pub(super) quoted: bool,
}

/// The place of an offset.
pub(super) fn cursor(text: &str, at: usize, format: Format) -> Cursor {
    let before = &text[..text.floor_char_boundary(at.min(text.len()))];
    match format {
        Format::Json => flow(before),
        Format::Yaml | Format::Toml | Format::Starlark => block(before),
    }
}

/// An open bracket.
struct Open {
    is_list: bool,
    key: Option<String>,
}

/// Reads brackets, keys and colons up to the cursor, as JSON and YAML's flow style have them.
fn flow(before: &str) -> Cursor {
    let mut stack: Vec<Open> = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut quoted = false;
    let mut characters = before.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some('"'), '\\') => word.extend(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (Some(_), other) => word.push(other),
            (None, '"' | '\'') if word.trim().is_empty() => {
                word.clear();
                (quote, quoted) = (Some(character), true);
            }
            (None, '{' | '[') => {
                stack.push(Open { is_list: character == '[', key: None });
                (word, quoted) = (String::new(), false);
            }
            (None, '}' | ']') => {
                stack.pop();
                (word, quoted) = (String::new(), false);
            }
            (None, ':') => {
                if let Some(top) = stack.last_mut().filter(|top| !top.is_list) {
                    top.key = Some(word.trim().to_owned());
                }
                (word, quoted) = (String::new(), false);
            }
            (None, ',') => {
                if let Some(top) = stack.last_mut() {
                    top.key = None;
                }
                (word, quoted) = (String::new(), false);
            }
            (None, other) => word.push(other),
        }
    }
    let key = stack.last().and_then(|top| top.key.clone());
    let depth = stack.len().saturating_sub(1);
    let mut path = Vec::new();
    for (index, open) in stack.iter().enumerate() {
        if open.is_list {
            path.push("-".to_owned());
        } else if index < depth {
            path.extend(open.key.clone());
        }
    }
    Cursor { path, key, typed: word.trim_start().to_owned(), quoted: quoted && quote.is_some() }
}

/// Reads the line of the cursor as flow style, and the lines above by their indentation.
fn block(before: &str) -> Cursor {
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let (above, line) = before.split_at(start);
    let content = line.trim_start_matches([' ', '-']);
    let mut indent = line.len() - content.len();
    let mut path = Vec::new();
    if line[..indent].contains('-') {
        path.push("-".to_owned());
    }
    // An element's dash stands to the left of its keys, or below the key of its list.
    let mut list = line[..indent].find('-');
    for above in above.lines().rev() {
        let content = above.trim_start_matches([' ', '-']);
        let column = above.len() - content.len();
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        let dash = above[..column].find('-');
        let outside = column < indent || list.is_some_and(|list| column <= list && dash.is_none());
        let same_element = column == indent && dash.is_some() && list.is_none();
        if same_element {
            path.insert(0, "-".to_owned());
            (list, indent) = (dash, column);
            continue;
        }
        if !outside {
            continue;
        }
        let key = content.split(':').next().unwrap_or("").trim().trim_matches(['"', '\'']);
        path.insert(0, key.to_owned());
        if dash.is_some() {
            path.insert(0, "-".to_owned());
        }
        (list, indent) = (dash, column);
        if column == 0 {
            break;
        }
    }
    // The line itself, as the inside of an object.
    let inner = flow(&format!("{{{content}"));
    let is_element = path.last().is_some_and(|last| last == "-") && !content.contains(':');
    let mut cursor = inner;
    path.append(&mut cursor.path);
    if is_element && cursor.key.is_none() {
        // A bare word behind a dash.
        cursor.typed = content.trim_start_matches(['"', '\'']).to_owned();
    }
    Cursor { path, ..cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, format: Format) -> (String, Option<String>, String) {
        let at = text.find('‸').unwrap();
        let cursor = cursor(&text.replace('‸', ""), at, format);
        (cursor.path.join("/"), cursor.key, cursor.typed)
    }

    fn expected(path: &str, key: Option<&str>, typed: &str) -> (String, Option<String>, String) {
        (path.to_owned(), key.map(str::to_owned), typed.to_owned())
    }

    #[test]
    fn the_place_in_unfinished_json_is_found() {
        for (text, path, key, typed) in [
            (r#"{"tools": {"run_‸"#, "tools", None, "run_"),
            (r#"{"tools": {"a": {}, "‸"#, "tools", None, ""),
            (r#"{"hide": ["a", "de‸"#, "hide/-", None, "de"),
            (
                r#"{"tools": {"a": {"deny_if": [{"conditions": [{"path": "args.x", "op": "g‸"#,
                "tools/a/deny_if/-/conditions/-",
                Some("op"),
                "g",
            ),
            (r#"{"default": ‸"#, "", Some("default"), ""),
            (r#"{"a": "}{[", "‸"#, "", None, ""),
        ] {
            assert_eq!(at(text, Format::Json), expected(path, key, typed), "{text}");
        }
    }

    #[test]
    fn the_place_in_unfinished_yaml_is_found() {
        for (text, path, key, typed) in [
            ("tools:\n  run_‸", "tools", None, "run_"),
            ("hide:\n  - a\n  - de‸", "hide/-", None, "de"),
            (
                "tools:\n  a:\n    rules:\n      - name: x\n        conditions:\n          - {path: args.x, op: g‸",
                "tools/a/rules/-/conditions/-",
                Some("op"),
                "g",
            ),
            (
                "tools:\n  a:\n    rules:\n      - name: x\n        rate_limit: ‸",
                "tools/a/rules/-",
                Some("rate_limit"),
                "",
            ),
            (
                "tools:\n  a:\n    rules:\n    - name: x\n      state: {counter: c, window: ‸",
                "tools/a/rules/-/state",
                Some("window"),
                "",
            ),
            ("version: \"1\"\ndefault: ‸", "", Some("default"), ""),
            ("tools:\n  a: {}\n  # why\n\n  b‸", "tools", None, "b"),
        ] {
            assert_eq!(at(text, Format::Yaml), expected(path, key, typed), "{text}");
        }
    }
}
