//! Safe fixes held against the solver: one that may let more pass than the document does without its
//! unread parts is not offered as safe.

use std::collections::HashMap;

use super::check::RuleCheck;
use super::context::enumerate;
use super::finding::Finding;
use super::fix::{Fix, Safety};
use super::rule::Rule;
use super::rules::checks;
use super::solving;
use crate::policy::{
    self, Default, Defect, Dialect, PermissionRule, Permissions, Policy, Precedence, Ruling,
};
use crate::solver::{Loosened, Version, loosened};
use crate::source::{Document, Edit, Entry, Format, ProblemKind, apply};

/// So many bytes of mended documents are read for one report; fixes beyond are not vetted, and so not
/// safe.
const MOST_BYTES: usize = 4 << 20;

/// Makes every safe fix of a document an unsafe one that is not proved to let nothing more pass, and
/// has it say so; fixes of what was not read say so in any case. `policy` is the document's, as far as
/// it is read; `dialect` the one that was named.
pub(super) fn vet(
    document: &Document,
    policy: Option<&Policy>,
    dialect: Option<Dialect>,
    findings: &mut [Finding],
) {
    let vetted = |finding: &&mut Finding| {
        finding
            .fix
            .as_ref()
            .is_some_and(|fix| fix.safety == Safety::Safe || is_of_reading(finding.rule))
    };
    let fixes: Vec<&mut Fix> =
        findings.iter_mut().filter(vetted).filter_map(|finding| finding.fix.as_mut()).collect();
    if fixes.is_empty() {
        return;
    }
    let mut vetter = Vetter { document, old: policy.map(Version::new), dialect, left: MOST_BYTES };
    for mut batch in batches(document, fixes) {
        vetter.vet(&mut batch);
    }
}

/// Fixes that can be vetted together: each in another tool, so that none bears on what another one
/// does, or one alone.
fn batches<'f>(document: &Document, fixes: Vec<&'f mut Fix>) -> Vec<Vec<&'f mut Fix>> {
    let (mut together, mut alone) = (Vec::<Vec<&mut Fix>>::new(), Vec::new());
    let mut of_tool: HashMap<&str, usize> = HashMap::new();
    for fix in fixes {
        let Some(tool) = tool_of(document, fix) else {
            alone.push(vec![fix]);
            continue;
        };
        let before = of_tool.entry(tool).or_default();
        if *before == together.len() {
            together.push(Vec::new());
        }
        together[*before].push(fix);
        *before += 1;
    }
    together.into_iter().chain(alone).collect()
}

/// The tool within which a fix changes something. What an anchor names may stand in others as well.
fn tool_of<'d>(document: &'d Document, fix: &Fix) -> Option<&'d str> {
    if document.format == Format::Yaml && document.text.contains('&') {
        return None;
    }
    let tools = document.root.as_ref()?.get("tools")?;
    let holds = |entry: &&Entry| {
        let span = entry.value.span.range();
        fix.edits.iter().all(|edit| span.start < edit.span.start && edit.span.end < span.end)
    };
    tools.entries().iter().find(holds).map(|entry| &*entry.key.text)
}

/// What is vetted, and how much may still be read for it.
struct Vetter<'v> {
    document: &'v Document,
    old: Option<Version<'v>>,
    dialect: Option<Dialect>,
    left: usize,
}

impl Vetter<'_> {
    /// Vets fixes together; where they do not pass, in halves, down to those that do not.
    fn vet(&mut self, fixes: &mut [&mut Fix]) {
        let edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
        let Some(doubt) = self.doubt(&edits) else { return };
        match fixes {
            [fix] => demote(fix, &doubt),
            several => {
                let (first, second) = several.split_at_mut(several.len() / 2);
                self.vet(first);
                self.vet(second);
            }
        }
    }

    fn doubt(&mut self, edits: &[Edit]) -> Option<String> {
        let Some(old) = &self.old else {
            return Some(unproved("the policy cannot be read"));
        };
        let Some(left) = self.left.checked_sub(self.document.text.len()) else {
            return Some(unproved("there are too many fixes to look at"));
        };
        self.left = left;
        doubt(old, self.document, self.dialect, edits)
    }
}

/// Leaves the safe fixes out that would not be made: those that change nothing, or bring in what the
/// gateway refuses, alone and together with all others.
pub(super) fn leave_out_harmful(
    document: &Document,
    defects: &[Defect],
    dialect: Option<Dialect>,
    findings: &mut [Finding],
) {
    let before = refusals(document, defects);
    let does_harm = |edits: &[Edit]| {
        let text = apply(&document.text, edits);
        let is_same = text == document.text;
        let mended = document.mended(text);
        let after = refusals(&mended, &policy::read(&mended, dialect).defects);
        let anew = |(what, count): (&&str, &usize)| *count > *before.get(what).unwrap_or(&0);
        is_same || after.iter().any(anew)
    };
    let chosen = applicable(findings, Safety::Safe);
    let fixes = chosen.iter().filter_map(|finding| finding.fix.as_ref());
    let edits: Vec<Edit> = fixes.flat_map(|fix| fix.edits.iter().cloned()).collect();
    let too_much = document.text.len().saturating_mul(chosen.len()) > MOST_BYTES;
    if edits.is_empty() || too_much || !does_harm(&edits) {
        return;
    }
    for finding in findings {
        finding.fix =
            finding.fix.take().filter(|fix| fix.safety != Safety::Safe || !does_harm(&fix.edits));
    }
}

