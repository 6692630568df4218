//! Names that users give: whole, or any part that stands for one thing alone.

use super::error::CliError;
use super::input;
use crate::catalogue::{Catalogue, Server, Tool};
use crate::lint::{HouseRule, Rule, all_rules, nearest_rule, rule_among};
use crate::report::command;
use crate::source::{having_part, one_of};

/// How many of those that have a part are offered.
const OFFERED: usize = 6;

/// The one that has a part of its name, or what to do: name one of several, or else what is said then.
fn by_part<'c>(
    what: &'static str,
    part: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    otherwise: impl FnOnce() -> String,
) -> Result<&'c str, CliError> {
    let having = having_part(part, candidates);
    let help = match having[..] {
        [only] => return Ok(only),
        [] => otherwise(),
        [..] if having.len() > OFFERED => {
            let (offered, more) = having.split_at(OFFERED);
            format!(
                "use more of its name: {} and {} more have that",
                one_of(offered.iter().copied()),
                more.len()
            )
        }
        [..] => format!("use {}", one_of(having.iter().copied())),
    };
    Err(CliError::UnknownName { what, name: part.to_owned(), help })
}

/// A server of the catalogue by its name, or the error that names the one that was meant.
pub(in crate::cli) fn exact_server<'c>(
    catalogue: &'c Catalogue,
    name: &str,
) -> Result<&'c Server, CliError> {
    found_server(catalogue, name, &[])
}

/// A server of the catalogue by its name or a part of it, or the error that names the one that was meant.
pub(in crate::cli) fn server<'c>(
    catalogue: &'c Catalogue,
    name: &str,
) -> Result<&'c Server, CliError> {
    found_server(catalogue, name, &catalogue.names())
}

/// A server by its name, or by a part that one of some names has.
fn found_server<'c>(
    catalogue: &'c Catalogue,
    name: &str,
    names: &[String],
) -> Result<&'c Server, CliError> {
    let what = "server";
    if let Some(server) = catalogue.server(name) {
        return Ok(server);
    }
    input::sound(catalogue)?;
    let called = catalogue.called(name);
    if !called.is_empty() {
        let names = called.iter().map(|server| server.name.as_str());
        let help = format!("use {}", one_of(names));
        let what = "server that alone is called";
        return Err(CliError::UnknownName { what, name: name.to_owned(), help });
    }
    let nearest = || match catalogue.nearest_server(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "add its tools with `--catalogue FILE`, such as its answer to `tools/list`".into(),
    };
    let whole = by_part(what, name, names.iter().map(String::as_str), nearest)?;
    catalogue.server(whole).ok_or_else(|| CliError::UnknownName {
        what,
        name: name.to_owned(),
        help: nearest(),
    })
}

/// A tool of a server by its name or a part of it, or the error that names the one that was meant.
pub(in crate::cli) fn tool<'s>(server: &'s Server, name: &str) -> Result<&'s Tool, CliError> {
    let nearest = || match server.nearest_tool(name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => {
            format!("`gatelint catalogue show {}` lists its tools", command::operand(&server.name))
        }
    };
    if let Some(tool) = server.tool(name) {
        return Ok(tool);
    }
    let whole = by_part("tool", name, server.tools.iter().map(|tool| &*tool.name), nearest)?;
    Ok(server.tool(whole).expect("it is one of the server's"))
}

/// A rule by its name or a part of it, one of the house too, or the error that names the one that was meant.
pub(in crate::cli) fn rule(name: &str, house: &[HouseRule]) -> Result<&'static Rule, CliError> {
    if let Some(rule) = rule_among(name, house) {
        return Ok(rule);
    }
    let nearest = || match nearest_rule(name, house) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`gatelint rule --all` lists every rule".to_owned(),
    };
    let whole = by_part("rule", name, all_rules(house).map(|rule| rule.name), nearest)?;
    Ok(rule_among(whole, house).expect("it is one of the rules"))
}
