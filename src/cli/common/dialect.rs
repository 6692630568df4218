//! Dialects by the names that users give them: `NAME[@VERSION]`.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::policy::{Dialect, InterceptVersion};

/// The names, the newest version of a dialect under its bare one.
const NAMES: [(&str, Dialect, &str); 5] = [
    ("v1", Dialect::V1, "PolicyLayer's document, version \"1\""),
    ("v1@1", Dialect::V1, "The same, with its version"),
    ("intercept", Dialect::INTERCEPT, "The document of PolicyLayer/Intercept"),
    ("intercept@1.1", Dialect::Intercept(InterceptVersion::V1_1), "As its version 1.1 reads it"),
    ("intercept@latest", Dialect::INTERCEPT, "As the newest version reads it"),
];

/// How policies are read, for every command that takes some.
#[derive(Debug, Args)]
pub(in crate::cli) struct DialectOptions {
    /// The dialect of the policies; without it, it is found from their content.
    #[arg(long, value_parser = parser(), value_name = "NAME[@VERSION]", hide_possible_values = true)]
    dialect: Option<Dialect>,
}

impl DialectOptions {
    /// The dialect that all policies are read in, if one was named.
    pub(in crate::cli) fn named(&self) -> Option<Dialect> {
        self.dialect
    }
}

/// Reads a dialect by one of its names.
pub(in crate::cli) fn parser() -> impl TypedValueParser<Value = Dialect> {
    let values = NAMES.map(|(name, _, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(values).map(|given| {
        let named = NAMES.into_iter().find(|(name, ..)| *name == given);
        named.expect("the name is one of those offered").1
    })
}
