use crate::lint::RuleCheck;
use crate::lint::check::rule;

rule! {
    /// ## What it does
    /// Finds what makes an agent drop a permission file as a whole, drop other files with it, or refuse to work, and counts the rules that have no effect then.
    ///
    /// Claude Code drops settings that are no strict JSON (a comment, a comma too many) or have one value of a wrong kind, without a word. Codex drops the rules of all files where one of them is wrong, and does not start with a wrong `config.toml`. OpenCode answers every request with an error. Gemini CLI drops the file, and does not start where a name is empty.
    ///
    /// ## Why is this bad?
    /// The denials of the file protect nothing, and nobody is told.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"defaultMode": "acceptedits", "deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"defaultMode": "acceptEdits", "deny": ["Read(.env)"]}}
    /// ```
    "file-dropped", Error, RuleCheck::Reading
}
