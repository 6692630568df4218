//! Secrets of the documents that were read, which no output of theirs repeats.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};

/// What stands in place of a secret.
const MASK: &[u8] = b"***";

/// What is withheld from now on.
static WITHHELD: Mutex<Withheld> =
    Mutex::new(Withheld { texts: BTreeSet::new(), finder: None, is_shown: false });

thread_local! {
    /// What the work of this thread withholds that is done apart from all other.
    static APART: RefCell<Option<Withheld>> = const { RefCell::new(None) };
}

/// What is withheld.
#[derive(Default)]
pub(in crate::cli) struct Withheld {
    /// Each as it may be written: as it is, in JSON and in markup.
    texts: BTreeSet<String>,
    /// What finds all of it, once that was asked for.
    finder: Option<Finder>,
    /// Whether the user asked to see all.
    is_shown: bool,
}

/// Withholds texts from standard output and standard error.
pub(in crate::cli) fn withhold(secrets: Vec<String>) {
    in_force(|withheld| secrets.into_iter().for_each(|secret| withheld.add(secret)));
}

/// Withholds nothing: the user asked to see it.
pub(in crate::cli) fn show_all() {
    in_force(|withheld| withheld.is_shown = true);
}

/// Does some work that withholds what it finds from its own output alone, and tells what that is: where many are
/// served, what the documents of one call a secret may be any word of another.
#[cfg(feature = "mcp")]
pub(in crate::cli) fn apart<T>(work: impl FnOnce() -> T) -> (T, Withheld) {
    APART.set(Some(Withheld::default()));
    let done = work();
    (done, APART.take().unwrap_or_default())
}

/// Works on what this thread withholds.
fn in_force<T>(work: impl FnOnce(&mut Withheld) -> T) -> T {
    APART.with_borrow_mut(|apart| match apart {
        Some(apart) => work(apart),
        None => work(&mut WITHHELD.lock().unwrap_or_else(PoisonError::into_inner)),
    })
}

/// What finds all that is withheld; none where that is nothing.
fn finder() -> Option<Finder> {
    in_force(|withheld| withheld.finder())
}

/// A text without what is withheld.
pub(in crate::cli) fn masked(text: &[u8]) -> Cow<'_, [u8]> {
    match finder() {
        Some(finder) => Cow::Owned(finder.masked(text)),
        None => Cow::Borrowed(text),
    }
}

impl Withheld {
    fn add(&mut self, secret: String) {
        // What is shorter stands in too many other words.
        if secret.len() < 4 {
            return;
        }
        let json = serde_json::Value::from(&*secret).to_string();
        let json = json[1..json.len() - 1].to_owned();
        let markup = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let quoted = markup.replace('"', "&quot;").replace('\'', "&#39;");
        self.texts.extend([json, quoted, markup, secret]);
        self.finder = None;
    }

    /// What finds all of it; none where that is nothing.
    pub(in crate::cli) fn finder(&mut self) -> Option<Finder> {
        if self.is_shown || self.texts.is_empty() {
            return None;
        }
        Some(self.finder.get_or_insert_with(|| Finder::of(&self.texts)).clone())
    }
}

/// What finds texts that are withheld.
#[derive(Clone)]
pub(in crate::cli) struct Finder(AhoCorasick);

impl Finder {
    fn of(texts: &BTreeSet<String>) -> Finder {
        // Of two that begin alike the longer one is meant.
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts);
        Finder(finder.expect("texts of documents that were read are no gigabytes"))
    }

    /// A text without them.
    pub(in crate::cli) fn masked(&self, text: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(text.len());
        self.0.replace_all_with_bytes(text, &mut masked, |_, _, masked| {
            masked.extend_from_slice(MASK);
            true
        });
        masked
    }
}

/// A writer from which is withheld what was to be when it was made, line by line.
pub(in crate::cli) struct Withholding<W: Write> {
    out: W,
    finder: Option<Finder>,
    /// The line that has not ended yet.
    line: Vec<u8>,
}

impl<W: Write> Withholding<W> {
    /// Withholds what is to be now.
    pub(in crate::cli) fn new(out: W) -> Withholding<W> {
        Withholding { out, finder: finder(), line: Vec::new() }
    }

    /// Writes so many bytes of what waits.
    fn pass(&mut self, finder: &Finder, end: usize) -> io::Result<()> {
        self.out.write_all(&finder.masked(&self.line[..end]))?;
        self.line.drain(..end);
        Ok(())
    }
}

impl<W: Write> Write for Withholding<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(finder) = self.finder.clone() else { return self.out.write(bytes) };
        self.line.extend_from_slice(bytes);
        if let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.pass(&finder, self.line.len() - bytes.len() + last + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(finder) = self.finder.clone() {
            self.pass(&finder, self.line.len())?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_is_found_across_pieces_and_in_every_notation() {
        withhold(vec!["a<b\"c".to_owned(), "pass".to_owned(), "passwords".to_owned()]);
        let mut out = Vec::new();
        let mut withholding = Withholding::new(&mut out);
        for piece in ["x pas", "swords pass", "\n{\"a<b\\\"c\"", "} a&lt;b&quot;c ", "a<b\"c"] {
            withholding.write_all(piece.as_bytes()).unwrap();
        }
        withholding.flush().unwrap();
        drop(withholding);
        assert_eq!(String::from_utf8(out).unwrap(), "x *** ***\n{\"***\"} *** ***");
        assert_eq!(&*masked(b"no pass"), b"no ***");
    }
}
