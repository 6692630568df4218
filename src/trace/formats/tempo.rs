//! Traces as Grafana Tempo gives them: `/api/traces/ID`, whose `batches` are what OTLP calls
//! `resourceSpans`, and `/api/v2/traces/ID`, which has them within `trace`. Ids are in base64.
//!
//! Source: <https://grafana.com/docs/tempo/latest/api_docs>.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::common::format::{FormatFacts, JSON, Units};
use super::common::reader::{Calls, Reader};
use super::common::spans::{Spans, otlp_export};
use crate::trace::record::parse_object;

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "tempo",
    description: "traces of Grafana Tempo",
    endings: JSON,
    repeats_calls: false,
    units: Units::Json(recognises),
    reader: || Box::new(Traces::default()),
};

/// Finds the calls in traces.
#[derive(Debug, Default)]
struct Traces {
    spans: Spans,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    trace: Option<&'a RawValue>,
}

/// Whether a unit is a trace.
fn recognises(unit: &Value) -> bool {
    let lists = ["resourceSpans", "resource_spans", "batches"];
    let has_spans =
        |unit: &Value| lists.iter().any(|list| unit.get(*list).is_some_and(Value::is_array));
    let is_batch = |batch: &Value| {
        let spans = ["scopeSpans", "scope_spans", "instrumentationLibrarySpans"];
        spans.iter().any(|spans| batch.get(*spans).is_some())
    };
    unit.get("trace").is_some_and(has_spans)
        || unit
            .get("batches")
            .and_then(Value::as_array)
            .is_some_and(|batches| batches.iter().any(is_batch))
}

impl Reader for Traces {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let answer: Answer<'_> = parse_object(unit, "a trace of Tempo")?;
        let export = answer.trace.map_or(unit, RawValue::get);
        otlp_export::take(export, &mut self.spans, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.spans.finish(calls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::outline::outline;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;

    #[test]
    fn both_ways_of_asking_give_the_same_calls() {
        let span = |scopes: &str, kind: &str| {
            format!(
                r#"{{"{scopes}":[{{"spans":[{{"spanId":"AAAAAAAAALE=","traceId":"AAAA","name":"execute_tool add","kind":"{kind}","attributes":[{{"key":"gen_ai.operation.name","value":{{"stringValue":"execute_tool"}}}}],"startTimeUnixNano":"1772359202000000000","status":{{"code":"STATUS_CODE_ERROR"}}}}]}}],"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}}}}"#
            )
        };
        for (unit, client, server) in [
            (
                format!(
                    r#"{{"batches":[{}]}}"#,
                    span("instrumentationLibrarySpans", "SPAN_KIND_INTERNAL")
                ),
                "shop",
                "",
            ),
            (
                format!(
                    r#"{{"metrics":{{}},"trace":{{"resourceSpans":[{}]}}}}"#,
                    span("scopeSpans", "SPAN_KIND_SERVER")
                ),
                "",
                "shop",
            ),
        ] {
            assert!(recognises(&outline(&unit).unwrap()), "{unit}");
            let call = calls_in(Traces::default(), None, &[unit]).remove(0);
            assert_eq!((&*call.tool, &*call.client, &*call.server), ("add", client, server));
            assert_eq!(call.result, CallResult::ToolError);
            assert_eq!(call.time.unwrap().seconds, 1_772_359_202);
        }
    }
}
