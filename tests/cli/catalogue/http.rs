//! Importing over HTTP from servers of this machine, as different as servers are.
#![cfg(feature = "live")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Folder, Run};

/// A request: its method, its headers in small letters, and its body.
struct Request {
    method: String,
    head: String,
    message: Value,
}

impl Request {
    fn read(stream: &TcpStream) -> Option<Request> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while reader.read_line(&mut head).ok()? > 2 {}
        let method = head.split(' ').next()?.to_owned();
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
        Some(Request { method, head, message: serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// What a server answers in JSON; nothing to what is no request.
    fn answer(&self) -> Option<String> {
        let result = match self.message["method"].as_str()? {
            "initialize" => json!({ "protocolVersion": "2025-06-18", "capabilities": {},
                                    "serverInfo": { "name": "over-http", "version": "1" } }),
            "tools/list" => json!({ "tools": [{ "name": "run_x", "inputSchema": {} }] }),
            _ => return None,
        };
        Some(json!({ "jsonrpc": "2.0", "id": self.message["id"], "result": result }).to_string())
    }
}

/// A complete answer.
fn http(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nMCP-Session-Id: s-1\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn chunked(kind: &str, body: &str) -> String {
    let chunks = body
        .as_bytes()
        .chunks(7)
        .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap()));
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunks.collect::<String>()
    )
}

fn accepted() -> String {
    http("202 Accepted", "application/json", "null")
}

/// Imports from a server that answers as it is told, and gives back the heads that it received.
fn import(answer: impl Fn(&Request) -> String + Send + 'static, path: &str) -> (Run, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = path.replace("HOST", &listener.local_addr().unwrap().to_string());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let received = Arc::clone(&heads);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(request) = Request::read(&stream) else { continue };
            received.lock().unwrap().push(request.head.clone());
            // In Latin-1, as headers are.
            let bytes: Vec<u8> = answer(&request).chars().map(|one| one as u8).collect();
            _ = stream.write_all(&bytes);
        }
    });
    let arguments = ["catalogue", "import", "--timeout", "20", "--format", "json", "--url", &url];
    let run = Folder::new().run(&arguments);
    let heads = heads.lock().unwrap().clone();
    (run, heads)
}

#[test]
fn every_way_to_answer_is_understood() {
    type Wrap = fn(&str) -> String;
    let ways: [(&str, Wrap); 8] = [
        ("JSON", |json| http("200 OK", "application/json", json)),
        ("JSON by another name", |json| http("200 OK", "Application/X+JSON; charset=utf-8", json)),
        ("JSON in chunks", |json| chunked("application/json", json)),
        ("events", |json| {
            let events = format!(": hello\r\n\r\nevent: message\r\ndata: {json}\r\n\r\n");
            http("200 OK", "Text/Event-Stream; charset=UTF-8", &events)
        }),
        ("events in chunks", |json| {
            chunked("text/event-stream", &format!("id: 1\ndata:\n\ndata: {json}\n\n"))
        }),
        ("hints first", |json| {
            let hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
            format!("{hint}{}", http("200 OK", "application/json", json))
        }),
        ("a header in Latin-1", |json| {
            http("200 OK", "application/json\r\nX-Name: Zo\u{eb}", json)
        }),
        ("until the end", |json| {
            format!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{json}")
        }),
    ];
    for (way, wrap) in ways {
        let answer = move |request: &Request| match request.answer() {
            Some(json) => wrap(&json),
            None => accepted(),
        };
        let (run, _) = import(answer, "http://HOST/mcp");
        assert_eq!(run.status, 0, "{way}: {}", run.err);
        assert_eq!(run.json()["server"], "over-http", "{way}");
        assert_eq!(run.json()["tools"][0]["category"], "Execute", "{way}");
    }
}

#[test]
fn a_session_is_kept_and_ended() {
    let answer = |request: &Request| match request.answer() {
        Some(json) => http("200 OK", "application/json", &json),
        None => accepted(),
    };
    let (run, heads) = import(answer, "HTTP://HOST/mcp");
    assert_eq!(run.status, 0, "{}", run.err);
    let methods: Vec<_> = heads.iter().map(|head| head.split(' ').next().unwrap()).collect();
    assert_eq!(methods, ["post", "post", "post", "delete"]);
    assert!(heads[0].contains("accept: application/json, text/event-stream\r\n"), "{}", heads[0]);
    assert!(!heads[0].contains("mcp-session-id"), "{}", heads[0]);
    for head in &heads[1..] {
        assert!(head.contains("mcp-session-id: s-1\r\n"), "{head}");
        assert!(head.contains("mcp-protocol-version: 2025-06-18\r\n"), "{head}");
    }
}

