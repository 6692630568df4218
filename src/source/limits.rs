//! What a document may take.

/// How deep a document may nest. Real policies nest about eight levels, and agents read settings that
/// nest hundreds; the bound keeps hostile input from exhausting the stack of whoever walks the tree.
pub const MAX_DEPTH: usize = 500;

/// How many nodes the aliases of a YAML document may add, so that a few lines cannot grow into
/// gigabytes ("alias bomb").
pub const MAX_ALIAS_NODES: usize = 100_000;
