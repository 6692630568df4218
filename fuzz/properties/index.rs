//! Indexes of the catalogue.

use std::io::Write;
use std::sync::LazyLock;

use gatelint::catalogue::{Build, Catalogue, Index, Server};

/// An index of the built-in servers.
static INDEX: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut build = Build::new();
    servers().into_iter().for_each(|server| build.add(server.clone()));
    let mut bytes = Vec::new();
    build.write(&mut bytes).expect("memory takes everything");
    bytes
});

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::builtin);

fn servers() -> Vec<&'static Server> {
    let names = [
        "octopusdeploy/mcp-server",
        "myrikld/komodo-mcp",
        "sibilleb/aap-enterprise-mcp-server",
        "@paretools/http",
    ];
    names.iter().map(|name| CATALOGUE.server(name).expect("it is built in")).collect()
}

/// A damaged index is refused, or says what the sound one says. The input is a list of damages of
/// three bytes each, a place and what stands there, or an index of its own.
pub fn holds(data: &[u8]) {
    opens(data);
    let mut bytes = INDEX.clone();
    for damage in data.chunks_exact(3) {
        let place = (usize::from(u16::from_le_bytes([damage[0], damage[1]])) * bytes.len()) >> 16;
        bytes[place] = damage[2];
    }
    let file = written(&bytes);
    let Ok(index) = Index::open(file.path()) else { return };
    for server in servers() {
        if let Ok(found) = index.server(&server.name) {
            assert_eq!(found, Some(server), "a damage went unseen");
        }
    }
}

/// Whatever a file holds, it is looked up without a panic.
fn opens(data: &[u8]) {
    let file = written(data);
    let Ok(index) = Index::open(file.path()) else { return };
    _ = index.server("octopusdeploy/mcp-server");
    _ = index.with_tool("run_runbook");
    _ = index.stale();
}

fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(bytes).expect("the file takes it");
    file
}
