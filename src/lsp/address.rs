//! Addresses of files, as editors have them (RFC 8089).

use std::path::{PathBuf, absolute};

use serde_json::Value;

use crate::report::uri_encoded;

/// The address of a file.
pub(super) fn address(path: &str) -> String {
    let path = absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string());
    format!("file://{}", uri_encoded(&path))
}

/// The path of a file's address; other addresses as they are.
pub(super) fn path(uri: &str) -> String {
    match uri.strip_prefix("file://") {
        Some(path) => decoded(path),
        None => uri.to_owned(),
    }
}

/// The folder that a client works in, by the parameters of `initialize`: the first where there are several,
/// none that is not on this machine.
pub(super) fn folder(params: &Value) -> Option<PathBuf> {
    let first = params["workspaceFolders"][0]["uri"].as_str();
    let uri = first.or_else(|| params["rootUri"].as_str())?;
    Some(PathBuf::from(path(uri))).filter(|folder| folder.is_dir())
}

/// The text that a part of an address stands for (RFC 3986).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_path() {
        assert_eq!(path("file:///a%20b/%C3%A4.json"), "/a b/ä.json");
        assert_eq!(path("untitled:Untitled-1"), "untitled:Untitled-1");
        for name in ["/a b/ä.json", "/100%/[x].json"] {
            assert_eq!(path(&address(name)), name);
        }
    }
}
