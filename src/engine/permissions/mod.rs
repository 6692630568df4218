//! Permission files, compiled: what a call raises, and what the rules say of it.

mod called;
mod canonical;
mod guard;
mod holding;
mod index;
mod launched;
mod notes;
mod part_paths;
mod parts;
mod reach;
mod subjects;
mod whole;
mod words;

use std::sync::Arc;

use super::arguments::{Found, Value};
use super::assume::{Assumptions, Choice};
use super::call::Call;
use super::decision::{Cause, Decision, Missing, Outcome, Reason};
use crate::policy::paths::{is_within, resolved};
use crate::policy::{
    Matter, PathPattern, PermissionRule, Permissions, Ruling, SubjectTest, Subjects, Unsure,
    Wildcard, begins, host, is_program, url_host,
};
use crate::shell::forces_removal;
use called::{Called, is_there};
pub use holding::Holding;
use index::{RuleIndex, words_of_subject};
use notes::Notes;
pub use parts::covers_command;
use reach::Reach;
use subjects::{Finder, Subject};
use whole::Whole;

/// The place of what the agent brings along.
const BUILT_IN: &str = "(built in)";

/// The matter of a tool of which only the name is looked at.
const NAME_ALONE: Subjects = Subjects::Whole;

/// The rules of an agent, prepared.
#[derive(Debug)]
pub(super) struct PermissionGate {
    permissions: Arc<Permissions>,
    /// The rules in the order in which they are asked, by what they are about.
    index: RuleIndex,
    /// How each rule is named, by its number.
    reasons: Vec<Reason>,
    /// How it is named that no rule holds.
    unmatched: Reason,
}

impl PermissionGate {
    pub(super) fn new(permissions: Arc<Permissions>) -> PermissionGate {
        let index = RuleIndex::new(&permissions.rules, permissions.order());
        let reason = |rule| Reason {
            for_classifier: permissions.refuses_for_classifier(rule),
            ..reason(rule)
        };
        let reasons = permissions.rules.iter().map(reason).collect();
        let unmatched = Reason::new("(no rule)", "", "", true);
        let unmatched = Reason { place: Some(BUILT_IN.into()), ..unmatched };
        PermissionGate { permissions, index, reasons, unmatched }
    }

