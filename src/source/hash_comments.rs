//! Comments of notations in which they begin with `#`: TOML and Starlark, whose texts have the same quotes.

use super::span::Span;
use super::yaml::Comment;

/// The comments of a text, in its order. What is never closed goes on to the end of its line, or of the text
/// behind three quotes.
pub(super) fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['#', '"', '\'']).map(|next| at + next) {
        let rest = &text[next..];
        at = match rest.as_bytes()[0] {
            b'#' => {
                let end = next + rest.find('\n').unwrap_or(rest.len());
                let span = Span::new(next, next + text[next..end].trim_end().len());
                found.push(Comment { text: text[next + 1..span.end()].into(), span });
                end
            }
            quote => next + quoted(rest, char::from(quote)),
        };
    }
    found
}

/// How long the text is that begins with a quote.
fn quoted(text: &str, quote: char) -> usize {
    let three: String = [quote; 3].iter().collect();
    let is_long = text.starts_with(&three);
    let (close, mut at) = if is_long { (&*three, 3) } else { (&three[..1], 1) };
    while let Some(letter) = text[at..].chars().next() {
        match letter {
            '\n' if !is_long => return at,
            _ if text[at..].starts_with(close) => return at + close.len(),
            '\\' if quote == '"' => {
                at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8)
            }
            letter => at += letter.len_utf8(),
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::comments;

    #[test]
    fn a_hash_within_quotes_begins_no_comment() {
        let text = "a = \"#\\\"#\" # one\nb = '#'# two\r\nc = \"\"\"\n# \"no\n\"\"\" # three\nd = \"open # no\n# four";
        let found: Vec<String> = comments(text).iter().map(|c| c.text.trim().to_owned()).collect();
        assert_eq!(found, ["one", "two", "three", "four"]);
        for comment in comments(text) {
            assert!(text[comment.span.range()].starts_with('#'));
        }
    }
}
