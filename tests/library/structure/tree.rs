//! All modules of a tree of sources, and which file takes what from which.

use std::collections::{BTreeMap, BTreeSet};

use super::module::{self, Import, Module, Path};
use super::tokens::{tokens, without_tests};

/// The modules of a crate by their paths; that of the crate is empty.
pub struct Tree {
    modules: BTreeMap<Path, Module>,
}

/// Which file takes which names from which other file.
pub type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// What a path leads to.
enum Target {
    Module(Path),
    /// Something that is defined in this file.
    Item(String),
    /// Nothing of this crate.
    Outside,
}

impl Tree {
    /// Reads sources, given as pairs of a path below `src` and a text. Tests are left out.
    pub fn read<'s>(sources: impl IntoIterator<Item = (&'s str, &'s str)>) -> Tree {
        let mut modules = BTreeMap::new();
        let mut tests: BTreeSet<Path> = BTreeSet::new();
        for (file, text) in sources {
            let path = module_path(file);
            let (tokens, of_tests) = without_tests(&tokens(text));
            tests.extend(of_tests.into_iter().map(|name| [path.as_slice(), &[name]].concat()));
            modules.extend(module::read(file, &path, &tokens));
        }
        modules.retain(|path, _| !(0..=path.len()).any(|end| tests.contains(&path[..end])));
        Tree { modules }
    }

    /// Which file takes what from which.
    pub fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (path, module) in &self.modules {
            let mut add = |target: Target, name: &str| {
                if let Target::Item(file) = target
                    && file != module.file
                {
                    let names = arrows.entry((module.file.clone(), file)).or_default();
                    names.insert(name.to_owned());
                }
            };
            for import in &module.imports {
                for name in self.taken(path, module, import) {
                    let target = self.member_of_import(path, import, &name);
                    add(target, &name);
                }
            }
            for named in &module.paths {
                add(self.resolve(path, named, 0), named.last().map_or("", String::as_str));
            }
            // What a folder declares by a macro, it also uses by it.
            for child in self.children(path).filter(|child| !module.declared.contains(*child)) {
                let child_path = [path.as_slice(), std::slice::from_ref(child)].concat();
                add(Target::Item(self.modules[&child_path].file.clone()), child);
            }
        }
        arrows
    }

    /// The names that a module takes by an import. What it only shows on, it does not take.
    fn taken(&self, path: &Path, module: &Module, import: &Import) -> Vec<String> {
        if import.name != "*" {
            let taken = !import.shown || module.words.contains(&import.name);
            return taken.then(|| import.name.clone()).into_iter().collect();
        }
        if import.path.iter().all(|name| name == "super") {
            return Vec::new();
        }
        let Target::Module(from) = self.resolve(path, &import.path, 0) else { return Vec::new() };
        module.words.iter().filter(|word| self.has(&from, word, 0)).cloned().collect()
    }

    fn member_of_import(&self, path: &Path, import: &Import, name: &str) -> Target {
        match self.resolve(path, &import.path, 0) {
            Target::Module(from) if import.name == "*" => self.member(&from, name, true, 0),
            target => target,
        }
    }

    fn children<'t>(&'t self, path: &'t Path) -> impl Iterator<Item = &'t String> {
        let below = self.modules.keys().filter(move |child| child.len() == path.len() + 1);
        below.filter(move |child| child.starts_with(path)).filter_map(|child| child.last())
    }

    /// What a path leads to that stands in a module.
    fn resolve(&self, from: &Path, path: &[String], depth: usize) -> Target {
        let mut at = from.clone();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate" | "gatelint") => (at, rest) = (Path::new(), &path[1..]),
            Some("self" | "super") => {}
            // A word alone is no path to a module: those that are imported count where they are.
            Some(first) if self.is_module_in(from, first, depth) => {}
            _ => return Target::Outside,
        }
        while let Some(first @ ("self" | "super")) = rest.first().map(String::as_str) {
            if first == "super" {
                at.pop();
            }
            rest = &rest[1..];
        }
        for (number, name) in rest.iter().enumerate() {
            match self.member(&at, name, number + 1 == rest.len(), depth) {
                Target::Module(path) => at = path,
                found => return found,
            }
        }
        Target::Module(at)
    }

    fn is_module_in(&self, path: &Path, name: &str, depth: usize) -> bool {
        matches!(self.member(path, name, false, depth), Target::Module(_))
    }

    /// What a name means in a module. A module and an item may have one name: at the end of a path
    /// the item is meant.
    fn member(&self, path: &Path, name: &str, is_last: bool, depth: usize) -> Target {
        let Some(module) = self.modules.get(path).filter(|_| depth < 16) else {
            return Target::Outside;
        };
        let child = [path.as_slice(), &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) && !(is_last && self.has_item(module, name)) {
            return Target::Module(child);
        }
        if module.defined.contains(name) {
            return Target::Item(module.file.clone());
        }
        if let Some(import) = module.imports.iter().find(|import| import.name == name) {
            return self.resolve(path, &import.path, depth + 1);
        }
        let globs = module.imports.iter().filter(|import| import.name == "*");
        for glob in globs {
            if let Target::Module(from) = self.resolve(path, &glob.path, depth + 1)
                && from != *path
                && self.has(&from, name, depth + 1)
            {
                return self.member(&from, name, is_last, depth + 1);
            }
        }
        Target::Item(module.file.clone())
    }

    fn has_item(&self, module: &Module, name: &str) -> bool {
        module.defined.contains(name) || module.imports.iter().any(|import| import.name == name)
    }

    /// Whether a module has a name, of its own or taken from elsewhere.
    fn has(&self, path: &Path, name: &str, depth: usize) -> bool {
        let Some(module) = self.modules.get(path).filter(|_| depth < 16) else { return false };
        let globs = || module.imports.iter().filter(|import| import.name == "*" && import.shown);
        self.has_item(module, name)
            || globs().any(|glob| match self.resolve(path, &glob.path, depth + 1) {
                Target::Module(from) => self.has(&from, name, depth + 1),
                _ => false,
            })
    }
}

/// The path of the module that a file holds.
fn module_path(file: &str) -> Path {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let names = path.split('/').filter(|name| *name != "lib");
    names.map(str::to_owned).collect()
}
