//! The names that VS Code gives the tools of MCP servers: `mcp_`, the server's name in lower case
//! with `_` for what is no letter, digit, `_`, `.` or `-`, cut so that all before the tool's own
//! name has at most eighteen characters, a number where two servers would have the same, and `_`.

/// The most that stands before a tool's own name.
const MAX_PREFIX: usize = 18;

/// The tool's own name behind the prefix of a server of this name; none if the name has another.
pub(super) fn within<'a>(name: &'a str, server: &str) -> Option<&'a str> {
    let whole = format!("mcp_{}", sanitised(server));
    let longest = whole.len().min(MAX_PREFIX - 1);
    // A number takes the place of what it leaves no room for.
    let lengths = (0..=2).map(|digits| longest.min(MAX_PREFIX - 1 - digits)).chain([longest]);
    lengths.zip([0, 1, 2, 1]).find_map(|(length, digits)| {
        let rest = name.strip_prefix(whole.get(..length)?)?;
        let (number, rest) = rest.split_at_checked(digits)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        rest.strip_prefix('_').filter(|tool| is_number && !tool.is_empty())
    })
}

/// What stands before the tool's own name.
pub(super) fn prefix<'a>(name: &'a str, tool: &str) -> &'a str {
    name.strip_suffix(tool).unwrap_or_default()
}

fn sanitised(server: &str) -> String {
    let mut text = String::new();
    for letter in server.to_lowercase().chars() {
        let keep = letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.-".contains(letter);
        match keep {
            true => text.push(letter),
            // One for each run of others.
            false if !text.ends_with('\0') => text.push('\0'),
            false => {}
        }
    }
    text.replace('\0', "_")
}

/// Whether a tool of VS Code's own is the same by the name that the model has for it, `read_file`,
/// and the one that VS Code has, `copilot_readFile`.
pub(super) fn is_own(name: &str, id: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
    };
    letters(name) == letters(id.strip_prefix("copilot_").unwrap_or(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_a_server_is_cut_and_may_have_a_number() {
        for (name, server, tool) in [
            ("mcp_library_lend_book", "library", Some("lend_book")),
            ("mcp_garden_shed_c_open", "Garden Shed Control", Some("open")),
            ("mcp_garden_shed_2_open", "Garden Shed Control", Some("open")),
            ("mcp_notes2_add", "notes", Some("add")),
            ("mcp_a_b_c_add", "a / b: c", Some("add")),
            ("mcp_a-b.c_add", "a-b.c", Some("add")),
            ("mcp_notes_", "notes", None),
            ("mcp_other_add", "notes", None),
            ("mcp_notesx_add", "notes", None),
            ("add", "notes", None),
        ] {
            assert_eq!(within(name, server), tool, "{name}");
        }
        assert_eq!(prefix("mcp_notes_add", "add"), "mcp_notes_");
    }

    #[test]
    fn own_tools_have_two_spellings() {
        assert!(is_own("read_file", "copilot_readFile"));
        assert!(is_own("run_in_terminal", "run_in_terminal"));
        assert!(!is_own("read_file", "copilot_listDirectory"));
    }
}