#[test]
fn a_stream_that_ends_early_is_resumed_where_that_is_possible() {
    let waiting = Mutex::new(String::new());
    let resumable = move |request: &Request| match (request.method.as_str(), request.answer()) {
        (_, Some(json)) => {
            *waiting.lock().unwrap() = json;
            http("200 OK", "text/event-stream", "id: 7\nretry: 10\ndata:\n\n")
        }
        ("GET", _) if request.head.contains("last-event-id: 7\r\n") => {
            let event = format!("data: {}\n\n", waiting.lock().unwrap());
            http("200 OK", "text/event-stream", &event)
        }
        _ => accepted(),
    };
    let (run, _) = import(resumable, "http://HOST/mcp");
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["server"], "over-http");
    let primed = |request: &Request| match request.method.as_str() {
        "GET" => http("405 Method Not Allowed", "text/plain", ""),
        _ => http("200 OK", "text/event-stream", "id: 7\nretry: 10\ndata:\n\n"),
    };
    let (run, _) = import(primed, "http://HOST/mcp");
    assert!(run.err.contains("is not resumed: HTTP 405 Method Not Allowed"), "{}", run.err);
    let lost = |_: &Request| http("200 OK", "text/event-stream", ": nothing\n\n");
    let (run, _) = import(lost, "http://HOST/mcp");
    assert!(run.err.contains("it ended before it answered `initialize`"), "{}", run.err);
}

#[test]
fn questions_in_a_stream_are_answered() {
    let pong = Arc::new(Mutex::new(false));
    let heard = Arc::clone(&pong);
    let answer = move |request: &Request| match request.answer() {
        Some(json) => {
            let ping = r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#;
            http("200 OK", "text/event-stream", &format!("data: {ping}\n\ndata: {json}\n\n"))
        }
        None => {
            *heard.lock().unwrap() |=
                request.message == json!({ "jsonrpc": "2.0", "id": "p", "result": {} });
            accepted()
        }
    };
    let (run, _) = import(answer, "http://HOST/mcp");
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(*pong.lock().unwrap());
}

#[test]
fn a_server_that_fails_over_http_says_how() {
    let error =
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no such version"}}"#;
    for (answer, message) in [
        (http("401 Unauthorized", "text/plain", ""), "with HTTP 401 Unauthorized"),
        (http("400 Bad Request", "application/json", error), "400 Bad Request: no such version"),
        (
            http("307 Temporary Redirect", "text/plain\r\nLocation: /mcp/", ""),
            "HTTP 307 Temporary Redirect, to /mcp/",
        ),
        (http("200 OK", "text/html", "<html>"), "HTTP 200 OK and no message to it"),
        (accepted(), "HTTP 202 Accepted and no message to it"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_owned(),
            "it ended before it answered `initialize`",
        ),
        ("SSH-2.0-x\r\n".to_owned(), "it cannot be reached"),
    ] {
        let (run, _) = import(move |_| answer.clone(), "http://name:SECRET@HOST/mcp?key=SECRET");
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{message}");
        assert!(run.err.contains(message), "{message}: {}", run.err);
        assert!(run.err.contains("/…: ") && !run.err.contains("SECRET"), "{}", run.err);
    }
}

#[test]
fn only_servers_of_this_machine_are_asked() {
    let folder = Folder::new();
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://name:SECRET@{unused}/");
    let run = folder.run(&["catalogue", "import", "--url", &url]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("it cannot be reached"), "{}", run.err);
    assert!(!run.err.contains("SECRET"), "{}", run.err);
    let run = folder.run(&["catalogue", "import", "--url", "http://example.com/"]);
    assert!(run.err.contains("no `http` address of this machine"), "{}", run.err);
}

#[test]
fn a_server_that_accepts_and_never_answers_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let run = Folder::new().run(&["catalogue", "import", "--timeout", "1", "--url", &url]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("no answer to `initialize` within 1 s"), "{}", run.err);
}
