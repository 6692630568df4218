//! From Go's syntax to that of the Rust `regex` crate.
//!
//! The translation is written while the pattern is read. What does not change which texts match is
//! left out: which groups capture, and which repetitions are lazy.

use super::PatternError;
use std::fmt::Write;
use std::mem;
use std::ops::RangeInclusive;

/// How deep groups and repetitions may lie in each other. Go stops at a height of 1000; the regex
/// crate compiles by recursion and must fit into the stack of a thread.
pub(super) const MAX_DEPTH: u32 = 100;

/// How often a repetition, and all those it lies in, may ask for a copy of what it repeats.
const MAX_COPIES: u32 = 1000;

/// How a translation writes `\B`. An escaped parenthesis keeps literal text from looking like it.
pub(super) const NOT_BOUNDARY: &str = r"(?-u:\B)";

const BAD_COUNT: &str = "invalid repeat count";
const BAD_RANGE: &str = "invalid character class range";
const BAD_ESCAPE: &str = "invalid escape sequence";

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

const ANYTHING: &str = r"[\x{0}-\x{10FFFF}]";
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// Go lets a pattern name surrogates, but no text holds one, and Rust has no such characters.
const SURROGATES: RangeInclusive<u32> = 0xD800..=0xDFFF;

const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// The general categories as Go names them, but for `C` and `Cs`.
pub(super) const CATEGORIES: &str = "Cc Cf Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No \
    P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";

/// The scripts of Unicode 15 as Go names them. Rust knows more, and aliases that Go refuses.
pub(super) const SCRIPTS: &str = "\
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak \
    Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian \
    Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot \
    Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs \
    Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi \
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic \
    Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi \
    Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu \
    Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen \
    Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs \
    Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa \
    Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian \
    Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage \
    Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic \
    Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng \
    Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil \
    Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho \
    Warang_Citi Yezidi Yi Zanabazar_Square";

/// Reads a class in brackets such as `[^a-z\d[:punct:]]`.
///
/// This and the other sets are written so that Rust reads them alike on their own and in brackets.
fn class(cursor: &mut Cursor) -> Result<String, PatternError> {
    let start = cursor.at();
    cursor.eat("[");
    let mut out = String::from(if cursor.eat("^") { "[^" } else { "[" });
    let mut first = true; // a `]` in the first place is a member
    while first || !cursor.eat("]") {
        first = false;
        match posix_set(cursor)? {
            Some(set) => out.push_str(&set),
            None => member(cursor, start, &mut out)?,
        }
    }
    out.push(']');
    Ok(out)
}

/// Reads what the class that began at `class` has next: a set, a character or a range.
fn member(cursor: &mut Cursor, class: usize, out: &mut String) -> Result<(), PatternError> {
    if let Some(set) = named_set(cursor)? {
        out.push_str(&set);
        return Ok(());
    }
    let start = cursor.at();
    let low = class_char(cursor, class)?;
    let mut high = low;
    // A `-` before the end of the class is a character.
    if matches!(cursor.rest().as_bytes(), [b'-', after, ..] if *after != b']') {
        cursor.eat("-");
        high = class_char(cursor, class)?;
    }
    if high < low {
        return Err(cursor.fail(BAD_RANGE, start));
    }
    write_range(out, low, high);
    Ok(())
}

fn class_char(cursor: &mut Cursor, class: usize) -> Result<u32, PatternError> {
    match cursor.peek() {
        None => Err(cursor.fail("missing closing ]", class)),
        Some('\\') => escaped_char(cursor),
        Some(c) => {
            cursor.next();
            Ok(c.into())
        }
    }
}

fn write_range(out: &mut String, low: u32, high: u32) {
    let low = if SURROGATES.contains(&low) { SURROGATES.end() + 1 } else { low };
    let high = if SURROGATES.contains(&high) { SURROGATES.start() - 1 } else { high };
    match (char::from_u32(low), char::from_u32(high)) {
        (Some(low), Some(high)) if low == high => write_char(out, low),
        (Some(low), Some(high)) if low < high => {
            write_char(out, low);
            out.push('-');
            write_char(out, high);
        }
        _ => out.push_str(NOTHING),
    }
}

/// The character with the number `code`, taken literally.
fn literal(code: u32) -> String {
    let mut out = String::new();
    write_range(&mut out, code, code);
    out
}

fn write_char(out: &mut String, c: char) {
    if c.is_control() {
        let _ = write!(out, r"\x{{{:X}}}", u32::from(c));
        return;
    }
    if regex_syntax::is_meta_character(c) {
        out.push('\\');
    }
    out.push(c);
}

/// Reads a POSIX set such as `[:alpha:]`, if one comes next. Rust has the same ones.
fn posix_set(cursor: &mut Cursor) -> Result<Option<String>, PatternError> {
    let start = cursor.at();
    if !(cursor.rest().starts_with("[:") && cursor.rest()[2..].contains(":]")) {
        return Ok(None);
    }
    cursor.eat("[:");
    let name = cursor.eat_until(":]").unwrap_or_default();
    if !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Err(cursor.fail(BAD_RANGE, start));
    }
    Ok(Some(format!("[:{name}:]")))
}

/// Reads a set that an escape names, such as `\d` or `\p{Greek}`, if one comes next.
fn named_set(cursor: &mut Cursor) -> Result<Option<String>, PatternError> {
    for (escape, negated) in [(r"\p", false), (r"\P", true)] {
        if cursor.rest().starts_with(escape) {
            return unicode_set(cursor, negated).map(Some);
        }
    }
    let set = perl_set(cursor.rest());
    if set.is_some() {
        cursor.eat_chars(2);
    }
    Ok(set.map(str::to_owned))
}

