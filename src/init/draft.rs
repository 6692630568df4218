//! A policy to be written: what is decided for each tool.

use serde_json::Value;

use super::condition::{Condition, Test};
use super::open::{Open, WhyOpen};
use crate::catalogue::{Capability, Category, Method, Recommendation, Tool, Vocabulary};
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
    /// The arguments by which a call may do harm and that have no condition, as far as calls show them.
    pub open: Vec<Open>,
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
                open: Vec::new(),
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

    /// Denies every call of some tools until a person approves, where they may be called.
    pub fn shutting(mut self, names: &[&str]) -> Draft {
        let callable = |tool: &&mut Drafted| tool.choice.lets_call();
        for tool in self.tools.iter_mut().filter(callable) {
            if names.contains(&&*tool.name) {
                (tool.choice, tool.conditions) = (Choice::DenyAll, Vec::new());
            }
        }
        self
    }

    /// Leaves out what the dialect cannot say.
    pub(super) fn writable(mut self) -> Draft {
        for tool in &mut self.tools {
            if self.dialect.is_intercept() {
                // What must hold there must be given.
                let is_left_out = |condition: &mut Condition| condition.is_optional;
                let left_out = tool.conditions.extract_if(.., is_left_out).map(|one| one.path);
                let why = WhyOpen::Optional;
                tool.open.extend(left_out.map(|path| Open { path, why }));
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
    let worst = tool.worst_choices();
    let is_mild = !worst.is_empty() && worst.iter().all(|method| !method.harmless.is_empty());
    // Without the choices that destroy, it changes what can be changed back.
    let recommended = recommended(if is_mild { Category::Write } else { tool.category });
    let callable = recommended.lets_call();
    // What runs any command may do what is not to be done.
    let runs = shut && matches!(recommended, Choice::Limit(_)) && runs_anything(tool);
    let leads_out = trifecta && is_surely(tool, Capability::WayOut);
    let is_harmful = tool.methods().iter().any(|method| kept(method, tool).is_empty());
    match callable && (runs || leads_out || is_harmful) {
        true => Choice::DenyAll,
        false => recommended,
    }
}

/// Whether those tools that may be called reach private data, what strangers wrote, and a way out.
fn is_trifecta(tools: &[&Tool]) -> bool {
    let callable = |tool: &&&Tool| recommended(tool.category).lets_call();
    let tools: Vec<_> = tools.iter().filter(callable).collect();
    Capability::ALL.iter().all(|one| tools.iter().any(|tool| is_surely(tool, *one)))
}

/// Whether something that is no mere guess makes a tool able to do its part.
fn is_surely(tool: &Tool, capability: Capability) -> bool {
    tool.able().get(&capability).is_some_and(|why| tool.is_surely(why))
}

/// Whether an argument of a tool carries what is run.
fn runs_anything(tool: &Tool) -> bool {
    tool.category > Category::Read && !tool.holding(|held| held.what.is_run()).is_empty()
}

/// That a tool does no more than the mildest of what it has a choice of.
fn harmless(tool: &Tool) -> Vec<Condition> {
    let methods = tool.methods().into_iter().map(|method| (kept(&method, tool), method));
    let is_cut = |(kept, method): &(Vec<String>, Method)| {
        (1..method.harmless.len() + method.dangerous.len()).contains(&kept.len())
    };
    let condition = |(kept, method): (Vec<String>, Method)| Condition {
        path: method.path,
        test: Test::OneOf(kept.into_iter().map(Value::from).collect()),
        is_optional: false,
        calls: None,
    };
    methods.filter(is_cut).map(condition).collect()
}

/// The choices of what a tool does that are no graver than what it is let do: where they alone make it
/// destroy, those that do not.
fn kept(method: &Method, tool: &Tool) -> Vec<String> {
    let most = if tool.worst_choices().is_empty() { tool.category } else { Category::Write };
    let is_mild = |(_, category): &&(String, Category)| *category <= most;
    let mild = method.dangerous.iter().filter(is_mild).map(|(value, _)| value.clone());
    method.harmless.iter().cloned().chain(mild).collect()
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
    fn what_destroys_by_a_choice_alone_is_let_do_the_rest() {
        let properties = serde_json::json!({"method": {"enum": ["create", "update", "delete"]}});
        let mut write = tool("label_write", Category::Destructive);
        write.arguments = Some(Default::default());
        write.schema = Some(serde_json::json!({"properties": properties}));
        let argument = crate::catalogue::Argument { kind: None, required: true };
        write.arguments.as_mut().unwrap().insert("method".to_owned(), argument);
        let drafted = |tool: &Tool| Draft::recommended([tool], Dialect::V1).tools[0].clone();
        let open = drafted(&write);
        assert_eq!(open.choice, Choice::Limit(30));
        let values = ["create", "update"].map(Value::from).to_vec();
        assert_eq!(open.conditions[0].test, Test::OneOf(values));
        write.name = "delete_label".to_owned();
        assert_eq!(drafted(&write).choice, Choice::Hide);
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
