//! The words of `lint`: one writer a format, all on the same findings.

mod concise;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod linted;
mod markdown;
mod notice;
mod sarif;
mod statistics;

pub use concise::write_concise;
pub use github::write_github;
pub use gitlab::write_code_quality;
pub use html::write_lint_html;
pub use human::{write_files, write_lint};
pub use json::{write_lint_json, write_lint_jsonl};
pub use junit::write_junit;
pub use linted::{Linted, PassedOver, Unreadable};
pub use markdown::write_markdown;
pub use notice::{Notice, write_notices};
pub use sarif::write_sarif;
pub use statistics::{write_statistics, write_statistics_json};
