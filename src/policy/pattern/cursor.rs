//! Reading a pattern from left to right.

use super::error::PatternError;

/// A pattern and how much of it has been read.
pub(super) struct Cursor<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(pattern: &'p str) -> Cursor<'p> {
        Cursor { pattern, at: 0 }
    }

    /// The byte offset of what is read next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'p str {
        &self.pattern[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads `expected` if it comes next, and says whether it did.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Reads `count` characters, or as many as are left.
    pub(super) fn eat_chars(&mut self, count: usize) -> &'p str {
        let rest = self.rest();
        let length = rest.chars().take(count).map(char::len_utf8).sum();
        self.at += length;
        &rest[..length]
    }

    /// Reads up to `end` and `end` itself; the text before it, or none if `end` does not come.
    pub(super) fn eat_until(&mut self, end: &str) -> Option<&'p str> {
        let (text, _) = self.rest().split_once(end)?;
        self.at += text.len() + end.len();
        Some(text)
    }

    /// Reads all that is left.
    pub(super) fn eat_rest(&mut self) -> &'p str {
        let rest = self.rest();
        self.at = self.pattern.len();
        rest
    }

    /// An error about what was read since `start`.
    pub(super) fn fail(&self, what: &str, start: usize) -> PatternError {
        PatternError::new(what, &self.pattern[start..self.at], start)
    }

    /// An error at `at` that shows the whole pattern.
    pub(super) fn fail_whole(&self, what: &str, at: usize) -> PatternError {
        PatternError::new(what, self.pattern, at)
    }
}
