//! A draft written down and judged, and what people are told of it.

use crate::catalogue::Catalogue;
use crate::cli::common::output::{OutputOptions, print_error};
use crate::init::{Choice, Draft};
use crate::lint::{Report, Severity, lint};
use crate::policy::Dialect;
use crate::report::{Begun, escape, policy_text, write_begun};
use crate::source::Document;

/// Says which tools that were to be allowed are treated as they would be without that.
pub(super) fn say_idle(allowed: &[String], without: &Draft, draft: &Draft) {
    for name in allowed {
        let Some(tool) = draft.tool(name).filter(|tool| without.tool(name) == Some(*tool)) else {
            continue;
        };
        let why = match tool.choice {
            Choice::LeaveOut(_) => "no policy of this dialect can let it be called",
            _ => "it may be called without it",
        };
        let warning = format!("warning: --allow {name} changes nothing: {why}");
        print_error(&format!("{}\n", escape(&warning)));
    }
}

/// Writes the draft down and reads it again, as everybody else will.
pub(super) fn written(
    draft: &Draft,
    catalogue: &Catalogue,
    server: Option<&str>,
) -> (Report, Document) {
    let text = policy_text(&draft.document());
    let name = match draft.dialect {
        Dialect::V1 => "policy.json",
        _ => "policy.yaml",
    };
    let read = || Document::read(name, text.clone().into_bytes());
    (lint(read(), catalogue, server, Some(draft.dialect)), read())
}

/// Tells people what was decided and why.
pub(super) fn say(begun: &Begun<'_>, output: &OutputOptions) {
    if begun.draft.tools.is_empty() {
        print_error(
            "error: there is no tool to write a policy for\n  help: name another server or trace\n",
        );
        return;
    }
    let mut notes = String::new();
    write_begun(&mut notes, begun, &output.style_of_stderr());
    print_error(&notes);
}

/// Whether there is something to look at before the policy is used.
pub(super) fn is_unclean(begun: &Begun<'_>) -> bool {
    let unclean = begun.report.findings.iter().any(|found| found.severity >= Severity::Warning);
    unclean || begun.proof.is_some_and(|proof| !proof.holds())
}
