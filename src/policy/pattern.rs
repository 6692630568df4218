//! Patterns of the policies, which are written in the syntax of Go's `regexp` package.
//!
//! The Rust crate reads another dialect: some patterns mean something else there, some are wrong
//! in one of the two only. Each pattern is therefore read as Go reads it and written anew for Rust.

mod compiled;
mod cursor;
mod error;
mod set;
mod short;
mod translate;
mod whole;

use std::collections::HashMap;
use std::sync::Arc;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::Look;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal};

use compiled::Compiled;
pub use error::PatternError;
use translate::NEST_LIMIT;

/// A compiled pattern in Go's RE2 syntax.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// A document may have thousands of copies.
    written: Arc<Written>,
    compiled: Compiled,
}

/// A pattern as it is written.
#[derive(Debug)]
struct Written {
    source: String,
    translated: String,
    /// Whether `\B` occurs.
    has_not_boundary: bool,
}

/// Patterns of one document, each of which is compiled once however often it stands there.
#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<String, Pattern>);

impl Patterns {
    /// Compiles a pattern, or takes the same one from before.
    ///
    /// # Errors
    ///
    /// As for [`Pattern::compile`].
    pub(super) fn compile(&mut self, go: &str) -> Result<Pattern, PatternError> {
        if let Some(known) = self.0.get(go) {
            return Ok(known.clone());
        }
        let pattern = Pattern::compile(go)?;
        self.0.insert(go.to_owned(), pattern.clone());
        Ok(pattern)
    }
}

/// Where every match of a pattern must lie in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// Every match begins at the start of the text.
    pub start: bool,
    /// Every match ends at the end of the text.
    pub end: bool,
}

impl Pattern {
    /// Compiles a pattern that is written in the syntax of Go's `regexp/syntax`, with its Perl
    /// flags.
    ///
    /// # Errors
    ///
    /// Go refuses the pattern too, or it nests too deeply or takes too much memory.
    pub fn compile(go: &str) -> Result<Pattern, PatternError> {
        let translated = translate::translate(go)?;
        let compiled =
            Compiled::new(&translated).map_err(|error| PatternError::new(&error, go, 0))?;
        let has_not_boundary = translated.contains(translate::NOT_BOUNDARY);
        let written = Written { source: go.to_owned(), translated, has_not_boundary };
        Ok(Pattern { written: Arc::new(written), compiled })
    }

    /// Whether the pattern matches anywhere in `text`, as Go's `MatchString` says.
    pub fn is_match(&self, text: &str) -> bool {
        if let Some(found) = self.compiled.of_short(text) {
            return found;
        }
        let translated = &self.written.translated;
        // `\B` holds between the bytes of a character, where no match may be. `is_match` may find
        // that place first and go on behind it; `find` looks for the leftmost match.
        if self.written.has_not_boundary {
            return self.compiled.regex(translated).find(text).is_some();
        }
        let whole = self.compiled.of_whole(translated, text);
        whole.unwrap_or_else(|| self.compiled.regex(translated).is_match(text))
    }

    /// Whether it takes much to follow the pattern.
    pub fn is_large(&self) -> bool {
        self.compiled.is_large()
    }

    /// The pattern as the policy has it.
    pub fn source(&self) -> &str {
        &self.written.source
    }

    /// The same pattern in the syntax of the Rust `regex` crate.
    pub fn translated(&self) -> &str {
        &self.written.translated
    }

    /// Whether `\B` occurs, which an automaton over bytes finds within characters too.
    pub fn has_not_boundary(&self) -> bool {
        self.written.has_not_boundary
    }

    /// Whether every match begins at the start of the text, and whether it ends at its end. The
    /// `^` and `$` of lines do not count.
    pub fn anchors(&self) -> Anchors {
        let mut parser = ParserBuilder::new().nest_limit(NEST_LIMIT).build();
        let Ok(hir) = parser.parse(&self.written.translated) else { return Anchors::default() };
        Anchors {
            start: hir.properties().look_set_prefix().contains(Look::Start),
            end: hir.properties().look_set_suffix().contains(Look::End),
        }
    }

    /// The texts of which every match begins with one, as if case did not matter; none where a match
    /// may begin with anything. A match may be longer.
    pub fn beginnings(&self) -> Vec<String> {
        let literals = self.literals(ExtractKind::Prefix).unwrap_or_default();
        literals.into_iter().filter(|literal| !literal.is_empty()).collect()
    }

    /// The text that every text with a match ends with, as if case did not matter; empty where there is none,
    /// and where there are several one of them.
    pub fn ending(&self) -> String {
        let literals = self.literals(ExtractKind::Suffix).unwrap_or_default();
        let first = literals.into_iter().next().filter(|_| self.anchors().end);
        first.unwrap_or_default()
    }

