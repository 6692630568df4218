//! The calls that show what changes, for whoever may read a page or a comment.

use super::commands::{call_name, compact, explain_version, record, recorded};
use super::words;
use super::words::LOOSENED;
use crate::diff::{AccessChanges, Compared};
use crate::report::common::secrets::Secrets;
use crate::solver::Evidence;

/// The call that shows something, without secrets; none where it is not just one call.
pub(in crate::report) fn shown(evidence: &Evidence) -> Option<String> {
    let call = match evidence {
        Evidence::Call(arguments) => compact(arguments),
        Evidence::Recorded(call) => recorded(call),
        Evidence::Burst(_) | Evidence::Unknown(_) => return None,
    };
    Some(Secrets::default().json(&call).into_owned())
}

/// The commands that explain what passes now; none for calls that hold secrets.
pub(in crate::report) fn explained(
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
) -> Vec<String> {
    let Some(origin) = &compared.history().new else { return Vec::new() };
    let secrets = Secrets::default();
    let calls = words::groups(access, LOOSENED, usize::MAX).into_iter().filter_map(|group| {
        let call = record(call_name(&group.tools[0].tool), &group.lost.evidence)?;
        (secrets.json(&call) == call).then_some(call)
    });
    calls.map(|call| explain_version(origin, compared.options(), &call)).collect()
}
