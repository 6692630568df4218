//! Bringing a record up to date with what its server announces now.

use super::record::{Server, Tool};

impl Server {
    /// The record with the tools that the server announces, by name. What a person decided of a tool
    /// stays where nothing that it rests on changed; the names of the tools of which it does not stay
    /// are given as well.
    pub fn renewed(&self, announced: Server) -> (Server, Vec<String>) {
        let mut dropped = Vec::new();
        let renew = |tool: Tool| match self.tool(&tool.name).filter(|older| !older.is_guess()) {
            Some(older) if older.is_same_as(&tool) => older.clone(),
            Some(_) => {
                dropped.push(tool.name.clone());
                tool
            }
            None => tool,
        };
        let mut tools: Vec<Tool> = announced.tools.into_iter().map(renew).collect();
        tools.sort_by(|one, other| one.name.cmp(&other.name));
        let mut aliases = self.aliases.clone();
        aliases.sort_unstable();
        let title = self.title.clone().or(announced.title);
        (Server { title, aliases, tools, ..self.clone() }, dropped)
    }
}

impl Tool {
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
        let (renewed, dropped) = record.renewed(announced);
        let verdicts: Vec<(&str, Category)> =
            renewed.tools.iter().map(|tool| (&*tool.name, tool.category)).collect();
        let expected =
            [("guessed", Category::Write), ("same", Category::Execute), ("wider", Category::Write)];
        assert_eq!(verdicts, expected);
        assert_eq!(dropped, ["wider"]);
        assert_eq!(renewed.version.as_deref(), Some("1.0"));
    }
}
