use super::*;
use crate::catalogue::Category;
use crate::catalogue::tests::{all, index, server};

#[test]
fn a_server_is_recognised_by_at_least_half_of_the_names() {
    let catalogue = Catalogue::builtin();
    let found = catalogue.recognise(&["run_runbook", "find_tenants", "unknown", "find_tenants"]);
    let found = found.unwrap();
    assert_eq!(found.server.name, "octopusdeploy/mcp-server");
    assert_eq!((found.known, found.of), (2, 3));
    assert!(catalogue.recognise(&["run_runbook", "one", "two"]).is_none());
    assert!(catalogue.recognise(&[]).is_none());
    assert!(catalogue.recognise(&["unknown"]).is_none());
}

#[test]
fn names_that_many_servers_have_tell_none_and_rare_ones_do() {
    let catalogue = Catalogue::builtin();
    let found = |names: &[&str]| catalogue.recognise(names).map(|found| found.server.name.clone());
    assert_eq!(found(&["list_projects"]), None);
    let aap = "sibilleb/aap-enterprise-mcp-server";
    let plain = catalogue.recognise(&["list_projects", "run_job"]).unwrap();
    assert_eq!((&*plain.server.name, plain.telling), (aap, 0));
    let alone = catalogue.recognise_said(&["run"], None);
    assert_eq!((alone.found, alone.tied.len()), (None, 3));
    assert_eq!(
        found(&["browser_click", "browser_type", "browser_run_code_unsafe"]),
        Some("microsoft/playwright-mcp".to_owned())
    );
}

#[test]
fn fifty_policies_of_generic_names_find_none() {
    const NAMES: [&str; 24] = [
        "search", "query", "run", "get", "list", "fetch", "read", "write", "create", "update",
        "delete", "execute", "send", "status", "info", "help", "find", "open", "close", "load",
        "save", "export", "import", "test",
    ];
    let catalogue = Catalogue::builtin();
    for first in 0..50 {
        let names: Vec<&str> =
            (0..2 + first % 4).map(|at| NAMES[(first * 5 + at * 7) % NAMES.len()]).collect();
        let recognised = catalogue.recognise_said(&names, None);
        assert_eq!(recognised, Recognised::default(), "{names:?}");
    }
}

#[test]
fn three_telling_tools_find_every_server_that_has_as_many() {
    let catalogue = Catalogue::builtin();
    for server in all(&catalogue) {
        let is_rare =
            |name: &&str| name.contains(['_', '-']) && catalogue.servers_with(name).len() == 1;
        let names: Vec<&str> =
            server.tools.iter().map(|tool| &*tool.name).filter(is_rare).take(3).collect();
        if names.len() == 3 {
            let found = catalogue.recognise(&names).unwrap();
            assert_eq!((&found.server.name, found.rival), (&server.name, None), "{names:?}");
        }
    }
}

#[test]
fn a_tie_is_said_and_a_near_one_is_a_rival() {
    let mut catalogue = Catalogue::default();
    let (_folder, index) = index(vec![
        server("one", &["get_rain", "stop_rain", "make_rain"]),
        server("two", &["get_rain", "stop_rain", "move_rain"]),
    ]);
    catalogue.add_index(index);
    let tied = catalogue.recognise_said(&["get_rain", "stop_rain"], None);
    assert_eq!((tied.found, tied.tied), (None, vec!["one", "two"]));
    let said = catalogue.recognise_said(&["get_rain"], Some("Rules for acme/one."));
    assert_eq!(said.found, None);
    let found = catalogue.recognise(&["get_rain", "stop_rain", "make_rain"]).unwrap();
    assert_eq!((&*found.server.name, found.telling), ("one", 3));
}

#[test]
fn all_tools_of_a_small_server_and_no_other_are_meant_for_it() {
    let catalogue = Catalogue::builtin();
    let found = |names: &[&str]| catalogue.recognise(names).map(|found| found.server.name.as_str());
    assert_eq!(found(&["query-docs", "resolve-library-id"]), Some("upstash/context7"));
    assert_eq!(found(&["query-docs", "resolve-id"]), None);
    assert_eq!(found(&["search", "fetch"]), None);
}

#[test]
fn who_adds_to_a_server_keeps_its_names_and_a_server_of_ones_own_has_them_too() {
    let mut catalogue = Catalogue::builtin();
    let name = "modelcontextprotocol/server-filesystem";
    let mut own = server("acme/rain-mcp", &["rain"]);
    own.package = Some("npm:@acme/weather".to_owned());
    catalogue.add([server(name, &["write_file"]), own]);
    for called in [name, "filesystem", "@modelcontextprotocol/server-filesystem"] {
        assert_eq!(catalogue.server(called).map(|server| &*server.name), Some(name), "{called}");
    }
    for called in ["rain", "@acme/weather", "acme/rain-mcp"] {
        let found = catalogue.server(called).map(|server| &*server.name);
        assert_eq!(found, Some("acme/rain-mcp"), "{called}");
    }
    assert_eq!(catalogue.nearest_server("filesytem").as_deref(), Some(name));
}

#[test]
fn a_tool_of_tied_servers_is_as_dangerous_as_the_worst_and_less_sure() {
    let mut catalogue = Catalogue::default();
    let (mut mild, mut bad) = (server("mild", &["rain"]), server("bad", &["rain"]));
    (mild.tools[0].category, mild.tools[0].confidence) = (Category::Read, 1.0);
    (bad.tools[0].category, bad.tools[0].confidence) = (Category::Destructive, 1.0);
    catalogue.add([mild, bad]);
    let rain = catalogue.one_of(&["mild", "bad"], "rain").unwrap();
    assert_eq!(rain.category, Category::Destructive);
    assert!(rain.is_guess());
    assert_eq!(catalogue.one_of(&["mild", "bad"], "snow"), None);
    assert_eq!(catalogue.one_of(&[], "rain"), None);
}

#[test]
fn a_policy_that_says_whose_it_is_is_believed_where_that_server_has_its_tools() {
    let catalogue = Catalogue::builtin();
    let found = |names: &[&str], said: &str| {
        let found = catalogue.recognise_said(names, Some(said)).found;
        found.map(|found| (found.server.name.clone(), found.known))
    };
    let postgres = "modelcontextprotocol/server-postgres";
    assert_eq!(
        found(&["query"], &format!("Policy for {postgres}")),
        Some((postgres.to_owned(), 1))
    );
    assert_eq!(found(&["query"], "Policy for our database"), None);
    let other = found(&["list_dags"], &format!("Policy for {postgres}."));
    assert_eq!(
        other,
        Some(("astronomer/agents#airflow".to_owned(), 1)),
        "postgres has none of them"
    );
    let older = found(&["find_projects", "find_teams"], "for getsentry/sentry-mcp");
    assert_eq!(older.map(|(_, known)| known), Some(2));
    let mut catalogue = catalogue.clone();
    catalogue.add([server("ours", &["query"])]);
    let found = catalogue.recognise_said(&["query"], Some(&format!("for {postgres}"))).found;
    assert_eq!(found.unwrap().server.name, "ours");
}
