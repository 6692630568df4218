//! What a regular expression looks for, in texts in which `*` is any text: enough of it that a rule that forbids
//! forbids no less.

/// How many texts one expression may become: alternatives multiply.
const MAX_TEXTS: usize = 64;

/// Something that is not said exactly.
const VAGUE: char = '\u{1}';

/// How deep groups may stand in one another.
const MAX_DEPTH: usize = 16;

/// A text that an expression looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sought {
    /// The text, where `*` is any text.
    pub(super) text: String,
    /// Whether the expression looks for just that.
    pub(super) is_exact: bool,
}

/// The texts that an expression looks for; none where it asks for more than they can say. `within` is whether it
/// stands within a text that goes on before and behind it, where `^` and `$` never hold.
pub(super) fn sought(expression: &str, within: bool) -> Option<Vec<Sought>> {
    let mut reader = Reader { rest: expression.chars().collect(), at: 0, within };
    let texts = reader.alternatives(0)?;
    let is_read = reader.at == reader.rest.len();
    let of_text = |text: String| {
        let text = text.trim_end_matches('*');
        Sought { is_exact: !text.contains([VAGUE, '*']), text: text.replace(VAGUE, "*") }
    };
    is_read.then(|| texts.into_iter().map(of_text).collect())
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    within: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn alternatives(&mut self, depth: usize) -> Option<Vec<String>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut texts = self.sequence(depth)?;
        while self.peek() == Some('|') {
            self.at += 1;
            texts.extend(self.sequence(depth)?);
        }
        (texts.len() <= MAX_TEXTS).then_some(texts)
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<String>> {
        let mut texts = vec![String::new()];
        while self.peek().is_some_and(|next| next != '|' && next != ')') {
            let is_any = self.peek() == Some('.');
            let atom = self.atom(depth)?;
            let atom = self.repeated(atom, is_any)?;
            texts = texts
                .iter()
                .flat_map(|text| atom.iter().map(move |more| format!("{text}{more}")))
                .collect();
            if texts.len() > MAX_TEXTS {
                return None;
            }
        }
        Some(texts)
    }

    /// What stands at one place; no text at all where it never holds.
    fn atom(&mut self, depth: usize) -> Option<Vec<String>> {
        Some(vec![match self.next()? {
            '(' => return self.group(depth),
            '^' | '$' if self.within => return Some(Vec::new()),
            '^' | '$' => String::new(),
            '[' => {
                self.class()?;
                VAGUE.to_string()
            }
            '.' => VAGUE.to_string(),
            '\\' => match self.next()? {
                'b' => String::new(),
                's' => " ".to_owned(),
                '*' => VAGUE.to_string(),
                letter if letter.is_ascii_alphanumeric() => VAGUE.to_string(),
                letter => letter.to_string(),
            },
            '*' | '+' | '?' | '{' => return None,
            letter => letter.to_string(),
        }])
    }

    fn group(&mut self, depth: usize) -> Option<Vec<String>> {
        if self.peek() == Some('?') {
            self.at += 1;
            // What looks ahead or behind says more than a text can.
            self.next().filter(|kind| *kind == ':')?;
        }
        let texts = self.alternatives(depth + 1)?;
        self.next().filter(|end| *end == ')').map(|_| texts)
    }

    fn class(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            match self.next()? {
                '\\' => _ = self.next()?,
                ']' if self.at > start + 1 => return Some(()),
                _ => {}
            }
        }
    }

    fn repeated(&mut self, atom: Vec<String>, is_any: bool) -> Option<Vec<String>> {
        match self.peek() {
            Some('?') => {
                self.at += 1;
                Some([vec![String::new()], atom].concat())
            }
            Some('*' | '+') => {
                self.at += 1;
                if self.peek() == Some('?') {
                    self.at += 1;
                }
                Some(vec![if is_any { "*".to_owned() } else { VAGUE.to_string() }])
            }
            Some('{') => {
                while self.next()? != '}' {}
                Some(vec![VAGUE.to_string()])
            }
            _ => Some(atom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_texts_and_what_cannot_hold_is_none() {
        for (expression, texts) in [
            ("git (status|log)( |$)", &[("git status ", true), ("git log ", true)][..]),
            ("^sudo( |$)", &[]),
            ("git push .*(--force|-f)", &[("git push *--force", false), ("git push *-f", false)]),
            ("npm run [a-z]+", &[("npm run *", false)]),
            (r"rm\s+-rf?", &[("rm*-r", false), ("rm*-rf", false)]),
            ("make.*", &[("make", true)]),
            (r"a\.b", &[("a.b", true)]),
        ] {
            let found = sought(expression, true).unwrap();
            let found: Vec<(&str, bool)> =
                found.iter().map(|sought| (&*sought.text, sought.is_exact)).collect();
            assert_eq!(found, texts, "{expression}");
        }
        for expression in ["git(?! push)", "(a", "a)", "[a"] {
            assert_eq!(sought(expression, true), None, "{expression}");
        }
    }
}
