//! Texts that a pattern is found in, read off the pattern.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use crate::policy::Pattern;

/// How many texts are spelt for one pattern.
const MOST: usize = 20_000;

/// How many ways to put the texts of many parts together are tried: an automaton follows more of
/// them faster.
const MOST_WAYS: usize = 512;

/// How many bytes they may take together.
const MOST_BYTES: usize = 4 << 20;

/// How many of the texts of a part are tried beside one of each other part, where all ways to put
/// them together are too many.
const VARIATIONS: usize = 4_096;

/// So many times a part is repeated in each way; more often, only as itself.
const VARIED: u32 = 4;

/// Patterns that were read nest no deeper than this.
const NEST_LIMIT: u32 = 2_000;

/// Characters that a text is spelt with where it may.
const READABLE: [char; 10] = ['a', '0', 'A', 'b', '1', '_', '-', '/', '.', ' '];

/// Some texts.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// The texts, in the order of the pattern.
    pub(super) texts: Vec<String>,
    /// Whether the pattern is found in no other one.
    pub(super) all: bool,
}

/// Texts that a pattern is found in, as far as they are easily told; some of them may be wrong.
pub(super) fn spell(pattern: &Pattern) -> Texts {
    let mut parser = ParserBuilder::new().nest_limit(NEST_LIMIT).build();
    let Ok(hir) = parser.parse(pattern.translated()) else {
        return Texts { texts: Vec::new(), all: false };
    };
    let anchors = pattern.anchors();
    let spelt = of(&hir);
    Texts { all: spelt.all && anchors.start && anchors.end, ..spelt }
}

/// Whether a pattern may be found in few texts only, all of which [`spell`] then tells; where not, it surely leaves
/// some out.
pub(super) fn may_be_few(pattern: &Pattern) -> bool {
    let anchors = pattern.anchors();
    let parser = || ParserBuilder::new().nest_limit(NEST_LIMIT).build();
    anchors.start
        && anchors.end
        && parser().parse(pattern.translated()).is_ok_and(|hir| are_few(&hir))
}

fn are_few(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => true,
        HirKind::Class(class) => of_class(class).all,
        HirKind::Repetition(repetition) => {
            repetition.max.is_some_and(|most| most <= VARIED) && are_few(&repetition.sub)
        }
        HirKind::Capture(capture) => are_few(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(are_few),
    }
}

fn of(hir: &Hir) -> Texts {
    let one = |text: &str| Texts { texts: vec![text.to_owned()], all: true };
    match hir.kind() {
        // What is looked for around a place takes no text.
        HirKind::Empty | HirKind::Look(_) => one(""),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => one(text),
            Err(_) => Texts { texts: Vec::new(), all: false },
        },
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repetition) => of_repetition(repetition),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Concat(parts) => concat(&parts.iter().map(of).collect::<Vec<_>>()),
        HirKind::Alternation(parts) => {
            // Of many alternatives a few texts each, so that none is left out.
            let each = (MOST / parts.len().max(1)).max(1);
            let mut found = Texts { texts: Vec::new(), all: true };
            for part in parts.iter().map(of) {
                found.all &= part.all && part.texts.len() <= each;
                found.texts.extend(part.texts.into_iter().take(each));
            }
            capped(found)
        }
    }
}

/// The characters of a small set; of a large one the readable ones and those at its ends.
fn of_class(class: &Class) -> Texts {
    const SMALL: usize = 4;
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|r| (r.start().into(), r.end().min(127).into())).collect()
        }
    };
    let characters = || ranges.iter().flat_map(|(start, end)| *start..=*end);
    let is_ascii =
        matches!(class, Class::Unicode(_)) || ranges.iter().all(|(_, end)| end.is_ascii());
    let all = is_ascii && characters().take(SMALL + 1).count() <= SMALL;
    let readable = READABLE.into_iter().filter(|c| ranges.iter().any(|(s, e)| s <= c && c <= e));
    let ends = ranges.iter().take(8).flat_map(|(start, end)| [*start, *end]);
    let texts: Vec<String> = match all {
        true => characters().map(String::from).collect(),
        false => readable.chain(ends).map(String::from).collect(),
    };
    Texts { texts, all }
}

