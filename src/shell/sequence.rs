//! Commands whose words are all fixed.

use tree_sitter::{Node, Tree};

use super::script::{TooLong, parse};

/// What plain commands one after the other are made of. Source: Codex, `shell-command/src/bash.rs`.
const PLAIN: [&str; 11] = [
    "program",
    "list",
    "pipeline",
    "command",
    "command_name",
    "word",
    "string",
    "string_content",
    "raw_string",
    "number",
    "concatenation",
];

/// What may stand between them and around their words.
const MARKS: [&str; 6] = ["&&", "||", ";", "|", "\"", "'"];

/// The signs that make a word mean more than itself.
const SIGNS: [char; 12] = ['{', '}', '*', '?', '[', ']', '\\', '~', '^', '#', '$', '`'];

/// The programs that run a text.
const SHELLS: [&str; 3] = ["bash", "zsh", "sh"];

/// The text that a command has a shell run, where it does nothing else.
pub fn shell_text<W: AsRef<str>>(words: &[W]) -> Option<&str> {
    let [shell, flag, text] = words else { return None };
    let name = shell.as_ref().rsplit('/').next().unwrap_or_default();
    let runs = SHELLS.contains(&name) && matches!(flag.as_ref(), "-c" | "-lc");
    runs.then_some(text.as_ref())
}

/// The words of the commands of a text that is nothing but commands with fixed words, joined by `&&`,
/// `||`, `;`, `|` or line breaks; none of any other.
///
/// # Errors
/// The text is too long ([`super::Script::read`]).
pub fn plain_commands(text: &str) -> Result<Option<Vec<Vec<String>>>, TooLong> {
    let tree = parse(text)?;
    let is_plain = |node: Node<'_>| match node.is_named() {
        true => PLAIN.contains(&node.kind()),
        false => MARKS.contains(&node.kind()) || node.kind().trim().is_empty(),
    };
    if tree.root_node().has_error() || !nodes(&tree).into_iter().all(is_plain) {
        return Ok(None);
    }
    let commands = nodes(&tree).into_iter().filter(|node| node.kind() == "command");
    let words = |command: Node<'_>| {
        let mut cursor = command.walk();
        let children: Vec<Node<'_>> = command.named_children(&mut cursor).collect();
        children.into_iter().map(|word| word_of(text, word)).collect()
    };
    Ok(commands.map(words).collect())
}

/// The fixed words of every command of a text that has its name fixed, wherever it stands; none where the
/// text is broken.
///
/// # Errors
/// The text is too long ([`super::Script::read`]).
pub fn literal_commands(text: &str) -> Result<Vec<Vec<String>>, TooLong> {
    let tree = parse(text)?;
    if tree.root_node().has_error() {
        return Ok(Vec::new());
    }
    let commands = nodes(&tree).into_iter().filter(|node| node.kind() == "command");
    Ok(commands.filter_map(|command| fixed_words(text, command)).collect())
}

/// The words of a command from its name on, but for those that are not fixed.
fn fixed_words(text: &str, command: Node<'_>) -> Option<Vec<String>> {
    let mut cursor = command.walk();
    let mut words = command
        .named_children(&mut cursor)
        .skip_while(|word| word.kind() != "command_name")
        .map(|word| match word.kind() {
            "command_name" => literal(text, word.named_child(0)?),
            _ => literal(text, word),
        });
    let name = words.next()??;
    Some(std::iter::once(name).chain(words.flatten()).collect())
}

/// A word of a plain command. A name in quotes is none.
fn word_of(text: &str, word: Node<'_>) -> Option<String> {
    match word.kind() {
        "command_name" => literal(text, word.named_child(0).filter(|name| name.kind() == "word")?),
        _ => literal(text, word),
    }
}

/// The text of a word that is fixed. Within quotes it is taken as it stands.
fn literal(text: &str, word: Node<'_>) -> Option<String> {
    let source = text.get(word.byte_range())?;
    let mut cursor = word.walk();
    let mut parts = word.named_children(&mut cursor);
    let within = |quote| source.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned);
    match word.kind() {
        "word" | "number" => {
            let is_fixed =
                parts.next().is_none() && !source.contains(SIGNS) && !source.starts_with('=');
            is_fixed.then(|| source.to_owned())
        }
        "string" => parts.all(|part| part.kind() == "string_content").then(|| within('"'))?,
        "raw_string" => within('\''),
        "concatenation" => {
            let whole: Option<String> = parts.map(|part| literal(text, part)).collect();
            whole.filter(|whole| !whole.is_empty())
        }
        _ => None,
    }
}

/// Every node of a tree, in the order in which they begin.
fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let (mut all, mut cursor) = (Vec::new(), tree.walk());
    loop {
        all.push(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return all;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        let commands = plain_commands(text).unwrap()?;
        Some(commands.iter().map(|words| words.join("+")).collect())
    }

    #[test]
    fn plain_commands_have_fixed_words_and_nothing_around_them() {
        for (text, commands) in [
            ("git  push", &["git+push"][..]),
            ("a b && c; d | e\nf || g", &["a+b", "c", "d", "e", "f", "g"]),
            ("git \"a b\" 'c'\"d\" pu\"\"sh 7", &["git+a b+cd+push+7"]),
            ("git \\\n push", &["git+push"]),
            ("bash -c 'a > b'", &["bash+-c+a > b"]),
            ("", &[]),
        ] {
            assert_eq!(words(text).unwrap(), commands, "{text}");
        }
        for text in [
            "a > b",
            "a &",
            "(a)",
            "{ a; }",
            "! a",
            "A=1 a",
            "a $b",
            "a \"$b\"",
            "a $(b)",
            "a *",
            "a ~",
            "a {b,c}",
            "a # b",
            "'a' b",
            "\\a",
            "a &&",
            "if a; then b; fi",
            "a <<E\nE",
            "[ a ]",
            "a HEAD^",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    #[test]
    fn of_other_texts_the_fixed_words_are_found_wherever_they_stand() {
        let commands =
            literal_commands("if a; then X=1 rm -f \"$x\" > b; fi; $c -f; echo $('d' e)").unwrap();
        let joined: Vec<String> = commands.iter().map(|words| words.join("+")).collect();
        assert_eq!(joined, ["a", "rm+-f", "echo", "d+e"]);
        assert!(literal_commands("if then rm -f x").unwrap().is_empty());
    }

    #[test]
    fn only_a_shell_with_a_text_and_nothing_else_runs_it() {
        assert_eq!(shell_text(&["/bin/bash", "-lc", "a"]), Some("a"));
        for words in [&["bash", "-x", "a"][..], &["bash", "-c", "a", "b"], &["fish", "-c", "a"]] {
            assert_eq!(shell_text(words), None);
        }
    }
}
