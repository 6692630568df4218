//! A file of rules, read as data: calls with literal arguments. What would have to be run is not read.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{Fault, Token, Word, tokens};

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spanned {
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Spanned>),
    /// Anything else, by its name.
    Other(&'static str),
}

/// A call of a function at the margin.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: String,
    /// Where its name stands.
    pub(crate) span: Range<usize>,
    /// Where the last bracket of it ends.
    pub(crate) end: usize,
    pub(crate) positional: Vec<Spanned>,
    pub(crate) named: Vec<(String, Range<usize>, Spanned)>,
}

/// Why a file is not read to its end.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// Codex refuses it.
    Fault(Fault),
    /// It would have to be run.
    Program(Fault),
}

/// The functions that make rules, each with its arguments in their order.
pub(crate) const FUNCTIONS: [(&str, &[&str]); 3] = [
    ("prefix_rule", &["pattern", "decision", "match", "not_match", "justification"]),
    ("host_executable", &["name", "paths"]),
    ("network_rule", &["host", "protocol", "decision", "justification"]),
];

fn makes_rules(name: &str) -> bool {
    FUNCTIONS.iter().any(|(function, _)| *function == name)
}

/// Words that are none of the language, or of what Codex lets in of it.
const RESERVED: [&str; 24] = [
    "as", "assert", "async", "await", "class", "del", "except", "finally", "from", "global",
    "import", "is", "json", "load", "nonlocal", "print", "raise", "set", "struct", "try", "while",
    "with", "yield", "fail",
];

/// Words that begin what has to be run.
const CONTROL: [&str; 10] =
    ["and", "break", "continue", "def", "for", "if", "in", "lambda", "or", "not"];

/// Functions that the language has, none of which makes a rule.
const BUILT_IN: [&str; 24] = [
    "abs",
    "all",
    "any",
    "bool",
    "chr",
    "dict",
    "dir",
    "enumerate",
    "float",
    "getattr",
    "hasattr",
    "hash",
    "int",
    "len",
    "list",
    "max",
    "min",
    "ord",
    "range",
    "repr",
    "reversed",
    "sorted",
    "str",
    "tuple",
];

/// Reads the calls of a file.
pub(crate) fn calls(text: &str) -> Result<Vec<Call>, Stop> {
    let tokens = tokens(text).map_err(Stop::Fault)?;
    // What is not there is missed before anything runs.
    if let Some(fault) = unavailable(&tokens) {
        return Err(Stop::Fault(fault));
    }
    let mut reader = Reader { tokens: &tokens, at: 0, names: BTreeMap::new(), depth: 0 };
    let mut calls = Vec::new();
    while reader.at < tokens.len() {
        reader.statement(&mut calls)?;
    }
    Ok(calls)
}

/// The first word that stands for nothing in Codex's Starlark, unless the file gives it a meaning.
fn unavailable(tokens: &[Token]) -> Option<Fault> {
    let is_sign =
        |token: Option<&Token>, sign| token.is_some_and(|token| token.kind == Word::Sign(sign));
    let found = tokens.iter().enumerate().find(|(at, token)| {
        let Word::Name(name) = &token.kind else { return false };
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let is_known =
            matches!(before.map(|token| &token.kind), Some(Word::Name(word)) if word == "def");
        let is_named = is_sign(before, '.') || is_sign(tokens.get(at + 1), '=');
        let is_call = is_sign(tokens.get(at + 1), '(') || is_sign(tokens.get(at + 1), '.');
        let needs_call = matches!(&**name, "json" | "print" | "set" | "struct" | "fail" | "load");
        // Whether a call that fails is reached, only running tells, but for one at the margin.
        let is_reached = name != "fail" || before.is_none_or(|token| token.kind == Word::End);
        RESERVED.contains(&&**name)
            && !is_known
            && !is_named
            && (is_call || !needs_call)
            && is_reached
    });
    let (_, token) = found?;
    let Word::Name(name) = &token.kind else { return None };
    let message = match &**name {
        "fail" => "the file makes itself fail".to_owned(),
        name => format!("Codex has no `{name}` in files of rules"),
    };
    let is_defined = |pair: &[Token]| {
        pair[1].kind == token.kind
            && matches!(&pair[0].kind, Word::Name(word) if word == "def" || word == "for")
            || pair[0].kind == token.kind && pair[1].kind == Word::Sign('=')
    };
    (!tokens.windows(2).any(is_defined)).then(|| Fault::new(message, token.span.clone()))
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    names: BTreeMap<String, Value>,
    depth: usize,
}

