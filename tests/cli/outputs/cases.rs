//! The commands whose outputs are recorded, over a few fixtures that all of them share.

/// One run of the program.
pub(super) struct Case {
    /// The name of its snapshot: the command, and behind a slash what it is given.
    pub(super) name: &'static str,
    /// Its arguments, with the names of `PATHS` for paths.
    pub(super) line: &'static str,
    /// Its exit status.
    pub(super) status: i32,
    /// What it must say, however the rest is worded.
    pub(super) says: &'static [&'static str],
}

const fn case(
    name: &'static str,
    line: &'static str,
    status: i32,
    says: &'static [&'static str],
) -> Case {
    Case { name, line, status, says }
}

/// What stands for a path in the lines below.
pub(super) const PATHS: [(&str, &str); 11] = [
    ("SEEDS", "fixtures/policies/seed"),
    ("SEED", "fixtures/policies/seed/octopus-run-runbook.json"),
    ("RAISED", "fixtures/policies/examples/raised-limit.json"),
    ("MISTAKES", "fixtures/policies/mistakes/ten.json"),
    ("BURST", "fixtures/traces/runbook-burst.jsonl"),
    ("HOUSE", "fixtures/assertions/house.yaml"),
    ("HOSTILE", "fixtures/hostile/policy.json"),
    ("HOSTILE-RAISED", "fixtures/hostile/raised.json"),
    ("HOSTILE-MISTAKES", "fixtures/hostile/mistakes.json"),
    ("HOSTILE-TRACE", "fixtures/hostile/trace.jsonl"),
    ("HOSTILE-TOOLS", "fixtures/hostile/tools.json"),
];

const TEN: &[&str] = &["hidden-and-listed", "ten.json:49:13", "run_job", "get_host_details"];

