//! Commands by their words, as rules about prefixes know them.

use super::folders::resolved;

/// Whether the first words of a command are those of a pattern, which has one of several in each place.
pub fn begins<W: AsRef<str>>(words: &[W], places: &[Vec<Box<str>>]) -> bool {
    let is_one = |(place, word): (&Vec<Box<str>>, &W)| {
        place.iter().any(|alternative| **alternative == *word.as_ref())
    };
    places.len() <= words.len() && places.iter().zip(words).all(is_one)
}

/// The same of a command that is called by an absolute path, by the path's last part; only by one of
/// `paths`, where there are some.
pub fn is_program(words: &[String], places: &[Vec<Box<str>>], paths: Option<&[Box<str>]>) -> bool {
    let Some(path) = words.first().filter(|word| word.starts_with('/')) else { return false };
    let path = resolved("/", path);
    let (_, name) = path.rsplit_once('/').unwrap_or_default();
    let is_listed = paths.is_none_or(|paths| paths.iter().any(|known| **known == *path));
    let named: Vec<&str> =
        std::iter::once(name).chain(words[1..].iter().map(String::as_str)).collect();
    is_listed && begins(&named, places)
}
