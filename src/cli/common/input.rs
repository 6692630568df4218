//! Policies and catalogues that a command needs whole.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::output::print_error;
use super::withheld::withhold;
use crate::catalogue::{self, Catalogue, Index, IndexError, LoadError, Server, Stale, is_lock};
use crate::lint::{Severity, WalkError, candidates, findings_of, mark_secrets};
use crate::policy::{self, DefectKind, Dialect, Policy, Reading};
use crate::report::{Notice, escape};
use crate::source::{Document, ProblemKind};

/// A policy with its document.
pub(in crate::cli) struct Loaded {
    pub(in crate::cli) document: Document,
    pub(in crate::cli) policy: Policy,
}

/// Reads one policy that the gateway would accept; its dialect is found from its content where
/// none is named.
pub(in crate::cli) fn policy(path: &Path, dialect: Option<Dialect>) -> Result<Loaded, CliError> {
    read_policy(document(path)?, dialect)
}

/// Reads a document as a policy that the gateway would accept.
pub(in crate::cli) fn read_policy(
    mut document: Document,
    dialect: Option<Dialect>,
) -> Result<Loaded, CliError> {
    withhold(mark_secrets(&mut document));
    let Reading { policy, defects } = policy::read(&document, dialect);
    // Readers disagree on which of two equal keys counts, so nothing can be decided.
    let ambiguous =
        |kind: &DefectKind| matches!(kind, DefectKind::Text(ProblemKind::DuplicateKey { .. }));
    let refused = defects.iter().any(|defect| defect.refused || ambiguous(&defect.kind));
    match policy.filter(|_| !refused) {
        Some(policy) => Ok(Loaded { document, policy }),
        None => {
            let findings = findings_of(&document, &defects).into_sorted();
            let notices = findings.iter().map(Notice::from).collect();
            Err(CliError::Invalid { what: "policy", document: Box::new(document), notices })
        }
    }
}

/// The built-in catalogue with the user's own files.
pub(in crate::cli) fn catalogue(paths: &[PathBuf]) -> Result<Catalogue, CliError> {
    let mut catalogue = Catalogue::builtin();
    for path in paths {
        if Index::is_index(path) {
            catalogue.add_index(index(path)?);
        } else {
            catalogue.add(servers(document(path)?)?.1);
        }
    }
    sound(&catalogue)?;
    Ok(catalogue)
}

/// Opens an index, and says so when its sources are no longer what it was built from.
fn index(path: &Path) -> Result<Index, CliError> {
    /// More than a few names say no more.
    const NAMED: usize = 3;
    let index = Index::open(path).map_err(|error| failed(&error))?;
    let stale = index.stale();
    for stale in stale.iter().take(NAMED) {
        let (path, (source, how)) = (
            path.display(),
            match stale {
                Stale::Changed(source) => (source.display(), "is older than"),
                Stale::Gone(source) => (source.display(), "can no longer be held against"),
            },
        );
        print_error(&format!(
            "warning: {} {how} {}\n",
            escape(&path.to_string()),
            escape(&source.to_string())
        ));
    }
    if let Some(more) = stale.len().checked_sub(NAMED).filter(|more| *more > 0) {
        print_error(&format!("warning: and than {more} more of its sources\n"));
    }
    if !stale.is_empty() {
        print_error("  help: build it again with `gatelint catalogue build`\n");
    }
    Ok(index)
}

/// Refuses a catalogue of which a part could not be looked up: what rests on it is not known.
pub(in crate::cli) fn sound(catalogue: &Catalogue) -> Result<(), CliError> {
    catalogue.failure().map_or(Ok(()), |error| Err(failed(error)))
}

fn failed(error: &IndexError) -> CliError {
    CliError::Refused { message: error.to_string(), help: error.help().to_owned() }
}

/// The servers of a catalogue file or of an answer to `tools/list`, with the document.
pub(in crate::cli) fn servers(document: Document) -> Result<(Document, Vec<Server>), CliError> {
    if is_lock(&document) {
        return Err(CliError::Refused {
            message: format!("{} is a lock and no catalogue", document.name),
            help: "hold servers against it with `gatelint catalogue check --lock FILE`; a catalogue holds records or answers to `tools/list`".to_owned(),
        });
    }
    let notices = match document.problems.iter().find(|problem| problem.kind.is_fatal()) {
        Some(problem) => vec![Notice {
            code: "error[catalogue]".to_owned(),
            severity: Severity::Error,
            message: problem.kind.to_string(),
            help: vec![problem.kind.help().to_owned()],
            span: problem.span.range(),
            related: Vec::new(),
        }],
        None => match catalogue::load(&document) {
            Ok(servers) => return Ok((document, servers)),
            Err(errors) => errors.into_iter().map(|error| notice(&document, error)).collect(),
        },
    };
    Err(CliError::Invalid { what: "catalogue", document: Box::new(document), notices })
}

fn notice(document: &Document, error: LoadError) -> Notice {
    Notice {
        code: "error[catalogue]".to_owned(),
        severity: Severity::Error,
        span: document.span_of(&error.place),
        message: error.message,
        help: error.help.into_iter().collect(),
        related: Vec::new(),
    }
}

/// Reads one file, or standard input for `-`.
pub(in crate::cli) fn document(path: &Path) -> Result<Document, CliError> {
    if path.is_dir() {
        return Err(CliError::Folder(path.to_owned()));
    }
    let missing =
        || WalkError { path: path.to_owned(), cause: std::io::ErrorKind::NotFound.into() };
    let candidate = candidates(&[path.to_owned()]).pop().unwrap_or_else(|| Err(missing()))?;
    Ok(candidate.document)
}
