//! Documents that are open in an editor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::address::path;
use crate::catalogue::{Catalogue, Server};
use crate::config::Config;
use crate::lint::{Linter, Report, ServerChoice, Settings, Surroundings};
use crate::policy::{Appearance, Dialect, agent_dialect, appearance};
use crate::source::{Document, Format, LineTable};

/// What is needed to judge a document.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) config: &'a Config,
    pub(super) catalogue: &'a Catalogue,
    pub(super) settings: &'a Settings,
}

/// A document that is open.
pub(super) struct Open {
    /// What came of judging it; none if it is no policy.
    pub(super) report: Option<Report>,
    /// Whether it is one, or may become one: what is something else is left in peace.
    pub(super) may_be_policy: bool,
    /// The text as it is.
    pub(super) document: Document,
    pub(super) lines: LineTable,
    /// The server and dialect that it had when it could last be read.
    pub(super) server: Option<String>,
    pub(super) dialect: Option<Dialect>,
}

impl Judge<'_> {
    /// Takes up a text; `before` is what the document was.
    pub(super) fn open(&self, uri: &str, text: String, before: Option<Open>) -> Open {
        let name = path(uri);
        let document = Document::read(name.clone(), text.clone().into_bytes());
        let looks = match self.config.excludes(Path::new(&name)) {
            true => Appearance::Other,
            false => appearance(&document),
        };
        let report = (looks == Appearance::Policy)
            .then(|| {
                // A panic must not take the editor's other documents with it.
                let judged = || self.judge(Document::read(name, text.into_bytes()));
                catch_unwind(AssertUnwindSafe(judged)).ok()
            })
            .flatten();
        let server = report.as_ref().and_then(|report| match &report.server {
            ServerChoice::Known { server, .. } => Some(server.clone()),
            ServerChoice::Tied(_) | ServerChoice::None(_) => None,
        });
        let dialect = report.as_ref().and_then(|report| report.dialect);
        let is_data = matches!(document.format, Format::Json | Format::Yaml);
        let may_be_policy = match &document.root {
            _ if looks != Appearance::Other => true,
            // What says nothing yet, or cannot be read, stays what it was.
            Some(root)
                if document.is_readable() && !root.is_null() && !root.entries().is_empty() =>
            {
                false
            }
            _ => before.as_ref().map_or(is_data, |before| before.may_be_policy),
        };
        let (old_server, old_dialect) =
            before.map_or((None, None), |before| (before.server, before.dialect));
        Open {
            lines: LineTable::new(&document.text),
            report,
            may_be_policy,
            document,
            server: server.or(old_server),
            dialect: dialect.or(old_dialect),
        }
    }

    /// Judges a document as `gatelint lint` does.
    pub(super) fn judge(&self, document: Document) -> Report {
        let server = self.config.server_of(&document.name).map(str::to_owned);
        let root = self.config.document.as_ref().map(|_| &*self.config.folder);
        let (catalogue, settings) = (self.catalogue, self.settings);
        let dialect = self.config.dialect_of(&document.name).or_else(|| agent_dialect(&document));
        let agent = dialect.and_then(Dialect::agent);
        let around = agent.and_then(|agent| Surroundings::of(&document, agent, None));
        let project = around.as_ref().and_then(Surroundings::project);
        Linter { catalogue, dialect, settings, root, project }.lint(document, server.as_deref())
    }

    /// The server that a document is for.
    pub(super) fn server(&self, open: &Open) -> Option<&Server> {
        self.catalogue.server(open.server.as_deref()?)
    }
}