/// How much of each kind there is for which a document is refused; keys that stand twice count, which
/// readers of JSON pass over.
fn refusals(document: &Document, defects: &[Defect]) -> HashMap<&'static str, usize> {
    let mut counts = HashMap::from([("duplicate-key", duplicates(document))]);
    let others = |defect: &&Defect| defect.refused && defect.kind.rule() != "duplicate-key";
    for defect in defects.iter().filter(others) {
        *counts.entry(defect.kind.rule()).or_default() += 1;
    }
    counts
}

/// How many keys stand twice in their object, of which JSON readers pass one over in silence.
pub(super) fn duplicates(document: &Document) -> usize {
    let is_one = |kind: &ProblemKind| matches!(kind, ProblemKind::DuplicateKey { .. });
    document.problems.iter().filter(|problem| is_one(&problem.kind)).count()
}

/// The findings whose fixes can be made together; of two that conflict the first.
pub(super) fn applicable(findings: &[Finding], up_to: Safety) -> Vec<&Finding> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut chosen = Vec::new();
    for finding in findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety <= up_to) else { continue };
        let free = |edit: &Edit| !taken.iter().any(|other| edit.conflicts(other));
        if fix.edits.iter().all(free) {
            taken.extend(&fix.edits);
            chosen.push(finding);
        }
    }
    chosen
}

/// Whether a rule is about what could not be read.
fn is_of_reading(rule: &Rule) -> bool {
    let mut all = checks();
    all.any(|(known, check)| known.name == rule.name && matches!(check, RuleCheck::Reading))
}

fn demote(fix: &mut Fix, doubt: &str) {
    fix.safety = Safety::Unsafe;
    fix.title += &format!(", {doubt}");
}

/// Whether fixes that are safe one by one are so together.
pub(super) fn is_safe_together(document: &Document, dialect: Dialect, edits: &[Edit]) -> bool {
    let reading = policy::read(document, Some(dialect));
    let old = reading.policy.as_ref().map(Version::new);
    old.is_some_and(|old| doubt(&old, document, Some(dialect), edits).is_none())
}

/// Why edits are not proved to let nothing more pass; none if they are.
fn doubt(
    old: &Version<'_>,
    document: &Document,
    dialect: Option<Dialect>,
    edits: &[Edit],
) -> Option<String> {
    let text = apply(&document.text, edits);
    let mended = document.mended(text);
    let Some(new) = policy::read(&mended, dialect).policy else {
        return Some(unproved("it would be no policy"));
    };
    if new.dialect != old.policy.dialect {
        return Some(unproved("it would be read in another dialect"));
    }
    // A default that nobody wrote lets everything pass; to write that it does is to ask for it.
    if old.policy.default == Default::AllowUnwritten && new.default == Default::Allow {
        return Some("which lets calls of tools pass that are not listed".to_owned());
    }
    let permissions = old.policy.permissions.as_ref().zip(new.permissions.as_ref());
    if permissions.is_some_and(|(old, new)| only_denies_more(old, new)) {
        return None;
    }
    let found = loosened(old, &Version::new(&new), &solving::budget(&new));
    (!found.is_nothing()).then(|| in_words(&found))
}

/// Whether rules have all that others have, and beside them only such that deny: of those that count first, so
/// that nothing becomes milder.
fn only_denies_more(old: &Permissions, new: &Permissions) -> bool {
    let is_same = |one: &PermissionRule, other: &PermissionRule| {
        let of = |rule: &PermissionRule| (rule.ruling, rule.rank, rule.text.clone());
        of(one) == of(other)
            && one.name == other.name
            && one.test == other.test
            && one.modes == other.modes
    };
    let orders = [Precedence::DenyAskAllow, Precedence::Strictest];
    let mut left: Vec<&PermissionRule> = new.rules.iter().collect();
    let is_kept = |rule: &PermissionRule| {
        let at = left.iter().position(|known| is_same(known, rule));
        at.map(|at| left.remove(at)).is_some()
    };
    orders.contains(&new.precedence)
        && (old.precedence, &old.mode, old.unmatched) == (new.precedence, &new.mode, new.unmatched)
        && old.rules.iter().all(is_kept)
        && left.iter().all(|rule| rule.ruling == Ruling::Deny)
}

fn unproved(why: &str) -> String {
    format!("which is not proved to let nothing more pass: {why}")
}

fn in_words(found: &Loosened) -> String {
    let mut what = Vec::new();
    if !found.tools.is_empty() {
        what.push(format!("calls of {} pass", enumerate(&found.tools)));
    }
    if found.others {
        what.push("calls of tools pass that are not listed".to_owned());
    }
    if found.overall {
        what.push("more calls of all tools together pass".to_owned());
    }
    match (what.as_slice(), found.unknown) {
        ([], Some(why)) => unproved(&why.to_string()),
        (what, _) => format!("which lets {}", what.join(" and ")),
    }
}
