//! What a tool's arguments say of what it does: code that is run, sums that are paid, actions
//! that are selected.

use std::collections::BTreeSet;

use serde_json::Value;

use super::actions::{Choice, choices_of};
use super::argument::{ArgumentType, Arguments, Signal};
use super::category::Category;
use super::evidence::{Evidence, Kind};
use super::name::split;
use super::signals;
use super::words;

/// Words of a description that say that an argument named `code` is a program.
const PROGRAM: &str = "bash code-snippet cypher eval evaluate execute executed expression function
    javascript js lua node program python ruby run script shell snippet source sql typescript";

/// Words in front of a path to which a tool writes what it found.
const SAVED: &str = "destination dest download downloads export output save";

/// Last words of such a path.
const PATHS: &str = "dir directory file filename folder path";

/// Words of other places where something may be written to.
const PLACES: &str = "bucket location target to url urls";

/// Last words of the names of statements.
const STATEMENTS: &str = "query sql statement";

/// Arguments beside a command that make it the name of one: its parameters by name.
const PARAMETERS: [&str; 4] = ["arguments", "parameters", "params", "args"];

/// Arguments beside which an amount is one of money.
const PAID: &str = "account asset beneficiary card charge currency customer from iban invoice payee
    payment price recipient to token wallet";

/// Words of an amount's description that say that it is money.
const MONEY: &str =
    "cents charge currency dollars eur euros money pay paid payment price refund usd
    usdc";

/// What is known of a tool's arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    /// The words of the tool's name.
    pub words: &'a [String],
    /// What the tool says of itself.
    pub said: Option<&'a str>,
    /// Their names and types.
    pub arguments: &'a Arguments,
    /// The JSON Schema that they are of, if it is known.
    pub schema: Option<&'a Value>,
}

