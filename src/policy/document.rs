//! Policies in the words of their dialects, to be written.

use serde_json::Value;

use super::window::Window;

/// A policy to be written.
#[derive(Clone, Debug)]
pub enum PolicyDocument {
    /// As PolicyLayer's document, version "1".
    V1(V1),
    /// As the document of PolicyLayer/Intercept.
    Intercept(Intercept),
}

/// An object whose keys keep their order.
#[derive(Clone, Debug)]
pub struct Ordered<T>(pub Vec<(String, T)>);

/// A version "1" document.
#[derive(Clone, Debug)]
pub struct V1 {
    /// Always "1".
    pub version: &'static str,
    /// What happens to tools that are not listed.
    pub default: &'static str,
    /// The tools that are not shown.
    pub hide: Vec<String>,
    /// The rules of all tools.
    pub all_tools: V1Tool,
    /// The tools, in their order.
    pub tools: Ordered<V1Tool>,
}

/// The rules of one tool, or of all tools.
#[derive(Clone, Debug, Default)]
pub struct V1Tool {
    /// What must hold.
    pub require: Vec<V1Entry>,
    /// What must not hold.
    pub deny_if: Vec<V1Entry>,
    /// How many calls there may be.
    pub limits: Vec<V1Limit>,
}

impl V1Tool {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.require.is_empty() && self.deny_if.is_empty() && self.limits.is_empty()
    }
}

/// An entry of `require` or `deny_if`.
#[derive(Clone, Debug)]
pub struct V1Entry {
    /// Its conditions, all of which must hold.
    pub conditions: Vec<WrittenCondition>,
    /// What a refused caller is told.
    pub on_deny: Option<String>,
}

/// A limit of version "1".
#[derive(Clone, Debug)]
pub struct V1Limit {
    /// The counter.
    pub counter: String,
    /// The window in which it counts.
    pub window: Window,
    /// The most that it may reach.
    pub max: i64,
    /// Whose calls it counts.
    pub scope: &'static str,
}

/// An Intercept document.
#[derive(Clone, Debug)]
pub struct Intercept {
    /// Always "1".
    pub version: &'static str,
    /// What happens to tools that are not listed.
    pub default: &'static str,
    /// The tools that are not shown.
    pub hide: Vec<String>,
    /// The tools, in their order.
    pub tools: Ordered<InterceptTool>,
}

/// The rules of one tool.
#[derive(Clone, Debug, Default)]
pub struct InterceptTool {
    /// Its rules.
    pub rules: Vec<InterceptRule>,
}

/// A rule of Intercept.
#[derive(Clone, Debug, Default)]
pub struct InterceptRule {
    /// What a comment in front of it says, on one line.
    pub comment: Option<String>,
    /// Its name.
    pub name: String,
    /// What happens to every call, where it has no conditions.
    pub action: Option<&'static str>,
    /// Its conditions, all of which must hold.
    pub conditions: Vec<WrittenCondition>,
    /// How many calls there may be in a window.
    pub rate_limit: Option<String>,
    /// What a refused caller is told.
    pub on_deny: Option<String>,
}

/// A condition, written alike in both dialects.
#[derive(Clone, Debug)]
pub struct WrittenCondition {
    /// What is tested.
    pub path: String,
    /// The operator.
    pub op: &'static str,
    /// The operand.
    pub value: Value,
}
