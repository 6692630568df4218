//! The servers that are built in: how their records are written, and policies made of them.

use std::path::Path;
use std::process::Command;

use gatelint::catalogue::{Catalogue, Server};
use gatelint::report::write_record_lines;

/// Servers of every kind: reference servers, vendors' own, small and large, reviewed and not.
const SAMPLE: [&str; 10] = [
    "modelcontextprotocol/server-filesystem",
    "microsoft/playwright-mcp",
    "github/github-mcp-server",
    "makenotion/notion-mcp-server",
    "containers/kubernetes-mcp-server",
    "modelcontextprotocol/server-postgres",
    "twilio-labs/mcp",
    "myrikld/komodo-mcp",
    "linear/mcp.linear.app",
    "apify/apify-mcp-server",
];

#[test]
fn records_are_as_an_update_writes_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue/builtin");
    let mut updated = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let server: Server = serde_json::from_str(&text).unwrap();
        let mut lines = Vec::new();
        write_record_lines(&mut lines, &server).unwrap();
        updated += usize::from(lines == text.as_bytes());
    }
    let mut servers = 0;
    Catalogue::builtin().each_server(|_| servers += 1);
    // The four that were reviewed by hand are written by hand.
    assert_eq!(updated + 4, servers);
}

#[test]
fn what_init_writes_for_a_server_that_is_built_in_lints_clean() {
    for server in SAMPLE {
        let run = |arguments: &[&str]| {
            let mut gatelint = Command::new(env!("CARGO_BIN_EXE_gatelint"));
            gatelint.args(arguments).output().unwrap()
        };
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.json");
        let policy = policy.to_str().unwrap();
        let written = run(&["init", "--server", server, "-o", policy]);
        assert!(written.status.success(), "{server}: {}", String::from_utf8_lossy(&written.stderr));
        let linted = run(&["lint", "--server", server, policy]);
        let said = String::from_utf8_lossy(&linted.stderr).into_owned()
            + &String::from_utf8_lossy(&linted.stdout);
        assert!(said.contains("0 errors, 0 warnings"), "{server}: {said}");
    }
}
