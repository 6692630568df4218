//! The page around the sections.

use std::fmt::Display;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::chart::patterns;
use super::markup::Markup;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A page that is being written.
pub(in crate::report) struct Page {
    title: String,
    kind: &'static str,
    lead: Markup,
    sections: Vec<Section>,
}

struct Section {
    id: String,
    title: String,
    body: Markup,
}

impl Page {
    /// A page of a kind of report, below a title that says what came of it.
    pub(in crate::report) fn new(kind: &'static str, title: &str) -> Page {
        Page { title: title.to_owned(), kind, lead: Markup::default(), sections: Vec::new() }
    }

    /// What stands above all sections.
    pub(in crate::report) fn lead(&mut self, make: impl FnOnce(&mut Markup)) {
        make(&mut self.lead);
    }

    /// A section with its heading.
    pub(in crate::report) fn section(&mut self, title: &str, make: impl FnOnce(&mut Markup)) {
        let id = format!("s{}", self.sections.len() + 1);
        let (title, body) = (title.to_owned(), Markup::of(make));
        self.sections.push(Section { id, title, body });
    }

    /// The whole page.
    pub(in crate::report) fn finish(self) -> String {
        let document = Markup::of(|out| {
            out.element("html", &[("lang", &"en")], |out| {
                out.end_line();
                out.element("head", &[], |out| self.write_head(out));
                out.end_line();
                out.element("body", &[], |out| self.write_body(out));
                out.end_line();
            });
        });
        document.into_document()
    }

    fn write_head(&self, out: &mut Markup) {
        out.empty("meta", &[("charset", &"utf-8")]);
        let policy = content_security_policy();
        out.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &policy)]);
        out.empty("meta", &[("name", &"referrer"), ("content", &"no-referrer")]);
        let fits = "width=device-width, initial-scale=1";
        out.empty("meta", &[("name", &"viewport"), ("content", &fits)]);
        out.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
        out.leaf("title", &[], &format!("{}: {}", self.kind, self.title));
        out.own("style", STYLE);
    }

    fn write_body(&self, out: &mut Markup) {
        patterns(out);
        out.end_line();
        out.element("header", &[], |out| {
            out.leaf("p", &[("class", &"kind")], self.kind);
            out.leaf("h1", &[], &self.title);
        });
        if self.sections.len() > 1 {
            out.element("nav", &[("aria-label", &"Sections")], |out| self.write_contents(out));
        }
        out.end_line();
        out.element("main", &[], |out| {
            out.add(&self.lead);
            for section in &self.sections {
                out.end_line();
                let heading = format!("{}-title", section.id);
                let labelled: [(&'static str, &dyn Display); 2] =
                    [("id", &section.id), ("aria-labelledby", &heading)];
                out.element("section", &labelled, |out| {
                    out.leaf("h2", &[("id", &heading)], &section.title);
                    out.add(&section.body);
                });
            }
        });
        out.end_line();
        out.element("footer", &[], |out| {
            out.leaf("p", &[], concat!("Made by gatelint ", env!("CARGO_PKG_VERSION"), "."));
        });
        out.own("script", SCRIPT);
    }

    fn write_contents(&self, out: &mut Markup) {
        out.element("ul", &[], |out| {
            for section in &self.sections {
                out.element("li", &[], |out| {
                    let to = format!("#{}", section.id);
                    out.leaf("a", &[("href", &to)], &section.title);
                });
            }
        });
    }
}

/// What the page may do: be styled and run by its own style and script, and nothing else.
fn content_security_policy() -> String {
    let hash = |code: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(code)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
