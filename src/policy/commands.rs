//! What rules ask of the parts of a shell text, and what an agent knows of programs.

use super::wildcard::{Wildcard, WildcardSyntax};

/// A pattern of commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandPattern {
    /// The whole text.
    Exact(Box<str>),
    /// The text, alone or with a blank and anything behind it.
    Prefix(Box<str>),
    /// The whole text, where `*` is anything.
    Glob(Wildcard),
}

impl CommandPattern {
    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            CommandPattern::Exact(exact) => **exact == *text,
            CommandPattern::Prefix(prefix) => text
                .strip_prefix(&**prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n'])),
            CommandPattern::Glob(wildcard) => wildcard.matches(text),
        }
    }

    /// The pattern of a text with `*`.
    pub fn glob(text: &str) -> CommandPattern {
        CommandPattern::Glob(Wildcard::new(text, WildcardSyntax::default()))
    }
}

/// What is asked of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandTest {
    /// That one of its forms matches, or the whole text.
    Matches(CommandPattern, Reach),
    /// That the program and what it is given are among those of a table.
    Plain(&'static [PlainCommand]),
    /// That it is what the agent never does without asking, whatever the rules say.
    Critical,
}

/// How far a rule reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To a part as it is written, less what surely does not change what it is; and to the whole text.
    Narrow,
    /// To everything that a part may turn out to be, wherever it stands.
    Wide,
    /// The same, and to the whole text.
    WideAndWhole,
}

/// A program with the first of its arguments, and what else it may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainCommand {
    /// The first words.
    pub words: &'static str,
    /// What no further word may begin with; with a blank behind it: be; with a star before it: contain. A long
    /// option may be cut short.
    pub never: &'static [&'static str],
    /// The flags that take no value, so that another one may follow in the same word.
    pub flags: &'static str,
    /// How many further words that are no options there may be.
    pub operands: usize,
    /// What the first word that is no option is made of; anything where it is empty.
    pub first: &'static str,
    /// The only words that it may be given, where no others are.
    pub only: Option<&'static [&'static str]>,
}

impl PlainCommand {
    /// Whether a command is one of a table: the entry with the most words that fits counts.
    pub fn is_one(table: &[PlainCommand], words: &[String]) -> bool {
        let fits = |entry: &&PlainCommand| {
            let mut given = words.iter();
            entry.words.split(' ').all(|word| given.next().is_some_and(|given| given == word))
        };
        let longest = table.iter().filter(fits).max_by_key(|entry| entry.words.len());
        longest.is_some_and(|entry| entry.takes(&words[entry.words.split(' ').count()..]))
    }

    fn takes(&self, rest: &[String]) -> bool {
        if let Some(only) = self.only {
            return rest.iter().all(|word| only.contains(&&**word));
        }
        let never = |word: &String| {
            self.never.iter().any(|never| {
                match (never.strip_suffix(' '), never.strip_prefix('*')) {
                    (Some(never), _) => never == word,
                    (None, Some(part)) => word.contains(part),
                    (None, None) => word.starts_with(never) || self.says(word, never),
                }
            })
        };
        let mut operands = rest.iter().filter(|word| !word.starts_with(['-', '+'])).peekable();
        let is_made_of = |word: &&String| word.chars().all(|c| self.first.contains(c));
        let fits = self.first.is_empty() || operands.peek().is_none_or(is_made_of);
        fits && operands.count() <= self.operands && !rest.iter().any(never)
    }

    /// Whether a word says an option in another way: `-uo` is `-o` behind a flag, `--out=x` is `--output=x`.
    fn says(&self, word: &str, option: &str) -> bool {
        if let Some(option) = option.strip_prefix("--") {
            let name = word.strip_prefix("--").and_then(|word| word.split('=').next());
            return name.is_some_and(|name| !name.is_empty() && option.starts_with(name));
        }
        let letter = option.strip_prefix('-').filter(|option| option.len() == 1);
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-'));
        let (Some(letter), Some(flags)) = (letter, flags) else { return false };
        flags.trim_start_matches(|flag| self.flags.contains(flag)).starts_with(letter)
    }
}

/// What an agent knows of shell texts.
#[derive(Debug, PartialEq)]
pub struct PartsProfile {
    /// The programs that run what stands behind them.
    pub wrappers: &'static [Wrapper],
    /// The variables that may be set for a command that is allowed.
    pub harmless_variables: &'static [&'static str],
    /// The variables that may be put in for a command that is allowed.
    pub known_variables: &'static [&'static str],
    /// The programs whose arguments are read as paths: how many of the first are none.
    pub readers: &'static [(&'static str, usize)],
    /// The same of programs that change what is there.
    pub writers: &'static [(&'static str, usize)],
    /// The first words of commands whose meaning the agent does not follow, so that nothing allows them.
    pub odd_programs: &'static [&'static str],
    /// The beginnings of what makes `find` act.
    pub find_actions: &'static [&'static str],
    /// How long a text may be for what allows.
    pub max_length: usize,
}

/// A program that runs what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Its name.
    pub name: &'static str,
    /// Whether rules that allow see through it as well.
    pub narrow: bool,
    /// The options without a value that rules that allow see through.
    pub flags: &'static [&'static str],
    /// The options with a value.
    pub valued: &'static [&'static str],
    /// Whether options with a number are fine, such as `-5`.
    pub numbers: bool,
    /// How many words stand between it and the command.
    pub operands: usize,
    /// Whether any other options are passed over by rules that forbid.
    pub any_flags: bool,
}
