//! What must not be shown.

/// Shorter values are no secrets, and hiding them would spoil what is said.
const SHORTEST: usize = 4;

/// Values that are not to be shown, and the names that are shown instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Each value with its name, the longest first.
    hidden: Vec<(String, String)>,
}

impl Secrets {
    /// Notes a value; each of its lines counts for itself.
    pub fn add(&mut self, name: &str, value: &str) {
        let lines = value.lines().map(str::trim).filter(|line| line.len() >= SHORTEST);
        self.hidden.extend(lines.map(|line| (line.to_owned(), format!("${{{name}}}"))));
        self.hidden.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    /// A text with names in the place of the values.
    pub fn hide(&self, text: &str) -> String {
        let hide = |text: String, (value, name): &(String, String)| text.replace(value, name);
        self.hidden.iter().fold(text.to_owned(), hide)
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn values_are_replaced_by_their_names_the_longest_first() {
        let mut secrets = Secrets::default();
        secrets.add("SHORT", "abcd");
        secrets.add("LONG", "abcdefgh");
        secrets.add("PEM", "-----BEGIN-----\nMIIEvQ\n");
        secrets.add("FLAG", "1");
        assert_eq!(
            secrets.hide("abcdefgh, abcd / MIIEvQ within 1 s"),
            "${LONG}, ${SHORT} / ${PEM} within 1 s"
        );
    }
}
