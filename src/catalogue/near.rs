//! Which tool of a server a name may have been meant for.
//!
//! Names of tools are made of words, and it is the words that are compared: `purge_directory` shares most of its
//! letters with `create_directory`, and is its opposite.

use super::name::split;
use super::record::Server;
use crate::source::slip;

/// From this share of common words on, two names may be of one tool.
const ALIKE: f64 = 0.75;

impl Server {
    /// The name of the tool that a name is plainly meant for: a slip of the hand, or the same words in
    /// another order or shortened.
    pub fn misspelt_tool(&self, name: &str) -> Option<&str> {
        let names = self.tools.iter().map(|tool| &*tool.name);
        slip(name, names)
            .or_else(|| self.like(name).filter(|(_, share)| *share >= 1.0).map(|it| it.0))
    }

    /// The name of the tool that a name is most like, if any is like it at all.
    pub fn nearest_tool(&self, name: &str) -> Option<&str> {
        self.misspelt_tool(name).or_else(|| self.like(name).map(|(tool, _)| tool))
    }

    /// The tool with most words in common, and their share of all words of both.
    fn like(&self, name: &str) -> Option<(&str, f64)> {
        let words = split(name);
        let tools = self.tools.iter().map(|tool| (&*tool.name, share(&words, &split(&tool.name))));
        // Of tools that are as like, the first is taken, so that the answer is always the same.
        let better = |best: Option<(_, f64)>, one: (_, f64)| match best {
            Some(best) if best.1 >= one.1 => Some(best),
            _ => (one.1 >= ALIKE).then_some(one).or(best),
        };
        tools.fold(None, better)
    }
}

/// The share of the words of two names that the other one has too.
fn share(one: &[String], other: &[String]) -> f64 {
    let mut left: Vec<&String> = other.iter().collect();
    let mut common = 0;
    for word in one {
        if let Some(at) = left.iter().position(|same| is_same(word, same)) {
            left.swap_remove(at);
            common += 1;
        }
    }
    2.0 * f64::from(common) / (one.len() + other.len()).max(1) as f64
}

/// Whether two words are one, misspelt or shortened: `repos` and `repository`.
fn is_same(one: &str, other: &str) -> bool {
    /// Fewer letters are the beginning of many words.
    const STEM: usize = 4;
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let stem = short.strip_suffix('s').unwrap_or(short);
    one == other || (stem.len() >= STEM && long.starts_with(stem)) || slip(one, [other]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Subject, classify};

    fn near(name: &str, tools: &[&str]) -> (Option<String>, Option<String>) {
        let tool = |name: &&str| classify(&Subject::named(name)).into_tool(*name);
        let server = Server { tools: tools.iter().map(tool).collect(), ..Server::default() };
        let owned = |tool: Option<&str>| tool.map(str::to_owned);
        (owned(server.misspelt_tool(name)), owned(server.nearest_tool(name)))
    }

    #[test]
    fn the_same_words_are_meant_however_they_are_written() {
        for (name, meant) in [
            ("delete_inventorys", "delete_inventory"),
            ("pull_request_merge", "merge_pull_request"),
            ("search_repos", "search_repositories"),
            ("getRepositry", "get_repository"),
        ] {
            let tools = [meant, "create_repository", "pull_request_read", "delete_all"];
            assert_eq!(near(name, &tools).0.as_deref(), Some(meant), "{name}");
        }
    }

    #[test]
    fn what_does_another_thing_is_never_meant() {
        let files = ["create_directory", "edit_file", "move_file", "list_directory"];
        for name in ["purge_directory", "delete_file", "copy_file", "remove_directory", "list"] {
            assert_eq!(near(name, &files), (None, None), "{name}");
        }
    }

    #[test]
    fn a_name_with_a_word_more_is_like_it_and_no_misspelling() {
        let tools = ["browser_run_code_unsafe", "browser_close"];
        assert_eq!(near("browser_run_code", &tools).0, None);
        assert_eq!(near("browser_run_code", &tools).1.as_deref(), Some(tools[0]));
    }
}
