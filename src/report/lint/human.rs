//! Findings for people: the gravest first, those of a tool together, and a summary.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write;

use super::linted::Linted;
use super::notice::{Notice, NoticeWriter};
use crate::lint::{Finding, Report, Safety, ServerChoice, Severity};
use crate::policy::Dialect;
use crate::report::common::command;
use crate::report::common::detail::{Detail, write_file};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::words::{count, cut};
use crate::report::common::wrap::{fit, wrap};
use crate::source::Pointer;

/// How many policies are named one by one in a summary.
const NAMED_POLICIES: usize = 8;

/// How many characters of the name of a tool are shown.
const LONG_NAME: usize = 120;

/// Writes every finding with its place, what was checked, and how many findings there are.
pub fn write_lint(out: &mut String, linted: &Linted<'_>, style: &Style, detail: Detail) {
    if detail > Detail::Summary {
        write_findings(out, linted, style);
    }
    if detail == Detail::Files {
        write_files(out, linted, style);
    }
    if linted.policies().next().is_some() {
        write_summary(out, linted, style, detail);
    }
}

/// Writes of every file how it was judged, or why it was not.
pub fn write_files(out: &mut String, linted: &Linted<'_>, style: &Style) {
    for report in linted.policies() {
        write_file(out, &report.document.name, &against(report), style);
    }
    for passed in linted.passed_over {
        let why = match (&passed.reason, passed.says_nothing) {
            (Some(reason), _) => reason,
            (None, true) => "it says nothing of permissions",
            (None, false) => "it is no policy",
        };
        write_file(out, &passed.file, &format!("passed over, {}", escape(why)), style);
    }
}

fn write_findings(out: &mut String, linted: &Linted<'_>, style: &Style) {
    for report in linted.reports.iter().filter(|report| !report.findings.is_empty()) {
        let writer = NoticeWriter::new(&report.document, style);
        for Group { tool, places } in by_tool(report) {
            if let Some(tool) = tool.filter(|_| places.len() > 1) {
                let tool = escape(&tool).into_owned();
                let found = count(places.iter().flatten().count() as u64, "finding");
                let line = format!("{}: {found}", style.bold(&cut(&tool, LONG_NAME)));
                _ = writeln!(out, "{}", fit(&line, style));
            }
            let notices: Vec<Notice> = places.into_iter().flatten().map(with_fix).collect();
            writer.write(out, &notices);
        }
    }
}

/// The findings of a tool, or of a place elsewhere.
struct Group<'f> {
    tool: Option<String>,
    /// Those of each place together.
    places: Vec<Vec<&'f Finding>>,
}

impl Group<'_> {
    fn severity(&self) -> Option<Severity> {
        self.places.iter().flatten().map(|finding| finding.severity).max()
    }
}

/// Findings in groups: those with the gravest ones first, and so within a group.
fn by_tool(report: &Report) -> Vec<Group<'_>> {
    let is_of_agent = report.dialect.and_then(Dialect::agent).is_some();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for place in report.findings.chunk_by(|one, next| one.span == next.span) {
        let mut together: Vec<&Finding> = place.iter().collect();
        together.sort_by_key(|finding| Reverse(finding.severity));
        let tool = tool_of(&place[0]).filter(|_| !is_of_agent);
        match tool.as_ref().and_then(|tool| known.get(tool).copied()) {
            Some(at) => groups[at].places.push(together),
            None => {
                known.extend(tool.clone().map(|tool| (tool, groups.len())));
                groups.push(Group { tool, places: vec![together] });
            }
        }
    }
    for group in &mut groups {
        group.places.sort_by_key(|place| Reverse(place[0].severity));
    }
    groups.sort_by_key(|group| Reverse(group.severity()));
    groups
}

/// The tool that a finding is about.
fn tool_of(finding: &Finding) -> Option<String> {
    let pointer = Pointer::parse(finding.pointer.as_deref()?);
    let mut tokens = pointer.tokens();
    (tokens.next()? == "tools").then_some(())?;
    Some(tokens.next()?.into_owned())
}

