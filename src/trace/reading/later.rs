//! A second look at an input that begins with plain messages: what tells its format, a call in the notation of
//! another one, may stand behind any number of them.

use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use memchr::memmem::Finder;

use super::source::Bytes;
use super::units::{Cut, Large, Units};
use crate::trace::formats::Format;

/// How much is looked at at once, in bytes.
const BLOCK: usize = 1 << 18;

/// How large a unit may be to be looked at whole: little enough that its outline has all of it.
const PART: usize = 1 << 13;

/// The format that the first telling unit tells, if one does. What cannot be read tells nothing here.
pub(super) fn told_later(
    open: impl Fn() -> io::Result<Bytes>,
    cut: Cut,
    file: Option<PathBuf>,
) -> Option<Format> {
    if !has_sign(open().ok()?) {
        return None;
    }
    let bytes = open().ok()?;
    // Within packed data nothing can be found again.
    let file = file.filter(|_| !bytes.are_packed);
    let large = Large::Parts { file, lists: Format::MESSAGES.lists(), from: PART, is_one: false };
    let mut units = Units::new(BufReader::with_capacity(BLOCK, bytes), cut).with_large(large);
    while units.next().unwrap_or(false) {
        let told = units.text().ok().and_then(Format::told_among_messages);
        if told.is_some() {
            return told;
        }
    }
    None
}

/// Whether the name of a field stands there that only calls of other formats have.
fn has_sign(mut bytes: Bytes) -> bool {
    let signs: Vec<Finder<'_>> = Format::signs_among_messages().map(Finder::new).collect();
    let longest = signs.iter().map(|sign| sign.needle().len()).max().unwrap_or_default();
    let (mut block, mut kept) = (vec![0; BLOCK], 0);
    loop {
        let filled = match bytes.read(&mut block[kept..]) {
            Ok(0) => return false,
            Ok(length) => kept + length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return false,
        };
        if signs.iter().any(|sign| sign.find(&block[..filled]).is_some()) {
            return true;
        }
        // A name may begin here and end in the next block.
        let rest = filled.min(longest - 1);
        block.copy_within(filled - rest..filled, 0);
        kept = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, cut: Cut) -> Option<&'static str> {
        let bytes = text.as_bytes().to_vec();
        told_later(|| Ok(Bytes::of(io::Cursor::new(bytes.clone()))), cut, None).map(Format::name)
    }

    #[test]
    fn the_first_unit_that_tells_is_found_wherever_it_stands() {
        let plain = r#"{"role":"user","content":"what is a \"toolCallId\"?"}"#;
        let call = r#"{"role":"assistant","content":[{"type":"tool-call","toolCallId":"1","toolName":"t","input":{}}]}"#;
        for count in [0, 1, 9_000] {
            let plain = vec![plain; count];
            let all = [&plain[..], &[call]].concat();
            for (text, cut) in [
                (all.join("\n"), Cut::Lines),
                (format!("[\n{}\n]", all.join(",\n")), Cut::Values),
                (format!("[{}]", all.join(",")), Cut::Lines),
                (format!("{{\"messages\":[{}]}}", all.join(",")), Cut::Lines),
            ] {
                assert_eq!(told(&text, cut), Some("vercel-messages"), "{count} {cut:?}");
            }
            assert_eq!(told(&plain.join("\n"), Cut::Lines), None);
        }
        // Another's argument of this name is none.
        let other = r#"{"role":"assistant","tool_calls":[{"function":{"name":"t","arguments":{"toolCallId":1}}}]}"#;
        assert_eq!(told(other, Cut::Lines), None);
    }
}
