//! What a tool's arguments say of what it does: code that is run, sums that are paid, actions
//! that are selected.

use std::collections::BTreeSet;

use serde_json::Value;

use super::argument::{Arguments, Signal};
use super::category::Category;
use super::evidence::{Evidence, Kind};
use super::name::split;
use super::signals;
use super::verbs::{meaning, meaning_with};

/// Words of a description that say that an argument named `code` is a program.
const PROGRAM: &str = "bash code-snippet cypher eval evaluate execute executed expression function
    javascript js lua node program python ruby run script shell snippet source sql typescript";

/// Arguments whose values select what is done.
const SELECTORS: &str = "action actions command cmd method mode op operation verb";

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
    /// Their names and types.
    pub arguments: &'a Arguments,
    /// Whether the tool's verb only looks at the code it takes.
    pub inspects: bool,
    /// The JSON Schema that they are of, if it is known.
    pub schema: Option<&'a Value>,
}

impl Given<'_> {
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
        read_only: bool,
        signals: &[(Signal, &str)],
    ) -> Vec<Evidence> {
        let reads = category == Category::Read;
        let mut found = Vec::new();
        // Code that a reading tool takes may be a query; without a claim that it only reads, and
        // for every tool that does more, it is run.
        let code = signals.iter().filter(|(signal, _)| *signal == Signal::FreeformCode);
        for (_, name) in code.filter(|_| !(reads && read_only)) {
            let text = format!("argument: {name} is code");
            let kind = if self.inspects { Kind::LooksAtArgument } else { Kind::RunsArgument };
            found.push(Evidence::new(Category::Execute, kind, text));
        }
        if signals::is_http_request(self.arguments) {
            let text = "arguments: any HTTP request".to_owned();
            found.push(Evidence::new(Category::Execute, Kind::RunsArgument, text));
        }
        let payment = self.arguments.keys().find(|name| self.is_payment(name));
        found.extend(payment.filter(|_| !reads).map(|name| {
            let text = format!("argument: {name} is a payment");
            Evidence::new(Category::Financial, Kind::Payment, text)
        }));
        if !(reads && read_only || signals::is_http_request(self.arguments)) {
            self.selectable(&mut found);
        }
        found
    }

    /// The schema of an argument.
    fn property(&self, name: &str) -> Option<&Value> {
        self.schema?.get("properties")?.get(name)
    }

    /// The words of an argument's description.
    fn described(&self, name: &str) -> Option<BTreeSet<String>> {
        let text = self.property(name)?.get("description")?.as_str()?;
        Some(split(text).into_iter().collect())
    }

    /// Whether an argument that is called like code takes any: one of a list does not, nor what is
    /// described as the code of a thing (`The product's code`).
    fn is_program(&self, name: &str) -> bool {
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

    /// The dangerous actions that an argument selects among: the most severe of each argument.
    fn selectable(&self, found: &mut Vec<Evidence>) {
        let selectors = self.arguments.keys().filter(|name| is_in(&name.to_lowercase(), SELECTORS));
        for name in selectors {
            let values = self.property(name).and_then(|property| property.get("enum"));
            let values = values.and_then(Value::as_array).into_iter().flatten();
            let dangerous = values.filter_map(|value| dangerous(value.as_str()?));
            let worst = dangerous.max_by_key(|(category, _)| *category);
            found.extend(worst.map(|(category, verb)| {
                let text = format!("argument: {name} may be {verb}");
                Evidence::new(category, Kind::Selectable, text)
            }));
        }
    }
}

/// What a selected action does, if that is dangerous.
fn dangerous(action: &str) -> Option<(Category, String)> {
    let words = split(action);
    let (verb, things) = words.split_first()?;
    let last = things.last().and_then(|last| meaning(last)).filter(|last| !last.ambiguous);
    let meaning = last.or_else(|| meaning_with(verb, things.last().map(|thing| &**thing)))?;
    meaning.category.is_dangerous().then(|| (meaning.category, words.join(" ")))
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
        let given = Given { arguments: &arguments, inspects: false, schema: Some(schema) };
        let evidence = given.evidence(category, read_only, &given.signals());
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
