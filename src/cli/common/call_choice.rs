//! Which calls of a trace count: `--since`, `--until`, `--tool`.

use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;

use super::output::print_error;
use crate::engine::Timestamp;
use crate::replay::NumberedCall;
use crate::trace::parse_time;

/// Which calls of a trace count. All that come before are decided, so that limits stand as they stood.
#[derive(Debug, Args)]
pub(in crate::cli) struct CallChoice {
    /// Only calls at this time or later: `2026-03-01`, `2026-03-01T10:00:00Z`, or Unix seconds. Limits
    /// count the calls before it all the same.
    #[arg(long, value_parser = parse_moment, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only calls before this time.
    #[arg(long, value_parser = parse_moment, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Only calls of this tool; may be given more than once.
    #[arg(long = "tool", value_name = "NAME")]
    tools: Vec<String>,
    /// How many calls were left out because they have no time.
    #[arg(skip)]
    untimed: AtomicU64,
}

impl CallChoice {
    /// Begins a trace, which may be read once more where it turns out not to be in order.
    pub(in crate::cli) fn begin(&self) {
        self.untimed.store(0, Ordering::Relaxed);
    }

    /// Whether a call counts. Of one without a time it cannot be told whether it is among those of a
    /// span, and it does not.
    pub(in crate::cli) fn has(&self, call: &NumberedCall<'_>) -> bool {
        if !self.tools.is_empty() && !self.tools.iter().any(|tool| **tool == *call.record.tool) {
            return false;
        }
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(time) = call.time else {
            self.untimed.fetch_add(1, Ordering::Relaxed);
            return false;
        };
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }

    /// Says how many calls were left out because they have no time.
    pub(in crate::cli) fn say_untimed(&self) {
        match self.untimed.load(Ordering::Relaxed) {
            0 => {}
            1 => print_error("note: 1 call without a time is in no span of time, and left out\n"),
            many => print_error(&format!(
                "note: {many} calls without a time are in no span of time, and left out\n"
            )),
        }
    }

    /// What was given, by its options.
    pub(in crate::cli) fn said(&self) -> [(&'static str, Vec<String>); 3] {
        let moment = |time: Option<Timestamp>| time.iter().map(ToString::to_string).collect();
        [
            ("--since", moment(self.since)),
            ("--until", moment(self.until)),
            ("--tool", self.tools.clone()),
        ]
    }

    /// Whether calls are left out.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.since.is_some() || self.until.is_some() || !self.tools.is_empty()
    }
}

/// Says that none of the calls was chosen.
pub(in crate::cli) const NOTHING_CHOSEN: &str = "error: no call of the trace is among those that were chosen\n  help: check --since, --until and --tool; calls without a time are in no span of time\n";

/// Reads a moment: a date, which begins at midnight UTC, a time, or Unix seconds.
fn parse_moment(text: &str) -> Result<Timestamp, String> {
    let is_date = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let text = if is_date { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let json = serde_json::Value::from(&*text).to_string();
    parse_time(&text).or_else(|_| parse_time(&json)).map_err(|_| {
        "write a date such as `2026-03-01`, a time such as `2026-03-01T10:00:00Z`, or Unix seconds".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_times_and_numbers() {
        let shown = |text| parse_moment(text).map(|time| time.to_string());
        assert_eq!(shown("2026-03-01").unwrap(), "2026-03-01T00:00:00Z");
        assert_eq!(shown("2026-03-01T11:00:00+01:00").unwrap(), "2026-03-01T10:00:00Z");
        assert_eq!(shown("1772359200").unwrap(), "2026-03-01T10:00:00Z");
        assert!(shown("yesterday").is_err() && shown("2026-13-01").is_err());
    }
}
