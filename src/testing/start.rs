//! The moment at which the calls of a case begin.

use super::mistakes::Mistakes;
use super::times::named;
use crate::engine::Timestamp;
use crate::source::{Node, Pointer};
use crate::trace::parse_time;

/// When cases begin that say nothing of it: a minute, an hour and a day begin with it.
pub const DEFAULT_START: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

/// The first second of the year 9899: from then on the longest case goes beyond the calendar.
const TOO_LATE: i64 = 250_215_091_200;

/// The moment that `start` of an object names; what is none is a mistake.
pub(super) fn start_of(node: &Node, at: &Pointer, mistakes: &mut Mistakes) -> Option<Timestamp> {
    let node = node.get("start")?;
    let moment = |text: &str| parse_time(&serde_json::Value::from(text).to_string());
    let read = node.as_str().map(moment);
    let (message, help) = match read {
        Some(Ok(time)) if time.seconds < TOO_LATE => return Some(time),
        Some(Ok(_)) => ("is too far off".to_owned(), "write a year from 1 to 9898".to_owned()),
        Some(Err(why)) if why.contains("too far") => {
            ("is too far off".to_owned(), "write a year from 1 to 9898".to_owned())
        }
        _ => {
            let text = node.as_str().unwrap_or_default().trim();
            let whole = [format!("{text}T00:00:00Z"), format!("{}Z", text.replacen(' ', "T", 1))];
            match whole.into_iter().find(|whole| moment(whole).is_ok()) {
                Some(whole) => {
                    let message = "is no moment: the time of day or the offset from UTC is missing";
                    (message.to_owned(), format!("write it as `{whole}`"))
                }
                None => ("is no time".to_owned(), "write it as `2026-03-01T10:00:00Z`".to_owned()),
            }
        }
    };
    mistakes.value(&at.key("start"), format!("{} {message}", named(node)), &help);
    None
}
