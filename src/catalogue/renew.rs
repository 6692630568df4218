//! Bringing a record up to date with what its server announces now.

use super::argument::Signal;
use super::capability;
use super::category::Category;
use super::record::{Server, Tool};

/// A record that was brought up to date.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewed {
    /// The record.
    pub server: Server,
    /// The tools of which a person decided and that changed, so that the verdict no longer stands.
    pub changed: Vec<String>,
    /// Those that are no longer there.
    pub gone: Vec<String>,
}

impl Server {
    /// The record with the tools that the server announces, by name. What a person decided of a tool
    /// stays where nothing that it rests on changed.
    pub fn renewed(&self, announced: Server) -> Renewed {
        let is_there = |tool: &Tool| announced.tool(&tool.name).is_some();
        let decided = self.tools.iter().filter(|tool| !tool.is_guess() && !is_there(tool));
        let gone = decided.map(|tool| tool.name.clone()).collect();
        let mut changed = Vec::new();
        let renew = |tool: Tool| match self.tool(&tool.name).filter(|older| !older.is_guess()) {
            Some(older) if older.is_same_as(&tool) => older.decided_of(tool),
            Some(_) => {
                changed.push(tool.name.clone());
                tool
            }
            None => tool,
        };
        let mut tools: Vec<Tool> = announced.tools.into_iter().map(renew).collect();
        tools.sort_by(|one, other| one.name.cmp(&other.name));
        let mut aliases = self.aliases.clone();
        aliases.sort_unstable();
        let title = self.title.clone().or(announced.title);
        let server = Server { title, aliases, tools, ..self.clone() };
        Renewed { server, changed, gone }
    }

    /// Whether a list of tools may be that of the record's server: it has some of them.
    pub fn shares_tools_with(&self, announced: &Server) -> bool {
        self.tools.is_empty() || self.tools.iter().any(|tool| announced.tool(&tool.name).is_some())
    }
}

impl Tool {
    /// A tool as it is announced, with what a person decided of it: the verdict, and what arguments hold.
    /// What is guessed beside that is guessed anew.
    fn decided_of(&self, announced: Tool) -> Tool {
        let mut tool = Tool {
            category: self.category,
            severity: self.severity,
            confidence: self.confidence,
            evidence: self.evidence.clone(),
            reason: self.reason.clone(),
            ..announced.clone()
        };
        let decided = self.holds.iter().filter(|(_, held)| held.confidence >= 1.0);
        tool.holds.extend(decided.map(|(name, held)| (name.clone(), held.clone())));
        let reads = tool.category == Category::Read;
        if reads {
            tool.signals.retain(|signal| *signal != Signal::Bulk);
        }
        if reads != (announced.category == Category::Read) {
            tool.capabilities = capability::of_tool(&tool, None);
        }
        tool
    }

    /// Whether a server says the same of it, as far as both records have it.
    fn is_same_as(&self, announced: &Tool) -> bool {
        let has_same_schema = self.schema.is_none() || self.schema == announced.schema;
        let (claims, now) = (self.annotations, announced.annotations);
        has_same_schema
            && self.arguments == announced.arguments
            && (claims.is_none() || claims == now)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Category;

    fn server(tools: serde_json::Value) -> Server {
        serde_json::from_value(json!({"server": "s", "version": "1.0", "tools": tools})).unwrap()
    }

    #[test]
    fn a_verdict_stays_while_what_it_rests_on_does() {
        let tool = |name, category, confidence, arguments: serde_json::Value| {
            json!({"name": name, "category": category, "severity": "high", "confidence": confidence,
                "arguments": arguments})
        };
        let record = server(json!([
            tool("same", "Execute", 1.0, json!({})),
            tool("wider", "Read", 1.0, json!({})),
            tool("guessed", "Read", 0.5, json!({})),
            tool("gone", "Read", 1.0, json!({})),
        ]));
        let announced = server(json!([
            tool("wider", "Write", 0.6, json!({"code": {"type": "string", "required": true}})),
            tool("same", "Read", 0.6, json!({})),
            tool("guessed", "Write", 0.7, json!({})),
        ]));
        assert!(!record.shares_tools_with(&server(json!([]))));
        assert!(record.shares_tools_with(&announced));
        let Renewed { server, changed, gone } = record.renewed(announced);
        let verdicts: Vec<(&str, Category)> =
            server.tools.iter().map(|tool| (&*tool.name, tool.category)).collect();
        let expected =
            [("guessed", Category::Write), ("same", Category::Execute), ("wider", Category::Write)];
        assert_eq!(verdicts, expected);
        assert_eq!((changed, gone), (vec!["wider".to_owned()], vec!["gone".to_owned()]));
        assert_eq!(server.version.as_deref(), Some("1.0"));
    }
}
