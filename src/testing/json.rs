//! Values as JSON text.

use crate::source::{Kind, Node, ScalarKind};

/// Writes a value as JSON text, in which numbers beyond a 64-bit float stay what they are; says false where one
/// is no number of JSON's.
pub(super) fn write_json(out: &mut String, node: &Node) -> bool {
    match &node.kind {
        Kind::Seq(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                if !write_json(out, element) {
                    return false;
                }
            }
            out.push(']');
        }
        Kind::Map(map) => {
            out.push('{');
            for (index, entry) in map.live().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(out, &entry.key.text);
                out.push(':');
                if !write_json(out, &entry.value) {
                    return false;
                }
            }
            out.push('}');
        }
        Kind::Scalar(scalar) if scalar.kind == ScalarKind::String => write_text(out, &scalar.text),
        Kind::Scalar(scalar) => match node.to_json() {
            serde_json::Value::String(digits) if scalar.kind == ScalarKind::Number => {
                let is_number =
                    serde_json::from_str::<&serde_json::value::RawValue>(&digits).is_ok();
                out.push_str(&digits);
                return is_number;
            }
            value => out.push_str(&value.to_string()),
        },
    }
    true
}

fn write_text(out: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        out.push_str(&serde_json::Value::from(text).to_string());
        return;
    }
    out.push('"');
    out.push_str(text);
    out.push('"');
}
