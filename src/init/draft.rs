//! A policy to be written: what is decided for each tool.

use serde_json::Value;

use super::condition::{Condition, Test};
use crate::catalogue::{Capability, Category, Recommendation, Tool, Vocabulary};
use crate::policy::Dialect;

/// A policy to be written. Its default is to deny.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The dialect in which it is written.
    pub dialect: Dialect,
    /// The tools, in the order in which they are written.
    pub tools: Vec<Drafted>,
}

/// What is decided for one tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Drafted {
    /// The tool's name.
    pub name: String,
    /// What it does to the world.
    pub category: Category,
    /// How sure the category is; below 1 it was guessed.
    pub confidence: f64,
    /// What is decided.
    pub choice: Choice,
    /// How often a day it may be called, where that is limited as well.
    pub daily: Option<u32>,
    /// Conditions that must hold for every call.
    pub conditions: Vec<Condition>,
}

/// What is decided for a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It may be called.
    Allow,
    /// It may be called so often a minute.
    Limit(u32),
    /// It is not shown, and denied.
    Hide,
    /// It is shown, and every call is denied until a person approves.
    DenyAll,
    /// It is not mentioned, so that the default denies it.
    LeaveOut(Omission),
}

impl Choice {
    /// Whether calls of the tool pass.
    fn lets_call(self) -> bool {
        matches!(self, Choice::Allow | Choice::Limit(_))
    }
}

/// Why a tool is not mentioned in a policy that it would belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Omission {
    /// Policies take a tool called `*` for all tools.
    Wildcard,
    /// A name without a letter is no name to a gateway.
    Blank,
    /// Intercept cannot count the calls of a tool with a dot in its name.
    Uncountable,
}

impl Draft {
    /// The policy that the catalogue recommends for tools.
    pub fn recommended<'t>(tools: impl IntoIterator<Item = &'t Tool>, dialect: Dialect) -> Draft {
        let tools: Vec<&Tool> = tools.into_iter().collect();
        let trifecta = is_trifecta(&tools);
        let is_shut = |tool: &&Tool| !choice(tool, false, trifecta).lets_call();
        let shut = tools.iter().any(is_shut);
        let tools = tools.into_iter().map(|tool| {
            let choice = choice(tool, shut, trifecta);
            Drafted {
                name: tool.name.clone(),
                category: tool.category,
                confidence: tool.confidence,
                choice,
                daily: None,
                // What is denied anyhow needs no conditions.
                conditions: if choice.lets_call() { harmless(tool) } else { Vec::new() },
            }
        });
        Draft { dialect, tools: tools.collect() }.writable()
    }

    /// Lets tools be called that the catalogue recommends to hide or to deny, as often a minute as
    /// the least that it recommends for any.
    pub fn allowing(mut self, names: &[String]) -> Draft {
        let least = Category::ALL.iter().filter_map(|category| match recommended(*category) {
            Choice::Limit(max) => Some(max),
            _ => None,
        });
        let least = least.min().expect("some calls are recommended to be limited");
        for tool in self.tools.iter_mut().filter(|tool| names.contains(&tool.name)) {
            if matches!(tool.choice, Choice::Hide | Choice::DenyAll) {
                tool.choice = Choice::Limit(least);
            }
        }
        self.writable()
    }

    /// Leaves out what the dialect cannot say.
    pub(super) fn writable(mut self) -> Draft {
        for tool in &mut self.tools {
            if self.dialect.is_intercept() {
                // What must hold there must be given.
                tool.conditions.retain(|condition| !condition.is_optional);
            }
            let limited = matches!(tool.choice, Choice::Limit(_));
            if tool.name == "*" {
                tool.choice = Choice::LeaveOut(Omission::Wildcard);
            } else if tool.name.trim().is_empty() {
                tool.choice = Choice::LeaveOut(Omission::Blank);
            } else if limited && self.dialect.is_intercept() && tool.name.contains('.') {
                tool.choice = Choice::LeaveOut(Omission::Uncountable);
            }
        }
        self
    }

    /// The tools that may be called.
    pub fn callable(&self) -> impl Iterator<Item = &Drafted> {
        self.tools.iter().filter(|tool| tool.choice.lets_call())
    }

    /// What is decided for a tool, if anything is.
    pub fn tool(&self, name: &str) -> Option<&Drafted> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

