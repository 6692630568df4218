//! A shell text in parts: its simple commands with what stands around them.

use tree_sitter::{Node, TreeCursor};

use super::script::{MAX_BYTES, TooLong, parse};

/// A shell text in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts<'t> {
    /// The simple commands, in the order in which they begin.
    pub parts: Vec<Part<'t>>,
    /// Redirections that lead something into a file or read one.
    pub redirects: Vec<Redirect<'t>>,
    /// What is in the text beside simple commands, each kind once.
    pub features: Vec<Feature>,
    /// The variables that are put in, without those of features.
    pub variables: Vec<&'t str>,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'t> {
    /// What it is made of, assignments in front included and redirections left out.
    pub pieces: Vec<Piece<'t>>,
    /// How many of the pieces are assignments.
    pub assignments: usize,
    /// What it is given as its input by `<<<`, with the sign; empty where nothing is.
    pub herestring: &'t str,
    /// Whether it stands in another command, in a group or the like.
    pub is_nested: bool,
}

/// A word or an assignment of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    /// The blanks before it.
    pub gap: &'t str,
    /// Its source.
    pub text: &'t str,
}

/// A redirection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect<'t> {
    /// Where to or from, as it stands in the text.
    pub target: &'t str,
    /// Whether something is written there.
    pub writes: bool,
    /// Whether it is that of a simple command, or stands alone.
    pub is_simple: bool,
    /// How many parts begin before it.
    pub behind: usize,
}

/// What a shell text may have in it beside simple commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// A command or process in the place of a word, a `${}`, or text with `$''`.
    Substitution,
    /// The same within an assignment that stands alone.
    Assigned,
    /// A group, subshell, function or selection.
    Nesting,
    /// Something runs on its own, behind `&`.
    Background,
    /// A heredoc in which variables are put in.
    Heredoc,
    /// What declares or removes variables.
    Declaration,
    /// What is no shell.
    Broken,
    /// A command within a calculation.
    Calculated,
}

impl<'t> Parts<'t> {
    /// Takes a text apart. Nothing is too broken for it.
    ///
    /// # Errors
    /// The text is longer than [`MAX_BYTES`], or takes the parser too many steps.
    pub fn read(text: &'t str) -> Result<Parts<'t>, TooLong> {
        if text.len() > MAX_BYTES {
            return Err(TooLong);
        }
        let tree = parse(text)?;
        let mut walk = Walk { text, around: Vec::new(), found: Parts::default() };
        walk.all(&mut tree.walk());
        Ok(walk.found)
    }

    /// Whether something is in the text.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

impl Part<'_> {
    /// The source from a piece on, without redirections and line breaks that are escaped.
    pub fn text_from(&self, first: usize) -> String {
        let mut text = String::new();
        for (at, piece) in self.pieces.iter().enumerate().skip(first) {
            if at > first {
                text.push_str(piece.gap);
            }
            text.push_str(piece.text);
        }
        text
    }
}

struct Walk<'t> {
    text: &'t str,
    /// The kinds of the nodes around.
    around: Vec<&'static str>,
    found: Parts<'t>,
}

/// What it matters to stand in.
const AROUND: [&str; 11] = [
    "command_substitution",
    "process_substitution",
    "subshell",
    "compound_statement",
    "case_statement",
    "function_definition",
    "expansion",
    "variable_assignment",
    "command",
    "arithmetic_expansion",
    "redirected_statement",
];

/// A kind as a name that lasts; nothing for one that does not matter.
fn known(kind: &str) -> &'static str {
    AROUND.into_iter().find(|known| *known == kind).unwrap_or_default()
}

/// What a command in one of these is nested by.
const NESTING: &[&str] = AROUND.split_at(7).0;

impl<'t> Walk<'t> {
    fn all(&mut self, cursor: &mut TreeCursor<'_>) {
        loop {
            self.node(cursor.node());
            let kind = known(cursor.node().kind());
            if cursor.goto_first_child() {
                self.around.push(kind);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                self.around.pop();
            }
        }
    }

