//! The files of an agent's rules under other names.

use super::permissions::Permissions;

impl Permissions {
    /// Names every file anew for which there is a name.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<String>) {
        let rules = self.rules.iter_mut().map(|rule| &mut rule.origin);
        for origin in rules.chain(self.void.iter_mut().map(|void| &mut void.origin)) {
            if let Some(new) = origin.file.as_deref().and_then(&name) {
                origin.file = Some(new.into());
            }
        }
    }
}
