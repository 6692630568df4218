//! JUnit reports, as CI systems read them
//! (<https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>).

use std::io::{self, Write};

/// Test cases that belong together. All texts are shown as they are, so hostile ones have been
/// escaped before.
pub(in crate::report) struct Suite {
    pub(in crate::report) name: String,
    pub(in crate::report) cases: Vec<Case>,
    /// What there is to say beside them.
    pub(in crate::report) words: Option<String>,
}

/// A test case.
pub(in crate::report) struct Case {
    pub(in crate::report) name: String,
    pub(in crate::report) class: Option<String>,
    pub(in crate::report) verdict: Verdict,
}

/// What became of a test case.
pub(in crate::report) enum Verdict {
    /// Nothing is wrong, and this is what there is to say.
    Passed(Option<String>),
    /// Something is wrong.
    Failure(Complaint),
    /// It cannot be told whether something is wrong.
    Error(Complaint),
}

/// What is wrong, in one line and at length.
#[derive(Default)]
pub(in crate::report) struct Complaint {
    pub(in crate::report) message: String,
    pub(in crate::report) kind: Option<&'static str>,
    pub(in crate::report) words: Option<String>,
}

/// Writes suites of test cases.
///
/// # Errors
/// The output cannot be written.
pub(in crate::report) fn write(
    out: &mut dyn Write,
    name: &str,
    suites: &[Suite],
) -> io::Result<()> {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let [tests, failures, errors] = numbers(cases());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="{}" tests="{tests}" skipped="0" failures="{failures}" errors="{errors}">"#,
        xml(name)
    )?;
    for suite in suites {
        let [tests, failures, errors] = numbers(suite.cases.iter());
        writeln!(
            out,
            r#"    <testsuite name="{}" tests="{tests}" skipped="0" errors="{errors}" failures="{failures}">"#,
            xml(&suite.name)
        )?;
        suite.cases.iter().try_for_each(|case| write_case(out, case))?;
        if let Some(words) = &suite.words {
            writeln!(out, "        <system-out>{}</system-out>", xml(words))?;
        }
        writeln!(out, "    </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// How many cases there are, fail, and are errors.
fn numbers<'a>(cases: impl Iterator<Item = &'a Case>) -> [usize; 3] {
    cases.fold([0; 3], |[tests, failures, errors], case| match case.verdict {
        Verdict::Passed(_) => [tests + 1, failures, errors],
        Verdict::Failure(_) => [tests + 1, failures + 1, errors],
        Verdict::Error(_) => [tests + 1, failures, errors + 1],
    })
}

fn write_case(out: &mut dyn Write, case: &Case) -> io::Result<()> {
    write!(out, r#"        <testcase name="{}""#, xml(&case.name))?;
    if let Some(class) = &case.class {
        write!(out, r#" classname="{}""#, xml(class))?;
    }
    match &case.verdict {
        Verdict::Passed(None) => return writeln!(out, "/>"),
        Verdict::Passed(Some(words)) => {
            writeln!(out, ">\n            <system-out>{}</system-out>", xml(words))?;
        }
        Verdict::Failure(complaint) => write_complaint(out, "failure", complaint)?,
        Verdict::Error(complaint) => write_complaint(out, "error", complaint)?,
    }
    writeln!(out, "        </testcase>")
}

fn write_complaint(out: &mut dyn Write, tag: &str, complaint: &Complaint) -> io::Result<()> {
    write!(out, ">\n            <{tag} message=\"{}\"", xml(&complaint.message))?;
    if let Some(kind) = complaint.kind {
        write!(out, " type=\"{}\"", xml(kind))?;
    }
    match &complaint.words {
        Some(words) => writeln!(out, ">{}</{tag}>", xml(words)),
        None => writeln!(out, "/>"),
    }
}

/// Text inside of XML. What XML 1.0 cannot hold becomes a replacement character
/// (<https://www.w3.org/TR/xml/#charsets>).
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'.. => out.push(character),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_place_that_it_stands_in() {
        assert_eq!(xml("a<b>&\"c' ]]>\n"), "a&lt;b&gt;&amp;&quot;c&apos; ]]&gt;\n");
        assert_eq!(xml("\0\u{1b}ü😀\u{ffff}"), "\u{fffd}\u{fffd}ü😀\u{fffd}");
    }

    #[test]
    fn every_case_is_counted_once() {
        let complaint = || Complaint { message: "no".to_owned(), ..Complaint::default() };
        let verdicts = [
            Verdict::Passed(None),
            Verdict::Passed(Some("yes".to_owned())),
            Verdict::Failure(complaint()),
            Verdict::Failure(complaint()),
            Verdict::Error(complaint()),
        ];
        let case = |verdict| Case { name: "x".to_owned(), class: None, verdict };
        let words = Some("more".to_owned());
        let suite = Suite { name: "s".to_owned(), cases: verdicts.map(case).into(), words };
        let mut out = Vec::new();
        write(&mut out, "all", &[suite]).unwrap();
        let out = String::from_utf8(out).unwrap();
        for tag in [
            "<testsuites name=\"all\" tests=\"5\" skipped=\"0\" failures=\"2\" errors=\"1\">",
            "<testsuite name=\"s\" tests=\"5\" skipped=\"0\" errors=\"1\" failures=\"2\">",
        ] {
            assert!(out.contains(tag), "{out}");
        }
        assert_eq!(out.matches("<testcase name=\"x\"").count(), 5);
    }
}