    /// How everything that can decide a call is named.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().chain([&self.unmatched])
    }

    /// Decides a call, and notes the written rules that rule on a part of it for sure.
    pub(super) fn decide(
        &self,
        call: &Call<'_>,
        assumptions: &Assumptions,
        ruled: Option<&mut Vec<(u32, Ruling)>>,
    ) -> Decision<'_> {
        let mode = self.permissions.mode_of(call.around.mode, assumptions.mode.as_deref());
        let mut notes = Notes::new(&self.permissions, ruled);
        self.decision(self.reach(call, mode, &mut notes), assumptions)
    }

    /// Which of some rules, by their numbers, hold for a call, whether they count or not.
    pub(super) fn holding(&self, call: &Call<'_>, wanted: &[u32]) -> Holding {
        let mode = self.permissions.mode_of(call.around.mode, None);
        let mut holding = Holding::default();
        if let Some(rules) = &self.permissions.calls {
            let called = Called::new(&self.permissions, rules, call, mode);
            for number in wanted {
                holding.add(*number, called.holds_as_written(self.rule(*number)));
            }
            return holding;
        }
        let (name, matters) = self.raised(call);
        let finder = Finder { permissions: &self.permissions, call };
        let nothing = [Matter { name: "", of: NAME_ALONE }];
        let matters = matters.unwrap_or(&nothing);
        for (at, matter) in matters.iter().enumerate() {
            let name = if matter.name.is_empty() { &*name } else { matter.name };
            let subjects = finder.subjects(&matter.of, at == matters.len() - 1);
            for subject in subjects.iter().flatten().filter(|found| **found != Subject::Nothing) {
                let asked = Asked { name, subject, call, permissions: &self.permissions };
                for number in wanted {
                    let rule = self.rule(*number);
                    if rule.name.matches(name) {
                        holding.add(*number, applies(rule, mode, &asked));
                    }
                }
            }
        }
        holding
    }

    fn rule(&self, number: u32) -> &PermissionRule {
        &self.permissions.rules[number as usize]
    }

    /// The name of a call's tool, and what it raises where more than the name is known.
    fn raised(&self, call: &Call<'_>) -> (String, Option<&'static [Matter]>) {
        let server = call.around.server;
        let named = match server.is_empty() {
            true => call.tool.to_owned(),
            false => self.permissions.server_tools.name(server, call.tool),
        };
        let known = self.permissions.matters(&named).filter(|_| server.is_empty());
        (named, known)
    }

    /// Everything that may come of a call.
    fn reach(&self, call: &Call<'_>, mode: Option<&str>, notes: &mut Notes<'_>) -> Reach {
        if let Some(rules) = &self.permissions.calls {
            let called = Called::new(&self.permissions, rules, call, mode);
            return Whole { called, permissions: &self.permissions, index: &self.index }
                .reach(notes);
        }
        let (named, known) = self.raised(call);
        let own = known.and_then(<[Matter]>::last).map_or(&*named, |matter| matter.name);
        if self.permissions.hides
            && let Some(hidden) = self.hidden(own, mode, notes)
        {
            return hidden;
        }
        let finder = Finder { permissions: &self.permissions, call };
        let Some(matters) = known else {
            let subjects = finder.subjects(&NAME_ALONE, true);
            return self.matter((own, subjects), mode, call, notes);
        };
        let last = matters.len() - 1;
        let each = matters.iter().enumerate().map(|(at, matter)| {
            let subjects = finder.subjects(&matter.of, at == last);
            self.matter((matter.name, subjects), mode, call, notes)
        });
        self.strictest(each)
    }

    /// The strictest of several things, of which each happens.
    fn strictest(&self, all: impl Iterator<Item = Reach>) -> Reach {
        let rules = &self.permissions.rules;
        all.reduce(|one, other| one.strictest(other, rules)).unwrap_or_else(Reach::nothing)
    }

    /// What may come of the subjects of a matter, each of which may be one of several.
    fn matter(
        &self,
        (name, subjects): (&str, Vec<Vec<Subject<'_>>>),
        mode: Option<&str>,
        call: &Call<'_>,
        notes: &mut Notes<'_>,
    ) -> Reach {
        let rule = |subject: &Subject<'_>, notes: &mut Notes<'_>| {
            self.ruling((name, subject), mode, call, notes)
        };
        let all = subjects.iter().filter_map(|several| match several.as_slice() {
            [only] => Some(rule(only, notes)),
            // Which of them it is, is not known, so that none of their rules is certain to rule.
            several => {
                several.iter().map(|one| rule(one, &mut Notes::none())).reduce(Reach::either)
            }
        });
        self.strictest(all)
    }

    /// What may come of one subject.
    fn ruling(
        &self,
        (name, subject): (&str, &Subject<'_>),
        mode: Option<&str>,
        call: &Call<'_>,
        notes: &mut Notes<'_>,
    ) -> Reach {
        let asked = Asked { name, subject, call, permissions: &self.permissions };
        let mut reach = match subject {
            Subject::Nothing => return Reach::nothing(),
            Subject::Unknown(fact) => Reach::without(*fact),
            _ => Reach::default(),
        };
        let words = words_of_subject(subject);
        for number in self.index.about(&[name], words.as_deref()) {
            let rule = self.rule(number);
            match applies(rule, mode, &asked) {
                Ok(false) => {}
                Ok(true) => {
                    let is_sure = reach.is_empty();
                    reach.settle(rule.ruling, number);
                    notes.add(number, reach, is_sure);
                    return reach;
                }
                Err(fact) => reach.add_unsure(rule.ruling, number, fact),
            }
        }
        reach.add(self.permissions.unmatched, None);
        reach
    }

    /// The denial of a tool that is not offered: the rule that counts for its name denies everything.
    fn hidden(&self, name: &str, mode: Option<&str>, notes: &mut Notes<'_>) -> Option<Reach> {
        let mut named = self.index.named(name);
        // Where it is not known whether a rule is there, its subjects are asked about as ever.
        let number = named.find(|number| is_there(self.rule(*number), mode) != Ok(false))?;
        let PermissionRule { ruling, test, .. } = self.rule(number);
        let hides = is_there(self.rule(number), mode) == Ok(true)
            && (*ruling, test) == (Ruling::Deny, &SubjectTest::Anything);
        hides.then(|| {
            let mut reach = Reach::default();
            reach.add(Ruling::Deny, Some(number));
            notes.add(number, reach, true);
            reach
        })
    }

    fn decision(&self, reach: Reach, assumptions: &Assumptions) -> Decision<'_> {
        let fact = reach.missing();
        let chosen = fact.and_then(|fact| assumptions.of(fact));
        let ruling = match chosen {
            Some(Choice::Allow | Choice::Absent) => Some(reach.mildest()),
            Some(Choice::Deny) => Some(reach.strictest_ruling()),
            None => reach.certain(),
        };
        let Some(ruling) = ruling else {
            let open = Decision::new(Outcome::Indeterminate, Cause::None);
            return Decision { missing: fact, ..open };
        };
        let answered = ruling == Ruling::Ask && assumptions.approved.is_some();
        let outcome = match (ruling, assumptions.approved) {
            (Ruling::Allow, _) | (Ruling::Ask, Some(true)) => Outcome::Allow,
            (Ruling::Ask, None) => Outcome::Ask,
            (Ruling::Ask, Some(false)) | (Ruling::Deny, _) => Outcome::Deny,
        };
        let cause = self.cause(reach, ruling);
        let assumed = fact.filter(|_| chosen.is_some());
        Decision { assumed, answered, ..Decision::new(outcome, cause) }
    }

    fn cause(&self, reach: Reach, ruling: Ruling) -> Cause<'_> {
        match reach.rule(ruling) {
            Some(Some(number)) => Cause::Check(&self.reasons[number as usize]),
            Some(None) => Cause::Check(&self.unmatched),
            None => Cause::None,
        }
    }
}

