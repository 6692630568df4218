//! What shows that two policies differ.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::answer::Why;
use crate::engine::Timestamp;
use crate::policy::Window;

/// The moment at which witnesses are decided: 2026-01-01T00:00:00Z, where every window begins.
pub(super) const MOMENT: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

/// What shows that a protection is lost.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// The arguments of one call.
    Call(Value),
    /// One call of an agent's, with all of its record that decides.
    Recorded(Box<Recorded>),
    /// Several calls in a window.
    Burst(Burst),
    /// It cannot be told.
    Unknown(Why),
}

impl Evidence {
    /// Whether calls show it.
    pub fn is_certain(&self) -> bool {
        !matches!(self, Evidence::Unknown(_))
    }

    /// Whether it is about calls whose arguments are no object.
    pub fn is_unread(&self) -> bool {
        match self {
            Evidence::Call(arguments) => !arguments.is_object(),
            Evidence::Recorded(_) => false,
            Evidence::Burst(burst) => {
                burst.batches.iter().any(|batch| !batch.arguments.is_object())
            }
            Evidence::Unknown(why) => *why == Why::Unread,
        }
    }
}

/// A call as a record has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// The permission mode; none where it does not matter, or the policy tells it.
    pub mode: Option<String>,
    /// The folder that the agent works in; none where the policy tells it.
    pub folder: Option<String>,
    /// The tool and the arguments of the same call under the other policy, where its agent has other ones.
    pub elsewhere: Option<(String, Value)>,
}

/// Calls within one window, the last of which one policy refuses and the other lets pass.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Burst {
    /// The window that they are in.
    pub window: Window,
    /// How many calls there are in all.
    pub calls: i64,
    /// The calls, in the order of time.
    pub batches: Vec<Batch>,
}

/// Calls of one tool that are made at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Batch {
    /// When.
    #[serde(rename = "ts", serialize_with = "as_text")]
    pub time: Timestamp,
    /// Who calls, counted from 1.
    pub grant: u32,
    /// The tool.
    pub tool: String,
    /// The arguments of every one of them.
    #[serde(rename = "args")]
    pub arguments: Value,
    /// How many.
    pub calls: i64,
}

fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
