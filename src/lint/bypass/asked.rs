//! Asking the solver for the dangerous values that a policy lets pass.

use serde_json::Value as Json;

use super::danger::{ALLOWED, Danger, Form};
use super::judge::{host_of, is_below};
use super::list::List;
use super::names::Named;
use crate::catalogue::{Holds, Tool};
use crate::lint::Settings;
use crate::policy::{Equality, Pattern, Predicate, Value};
use crate::solver::{Budget, Passing, Test};

/// A value that gets around a list.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Bypass {
    /// The value of the argument.
    pub value: Json,
    /// The arguments of a whole call that passes.
    pub arguments: Json,
    /// Why it gets through, as a sentence without its end.
    pub why: String,
}

/// An argument of a tool whose calls are asked about.
pub(super) struct Asked<'a> {
    /// The calls that pass.
    pub passing: &'a Passing<'a>,
    /// The keys that lead to the argument.
    pub path: &'a [String],
    /// What it holds.
    pub what: Holds,
    /// Whether it is a list.
    pub is_list: bool,
    /// What the tool's schema says of its texts.
    pub limits: Limits,
    /// When the policy takes two values for equal.
    pub equality: Equality,
    /// What the house allows whatever a list says.
    pub settings: &'a Settings,
    /// What may be spent.
    pub budget: &'a Budget,
}

/// What a schema says of the texts of an argument beyond what the solver knows.
#[derive(Debug, Default)]
pub(super) struct Limits {
    /// Patterns that every text has.
    patterns: Vec<Predicate>,
    /// The most letters of a text.
    longest: Option<usize>,
}

impl Limits {
    /// What the schema of a tool says of the texts of an argument.
    pub fn of_argument(tool: &Tool, path: &[String]) -> Limits {
        let mut schema = tool.schema.as_ref();
        for key in path {
            schema = schema.and_then(|schema| schema.get("properties")?.get(key));
        }
        let own = schema.into_iter();
        let items = schema.and_then(|schema| schema.get("items"));
        let mut limits = Limits::default();
        for schema in own.chain(items) {
            let pattern = schema.get("pattern").and_then(Json::as_str);
            let pattern = pattern.and_then(|pattern| Pattern::compile(pattern).ok());
            limits.patterns.extend(pattern.map(Predicate::Matches));
            let longest = schema.get("maxLength").and_then(Json::as_u64);
            limits.longest = limits.longest.or(longest.and_then(|most| most.try_into().ok()));
        }
        limits
    }
}

/// A way around a list: values, or a pattern of them.
struct Way {
    predicate: Predicate,
    why: String,
    /// What the value must not have, because it is to be something that merely looks like it.
    without: Option<String>,
}

