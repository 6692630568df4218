//! A conversation with a server: the handshake, then `tools/list` page by page
//! (<https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle>).

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::endpoint::Announcement;
use super::error::LiveError;
use super::message::Outgoing;

pub(super) const INITIALIZE: &str = "initialize";
pub(super) const LIST: &str = "tools/list";

/// The version of the protocol that this client asks for. Servers may answer with another one; how
/// tools are listed is the same in all that have a handshake.
const VERSION: &str = "2025-11-25";

/// The most pages that are read.
const PAGES: usize = 500;

/// The most tools that are read.
const TOOLS: usize = 10_000;

/// How messages go to a server and come back.
pub(super) trait Transport {
    /// Sends a request, and waits for its result.
    fn ask(&mut self, request: &Outgoing) -> Result<Box<RawValue>, LiveError>;

    /// Sends a notification.
    fn tell(&mut self, notification: &Outgoing) -> Result<(), LiveError>;

    /// Holds to a version of the protocol from now on.
    fn agree(&mut self, _version: &str) {}

    /// Takes leave.
    fn end(&mut self) {}
}

/// What a server says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: String,
    server_info: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    tools: Vec<Box<RawValue>>,
    next_cursor: Option<Value>,
}

/// Asks for all tools, and says before each request what it is.
pub(super) fn converse(
    transport: &mut impl Transport,
    asks: impl Fn(&'static str),
) -> Result<Announcement, LiveError> {
    asks(INITIALIZE);
    let announcement = begin(transport).and_then(|about| {
        asks(LIST);
        let tools = pages(transport)?;
        let text = |field| Some(about.as_ref()?.get(field)?.as_str()?.to_owned());
        let (name, title) = (text("name").filter(|name| !name.is_empty()), text("title"));
        Ok(Announcement { name, title, json: list(&tools), has_strays: false })
    });
    transport.end();
    announcement
}

fn begin(transport: &mut impl Transport) -> Result<Option<Value>, LiveError> {
    let params = json!({
        "protocolVersion": VERSION,
        "capabilities": {},
        "clientInfo": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
    });
    let answer = transport.ask(&Outgoing::request(1, INITIALIZE, Some(params)))?;
    let answer: Initialized = serde_json::from_str(answer.get()).map_err(|_| {
        let answer = "something that names no `protocolVersion`".to_owned();
        LiveError::Refused { request: INITIALIZE, answer }
    })?;
    transport.agree(&answer.protocol_version);
    transport.tell(&Outgoing::notification("notifications/initialized"))?;
    Ok(answer.server_info)
}

fn pages(transport: &mut impl Transport) -> Result<Vec<Box<RawValue>>, LiveError> {
    let refused = |answer| LiveError::Refused { request: LIST, answer };
    let (mut tools, mut cursors) = (Vec::new(), HashSet::new());
    let mut params = None;
    for number in 1..=PAGES {
        let request = Outgoing::request(number as u64 + 1, LIST, params);
        let page: Page = serde_json::from_str(transport.ask(&request)?.get())
            .map_err(|_| refused("something that holds no list of tools".to_owned()))?;
        tools.extend(page.tools);
        if tools.len() > TOOLS {
            return Err(refused(format!("more than {TOOLS} tools")));
        }
        let cursor = match page.next_cursor {
            // An empty cursor leads nowhere; some servers end their lists so.
            None => return Ok(tools),
            Some(Value::String(cursor)) if cursor.is_empty() => return Ok(tools),
            Some(Value::String(cursor)) => cursor,
            Some(_) => return Err(refused("a `nextCursor` that is no text".to_owned())),
        };
        params = Some(json!({ "cursor": cursor }));
        if !cursors.insert(cursor) {
            return Err(LiveError::Endless { pages: number });
        }
    }
    Err(refused(format!("more than {PAGES} pages")))
}

/// The list of all pages, a tool a line, so that a line leads to the tool.
fn list(tools: &[Box<RawValue>]) -> String {
    let tools: Vec<&str> = tools.iter().map(|tool| tool.get()).collect();
    format!("{{\"tools\": [\n{}\n]}}\n", tools.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers `initialize`, then gives out pages; after the last one it begins again.
    struct Pages {
        pages: Vec<Value>,
        asked: Vec<String>,
        told: Vec<&'static str>,
        ended: bool,
    }

    impl Transport for Pages {
        fn ask(&mut self, request: &Outgoing) -> Result<Box<RawValue>, LiveError> {
            let number = self.asked.len();
            self.asked.push(request.json.clone());
            let answer = match number {
                0 => json!({ "protocolVersion": "2024-11-05", "serverInfo": { "name": "x" } }),
                _ => self.pages[(number - 1) % self.pages.len()].clone(),
            };
            Ok(serde_json::value::to_raw_value(&answer).unwrap())
        }

        fn tell(&mut self, notification: &Outgoing) -> Result<(), LiveError> {
            self.told.push(notification.method);
            Ok(())
        }

        fn end(&mut self) {
            self.ended = true;
        }
    }

    fn converse_over(pages: Vec<Value>) -> (Result<Announcement, String>, Pages) {
        let mut pages = Pages { pages, asked: Vec::new(), told: Vec::new(), ended: false };
        let announcement = converse(&mut pages, |_| ()).map_err(|error| error.to_string());
        assert!(pages.ended);
        (announcement, pages)
    }

    #[test]
    fn all_pages_become_one_list_that_is_kept_as_it_came() {
        let pages = vec![
            json!({ "tools": [{ "name": "a", "x-own": 1 }], "nextCursor": "p\"2" }),
            json!({ "tools": [{ "name": "b" }], "nextCursor": null }),
        ];
        let (announcement, pages) = converse_over(pages);
        let announcement = announcement.unwrap();
        assert_eq!((announcement.name.as_deref(), announcement.title), (Some("x"), None));
        assert_eq!(
            announcement.json,
            "{\"tools\": [\n{\"name\":\"a\",\"x-own\":1},\n{\"name\":\"b\"}\n]}\n"
        );
        assert_eq!(pages.told, ["notifications/initialized"]);
        assert!(!pages.asked[1].contains("params"));
        assert!(pages.asked[2].contains(r#""params":{"cursor":"p\"2"}"#), "{}", pages.asked[2]);
    }

    #[test]
    fn lists_without_end_are_given_up() {
        let error = |pages| converse_over(pages).0.unwrap_err();
        let page = |cursor: String| json!({ "tools": [], "nextCursor": cursor });
        assert!(error(vec![page("x".to_owned())]).contains("has no end: 2 pages"));
        let many = (0..600).map(|number| page(number.to_string())).collect();
        assert!(error(many).ends_with("more than 500 pages"));
        let crowd = json!({ "tools": vec![1; 10_001] });
        assert!(error(vec![crowd]).ends_with("more than 10000 tools"));
    }

    #[test]
    fn what_is_no_list_is_no_empty_list() {
        let error = |page| converse_over(vec![page]).0.unwrap_err();
        for page in [json!({}), json!([]), json!({ "tools": {} }), json!({ "tools": null })] {
            assert!(error(page).ends_with("holds no list of tools"));
        }
        let numbered = json!({ "tools": [], "nextCursor": 2 });
        assert!(error(numbered).ends_with("a `nextCursor` that is no text"));
    }
}
