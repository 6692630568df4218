//! What a document that is too large to be looked at whole looks like: all its names, its short texts,
//! and the first elements of its lists.

use std::io::{self, BufRead};

use crate::trace::json::walk::Walk;

/// How much is written with all elements of lists; of other lists only the first one is.
const ENOUGH: usize = 1 << 18;

/// How much is written at most.
const MOST: usize = 4 << 20;

/// How long a text may be to be written.
const LONGEST_TEXT: usize = 256;

/// What a skeleton is being written of.
struct Open {
    is_list: bool,
    /// Whether a name comes next.
    before_name: bool,
    is_empty: bool,
    /// How much is written up to the end of its last whole member.
    whole: usize,
}

/// The skeleton of the document that begins here, as far as it goes. What is torn is closed behind its last whole
/// member.
pub(super) fn skeleton(reader: impl BufRead) -> io::Result<Vec<u8>> {
    let mut walk = Walk::new(reader);
    let (mut text, mut open): (Vec<u8>, Vec<Open>) = (Vec::new(), Vec::new());
    while text.len() < MOST {
        let Some(byte) = walk.peek()? else { break };
        let inner = open.last_mut();
        if let b'}' | b']' | b',' | b':' = byte {
            walk.pass(1);
            match (byte, inner) {
                (b':', _) => text.push(byte),
                (b',', Some(inner)) => inner.before_name = !inner.is_list,
                (b'}' | b']', Some(_)) => {
                    text.push(byte);
                    open.pop();
                    if let Some(outer) = open.last_mut() {
                        outer.whole = text.len();
                    }
                }
                _ => break,
            }
        } else {
            let is_name = inner.as_ref().is_some_and(|inner| inner.before_name);
            if let Some(inner) = inner {
                if inner.is_list && !inner.is_empty && text.len() > ENOUGH {
                    walk.value(|_| Ok(()))?;
                    continue;
                }
                if (inner.is_list || is_name) && !std::mem::take(&mut inner.is_empty) {
                    text.push(b',');
                }
                inner.before_name = false;
            }
            if let b'{' | b'[' = byte {
                walk.pass(1);
                text.push(byte);
                let is_list = byte == b'[';
                let whole = text.len();
                open.push(Open { is_list, before_name: !is_list, is_empty: true, whole });
                continue;
            }
            let before = text.len();
            let has_ended = walk.value(|piece| {
                if text.len() - before <= LONGEST_TEXT {
                    text.extend_from_slice(piece);
                }
                Ok(())
            })?;
            if byte == b'"' && text.len() - before > LONGEST_TEXT {
                text.truncate(before);
                text.extend_from_slice(b"\"\"");
            }
            if !has_ended {
                break;
            }
            if let Some(inner) = open.last_mut().filter(|_| !is_name) {
                inner.whole = text.len();
            }
        }
        if open.is_empty() {
            break;
        }
    }
    if let Some(inner) = open.last() {
        text.truncate(inner.whole);
    }
    text.extend(open.iter().rev().map(|inner| if inner.is_list { b']' } else { b'}' }));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(document: &Value) -> Value {
        serde_json::from_slice(&skeleton(document.to_string().as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn a_small_document_is_its_own_skeleton_but_for_long_texts() {
        let long = "\"x\"".repeat(1_000);
        let document =
            json!({"a": [1, -2.5, "x\"y", [], {}], "b": {"c": null, "d": [[true]]}, "e": long});
        let mut expected = document.clone();
        expected["e"] = json!("");
        assert_eq!(of(&document), expected);
        for (text, skeleton_of) in [
            ("  [ 1 , 2 ] ", "[1,2]"),
            ("7", "7"),
            ("", ""),
            (r#"{"a":[1,{"b":2,"c"#, r#"{"a":[1,{"b":2}]}"#),
            (r#"{"a":[1,{"b":2},"c"#, r#"{"a":[1,{"b":2}]}"#),
            (r#"{"a":[],"b":"#, r#"{"a":[]}"#),
        ] {
            assert_eq!(skeleton(text.as_bytes()).unwrap(), skeleton_of.as_bytes());
        }
    }

    #[test]
    fn of_long_lists_the_first_elements_are_seen_and_what_stands_behind_them() {
        let message = json!({"role": "user", "content": [{"text": "x".repeat(200)}, 7]});
        let document =
            json!({"messages": vec![message; 10_000], "more": [[1, 2], [3]], "session": "s"});
        let skeleton = of(&document);
        assert_eq!(skeleton["session"], "s");
        assert_eq!(skeleton["more"], json!([[1]]));
        let messages = skeleton["messages"].as_array().unwrap();
        assert!(messages.len() > 100 && messages.len() < 2_000, "{}", messages.len());
        assert_eq!(messages[0], document["messages"][0]);
    }
}
