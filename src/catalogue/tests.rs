use super::*;

use std::path::Path;

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/catalogue.schema.json");
    let text = std::fs::read_to_string(path).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// The records that are built in, as their files have them.
pub(super) fn records() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue/builtin");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut records: Vec<(String, String)> = files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    records.sort();
    records
}

/// The servers that a person reviewed tool by tool.
pub(super) fn reviewed() -> Vec<Server> {
    const REVIEWED: [&str; 4] = [
        "octopusdeploy/mcp-server",
        "myrikld/komodo-mcp",
        "sibilleb/aap-enterprise-mcp-server",
        "@paretools/http",
    ];
    let catalogue = Catalogue::builtin();
    REVIEWED.iter().map(|name| catalogue.server(name).unwrap().clone()).collect()
}

/// All servers of a catalogue.
pub(super) fn all(catalogue: &Catalogue) -> Vec<Server> {
    let mut servers = Vec::new();
    catalogue.each_server(|server| servers.push(server.clone()));
    servers
}

#[test]
fn the_index_is_built_from_the_records() {
    let read = |(name, text): (String, String)| {
        let document = crate::source::Document::read(&name, text.into_bytes());
        load(&document).unwrap_or_else(|errors| panic!("{name}: {errors:?}")).remove(0)
    };
    let mut servers: Vec<Server> = records().into_iter().map(read).collect();
    servers.sort_by_key(|server| server.name.to_ascii_lowercase());
    let built = all(&Catalogue::builtin());
    let names = |servers: &[Server]| -> Vec<String> {
        servers.iter().map(|server| server.name.clone()).collect()
    };
    assert_eq!(names(&built), names(&servers));
    for (built, record) in built.iter().zip(&servers) {
        assert!(built == record, "{}: build the index again, see CONTRIBUTING.md", record.name);
    }
}

#[test]
fn records_are_sorted_reviewed_where_they_do_more_than_read_and_keep_no_words() {
    let reviewed: Vec<String> = reviewed().into_iter().map(|server| server.name).collect();
    for (name, text) in records() {
        let server: Server = serde_json::from_str(&text).unwrap();
        for key in ["\"description\":\"", "\"default\":\"", "\"examples\":["] {
            assert!(!text.contains(key), "{name}: {key}");
        }
        if reviewed.contains(&server.name) {
            continue;
        }
        assert!(server.tools.is_sorted_by_key(|tool| &tool.name), "{name}");
        for tool in &server.tools {
            let decided = tool.reason.is_some();
            assert!(!(tool.is_guess() && decided), "{name}: {}", tool.name);
            assert!(!tool.is_guess() || tool.category == Category::Read, "{name}: {}", tool.name);
            let facts =
                tool.evidence.iter().chain(tool.holds.values().flat_map(|held| &held.evidence));
            let longest = facts.map(|fact| fact.len()).max();
            assert!(longest <= Some(80), "{name}: {}", tool.name);
        }
    }
}

#[test]
fn no_two_servers_have_a_name_in_common() {
    let mut seen = std::collections::HashMap::new();
    for server in all(&Catalogue::builtin()) {
        for name in server.names() {
            let other = seen.insert(name.clone(), server.name.clone());
            assert_eq!(other, None, "{name} of {}", server.name);
        }
    }
}

#[test]
fn a_server_answers_to_every_name_that_is_its_own_and_to_parts_that_no_other_has() {
    let catalogue = Catalogue::builtin();
    let called = |name: &str| catalogue.server(name).map(|server| server.name.as_str());
    for name in [
        "microsoft/playwright-mcp",
        "Microsoft/Playwright-MCP",
        "npm:@playwright/mcp",
        "@playwright/mcp",
        "io.github.microsoft/playwright-mcp",
        "playwright",
    ] {
        assert_eq!(called(name), Some("microsoft/playwright-mcp"), "{name}");
    }
    assert_eq!(called("komodo"), Some("myrikld/komodo-mcp"));
    assert_eq!(called("octopusdeploy"), Some("octopusdeploy/mcp-server"));
    for name in ["slack", "mcp", "server", "awslabs/mcp", ""] {
        assert_eq!(called(name), None, "{name}");
    }
    assert_eq!(catalogue.called("slack").len(), 2);
}

