//! From Go's syntax to that of the Rust `regex` crate.
//!
//! The translation is written while the pattern is read. What does not change which texts match is
//! left out: which groups capture, and which repetitions are lazy.

use std::mem;

use super::cursor::Cursor;
use super::error::PatternError;
use super::set::{class, escaped_char, literal, named_set};

/// How deep groups and repetitions may lie in each other. Go stops at a height of 1000; the regex
/// crate compiles by recursion and must fit into the stack of a thread.
pub(super) const MAX_DEPTH: u32 = 100;

/// Groups, repetitions, concatenations and alternations count once each, so that no translation
/// comes near.
pub(super) const NEST_LIMIT: u32 = 10 * MAX_DEPTH;

/// How often a repetition, and all those it lies in, may ask for a copy of what it repeats.
const MAX_COPIES: u32 = 1000;

/// How a translation writes `\B`. An escaped parenthesis keeps literal text from looking like it.
pub(super) const NOT_BOUNDARY: &str = r"(?-u:\B)";

const BAD_COUNT: &str = "invalid repeat count";

/// Translates `pattern`.
///
/// # Errors
///
/// `pattern` is one that Go refuses, or it nests more than [`MAX_DEPTH`] deep.
pub(super) fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut translator = Translator {
        cursor: Cursor::new(pattern),
        out: String::with_capacity(pattern.len()),
        flags: Flags::default(),
        level: Level::default(),
        groups: Vec::new(),
    };
    translator.run()?;
    Ok(translator.out)
}

struct Translator<'p> {
    cursor: Cursor<'p>,
    out: String,
    /// The flags that hold at the cursor.
    flags: Flags,
    /// The innermost group, or the whole pattern.
    level: Level,
    /// The open groups, the innermost last.
    groups: Vec<Group>,
}

#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
}

/// What has been read of a group, or of the pattern around all groups.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Whether the translation ignores case at its end.
    ignores_case: bool,
    /// What a repetition would repeat.
    last: Option<Atom>,
    /// The weight of all before `last`.
    weight: Weight,
}

/// A part of the translation that can be repeated.
#[derive(Clone, Copy)]
struct Atom {
    /// Where it starts in the translation.
    start: usize,
    repeated: bool,
    weight: Weight,
}

/// What Go limits.
#[derive(Clone, Copy)]
struct Weight {
    /// Copies of the part that is copied most.
    copies: u32,
    /// Groups and repetitions that lie in each other.
    depth: u32,
}

/// An open group, with what held before it.
struct Group {
    /// Where it starts in the pattern.
    at: usize,
    /// Where it starts in the translation.
    start: usize,
    flags: Flags,
    level: Level,
}

/// A repetition as the pattern writes it, without the `?` that makes it lazy.
struct Repetition<'p> {
    /// Where it starts in the pattern.
    at: usize,
    text: &'p str,
    low: u32,
    /// None if there is no limit.
    high: Option<u32>,
}

impl<'p> Translator<'p> {
    fn run(&mut self) -> Result<(), PatternError> {
        let mut before = None;
        while let Some(next) = self.cursor.peek() {
            if let Some(repetition) = Repetition::read(&mut self.cursor) {
                self.repeat(&repetition, before)?;
                before = Some(repetition.at);
            } else {
                self.item(next)?;
                before = None;
            }
        }
        match self.groups.last() {
            Some(group) => Err(self.cursor.fail_whole("missing closing )", group.at)),
            None => Ok(()),
        }
    }

    /// Repeats the last atom; `before` is the place of a repetition right before this one.
    fn repeat(&mut self, it: &Repetition, before: Option<usize>) -> Result<(), PatternError> {
        if it.low > MAX_COPIES || it.high.is_some_and(|high| high > MAX_COPIES || high < it.low) {
            return Err(self.cursor.fail(BAD_COUNT, it.at));
        }
        self.cursor.eat("?");
        if let Some(before) = before {
            return Err(self.cursor.fail("invalid nested repetition operator", before));
        }
        let Some(mut atom) = self.level.last else {
            return Err(self.cursor.fail("missing argument to repetition operator", it.at));
        };
        atom.weight = self.checked(atom.weight.repeated(it.low, it.high), it.at)?;
        // With flags or an empty quotation between, Go repeats a repetition: `a+\Q\E?` is not lazy.
        if atom.repeated {
            self.out.insert_str(atom.start, "(?:");
            self.out.push(')');
        }
        self.out.push_str(it.text);
        atom.repeated = true;
        self.level.last = Some(atom);
        Ok(())
    }

