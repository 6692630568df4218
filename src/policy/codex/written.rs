//! What the calls of a file of rules say, and what Codex refuses in them.

use std::ops::Range;

use super::examples::{Example, words};
use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::folders::resolved;
use crate::policy::permissions::Ruling;
use crate::source::starlark::{Call, FUNCTIONS, Spanned, Stop, Value, calls};
use crate::source::{Document, ProblemKind, ViolationKind, nearest};

/// A rule about the first words of commands.
#[derive(Debug)]
pub(super) struct PrefixRule {
    pub(super) ruling: Ruling,
    /// In each place one of several words.
    pub(super) pattern: Vec<Vec<Box<str>>>,
    pub(super) examples: Vec<Example>,
    pub(super) at: usize,
    /// The number of the call in the file that makes it.
    pub(super) call: usize,
}

/// The paths that a program goes by.
#[derive(Clone, Debug)]
pub(super) struct HostExecutable {
    pub(super) name: Box<str>,
    pub(super) paths: Vec<Box<str>>,
}

/// What a file of rules says.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) rules: Vec<PrefixRule>,
    pub(super) executables: Vec<HostExecutable>,
    /// What it says of hosts, as it is written.
    pub(super) networks: Vec<String>,
    /// Whether the file would have to be run, so that what it says is not known.
    pub(super) is_program: bool,
    pub(super) defects: Vec<Defect>,
}

/// The decisions by their words; a rule without one allows.
const DECISIONS: [(&str, Ruling); 3] =
    [("allow", Ruling::Allow), ("prompt", Ruling::Ask), ("forbidden", Ruling::Deny)];

const PROTOCOLS: [&str; 6] =
    ["http", "https", "https_connect", "http-connect", "socks5_tcp", "socks5_udp"];

impl Written {
    /// Reads a file.
    pub(super) fn read(document: &Document) -> Written {
        let mut written = Written::default();
        let is_text = |kind: &ProblemKind| matches!(kind, ProblemKind::NotUtf8 { .. });
        if let Some(problem) = document.problems.iter().find(|problem| is_text(&problem.kind)) {
            written.refuse(DefectKind::Text(problem.kind.clone()), problem.span.range());
            return written;
        }
        match calls(&document.text) {
            Ok(calls) => {
                calls.iter().enumerate().for_each(|(at, call)| written.call(at, call));
                let networks = calls.iter().filter(|call| call.function == "network_rule");
                let text = |call: &Call| document.text[call.span.start..call.end].to_owned();
                written.networks = networks.map(text).collect();
            }
            Err(Stop::Fault(fault)) => written.wrong(fault.message, fault.span),
            Err(Stop::Program(fault)) => {
                written.is_program = true;
                written.wrong(fault.message, fault.span);
                written.defects.iter_mut().for_each(|defect| defect.refused = false);
            }
        }
        written
    }

    /// Where what is wrong first begins.
    pub(super) fn begins_at(&self) -> usize {
        match self.defects.first().map(|defect| &defect.location) {
            Some(Location::Bytes(place)) => place.start,
            _ => 0,
        }
    }

    /// Whether Codex refuses the file, and with it every other.
    pub(super) fn is_refused(&self) -> bool {
        self.defects.iter().any(|defect| defect.refused)
    }

    pub(super) fn refuse(&mut self, kind: DefectKind, place: Range<usize>) {
        let location = Location::Bytes(place);
        self.defects.push(Defect { kind, location, related: None, refused: true });
    }

    pub(super) fn wrong(&mut self, message: impl Into<String>, place: Range<usize>) {
        self.refuse(DefectKind::Text(ProblemKind::Syntax { message: message.into() }), place);
    }

