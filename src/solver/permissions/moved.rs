//! Rules as if the agent had been started in another folder.

use crate::policy::paths::{below, is_within, relative};
use crate::policy::{Ground, Permissions, SubjectTest};

/// The same permissions with another folder in the place of the one that the agent was started in, where there
/// is one: the same project elsewhere on the disk.
pub(super) fn placed(permissions: &Permissions, start: Option<&str>) -> Permissions {
    let mut permissions = permissions.clone();
    let (Some(from), Some(to)) = (permissions.ground.start.clone(), start) else {
        return permissions;
    };
    if from == to {
        return permissions;
    }
    let moved = |path: &str| match is_within(path, &from) {
        true => below(to, &relative(&from, path)).trim_end_matches('/').to_owned(),
        false => path.to_owned(),
    };
    for rule in &mut permissions.rules {
        match &mut rule.test {
            SubjectTest::Path(pattern) | SubjectTest::Classified(Some(pattern)) => {
                *pattern = pattern.moved(&moved(pattern.folder()));
            }
            SubjectTest::Below(folders) | SubjectTest::Inside(folders) => {
                folders.iter_mut().for_each(|folder| *folder = moved(folder).into());
            }
            _ => {}
        }
    }
    let Ground { start, project, links, .. } = &mut permissions.ground;
    *start = Some(to.to_owned());
    *project = project.as_deref().map(moved);
    for (link, target) in links {
        (*link, *target) = (moved(link), moved(target));
    }
    permissions
}
