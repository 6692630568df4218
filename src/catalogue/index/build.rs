//! Building an index.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use thiserror::Error;

use super::layout::{self, Directory};
use super::sources::{Source, folder_of};
use super::table::{self, TableWriter};
use crate::catalogue::names::Names;
use crate::catalogue::record::Server;

/// Servers that are being put together. A later one overrides an earlier one tool by tool.
#[derive(Debug, Default)]
pub struct Build {
    /// Records as JSON, by name in lower case.
    servers: BTreeMap<String, Vec<u8>>,
    sources: Vec<Source>,
    /// Whether the records are to be compressed.
    packed: bool,
}

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// How many servers there are.
    pub servers: usize,
    /// How many tools they have.
    pub tools: usize,
    /// How many bytes the index has.
    pub bytes: u64,
}

/// A source that cannot be remembered.
#[derive(Debug, Error)]
#[error("cannot read {path}: {cause}")]
pub struct SourceError {
    /// Its path.
    pub path: String,
    /// What the system says.
    pub cause: io::Error,
}

impl Build {
    /// Nothing yet.
    pub fn new() -> Build {
        Build::default()
    }

    /// Compresses the records: for what is shipped, where a byte costs more than the time to build it.
    pub fn packed(self) -> Build {
        Build { packed: true, ..self }
    }

    /// Remembers a file that servers come from, for the index at a path.
    ///
    /// # Errors
    /// It cannot be read any more.
    pub fn add_file(&mut self, file: &Path, bytes: &[u8], index: &Path) -> Result<(), SourceError> {
        let source = Source::file(file, bytes, &folder_of(index));
        self.sources.push(source.map_err(|cause| unreadable(file, cause))?);
        Ok(())
    }

    /// Remembers a folder that files come from.
    ///
    /// # Errors
    /// As for a file.
    pub fn add_folder(&mut self, folder: &Path, index: &Path) -> Result<(), SourceError> {
        let source = Source::folder(folder, &folder_of(index));
        self.sources.push(source.map_err(|cause| unreadable(folder, cause))?);
        Ok(())
    }

    /// Adds a server.
    pub fn add(&mut self, server: Server) {
        let key = server.name.to_ascii_lowercase();
        let server = match self.servers.get(&key) {
            Some(json) => {
                let mut present: Server =
                    serde_json::from_slice(json).expect("it was just written");
                present.override_tools(server);
                present
            }
            None => server,
        };
        let json = serde_json::to_vec(&server).expect("records are plain data");
        self.servers.insert(key, json);
    }

    /// Writes the index.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(self, out: &mut dyn Write) -> io::Result<Built> {
        out.write_all(&layout::start())?;
        let mut offset = layout::start().len() as u64;
        let mut tools: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut by_server = TableWriter::new();
        let mut names = Names::default();
        let mut built = Built { servers: self.servers.len(), tools: 0, bytes: 0 };
        for (number, (key, json)) in (0u32..).zip(&self.servers) {
            let server: Server = serde_json::from_slice(json)?;
            built.tools += server.tools.len();
            names.add(number, &server);
            for tool in server.tools {
                tools.entry(tool.name).or_default().extend(number.to_le_bytes());
            }
            let json = if self.packed { &table::pack(json)? } else { json };
            by_server.add(key.as_bytes(), json, out, &mut offset)?;
        }
        let by_server = by_server.finish(out, &mut offset)?;
        let by_tool = table::write(&tools, out, &mut offset)?;
        let by_name = table::write(&names.into_table(), out, &mut offset)?;
        let servers = u32::from_le_bytes(layout::length(built.servers)?);
        let (packed, sources) = (self.packed, self.sources);
        let directory = Directory { servers, packed, sources, by_server, by_tool, by_name };
        let end = layout::end(&directory, offset)?;
        out.write_all(&end)?;
        built.bytes = offset + end.len() as u64;
        Ok(built)
    }
}

fn unreadable(path: &Path, cause: io::Error) -> SourceError {
    SourceError { path: path.display().to_string(), cause }
}