/// Every case, those of a command together.
#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case("lint/seeds.human", "lint SEEDS", 0, &["0 errors, 0 warnings", "unvalidated-execute-argument"]),
    case("lint/seeds.markdown", "lint SEEDS --format markdown", 0, &["0 errors, 0 warnings", "| info |"]),
    case("lint/seeds.concise", "lint SEEDS --format concise", 0, &["0 errors, 0 warnings", "aap-run-job.json:5:5: info["]),
    case("lint/mistakes.human", "lint MISTAKES", 1, TEN),
    case("lint/newcomer.human", "lint fixtures/policies/examples/newcomer.json", 1, &["2 errors, 6 warnings, 1 info", "2 fixable with --fix"]),
    case("lint/mistakes.coloured", "lint MISTAKES --color always", 1, TEN),
    case("lint/mistakes.markdown", "lint MISTAKES --format markdown", 1, TEN),
    case("lint/mistakes.concise", "lint MISTAKES --format concise", 1, &["ten.json:49:13: error[", "5 errors, 5 warnings"]),
    case("lint/mistakes.github", "lint MISTAKES --format github", 1, &["ten.json,line=49", "5 errors, 5 warnings"]),
    case("lint/raised.human", "lint RAISED", 1, &["loose-limit"]),
    case("lint/raised.markdown", "lint RAISED --format markdown", 1, &["loose-limit"]),
    case("lint/raised.concise", "lint RAISED --format concise", 1, &["loose-limit"]),
    case("lint/hostile.human", "lint HOSTILE HOSTILE-MISTAKES --catalogue HOSTILE-TOOLS", 1, &[r"\u{202e}", r"\u{200b}"]),
    case("lint/hostile.markdown", "lint HOSTILE HOSTILE-MISTAKES --catalogue HOSTILE-TOOLS --format markdown", 1, &["mistakes.json:2:14"]),
    case("lint/hostile.concise", "lint HOSTILE HOSTILE-MISTAKES --catalogue HOSTILE-TOOLS --format concise", 1, &[r"\u{202e}", r"\u{200b}"]),
    case("lint/hostile.github", "lint HOSTILE HOSTILE-MISTAKES --catalogue HOSTILE-TOOLS --format github", 1, &[r"\u{202e}", "%0A::stop-commands"]),

    case("replay/burst.human", "replay --policy SEED BURST", 0, &["14 calls of 1 grant", "throttle               2"]),
    case("replay/what-if.human", "replay --policy SEED BURST --what-if", 0, &["What other limits would throttle", "the policy's"]),
    case("replay/hostile-what-if.human", "replay --policy HOSTILE HOSTILE-TRACE --what-if", 0, &[r"\u{202e}"]),
    case("replay/burst.markdown", "replay --policy SEED BURST --format markdown", 0, &["3 of 14 calls refused", "| 11 | 1 | 2 | 0 |"]),
    case("replay/raised.human", "replay --policy RAISED BURST", 0, &["14 calls of 1 grant", "throttle               1"]),
    case("replay/raised.markdown", "replay --policy RAISED BURST --format markdown", 0, &["2 of 14 calls refused", "| 12 | 1 | 1 | 0 |"]),
    case("replay/mistakes.human", "replay --policy MISTAKES BURST", 2, &["legacy-field", "ten.json:9:7"]),
    case("replay/hostile.human", "replay --policy HOSTILE HOSTILE-TRACE", 0, &["28 calls of 7 grants", r"\u{202e}"]),
    case("replay/hostile.markdown", "replay --policy HOSTILE HOSTILE-TRACE --format markdown", 0, &["21 of 28 calls refused"]),
    case("replay/hostile-groups.human", "replay --policy HOSTILE HOSTILE-TRACE --by grant", 0, &["28 calls of 7 grants"]),
    case("replay/hostile-recorded.human", "replay --policy HOSTILE HOSTILE-TRACE --compare-recorded", 0, &["28 calls of 7 grants"]),
    case("replay/hostile-recorded.markdown", "replay --policy HOSTILE HOSTILE-TRACE --compare-recorded --format markdown", 0, &["21 of 28 calls refused"]),
    case("replay/coverage.human", "replay --policy SEED BURST --coverage", 0, &["4/4  100 %"]),
    case("replay/coverage.lcov", "replay --policy SEED BURST --format lcov", 0, &["SF:fixtures/policies/seed/octopus-run-runbook.json", "BRDA:6,0,0,2"]),
    case("replay/hostile-coverage.human", "replay --policy HOSTILE HOSTILE-TRACE --coverage", 0, &[r"\u{202e}", "Not covered of"]),
    case("replay/hostile-coverage.lcov", "replay --policy HOSTILE HOSTILE-TRACE --format lcov", 0, &[r"\u{202e}", "end_of_record"]),
    case("replay/hostile-bad.human", "replay --policy HOSTILE fixtures/hostile/bad.jsonl", 2, &["bad.jsonl is not a trace"]),

    case("diff/same.human", "diff SEED SEED", 0, &["changes no access", "proved for 1 tool"]),
    case("diff/same.markdown", "diff SEED SEED --format markdown", 0, &["changes no access", "proved for 1 tool"]),
    case("diff/raised.human", "diff SEED RAISED", 1, &["loosens access: 1 tool", "11 calls of run_runbook"]),
    case("diff/raised.markdown", "diff SEED RAISED --format markdown", 1, &["loosens access: 1 tool"]),
    case("diff/raised.github", "diff SEED RAISED --format github", 1, &["::error file=fixtures/policies/examples/raised-limit.json,line=5"]),
    case("diff/raised-trace.human", "diff SEED RAISED --trace BURST", 1, &["1 loosened, of 14 calls compared", "max 10 → 11"]),
    case("diff/raised-trace.markdown", "diff SEED RAISED --trace BURST --format markdown", 1, &["Of 14 recorded calls: 1 loosened"]),
    case("diff/mistakes.human", "diff SEED MISTAKES", 2, &["legacy-field", "ten.json:9:7"]),
    case("diff/hostile.human", "diff HOSTILE HOSTILE-RAISED", 1, &["loosens access: 7 tools"]),
    case("diff/hostile.markdown", "diff HOSTILE HOSTILE-RAISED --format markdown", 1, &["loosens access: 7 tools"]),
    case("diff/hostile.github", "diff HOSTILE HOSTILE-RAISED --format github", 1, &["::error file=fixtures/hostile/raised.json,line=14"]),
    case("diff/hostile-trace.human", "diff HOSTILE HOSTILE-RAISED --trace HOSTILE-TRACE", 1, &["7 loosened, of 28 calls compared"]),
    case("diff/hostile-trace.markdown", "diff HOSTILE HOSTILE-RAISED --trace HOSTILE-TRACE --format markdown", 1, &["Of 28 recorded calls: 7 loosened"]),

    case("explain/throttled", "explain --policy SEED --trace BURST --n 12", 0, &["throttle by /tools/run_runbook/limits/run_runbook_rate"]),
    case("explain/default", r#"explain --policy SEED --call {"tool":"drop"}"#, 0, &["deny by (default deny)"]),
    case("explain/hostile", "explain --policy HOSTILE --trace HOSTILE-TRACE --n 3", 0, &[r#"found "run_\u001b[2J"#]),
    case("explain/hostile-markup", "explain --policy HOSTILE --trace HOSTILE-TRACE --n 15", 0, &["does not hold"]),

    case("assert/seeds", "assert HOUSE fixtures/policies/seed/aap-run-job.json SEED", 1, &["2 of 3 statements hold", "3 of 3 statements hold"]),
    case("assert/hostile", "assert fixtures/hostile/statements.json HOSTILE", 1, &["7 of 14 statements hold"]),
    case("assert/hostile.markdown", "assert fixtures/hostile/statements.json HOSTILE --format markdown", 1, &["7 of 14 statements hold"]),
    case("assert/hostile.github", "assert fixtures/hostile/statements.json HOSTILE --format github", 1, &["title=statement-fails::"]),

    case("convert/seed", "convert SEED --to intercept", 1, &["rate_limit: 10/minute", "loosens no access (proved)"]),
    case("convert/mistakes", "convert MISTAKES --to intercept", 2, &["legacy-field", "ten.json:9:7"]),
    case("convert/hostile", "convert HOSTILE --to intercept", 1, &["loosens no access"]),

    case("init/server", "init --server @paretools/http", 0, &[r#""counter": "post_rate", "window": "minute", "max": 10"#]),
    case("init/server-intercept", "init --server @paretools/http --to intercept", 0, &["rate_limit: 10/minute"]),
    case("init/burst", "init --trace BURST", 1, &["14 allowed, 0 denied, 0 throttled", "loose-limit"]),
    case("init/hostile", "init --from HOSTILE-TOOLS", 0, &[r"run_\u202eboj"]),
    case("init/hostile-intercept", "init --from HOSTILE-TOOLS --to intercept", 0, &[r"run_\u202eboj"]),
    case("init/hostile-servers", "init --trace HOSTILE-TRACE", 2, &["the calls are to several servers"]),
    case("init/hostile-trace", "init --server @paretools/http --trace HOSTILE-TRACE", 1, &[r"run_\u202eboj", "28 allowed", "lookalike-tool-name"]),

    case("convert/to-seed-claude-code", "convert SEED --to claude-code --as octopus", 0, &["mcp__octopus__run_runbook"]),
    case("convert/to-seed-codex", "convert SEED --to codex --as octopus", 0, &["mcp_servers.octopus.tools"]),
    case("convert/to-hostile-claude-code", "convert HOSTILE --to claude-code --as octopus", 0, &["permissions"]),
    case("convert/to-hostile-codex", "convert HOSTILE --to codex --as octopus", 0, &[r"run_\u202eboj"]),

    case("catalogue/list", "catalogue list", 0, &["octopusdeploy/mcp-server"]),
    case("catalogue/show", "catalogue show @paretools/http", 0, &["5 tools: 2 Read, 3 Execute"]),
    case("catalogue/search", "catalogue search runbook", 0, &["run_runbook"]),
    case("catalogue/explain", "catalogue explain run_runbook", 0, &["octopusdeploy/mcp-server: Execute"]),
    case("catalogue/hostile-list", "catalogue list --catalogue HOSTILE-TOOLS", 0, &["tools"]),
    case("catalogue/hostile-show", "catalogue show tools --catalogue HOSTILE-TOOLS", 0, &[r"run_\u{202e}boj"]),
    case("catalogue/hostile-search", "catalogue search approve --catalogue HOSTILE-TOOLS", 0, &["Write"]),
    case("catalogue/hostile-import", "catalogue import HOSTILE-TOOLS", 0, &[r"run_\u{202e}boj"]),

    case("test/fixtures.human", "test fixtures/tests --coverage", 0, &["2 of 2 cases pass", "(together)", "100 %"]),

    case("trace/stats", "trace stats BURST", 0, &["14 calls in 1 file"]),
    case("trace/hostile-stats", "trace stats HOSTILE-TRACE", 0, &["28 calls in 1 file", r"run_\u{202e}boj"]),

    case("rule/one", "rule burst-window", 0, &["## Why is this bad?"]),
    case("rule/all", "rule --all", 0, &["burst-window", "unknown-tool"]),
];