/// A finding with what mends it.
fn with_fix(finding: &Finding) -> Notice {
    let mut notice = Notice::from(finding);
    if let Some(fix) = &finding.fix {
        notice.code += match fix.safety {
            Safety::Safe => " [fix]",
            Safety::Unsafe => " [unsafe fix]",
        };
        if !notice.help.contains(&fix.title) {
            notice.help.push(format!("fix: {}", fix.title));
        }
    }
    notice
}

/// How many findings can be mended, and how.
fn fixable(linted: &Linted<'_>) -> Option<String> {
    match (linted.fixable(Safety::Safe), linted.fixable(Safety::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} fixable with --fix")),
        (0, more) => Some(format!("{more} fixable with --fix --unsafe-fixes")),
        (safe, more) => Some(format!("{safe} fixable with --fix, {more} more with --unsafe-fixes")),
    }
}

fn write_summary(out: &mut String, linted: &Linted<'_>, style: &Style, detail: Detail) {
    if detail == Detail::Findings {
        write_policies(out, linted, style);
    }
    let code = match (linted.count(Severity::Error), linted.count(Severity::Warning)) {
        (0, 0) => "32",
        (0, _) => "33",
        _ => "31",
    };
    _ = writeln!(out, "{}", style.paint(code, &wrap(&linted.summary(), style.prose(), "  ")));
    if detail > Detail::Summary {
        let is_found = linted.findings().next().is_some();
        let about_rules = is_found.then(|| "`gatelint rule NAME` explains a rule".to_owned());
        for line in about_rules.into_iter().chain(fixable(linted)) {
            _ = writeln!(out, "{line}");
        }
    }
}

/// Writes what the policies were judged against; of many how many against what.
fn write_policies(out: &mut String, linted: &Linted<'_>, style: &Style) {
    let policies = linted.policies().count();
    if policies <= NAMED_POLICIES {
        for report in linted.policies() {
            write_file(out, &report.document.name, &against(report), style);
        }
        return;
    }
    let is_matched = |report: &&Report| matches!(report.server, ServerChoice::Known { .. });
    let matched = linted.policies().filter(is_matched).count();
    let is_of_agent = |report: &&Report| report.dialect.and_then(Dialect::agent).is_some();
    let agents = linted.policies().filter(is_of_agent).count();
    let line = format!(
        "{policies} policies: {matched} judged against a server of the catalogue, {} by the names of their tools{}",
        policies - matched - agents,
        if agents > 0 { format!(", {agents} of agents") } else { String::new() }
    );
    _ = writeln!(out, "{}", wrap(&line, style.prose(), "  "));
}

pub(super) fn against(report: &Report) -> String {
    let Some(dialect) = report.dialect else {
        let is_read = report.findings.iter().any(|found| found.rule.name == "not-a-policy");
        return if is_read { "no policy" } else { "could not be read" }.to_owned();
    };
    let server = match &report.server {
        ServerChoice::Known { server, named, certain, known, of } => {
            let shown = escape(server);
            let known = match known {
                _ if *named && known == of => String::new(),
                0 => format!(" (it has none of the {of} tools named)"),
                _ => format!(" (it has {known} of {of} tools named)"),
            };
            let milder = match certain {
                true => String::new(),
                false => {
                    format!(
                        ", found by names that others may have: findings are milder until you say `{}`",
                        command::option("--server", server)
                    )
                }
            };
            format!("judged against {shown}{known}{milder}")
        }
        ServerChoice::Tied(servers) => format!(
            "tools judged as the worst of {}, which have them alike: say which with --server",
            escape(&servers.join(" and "))
        ),
        ServerChoice::None(having) if having.is_empty() => {
            "no server known, tools judged by their names".to_owned()
        }
        ServerChoice::None(having) => format!(
            "no server known, tools judged by their names, which {} has, as others may: say which with --server",
            escape(&having.join(" or "))
        ),
    };
    match report.dialect.and_then(Dialect::agent) {
        Some(_) => dialect.to_string(),
        None => format!("{dialect}, {server}"),
    }
}
