//! Findings for people: the place underlined in its source, and a summary.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report as MietteReport,
    SourceSpan,
};

use super::linted::Linted;
use crate::lint::{Finding, Report, Safety, ServerChoice, Severity};
use crate::policy::Dialect;
use crate::report::common::escape::escape;
use crate::report::common::excerpt::Excerpt;
use crate::report::common::style::Style;
use crate::report::common::words::{count, cut};
use crate::source::Document;

/// How many policies are named one by one in a summary.
const NAMED_POLICIES: usize = 8;

/// How many other places of a finding are shown.
const RELATED: usize = 8;

/// How many characters of a message or of its help are shown, and how many of the words at a place:
/// names may be as long as their document.
const LONG_MESSAGE: usize = 1_200;
const LONG_LABEL: usize = 200;

/// Something to be shown with its place in a document.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What stands above it: severity and rule.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it, each on a line of its own.
    pub help: Vec<String>,
    /// The bytes of the place.
    pub span: Range<usize>,
    /// Other places that belong to it, and what they are.
    pub related: Vec<(Range<usize>, String)>,
}

impl From<&Finding> for Notice {
    fn from(finding: &Finding) -> Notice {
        Notice {
            code: format!("{}[{}]", finding.severity.name(), finding.rule.name),
            severity: finding.severity,
            message: finding.message.clone(),
            help: finding.help.iter().cloned().collect(),
            span: finding.span.clone(),
            related: finding
                .related
                .iter()
                .map(|related| (related.span.clone(), related.message.clone()))
                .collect(),
        }
    }
}

/// Writes notices with the lines of the document that they are about.
pub fn write_notices(out: &mut String, document: &Document, notices: &[Notice], style: &Style) {
    if notices.is_empty() {
        return;
    }
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1);
    let excerpt = Arc::new(Excerpt::new(document));
    for notice in notices {
        let related = notice.related.iter().take(RELATED).map(|(span, _)| span.clone());
        let places: Vec<_> = std::iter::once(notice.span.clone()).chain(related).collect();
        let view = excerpt.around(&places, style.width);
        let shown = MietteReport::new(diagnostic(notice, view.spans()));
        let shown = shown.with_source_code(view);
        // Writing into a string cannot fail; an excerpt that cannot be cut leaves the message.
        _ = handler.render_report(out, shown.as_ref());
        out.push('\n');
    }
}

/// A notice with its places as they stand in what is shown of the document: its own, and those of
/// as much of what is related as is shown.
fn diagnostic(notice: &Notice, places: impl Iterator<Item = SourceSpan>) -> MietteDiagnostic {
    let severity = match notice.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let shown = |text: &str, most: usize| cut(&escape(text), most).into_owned();
    let words = notice.related.iter().map(|(_, words)| Some(shown(words, LONG_LABEL)));
    let labels = std::iter::once(None).chain(words).zip(places).enumerate();
    let labels = labels.map(|(number, (words, place))| match number {
        0 => LabeledSpan::new_primary_with_span(words, place),
        _ => LabeledSpan::new_with_span(words, place),
    });
    let diagnostic = MietteDiagnostic::new(shown(&notice.message, LONG_MESSAGE))
        .with_code(notice.code.clone())
        .with_severity(severity)
        .with_labels(labels);
    let more = notice.related.len().saturating_sub(RELATED);
    let more = (more > 0).then(|| format!("{} not shown", count(more as u64, "more place")));
    let help = notice.help.iter().map(|help| shown(help, LONG_MESSAGE)).chain(more);
    match help.collect::<Vec<_>>().join("\n") {
        none if none.is_empty() => diagnostic,
        help => diagnostic.with_help(help),
    }
}

/// Writes every finding with its place, what was checked, and how many findings there are.
pub fn write_lint(out: &mut String, linted: &Linted<'_>, style: &Style) {
    for report in linted.reports {
        let notices: Vec<Notice> = report.findings.iter().map(with_fix).collect();
        write_notices(out, &report.document, &notices, style);
    }
    if linted.policies().next().is_some() {
        write_summary(out, linted, style);
    }
}

/// A finding with what mends it.
fn with_fix(finding: &Finding) -> Notice {
    let mut notice = Notice::from(finding);
    if let Some(fix) = &finding.fix {
        let fix = format!("{}: {}", options(fix.safety), fix.title);
        notice.help.push(fix);
    }
    notice
}

/// The options that make fixes.
pub(super) fn options(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "--fix",
        Safety::Unsafe => "--fix --unsafe-fixes",
    }
}

/// How many findings can be mended, and how.
fn fixable(linted: &Linted<'_>) -> Option<String> {
    let counts = [Safety::Safe, Safety::Unsafe].map(|safety| (linted.fixable(safety), safety));
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, safety)| format!("{count} with `{}`", options(safety)))
        .collect();
    (!parts.is_empty()).then(|| format!("can be mended: {}", parts.join(", ")))
}

fn write_summary(out: &mut String, linted: &Linted<'_>, style: &Style) {
    let policies = linted.policies().count();
    if policies <= NAMED_POLICIES {
        for report in linted.policies() {
            let against = against(report);
            _ = writeln!(out, "{}: {against}", escape(&report.document.name));
        }
    } else {
        let matched = linted
            .policies()
            .filter(|report| matches!(report.server, ServerChoice::Known { .. }))
            .count();
        let is_of_agent = |report: &&Report| report.dialect.and_then(Dialect::agent).is_some();
        let agents = linted.policies().filter(is_of_agent).count();
        _ = writeln!(
            out,
            "{policies} policies: {matched} judged against a server of the catalogue, {} by the names of their tools{}",
            policies - matched - agents,
            if agents > 0 { format!(", {agents} of agents") } else { String::new() }
        );
    }
    let code = match (linted.count(Severity::Error), linted.count(Severity::Warning)) {
        (0, 0) => "32",
        (0, _) => "33",
        _ => "31",
    };
    _ = writeln!(out, "{}", style.paint(code, &linted.summary()));
    if let Some(fixable) = fixable(linted) {
        _ = writeln!(out, "{fixable}");
    }
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
                        ", found by names that others may have: findings are milder until you say `--server {shown}`"
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
