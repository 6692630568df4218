//! Fixes for the forms of older pages, where they have one meaning.

use super::fix::{Fix, Safety};
use crate::policy::{Dialect, Holder, Legacy, bare_limit, deny_rule, limit_rule, rate_limit};
use crate::source::{Draft, Edit, Editor, Entry, Kind, Node, Pointer, slip};

/// The fix for a field of older pages; none where it leaves a choice.
pub(super) fn legacy_fix(
    editor: Editor<'_>,
    root: &Node,
    dialect: Dialect,
    pointer: &Pointer,
) -> Option<Fix> {
    let tokens: Vec<_> = pointer.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    let up = pointer.parent();
    if let ["tools", _, "rules", _, "max" | "window"] = tokens.as_slice() {
        return of_bare_limit(editor, root.at(&up)?, &up);
    }
    let fixer = LegacyFixer {
        holder: Holder::of(&tokens),
        fields: root.at(&up)?,
        legacy: Legacy::of(tokens.last()?)?,
        editor,
        root,
        dialect,
        pointer,
        up,
    };
    // Which of two is meant only their owner knows.
    if fixer.is_twice(fixer.legacy) {
        return None;
    }
    // In Intercept `*` has rules like any tool.
    let is_tool = match fixer.holder {
        Holder::Entry => return fixer.of_entry(),
        Holder::AllTools => dialect.is_intercept() && tokens.len() == 3,
        Holder::Tool(_) => true,
    };
    match (is_tool, fixer.legacy) {
        (true, Legacy::RateLimit) => fixer.limit(),
        (true, _) => fixer.action(),
        (false, Legacy::RateLimit) => fixer.for_all_tools(),
        (false, _) => None,
    }
}

struct LegacyFixer<'d> {
    editor: Editor<'d>,
    root: &'d Node,
    dialect: Dialect,
    /// The field, and the object that it stands in.
    pointer: &'d Pointer,
    up: Pointer,
    fields: &'d Node,
    holder: Holder<'d>,
    legacy: Legacy,
}

