//! The characters and sets of characters of a Go pattern.

use std::fmt::Write;
use std::ops::RangeInclusive;

use super::cursor::Cursor;
use super::error::PatternError;

const BAD_RANGE: &str = "invalid character class range";

const BAD_ESCAPE: &str = "invalid escape sequence";

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
pub(super) fn class(cursor: &mut Cursor) -> Result<String, PatternError> {
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
pub(super) fn member(
    cursor: &mut Cursor,
    class: usize,
    out: &mut String,
) -> Result<(), PatternError> {
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

pub(super) fn class_char(cursor: &mut Cursor, class: usize) -> Result<u32, PatternError> {
    match cursor.peek() {
        None => Err(cursor.fail("missing closing ]", class)),
        Some('\\') => escaped_char(cursor),
        Some(c) => {
            cursor.next();
            Ok(c.into())
        }
    }
}

pub(super) fn write_range(out: &mut String, low: u32, high: u32) {
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
pub(super) fn literal(code: u32) -> String {
    let mut out = String::new();
    write_range(&mut out, code, code);
    out
}

pub(super) fn write_char(out: &mut String, c: char) {
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
pub(super) fn posix_set(cursor: &mut Cursor) -> Result<Option<String>, PatternError> {
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
pub(super) fn named_set(cursor: &mut Cursor) -> Result<Option<String>, PatternError> {
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
pub(super) fn perl_set(rest: &str) -> Option<&'static str> {
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
pub(super) fn unicode_set(cursor: &mut Cursor, negated: bool) -> Result<String, PatternError> {
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
pub(super) fn property(name: &str, negated: bool) -> Option<String> {
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
pub(super) fn escaped_char(cursor: &mut Cursor) -> Result<u32, PatternError> {
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
pub(super) fn hexadecimal(cursor: &mut Cursor) -> Option<u32> {
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
pub(super) fn octal(cursor: &mut Cursor, first: char) -> Option<u32> {
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