impl<'a> Given<'a> {
    /// What its arguments let choose among; none for a request of any kind.
    pub(super) fn choices(&self) -> Vec<Choice<'a>> {
        match self.is_any_request() {
            true => Vec::new(),
            false => choices_of(self.arguments, self.schema, self.said),
        }
    }

    /// Whether a call is any request to a service: by its arguments, or by its name and where it goes.
    fn is_any_request(&self) -> bool {
        let sends = self.words.last().is_some_and(|last| words::is_request(last));
        let is_bare = self.words.len() <= 2 && sends;
        let has_target =
            ["path", "endpoint", "url"].iter().any(|key| self.arguments.contains_key(*key));
        signals::is_http_request(self.arguments) || (is_bare && has_target)
    }

    /// What the arguments make possible. What only is called like code gives no signal.
    pub(super) fn signals(&self) -> Vec<(Signal, &str)> {
        let mut found = signals::of_arguments(self.arguments);
        found.retain(|(signal, name)| *signal != Signal::FreeformCode || self.is_program(name));
        found
    }

    /// What the arguments say of a tool that, by all else, is of a category.
    pub(super) fn evidence(
        &self,
        category: Category,
        claim: Option<bool>,
        signals: &[(Signal, &str)],
    ) -> Vec<Evidence> {
        let (reads, read_only) = (category == Category::Read, claim == Some(true));
        let mut found = Vec::new();
        // Code that a reading tool takes may be a query; without a claim that it only reads, and
        // for every tool that does more, it is run.
        let code = signals.iter().filter(|(signal, _)| *signal == Signal::FreeformCode);
        for (_, name) in code.filter(|_| !(reads && read_only)) {
            let text = format!("argument: {name} is code");
            let inspects = self.words.first().is_some_and(|verb| words::inspects(verb));
            let kind = if inspects { Kind::LooksAtArgument } else { Kind::RunsArgument };
            found.push(Evidence::new(Category::Execute, kind, text));
        }
        let runs = [
            (self.is_any_request(), "arguments: any HTTP request"),
            (self.is_router(), "argument: command and its parameters are open"),
            (self.explains_by_running(), "argument: analyze runs what is explained"),
        ];
        let runs = runs.into_iter().filter(|(runs, _)| *runs);
        found.extend(runs.map(|(_, text)| {
            Evidence::new(Category::Execute, Kind::RunsArgument, text.to_owned())
        }));
        let sql = self.arguments.keys().find(|name| !read_only && self.is_sql(name));
        found.extend(sql.map(|name| {
            let kind = if claim.is_some() { Kind::RunsArgument } else { Kind::LooksAtArgument };
            Evidence::new(Category::Execute, kind, format!("argument: {name} is SQL"))
        }));
        let returns = self.takes_home() && !self.arguments.keys().any(|name| is_place(name));
        found.extend(returns.then(|| {
            let text = "arguments: no place to write to".to_owned();
            Evidence::new(Category::Read, Kind::Returns, text)
        }));
        let payment = self.arguments.keys().find(|name| self.is_payment(name));
        found.extend(payment.filter(|_| !reads).map(|name| {
            let text = format!("argument: {name} is a payment");
            Evidence::new(Category::Financial, Kind::Payment, text)
        }));
        let lost = self.arguments.keys().find(|name| !reads && self.is_loss(name));
        found.extend(lost.map(|name| {
            Evidence::new(
                Category::Destructive,
                Kind::Selectable,
                format!("argument: {name} loses what is there"),
            )
        }));
        let is_copied =
            |name: &&String| self.takes_home() && split(name).iter().any(|word| word == "local");
        let saved = self.arguments.keys().find(|name| reads && is_saved(name) || is_copied(name));
        found.extend(saved.map(|name| {
            let text = format!("argument: {name} is where it is saved");
            Evidence::new(Category::Write, Kind::Saves, text)
        }));
        if !(reads && read_only) {
            found.extend(self.choices().iter().filter_map(Choice::evidence));
        }
        found
    }

    /// The schema of an argument.
    fn property(&self, name: &str) -> Option<&Value> {
        self.schema?.get("properties")?.get(name)
    }

    /// Whether a command is the name of one, with its parameters beside it by name.
    fn is_router(&self) -> bool {
        let named = PARAMETERS.iter().filter_map(|other| self.arguments.get(*other));
        let mut objects = named.filter(|other| other.kind == Some(ArgumentType::Object));
        self.arguments.contains_key("command") && objects.next().is_some()
    }

    /// Whether a statement is run to be explained, as `EXPLAIN ANALYZE` does.
    fn explains_by_running(&self) -> bool {
        self.words.iter().any(|word| word == "explain") && self.arguments.contains_key("analyze")
    }

    /// Whether an argument is described as a statement.
    fn is_sql(&self, name: &str) -> bool {
        let is_statement = split(name).last().is_some_and(|last| is_in(last, STATEMENTS));
        is_statement && self.described(name).is_some_and(|words| words.contains("sql"))
    }

    /// Whether the tool is called after getting something out of somewhere.
    fn takes_home(&self) -> bool {
        let has = |word: &str| self.words.iter().any(|other| other == word);
        (has("download") || has("export")) && !has("to")
    }

    /// The words of an argument's description.
    fn described(&self, name: &str) -> Option<BTreeSet<String>> {
        let text = self.property(name)?.get("description")?.as_str()?;
        Some(split(text).into_iter().collect())
    }

    /// Whether an argument that is called like code takes any: one of a list does not, nor what is
    /// described as the code of a thing (`The product's code`).
    fn is_program(&self, name: &str) -> bool {
        if name == "command" && self.is_router() {
            return false;
        }
        let Some(property) = self.property(name) else { return true };
        let listed = property.get("enum").is_some() || property.get("const").is_some();
        let plainly = split(name).last().is_some_and(|word| word != "code");
        let program = || match self.described(name) {
            Some(words) => words.iter().any(|word| is_in(word, PROGRAM)),
            None => property.get("pattern").is_none() && property.get("maxLength").is_none(),
        };
        !listed && (plainly || program())
    }

    /// Whether an argument is a sum to pay, or the one who is paid.
    fn is_payment(&self, name: &str) -> bool {
        let words = split(name);
        let parts: Vec<&str> = words.iter().map(|word| &**word).collect();
        let is_amount = match parts[..] {
            ["unit" | "min" | "max" | "minimum" | "maximum" | "discount" | "tax", ..] => false,
            [.., "amount"] | ["amount", "in", ..] => true,
            _ => false,
        };
        let other =
            |other: &String| other != name && split(other).iter().any(|word| is_in(word, PAID));
        let money = || {
            let described = self.described(name).unwrap_or_default();
            described.iter().any(|word| is_in(word, MONEY))
        };
        let payee = words.iter().any(|word| matches!(&**word, "iban" | "payee"));
        payee || (is_amount && (self.arguments.keys().any(other) || money()))
    }

    /// Whether an argument is a switch by which what is there is lost.
    fn is_loss(&self, name: &str) -> bool {
        let words = split(name);
        let parts: Vec<&str> = words.iter().map(|word| &**word).collect();
        let is_switch = self.arguments[name].kind == Some(ArgumentType::Boolean);
        let loses = match parts[..] {
            [.., "branch"] => false,
            ["clear" | "replace", "existing" | "values" | "data" | "all", ..]
                if parts != ["replace", "all"] =>
            {
                true
            }
            ["delete" | "drop" | "purge" | "truncate" | "wipe", _, ..] => true,
            _ => parts.contains(&"overwrite"),
        };
        is_switch && loses
    }
}

