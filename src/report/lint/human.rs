//! Findings for people: the place underlined in its source, and a summary.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report as MietteReport,
};

use super::linted::Linted;
use crate::lint::{Finding, Report, Safety, ServerChoice, Severity};
use crate::report::common::escape::escape;
use crate::report::common::excerpt::Excerpt;
use crate::report::common::style::Style;
use crate::source::Document;

/// How many policies are named one by one in a summary.
const NAMED_POLICIES: usize = 8;

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
        let shown = MietteReport::new(diagnostic(notice, &excerpt));
        let shown = shown.with_source_code(excerpt.clone());
        // Writing into a string cannot fail; an excerpt that cannot be cut leaves the message.
        _ = handler.render_report(out, shown.as_ref());
        out.push('\n');
    }
}

fn diagnostic(notice: &Notice, excerpt: &Excerpt) -> MietteDiagnostic {
    let severity = match notice.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let main = LabeledSpan::new_primary_with_span(None, excerpt.first_line(&notice.span));
    let related = notice.related.iter().map(|(span, words)| {
        LabeledSpan::new_with_span(Some(escape(words).into_owned()), excerpt.first_line(span))
    });
    let diagnostic = MietteDiagnostic::new(escape(&notice.message))
        .with_code(notice.code.clone())
        .with_severity(severity)
        .with_labels(std::iter::once(main).chain(related));
    let help: Vec<_> = notice.help.iter().map(|line| escape(line)).collect();
    if help.is_empty() { diagnostic } else { diagnostic.with_help(help.join("\n")) }
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
fn options(safety: Safety) -> &'static str {
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
    let count = linted.policies().count();
    if count <= NAMED_POLICIES {
        for report in linted.policies() {
            let against = against(report);
            _ = writeln!(out, "{}: {against}", escape(&report.document.name));
        }
    } else {
        let matched =
            linted.policies().filter(|report| report.server != ServerChoice::None).count();
        _ = writeln!(
            out,
            "{count} policies: {matched} judged against a server of the catalogue, {} by the names of their tools",
            count - matched
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

fn against(report: &Report) -> String {
    let Some(dialect) = report.dialect else {
        return "could not be read".to_owned();
    };
    let server = match &report.server {
        ServerChoice::Named(server) => format!("judged against {}", escape(server)),
        ServerChoice::Found { server, known, of } => {
            format!("judged against {} (it has {known} of {of} tools named)", escape(server))
        }
        ServerChoice::None => "no server known, tools judged by their names".to_owned(),
    };
    format!("{dialect}, {server}")
}
