//! How long proofs take: one pair of patterns, a policy of 50 tools, and a pair made to blow up.

use divan::Bencher;
use gatelint::diff::AccessChanges;
use gatelint::policy::{self, Policy};
use gatelint::solver::{Budget, Shapes};
use gatelint::source::Document;

fn main() {
    divan::main();
}

fn read(json: &str) -> Policy {
    let document = Document::read("policy.json", json.as_bytes().to_vec());
    policy::read(&document, None).policy.expect("the policies of the benchmark are valid")
}

/// A policy whose tools require an argument to match a pattern, and are limited.
fn policy_of(tools: usize, pattern: &str, max: u32) -> Policy {
    let tool = |number: usize| {
        format!(
            r#""tool_{number}": {{
              "require": [{{"conditions": [{{"path": "args.name", "op": "regex", "value": "{pattern}"}}]}}],
              "deny_if": [{{"conditions": [{{"path": "args.amount", "op": "gt", "value": {max}}},
                                           {{"path": "args.path", "op": "regex", "value": "(?i)secret"}}]}}],
              "limits": [{{"counter": "rate", "window": "minute", "max": {max}, "scope": "grant"}}]}}"#
        )
    };
    let tools: Vec<String> = (0..tools).map(tool).collect();
    read(&format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(",")))
}

fn compare(bencher: Bencher<'_, '_>, old: &Policy, new: &Policy) {
    bencher
        .bench(|| AccessChanges::new(old, new, &Shapes::default(), &Budget::new(None)).tools.len());
}

#[divan::bench(args = [1, 50])]
fn ordinary_patterns(bencher: Bencher<'_, '_>, tools: usize) {
    let old = policy_of(tools, "^(feat|fix)/[a-z0-9_-]{1,40}$", 10);
    let new = policy_of(tools, "^(feat|fix|chore)/.+", 20);
    compare(bencher, &old, &new);
}

#[divan::bench]
fn patterns_that_blow_up(bencher: Bencher<'_, '_>) {
    let old = policy_of(1, "^(a|b)*a(a|b){16}$", 10);
    let new = policy_of(1, "^(a|b)*a(b|a){16}$", 10);
    compare(bencher, &old, &new);
}
