//! What text looks like, and what of it is not seen.
//!
//! What looks alike is taken from the Unicode Consortium's data for UTS #39 (confusables.txt,
//! version 18.0) as the crate `unicode-security` has it, and from compatibility decompositions.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

/// Characters that are not seen as they are: what Unicode says is ignored, formats or turns text
/// (<https://www.unicode.org/reports/tr44/#Property_Index>), controls and breaks of lines, no
/// characters at all, which XML forbids, and the Braille pattern without a dot.
const HIDDEN: &str = r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\x{2800}]";

/// Whether a character is not seen as it is.
pub fn is_hidden(character: char) -> bool {
    static HIDDEN_CLASS: LazyLock<ClassUnicode> = LazyLock::new(|| {
        let parsed = regex_syntax::parse(HIDDEN).map(|parsed| parsed.into_kind());
        match parsed.expect("the class is ours") {
            HirKind::Class(Class::Unicode(class)) => class,
            other => unreachable!("{other:?} is no class of characters"),
        }
    });
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let ranges = HIDDEN_CLASS.ranges();
    let behind = ranges.partition_point(|range| range.end() < character);
    ranges.get(behind).is_some_and(|range| range.start() <= character)
}

/// What a name looks like, in the letters of ASCII where it can be: without what is not seen, and
/// without marks on such letters.
pub fn look(name: &str) -> String {
    let mut look = String::with_capacity(name.len());
    for letter in name.nfkd().filter(|letter| !is_unseen(*letter)) {
        match letter {
            // Marks on the letters of other scripts make other letters.
            _ if is_combining_mark(letter) && look.ends_with(|last: char| last.is_ascii()) => {}
            // Of ASCII only the case is alike: `v1` and `vl` are two names that people do use.
            _ if letter.is_ascii() => look.push(letter),
            _ => look.extend(skeleton(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    look.trim().to_owned()
}

/// A look in small letters, without what else is alike beside letters of other scripts: `I` is drawn
/// like `l`.
pub fn rough_look(look: &str) -> String {
    let rough = |letter: char| match letter {
        '1' | 'i' | '|' => 'l',
        '0' => 'o',
        other => other,
    };
    look.chars().map(rough).collect()
}

/// Whether a character leaves nothing to be seen, not even a gap.
pub fn is_unseen(letter: char) -> bool {
    // The blank of Braille is no blank to Unicode; what is ignorable has an empty skeleton.
    letter.is_control()
        || letter == '\u{2800}'
        || (!letter.is_ascii() && skeleton(letter.encode_utf8(&mut [0; 4])).next().is_none())
}
