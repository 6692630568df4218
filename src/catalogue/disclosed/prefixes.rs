//! Tokens that begin as a service's do.

use std::ops::Range;

use super::words::{has_mixture, is_placeholder};

/// The beginnings by which services tell their tokens, and how many characters follow at least
/// (<https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>).
const PREFIXES: [(&str, usize, &str); 43] = [
    ("ghp_", 16, "a token of GitHub"),
    ("gho_", 16, "a token of GitHub"),
    ("ghu_", 16, "a token of GitHub"),
    ("ghs_", 16, "a token of GitHub"),
    ("ghr_", 16, "a token of GitHub"),
    ("github_pat_", 16, "a token of GitHub"),
    ("glpat-", 10, "a token of GitLab"),
    ("glrt-", 10, "a token of GitLab"),
    ("gldt-", 10, "a token of GitLab"),
    ("glcbt-", 10, "a token of GitLab"),
    ("glptt-", 10, "a token of GitLab"),
    ("glsoat-", 10, "a token of GitLab"),
    ("xoxb-", 10, "a token of Slack"),
    ("xoxp-", 10, "a token of Slack"),
    ("xoxa-", 10, "a token of Slack"),
    ("xoxr-", 10, "a token of Slack"),
    ("xoxs-", 10, "a token of Slack"),
    ("xoxe-", 10, "a token of Slack"),
    ("xapp-", 10, "a token of Slack"),
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "an access key of AWS"),
    ("AIza", 30, "a key of Google"),
    ("ya29.", 16, "a token of Google"),
    ("sk_live_", 10, "a key of Stripe"),
    ("sk_test_", 10, "a key of Stripe"),
    ("rk_live_", 10, "a key of Stripe"),
    ("rk_test_", 10, "a key of Stripe"),
    ("whsec_", 16, "a key of Stripe"),
    ("sk-ant-", 12, "a key of Anthropic"),
    ("sk-proj-", 12, "a key of OpenAI"),
    ("sk-", 20, "an API key"),
    ("npm_", 20, "a token of npm"),
    ("pypi-", 20, "a token of PyPI"),
    ("hf_", 20, "a token of Hugging Face"),
    ("dop_v1_", 20, "a token of DigitalOcean"),
    ("dckr_pat_", 16, "a token of Docker"),
    ("lin_api_", 16, "a key of Linear"),
    ("ntn_", 20, "a token of Notion"),
    ("secret_", 30, "a token of Notion"),
    ("shpat_", 16, "a token of Shopify"),
    ("hvs.", 20, "a token of Vault"),
    ("SG.", 30, "a key of SendGrid"),
    ("glsa_", 20, "a token of Grafana"),
];

/// A token that begins as a service's do, and the tokens of which a JSON web token is made.
pub(super) fn by_prefix(chunk: &str) -> Option<(Range<usize>, &'static str)> {
    /// The most characters that must follow a beginning that is no word of anything else.
    const TELLING: usize = 16;
    if chunk.len() < 14 {
        return None;
    }
    let run = |from: usize| {
        let rest = &chunk.as_bytes()[from..];
        let is_inside = |at: usize| match rest[at] {
            // As a pattern writes a full stop.
            b'\\' => rest.get(at + 1).is_some_and(|next| b"_-.".contains(next)),
            byte => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        };
        (0..rest.len()).take_while(|at| is_inside(*at)).count()
    };
    let begins = |at: usize| at == 0 || !chunk.as_bytes()[at - 1].is_ascii_alphanumeric();
    let starts: Vec<usize> = (0..chunk.len()).filter(|at| begins(*at)).collect();
    let found = PREFIXES.iter().flat_map(|one| {
        let of =
            move |at: &usize| Some((*at, at + length_of(&chunk.as_bytes()[*at..], one.0)?, one));
        starts.iter().filter_map(of)
    });
    for (start, end, (_, least, what)) in found {
        let rest = chunk[end..end + run(end)].trim_end_matches(['.', '-', '\\']);
        let has_digit = || rest.bytes().any(|byte| byte.is_ascii_digit());
        let is_key = match *least <= TELLING {
            true => true,
            // Other things are called so as well: `npm_config_…`, `sk-learn-…`.
            false if has_digit() => has_mixture(rest) || !rest.contains('-'),
            false => !rest.contains(['-', '_', '.']),
        };
        if rest.len() >= *least && is_key && !is_placeholder(rest) {
            return Some((start..end + rest.len(), what));
        }
    }
    let (at, _) = chunk.match_indices("eyJ").find(|(at, _)| begins(*at))?;
    let token = &chunk[at..at + run(at)];
    let is_token = token.len() >= 40 && token.split('.').count() == 3 && has_mixture(token);
    is_token.then(|| (at..at + token.len(), "a JSON web token"))
}

/// How long a beginning is where a text begins with it, as it is or as a pattern writes its full stops.
fn length_of(text: &[u8], prefix: &str) -> Option<usize> {
    prefix.bytes().try_fold(0, |at, byte| match text.get(at..)? {
        [b'\\', b'.', ..] if byte == b'.' => Some(at + 2),
        [found, ..] if *found == byte => Some(at + 1),
        _ => None,
    })
}
