//! The rules that are proposed, and what they come to.

use std::collections::{BTreeMap, BTreeSet};

use super::observed::{Approvals, AskedCall};
use super::programs;
use super::refused;
use super::sources::source;
use super::wanted::{self, NOT_PLAIN, Need, Want};
use crate::catalogue::{Category, Vocabulary};
use crate::engine::{Gate, Outcome};
use crate::policy::{CommandPattern, CommandTest, Permissions, Policy, Ruling, SubjectTest};

/// What is proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The rules, those that save the most questions first.
    pub rules: Vec<ProposedRule>,
    /// What would still be asked, the most first.
    pub left: Vec<Left>,
}

/// A rule that allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedRule {
    /// The rule as Claude Code reads it.
    pub rule: String,
    /// How many questions there would have been fewer.
    pub saves: u64,
    /// What it allows beside what was approved.
    pub caution: Option<String>,
}

/// Questions that no rule saves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The tool, or the program.
    pub what: String,
    /// Why.
    pub why: &'static str,
    /// How many questions.
    pub calls: u64,
}

/// Rules that are added to those there are, compiled.
pub type Compile<'c> = &'c dyn Fn(&[String]) -> Gate;

/// What is known of a server's tool.
pub type Known<'k> = &'k dyn Fn(&str, &str) -> Option<Category>;

const REFUSED: &str = "such a call was refused";
const CHANGED: &str = "what it runs stands in a file that may be changed without a question";

/// Why tools of servers that do more than write never become rules.
fn harm(category: Category) -> Option<&'static str> {
    match category {
        Category::Read | Category::Write => None,
        Category::Execute => Some(programs::RUNS),
        Category::Destructive => Some(programs::DESTROYS),
        Category::Financial => Some("it moves money"),
    }
}

impl Proposal {
    /// Proposes rules beside those of a policy, which stay what they are.
    pub fn of(
        approvals: &Approvals,
        policy: &Policy,
        known: Known<'_>,
        compile: Compile<'_>,
    ) -> Proposal {
        let base = compile(&[]);
        let need = |call: &AskedCall| match known(&call.server, &call.tool).and_then(harm) {
            Some(why) => Need::Nothing(why),
            None => wanted::need(call).without(|want| passes(call, want, &base)),
        };
        let needs: Vec<Asked<'_>> =
            approvals.asked.iter().map(|(call, times)| (call, *times, need(call))).collect();
        let wants: BTreeSet<Want> =
            needs.iter().flat_map(|(_, _, need)| need.wants()).cloned().collect();
        let is_free = |rule: &str| is_free(rule, policy.permissions.as_deref());
        let by_want = wanted::rules(&wants, &is_free);
        let wanted = by_want.values().cloned().collect();
        let (mut rules, mut gate) = without_refused(wanted, approvals, &base, compile);
        let changed = changed(&needs, &by_want, &gate);
        if !changed.is_empty() {
            rules.retain(|rule| !changed.contains(rule));
            gate = compile(&rules.iter().cloned().collect::<Vec<_>>());
        }
        let mut proposal = Proposal::default();
        let (mut saves, mut left) = (BTreeMap::new(), BTreeMap::new());
        for (call, times, need) in &needs {
            let passes = call.decide(&gate).0 == Outcome::Allow;
            let of_call: BTreeSet<&String> =
                need.wants().filter_map(|want| by_want.get(want)).collect();
            if passes {
                of_call.into_iter().for_each(|rule| *saves.entry(rule).or_insert(0_u64) += *times);
                continue;
            }
            let why = match need {
                Need::Nothing(why) => *why,
                Need::Rules(_) if of_call.iter().all(|rule| rules.contains(*rule)) => NOT_PLAIN,
                Need::Rules(_) if of_call.iter().any(|rule| changed.contains(*rule)) => CHANGED,
                Need::Rules(_) => REFUSED,
            };
            *left.entry((what(call), why)).or_insert(0_u64) += *times;
        }
        let saving = rules.iter().filter_map(|rule| Some((rule, *saves.get(rule)?)));
        let cautions = cautions(&needs, &by_want, known);
        let proposed = |(rule, saves): (&String, u64)| {
            let caution = cautions.get(rule).cloned();
            ProposedRule { rule: rule.clone(), saves, caution }
        };
        proposal.rules = saving.map(proposed).collect();
        proposal.rules.sort_by(|a, b| (b.saves, &a.rule).cmp(&(a.saves, &b.rule)));
        proposal.left =
            left.into_iter().map(|((what, why), calls)| Left { what, why, calls }).collect();
        proposal.left.sort_by(|a, b| (b.calls, &a.what).cmp(&(a.calls, &b.what)));
        proposal
    }

    /// The rules alone.
    pub fn texts(&self) -> Vec<String> {
        self.rules.iter().map(|rule| rule.rule.clone()).collect()
    }
}

/// What was asked about, how often, and what it needs.
type Asked<'c> = (&'c AskedCall, u64, Need);