impl<'d> LegacyFixer<'d> {
    /// The legacy field of a kind that stands in the same object.
    fn field(&self, legacy: Legacy) -> Option<&'d Entry> {
        self.fields.entries().iter().find(|entry| Legacy::of(&entry.key.text) == Some(legacy))
    }

    /// Whether there is more than one, spelt in several ways: `rate_limit` and `rateLimit`.
    fn is_twice(&self, legacy: Legacy) -> bool {
        let is_it = |entry: &&Entry| Legacy::of(&entry.key.text) == Some(legacy);
        self.fields.entries().iter().filter(is_it).count() > 1
    }

    fn text(&self, legacy: Legacy) -> Option<&'d str> {
        let scalar = self.field(legacy)?.value.scalar()?;
        (!self.field(legacy)?.value.is_null()).then_some(&*scalar.text)
    }

    /// The list in which what a field says is written today.
    fn list(&self, legacy: Legacy) -> &'static str {
        match (self.dialect, legacy) {
            (Dialect::V1, Legacy::RateLimit) => "limits",
            (Dialect::V1, _) => "deny_if",
            _ => "rules",
        }
    }

    /// The limit that the field says.
    fn limit_entry(&self) -> Option<Draft> {
        (!self.is_twice(Legacy::RateLimit)).then_some(())?;
        let (max, window) = rate_limit(&self.field(Legacy::RateLimit)?.value)?;
        // A tool whose name has a dot can have no counters there.
        let dotted = matches!(self.holder, Holder::Tool(tool) if tool.contains('.'));
        let draft = limit_rule(self.dialect, self.holder, max, window);
        (!(dotted && self.dialect.is_intercept())).then_some(draft)
    }

    /// The denial that `action` and `reason` say.
    fn denial_entry(&self) -> Option<Draft> {
        let is_twice = [Legacy::Action, Legacy::Reason].iter().any(|legacy| self.is_twice(*legacy));
        let denies = !is_twice && self.text(Legacy::Action)?.eq_ignore_ascii_case("deny");
        let reason = self.field(Legacy::Reason).map(|_| self.text(Legacy::Reason));
        // A reason that is no text is for its owner to write.
        let reason = match reason {
            Some(reason) => Some(reason?),
            None => None,
        };
        denies.then(|| deny_rule(self.dialect, self.holder, reason))
    }

    fn limit(&self) -> Option<Fix> {
        let list = self.list(Legacy::RateLimit);
        if self.dialect.is_intercept() && self.fields.get(list).is_none() {
            return self.all_rules();
        }
        self.rewrite(list, vec![self.limit_entry()?], &[Legacy::RateLimit])
    }

    fn action(&self) -> Option<Fix> {
        let is_allowed = self.text(Legacy::Action) == Some("allow");
        if is_allowed && self.legacy == Legacy::Action {
            return self.allowed();
        }
        let list = self.list(self.legacy);
        if let Some(fix) = self.said_already(list) {
            return Some(fix);
        }
        if self.dialect.is_intercept() && self.fields.get(list).is_none() {
            return self.all_rules();
        }
        if self.is_denied_already(list) {
            return Fix::new(Safety::Safe, "remove it", [self.editor.remove(self.pointer)])
                .filter(|_| self.legacy == Legacy::Action);
        }
        let fields: &[Legacy] = match self.fields.get(list) {
            // What was a reason is removed when it is seen to stand there.
            Some(_) => &[Legacy::Action],
            None => &[Legacy::Action, Legacy::Reason],
        };
        self.rewrite(list, vec![self.denial_entry()?], fields)
    }

    /// Both rules of a tool of Intercept that has none yet, so that its list is written once.
    fn all_rules(&self) -> Option<Fix> {
        let denial = self.denial_entry().map(|entry| (entry, vec![Legacy::Action, Legacy::Reason]));
        let limit = self.limit_entry().map(|entry| (entry, vec![Legacy::RateLimit]));
        let both: Vec<(Draft, Vec<Legacy>)> = denial.into_iter().chain(limit).collect();
        let write = |rules: &[(Draft, Vec<Legacy>)]| {
            let fields: Vec<Legacy> = rules.iter().flat_map(|(_, fields)| fields.clone()).collect();
            let entries = rules.iter().map(|(entry, _)| entry.clone()).collect();
            fields.contains(&self.legacy).then(|| self.rewrite("rules", entries, &fields)).flatten()
        };
        // A comment that keeps one of them as it is does not keep the other.
        write(&both).or_else(|| both.chunks(1).find_map(write))
    }

    /// `"action": "allow"`, which is what a tool does whose rules do not deny.
    fn allowed(&self) -> Option<Fix> {
        let alone = self.fields.entries().len() == 1;
        let edit = match (alone, self.dialect) {
            (true, Dialect::V1) => {
                let emptied = || self.editor.replace(&self.up, &Draft::Object(Vec::new()));
                self.editor.remove(self.pointer).or_else(emptied)
            }
            (true, _) => self.editor.replace_entry(self.pointer, "rules", &Draft::List(Vec::new())),
            (false, _) => self.editor.remove(self.pointer),
        };
        Fix::new(Safety::Safe, "remove it", [edit])
    }

    /// Whether an entry of version 1 denies every call, as `action: deny` does.
    fn is_denied_already(&self, list: &str) -> bool {
        let entries = self.fields.get(list).map(Node::elements).unwrap_or_default();
        let is_deny =
            self.text(Legacy::Action).is_some_and(|text| text.eq_ignore_ascii_case("deny"));
        let denies = |entry: &Node| matches!(entry.get("conditions").map(|node| &node.kind), Some(Kind::Seq(conditions)) if conditions.is_empty());
        is_deny && list == "deny_if" && entries.iter().any(denies)
    }

    /// The fix for a reason without an action, whose text an entry has as its message already.
    fn said_already(&self, list: &str) -> Option<Fix> {
        (self.legacy == Legacy::Reason && self.field(Legacy::Action).is_none()).then_some(())?;
        let reason = self.text(Legacy::Reason)?;
        let says = |entry: &Node| {
            entry.get("on_deny").and_then(Node::scalar).is_some_and(|text| &*text.text == reason)
        };
        self.fields.get(list)?.elements().iter().any(says).then_some(())?;
        Fix::new(Safety::Safe, "remove it", [self.editor.remove(self.pointer)])
    }

    /// Writes entries into a list of the object that fields stand in, in the place of the first of
    /// them where there is no such list yet.
    fn rewrite(&self, list: &str, entries: Vec<Draft>, fields: &[Legacy]) -> Option<Fix> {
        let of_kind = |entry: &&Entry| {
            Legacy::of(&entry.key.text).is_some_and(|legacy| fields.contains(&legacy))
        };
        if has_slip(self.fields, list) {
            return None;
        }
        let mut written = self.fields.entries().iter().filter(of_kind);
        let pointer = |entry: &Entry| self.up.key(&entry.key.text);
        let edits: Vec<Option<Edit>> = match (self.fields.get(list), entries.as_slice()) {
            (None, _) => {
                let first = pointer(written.next()?);
                let replaced = self.editor.replace_entry(&first, list, &Draft::List(entries));
                let removed = written.map(|entry| self.editor.remove(&pointer(entry)));
                std::iter::once(replaced).chain(removed).collect()
            }
            (Some(there), [entry]) if !holds_counter(there, entry) => {
                let appended = self.editor.append(&self.up.key(list), entry);
                let removed = written.map(|entry| self.editor.remove(&pointer(entry)));
                std::iter::once(appended).chain(removed).collect()
            }
            _ => return None,
        };
        apart(format!("write it as `{list}`"), edits)
    }

    /// A limit of the whole document, or of `*`.
    fn for_all_tools(&self) -> Option<Fix> {
        let entry = self.limit_entry()?;
        let (owner, key, list) = match self.dialect {
            Dialect::V1 => (Pointer::root(), "all_tools", "limits"),
            _ => (Pointer::root().key("tools"), "*", "rules"),
        };
        let target = owner.key(key);
        if target == self.up {
            return self.rewrite(list, vec![entry], &[Legacy::RateLimit]);
        }
        let lists = Draft::List(vec![entry.clone()]);
        let there = self.root.at(&target).filter(|there| !there.is_null());
        let in_owner = self.root.at(&owner).is_some_and(|owner| has_slip(owner, key));
        if in_owner || there.is_some_and(|there| has_slip(there, list)) {
            return None;
        }
        let added = match (there, there.and_then(|there| there.get(list))) {
            (None, _) => {
                let object = Draft::Object(vec![(list.to_owned(), lists)]);
                self.editor.insert(&owner, key, &object)
            }
            (Some(_), None) => self.editor.insert(&target, list, &lists),
            (Some(_), Some(there)) if !holds_counter(there, &entry) => {
                self.editor.append(&target.key(list), &entry)
            }
            _ => None,
        };
        // A tool `*` that has nothing else is no tool.
        let emptied = self.up != Pointer::root() && self.fields.entries().len() == 1;
        let removed = self.editor.remove(if emptied { &self.up } else { self.pointer });
        apart(format!("write it as `{list}` of all tools"), [added, removed])
    }

    /// A field of an entry, or of a rule.
    fn of_entry(&self) -> Option<Fix> {
        let list = self.up.parent().last()?.into_owned();
        match (self.legacy, &*list) {
            (Legacy::RateLimit, "rules") if !has_slip(self.fields, "rate_limit") => {
                let (max, window) = rate_limit(&self.field(Legacy::RateLimit)?.value)?;
                let text = format!("{max}/{window}");
                let draft = Draft::Text(text.clone());
                let edit = self.editor.replace_entry(self.pointer, "rate_limit", &draft);
                Fix::new(Safety::Safe, format!("write `{text}`"), [edit])
            }
            (Legacy::Reason, "rules" | "require" | "deny_if") => {
                self.text(Legacy::Reason)?;
                let free =
                    self.fields.get("on_deny").is_none() && !has_slip(self.fields, "on_deny");
                let edit = self.editor.rename(self.pointer, "on_deny");
                free.then(|| Fix::new(Safety::Safe, "write `on_deny`", [edit])).flatten()
            }
            (Legacy::Action, "deny_if") if self.text(Legacy::Action) == Some("deny") => {
                Fix::new(Safety::Safe, "remove it", [self.editor.remove(self.pointer)])
            }
            _ => None,
        }
    }
}

