//! Code actions: the fixes of findings, all safe ones at once, and what ignores.

use std::collections::HashMap;

use super::diagnostics::diagnostic;
use super::ignoring::{comment, entry};
use super::open::{Judge, Open};
use super::position::{offset, range};
use super::protocol::{Asked, CodeAction, FIX_ALL, QUICK_FIX, TextEdit, WorkspaceEdit};
use crate::lint::{Finding, Fix, Safety, fix};
use crate::source::Format;

/// The actions that can be taken in a range, of the kinds that are asked for.
pub(super) fn actions(open: &Open, judge: &Judge<'_>, asked: &Asked) -> Vec<CodeAction> {
    let Some(report) = &open.report else { return Vec::new() };
    let uri = &*asked.text_document.uri;
    let (start, end) = (offset(open, asked.range.start), offset(open, asked.range.end));
    let touched = |finding: &&Finding| finding.span.start <= end && start <= finding.span.end;
    let mut actions = Vec::new();
    let findings = report.findings.iter().filter(|_| asked.wants(QUICK_FIX));
    for finding in findings.filter(touched) {
        actions.extend(finding.fix.as_ref().map(|fix| fix_action(open, uri, finding, fix)));
        actions.extend(ignore_action(open, judge, uri, finding));
    }
    if asked.wants(FIX_ALL) {
        actions.extend(fix_all(open, judge, uri));
    }
    actions
}

fn fix_action(open: &Open, uri: &str, finding: &Finding, fix: &Fix) -> CodeAction {
    let edits = fix
        .edits
        .iter()
        .map(|edit| TextEdit { range: range(open, &edit.span), new_text: edit.text.clone() });
    let title = match fix.safety {
        Safety::Safe => format!("{}: {}", finding.rule.name, fix.title),
        Safety::Unsafe => {
            format!("{}: {} (changes what is decided)", finding.rule.name, fix.title)
        }
    };
    CodeAction {
        title,
        kind: QUICK_FIX,
        diagnostics: vec![diagnostic(open, uri, finding)],
        edit: edit_of(uri, edits.collect()),
        is_preferred: Some(fix.safety == Safety::Safe),
    }
}

/// Everything that can be mended safely.
fn fix_all(open: &Open, judge: &Judge<'_>, uri: &str) -> Option<CodeAction> {
    let text = &open.document.text;
    let read = || open.document.mended(text.clone());
    let fixed = fix(judge.judge(read()), Safety::Safe, |document| judge.judge(document));
    if fixed.made.is_empty() {
        return None;
    }
    let edit =
        TextEdit { range: range(open, &(0..text.len())), new_text: fixed.report.document.text };
    Some(CodeAction {
        title: "gatelint: mend everything that can be mended safely".to_owned(),
        kind: FIX_ALL,
        diagnostics: Vec::new(),
        edit: edit_of(uri, vec![edit]),
        is_preferred: None,
    })
}

/// What ignores a finding: a comment above its line, or an entry of the configuration.
fn ignore_action(
    open: &Open,
    judge: &Judge<'_>,
    uri: &str,
    finding: &Finding,
) -> Option<CodeAction> {
    let rule = finding.rule.name;
    if rule.ends_with("-ignore") || judge.settings.unignorable.contains(rule) {
        return None;
    }
    let (what, changed, edit) = match open.document.format {
        Format::Yaml => ("this line", uri.to_owned(), comment(open, judge, finding)),
        Format::Json | Format::Toml | Format::Starlark => {
            let (config, edit) = entry(open, judge, finding)?;
            ("this place, in the configuration", config, edit)
        }
    };
    Some(CodeAction {
        title: format!("ignore: {what} ({rule})"),
        kind: QUICK_FIX,
        diagnostics: vec![diagnostic(open, uri, finding)],
        edit: edit_of(&changed, vec![edit]),
        is_preferred: None,
    })
}

fn edit_of(uri: &str, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit { changes: HashMap::from([(uri.to_owned(), edits)]) }
}