/// The rules whose command runs what stands in a file that rules let change: interpreters by another name.
fn changed(needs: &[Asked<'_>], by_want: &BTreeMap<Want, String>, gate: &Gate) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (call, _, need) in needs {
        let is_changed = |want: &&Want| {
            let file = want.command().and_then(source);
            file.is_some_and(|file| call.changing(file).decide(gate).0 == Outcome::Allow)
        };
        found.extend(need.wants().filter(is_changed).filter_map(|want| by_want.get(want)).cloned());
    }
    found
}

/// What rules allow beside what was approved.
fn cautions(
    needs: &[Asked<'_>],
    by_want: &BTreeMap<Want, String>,
    known: Known<'_>,
) -> BTreeMap<String, String> {
    let mut cautions = BTreeMap::new();
    for (call, _, need) in needs {
        for want in need.wants() {
            let caution = match (want.command().and_then(source), known(&call.server, &call.tool)) {
                (Some(file), _) => format!("it runs what `{file}` says, whoever changes that"),
                _ if call.server.is_empty() => continue,
                (_, Some(Category::Read)) => continue,
                (_, Some(category)) => {
                    format!("with any arguments; the catalogue has it as {}", category.word())
                }
                (_, None) => "with any arguments; the catalogue does not know it".to_owned(),
            };
            cautions.extend(by_want.get(want).map(|rule| (rule.clone(), caution)));
        }
    }
    cautions
}

/// Whether a part of a command passes by itself.
fn passes(call: &AskedCall, want: &Want, gate: &Gate) -> bool {
    let Want::Command(exact, _) = want else { return false };
    !exact.is_empty() && call.with_command(exact).decide(gate).0 == Outcome::Allow
}

impl Need {
    /// The same without what is not needed.
    fn without(self, is_needless: impl Fn(&Want) -> bool) -> Need {
        match self {
            Need::Rules(mut wants) => {
                wants.retain(|want| !is_needless(want));
                Need::Rules(wants)
            }
            Need::Nothing(why) => Need::Nothing(why),
        }
    }

    fn wants(&self) -> impl Iterator<Item = &Want> {
        let wants = match self {
            Need::Rules(wants) => wants.as_slice(),
            Need::Nothing(_) => &[],
        };
        wants.iter()
    }
}

/// The rules without those by which a call that was refused, or one of its commands alone, would pass; compiled.
fn without_refused(
    mut rules: BTreeSet<String>,
    approvals: &Approvals,
    base: &Gate,
    compile: Compile<'_>,
) -> (BTreeSet<String>, Gate) {
    let passes = |call: &AskedCall, gate: &Gate| call.decide(gate).0 == Outcome::Allow;
    let refused: BTreeSet<AskedCall> = approvals.refused.keys().flat_map(refused::alone).collect();
    // What passes by the rules there are is not what the proposed ones let pass.
    let refused: Vec<AskedCall> = refused.into_iter().filter(|call| !passes(call, base)).collect();
    loop {
        let list: Vec<String> = rules.iter().cloned().collect();
        let gate = compile(&list);
        let passing: Vec<&AskedCall> = refused.iter().filter(|call| passes(call, &gate)).collect();
        if passing.is_empty() {
            return (rules, gate);
        }
        rules.retain(|rule| {
            let alone = compile(std::slice::from_ref(rule));
            !passing.iter().any(|call| passes(call, &alone))
        });
        if rules.len() == list.len() {
            // Only several together let it pass, and which is not known.
            rules.clear();
        }
    }
}

/// Whether no rule that asks or denies is about a part of what a rule with a `*` would allow.
fn is_free(rule: &str, permissions: Option<&Permissions>) -> bool {
    let words = rule.strip_prefix("Bash(").and_then(|rest| rest.strip_suffix(" *)"));
    let Some(words) = words else { return true };
    let of_files = permissions.iter().flat_map(|permissions| &permissions.rules);
    let of_files =
        of_files.filter(|rule| rule.origin.file.is_some() && rule.ruling != Ruling::Allow);
    !of_files.into_iter().any(|rule| match &rule.test {
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => {
            let text = match pattern {
                CommandPattern::Exact(text) | CommandPattern::Prefix(text) => &**text,
                CommandPattern::Glob(pattern) => pattern.source(),
            };
            let fixed = text.split('*').next().unwrap_or_default().trim_end();
            fixed.starts_with(words) || words.starts_with(fixed)
        }
        _ => false,
    })
}

/// What a call is of, without what it was given.
fn what(call: &AskedCall) -> String {
    if !call.server.is_empty() {
        return format!("mcp__{}__{}", call.server, call.tool);
    }
    let program = call.text("command").filter(|_| call.tool == "Bash");
    let is_name =
        |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    match program.as_deref().and_then(|text| text.split_whitespace().next()).filter(is_name) {
        Some(program) => format!("Bash `{program}`"),
        None => call.tool.clone(),
    }
}
