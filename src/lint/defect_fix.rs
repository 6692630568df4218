//! Fixes for what is found while a policy is read.

use super::fix::{Fix, Safety};
use super::legacy_fix::{apart, has_slip, legacy_fix, named, slips_for, without_rule};
use super::wrapper_fix::{missing_fields, unlisted, unwrapped};
use crate::policy::{Defect, DefectKind, Location, RuleFault, argument_path, rate_limit, whole};
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
        DefectKind::Shape(ViolationKind::MissingField { field })
            if root.at(&place.pointer).is_some_and(|object| has_slip(object, field)) =>
        {
            None
        }
        DefectKind::Shape(ViolationKind::MissingField { field }) if field == "default" => {
            missing_default(&fixer.editor)
        }
        DefectKind::Shape(ViolationKind::MissingField { field }) if field == "version" => {
            let edit = fixer.editor.insert(&Pointer::root(), "version", &"1".into());
            Fix::new(Safety::Safe, "add `version`", [edit])
        }
        DefectKind::Shape(ViolationKind::MissingField { field }) if field == "conditions" => {
            unwrapped(fixer.editor, root, &place.pointer)
        }
        DefectKind::Shape(ViolationKind::MissingField { field }) => {
            missing_fields(fixer.editor, &place.pointer, [field.as_str()])
        }
        DefectKind::MissingFields { fields, .. } => {
            let object = root.at(&place.pointer)?;
            let fields = fields.iter().filter(|field| !has_slip(object, field));
            missing_fields(fixer.editor, &place.pointer, fields.map(String::as_str))
        }
        DefectKind::LimitsAsText { .. } => unlisted(fixer.editor, root, &place.pointer),
        DefectKind::Shape(ViolationKind::WrongType { .. }) | DefectKind::InvalidOperand { .. } => {
            fixer.number().or_else(|| unlisted(fixer.editor, root, &place.pointer))
        }
        DefectKind::InvalidRule(RuleFault::Unnamed) => named(fixer.editor, root, &place.pointer),
        DefectKind::InvalidRule(RuleFault::UnknownAction(action)) if action == "allow" => {
            without_rule(fixer.editor, root, &place.pointer)
        }
        DefectKind::UnreadField { .. } => fixer.hidden(),
        DefectKind::UnsupportedVersion { .. } => fixer.version(),
        DefectKind::LegacyField { dialect, .. } => {
            legacy_fix(fixer.editor, root, *dialect, &place.pointer)
        }
        DefectKind::UnknownWindow { nearest: Some(nearest), .. } => fixer.write(nearest),
        DefectKind::InvalidRateLimit { .. } => fixer.rate_limit(),
        DefectKind::UnknownScope { nearest: Some(nearest), .. }
        | DefectKind::UnknownOperator { nearest: Some(nearest), .. } => fixer.write(nearest),
        DefectKind::InvalidPath { found, .. } => {
            let meant = argument_path(found)?;
            let safety = if meant.is_plain { Safety::Safe } else { Safety::Unsafe };
            fixer.write(&meant.path).map(|fix| Fix { safety, ..fix })
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

    fn sibling(&self, field: &str) -> Option<&'d Node> {
        self.root.at(&self.place.pointer.parent())?.get(field)
    }

    fn write(&self, word: &str) -> Option<Fix> {
        (self.place.part == Part::Value).then_some(())?;
        let edit = self.editor.replace(&self.place.pointer, &word.into());
        Fix::new(Safety::Safe, format!("write `{word}`"), [edit])
    }

    fn rename(&self, field: &str) -> Option<Fix> {
        let object = self.root.at(&self.place.pointer.parent())?;
        // Of two that would become the same field, which is meant only their owner knows.
        if object.get(field).is_some() || slips_for(object, field) > 1 {
            return None;
        }
        let edit = self.editor.rename(&self.place.pointer, field);
        // A list of tools that nobody has read is looked at before it counts, whatever it opens.
        let safety = if field == "tools" { Safety::Unsafe } else { Safety::Safe };
        Fix::new(safety, format!("write `{field}`"), [edit])
    }

    /// A whole number that is written as text where a number is wanted.
    fn number(&self) -> Option<Fix> {
        (self.wants_number() && self.place.part == Part::Value).then_some(())?;
        let number = whole(self.text()?)?;
        let edit = self.editor.replace(&self.place.pointer, &Draft::Number(number));
        Fix::new(Safety::Safe, format!("write {number}"), [edit])
    }

    fn wants_number(&self) -> bool {
        let operator = self.sibling("op").and_then(Node::as_str);
        match self.place.pointer.last().as_deref() {
            Some("value") => matches!(operator, Some("lt" | "lte" | "gt" | "gte")),
            field => matches!(field, Some("max" | "increment")),
        }
    }

    /// `5/minuet`, `5 per hour`: what can be read although it is not written as Intercept reads it.
    fn rate_limit(&self) -> Option<Fix> {
        let (max, window) = rate_limit(self.node()?)?;
        self.write(&format!("{max}/{window}"))
    }

    /// `hide: true` of a tool, which is an entry of the list `hide`.
    fn hidden(&self) -> Option<Fix> {
        let tokens: Vec<_> = self.place.pointer.tokens().collect();
        let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
        // Of `*` it would hide whatever there is.
        let ["tools", tool, "hide"] = tokens.as_slice() else { return None };
        (*tool != "*" && self.node()?.to_json() == true).then_some(())?;
        let (root, name) = (Pointer::root(), Draft::Text((*tool).to_owned()));
        let added = match self.root.get("hide") {
            None => self.editor.insert(&root, "hide", &Draft::List(vec![name])),
            Some(_) => self.editor.append(&root.key("hide"), &name),
        };
        let up = self.place.pointer.parent();
        let alone = self.root.at(&up)?.entries().len() == 1;
        let removed = self.editor.remove(if alone { &up } else { &self.place.pointer });
        apart("write it in the list `hide`".to_owned(), [added, removed])
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
}
