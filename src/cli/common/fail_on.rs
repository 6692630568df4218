//! `--fail-on`: what makes the exit status 1.

use std::ffi::OsStr;
use std::marker::PhantomData;

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, ValueEnum};

use super::error::CliError;
use super::output::print_error;
use crate::coverage::Share;
use crate::report::percent_covered;

/// How coverage is named that is too little, and what that means.
const COVERAGE: (&str, &str) =
    ("coverage<N", "Less than N per cent of the policies is covered; implies --coverage");

/// Refuses `none` beside anything else: one of the two would be meant for nothing.
pub(in crate::cli) fn check<T: PartialEq>(fail_on: &[T], none: &T) -> Result<(), CliError> {
    if fail_on.len() > 1 && fail_on.contains(none) {
        return Err(CliError::usage(
            "`--fail-on none` stands alone",
            "write `none`, or only what is to make the exit status 1",
        ));
    }
    Ok(())
}

/// What makes the exit status 1: one of several words, or coverage below so many per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cli) enum OrCoverage<T> {
    Is(T),
    CoverageBelow(f64),
}

impl<T> OrCoverage<T> {
    /// How many per cent must be covered.
    pub(in crate::cli) fn least(&self) -> Option<f64> {
        match self {
            OrCoverage::Is(_) => None,
            OrCoverage::CoverageBelow(least) => Some(*least),
        }
    }

    /// Whether it is about coverage.
    pub(in crate::cli) fn is_of_coverage(&self) -> bool {
        matches!(self, OrCoverage::CoverageBelow(_))
    }

    /// Whether coverage is less than this wants, or one of the words is met. The former is said.
    pub(in crate::cli) fn is_met(&self, share: Option<Share>, is_met: impl Fn(&T) -> bool) -> bool {
        match (self, share) {
            (OrCoverage::Is(word), _) => is_met(word),
            (OrCoverage::CoverageBelow(least), Some(share)) if share.is_below(*least) => {
                let percent = percent_covered(share.percent());
                let (covered, items) = (share.covered, share.items);
                print_error(&format!(
                    "error: {percent} is covered ({covered} of {items}), less than {least} %\n"
                ));
                true
            }
            (OrCoverage::CoverageBelow(_), _) => false,
        }
    }
}

/// Reads one of several words, or `coverage<N`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct OrCoverageParser<T>(PhantomData<T>);

/// Reads one of the words of a type, or `coverage<N`.
pub(in crate::cli) fn or_coverage<T>() -> OrCoverageParser<T> {
    OrCoverageParser(PhantomData)
}

impl<T: ValueEnum + Clone + Send + Sync + 'static> TypedValueParser for OrCoverageParser<T> {
    type Value = OrCoverage<T>;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<OrCoverage<T>, clap::Error> {
        if value.to_str().is_some_and(|text| text.starts_with("coverage")) {
            let below = TypedValueParser::parse_ref(&below, command, argument, value);
            return below.map(OrCoverage::CoverageBelow);
        }
        let word = EnumValueParser::<T>::new().parse_ref(command, argument, value);
        word.map(OrCoverage::Is).map_err(|mut error| {
            if let Some(ContextValue::Strings(words)) = error.get(ContextKind::ValidValue) {
                let words = words.iter().cloned().chain([COVERAGE.0.to_owned()]).collect();
                error.insert(ContextKind::ValidValue, ContextValue::Strings(words));
            }
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let coverage = PossibleValue::new(COVERAGE.0).help(COVERAGE.1);
        Some(Box::new(words.chain([coverage])))
    }
}

/// Reads `coverage<N`.
fn below(text: &str) -> Result<f64, String> {
    let number = text.strip_prefix("coverage<").and_then(|number| number.parse::<f64>().ok());
    number
        .filter(|number| *number > 0.0 && *number <= 100.0)
        .ok_or_else(|| "write a percentage above 0 and up to 100, as `coverage<90`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_and_all_else_is_refused() {
        let read = ["coverage<90", "coverage<100", "coverage<99.5"].map(below);
        assert_eq!(read, [Ok(90.0), Ok(100.0), Ok(99.5)]);
        for wrong in [
            "coverage",
            "coverage<",
            "coverage<0",
            "coverage<101",
            "coverage<-1",
            "coverage<x",
            "coverage<NaN",
            "coverage>90",
            "coverage<90%",
            "coverage<=90",
        ] {
            assert!(below(wrong).is_err(), "{wrong}");
        }
    }
}
