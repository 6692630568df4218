//! What is wrong with a document, shown with its place: what it is in one line, the place underlined in its
//! source, what to do about it.

use std::ops::Range;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report as MietteReport,
};

use crate::lint::{Finding, Severity};
use crate::report::common::escape::escape;
use crate::report::common::excerpt::{Excerpt, View};
use crate::report::common::style::Style;
use crate::report::common::words::{count, cut};
use crate::report::common::wrap::{BREAKS, TAB, columns, wrap};
use crate::source::Document;
use crate::stop;

/// How many other places of a finding are shown.
const RELATED: usize = 8;

/// How many characters of a message or of its help are shown, and how many of the words at a place:
/// names may be as long as their document.
const LONG_MESSAGE: usize = 1_200;
const LONG_LABEL: usize = 200;

/// How many columns stand before the words at a place.
const ARM: usize = 4;

/// The lines that shut the frame of an excerpt.
const FRAME_ENDS: [&str; 2] = ["`----", "╰────"];

/// Something to be shown with its place in a document.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What stands before it: severity and rule, and how it can be mended.
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
    if !notices.is_empty() {
        NoticeWriter::new(document, style).write(out, notices);
    }
}

/// Writes notices about one document.
pub(super) struct NoticeWriter<'s> {
    excerpt: Arc<Excerpt>,
    handler: GraphicalReportHandler,
    style: &'s Style,
}

impl<'s> NoticeWriter<'s> {
    pub(super) fn new(document: &Document, style: &'s Style) -> NoticeWriter<'s> {
        let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
        let (separator, splitter) = BREAKS;
        let handler = GraphicalReportHandler::new_themed(theme)
            // It keeps two columns free itself.
            .with_width(style.prose() + 2)
            .with_word_separator(separator)
            .with_word_splitter(splitter)
            .tab_width(TAB)
            .with_links(false)
            .with_context_lines(1);
        NoticeWriter { excerpt: Arc::new(Excerpt::new(document)), handler, style }
    }

    /// Writes notices; those of one place that follow one another stand above it together.
    pub(super) fn write(&self, out: &mut String, notices: &[Notice]) {
        for together in notices.chunk_by(|one, next| one.span == next.span) {
            stop::look();
            self.write_together(out, together);
        }
    }

    fn write_together(&self, out: &mut String, notices: &[Notice]) {
        for notice in notices {
            let code = self.style.severity(notice.severity, &format!("{}:", notice.code));
            let message = format!("{code} {}", shown(&notice.message, LONG_MESSAGE));
            out.push_str(&wrap(&message, self.style.prose(), "  "));
            out.push('\n');
        }
        let related: Vec<_> = notices.iter().flat_map(|notice| &notice.related).collect();
        let places = related.iter().take(RELATED).map(|(place, _)| place.clone());
        let places: Vec<_> = std::iter::once(notices[0].span.clone()).chain(places).collect();
        let view = self.excerpt.around(&places, self.style.width);
        let (labels, mut below) = self.labels(&view, &related);
        let more = related.len().saturating_sub(RELATED);
        let mut help: Vec<String> = Vec::new();
        for text in notices.iter().flat_map(|notice| &notice.help) {
            let text = shown(text, LONG_MESSAGE);
            if !help.contains(&text) {
                help.push(text);
            }
        }
        help.append(&mut below);
        help.extend((more > 0).then(|| format!("{} not shown", count(more as u64, "more place"))));
        let diagnostic = MietteDiagnostic::new("").with_labels(labels);
        let diagnostic = match help.join("\n") {
            none if none.is_empty() => diagnostic,
            help => diagnostic.with_help(help),
        };
        let report = MietteReport::new(diagnostic).with_source_code(view);
        let mut text = String::new();
        // Writing into a string cannot fail; an excerpt that cannot be cut leaves the message.
        _ = self.handler.render_report(&mut text, report.as_ref());
        // The first line is that of its message, which stands above already; those that shut frames say nothing.
        let is_said = |line: &&str| !FRAME_ENDS.contains(&line.trim());
        for line in text.lines().skip(1).filter(is_said) {
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }

    /// The marks of the places: that of the notices, and those of what is related with words; and the words that
    /// have no room beside their marks, or that others at the same place would part from them.
    fn labels(
        &self,
        view: &View,
        related: &[&(Range<usize>, String)],
    ) -> (Vec<LabeledSpan>, Vec<String>) {
        let mut places = view.spans();
        let primary = places.next().flatten().expect("the first place is always shown");
        let mut labels = vec![LabeledSpan::new_primary_with_span(None, primary)];
        let mut below = Vec::new();
        for (place, (span, words)) in places.zip(related) {
            let Some(place) = place else { continue };
            let words = shown(words, LONG_LABEL);
            let room = self.style.width.saturating_sub(view.middle(place) + ARM);
            let is_alone = related.iter().filter(|(other, _)| other == span).count() == 1;
            if is_alone && words.chars().map(columns).sum::<usize>() <= room {
                labels.push(LabeledSpan::new_with_span(Some(words), place));
                continue;
            }
            let at = self.excerpt.position(span);
            below.push(format!("{}:{}: {words}", at.line, at.column));
            let label = LabeledSpan::new_with_span(None, place);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        (labels, below)
    }
}

/// What is shown of a text that may be anybody's.
fn shown(text: &str, most: usize) -> String {
    cut(&escape(text), most).into_owned()
}