#[test]
fn every_built_in_file_follows_the_schema() {
    let schema = schema();
    for (_, text) in records() {
        let record = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&record).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
}

#[test]
fn every_fixture_follows_the_schema_if_it_is_our_record_without_mistakes() {
    let schema = schema();
    for (name, valid) in [
        ("override.yaml", true),
        ("servers.json", true),
        ("list.yaml", true),
        ("weather.json", false),
        ("mistakes.yaml", false),
        ("policy.json", false),
    ] {
        let document = fixture(name);
        assert_eq!(schema.is_valid(&document.root.unwrap().to_json()), valid, "{name}");
    }
}

/// Reads a document of the module's fixtures.
pub(super) fn fixture(name: &str) -> crate::source::Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/catalogue").join(name);
    crate::source::Document::read(name, std::fs::read(path).unwrap())
}

#[test]
fn the_reviewed_servers_are_complete() {
    let servers = reviewed();
    let counts: Vec<(&str, usize)> =
        servers.iter().map(|server| (&*server.name, server.tools.len())).collect();
    let expected = [
        ("octopusdeploy/mcp-server", 30),
        ("myrikld/komodo-mcp", 53),
        ("sibilleb/aap-enterprise-mcp-server", 69),
        ("@paretools/http", 5),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn the_seed_tools_are_what_their_pages_say() {
    let catalogue = Catalogue::builtin();
    for (server, tool, category, severity) in [
        ("octopusdeploy/mcp-server", "run_runbook", Category::Execute, Severity::High),
        ("octopusdeploy/mcp-server", "find_interruptions", Category::Read, Severity::Low),
        ("myrikld/komodo-mcp", "run_procedure", Category::Execute, Severity::High),
        ("sibilleb/aap-enterprise-mcp-server", "run_job", Category::Execute, Severity::High),
        ("@paretools/http", "run", Category::Execute, Severity::Critical),
    ] {
        let tool = catalogue.server(server).unwrap().tool(tool).unwrap();
        assert_eq!((tool.category, tool.severity), (category, severity), "{}", tool.name);
        assert_eq!(
            tool.category.class(),
            if tool.name.starts_with("run") { Severity::High } else { Severity::Low }
        );
    }
}

#[test]
fn the_reviewed_records_are_consistent() {
    for server in reviewed() {
        for tool in &server.tools {
            assert!(!tool.is_guess(), "{}", tool.name);
            assert!(tool.evidence.iter().all(|fact| fact.starts_with("reviewed: ")));
            assert!(tool.arguments.is_some(), "{}", tool.name);
            assert!(tool.signals.is_sorted() && tool.contradiction().is_none(), "{}", tool.name);
        }
    }
}

#[test]
fn no_name_that_deletes_or_runs_is_reviewed_as_reading() {
    for server in reviewed() {
        for tool in server.tools.iter().filter(|tool| tool.category == Category::Read) {
            let guess = classify(&Subject::named(&tool.name));
            assert_eq!(guess.category, Category::Read, "{}", tool.name);
        }
    }
}

#[test]
fn a_written_catalogue_is_read_back_the_same() {
    let servers = reviewed();
    let text = serde_json::to_vec(&servers).unwrap();
    let document = crate::source::Document::read("all.json", text);
    assert_eq!(load(&document).unwrap(), servers);
}

#[test]
fn servers_are_found_whatever_the_case_and_suggested_when_misspelt() {
    let catalogue = Catalogue::builtin();
    let aap = catalogue.server("sibilleb/AAP-Enterprise-MCP-Server");
    assert_eq!(aap.unwrap().title.as_deref(), Some("AAP Enterprise MCP Server"));
    assert_eq!(catalogue.nearest_server("komodo-mpc").as_deref(), Some("myrikld/komodo-mcp"));
    assert_eq!(
        catalogue.nearest_server("octopus-deploy/mcp").as_deref(),
        Some("octopusdeploy/mcp-server")
    );
    assert_eq!(catalogue.nearest_server("weather"), None);
    assert_eq!(aap.unwrap().nearest_tool("run_jobs"), Some("run_job"));
    assert_eq!(aap.unwrap().tool("RUN_JOB"), None);
}

#[test]
fn a_users_tools_override_and_keep_the_facts_they_leave_open() {
    let mut catalogue = Catalogue::builtin();
    catalogue.add(load(&fixture("override.yaml")).unwrap());
    catalogue.add(load(&fixture("servers.json")).unwrap());
    assert_eq!(catalogue.servers.len(), 3);
    let komodo = catalogue.server("myrikld/komodo-mcp").unwrap();
    assert_eq!((komodo.tools.len(), komodo.title.as_deref()), (54, Some("Komodo MCP")));
    let tool = komodo.tool("run_procedure").unwrap();
    assert_eq!((tool.category, tool.severity), (Category::Destructive, Severity::Critical));
    assert_eq!(tool.reason.as_deref(), Some("our procedures tear test stacks down"));
    assert!(tool.argument("procedure").unwrap().required);
    assert!(tool.annotations.is_some() && tool.evidence.is_empty());
}

/// An index of these servers.
pub(super) fn index(servers: Vec<Server>) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.index");
    let mut build = Build::new();
    servers.into_iter().for_each(|server| build.add(server));
    build.write(&mut std::fs::File::create(&path).unwrap()).unwrap();
    let index = Index::open(&path).unwrap();
    (folder, index)
}

/// A catalogue with an index of these servers.
fn indexed(servers: Vec<Server>) -> (tempfile::TempDir, Catalogue) {
    let (folder, index) = index(servers);
    let mut catalogue = Catalogue::builtin();
    catalogue.add_index(index);
    (folder, catalogue)
}

pub(super) fn server(name: &str, tools: &[&str]) -> Server {
    let tool = |name: &&str| classify(&Subject::named(name)).into_tool(*name);
    let tools = tools.iter().map(tool).collect();
    Server { name: name.to_owned(), tools, ..Server::default() }
}

#[test]
fn servers_of_an_index_are_found_recognised_and_searched_like_others() {
    let servers =
        vec![server("weather", &["get_rain", "stop_rain"]), server("other", &["get_rain"])];
    let (_folder, catalogue) = indexed(servers);
    assert_eq!(catalogue.server("WEATHER").unwrap().tools.len(), 2);
    assert_eq!(catalogue.nearest_server("wether").as_deref(), Some("weather"));
    let found = catalogue.recognise(&["get_rain", "stop_rain", "x"]).unwrap();
    assert_eq!((&*found.server.name, found.known, found.of), ("weather", 2, 3));
    assert!(catalogue.recognise(&["get_rain"]).is_none(), "two servers have it");
    assert_eq!(catalogue.servers_with("get_rain").len(), 2);
    assert_eq!(catalogue.search(&["stop", "rain"]).len(), 1);
    assert!(!catalogue.is_added(found.server) && catalogue.failure().is_none());
}

#[test]
fn an_index_overrides_what_is_built_in_and_is_overridden_by_what_is_added() {
    let servers = vec![
        server("@paretools/HTTP", &["run", "new"]),
        server("weather", &["get_rain", "stop_rain"]),
    ];
    let (_folder, mut catalogue) = indexed(servers);
    let http = catalogue.server("@paretools/http").unwrap();
    assert_eq!(http.tools.len(), 6);
    assert!(http.tool("run").unwrap().is_guess() && !http.tool("post").unwrap().is_guess());
    catalogue.add([server("Weather", &["make_rain"])]);
    assert_eq!(catalogue.server("weather").unwrap().tools.len(), 3);
    let mut names = Vec::new();
    catalogue.each_server(|server| names.push(server.name.clone()));
    assert_eq!(names.iter().filter(|name| name.eq_ignore_ascii_case("weather")).count(), 1);
}

#[test]
fn a_damaged_record_is_unknown_and_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.index");
    let mut build = Build::new();
    build.add(server("weather", &["get_rain"]));
    let mut bytes = Vec::new();
    build.write(&mut bytes).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let mut catalogue = Catalogue::default();
    catalogue.add_index(Index::open(&path).unwrap());
    assert!(catalogue.failure().is_none());
    assert_eq!(catalogue.server("weather"), None);
    assert!(catalogue.failure().unwrap().to_string().contains("is damaged"));
}