    /// Reads what comes next, which starts with `next` and is no repetition.
    fn item(&mut self, next: char) -> Result<(), PatternError> {
        match next {
            '(' => self.open()?,
            ')' => self.close()?,
            '|' => {
                self.cursor.eat("|");
                self.level.settle();
                self.out.push('|');
            }
            '[' => {
                let set = class(&mut self.cursor)?;
                self.push_cased(&set);
            }
            '\\' => self.escape()?,
            _ => {
                self.cursor.next();
                self.symbol(next);
            }
        }
        Ok(())
    }

    fn symbol(&mut self, symbol: char) {
        match symbol {
            '^' if self.flags.multi_line => self.push("(?m:^)"),
            '^' => self.push("^"),
            '$' if self.flags.multi_line => self.push("(?m:$)"),
            '$' => self.push("$"),
            '.' if self.flags.dot_all => self.push("(?s:.)"),
            '.' => self.push("."),
            _ => self.push_cased(&literal(symbol.into())),
        }
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        let same = [(r"\A", r"\A"), (r"\z", r"\z"), (r"\b", r"(?-u:\b)"), (r"\B", NOT_BOUNDARY)];
        if let Some((_, look)) = same.iter().find(|(escape, _)| self.cursor.eat(escape)) {
            self.push(look);
        } else if self.cursor.eat(r"\Q") {
            self.quotation();
        } else if let Some(set) = named_set(&mut self.cursor)? {
            self.push_cased(&set);
        } else {
            let code = escaped_char(&mut self.cursor)?;
            self.push_cased(&literal(code));
        }
        Ok(())
    }

    /// Reads up to `\E`, or to the end of the pattern, and takes every character literally.
    fn quotation(&mut self) {
        let text = self.cursor.eat_until(r"\E").unwrap_or_else(|| self.cursor.eat_rest());
        for c in text.chars() {
            self.push_cased(&literal(c.into()));
        }
    }

    fn push_cased(&mut self, text: &str) {
        if self.level.ignores_case != self.flags.ignore_case {
            self.level.ignores_case = self.flags.ignore_case;
            self.out.push_str(if self.flags.ignore_case { "(?i)" } else { "(?-i)" });
        }
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        self.level.push(self.out.len(), Weight::default());
        self.out.push_str(text);
    }

    /// Reads a `(` and what may follow it: a name, flags, or nothing.
    fn open(&mut self) -> Result<(), PatternError> {
        let at = self.cursor.at();
        self.cursor.eat("(");
        let mut flags = self.flags;
        let is_group = !self.cursor.eat("?") || self.name(at)? || self.flags(at, &mut flags)?;
        if is_group {
            let inner = Level { ignores_case: self.level.ignores_case, ..Level::default() };
            let outer = mem::replace(&mut self.level, inner);
            let start = self.out.len();
            self.groups.push(Group { at, start, flags: self.flags, level: outer });
            self.out.push_str("(?:");
        }
        self.flags = flags;
        Ok(())
    }

    /// Reads the name of the group at `at`, if it has one, and says whether it has.
    fn name(&mut self, at: usize) -> Result<bool, PatternError> {
        let rest = self.cursor.rest();
        let has_name = |prefix| rest.len() > str::len(prefix) && rest.starts_with(prefix);
        if !has_name("P<") && !has_name("<") {
            return Ok(false);
        }
        self.cursor.eat("P");
        self.cursor.eat("<");
        let name = self.cursor.eat_until(">");
        if name.is_none() {
            self.cursor.eat_rest();
        }
        let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if !name.is_some_and(|name| !name.is_empty() && name.chars().all(is_word)) {
            return Err(self.cursor.fail("invalid named capture", at));
        }
        Ok(true)
    }

