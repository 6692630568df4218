//! Shell commands, taken apart once for whoever judges them: what an agent sees of them is another
//! matter, which its profile says ([`crate::policy::ShellProfile`]).
//!
//! The grammar is tree-sitter's for Bash, in the version that the agents themselves ship with: where a
//! text is broken or odd, they see what it sees.

mod names;
mod part;
mod reaching;
mod removal;
mod runners;
mod script;
mod sense;
mod sequence;
mod word;

pub use names::{LONGER, runs_others};
pub use part::{Feature, Part, Parts, Piece, Redirect};
pub use reaching::{How, REACHING};
pub use removal::forces_removal;
pub use runners::{Purpose, RUNNERS, Runner, is_skipped};
pub use script::{Command, MAX_BYTES, Script, TooLong};
pub use sense::{FIND_DOES, Sense, sense, split};
pub use sequence::{literal_commands, plain_commands, shell_text};
pub use word::{Word, WordKind};