/// Whether a rule is there in a mode and holds. Where it does not hold, the mode does not matter.
fn applies(rule: &PermissionRule, mode: Option<&str>, asked: &Asked<'_>) -> Result<bool, Missing> {
    let is_there = is_there(rule, mode);
    if is_there == Ok(false) {
        return Ok(false);
    }
    match holds(&rule.test, asked) {
        Ok(false) => Ok(false),
        holds => is_there.and(holds),
    }
}

/// What a test is asked of.
struct Asked<'s> {
    /// The name of the matter.
    name: &'s str,
    subject: &'s Subject<'s>,
    call: &'s Call<'s>,
    permissions: &'s Permissions,
}

/// Whether a test holds for a subject.
fn holds(test: &SubjectTest, asked: &Asked<'_>) -> Result<bool, Missing> {
    match test {
        SubjectTest::Anything => return Ok(true),
        SubjectTest::AnythingUnsure(unsure) => return Err(missing(*unsure)),
        SubjectTest::Argument(name, pattern) => return asked.argument(name, pattern),
        SubjectTest::Server(server) => return asked.server(server),
        SubjectTest::Classified(None) => return Err(Missing::Classifier),
        _ => {}
    }
    let subject = asked.subject;
    let text = subject.text()?;
    Ok(match (test, subject) {
        (SubjectTest::Anything | SubjectTest::AnythingUnsure(_), _) => true,
        (SubjectTest::Text(pattern), _) => pattern.matches(text),
        (SubjectTest::Unsure(widest, _), _) if !widest.matches(text) => false,
        (SubjectTest::Unsure(_, unsure), _) => return Err(missing(*unsure)),
        (SubjectTest::Words(places), Subject::Command(_, Some(words))) => begins(words, places),
        (SubjectTest::Program(places, paths), Subject::Command(_, Some(words))) => {
            is_program(words, places, paths.as_deref())
        }
        (SubjectTest::ForcedRemoval, Subject::Command(_, Some(words))) => {
            forces_removal(words).map_err(|_| Missing::LongCommand)?
        }
        (SubjectTest::Below(folders), Subject::Path(way, whole)) => {
            folders.iter().any(|folder| match folder.starts_with('/') {
                true => is_within(whole, folder),
                false => is_within(&format!("/{way}"), &resolved("/", folder)) && !is_up(way),
            })
        }
        (SubjectTest::Path(pattern), Subject::Path(_, whole)) => {
            let folder = match pattern.folder() {
                PathPattern::START => asked.start()?,
                PathPattern::HOME => {
                    asked.permissions.ground.home.as_deref().ok_or(Missing::Home)?
                }
                folder => folder,
            };
            pattern.matches_below(folder, whole)
        }
        (SubjectTest::Classified(Some(pattern)), Subject::Path(_, whole)) => {
            if pattern.matches(whole) {
                return Err(Missing::Classifier);
            }
            false
        }
        (SubjectTest::Inside(folders), Subject::Path(_, whole)) => {
            let mut further = folders.iter().chain(asked.call.around.roots);
            is_within(whole, asked.start()?) || further.any(|folder| is_within(whole, folder))
        }
        (SubjectTest::Link, Subject::Path(_, whole)) => {
            asked.permissions.ground.links.iter().any(|(link, _)| link == whole)
        }
        (SubjectTest::Command(test), Subject::Part(part)) => part.holds(test),
        (SubjectTest::Host(pattern), _) => host(text).is_some_and(|host| pattern.matches(&host)),
        (SubjectTest::UrlHost { pattern, within_label }, _) => url_host(text).is_some_and(|host| {
            if !within_label {
                return pattern.matches(&host);
            }
            let labels = |text: &str| text.split('.').count();
            let surplus = labels(&host).saturating_sub(labels(pattern.source()));
            // A first label that is a star alone stands for several.
            let cut = if pattern.source().starts_with("*.") { surplus } else { 0 };
            let host = host.splitn(cut + 1, '.').last().unwrap_or_default();
            labels(host) == labels(pattern.source()) && pattern.matches(host)
        }),
        (SubjectTest::Named(name), _) => **name == *text || **name == *text.to_lowercase(),
        _ => false,
    })
}

