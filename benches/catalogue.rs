//! A catalogue as large as PolicyLayer's index (43,000 servers, 515,000 tools), opened and asked.
//!
//! `cargo bench --bench catalogue`. The records and the index stay in `target/catalogue-at-scale`,
//! so that the program can be timed on them as a whole process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use gatelint::catalogue::{
    Argument, ArgumentType, Arguments, Build, Index, Server, Subject, classify,
};

const SERVERS: usize = 43_000;
const TOOLS: usize = 515_000;
const SERVERS_PER_FILE: usize = 1_000;

const VERBS: [&str; 12] = [
    "get", "list", "search", "create", "update", "run", "delete", "send", "read", "export", "pay",
    "sync",
];
const THINGS: [&str; 16] = [
    "issue", "page", "user", "invoice", "branch", "table", "query", "file", "job", "event", "task",
    "note", "host", "model", "report", "message",
];

static INDEX: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/catalogue-at-scale");
    let index = folder.join("all.index");
    if !index.exists() {
        write(&folder, &index);
    }
    index
});

fn main() {
    divan::main();
}

/// Writes the records, and the index of them.
fn write(folder: &Path, index: &Path) {
    fs::create_dir_all(folder.join("records")).expect("the folder can be made");
    let mut build = Build::new();
    for first in (0..SERVERS).step_by(SERVERS_PER_FILE) {
        let servers: Vec<Server> = (first..first + SERVERS_PER_FILE).map(server).collect();
        let json = serde_json::to_vec(&servers).expect("records are plain data");
        let file = folder.join(format!("records/{first:05}.json"));
        fs::write(&file, &json).expect("the records can be written");
        build.add_file(&file, &json, index).expect("the records are there");
        servers.into_iter().for_each(|server| build.add(server));
    }
    build.add_folder(&folder.join("records"), index).expect("the folder is there");
    let mut file = std::io::BufWriter::new(fs::File::create(index).expect("it can be made"));
    let built = build.write(&mut file).expect("the index can be written");
    assert_eq!((built.servers, built.tools), (SERVERS, TOOLS));
}

/// The server of a number, which has about twelve tools.
fn server(number: usize) -> Server {
    let tools = TOOLS * (number + 1) / SERVERS - TOOLS * number / SERVERS;
    let tool = |at: usize| {
        let (verb, thing) =
            (VERBS[(number + at) % VERBS.len()], THINGS[(number / 3 + at) % THINGS.len()]);
        // Half of the names are common to many servers.
        let name = if at.is_multiple_of(2) {
            format!("{verb}_{thing}")
        } else {
            format!("{verb}_{thing}_{number}")
        };
        let argument = |required| Argument { kind: Some(ArgumentType::String), required };
        let arguments = Arguments::from([
            (format!("{thing}_id"), argument(true)),
            ("path".to_owned(), argument(false)),
            ("query".to_owned(), argument(false)),
        ]);
        let subject = Subject { arguments: Some(&arguments), ..Subject::named(&name) };
        let verdict = classify(&subject);
        let mut tool = verdict.into_tool(name);
        tool.arguments = Some(arguments);
        tool
    };
    let mut tools: Vec<_> = (0..tools).map(tool).collect();
    tools.dedup_by(|a, b| a.name == b.name);
    let name = format!("owner-{}/mcp-server-{number}", number % 9_000);
    Server { name, title: Some(format!("Server {number}")), tools, ..Server::default() }
}

#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let path = &*INDEX;
    bencher.bench(|| Index::open(path).expect("the index is sound").servers());
}

#[divan::bench]
fn sources_held_against(bencher: Bencher<'_, '_>) {
    let index = Index::open(&INDEX).expect("the index is sound");
    bencher.bench(|| assert_eq!(index.stale(), []));
}

#[divan::bench]
fn server_by_name(bencher: Bencher<'_, '_>) {
    let path = &*INDEX;
    bencher.with_inputs(|| Index::open(path).expect("the index is sound")).bench_refs(|index| {
        index.server("owner-2345/mcp-server-38345").expect("it is sound").map(|s| s.tools.len())
    });
}

#[divan::bench]
fn servers_by_tools(bencher: Bencher<'_, '_>) {
    let index = Index::open(&INDEX).expect("the index is sound");
    let tools: Vec<String> = server(38_345).tools.into_iter().map(|tool| tool.name).collect();
    bencher.bench(|| {
        let with = |tool: &String| index.with_tool(tool).expect("it is sound").len();
        tools.iter().map(with).sum::<usize>()
    });
}
