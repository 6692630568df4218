//! Statements in words.

use std::fmt;

use super::{Claim, Statement};

impl fmt::Display for Statement {
    /// Its name, or what it says; the names in it are as they were written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        let tools = &self.tools;
        match &self.claim {
            Claim::Denied(None) => write!(f, "no call of {tools} passes"),
            Claim::Denied(Some(_)) => {
                write!(f, "no call of {tools} passes that meets the conditions")
            }
            Claim::Asked(None) => write!(f, "no call of {tools} passes unasked"),
            Claim::Asked(Some(_)) => {
                write!(f, "no call of {tools} passes unasked that meets the conditions")
            }
            Claim::Limited { max: 1, window } => {
                write!(f, "at most 1 call of {tools} per {window}")
            }
            Claim::Limited { max, window } => {
                write!(f, "at most {max} calls of {tools} per {window}")
            }
        }
    }
}