/// The fact that a rule waits for.
fn missing(unsure: Unsure) -> Missing {
    match unsure {
        Unsure::Home => Missing::Home,
        Unsure::Folder => Missing::Folder,
        Unsure::Trust => Missing::Trust,
        Unsure::Environment => Missing::Environment,
        Unsure::Annotations => Missing::Annotations,
        Unsure::Program(_) => Missing::Program,
    }
}

/// Whether a way leads out of the folder that it starts in.
fn is_up(way: &str) -> bool {
    way == ".." || way.starts_with("../")
}

impl Asked<'_> {
    /// The folder that the agent was started in: as the record of the call has it, else its files; else the
    /// one that it works in.
    fn start(&self) -> Result<&str, Missing> {
        let around = &self.call.around;
        let recorded = around.roots.first().map(|root| &**root);
        let known = recorded.or(self.permissions.ground.start.as_deref());
        let known = known.or(Some(around.folder)).filter(|folder| folder.starts_with('/'));
        known.ok_or(Missing::Folder)
    }

    /// Whether a direct argument of the call is a scalar whose text matches.
    fn argument(&self, name: &str, pattern: &Wildcard) -> Result<bool, Missing> {
        Ok(match self.call.arguments.find(&[name.to_owned()]) {
            Found::Value(Value::String(text)) => pattern.matches(&text),
            Found::Value(Value::Bool(value)) => {
                pattern.matches(if value { "true" } else { "false" })
            }
            Found::Value(Value::Number(number)) => pattern.matches(&number.to_string()),
            Found::Value(_) | Found::Nothing => false,
            Found::Unknown(fact) => return Err(fact),
        })
    }

    /// Whether the tool is of just this server.
    fn server(&self, server: &str) -> Result<bool, Missing> {
        let naming = self.permissions.server_tools;
        let rest = self.name.strip_prefix(naming.before).unwrap_or(self.name);
        let around = self.call.around.server;
        // A name that can be read in one way alone tells it, else what the record says.
        let mut ways = rest.match_indices(naming.between).map(|(at, _)| &rest[..at]);
        let is_one = |way: &str| way == server;
        match (
            around.is_empty() || self.call.tool.contains(naming.between),
            ways.next(),
            ways.next(),
        ) {
            (true, Some(way), None) => Ok(is_one(way)),
            (true, Some(way), Some(_)) if is_one(way) => Err(Missing::Server),
            (true, _, _) => Ok(false),
            (false, _, _) => Ok(naming.server(around) == server),
        }
    }
}

/// Whether a decision's rule is one that the agent brings along.
pub(super) fn is_built_in(reason: &Reason) -> bool {
    reason.place.as_deref() == Some(BUILT_IN)
}

/// How a rule is named where its decision is shown.
fn reason(rule: &PermissionRule) -> Reason {
    let origin = &rule.origin;
    let place = match &origin.file {
        None => BUILT_IN.to_owned(),
        Some(file) if origin.line == 0 => file.to_string(),
        Some(file) => format!("{file}:{}", origin.line),
    };
    let message = format!("{} {place}", rule.text);
    let reason = Reason::new(&rule.text, origin.pointer.as_str(), &message, true);
    Reason { place: Some(place.into()), ..reason }
}
