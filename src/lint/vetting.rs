//! Safe fixes held against the solver: one that may let more pass than the document does without its
//! unread parts is not offered as safe.

use super::check::RuleCheck;
use super::context::enumerate;
use super::finding::Finding;
use super::fix::{Fix, Safety};
use super::rule::Rule;
use super::rules::checks;
use super::solving;
use crate::policy::{self, Default, Dialect, Policy};
use crate::solver::{Loosened, Version, loosened};
use crate::source::{Document, Edit, apply};

/// So many bytes of mended documents are read for one report; fixes beyond are not vetted, and so not
/// safe until others are made.
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
    let fixes = findings.iter_mut().filter(vetted).filter_map(|finding| finding.fix.as_mut());
    let mut fixes = fixes.peekable();
    if fixes.peek().is_none() {
        return;
    }
    let old = policy.map(Version::new);
    let mut left = MOST_BYTES;
    for fix in fixes {
        let room = left.checked_sub(document.text.len());
        left = room.unwrap_or(0);
        let doubt = match (&old, room) {
            (None, _) => Some(unproved("the policy cannot be read")),
            (_, None) => Some(unproved("there are too many fixes to look at together")),
            (Some(old), Some(_)) => doubt(old, document, dialect, &fix.edits),
        };
        if let Some(doubt) = doubt {
            demote(fix, &doubt);
        }
    }
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
    let mended = Document::read(document.name.clone(), text.into_bytes());
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
    let found = loosened(old, &Version::new(&new), &solving::budget());
    (!found.is_nothing()).then(|| in_words(&found))
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
