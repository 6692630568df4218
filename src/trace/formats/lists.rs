//! Where the lists stand that make documents large, so that these can be read in several goes.

/// The lists of a document or of what stands within one.
#[derive(Debug)]
pub(in crate::trace) struct Lists {
    /// The fields that hold lists, or objects that hold them, in the order in which a reader takes
    /// them. What stands in other fields is said of all elements.
    pub(in crate::trace) fields: &'static [&'static str],
    /// The lists in objects under these fields.
    pub(in crate::trace) within: Option<&'static Lists>,
    /// The lists in the elements.
    pub(in crate::trace) of_elements: Option<&'static Lists>,
}

impl Lists {
    const fn of(fields: &'static [&'static str]) -> Lists {
        Lists { fields, within: None, of_elements: None }
    }
}

/// The lists of formats that have documents. A list at the top of a file is none of these: its
/// elements are read one by one in all formats.
const OF_FORMATS: [(&str, &Lists); 15] = [
    ("copilot-chat", &Lists::of(&["requests"])),
    ("gemini-cli", &Lists::of(&["messages"])),
    ("goose", &Lists::of(&["conversation"])),
    ("har", &Lists { within: Some(&Lists::of(&["entries"])), ..Lists::of(&["log"]) }),
    ("inspect", &Lists { of_elements: Some(&EVENTS), ..Lists::of(&["samples", "events"]) }),
    ("jaeger", &Lists { of_elements: Some(&SPANS), ..Lists::of(&["data", "spans"]) }),
    ("langfuse", &Lists::of(&["observations", "data"])),
    ("langsmith", &Lists::of(&["runs"])),
    ("messages", &MESSAGES),
    ("opencode", &Lists { of_elements: Some(&Lists::of(&["parts"])), ..Lists::of(&["messages"]) }),
    ("openhands", &Lists::of(&["history"])),
    ("otlp", &EXPORT),
    ("swe-agent", &Lists::of(&["trajectory", "history"])),
    ("vercel-messages", &Lists::of(&["messages"])),
    ("tempo", &Lists { within: Some(&EXPORT), ..EXPORT }),
];

const EVENTS: Lists = Lists::of(&["events"]);

const SPANS: Lists = Lists::of(&["spans"]);

/// Requests and answers, and what holds one.
static MESSAGES: Lists = Lists {
    within: Some(&MESSAGES),
    ..Lists::of(&[
        "messages", "input", "choices", "message", "output", "body", "request", "response",
        "result",
    ])
};

const EXPORT: Lists = Lists {
    of_elements: Some(&Lists {
        of_elements: Some(&SPANS),
        ..Lists::of(&[
            "scopeSpans",
            "scope_spans",
            "instrumentationLibrarySpans",
            "instrumentation_library_spans",
        ])
    }),
    ..Lists::of(&["resourceSpans", "resource_spans", "batches", "trace"])
};

/// The lists of a format of this name.
pub(in crate::trace) fn of_format(name: &str) -> Option<&'static Lists> {
    OF_FORMATS.iter().find(|(format, _)| *format == name).map(|(_, lists)| *lists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::Format;

    #[test]
    fn every_format_that_is_named_here_is_one() {
        for (name, lists) in OF_FORMATS {
            assert!(Format::named(name).is_some(), "{name}");
            assert!(!lists.fields.is_empty(), "{name}");
        }
    }
}
