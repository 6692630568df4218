use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::Unreadable;
use crate::source::{Place, Pointer};

rule! {
    /// ## What it does
    /// Says of every Intercept policy that calls with arguments which are no object, or which hold a number beyond 64-bit floats, are forwarded without a look.
    /// It is off unless it is selected, because no policy can change it.
    ///
    /// ## Why is this bad?
    /// Such a call passes under any policy, `default: deny` and `hide` included. Whether it does harm depends on the server behind.
    ///
    /// ## Example
    /// ```json
    /// {"method": "tools/call", "params": {"name": "delete_host", "arguments": [1e400]}}
    /// ```
    ///
    /// ## Use instead
    /// A server that refuses arguments that do not follow its schema, or a gateway that does.
    "uninspected-arguments", Info, off RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Uninspected {}

impl Facts for Uninspected {
    fn message(&self) -> String {
        "calls whose arguments cannot be read are forwarded without a look at this policy"
            .to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("make sure that the server refuses arguments that are no object".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.policy.semantics.unreadable == Unreadable::Forwarded {
        let place = Place::start(Pointer::root());
        findings.add(&RULE, RULE.severity, place, Uninspected {});
    }
}