/// The least and the most repetitions, and those right beside them.
fn of_repetition(repetition: &Repetition) -> Texts {
    let part = of(&repetition.sub);
    let (least, most) = (repetition.min, repetition.max);
    let few = most.filter(|most| *most <= VARIED);
    let mut counts: Vec<u32> = match (few, most) {
        (Some(most), _) => (least..=most).collect(),
        (None, Some(most)) => vec![least, (least + 1).min(most), most - 1, most],
        (None, None) => vec![least, least + 1, least + 2],
    };
    counts.retain(|count| *count >= least);
    counts.dedup();
    let mut found = Texts { texts: Vec::new(), all: few.is_some() && part.all };
    for count in counts {
        let repeated = match few {
            Some(_) => concat(&vec![part.clone(); count as usize]),
            None => {
                let texts = part.texts.iter().take(16).map(|text| text.repeat(count as usize));
                Texts { texts: texts.collect(), all: false }
            }
        };
        found.texts.extend(repeated.texts);
        found.all &= repeated.all;
    }
    capped(found)
}

/// Every way to put texts of parts together; where that is too many, each text of each part beside
/// the first ones of the others.
fn concat(parts: &[Texts]) -> Texts {
    /// More parts than these that each stand for several texts are many.
    const MANY_CHOICES: usize = 3;
    let ways = parts
        .iter()
        .try_fold(1usize, |ways, part| {
            ways.checked_mul(part.texts.len()).filter(|ways| *ways <= MOST)
        })
        .unwrap_or(usize::MAX);
    let choices = parts.iter().filter(|part| part.texts.len() > 1).count();
    if ways <= if choices > MANY_CHOICES { MOST_WAYS } else { MOST } {
        let mut found = vec![String::new()];
        for part in parts.iter().filter(|part| part.texts.as_slice() != [""]) {
            let with = |start: &String| -> Vec<String> {
                part.texts.iter().map(|text| [start.as_str(), text].concat()).collect()
            };
            found = found.iter().flat_map(with).collect();
        }
        return capped(Texts { texts: found, all: parts.iter().all(|part| part.all) });
    }
    let mut texts = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let first = |parts: &[Texts]| -> Option<String> {
            parts.iter().map(|part| part.texts.first().map(String::as_str)).collect()
        };
        let (Some(before), Some(behind)) = (first(&parts[..index]), first(&parts[index + 1..]))
        else {
            break;
        };
        let varied = part.texts.iter().take(VARIATIONS);
        texts.extend(varied.map(|text| [&before, text.as_str(), &behind].concat()));
    }
    capped(Texts { texts, all: false })
}

fn capped(mut found: Texts) -> Texts {
    let mut bytes = 0;
    let fits = |text: &&String| {
        bytes += text.len();
        bytes <= MOST_BYTES
    };
    let kept = found.texts.iter().take(MOST).take_while(fits).count();
    found.all &= kept == found.texts.len();
    found.texts.truncate(kept);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(pattern: &str) -> Texts {
        spell(&Pattern::compile(pattern).unwrap())
    }

    #[test]
    fn a_pattern_of_few_texts_is_spelt_out() {
        for (pattern, texts) in [
            ("^(a|b)c?$", vec!["a", "ac", "b", "bc"]),
            ("^(?i)ab$", vec!["AB", "Ab", "aB", "ab"]),
            ("^$", vec![""]),
            (r"^x{2,3}\.$", vec!["xx.", "xxx."]),
        ] {
            let mut found = spelt(pattern);
            assert!(may_be_few(&Pattern::compile(pattern).unwrap()), "{pattern}");
            found.texts.sort();
            assert!(found.all && found.texts == texts, "{pattern}: {found:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_said_and_what_is_spelt_is_found() {
        for pattern in
            ["a", "^a", "^a*$", r"^\pL{0,255}$", "^.$", "^[a-z]{20}$", "^(ab|[0-9]{3})+x"]
        {
            let found = spelt(pattern);
            assert!(!found.all, "{pattern}");
            assert!(!may_be_few(&Pattern::compile(pattern).unwrap()), "{pattern}");
            let regex = Pattern::compile(pattern).unwrap();
            assert!(found.texts.iter().any(|text| regex.is_match(text)), "{pattern}: {found:?}");
        }
        let longest = spelt(r"^\pL{0,255}$").texts.iter().map(|text| text.chars().count()).max();
        assert_eq!(longest, Some(255));
    }
}
