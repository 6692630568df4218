//! One module of a source: what it declares, what it takes, and what it names.

use std::collections::BTreeSet;

/// The names that lead to a module or to something in it.
pub type Path = Vec<String>;

/// A name that a `use` declaration brings into a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name here; `*` for all names.
    pub name: String,
    /// Where it comes from.
    pub path: Path,
    /// Whether others may take it from here.
    pub shown: bool,
}

/// What a module says.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The file that it stands in.
    pub file: String,
    /// What its `use` declarations take.
    pub imports: Vec<Import>,
    /// The modules that it declares.
    pub declared: BTreeSet<String>,
    /// The names of its own items.
    pub defined: BTreeSet<String>,
    /// The paths that it names outside declarations.
    pub paths: BTreeSet<Path>,
    /// The words that stand alone outside declarations: some are imported names.
    pub words: BTreeSet<String>,
}

/// Words after which an item's name comes.
const ITEMS: [&str; 9] =
    ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];

/// Reads the tokens of a module; modules inside it in braces are read as well, with their paths.
pub fn read(file: &str, path: &Path, tokens: &[String]) -> Vec<(Path, Module)> {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    let (mut inner, mut at, mut depth) = (Vec::new(), 0, 0);
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    while at < tokens.len() {
        match word(at) {
            "use" if word(at + 1) != "<" => {
                let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(0);
                let shown = at > 0 && ["pub", ")"].contains(&word(at - 1));
                take(&tokens[at + 1..end], &mut Vec::new(), shown, &mut module.imports);
                at = end + 1;
            }
            "mod" if word(at + 2) == ";" => {
                module.declared.insert(word(at + 1).to_owned());
                at += 3;
            }
            "mod" if word(at + 2) == "{" => {
                let end = closing(tokens, at + 2);
                let path = [path.as_slice(), &[word(at + 1).to_owned()]].concat();
                inner.extend(read(file, &path, &tokens[at + 3..end]));
                module.declared.insert(word(at + 1).to_owned());
                at = end + 1;
            }
            "pub" if word(at + 1) == "(" => at = closing(tokens, at + 1) + 1,
            first if is_name(first) => at = name(tokens, at, depth == 0, &mut module),
            sign => {
                depth += i32::from(sign == "{") - i32::from(sign == "}");
                at += 1;
            }
        }
    }
    inner.push((path.clone(), module));
    inner
}

/// Notes the name or the path that begins here, and gives the place after it. Only what stands
/// outside all braces is an item of the module.
fn name(tokens: &[String], at: usize, is_outside: bool, module: &mut Module) -> usize {
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut end = at + 1;
    while word(end) == "::" && is_name(word(end + 1)) {
        end += 2;
    }
    let before = if at > 0 { word(at - 1) } else { "" };
    let path: Path = tokens[at..end].iter().step_by(2).cloned().collect();
    let follows_macro = before == "!" && at > 1 && word(at - 2) == "macro_rules";
    if ITEMS.contains(&before) || follows_macro {
        if is_outside {
            module.defined.insert(path[0].clone());
        }
    } else if before != "." && before != "::" {
        if path.len() > 1 {
            module.paths.insert(path.clone());
        }
        // A word before a colon is the name of a field or of a binding.
        if path.len() > 1 || word(end) != ":" {
            module.words.insert(path[0].clone());
        }
    }
    end
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The place of the bracket that closes the one here.
fn closing(tokens: &[String], at: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "(" | "{" => depth += 1,
            ")" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// Reads what stands between `use` and `;`, after the path `before`.
fn take(tokens: &[String], before: &mut Path, shown: bool, imports: &mut Vec<Import>) {
    let depth = before.len();
    let mut name = None;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => {
                let end = closing(tokens, at);
                take(&tokens[at + 1..end], before, shown, imports);
                before.truncate(depth);
                (name, at) = (None, end);
            }
            "," => {
                add(name.take(), before, shown, imports);
                before.truncate(depth);
            }
            "as" => {
                name = Some(tokens[at + 1].clone());
                at += 1;
            }
            "*" => name = Some("*".to_owned()),
            word => {
                // `{self, …}` names what stands before the braces.
                if word != "self" || before.is_empty() {
                    before.push(word.to_owned());
                }
                name = before.last().cloned();
            }
        }
        at += 1;
    }
    add(name, before, shown, imports);
    before.truncate(depth);
}

fn add(name: Option<String>, path: &Path, shown: bool, imports: &mut Vec<Import>) {
    imports.extend(name.map(|name| Import { name, path: path.clone(), shown }));
}
