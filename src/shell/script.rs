//! A shell text and the commands in it.

use std::cell::RefCell;
use std::ops::ControlFlow;

use thiserror::Error;
use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::word::{Word, WordKind};

/// The longest text that is taken apart.
pub const MAX_BYTES: usize = 1 << 16;

/// How many times the parser may report a hundred steps: some texts take time that grows with the square
/// of their length.
const MAX_REPORTS: usize = 500;

/// A text that is too long or too winding to be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the command is too long to be taken apart")]
pub struct TooLong;

/// A shell text, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script<'t> {
    /// Every simple command anywhere in the text, also in substitutions, function bodies and what is
    /// broken, in the order in which they begin.
    pub commands: Vec<Command<'t>>,
    /// Whether something in the text is no shell.
    pub is_broken: bool,
}

/// A simple command: words, with what stands before and around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'t> {
    /// Its source, with assignments before it and without redirections behind it.
    pub text: &'t str,
    /// The same with its redirections and what they bring along, such as a heredoc.
    pub redirected: &'t str,
    /// Its words, the name first. Assignments and redirections are none.
    pub words: Vec<Word<'t>>,
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

impl<'t> Script<'t> {
    /// Takes a text apart. Nothing is too broken for it.
    ///
    /// # Errors
    /// The text is longer than [`MAX_BYTES`], or takes the parser too many steps.
    pub fn read(text: &'t str) -> Result<Script<'t>, TooLong> {
        if text.len() > MAX_BYTES {
            return Err(TooLong);
        }
        let tree = parse(text).ok_or(TooLong)?;
        let mut commands = Vec::new();
        let mut cursor = tree.walk();
        loop {
            if cursor.node().kind() == "command" {
                commands.push(Command::new(text, cursor.node()));
            }
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return Ok(Script { commands, is_broken: tree.root_node().has_error() });
                }
            }
        }
    }
}

pub(super) fn parse(text: &str) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| {
        let parser = parser.get_or_insert_with(|| {
            let mut parser = Parser::new();
            let bash = tree_sitter_bash::LANGUAGE.into();
            parser
                .set_language(&bash)
                .expect("the grammar is of the library's version, as tests show");
            parser
        });
        let mut reports = 0;
        let mut watch = |_: &ParseState| {
            reports += 1;
            if reports > MAX_REPORTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut watch);
        let rest = &mut |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
        let tree = parser.parse_with_options(rest, None, Some(options));
        // What was given up would be gone on with.
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

impl<'t> Command<'t> {
    fn new(text: &'t str, node: Node<'_>) -> Command<'t> {
        let source = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
        let around = node.parent().filter(|parent| parent.kind() == "redirected_statement");
        let mut cursor = node.walk();
        let words = node.named_children(&mut cursor).filter(|child| {
            !matches!(child.kind(), "variable_assignment" | "comment")
                && !child.kind().ends_with("_redirect")
        });
        Command {
            text: source(node),
            redirected: source(around.unwrap_or(node)),
            words: words
                .map(|word| Word { text: source(word), kind: WordKind::of_grammar(word.kind()) })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let commands = Script::read(text).unwrap().commands;
        commands.iter().map(|command| command.redirected).collect()
    }

    #[test]
    fn every_command_is_found_wherever_it_stands() {
        for (text, commands) in [
            ("git status && (cd sub; git push)", &["git status", "cd sub", "git push"][..]),
            ("echo \"$(git push)\" `ls`", &["echo \"$(git push)\" `ls`", "git push", "ls"]),
            ("if a; then b; else c; fi; f() { d; }", &["a", "b", "c", "d"]),
            ("X=1 git push > log 2>&1", &["X=1 git push > log 2>&1"]),
            ("diff <(a) <(b)", &["diff <(a) <(b)", "a", "b"]),
            ("A=1; export B; [ -f x ]; # git push", &[]),
        ] {
            assert_eq!(texts(text), commands, "{text}");
        }
    }

    #[test]
    fn what_is_broken_or_odd_is_read_as_the_agents_read_it() {
        for (text, commands) in [
            ("git push $(", &["git push"][..]),
            ("git push &&", &["git push", ""]),
            ("g?t push", &["?t push"]),
            ("{git,push}", &[]),
            ("((x=1))", &["((x=1))"]),
            ("((1+1))", &[]),
            ("\"", &[]),
            ("", &[]),
        ] {
            assert_eq!(texts(text), commands, "{text}");
        }
        assert!(Script::read("git push $(").unwrap().is_broken);
    }

    #[test]
    fn words_have_their_kinds_and_no_assignments() {
        let script = Script::read("A=1 chmod 755 \"a b\" 'c' $d > e").unwrap();
        let words: Vec<_> =
            script.commands[0].words.iter().map(|word| (word.kind, word.unquoted())).collect();
        let expected = [
            (WordKind::Name, "chmod"),
            (WordKind::Number, "755"),
            (WordKind::Quoted, "a b"),
            (WordKind::Raw, "c"),
            (WordKind::Other, "$d"),
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn hostile_texts_are_read_or_refused() {
        for part in ["$(", "{ ", "(", "\"$(", "<<E\n", "`", "if a;then ", "é$(("] {
            Script::read(&part.repeat(4096 / part.len())).unwrap();
        }
        assert_eq!(Script::read(&"a|".repeat(8192)), Err(TooLong));
        assert_eq!(texts("ls"), ["ls"], "what was given up leaves nothing behind");
        assert_eq!(Script::read(&"a".repeat(MAX_BYTES + 1)), Err(TooLong));
    }
}
