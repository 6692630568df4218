//! Sessions of the language server.

use std::thread;

use gatelint::catalogue::Catalogue;
use gatelint::config::Config;
use gatelint::lsp::{Setup, serve};
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// The server answers every request of a session once, and lives until it is told to end. The input
/// is a message a line.
pub fn holds(data: &[u8]) {
    let messages: Vec<Message> = data
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let (server, client) = Connection::memory();
    let serving = thread::spawn(move || {
        let (config, catalogue) = (Config::default(), Catalogue::builtin());
        serve(&server, |_| Setup { config, catalogue, trouble: None, today: None })
    });
    let mut open = vec![request(0, "initialize", json!({ "capabilities": {} }))];
    open.push(notification("initialized", json!({})));
    let ends = |message: &Message| match message {
        Message::Request(request) => ["initialize", "shutdown"].contains(&&*request.method),
        Message::Notification(notification) => notification.method == "exit",
        Message::Response(_) => false,
    };
    open.extend(messages.into_iter().filter(|message| !ends(message)));
    open.push(request(1 << 30, "shutdown", Value::Null));
    let mut asked: Vec<RequestId> = Vec::new();
    for message in open {
        if let Message::Request(request) = &message {
            asked.push(request.id.clone());
        }
        client.sender.send(message).expect("the server listens");
    }
    client.sender.send(notification("exit", Value::Null)).expect("the server listens");
    let mut answered: Vec<RequestId> = client
        .receiver
        .iter()
        .filter_map(|message| match message {
            Message::Response(response) => Some(response.id),
            _ => None,
        })
        .collect();
    serving.join().expect("the server does not panic").expect("the server ends as it was told to");
    let key = |id: &RequestId| id.to_string();
    asked.sort_by_key(key);
    answered.sort_by_key(key);
    assert_eq!(answered, asked, "every request has one answer");
}

fn request(id: i32, method: &str, params: Value) -> Message {
    Request::new(RequestId::from(id), method.to_owned(), params).into()
}

fn notification(method: &str, params: Value) -> Message {
    Notification::new(method.to_owned(), params).into()
}