/// Perl's sets, which hold ASCII alone in Go.
fn perl_set(rest: &str) -> Option<&'static str> {
    Some(match rest.get(..2)? {
        r"\d" => "[0-9]",
        r"\D" => "[^0-9]",
        r"\s" => r"[\t\n\f\r ]",
        r"\S" => r"[^\t\n\f\r ]",
        r"\w" => "[0-9A-Za-z_]",
        r"\W" => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

/// Reads a set of Unicode such as `\pL`, `\p{Greek}` or `\P{^Lu}`.
fn unicode_set(cursor: &mut Cursor, negated: bool) -> Result<String, PatternError> {
    let start = cursor.at();
    cursor.eat_chars(2);
    let name = if cursor.eat("{") { cursor.eat_until("}") } else { Some(cursor.eat_chars(1)) };
    let Some(name) = name else {
        cursor.eat_rest();
        return Err(cursor.fail(BAD_RANGE, start));
    };
    let set = match name.strip_prefix('^') {
        Some(name) => property(name, !negated),
        None => property(name, negated),
    };
    set.ok_or_else(|| cursor.fail(BAD_RANGE, start))
}

/// The set that Go calls `name`, or all other characters if `negated`; none if Go has no such name.
fn property(name: &str, negated: bool) -> Option<String> {
    let listed = |names: &str| names.split_ascii_whitespace().any(|listed| listed == name);
    let (p, not) = if negated { ('P', "^") } else { ('p', "") };
    match (name, negated) {
        ("Any", false) | ("Cs", true) => Some(ANYTHING.to_owned()),
        ("Any", true) | ("Cs", false) => Some(NOTHING.to_owned()),
        // Go's C leaves out the unassigned characters, Rust's does not.
        ("C", _) => Some(format!(r"[{not}\p{{gc=Cc}}\p{{gc=Cf}}\p{{gc=Co}}]")),
        _ if listed(CATEGORIES) => Some(format!(r"\{p}{{gc={name}}}")),
        _ if listed(SCRIPTS) => Some(format!(r"\{p}{{sc={name}}}")),
        _ => None,
    }
}

/// Reads an escape that stands for one character, such as `\n`, `\x{263A}`, `\101` or `\.`, and
/// gives the character's number.
fn escaped_char(cursor: &mut Cursor) -> Result<u32, PatternError> {
    let start = cursor.at();
    cursor.eat("\\");
    let Some(c) = cursor.next() else {
        return Err(PatternError::new("trailing backslash at end of expression", "", start));
    };
    let code = match c {
        'a' => Some(0x07),
        't' => Some(0x09),
        'n' => Some(0x0A),
        'v' => Some(0x0B),
        'f' => Some(0x0C),
        'r' => Some(0x0D),
        'x' => hexadecimal(cursor),
        '0'..='7' => octal(cursor, c),
        _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c.into()),
        _ => None,
    };
    code.ok_or_else(|| cursor.fail(BAD_ESCAPE, start))
}

/// Reads what follows `\x`: two digits, or any number of them in braces.
fn hexadecimal(cursor: &mut Cursor) -> Option<u32> {
    if !cursor.eat("{") {
        let (high, low) = (cursor.next(), cursor.next());
        return Some(high?.to_digit(16)? * 16 + low?.to_digit(16)?);
    }
    let mut code = cursor.next()?.to_digit(16)?;
    while !cursor.eat("}") {
        code = code * 16 + cursor.next()?.to_digit(16)?;
        if code > char::MAX.into() {
            return None;
        }
    }
    Some(code)
}

/// Reads what follows `first` in an octal escape. One digit but 0 alone would refer to a group.
fn octal(cursor: &mut Cursor, first: char) -> Option<u32> {
    let mut code = first.to_digit(8)?;
    let mut digits = 1;
    while digits < 3
        && let Some(digit) = cursor.peek().and_then(|c| c.to_digit(8))
    {
        cursor.next();
        code = code * 8 + digit;
        digits += 1;
    }
    (digits > 1 || first == '0').then_some(code)
}

/// A pattern and how much of it has been read.
struct Cursor<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    fn new(pattern: &'p str) -> Cursor<'p> {
        Cursor { pattern, at: 0 }
    }

    /// The byte offset of what is read next.
    fn at(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    fn rest(&self) -> &'p str {
        &self.pattern[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads `expected` if it comes next, and says whether it did.
    fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Reads `count` characters, or as many as are left.
    fn eat_chars(&mut self, count: usize) -> &'p str {
        let rest = self.rest();
        let length = rest.chars().take(count).map(char::len_utf8).sum();
        self.at += length;
        &rest[..length]
    }

    /// Reads up to `end` and `end` itself; the text before it, or none if `end` does not come.
    fn eat_until(&mut self, end: &str) -> Option<&'p str> {
        let (text, _) = self.rest().split_once(end)?;
        self.at += text.len() + end.len();
        Some(text)
    }

    /// Reads all that is left.
    fn eat_rest(&mut self) -> &'p str {
        let rest = self.rest();
        self.at = self.pattern.len();
        rest
    }

    /// An error about what was read since `start`.
    fn fail(&self, what: &str, start: usize) -> PatternError {
        PatternError::new(what, &self.pattern[start..self.at], start)
    }

    /// An error at `at` that shows the whole pattern.
    fn fail_whole(&self, what: &str, at: usize) -> PatternError {
        PatternError::new(what, self.pattern, at)
    }
}
