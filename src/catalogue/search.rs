//! Finding tools by words.

use regex::bytes::{Regex, RegexBuilder};

use super::category::Vocabulary;
use super::record::{Server, Tool};

/// The server with those of its tools that have all of the words, which are in lower case; `None`
/// when it has no such tool.
pub(super) fn matching(server: &Server, words: &[String]) -> Option<Server> {
    let title = server.title.as_deref().unwrap_or_default();
    let about = format!("{}\n{title}", server.name).to_lowercase();
    let tools: Vec<Tool> =
        server.tools.iter().filter(|tool| has_all(tool, &about, words)).cloned().collect();
    (!words.is_empty() && !tools.is_empty()).then(|| Server {
        name: server.name.clone(),
        title: server.title.clone(),
        tools,
        ..Server::default()
    })
}

/// Whether a record, as JSON, may have all of the words: a quick look that spares reading most of
/// the records of an index. Words that JSON might spell in another way are not looked for.
pub(super) fn may_match(words: &[String]) -> impl Fn(&[u8]) -> bool + use<> {
    let plain = |word: &&String| {
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let pattern = |word: &String| {
        RegexBuilder::new(word).case_insensitive(true).unicode(false).build().expect("it is a word")
    };
    let patterns: Vec<Regex> = words.iter().filter(plain).map(pattern).collect();
    move |json| patterns.iter().all(|pattern| pattern.is_match(json))
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
    fn a_quick_look_passes_over_no_record_that_matches() {
        let words =
            |words: &[&str]| words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        for server in crate::catalogue::tests::reviewed() {
            let json = serde_json::to_vec(&server).unwrap();
            for words in [words(&["runbook", "execute"]), words(&["komodo"]), words(&["é\"", "."])]
            {
                let matches = super::matching(&server, &words).is_some();
                assert!(!matches || super::may_match(&words)(&json), "{words:?} {}", server.name);
            }
        }
        assert!(!super::may_match(&words(&["absent"]))(b"{}"));
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
