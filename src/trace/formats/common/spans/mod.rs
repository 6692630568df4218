//! Spans of OpenTelemetry, by whatever way they were exported, and the calls among them.

mod attributes;
pub(in crate::trace) mod otlp_export;
mod output_messages;
mod span;
mod view;
mod window;
mod writer;

use serde_json::value::RawValue;

pub(in crate::trace) use self::attributes::Attributes;
use self::span::{Role, Span};
pub(in crate::trace) use self::view::{Event, SpanView};
use self::window::{Ids, Window};
use super::reader::Calls;
use crate::trace::record::text_of;

/// Finds the calls among spans.
#[derive(Debug, Default)]
pub(in crate::trace) struct Spans {
    window: Window,
}

impl Spans {
    /// Takes a span of a resource. One that is a call which cannot be read is told of, and costs no
    /// other.
    pub(in crate::trace) fn take(
        &mut self,
        view: &SpanView<'_>,
        resource: &Attributes<'_>,
        calls: &mut Calls,
    ) {
        if let Err(why) = self.span(view, resource, calls) {
            calls.complain(calls.line, why);
        }
    }

    /// Gives out all calls.
    pub(in crate::trace) fn finish(&mut self, calls: &mut Calls) {
        self.window.finish(calls);
    }

    fn span(
        &mut self,
        view: &SpanView<'_>,
        resource: &Attributes<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let mut span = Span::read(view, resource, calls.field.as_deref())?;
        let text = |json: Option<&RawValue>| {
            json.map(|json| text_of(json.get()).into_owned()).filter(|text| !text.is_empty())
        };
        let trace = text(view.trace).unwrap_or_default();
        let id = text(view.id).ok_or("a span without an id")?;
        let records = match &mut span.role {
            Role::Call(record) => std::slice::from_mut(&mut **record),
            _ => &mut span.wishes,
        };
        records.iter_mut().for_each(|record| record.line = calls.line);
        let parent = text(view.parent);
        self.window.push(span, &Ids { trace: &trace, id: &id, parent: parent.as_deref() }, calls);
        Ok(())
    }
}
