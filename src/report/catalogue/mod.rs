//! The words of `catalogue`.

mod check;
mod human;
mod json;
mod warnings;

pub use check::{Checked, write_check, write_check_json, write_lock_json};
pub use human::{write_found_tools, write_server, write_server_list, write_tool_explanation};
pub use json::{
    Explanation, ServerLine, write_imported_json, write_record_json, write_record_lines,
    write_records_json, write_server_list_json, write_tool_explanation_json,
};
pub use warnings::write_warnings;