/// Whether an object has a field already by a slip of the hand, which is mended first.
pub(super) fn has_slip(object: &Node, field: &str) -> bool {
    slips_for(object, field) > 0
}

/// How many fields of an object are slips of the hand for one that is not among them.
pub(super) fn slips_for(object: &Node, field: &str) -> usize {
    let is_slip = |entry: &&Entry| {
        let key = &*entry.key.text;
        key != field && Legacy::of(key).is_none() && slip(key, [field]).is_some()
    };
    object.entries().iter().filter(is_slip).count()
}

/// The fix for `max` and `window` that stand in a rule themselves.
fn of_bare_limit(editor: Editor<'_>, rule: &Node, pointer: &Pointer) -> Option<Fix> {
    let (max, window) = bare_limit(rule)?;
    let text = format!("{max}/{window}");
    let is_limit = |key: &&str| matches!(*key, "max" | "window");
    let mut keys = rule.entries().iter().map(|entry| &*entry.key.text).filter(is_limit);
    let first = pointer.key(keys.next()?);
    let written = editor.replace_entry(&first, "rate_limit", &Draft::Text(text.clone()));
    let removed = editor.remove(&pointer.key(keys.next()?));
    apart(format!("write `rate_limit: {text}`"), [written, removed])
}

/// The fix for a rule without a name, which older pages leave out; it is shown in logs and decides
/// nothing.
pub(super) fn named(editor: Editor<'_>, root: &Node, pointer: &Pointer) -> Option<Fix> {
    let is_empty = pointer.last().as_deref() == Some("name");
    let rule = if is_empty { pointer.parent() } else { pointer.clone() };
    let (node, rules) = (root.at(&rule)?, rule.parent());
    let holder = rules.parent().last()?.into_owned();
    let tool = if holder == "*" { "all_tools" } else { &holder };
    let is_denial = node.get("action").and_then(Node::as_str) == Some("deny");
    let what = match node.get("rate_limit") {
        Some(_) => "rate limit",
        None if is_denial => "denied",
        None => "rule",
    };
    let name = match root.at(&rules)?.elements().len() {
        1 => format!("{tool} {what}"),
        _ => format!("{tool} {what} {}", rule.last()?.parse::<usize>().ok()? + 1),
    };
    let draft = Draft::Text(name);
    let edit = match node.get("name") {
        Some(_) => editor.replace(&rule.key("name"), &draft),
        None => editor.insert(&rule, "name", &draft),
    };
    Fix::new(Safety::Safe, "add a name", [edit])
}

