//! From what the configuration and the command line say to what the linter does.

use std::sync::Arc;

use jiff::civil::Date;

use super::Config;
use crate::lint::{Settings, all_rules};

/// Rules without which nobody would know why a document was not judged; they always run, and what
/// they find is never ignored.
const ALWAYS: [&str; 2] = ["not-a-policy", "syntax-error"];

impl Config {
    /// What the linter is asked for. Rules selected on the command line take the place of those
    /// selected here; rules ignored there are ignored as well. On `today` ignores may have expired;
    /// without it none has.
    pub fn settings(
        &self,
        select: &[&'static str],
        ignore: &[&'static str],
        today: Option<Date>,
    ) -> Settings {
        let selected = match select {
            [] => self.select.as_deref(),
            select => Some(select),
        };
        // What may not be ignored is not switched off by the file that says so.
        let holds = |name: &&str| self.unignorable.contains(name);
        let ignored =
            |name: &&str| self.ignore.contains(name) && !holds(name) || ignore.contains(name);
        let rules = all_rules(&self.statements).map(|rule| (rule.name, rule.on));
        let off = rules.filter(|(name, on)| {
            let selected = selected.map_or(*on, |selected| selected.contains(name));
            // What is selected on the command line is wanted, whatever the configuration says.
            let asked = select.contains(name) && !ignore.contains(name);
            !ALWAYS.contains(name) && (!selected || (ignored(name) && !asked))
        });
        Settings {
            off: off.map(|(name, _)| name).collect(),
            severities: self.severities.iter().copied().collect(),
            limits: self.limits.iter().copied().collect(),
            unignorable: self.unignorable.iter().copied().chain(ALWAYS).collect(),
            no_ignores: false,
            ignores: self.ignores.clone(),
            today,
            require_reasons: self.require_reasons,
            house: self.statements.clone(),
            recorded: Arc::default(),
            allowed_hosts: self.allowed_hosts.clone(),
            path_roots: self.path_roots.clone(),
            secret_arguments: self.secret_arguments.iter().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::RULES;

    #[test]
    fn the_command_line_wins_and_broken_documents_are_always_reported() {
        let config = Config {
            select: Some(vec!["default-allow", "loose-limit"]),
            ignore: vec!["loose-limit"],
            ..Config::default()
        };
        let runs = |select: &[&'static str], ignore: &[&'static str]| -> Vec<&str> {
            let settings = config.settings(select, ignore, None);
            RULES.iter().filter(|rule| settings.runs(rule)).map(|rule| rule.name).collect()
        };
        assert_eq!(runs(&[], &[]), ["default-allow", "not-a-policy", "syntax-error"]);
        assert_eq!(runs(&["loose-limit"], &[]), ["loose-limit", "not-a-policy", "syntax-error"]);
        assert_eq!(runs(&[], &["default-allow"]), ["not-a-policy", "syntax-error"]);
    }
}
