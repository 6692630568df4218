//! How much is read of a server, whatever it sends.

/// The longest message, in bytes.
const MESSAGE: usize = 16 << 20;

/// All that a server may send, noise included, in bytes.
const TOTAL: usize = 64 << 20;

/// What is left of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    left: usize,
}

/// A server sent more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exceeded;

impl Budget {
    pub(super) fn new() -> Budget {
        Budget { left: TOTAL }
    }

    /// The longest message that may come now, in bytes.
    pub(super) fn longest(&self) -> usize {
        MESSAGE.min(self.left)
    }

    /// Takes a message, or a piece of one that is `length` bytes long by now, from what is left.
    pub(super) fn spend(&mut self, piece: usize, length: usize) -> Result<(), Exceeded> {
        self.left = self.left.checked_sub(piece).ok_or(Exceeded)?;
        if length > MESSAGE { Err(Exceeded) } else { Ok(()) }
    }
}

impl std::fmt::Display for Exceeded {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "more than {} MiB in one message or {} MiB in all", MESSAGE >> 20, TOTAL >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_one_message_nor_all_of_them_may_be_too_long() {
        let mut budget = Budget::new();
        assert_eq!(budget.spend(1, MESSAGE + 1), Err(Exceeded));
        let messages = (0..).take_while(|_| budget.spend(MESSAGE, MESSAGE).is_ok()).count();
        assert_eq!((messages, budget.spend(1, 1)), (3, Ok(())));
        assert_eq!(budget.longest(), MESSAGE - 2);
    }
}