    /// Reads flags, and says whether they begin a group: `(?i:` does, `(?i)` does not.
    fn flags(&mut self, at: usize, flags: &mut Flags) -> Result<bool, PatternError> {
        let mut on = true;
        let mut complete = true;
        while let Some(flag) = self.cursor.next() {
            match flag {
                'i' => flags.ignore_case = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_all = on,
                'U' => {} // which repetitions are lazy
                '-' if on => on = false,
                ':' | ')' if complete => return Ok(flag == ':'),
                _ => break,
            }
            complete = flag != '-';
        }
        Err(self.cursor.fail("invalid or unsupported Perl syntax", at))
    }

    fn close(&mut self) -> Result<(), PatternError> {
        let at = self.cursor.at();
        self.cursor.eat(")");
        let Some(group) = self.groups.pop() else {
            return Err(self.cursor.fail_whole("unexpected )", at));
        };
        self.level.settle();
        let weight = self.checked(self.level.weight.deeper(), group.at)?;
        self.out.push(')');
        self.flags = group.flags;
        self.level = group.level;
        self.level.push(group.start, weight);
        Ok(())
    }

    /// `weight` of what starts at `at`, unless it is over a limit.
    fn checked(&self, weight: Weight, at: usize) -> Result<Weight, PatternError> {
        if weight.depth > MAX_DEPTH {
            return Err(self.cursor.fail_whole("expression nests too deeply", at));
        }
        if weight.copies > MAX_COPIES {
            return Err(self.cursor.fail(BAD_COUNT, at));
        }
        Ok(weight)
    }
}

impl Level {
    /// Adds an atom that starts at `start` of the translation.
    fn push(&mut self, start: usize, weight: Weight) {
        self.settle();
        self.last = Some(Atom { start, repeated: false, weight });
    }

    /// Makes the last atom one that cannot be repeated any more.
    fn settle(&mut self) {
        if let Some(atom) = self.last.take() {
            self.weight.copies = self.weight.copies.max(atom.weight.copies);
            self.weight.depth = self.weight.depth.max(atom.weight.depth);
        }
    }
}

impl Weight {
    fn deeper(self) -> Weight {
        Weight { depth: self.depth + 1, ..self }
    }

    fn repeated(self, low: u32, high: Option<u32>) -> Weight {
        let copies = match high {
            Some(0) => 1, // Go does not count the copies in what never occurs
            _ => self.copies * high.unwrap_or(low).max(1),
        };
        Weight { copies, ..self.deeper() }
    }
}

impl Default for Weight {
    fn default() -> Weight {
        Weight { copies: 1, depth: 0 }
    }
}

impl<'p> Repetition<'p> {
    /// Reads a repetition, if one comes next. Braces without proper counts are characters.
    fn read(cursor: &mut Cursor<'p>) -> Option<Repetition<'p>> {
        let (at, rest) = (cursor.at(), cursor.rest());
        let length = if rest.starts_with('{') { rest.find('}')? + 1 } else { 1 };
        let text = rest.get(..length)?;
        let (low, high) = match text {
            "*" => (0, None),
            "+" => (1, None),
            "?" => (0, Some(1)),
            _ => counts(text)?,
        };
        cursor.eat(text);
        Some(Repetition { at, text, low, high })
    }
}

/// The counts in `{low}`, `{low,}` or `{low,high}`.
fn counts(braces: &str) -> Option<(u32, Option<u32>)> {
    let inner = braces.strip_prefix('{')?.strip_suffix('}')?;
    let Some((low, high)) = inner.split_once(',') else {
        let exact = number(inner)?;
        return Some((exact, Some(exact)));
    };
    let high = if high.is_empty() { None } else { Some(number(high)?) };
    Some((number(low)?, high))
}

/// A number as Go writes counts, without leading zeros; the largest one if it is larger than that.
fn number(digits: &str) -> Option<u32> {
    let proper = digits == "0" || !digits.starts_with('0');
    let decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (proper && decimal).then(|| digits.parse().unwrap_or(u32::MAX))
}