/// What is decided for a tool, beside others of which some are shut, or which together let private data out.
fn choice(tool: &Tool, shut: bool, trifecta: bool) -> Choice {
    let recommended = recommended(tool.category);
    let callable = recommended.lets_call();
    // What runs any command may do what is not to be done.
    let runs = shut && matches!(recommended, Choice::Limit(_)) && runs_anything(tool);
    let leads_out = trifecta && tool.able().contains_key(&Capability::WayOut);
    let is_harmful = tool.methods().iter().any(|method| method.harmless.is_empty());
    match callable && (runs || leads_out || is_harmful) {
        true => Choice::DenyAll,
        false => recommended,
    }
}

/// Whether those tools that may be called reach private data, what strangers wrote, and a way out.
fn is_trifecta(tools: &[&Tool]) -> bool {
    let callable = |tool: &&&Tool| recommended(tool.category).lets_call();
    let able: Vec<_> = tools.iter().filter(callable).map(|tool| tool.able()).collect();
    Capability::ALL.iter().all(|one| able.iter().any(|able| able.contains_key(one)))
}

/// Whether an argument of a tool carries what is run.
fn runs_anything(tool: &Tool) -> bool {
    tool.category > Category::Read && !tool.holding(|held| held.what.is_run()).is_empty()
}

/// That a tool does no more than the mildest of what it has a choice of.
fn harmless(tool: &Tool) -> Vec<Condition> {
    let methods = tool.methods().into_iter().filter(|method| !method.harmless.is_empty());
    methods
        .map(|method| Condition {
            path: method.path,
            test: Test::OneOf(method.harmless.into_iter().map(Value::from).collect()),
            is_optional: false,
            calls: None,
        })
        .collect()
}

pub(super) fn recommended(category: Category) -> Choice {
    match category.recommendation() {
        Recommendation::Allow => Choice::Allow,
        Recommendation::LimitPerMinute(max) => Choice::Limit(max),
        Recommendation::Hide => Choice::Hide,
        Recommendation::DenyAll => Choice::DenyAll,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Subject, classify};

    fn tool(name: &str, category: Category) -> Tool {
        Tool { category, ..classify(&Subject::named(name)).into_tool(name) }
    }

    #[test]
    fn every_category_gets_what_its_catalogue_page_recommends() {
        let tools: Vec<Tool> = Category::ALL.iter().map(|category| tool("t", *category)).collect();
        let draft = Draft::recommended(&tools, Dialect::V1);
        let choices: Vec<Choice> = draft.tools.iter().map(|tool| tool.choice).collect();
        let expected =
            [Choice::Allow, Choice::Limit(30), Choice::Limit(10), Choice::Hide, Choice::DenyAll];
        assert_eq!(choices, expected);
    }

    #[test]
    fn what_a_dialect_would_misunderstand_is_left_out() {
        let choice = |name, category, dialect| {
            Draft::recommended([&tool(name, category)], dialect).tools[0].choice
        };
        let (v1, intercept) = (Dialect::V1, Dialect::INTERCEPT);
        let wildcard = Choice::LeaveOut(Omission::Wildcard);
        assert_eq!(choice("*", Category::Destructive, v1), wildcard);
        assert_eq!(choice(" ", Category::Read, v1), Choice::LeaveOut(Omission::Blank));
        let uncountable = Choice::LeaveOut(Omission::Uncountable);
        assert_eq!(choice("files.write", Category::Write, intercept), uncountable);
        assert_eq!(choice("files.write", Category::Write, v1), Choice::Limit(30));
        assert_eq!(choice("files.read", Category::Read, intercept), Choice::Allow);
    }
}