    fn call(&mut self, at: usize, call: &Call) {
        let function = FUNCTIONS.iter().find(|(name, _)| *name == call.function);
        let known = function.map_or(&[][..], |(_, arguments)| *arguments);
        let Some(arguments) = self.arguments(call, known) else { return };
        let of = |name: &str| {
            let at = known.iter().position(|known| *known == name);
            at.and_then(|at| arguments[at])
        };
        if let Some(said) = of("justification")
            && self.text(said).is_some_and(|text| text.trim().is_empty())
        {
            self.wrong("the justification is empty; say why, or leave it out", said.span.clone());
        }
        match &*call.function {
            "prefix_rule" => self.prefix_rule(at, call, &of),
            "host_executable" => self.host_executable(call, &of),
            _ => self.network_rule(call, &of),
        }
    }

    /// The arguments of a call by their places.
    fn arguments<'c>(
        &mut self,
        call: &'c Call,
        known: &[&str],
    ) -> Option<Vec<Option<&'c Spanned>>> {
        let mut found: Vec<Option<&Spanned>> = call.positional.iter().map(Some).collect();
        if let Some(Some(more)) = found.get(known.len()) {
            let message = format!("`{}` takes {} arguments", call.function, known.len());
            self.wrong(message, more.span.clone());
            return None;
        }
        found.resize(known.len(), None);
        for (name, span, value) in &call.named {
            match known.iter().position(|known| known == name) {
                Some(at) if found[at].is_none() => found[at] = Some(value),
                Some(_) => {
                    self.wrong(format!("`{name}` is given twice"), span.clone());
                    return None;
                }
                None => {
                    let kind = ViolationKind::UnknownField {
                        field: name.clone(),
                        allowed: known.iter().map(|known| (*known).to_owned()).collect(),
                        nearest: nearest(name, known.iter().copied()).map(str::to_owned),
                    };
                    self.refuse(DefectKind::Shape(kind), span.clone());
                    return None;
                }
            }
        }
        Some(found)
    }

    fn needed<'c>(
        &mut self,
        call: &Call,
        name: &str,
        value: Option<&'c Spanned>,
    ) -> Option<&'c Spanned> {
        if value.is_none() {
            let kind = ViolationKind::MissingField { field: name.to_owned() };
            self.refuse(DefectKind::Shape(kind), call.span.clone());
        }
        value
    }

    fn text<'c>(&mut self, value: &'c Spanned) -> Option<&'c str> {
        match &value.value {
            Value::Text(text) => Some(text),
            other => {
                self.mistyped("a text", other, value.span.clone());
                None
            }
        }
    }

    fn list<'c>(&mut self, value: &'c Spanned) -> Option<&'c [Spanned]> {
        match &value.value {
            Value::List(values) => Some(values),
            other => {
                self.mistyped("a list", other, value.span.clone());
                None
            }
        }
    }

    fn texts(&mut self, value: &Spanned) -> Option<Vec<Box<str>>> {
        let values = self.list(value)?;
        values.iter().map(|value| self.text(value).map(Into::into)).collect()
    }

    fn mistyped(&mut self, expected: &str, found: &Value, place: Range<usize>) {
        let found = match found {
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Other(name) => name,
        };
        let kind =
            ViolationKind::WrongType { expected: expected.to_owned(), found: found.to_owned() };
        self.refuse(DefectKind::Shape(kind), place);
    }

    /// One of several words.
    fn word(&mut self, value: &Spanned, allowed: &[&str]) -> Option<usize> {
        let text = self.text(value)?;
        let found = allowed.iter().position(|word| *word == text);
        if found.is_none() {
            let kind = ViolationKind::NotAllowed {
                found: format!("`{text}`"),
                allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
                nearest: nearest(text, allowed.iter().copied()).map(str::to_owned),
            };
            self.refuse(DefectKind::Shape(kind), value.span.clone());
        }
        found
    }

    fn prefix_rule<'c>(
        &mut self,
        at: usize,
        call: &'c Call,
        of: &dyn Fn(&str) -> Option<&'c Spanned>,
    ) {
        let Some(pattern) = self.needed(call, "pattern", of("pattern")) else { return };
        let pattern = self.pattern(pattern);
        let words = DECISIONS.map(|(word, _)| word);
        let decision = of("decision").map_or(Some(0), |value| self.word(value, &words));
        let mut examples = Vec::new();
        for (name, matches) in [("match", true), ("not_match", false)] {
            for value in of(name).and_then(|value| self.list(value)).into_iter().flatten() {
                let place = value.span.clone();
                examples.extend(self.example(value).map(|words| Example { words, matches, place }));
            }
        }
        if let (Some(pattern), Some(decision)) = (pattern, decision) {
            let ruling = DECISIONS[decision].1;
            let rule = PrefixRule { ruling, pattern, examples, at: call.span.start, call: at };
            self.rules.push(rule);
        }
    }

    fn pattern(&mut self, value: &Spanned) -> Option<Vec<Vec<Box<str>>>> {
        let places = self.list(value)?;
        if places.is_empty() {
            self.wrong("the pattern has no words", value.span.clone());
            return None;
        }
        let place = |place: &Spanned| match &place.value {
            Value::Text(text) => Some(vec![text.as_str().into()]),
            Value::List(several) if several.is_empty() => {
                self.wrong("there is no word to choose from", place.span.clone());
                None
            }
            Value::List(_) => self.texts(place),
            other => {
                self.mistyped("a text or a list of texts", other, place.span.clone());
                None
            }
        };
        places.iter().map(place).collect()
    }

    fn example(&mut self, value: &Spanned) -> Option<Vec<String>> {
        let found = match &value.value {
            Value::Text(text) => words(text),
            Value::List(_) => {
                Some(self.texts(value)?.iter().map(|word| word.to_string()).collect())
            }
            other => {
                self.mistyped("a text or a list of texts", other, value.span.clone());
                return None;
            }
        };
        let found = found.filter(|words| !words.is_empty());
        if found.is_none() {
            self.wrong("the example is no command", value.span.clone());
        }
        found
    }

    fn host_executable<'c>(&mut self, call: &'c Call, of: &dyn Fn(&str) -> Option<&'c Spanned>) {
        let Some(given) = self.needed(call, "name", of("name")) else { return };
        let Some(paths) = self.needed(call, "paths", of("paths")) else { return };
        let Some(name) = self.text(given) else { return };
        if name.is_empty() || name.contains(['/', '\\']) {
            return self.wrong("the name is that of a program, without a path", given.span.clone());
        }
        for value in self.list(paths).into_iter().flatten() {
            let Some(path) = self.text(value) else { continue };
            let last = path.rsplit('/').next().unwrap_or_default();
            if !path.starts_with('/') || last != name {
                let message = format!("the path is no absolute one that ends in `{name}`");
                self.wrong(message, value.span.clone());
            }
        }
        if let Some(paths) = self.texts(paths).filter(|_| !self.is_refused()) {
            let paths = paths.iter().map(|path| resolved("/", path).into()).collect();
            self.executables.push(HostExecutable { name: name.into(), paths });
        }
    }

    /// Which hosts are reached is another question; here it is only whether Codex takes the file.
    fn network_rule<'c>(&mut self, call: &'c Call, of: &dyn Fn(&str) -> Option<&'c Spanned>) {
        let decisions = ["allow", "prompt", "forbidden", "deny"];
        for (name, allowed) in [("protocol", &PROTOCOLS[..]), ("decision", &decisions[..])] {
            if let Some(value) = self.needed(call, name, of(name)) {
                self.word(value, allowed);
            }
        }
        let Some(value) = self.needed(call, "host", of("host")) else { return };
        let is_host = |host: &str| {
            let host = host.trim();
            !host.is_empty()
                && !host.contains(['/', '*', '?', '#'])
                && !host.contains(char::is_whitespace)
        };
        if self.text(value).is_some_and(|host| !is_host(host)) {
            self.wrong("the host is a name alone, without `*`, scheme or path", value.span.clone());
        }
    }
}
