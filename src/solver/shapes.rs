//! What is known of the arguments of a server's tools, and of what the tools do.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Shape;
use crate::catalogue::{Category, Server, Subject, classify};

/// What is known of the tools' arguments.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    /// The server that they are from.
    pub server: Option<String>,
    tools: HashMap<String, Option<Shape>>,
    categories: HashMap<String, Category>,
}

impl Shapes {
    /// What a server says of its tools.
    pub fn of_server(server: &Server) -> Shapes {
        let tools = server.tools.iter().map(|tool| (tool.name.clone(), Shape::of_tool(tool)));
        let shapes = Shapes {
            server: Some(server.name.clone()),
            tools: tools.collect(),
            ..Shapes::default()
        };
        shapes.with_categories(server)
    }

    /// The same, with the categories that a server's tools have; they prove nothing.
    pub fn with_categories(self, server: &Server) -> Shapes {
        let categories = server.tools.iter().map(|tool| (tool.name.clone(), tool.category));
        Shapes { categories: categories.collect(), ..self }
    }

    /// The same without what is known of arguments.
    pub fn without_schemas(mut self) -> Shapes {
        self.tools.values_mut().for_each(|shape| *shape = None);
        self
    }

    /// What a tool does to the world, as its record says or else its name.
    pub fn category(&self, tool: &str) -> Category {
        let known = self.categories.get(tool).copied();
        known.unwrap_or_else(|| classify(&Subject::named(tool)).category)
    }

    /// The names of the tools of the server.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }

    /// Whether the category of a tool rests on its name alone.
    pub fn is_guess(&self, tool: &str) -> bool {
        !self.categories.contains_key(tool)
    }

    /// Whether the calls of a tool are restricted by its schema.
    pub fn restricts(&self, tool: &str) -> bool {
        self.tools.get(tool).is_some_and(Option::is_some)
    }

    /// What is known of the arguments of a tool.
    pub fn of(&self, tool: &str) -> &Shape {
        static ANY: LazyLock<Shape> = LazyLock::new(Shape::any);
        self.tools.get(tool).and_then(Option::as_ref).unwrap_or(&ANY)
    }
}