    fn source(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn is_in(&self, kind: &str) -> bool {
        self.around.contains(&kind)
    }

    fn note(&mut self, feature: Feature) {
        if !self.found.has(feature) {
            self.found.features.push(feature);
        }
    }

    fn node(&mut self, node: Node<'_>) {
        if node.is_error() || node.is_missing() {
            return self.note(Feature::Broken);
        }
        match node.kind() {
            "command" => self.command(node),
            "command_substitution" if self.is_in("arithmetic_expansion") => {
                self.note(Feature::Calculated);
            }
            "command_substitution" | "process_substitution" | "expansion" => {
                let assigned = self.is_in("variable_assignment") && !self.is_in("command");
                self.note(if assigned { Feature::Assigned } else { Feature::Substitution });
            }
            "ansi_c_string" | "translated_string" | "brace_expression" => {
                self.note(Feature::Substitution);
            }
            "subshell" | "compound_statement" | "case_statement" | "function_definition" => {
                self.note(Feature::Nesting);
            }
            "declaration_command" | "unset_command" => self.note(Feature::Declaration),
            "&" if !self.is_in("arithmetic_expansion") => self.note(Feature::Background),
            "heredoc_start" if !self.source(node).starts_with(['\'', '"', '\\']) => {
                self.note(Feature::Heredoc);
            }
            "simple_expansion" => {
                let name = self.source(node).trim_start_matches('$');
                self.found.variables.push(name);
            }
            "file_redirect" => self.redirect(node),
            _ => {}
        }
    }

    fn command(&mut self, node: Node<'_>) {
        let mut part =
            Part { pieces: Vec::new(), assignments: 0, herestring: "", is_nested: false };
        let mut cursor = node.walk();
        let mut end = None;
        for child in node.named_children(&mut cursor) {
            if child.kind() == "comment" || child.kind().ends_with("_redirect") {
                end = None;
                if child.kind() == "herestring_redirect" {
                    part.herestring = self.source(child);
                }
                continue;
            }
            let between = end.and_then(|end| self.text.get(end..child.start_byte()));
            let gap = match between {
                Some(gap) if !gap.is_empty() && !gap.contains('\\') => gap,
                _ => " ",
            };
            end = Some(child.end_byte());
            part.assignments += usize::from(child.kind() == "variable_assignment");
            part.pieces.push(Piece { gap, text: self.source(child) });
        }
        if part.herestring.is_empty()
            && self.around.last() == Some(&"redirected_statement")
            && let Some(around) = node.parent().filter(|node| node.kind() == "redirected_statement")
        {
            let mut cursor = around.walk();
            let mut children = around.children(&mut cursor);
            let found = children.find(|child| child.kind() == "herestring_redirect");
            part.herestring = found.map_or("", |child| self.source(child));
        }
        // What stands in a calculation is no command to the agents.
        if self.is_in("arithmetic_expansion") {
            return;
        }
        let assigned = self.is_in("variable_assignment") && !self.is_in("command");
        let depth = self.around.iter().filter(|kind| NESTING.contains(kind)).count();
        part.is_nested = depth > usize::from(assigned);
        self.found.parts.push(part);
    }

    fn redirect(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        let sign = node.children(&mut cursor).find(|child| !child.is_named());
        let Some((sign, target)) = sign.zip(node.child_by_field_name("destination")) else {
            return;
        };
        let writes = match sign.kind() {
            ">" | ">>" | ">|" | "&>" | "&>>" => true,
            "<" => false,
            // These are copies of what is open, unless a name follows.
            ">&" if !self.source(target).starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                true
            }
            _ => return,
        };
        let body = node.parent().and_then(|parent| match parent.kind() {
            "redirected_statement" => parent.child_by_field_name("body"),
            _ => Some(parent),
        });
        let is_simple = body.is_none_or(|body| body.kind() == "command");
        let behind = self.found.parts.len();
        let target = self.source(target);
        self.found.redirects.push(Redirect { target, writes, is_simple, behind });
    }
}
