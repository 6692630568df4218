//! One finding about one mistake: what a rule says in general is left out where another one shows it.

use super::finding::Finding;

/// Rules, and those that say the same with a witness at the same place or around it.
const SHOWN_BY: [(&str, &str); 1] = [("unanchored-regex", "bypassable-allow-list")];

/// Leaves out the findings that others show. How one can be mended is handed on.
pub(super) fn leave_out_repeated(findings: &mut Vec<Finding>) {
    for (rule, better) in SHOWN_BY {
        let is_shown = |finding: &Finding, by: &Finding| {
            let within = || Some(finding.pointer.as_ref()?.starts_with(&**by.pointer.as_ref()?));
            by.rule.name == better && by.severity >= finding.severity && within() == Some(true)
        };
        let repeated: Vec<usize> = (0..findings.len())
            .filter(|at| findings[*at].rule.name == rule)
            .filter(|at| findings.iter().any(|by| is_shown(&findings[*at], by)))
            .collect();
        for at in repeated.into_iter().rev() {
            let finding = findings.remove(at);
            let by = findings.iter_mut().find(|by| is_shown(&finding, by));
            if let Some(by) = by.filter(|by| by.fix.is_none()) {
                by.fix = finding.fix;
            }
        }
    }
}
