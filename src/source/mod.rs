//! Documents: text read into one tree in which every key and every value has its byte span.
//!
//! JSON, YAML, TOML and Starlark give the same [`Node`]s, so every later layer speaks of places as [`Pointer`]s
//! and asks for spans only when something is shown or edited. Reading never stops at a bad part
//! that can be stepped over: what is wrong is listed in [`Document::problems`].

mod document;
mod edit;
mod hash_comments;
mod instance;
mod json;
mod limits;
mod line_table;
mod look;
mod nearest;
mod node;
mod pointer;
mod problem;
mod scalar;
mod schema;
mod span;
pub(crate) mod starlark;
mod toml;
mod yaml;

pub use document::{Document, Format};
pub use edit::{Draft, Edit, Editor, apply};
pub use limits::{MAX_ALIAS_NODES, MAX_DEPTH};
pub use line_table::{LineTable, Position};
pub use look::{is_hidden, is_unseen, look, rough_look};
pub use nearest::{all_of, having_part, nearest, one_of, slip};
pub use node::{Entry, Key, Kind, Map, Node};
pub use pointer::{Part, Place, Pointer};
pub use problem::{Problem, ProblemKind};
pub use scalar::{Scalar, ScalarKind, Tag, Typing};
pub use schema::{Schema, Violation, ViolationKind};
pub use span::Span;
pub use yaml::Comment;