    fn literals(&self, kind: ExtractKind) -> Option<Vec<String>> {
        let cased = self.written.translated.replace("(?i)", "").replace("(?i:", "(?:");
        let hir = ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(&cased).ok()?;
        let mut extractor = Extractor::new();
        extractor.kind(kind).limit_class(1).limit_repeat(1).limit_total(32);
        let found = extractor.extract(&hir);
        let text = |literal: &Literal| String::from_utf8(literal.as_bytes().to_vec()).ok();
        found.literals()?.iter().map(text).collect()
    }
}

impl PatternError {
    fn new(what: &str, part: &str, at: usize) -> PatternError {
        PatternError { message: format!("{what}: `{part}`"), at }
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[track_caller]
    fn compile(pattern: &str) -> Pattern {
        Pattern::compile(pattern).unwrap_or_else(|error| panic!("{pattern} is refused: {error}"))
    }

    /// A pattern, texts that it matches, texts that it does not.
    type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

    #[track_caller]
    fn check(cases: &[Case]) {
        for (source, matching, others) in cases {
            let pattern = compile(source);
            // Whoever asks often is answered by another automaton.
            for _ in 0..=whole::FEW {
                for (texts, is_match) in [(matching, true), (others, false)] {
                    for text in *texts {
                        assert_eq!(pattern.is_match(text), is_match, "{source} of {text:?}");
                    }
                }
            }
        }
    }

    /// Patterns and where in them the trouble starts.
    #[track_caller]
    fn check_refused(message: &str, cases: &[(&str, &str, usize)]) {
        for (source, part, at) in cases {
            let error = Pattern::compile(source).expect_err(source);
            assert_eq!(error, PatternError::new(message, part, *at), "{source}");
        }
    }

    #[test]
    fn perl_sets_and_boundaries_are_ascii() {
        check(&[
            (r"^\d$", &["0", "9"], &["a", "٣"]),
            (r"^\D$", &["a", "٣", "\n"], &["0"]),
            (r"^\s$", &["\t", "\n", "\x0C", "\r", " "], &["\x0B", "\u{A0}", "\u{2028}"]),
            (r"^\S$", &["\x0B", "\u{A0}", "a"], &["\n"]),
            (r"^\w$", &["a", "Z", "_", "0"], &["é", "-"]),
            (r"^[\w-]+$", &["a-b"], &["é"]),
            (r"^[^\W]$", &["a"], &["é", " "]),
            (r"a\b", &["a", "aé", "a b"], &["ab"]),
            (r"^\B", &["", "é"], &["a"]),
            (r"\B|é", &["ké", "kéSé"], &["a", "k S"]),
            (r"(?i)^\w$", &["k", "\u{212A}", "\u{17F}"], &["é"]),
            (r"(?i)^[\W]$", &["é"], &["k", "\u{212A}"]),
        ]);
    }

    #[test]
    fn anchors_and_dots_follow_the_flags() {
        check(&[
            ("a$", &["a", "\na"], &["a\n"]),
            ("^a", &["ab"], &["\na"]),
            ("(?m)^b$", &["b", "a\nb\nc"], &["ab", "b\r\n"]),
            (r"(?m)\Aa\z", &["a"], &["a\n", "b\na"]),
            ("(?m)(?-m)^b", &["b"], &["a\nb"]),
            ("^.$", &["a", "é", "\r"], &["\n", ""]),
            ("(?s)^.$", &["\n"], &[""]),
            ("(?s:^.)b.$", &["\nbc"], &["\nb\n"]),
            ("(?i)ABC", &["abc", "xAbCx"], &["ab"]),
            ("(?i)k", &["\u{212A}"], &["l"]),
            ("(?i)σ", &["Σ", "ς"], &["s"]),
            ("(?i:a)b", &["Ab"], &["aB"]),
            ("a(?i)b|c", &["aB", "C"], &["Ab"]),
            ("(a(?i)b)c", &["aBc"], &["aBC"]),
            ("(?i)a(?-i)b", &["Ab"], &["AB"]),
            ("(?i-s:a.)|b", &["Ax", "b"], &["a\n", "B"]),
            ("(?U)^a+$", &["aa"], &["b"]),
            ("(?)a", &["a"], &["b"]),
        ]);
    }

    #[test]
    fn escapes_stand_for_one_character() {
        check(&[
            (r"^\x41\x{263A}\x{00041}$", &["A☺A"], &[]),
            (r"^\141\12\0\08$", &["a\n\0\08"], &[]),
            (r"^\a\f\n\r\t\v$", &["\x07\x0C\n\r\t\x0B"], &[]),
            (r"\<a\>\_\-\ \/", &["<a>_- /"], &["a"]),
            (r"^\Qa.b\E+$", &["a.b", "a.bb"], &["aab", "a.ba.b"]),
            (r"^\Q(\\E\Q*", &[r"(\*"], &[]),
            (r"\Q\E", &["", "a"], &[]),
            (r"^a#b&c~d e$", &["a#b&c~d e"], &[]),
            (r"\x{D800}", &[], &["", "\u{FFFD}"]),
            (r"^[\x{D000}-\x{E000}\x{DFFF}]$", &["\u{D7FF}", "\u{E000}"], &["a"]),
        ]);
    }

    #[test]
    fn classes_are_those_of_go() {
        check(&[
            ("^[]a]+$", &["]a"], &["b"]),
            ("^[^]a]$", &["b", "\n"], &["]", "a"]),
            ("^[a-]+$", &["a-"], &["b"]),
            ("^[-a]+$", &["a-"], &["b"]),
            ("^[a-c-e]+$", &["b-e"], &["d"]),
            (r"^[\d-z]+$", &["0-z"], &["a"]),
            ("^[+--]+$", &["+,-"], &["."]),
            ("^[[a]b]$", &["ab]", "[b]"], &["a", "b"]),
            ("^[a-z&&[^c]]$", &["a]", "&]", "[]", "^]"], &["a", "d"]),
            ("^[a~~b]+$", &["a~b"], &["c"]),
            ("^[[:alpha:]]+$", &["aZ"], &["é", "1", ":"]),
            ("^[[:^alpha:]]+$", &["é1"], &["a"]),
            ("^[[:word:][:space:]]+$", &["a_0 \x0B"], &["-"]),
            ("^[[:]+$", &["[:"], &["a"]),
            ("^[:alpha:]+$", &["alp:"], &["b"]),
            (r"^[\]\\\^]+$", &[r"]\^"], &["a"]),
            (r"[^\x00-\x{10FFFF}]", &[], &["", "a"]),
        ]);
    }

    #[test]
    fn properties_have_the_names_of_go() {
        check(&[
            (r"^\pL\p{Lu}$", &["éÉ"], &["1A", "aa"]),
            (r"^\PL$", &["1"], &["a"]),
            (r"^[\p{Greek}]$", &["σ"], &["s"]),
            (r"^\P{^Greek}$", &["σ"], &["s"]),
            (r"^\p{^Greek}$", &["s"], &["σ"]),
            (r"(?i)^\p{Lu}$", &["a", "A"], &["1"]),
            (r"^\p{Any}$", &["\n"], &[""]),
            (r"\P{Any}|\p{Cs}", &[], &["a"]),
            (r"^\pC$", &["\0", "\u{AD}", "\u{E000}"], &["a", "\u{378}"]),
            (r"^\PC$", &["a", "\u{378}"], &["\0"]),
        ]);
        for name in set::CATEGORIES.split(' ').chain(set::SCRIPTS.split(' ')) {
            compile(&format!(r"\p{{{name}}}[\P{{^{name}}}]"));
        }
    }

    #[test]
    fn repetitions_are_those_of_go() {
        check(&[
            ("^(?:a{2}b{1,}?c{0,2}?)*$", &["", "aab", "aabbccaab"], &["ab", "aabccc"]),
            ("^a{,5}$", &["a{,5}"], &["a"]),
            ("^a{1$", &["a{1"], &["a"]),
            ("^{x}{{,}{a}{01}$", &["{x}{{,}{a}{01}"], &[]),
            ("^*a", &["a", "ba"], &["b"]),
            (r"^\b+a()*$*", &["a"], &["b"]),
            (r"^a{2}\Q\E?$", &["", "aa"], &["a"]),
            (r"^a+(?i)+(?s)?B$", &["B", "aab"], &["Ab"]),
            (r"^(?:(?:a{500}){0}b){3}$", &["bbb"], &["b"]),
            ("||(|a)(?:)", &["", "b"], &[]),
            (r"^(?P<a>x)(?<a>y)$", &["xy"], &["x"]),
        ]);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        check_refused("missing closing )", &[("(a", "(a", 0), ("x(a(?i:b)|", "x(a(?i:b)|", 1)]);
        check_refused("unexpected )", &[("a)", "a)", 1), ("(a|b))", "(a|b))", 5)]);
        check_refused(
            "missing closing ]",
            &[("x[", "[", 1), ("[]", "[]", 0), ("é[a-", "[a-", 2), ("[^]", "[^]", 0)],
        );
        check_refused(
            "missing argument to repetition operator",
            &[("*", "*", 0), ("a|+?b", "+?", 2), ("(*)", "*", 1), (r"\Q\E{2}", "{2}", 4)],
        );
        check_refused(
            "invalid nested repetition operator",
            &[("a**", "**", 1), ("a*+", "*+", 1), ("a???", "???", 1), ("xa{2}{3}?", "{2}{3}?", 2)],
        );
        check_refused(
            "invalid repeat count",
            &[
                ("a{1001}", "{1001}", 1),
                ("a{2,1}", "{2,1}", 1),
                ("a{0,99999999999}", "{0,99999999999}", 1),
                ("(?:a{4}){0,251}", "{0,251}", 8),
                ("((a{2,}b){3}){167}?", "{167}?", 13),
                ("(?:(?:){1000}){2}", "{2}", 14),
            ],
        );
        check_refused(
            "invalid character class range",
            &[
                ("[z-a]", "z-a", 1),
                ("[a--b]", "a--", 1),
                ("x[[:foo:]]", "[:foo:]", 2),
                ("[[:^:]]", "[:^:]", 1),
                (r"\p{Letter}", r"\p{Letter}", 0),
                (r"a\p{Grek}", r"\p{Grek}", 1),
                (r"[\p{greek}]", r"\p{greek}", 1),
                (r"\p{Garay}", r"\p{Garay}", 0),
                (r"\p{Lu", r"\p{Lu", 0),
                (r"\pé", r"\pé", 0),
                (r"\P", r"\P", 0),
            ],
        );
        check_refused(
            "invalid escape sequence",
            &[
                (r"\Z", r"\Z", 0),
                (r"a\C", r"\C", 1),
                (r"(a)\1", r"\1", 3),
                (r"\8", r"\8", 0),
                (r"\E", r"\E", 0),
                (r"\é", r"\é", 0),
                (r"\x4", r"\x4", 0),
                (r"\x{}", r"\x{}", 0),
                (r"\x{110000}", r"\x{110000", 0),
                (r"[\b]", r"\b", 1),
                (r"[a-\d]", r"\d", 3),
                (r"[\Qa\E]", r"\Q", 1),
            ],
        );
        check_refused(
            "invalid or unsupported Perl syntax",
            &[
                ("a(?=b)", "(?=", 1),
                ("(?!a)", "(?!", 0),
                ("(?#a)", "(?#", 0),
                ("(?x)a", "(?x", 0),
                ("(?R)", "(?R", 0),
                ("(?P=n)", "(?P", 0),
                ("(?-)", "(?-)", 0),
                ("(?i--s)", "(?i--", 0),
                ("(?i", "(?i", 0),
            ],
        );
        check_refused(
            "invalid named capture",
            &[
                ("(?<=a)b", "(?<=a)b", 0),
                ("(?P<x y>a)", "(?P<x y>", 0),
                ("a(?<>b)", "(?<>", 1),
                ("(?P<n", "(?P<n", 0),
            ],
        );
        check_refused("trailing backslash at end of expression", &[(r"a\", "", 1)]);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let nested = |depth| ["(?:a|b".repeat(depth), ")".repeat(depth)].concat();
        let deepest = translate::MAX_DEPTH as usize;
        assert!(compile(&nested(deepest)).is_match("a"));
        assert!(compile(&format!("a*{}", r"\Q\E*".repeat(deepest - 1))).is_match("a"));
        let deep = Pattern::compile(&nested(deepest + 1)).unwrap_err();
        assert!(deep.message.starts_with("expression nests too deeply: `(?:a"), "{deep}");
        assert!(compile(r"^[\pL]{1000}$").is_match(&"é".repeat(1000)));
    }

    #[test]
    fn plain_patterns_are_left_as_they_are() {
        let texts = ["", "a", "ab", "abab", "b", "feat/x", "x.y", "é", "a\nb"];
        for plain in ["ab", "^feat/", "a|b$", "^[a-z]+$", "[^a]b?", ".", "^x\\.y$", "é{1,2}", "^$"]
        {
            let pattern = compile(plain);
            let itself = Regex::new(plain).unwrap();
            assert_eq!((pattern.source(), pattern.translated()), (plain, plain));
            for text in texts {
                assert_eq!(pattern.is_match(text), itself.is_match(text), "{plain} on {text:?}");
            }
        }
    }

    #[test]
    fn anchors_are_those_of_the_text() {
        let cases = [
            ("^a$", true, true),
            (r"\Aa\z", true, true),
            ("^a|^b", true, false),
            ("^a|b", false, false),
            ("(^a|^b)$", true, true),
            ("a$", false, true),
            ("(?m)^a$", false, false),
            (r"\^a\$", false, false),
            ("^*a", false, false),
            ("^", true, false),
            ("^$", true, true),
        ];
        for (pattern, start, end) in cases {
            assert_eq!(compile(pattern).anchors(), Anchors { start, end }, "{pattern}");
        }
    }
}
