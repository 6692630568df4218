//! Steps over JSON text that was checked before.

use std::borrow::Cow;

/// The members of an object: keys without their quotes and still escaped, values as text.
pub(in crate::engine) fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut scanner = Scanner { text: object, at: 1 };
    std::iter::from_fn(move || {
        scanner.skip_to_value()?;
        let key = scanner.value()?;
        scanner.skip_to_value()?;
        Some((key.get(1..key.len() - 1)?, scanner.value()?))
    })
}

/// The elements of a list, as text.
pub(in crate::engine) fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut scanner = Scanner { text: list, at: 1 };
    std::iter::from_fn(move || {
        scanner.skip_to_value()?;
        scanner.value()
    })
}

/// Walks over JSON that is known to be valid.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    /// Steps over white space, commas and colons; nothing at the end of the list or object.
    fn skip_to_value(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at)?, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') {
            self.at += 1;
        }
        (!matches!(bytes[self.at], b']' | b'}')).then_some(())
    }

    /// Steps over one value and gives its text.
    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0usize;
        loop {
            match bytes.get(self.at)? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ if depth > 0 => self.at += 1,
                _ => {
                    while bytes.get(self.at).is_some_and(|byte| !b",]} \t\r\n:".contains(byte)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return self.text.get(start..self.at);
            }
        }
    }

    pub(super) fn skip_string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            if bytes[self.at] == b'"' {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
        }
    }
}

/// Resolves the escapes of a JSON string. A lone surrogate becomes U+FFFD, as Go does it.
#[inline]
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    match first_escape(text.as_bytes()) {
        Some(first) => Cow::Owned(unescaped(text, first)),
        None => Cow::Borrowed(text),
    }
}

/// Where the first backslash stands. Most texts are short, and looked at sooner than a search has begun.
#[inline]
fn first_escape(bytes: &[u8]) -> Option<usize> {
    match bytes.len() <= 32 {
        true => bytes.iter().position(|byte| *byte == b'\\'),
        false => memchr::memchr(b'\\', bytes),
    }
}

fn unescaped(text: &str, first: usize) -> String {
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or("");
        match escape {
            b'n' => out.push('\n'),
            b't' => out.push('\t'),
            b'r' => out.push('\r'),
            b'b' => out.push('\x08'),
            b'f' => out.push('\x0c'),
            b'u' => rest = unescape_unit(rest, &mut out),
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out
}

/// Resolves the four digits behind `\u` and, for a pair, the escape behind them.
fn unescape_unit<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = unit(rest) else { return rest };
    let rest = &rest[4..];
    if (0xd800..0xdc00).contains(&first) {
        let second =
            rest.strip_prefix("\\u").and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
        if let Some(second) = second {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            return &rest[6..];
        }
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}
