//! Dialects by the names that users give them: `NAME[@VERSION]`.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::config::Config;
use crate::policy::Dialect;

/// How policies are read, for every command that takes some.
#[derive(Clone, Copy, Debug, Args)]
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

    /// The dialects that policies are read in where a configuration may name some.
    pub(in crate::cli) fn beside(self, config: &Config) -> Dialects<'_> {
        Dialects { named: self.dialect, config }
    }
}

/// The dialects that policies are read in: the one that was named, or else those of the configuration.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Dialects<'c> {
    named: Option<Dialect>,
    config: &'c Config,
}

impl Dialects<'_> {
    /// The dialect of a policy, if it is not to be found from its content.
    pub(in crate::cli) fn of(self, name: &str) -> Option<Dialect> {
        self.named.or_else(|| self.config.dialect_of(name))
    }
}

/// Reads a dialect by one of its names.
pub(in crate::cli) fn parser() -> impl TypedValueParser<Value = Dialect> {
    parser_of(|_| true)
}

/// Reads a dialect in which a policy to begin with is written, by one of its names.
pub(in crate::cli) fn begun_parser() -> impl TypedValueParser<Value = Dialect> {
    parser_of(|dialect| dialect.agent().is_none() || dialect == Dialect::CLAUDE_CODE)
}

fn parser_of(takes: fn(Dialect) -> bool) -> impl TypedValueParser<Value = Dialect> {
    let taken = Dialect::NAMES.into_iter().filter(|(_, dialect, _)| takes(*dialect));
    let values = taken.map(|(name, _, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(values.collect::<Vec<_>>())
        .map(|given| Dialect::of_name(&given).expect("the name is one of those offered"))
}
