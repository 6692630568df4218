//! Reading the configuration.

use std::path::Path;

use jiff::civil::Date;

use super::find::root;
use super::house::is_said_in_other_words;
use super::reader::{ConfigError, Reader};
use super::{Config, PoliciesOf};
use crate::catalogue::{Category, Vocabulary};
use crate::lint::{Ignore, Severity, day, is_reason, nearest_rule, rule_among};
use crate::policy::Dialect;
use crate::source::{Document, Node, Place, Pointer, Schema, ViolationKind};

static SCHEMA: Schema = Schema::new(include_str!("../../schemas/config.schema.json"));

/// Reads a configuration that lies in a folder.
///
/// # Errors
/// The document, and everything that is wrong with it.
pub fn read(
    document: Document,
    folder: &Path,
) -> Result<Config, (Box<Document>, Vec<ConfigError>)> {
    let mut reader = Reader::new(&document);
    let config = reader.config(folder);
    let mut errors = reader.errors;
    if errors.is_empty() {
        return Ok(Config { document: Some(document), ..config });
    }
    errors.sort_by_key(|error| error.span.start);
    Err((Box::new(document), errors))
}

impl Reader<'_> {
    fn config(&mut self, folder: &Path) -> Config {
        let mut config = Config { folder: folder.to_owned(), ..Config::default() };
        for problem in &self.document.problems {
            // A file with nothing but comments changes nothing, which is fine.
            if problem.kind != crate::source::ProblemKind::Empty {
                self.errors.push(ConfigError {
                    span: problem.span.range(),
                    message: problem.kind.to_string(),
                    help: Some(problem.kind.help().to_owned()),
                });
            }
        }
        let Some(root) = &self.document.root else { return config };
        for violation in SCHEMA.violations(root) {
            // How the fields of such an entry go together is said in words of our own.
            let of_policies =
                violation.place.pointer.tokens().next().as_deref() == Some("policies");
            let is_said = of_policies && matches!(violation.kind, ViolationKind::Other { .. })
                || is_said_in_other_words(&violation);
            if is_said {
                continue;
            }
            self.error(&violation.place, violation.kind.to_string(), violation.kind.help());
        }
        let at = Pointer::root();
        self.statements(root);
        self.ground(root, &mut config);
        config.require_reasons =
            root.get("require-ignore-reasons").is_some_and(|node| node.to_json() == true);
        config.select = root.get("select").map(|list| self.rule_list(list, &at.key("select")));
        config.ignore = root
            .get("ignore")
            .map(|list| self.rule_list(list, &at.key("ignore")))
            .unwrap_or_default();
        self.rules(root, &mut config);
        self.policies(root, &mut config);
        self.ignores(root, &mut config);
        config.limits = entries(root, "limits")
            .filter_map(|(name, node)| {
                let calls = node.to_json().as_u64()?;
                Some((Category::of_word(name)?, u32::try_from(calls).ok()?))
            })
            .collect();
        let catalogues = root.get("catalogues").map(Node::elements).unwrap_or_default();
        config.catalogues =
            catalogues.iter().filter_map(Node::as_str).map(|path| folder.join(path)).collect();
        config.include = self.patterns(root, &at, "include");
        config.exclude = self.patterns(root, &at, "exclude");
        config.expect = self.patterns(root, &at, "expect");
        config.baseline = root.get("baseline").and_then(Node::as_str).map(|path| folder.join(path));
        if config.baseline.as_ref().is_some_and(|path| !is_within_repository(path, folder)) {
            let place = Place::value(at.key("baseline"));
            let message = "the baseline lies outside the repository".to_owned();
            let help = "keep it in the repository, or name it with --baseline".to_owned();
            self.error(&place, message, Some(help));
        }
        config.statements = std::mem::take(&mut self.house);
        config
    }

    fn rule_list(&mut self, list: &Node, at: &Pointer) -> Vec<&'static str> {
        let names = list.elements().iter().enumerate();
        names
            .filter_map(|(index, name)| self.rule(name.as_str()?, Place::value(at.index(index))))
            .collect()
    }

    /// The rule of a name; one that does not exist is an error.
    fn rule(&mut self, name: &str, place: Place) -> Option<&'static str> {
        let rule = rule_among(name, &self.house);
        if rule.is_none() && !self.declared.iter().any(|declared| declared == name) {
            let help = match nearest_rule(name, &self.house) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "`gatelint rule --all` lists every rule".to_owned(),
            };
            self.error(&place, format!("there is no rule `{name}`"), Some(help));
        }
        rule.map(|rule| rule.name)
    }

    fn rules(&mut self, root: &Node, config: &mut Config) {
        let at = Pointer::root().key("rules");
        for (name, node) in entries(root, "rules") {
            let Some(rule) = self.rule(name, Place::key(at.key(name))) else { continue };
            let severity = node.get("severity").and_then(Node::as_str).and_then(Severity::of_name);
            config.severities.extend(severity.map(|severity| (rule, severity)));
            if node.get("ignorable").is_some_and(|node| node.to_json() == false) {
                config.unignorable.push(rule);
            }
        }
    }

    fn policies(&mut self, root: &Node, config: &mut Config) {
        let at = Pointer::root().key("policies");
        let list = root.get("policies").map(Node::elements).unwrap_or_default();
        for (index, node) in list.iter().enumerate() {
            let files = self.patterns(node, &at.index(index), "files");
            let text = |field| node.get(field).and_then(Node::as_str);
            let server = text("server").map(str::to_owned);
            let dialect = text("dialect").and_then(Dialect::of_name);
            if server.is_none() && dialect.is_none() && node.is_map() {
                let message = "this entry says nothing of its policies".to_owned();
                let help = "add `server`, `dialect`, or both".to_owned();
                self.error(&Place::start(at.index(index)), message, Some(help));
            }
            config.policies.extend(files.map(|files| PoliciesOf { files, server, dialect }));
        }
    }

    fn ignores(&mut self, root: &Node, config: &mut Config) {
        let at = Pointer::root().key("ignores");
        let list = root.get("ignores").map(Node::elements).unwrap_or_default();
        for (index, node) in list.iter().enumerate() {
            let at = at.index(index);
            let text = |field| node.get(field).and_then(Node::as_str);
            let rule = text("rule").and_then(|name| self.rule(name, Place::value(at.key("rule"))));
            let files = self.patterns(node, &at, "files");
            if let (Some(rule), Some(reason)) = (rule, text("reason")) {
                let (pointer, reason) = (text("pointer").map(Pointer::parse), reason.to_owned());
                if !is_reason(&reason) {
                    let place = Place::value(at.key("reason"));
                    let help = "write why these findings are ignored".to_owned();
                    self.error(&place, "the reason says nothing".to_owned(), Some(help));
                }
                let expires = node.get("expires").and_then(|node| self.day(node, &at));
                config.ignores.push(Ignore { rule, files, pointer, reason, expires });
            }
        }
    }

    /// The day in `expires`.
    fn day(&mut self, node: &Node, at: &Pointer) -> Option<Date> {
        let text = node.as_str()?;
        let found = day(text);
        if found.is_none() {
            let help = "write the last day on which the entry holds, such as `2027-01-31`";
            let place = Place::value(at.key("expires"));
            self.error(&place, format!("`{text}` is no day"), Some(help.to_owned()));
        }
        found
    }
}

