//! Finding tools by words.

use super::category::Vocabulary;
use super::record::{Server, Tool};

/// The server with those of its tools that have all of the words, which are in lower case; `None`
/// when it has no such tool.
pub(super) fn matching(server: &Server, words: &[String]) -> Option<Server> {
    let title = server.title.as_deref().unwrap_or_default();
    let about = format!("{}\n{title}", server.name).to_lowercase();
    let tools: Vec<Tool> =
        server.tools.iter().filter(|tool| has_all(tool, &about, words)).cloned().collect();
    let found = || Server { name: server.name.clone(), title: server.title.clone(), tools };
    (!words.is_empty() && server.tools.iter().any(|tool| has_all(tool, &about, words))).then(found)
}

fn has_all(tool: &Tool, about: &str, words: &[String]) -> bool {
    let name = tool.name.to_lowercase();
    let category = tool.category.word().to_lowercase();
    let is_signal = |word: &str| tool.signals.iter().any(|signal| signal.word().contains(word));
    words.iter().all(|word| {
        let word = word.as_str();
        name.contains(word) || category.contains(word) || about.contains(word) || is_signal(word)
    })
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    fn found(words: &[&str]) -> Vec<String> {
        let servers = Catalogue::builtin().search(words);
        let tools = |server: &crate::catalogue::Server| {
            server.tools.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>()
        };
        servers.iter().flat_map(tools).collect()
    }

    #[test]
    fn every_word_must_be_found_in_the_tool_or_its_server() {
        assert_eq!(found(&["runbook", "EXECUTE"]), ["run_runbook"]);
        assert_eq!(found(&["octopus", "runbook", "execute"]), ["run_runbook"]);
        assert_eq!(found(&["komodo", "runbook"]), [""; 0]);
        assert_eq!(found(&["http", "freeform-code"]), ["run"]);
        assert_eq!(found(&[]), [""; 0]);
    }
}