impl Asked<'_> {
    /// What gets through a list of allowed values with some tests, one value a mistake.
    pub fn around_allowed(&self, list: &List<'_>, tests: &[Test<'_>]) -> Vec<Bypass> {
        let is_bypass = |value: &str| list.is_kept_out(value) && !self.is_of_house(value);
        self.each(ALLOWED, &list.named, tests, &is_bypass)
    }

    /// Whether any call passes with some tests.
    pub fn passes_some(&self, tests: &[Test<'_>]) -> bool {
        self.passing.arguments(tests, self.budget).is_some()
    }

    /// Whether a value leads to where every call of this house may go.
    pub fn is_of_house(&self, value: &str) -> bool {
        match self.what {
            Holds::Url | Holds::Host => self.settings.allowed_hosts().contains(&host_of(value)),
            Holds::Path => self.settings.path_roots().iter().any(|root| is_below(value, root)),
            _ => false,
        }
    }

    /// For each of some tables the first value that passes with some tests and that is what it seems.
    pub fn each(
        &self,
        tables: [&[Danger]; 2],
        names: &[Named],
        tests: &[Test<'_>],
        is_bypass: &dyn Fn(&str) -> bool,
    ) -> Vec<Bypass> {
        let first = |table| self.first(table, names, tests, is_bypass);
        tables.into_iter().filter_map(first).collect()
    }

    /// The first value of a table that passes with some tests and that is what it seems.
    pub fn first(
        &self,
        table: &[Danger],
        names: &[Named],
        tests: &[Test<'_>],
        is_bypass: &dyn Fn(&str) -> bool,
    ) -> Option<Bypass> {
        let dangers = |is_value: bool| {
            let is_wanted = move |danger: &&Danger| {
                danger.what == self.what && matches!(danger.form, Form::Values(_)) == is_value
            };
            table.iter().filter(is_wanted)
        };
        let shown = |danger: &Danger| {
            let mut ways = names.iter().flat_map(|named| self.ways(danger, named, is_bypass));
            ways.find_map(|way| self.shown(way, tests, is_bypass))
        };
        // Values are tried, patterns are followed, which takes longer.
        dangers(true).find_map(shown).or_else(|| {
            // One question for all of them shows that a good list has no hole.
            let each = dangers(false).flat_map(|danger| {
                names.iter().filter_map(|named| {
                    Some(format!("(?:{})", named.fill_pattern(template_of(danger)?)?))
                })
            });
            let whole = Pattern::compile(&each.collect::<Vec<_>>().join("|")).ok()?;
            let is_open = !self.is_list && !whole.source().is_empty();
            (is_open && self.ask(&Predicate::Matches(whole), tests).is_some())
                .then(|| dangers(false).find_map(shown))?
        })
    }

    /// A value that gets around a list in some way, if it passes and is what it seems.
    fn shown(
        &self,
        way: Way,
        tests: &[Test<'_>],
        is_bypass: &dyn Fn(&str) -> bool,
    ) -> Option<Bypass> {
        let arguments = self.ask(&way.predicate, tests)?;
        let value = self.value_of(&arguments)?.clone();
        self.is_shown(&value, &way, is_bypass).then_some(Bypass { value, arguments, why: way.why })
    }

    /// How a danger is asked about: lists are asked for one value at a time.
    fn ways(&self, danger: &Danger, named: &Named, is_bypass: &dyn Fn(&str) -> bool) -> Vec<Way> {
        let why = match named.name.as_str() {
            "" => danger.why.replace("`{}`", "the folder that it begins in"),
            name => danger.why.replace("{}", name),
        };
        let is_alike = matches!(danger.form, Form::Pattern(template) if template.contains("{x}"));
        let without = is_alike.then(|| named.name.clone());
        let filled = |templates: &[&str]| -> Vec<Value> {
            let filled = templates.iter().filter_map(|template| named.fill(template));
            let short = filled
                .filter(|text| self.limits.longest.is_none_or(|most| text.chars().count() <= most));
            short.filter(|text| is_bypass(text)).map(Value::String).collect()
        };
        let predicates = match danger.form {
            Form::Values(templates) if self.is_list => {
                filled(templates).into_iter().map(Predicate::Contains).collect()
            }
            Form::Values(templates) => match filled(templates) {
                values if values.is_empty() => Vec::new(),
                values => vec![Predicate::OneOf { values, negated: false }],
            },
            Form::Pattern(_) if self.is_list => Vec::new(),
            Form::Pattern(template) => {
                let pattern = named.fill_pattern(template);
                let pattern = pattern.and_then(|pattern| Pattern::compile(&pattern).ok());
                pattern.map(Predicate::Matches).into_iter().collect()
            }
        };
        predicates
            .into_iter()
            .map(|predicate| Way { predicate, why: why.clone(), without: without.clone() })
            .collect()
    }

    /// The arguments of a call that passes and in which the argument is as a predicate wants it.
    fn ask(&self, predicate: &Predicate, tests: &[Test<'_>]) -> Option<Json> {
        let mut all: Vec<Test<'_>> = vec![(self.path, predicate)];
        all.extend(
            self.limits.patterns.iter().filter(|_| !self.is_list).map(|limit| (self.path, limit)),
        );
        all.extend(tests);
        self.passing.arguments(&all, self.budget)
    }

    /// The value of the argument in the arguments of a call.
    pub fn value_of<'v>(&self, arguments: &'v Json) -> Option<&'v Json> {
        self.path.iter().try_fold(arguments, |value, key| value.get(key))
    }

    /// Whether a value that passes is one to show.
    fn is_shown(&self, value: &Json, way: &Way, is_bypass: &dyn Fn(&str) -> bool) -> bool {
        let is_short =
            |text: &str| self.limits.longest.is_none_or(|most| text.chars().count() <= most);
        match value {
            Json::String(text) => {
                let is_alike = way.without.as_ref().is_none_or(|name| !text.contains(&**name));
                is_short(text) && is_alike && is_bypass(text)
            }
            // What was asked to be in the list was judged before.
            Json::Array(_) => matches!(way.predicate, Predicate::Contains(_)),
            _ => false,
        }
    }
}

/// The pattern of a danger, if it is one.
fn template_of(danger: &Danger) -> Option<&'static str> {
    match danger.form {
        Form::Pattern(template) => Some(template),
        Form::Values(_) => None,
    }
}
