//! Fixes for what is found while a policy is read.

use super::fix::{Fix, Safety};
use crate::policy::{Defect, DefectKind, Location, Window, is_argument};
use crate::source::{
    Document, Draft, Edit, Editor, Node, Part, Place, Pointer, ProblemKind, ViolationKind,
};

/// The fix for a defect, if it is plain what was meant.
pub(super) fn fix_of(document: &Document, defect: &Defect) -> Option<Fix> {
    let root = document.root.as_ref()?;
    let place = match &defect.location {
        Location::Place(place) => place,
        Location::Bytes(span) => {
            return match &defect.kind {
                DefectKind::Text(ProblemKind::TrailingComma) => {
                    let edit = Edit { span: span.clone(), text: String::new() };
                    Fix::new(Safety::Safe, "remove the comma", [Some(edit)])
                }
                _ => None,
            };
        }
    };
    let fixer = Fixer { editor: Editor::new(document), root, place };
    match &defect.kind {
        DefectKind::Shape(ViolationKind::UnknownField { nearest: Some(nearest), .. }) => {
            fixer.rename(nearest)
        }
        DefectKind::Shape(ViolationKind::NotAllowed { nearest: Some(nearest), .. }) => {
            fixer.write(nearest)
        }
        DefectKind::Shape(ViolationKind::MissingField { field }) if field == "default" => {
            missing_default(&fixer.editor)
        }
        DefectKind::UnsupportedVersion { .. } => fixer.version(),
        DefectKind::LegacyField { field, .. } => fixer.legacy(field),
        DefectKind::UnknownWindow { nearest: Some(nearest), .. } => fixer.write(nearest),
        DefectKind::InvalidRateLimit { found, .. } => fixer.rate_limit(found),
        DefectKind::UnknownScope { nearest: Some(nearest), .. }
        | DefectKind::UnknownOperator { nearest: Some(nearest), .. } => fixer.write(nearest),
        DefectKind::InvalidPath { found, .. } if is_argument(found) => {
            fixer.write(&format!("args.{found}"))
        }
        DefectKind::InvalidHide { .. } => {
            let edit = fixer.editor.remove(&place.pointer);
            Fix::new(Safety::Safe, "remove the entry", [edit])
        }
        _ => None,
    }
}

/// The fix for a policy that does not say what happens to tools that are not listed. Which of the
/// two is meant only its owner knows.
pub(super) fn missing_default(editor: &Editor<'_>) -> Option<Fix> {
    let root = Pointer::root();
    // A key without a value is there already.
    let edit = editor
        .replace(&root.key("default"), &"deny".into())
        .or_else(|| editor.insert(&root, "default", &"deny".into()));
    Fix::new(Safety::Unsafe, "deny tools that are not listed", [edit])
}

struct Fixer<'d> {
    editor: Editor<'d>,
    root: &'d Node,
    place: &'d Place,
}