/// The fix for the action of a rule that is the only one and only allows, as a tool without rules is.
pub(super) fn without_rule(editor: Editor<'_>, root: &Node, action: &Pointer) -> Option<Fix> {
    let rules = action.parent().parent();
    (root.at(&rules)?.elements().len() == 1).then_some(())?;
    let known = |entry: &Entry| matches!(&*entry.key.text, "name" | "action" | "on_deny");
    root.at(&action.parent())?.entries().iter().all(known).then_some(())?;
    let edit = editor.replace_entry(&rules, "rules", &Draft::List(Vec::new()));
    Fix::new(Safety::Safe, "write `rules: []`", [edit])
}

/// Whether a list has a limit with the counter and window of another one already: which of the two
/// is meant only their owner knows.
fn holds_counter(list: &Node, entry: &Draft) -> bool {
    let Draft::Object(fields) = entry else { return false };
    let same = |element: &Node, field: &str| {
        let drafted = fields.iter().find(|(name, _)| name == field).map(|(_, value)| value);
        let there = element.get(field).and_then(Node::as_str);
        drafted.is_some() && drafted == there.map(Draft::from).as_ref()
    };
    let is_it = |element: &Node| same(element, "counter") && same(element, "window");
    matches!(&list.kind, Kind::Seq(elements) if elements.iter().any(is_it))
}

/// A safe fix of edits, of which those that touch become one; none if two overlap.
pub(super) fn apart(title: String, edits: impl IntoIterator<Item = Option<Edit>>) -> Option<Fix> {
    let edits: Option<Vec<Edit>> = edits.into_iter().collect();
    let mut edits = edits?;
    edits.sort_by_key(|edit| edit.span.start);
    let mut apart: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match apart.last_mut() {
            Some(last) if edit.span.start < last.span.end => return None,
            Some(last) if edit.span.start == last.span.end => {
                last.span.end = edit.span.end;
                last.text.push_str(&edit.text);
            }
            _ => apart.push(edit),
        }
    }
    Fix::new(Safety::Safe, title, apart.into_iter().map(Some))
}
