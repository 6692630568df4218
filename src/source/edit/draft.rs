//! Values to be written into a document.

use crate::source::{Entry, Format, Kind, Node};

/// A value to be written. Objects keep the order of their entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A value that is no text, as it is written.
    Plain(String),
    /// A list.
    List(Vec<Draft>),
    /// An object.
    Object(Vec<(String, Draft)>),
}

impl From<&str> for Draft {
    fn from(text: &str) -> Draft {
        Draft::Text(text.to_owned())
    }
}

impl Draft {
    /// An object of entries.
    pub fn object<const N: usize>(entries: [(&str, Draft); N]) -> Draft {
        Draft::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// What stands in a document already; none for what an anchor brings in.
    pub fn of(node: &Node) -> Option<Draft> {
        node.defined.is_none().then_some(())?;
        match &node.kind {
            Kind::Seq(elements) => {
                elements.iter().map(Draft::of).collect::<Option<_>>().map(Draft::List)
            }
            Kind::Map(map) => {
                let field =
                    |entry: &Entry| Some((entry.key.text.to_string(), Draft::of(&entry.value)?));
                map.entries().iter().map(field).collect::<Option<_>>().map(Draft::Object)
            }
            Kind::Scalar(_) if node.is_null() => Some(Draft::Plain("null".to_owned())),
            Kind::Scalar(scalar) => Some(match node.as_str() {
                Some(text) => Draft::Text(text.to_owned()),
                None => Draft::Plain(scalar.text.to_string()),
            }),
        }
    }

    /// The value on one line.
    pub fn flow(&self, format: Format) -> String {
        match self {
            Draft::Number(number) => number.to_string(),
            Draft::Plain(text) => text.clone(),
            Draft::Text(text) if format == Format::Yaml && is_plain(text) => text.clone(),
            Draft::Text(text) => quoted(text),
            Draft::List(elements) => {
                let elements: Vec<String> =
                    elements.iter().map(|element| element.flow(format)).collect();
                format!("[{}]", elements.join(", "))
            }
            Draft::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Draft::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| {
                        format!(
                            "{}: {}",
                            Draft::from(key.as_str()).flow(format),
                            value.flow(format)
                        )
                    })
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    /// The value on one line, quoted as what it replaces was.
    pub fn like(&self, old: &str, format: Format) -> String {
        match self {
            Draft::Text(text) if format == Format::Yaml && old.starts_with('"') => quoted(text),
            Draft::Text(text)
                if format == Format::Yaml
                    && old.starts_with('\'')
                    && !text.contains(char::is_control) =>
            {
                format!("'{}'", text.replace('\'', "''"))
            }
            _ => self.flow(format),
        }
    }
}

/// The text as JSON writes it, which is YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether YAML reads a word as this very text without quotes, in every schema.
fn is_plain(text: &str) -> bool {
    const TAKEN: [&str; 11] =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let mut bytes = text.bytes();
    let is_word = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    let is_rate = text.split_once('/').is_some_and(|(count, window)| {
        !count.is_empty()
            && count.bytes().all(|byte| byte.is_ascii_digit())
            && !window.is_empty()
            && window.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    is_rate || (is_word && !TAKEN.contains(&text.to_ascii_lowercase().as_str()))
}