impl<'d> Fixer<'d> {
    fn node(&self) -> Option<&'d Node> {
        self.root.at(&self.place.pointer)
    }

    fn text(&self) -> Option<&'d str> {
        self.node()?.as_str()
    }

    /// Whether the object that holds the place has a field.
    fn has(&self, field: &str) -> bool {
        self.sibling(field).is_some()
    }

    fn sibling(&self, field: &str) -> Option<&'d Node> {
        self.root.at(&self.place.pointer.parent())?.get(field)
    }

    fn sibling_pointer(&self, field: &str) -> Pointer {
        self.place.pointer.parent().key(field)
    }

    fn write(&self, word: &str) -> Option<Fix> {
        (self.place.part == Part::Value).then_some(())?;
        let edit = self.editor.replace(&self.place.pointer, &word.into());
        Fix::new(Safety::Safe, format!("write `{word}`"), [edit])
    }

    fn rename(&self, field: &str) -> Option<Fix> {
        if self.has(field) {
            return None;
        }
        let edit = self.editor.rename(&self.place.pointer, field);
        // A list of tools that nobody has read is looked at before it counts, whatever it opens.
        let safety = if field == "tools" { Safety::Unsafe } else { Safety::Safe };
        Fix::new(safety, format!("write `{field}`"), [edit])
    }

    /// `5/minuet`: a count with a window that is misspelt.
    fn rate_limit(&self, found: &str) -> Option<Fix> {
        let (count, window) = found.split_once('/')?;
        count.parse::<i64>().ok().filter(|count| *count > 0)?;
        // What has its right window has something else wrong, such as what stands beside it.
        Window::of_name(window).is_none().then_some(())?;
        self.write(&format!("{count}/{}", Window::nearest(window)?))
    }

    /// `1` and `1.0` can only have been meant as the one version that there is.
    fn version(&self) -> Option<Fix> {
        let text = &*self.node()?.scalar()?.text;
        let one = matches!(text, "1" | "1.0" | "v1" | "1.0.0");
        one.then_some(())?;
        let span = self.editor.replace(&self.place.pointer, &Draft::Number(1))?.span;
        let edit = Edit { span, text: "\"1\"".to_owned() };
        Fix::new(Safety::Safe, "write `\"1\"`", [Some(edit)])
    }

    /// The form that a field of older pages has today.
    fn legacy(&self, field: &str) -> Option<Fix> {
        let tokens: Vec<_> = self.place.pointer.tokens().collect();
        let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
        match (tokens.as_slice(), field) {
            (["tools", tool, _], "rate_limit") => self.legacy_limit(tool),
            (["tools", _, _], "action" | "reason") => self.legacy_action(field),
            (["tools", _, "require" | "deny_if", _, _], "reason") if !self.has("on_deny") => {
                self.text()?;
                self.rename("on_deny")
            }
            (["tools", _, "deny_if", _, _], "action") if self.text() == Some("deny") => {
                Fix::new(Safety::Safe, "remove it", [self.editor.remove(&self.place.pointer)])
            }
            _ => None,
        }
    }

    /// `"rate_limit": {"max": 10, "window": 60}`, with the window in seconds or by name.
    fn legacy_limit(&self, tool: &str) -> Option<Fix> {
        let limit = self.node()?;
        let max = limit.get("max")?.to_json().as_i64().filter(|max| *max > 0)?;
        let window = match limit.get("window").map(Node::to_json) {
            None => "minute",
            Some(serde_json::Value::Number(seconds)) => Window::ALL
                .into_iter()
                .find(|window| seconds.as_i64() == Some(window.seconds()))?
                .name(),
            Some(word) => Window::of_name(word.as_str()?)?.name(),
        };
        // Which of two limits with one counter is meant only their owner knows.
        let limits = self.sibling("limits").map(Node::elements).unwrap_or_default();
        let is = |limit: &Node, field: &str, text: &str| {
            limit.get(field).and_then(Node::as_str) == Some(text)
        };
        let counter = rate_counter(tool);
        if limits.iter().any(|limit| is(limit, "counter", &counter) && is(limit, "window", window))
        {
            return None;
        }
        let draft = limit_draft(tool, window, max);
        let title = "write it as `limits`";
        match self.has("limits") {
            false => {
                let list = Draft::List(vec![draft]);
                let edit = self.editor.replace_entry(&self.place.pointer, "limits", &list);
                Fix::new(Safety::Safe, title, [edit])
            }
            true => {
                let append = self.editor.append(&self.sibling_pointer("limits"), &draft);
                Fix::new(Safety::Safe, title, [append, self.editor.remove(&self.place.pointer)])
            }
        }
    }

    /// `"action": "deny"` with or without a `reason`, and `"action": "allow"`.
    fn legacy_action(&self, field: &str) -> Option<Fix> {
        let action = self.sibling("action").and_then(Node::as_str)?;
        let at = self.sibling_pointer("action");
        if action == "allow" && field == "action" && !self.has("reason") {
            // The only field of a tool leaves an empty object.
            let emptied = || self.editor.replace(&at.parent(), &Draft::Object(Vec::new()));
            let edit = self.editor.remove(&at).or_else(emptied);
            return Fix::new(Safety::Safe, "remove it", [edit]);
        }
        if action != "deny" || self.has("deny_if") {
            return None;
        }
        let mut entry = vec![("conditions".to_owned(), Draft::List(Vec::new()))];
        let reason = self.sibling("reason");
        if let Some(reason) = reason {
            entry.push(("on_deny".to_owned(), reason.as_str()?.into()));
        }
        let entries = Draft::List(vec![Draft::Object(entry)]);
        let written = self.editor.replace_entry(&at, "deny_if", &entries);
        let removed = reason.map(|_| self.editor.remove(&self.sibling_pointer("reason")));
        let edits: Vec<Option<Edit>> = std::iter::once(written).chain(removed).collect();
        let apart = match edits.as_slice() {
            [Some(one), Some(other)] => merged(one, other),
            _ => None,
        };
        // Where one stands right behind the other, the two edits touch and become one.
        match apart {
            Some(edit) => Fix::new(Safety::Safe, "write it as `deny_if`", [Some(edit)]),
            None => Fix::new(Safety::Safe, "write it as `deny_if`", edits),
        }
    }
}

/// Two edits that touch as one.
fn merged(one: &Edit, other: &Edit) -> Option<Edit> {
    let (first, second) =
        if one.span.start <= other.span.start { (one, other) } else { (other, one) };
    (first.span.end == second.span.start).then(|| Edit {
        span: first.span.start..second.span.end,
        text: format!("{}{}", first.text, second.text),
    })
}

/// The counter that a limit of a tool gets from a fix.
fn rate_counter(tool: &str) -> String {
    format!("{tool}_rate")
}

/// The limit of a tool as version 1 writes it.
pub(super) fn limit_draft(tool: &str, window: &str, max: i64) -> Draft {
    Draft::object([
        ("counter", Draft::Text(rate_counter(tool))),
        ("window", window.into()),
        ("max", Draft::Number(max)),
        ("scope", "grant".into()),
    ])
}