/// Whether an argument may be where something is written to.
fn is_place(name: &str) -> bool {
    let words = split(name);
    words.iter().any(|word| is_in(word, SAVED) || is_in(word, PATHS) || is_in(word, PLACES))
}

/// Whether an argument is a path to which a tool that reads writes what it read.
fn is_saved(name: &str) -> bool {
    let words = split(name);
    let [first, .., last] = &words[..] else { return false };
    is_in(first, SAVED) && is_in(last, PATHS)
}

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Argument;
    use serde_json::json;

    fn arguments(schema: &Value) -> Arguments {
        let properties = schema["properties"].as_object().unwrap();
        properties.keys().map(|name| (name.clone(), Argument::default())).collect()
    }

    fn categories(schema: &Value, category: Category, read_only: bool) -> Vec<Category> {
        let arguments = arguments(schema);
        let given = Given { words: &[], said: None, arguments: &arguments, schema: Some(schema) };
        let evidence = given.evidence(category, read_only.then_some(true), &given.signals());
        evidence.into_iter().map(|one| one.category).collect()
    }

    #[test]
    fn the_code_of_a_thing_is_no_program() {
        for (schema, is_program) in [
            (json!({"description": "Python code to run"}), true),
            (json!({"description": "The code printed on the ticket"}), false),
            (json!({"description": "Number of the account"}), false),
            (json!({"type": "string"}), true),
            (json!({"maxLength": 10}), false),
            (json!({"enum": ["a", "b"]}), false),
        ] {
            let schema = json!({"properties": {"code": schema}});
            let found = categories(&schema, Category::Write, false);
            assert_eq!(!found.is_empty(), is_program, "{schema}");
        }
    }

    #[test]
    fn an_amount_is_money_beside_who_is_paid_or_where_it_is_said() {
        let paid = json!({"properties": {"amount": {}, "currency": {}}});
        assert_eq!(categories(&paid, Category::Write, false), [Category::Financial]);
        assert_eq!(categories(&paid, Category::Read, false), []);
        let said = json!({"properties": {"amount": {"description": "In cents"}}});
        assert_eq!(categories(&said, Category::Write, false), [Category::Financial]);
        let scrolled = json!({"properties": {"amount": {}, "direction": {}}});
        assert_eq!(categories(&scrolled, Category::Execute, false), []);
    }

    #[test]
    fn what_may_be_selected_counts_unless_the_tool_is_said_to_read() {
        let schema = json!({"properties": {"action": {"enum": ["list", "charge_again", "purge"]}}});
        assert_eq!(categories(&schema, Category::Write, false), [Category::Financial]);
        assert_eq!(categories(&schema, Category::Read, true), []);
        let sorted = json!({"properties": {"order": {"enum": ["start", "stop"]}}});
        assert_eq!(categories(&sorted, Category::Write, false), []);
    }
}