/// Whether a file lies in the repository of the configuration's folder, or would if it was there;
/// links are followed.
fn is_within_repository(path: &Path, folder: &Path) -> bool {
    // Of what is not there yet, the nearest folder that is.
    let real = |path: &Path| {
        std::path::absolute(path).ok()?.ancestors().find_map(|path| path.canonicalize().ok())
    };
    let folder = real(if folder == Path::new("") { Path::new(".") } else { folder });
    folder.zip(real(path)).is_some_and(|(folder, path)| path.starts_with(root(&folder)))
}

fn entries<'n>(root: &'n Node, field: &str) -> impl Iterator<Item = (&'n str, &'n Node)> {
    let entries = root.get(field).into_iter().flat_map(Node::live_entries);
    entries.map(|entry| (&*entry.key.text, &entry.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<(String, String, Option<String>)> {
        let document = Document::read("gatelint.yaml", text.as_bytes().to_vec());
        let Err((_, errors)) = read(document, Path::new("")) else { return Vec::new() };
        let shown = |error: ConfigError| (text[error.span].to_owned(), error.message, error.help);
        errors.into_iter().map(shown).collect()
    }

    #[test]
    fn everything_wrong_is_reported_together_with_places_and_suggestions() {
        let found = errors(
            "selct: [default-allow]\nignore: [loose-limits]\nrules:\n  burst-windw: {severity: eror}\npolicies:\n  - {files: '[', server: x}\nignores:\n  - {rule: syntax-error}\n",
        );
        let places: Vec<&str> = found.iter().map(|(place, ..)| place.as_str()).collect();
        assert_eq!(places, ["selct", "loose-limits", "burst-windw", "eror", "'['", "{"]);
        assert!(found[0].1.contains("did you mean `select`?"), "{found:?}");
        assert_eq!(found[1].2.as_deref(), Some("did you mean `loose-limit`?"));
        assert_eq!(found[2].2.as_deref(), Some("did you mean `burst-window`?"));
        assert!(found[3].1.contains("did you mean `error`?"), "{found:?}");
        assert!(found[5].1.contains("`reason` is missing"), "{found:?}");
    }

    #[test]
    fn a_baseline_lies_in_the_repository() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("repository/policies");
        std::fs::create_dir_all(folder.join("../.git")).unwrap();
        std::fs::write(outer.path().join("base.json"), "").unwrap();
        let is_refused = |path: &str| {
            let text = format!("baseline: {path}\n");
            let document = Document::read("gatelint.yaml", text.into_bytes());
            read(document, &folder).is_err_and(|(_, errors)| errors[0].message.contains("outside"))
        };
        for path in ["base.json", "not/yet.json", "../base.json"] {
            assert!(!is_refused(path), "{path}");
        }
        let absolute = outer.path().join("base.json").display().to_string();
        for path in ["../../base.json", "../../not-there.json", &absolute, "/dev/null"] {
            assert!(is_refused(path), "{path}");
        }
    }

    #[test]
    fn an_empty_file_changes_nothing_and_a_broken_one_is_an_error() {
        assert_eq!(errors("# nothing yet\n"), []);
        assert_eq!(errors("a: [\n").len(), 1);
        assert_eq!(errors("- a\n").len(), 1);
    }
}
