//! How much of a character is missing (RFC 3629).

/// A state of the automaton that accepts UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Utf8(u8);

impl Utf8 {
    /// Between two characters.
    pub(super) const BOUNDARY: Utf8 = Utf8(0);

    /// The state behind a byte; none where UTF-8 has no such byte.
    pub(super) fn next(self, byte: u8) -> Option<Utf8> {
        let continues = matches!(byte, 0x80..=0xbf);
        let next = match self.0 {
            0 => match byte {
                0..=0x7f => 0,
                0xc2..=0xdf => 1,
                0xe0 => 4,
                0xe1..=0xec | 0xee..=0xef => 2,
                0xed => 5,
                0xf0 => 6,
                0xf1..=0xf3 => 3,
                0xf4 => 7,
                _ => return None,
            },
            // So many bytes are missing.
            missing @ 1..=3 if continues => missing - 1,
            // Behind E0, ED, F0 and F4, overlong forms, surrogates and what is beyond Unicode are excluded.
            4 if matches!(byte, 0xa0..=0xbf) => 1,
            5 if matches!(byte, 0x80..=0x9f) => 1,
            6 if matches!(byte, 0x90..=0xbf) => 2,
            7 if matches!(byte, 0x80..=0x8f) => 2,
            _ => return None,
        };
        Some(Utf8(next))
    }

    /// Which bytes UTF-8 does not tell apart: a number for each.
    pub(super) fn class(byte: u8) -> u8 {
        match byte {
            0..=0x7f => 0,
            0x80..=0x8f => 1,
            0x90..=0x9f => 2,
            0xa0..=0xbf => 3,
            0xc2..=0xdf => 4,
            0xe0 => 5,
            0xe1..=0xec | 0xee..=0xef => 6,
            0xed => 7,
            0xf0 => 8,
            0xf1..=0xf3 => 9,
            0xf4 => 10,
            _ => 11,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(bytes: &[u8]) -> bool {
        let end = bytes.iter().try_fold(Utf8::BOUNDARY, |state, byte| state.next(*byte));
        end == Some(Utf8::BOUNDARY)
    }

    #[test]
    fn agrees_with_the_standard_library_and_so_do_the_classes() {
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                for rest in [&[][..], &[0x80], &[0xbf], &[0x80, 0xbf], b"a"] {
                    let bytes = [&[first, second], rest].concat();
                    assert_eq!(is_valid(&bytes), std::str::from_utf8(&bytes).is_ok(), "{bytes:?}");
                }
            }
            let like = (0..=255u8).find(|byte| Utf8::class(*byte) == Utf8::class(first)).unwrap();
            for state in (0..8).map(Utf8) {
                assert_eq!(state.next(first), state.next(like), "{first} {like}");
            }
        }
    }
}