/// How deep lists nest before they are not followed.
const DEPTH: usize = 64;

impl Reader<'_> {
    fn peek(&self) -> &Word {
        self.tokens.get(self.at).map_or(&Word::End, |token| &token.kind)
    }

    fn behind(&self) -> &Word {
        self.tokens.get(self.at + 1).map_or(&Word::End, |token| &token.kind)
    }

    fn span(&self) -> Range<usize> {
        let last = self.tokens.last().map_or(0..0, |token| token.span.clone());
        self.tokens.get(self.at).map_or(last, |token| token.span.clone())
    }

    fn takes(&mut self, sign: char) -> bool {
        let is_there = *self.peek() == Word::Sign(sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn fault<T>(&self, message: impl Into<String>) -> Result<T, Stop> {
        Err(Stop::Fault(Fault::new(message, self.span())))
    }

    fn program<T>(&self, what: &str) -> Result<T, Stop> {
        let message = format!("{what} has to be run, which is not done here");
        Err(Stop::Program(Fault::new(message, self.span())))
    }

    fn statement(&mut self, calls: &mut Vec<Call>) -> Result<(), Stop> {
        match (self.peek().clone(), self.behind().clone()) {
            (Word::End, _) => {
                self.at += 1;
                return Ok(());
            }
            (Word::Indent, _) => return self.fault("the line stands further in than it may"),
            (Word::Name(name), Word::Sign('(')) if makes_rules(&name) => {
                calls.push(self.call(name)?);
            }
            (Word::Name(name), Word::Sign('=')) => {
                if self.gives_values(self.at + 2) || makes_rules(&name) {
                    return self.program("this");
                }
                self.at += 2;
                let value = self.value()?.value;
                self.names.insert(name, value);
            }
            // Several names at once, parts of values, values that are changed.
            _ if self.gives_values(self.at) => return self.program("this"),
            _ => _ = self.value()?,
        }
        match self.peek() {
            Word::End => Ok(()),
            _ => self.unfinished(),
        }
    }

    /// Whether there is a `=` in what is left of a line, outside of brackets.
    fn gives_values(&self, from: usize) -> bool {
        let mut depth = 0usize;
        let line = self.tokens.iter().skip(from).take_while(|token| token.kind != Word::End);
        line.map(|token| &token.kind).any(|word| {
            match word {
                Word::Sign('(' | '[' | '{') => depth += 1,
                Word::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *word == Word::Sign('=')
        })
    }

    /// What stands where a value should have ended.
    fn unfinished<T>(&self) -> Result<T, Stop> {
        match self.peek() {
            Word::Text(_) | Word::Template | Word::Number | Word::Indent => {
                self.fault("one value stands behind another; write `,` or `+` between them")
            }
            Word::Name(name) if CONTROL.contains(&&**name) => self.program(&format!("`{name}`")),
            Word::Name(name) => self.fault(format!("`{name}` is not expected here")),
            Word::Sign(sign @ (')' | ']' | '}' | '!' | ':')) => {
                self.fault(format!("`{sign}` is not expected here"))
            }
            Word::Sign(sign) => self.program(&format!("`{sign}`")),
            Word::End => self.fault("the line ends too early"),
        }
    }

    fn call(&mut self, function: String) -> Result<Call, Stop> {
        let span = self.span();
        let (positional, named) = (Vec::new(), Vec::new());
        let mut call = Call { function, end: span.end, span, positional, named };
        (self.at, self.depth) = (self.at + 2, self.depth + 1);
        while !self.takes(')') {
            let here = self.span();
            match (self.peek().clone(), self.behind()) {
                (Word::Name(name), Word::Sign('=')) => {
                    self.at += 2;
                    let value = self.value()?;
                    call.named.push((name, here, value));
                }
                (Word::Sign('*'), _) => return self.program("`*`"),
                _ if !call.named.is_empty() => {
                    return self.fault("an argument without a name stands behind one with a name");
                }
                _ => {
                    let value = self.value()?;
                    call.positional.push(value);
                }
            }
            if !self.takes(',') && *self.peek() != Word::Sign(')') {
                return self.unfinished();
            }
        }
        self.depth -= 1;
        call.end = self.tokens[self.at - 1].span.end;
        Ok(call)
    }

    /// A value, and what is put behind it with `+`.
    fn value(&mut self) -> Result<Spanned, Stop> {
        let mut whole = self.single()?;
        while *self.peek() == Word::Sign('+') {
            self.at += 1;
            let Spanned { value, span } = self.single()?;
            whole.value = match (whole.value, value) {
                (Value::Text(one), Value::Text(other)) => Value::Text(one + &other),
                (Value::List(one), Value::List(other)) => Value::List([one, other].concat()),
                _ => return self.program("`+`"),
            };
            whole.span.end = span.end;
        }
        Ok(whole)
    }

    fn single(&mut self) -> Result<Spanned, Stop> {
        let start = self.span();
        let value = match self.peek().clone() {
            Word::Text(text) => {
                self.at += 1;
                Value::Text(text)
            }
            Word::Number => {
                self.at += 1;
                Value::Other("a number")
            }
            Word::Sign('-') if *self.behind() == Word::Number => {
                self.at += 2;
                Value::Other("a number")
            }
            Word::Template => return self.program("this text"),
            Word::Name(name) => self.name(&name)?,
            Word::Sign(open @ ('[' | '(' | '{')) => self.nested(open)?,
            _ => return self.unfinished(),
        };
        if let Word::Sign('(' | '[' | '.') = self.peek() {
            return self.program("what stands here");
        }
        let end = self.tokens.get(self.at - 1).map_or(start.end, |token| token.span.end);
        Ok(Spanned { value, span: start.start..end })
    }

    fn name(&mut self, name: &str) -> Result<Value, Stop> {
        let value = match (name, self.names.get(name)) {
            (_, Some(value)) => value.clone(),
            ("None", _) => Value::Other("None"),
            ("True" | "False", _) => Value::Other("true or false"),
            _ if CONTROL.contains(&name) => return self.program(&format!("`{name}`")),
            _ if BUILT_IN.contains(&name) || makes_rules(name) => {
                return self.program(&format!("`{name}`"));
            }
            _ if *self.behind() == Word::Sign('(') => {
                return self.fault(format!("there is no function `{name}`"));
            }
            _ => return self.fault(format!("`{name}` has no value")),
        };
        self.at += 1;
        Ok(value)
    }

    fn nested(&mut self, open: char) -> Result<Value, Stop> {
        if self.depth == DEPTH {
            return self.program("what nests as deep as this");
        }
        self.depth += 1;
        self.at += 1;
        let close = match open {
            '[' => ']',
            '(' => ')',
            _ => '}',
        };
        let (mut values, mut commas) = (Vec::new(), 0);
        while !self.takes(close) {
            values.push(self.value()?);
            if open == '{' {
                if !self.takes(':') {
                    return self.unfinished();
                }
                self.value()?;
            }
            match self.takes(',') {
                true => commas += 1,
                false if *self.peek() == Word::Sign(close) => {}
                false => return self.unfinished(),
            }
        }
        self.depth -= 1;
        Ok(match (open, values.len(), commas) {
            ('[', ..) => Value::List(values),
            ('(', 1, 0) => values.remove(0).value,
            ('(', ..) => Value::Other("a tuple"),
            _ => Value::Other("an object"),
        })
    }
}
