//! Markup in which text stays text.

use std::fmt::{Display, Write};

use crate::report::common::escape::escape;

/// Elements, each closed as it was opened. Names are the program's own; values and texts are escaped.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Markup(String);

/// Names of attributes with their values.
pub(in crate::report) type Attributes<'a> = [(&'static str, &'a dyn Display)];

impl Markup {
    /// What is made of nothing.
    pub(in crate::report) fn of(make: impl FnOnce(&mut Markup)) -> Markup {
        let mut markup = Markup::default();
        make(&mut markup);
        markup
    }

    /// An element with what is in it.
    pub(in crate::report) fn element(
        &mut self,
        name: &'static str,
        attributes: &Attributes<'_>,
        inside: impl FnOnce(&mut Markup),
    ) {
        self.open(name, attributes);
        self.0.push('>');
        inside(self);
        _ = write!(self.0, "</{name}>");
    }

    /// An element with a text in it.
    pub(in crate::report) fn leaf(
        &mut self,
        name: &'static str,
        attributes: &Attributes<'_>,
        text: &str,
    ) {
        self.element(name, attributes, |inside| inside.text(text));
    }

    /// An element that has nothing in it.
    pub(in crate::report) fn empty(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// Text. What would not be seen, or would make others see something else, is spelt out.
    pub(in crate::report) fn text(&mut self, text: &str) {
        for character in escape(text).chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// Markup made before.
    pub(in crate::report) fn add(&mut self, markup: &Markup) {
        self.0.push_str(&markup.0);
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The end of a line, which nobody sees.
    pub(in crate::report) fn end_line(&mut self) {
        self.0.push('\n');
    }

    /// The program's own style or script, as it is: the page's policy allows nothing else.
    pub(super) fn own(&mut self, name: &'static str, code: &'static str) {
        _ = write!(self.0, "<{name}>{code}</{name}>");
    }

    /// The whole as a document.
    pub(super) fn into_document(self) -> String {
        format!("<!DOCTYPE html>\n{}\n", self.0)
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        _ = write!(self.0, "<{name}");
        for (name, value) in attributes {
            _ = write!(self.0, " {name}=\"");
            self.text(&value.to_string());
            self.0.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_or_a_value_is_markup() {
        let markup = Markup::of(|out| {
            out.leaf("b", &[("title", &"\"><script>")], "</b>'&\u{202e}\n");
            out.empty("br", &[]);
        });
        let shown = r"<b title=&quot;&quot;&gt;&lt;script&gt;>".replacen("&quot;", "\"", 1);
        let shown = shown.replacen("script&gt;>", "script&gt;\">", 1);
        assert_eq!(markup.0, format!(r"{shown}&lt;/b&gt;&#39;&amp;\u{{202e}}\u{{a}}</b><br/>"));
    }
}
