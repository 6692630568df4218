//! What the other tools of a server say about one of them.

use super::name::split;
use super::record::Annotations;
use super::words;

/// So few tools say nothing about each other.
const FEW: usize = 3;

/// What a server's tools have in common, which tells nothing of one of them or puts it in
/// another light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peers {
    /// Whether `destructiveHint` is true on every tool that is not marked as reading only: it
    /// says nothing then.
    pub all_destructive: bool,
    /// Whether `readOnlyHint` is false on every tool.
    pub none_reads: bool,
    /// Whether some of the tools trade, so that orders and positions are money.
    pub trades: bool,
}

impl Peers {
    /// What the tools have in common, by their names and claims.
    pub fn of<'a>(tools: impl Iterator<Item = (&'a str, Annotations)>) -> Peers {
        let (mut count, mut changing) = (0, 0);
        let mut peers = Peers { all_destructive: true, none_reads: true, trades: false };
        for (name, claims) in tools {
            count += 1;
            peers.none_reads &= claims.read_only_hint == Some(false);
            if !claims.claims_read_only() {
                changing += 1;
                peers.all_destructive &= claims.destructive_hint == Some(true);
            }
            peers.trades |= words::is_trade(&split(name));
        }
        peers.all_destructive &= changing >= FEW;
        peers.none_reads &= count >= FEW;
        peers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(tools: &[(&str, Option<bool>, Option<bool>)]) -> Peers {
        Peers::of(tools.iter().map(|(name, read_only_hint, destructive_hint)| {
            let (read_only_hint, destructive_hint) = (*read_only_hint, *destructive_hint);
            let claims = Annotations { read_only_hint, destructive_hint, ..Annotations::default() };
            (*name, claims)
        }))
    }

    #[test]
    fn a_mark_on_everything_that_may_change_something_says_nothing() {
        let (yes, no) = (Some(true), Some(false));
        let marked = [("a", no, yes), ("b", no, yes), ("c", None, yes), ("d", yes, None)];
        assert!(peers(&marked).all_destructive);
        let told_apart = [("a", no, yes), ("b", no, yes), ("c", no, no)];
        assert!(!peers(&told_apart).all_destructive && peers(&told_apart).none_reads);
        assert!(!peers(&marked[..2]).all_destructive, "two tools are too few");
    }

    #[test]
    fn a_server_with_one_tool_that_trades_trades() {
        assert!(peers(&[("place_stock_order", None, None), ("cancel_order", None, None)]).trades);
        assert!(!peers(&[("list_orders", None, None), ("cancel_order", None, None)]).trades);
    }
}
