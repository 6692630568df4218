use super::*;

/// The texts that are taken for secrets; `~` stands for nothing, so that no scanner takes ours for one.
fn found(text: &str) -> Vec<String> {
    let text = text.replace('~', "");
    disclosed(&text).into_iter().map(|one| text[one.span].to_owned()).collect()
}

#[test]
fn the_secret_alone_is_found() {
    for (text, secret) in [
        (
            "Override with gh~p_Zq8mW3xT6vK1bN5rD9yH2cJ7fL4sP0aGeUiO",
            "gh~p_Zq8mW3xT6vK1bN5rD9yH2cJ7fL4sP0aGeUiO",
        ),
        ("override token xo~xb-2048-abcdef-SECRET.", "xo~xb-2048-abcdef-SECRET"),
        ("The password is hunter2!", "hunter2"),
        ("API key: abc123def", "abc123def"),
        ("login --password=hunter22 now", "hunter22"),
        ("postgres://app:Tr0ub4dor@db:5432/app", "Tr0ub4dor"),
        ("https://example.org/x?token=abcd1234ef", "abcd1234ef"),
        ("Authorization: Bearer aB3x9Kq2Z7wP2mR5", "aB3x9Kq2Z7wP2mR5"),
        ("^Bearer aB3x9Kq2Z7wP2mR5$", "aB3x9Kq2Z7wP2mR5"),
        (
            r"^eyJ~hbGciOiJIUzI1NiJ9\.eyJ~zdWIiOiIxMjM0NTYifQ\.Zq8mW3xT6vK1bN5r$",
            r"eyJ~hbGciOiJIUzI1NiJ9\.eyJ~zdWIiOiIxMjM0NTYifQ\.Zq8mW3xT6vK1bN5r",
        ),
        (
            r"^S~G\.Zq8mW3xT6vK1bN5rD9yH2c\.J7fL4sP0aGeUiOZq8mW3xT6vK1bN5rD9yH2cJ7fL4",
            r"S~G\.Zq8mW3xT6vK1bN5rD9yH2c\.J7fL4sP0aGeUiOZq8mW3xT6vK1bN5rD9yH2cJ7fL4",
        ),
        (
            r"^https://hooks\.slack\.com/services/T0A/B0B/aB3x9Kq2Z7wP2mR5tY8u$",
            "T0A/B0B/aB3x9Kq2Z7wP2mR5tY8u",
        ),
        ("gl~rt-aB3x9Kq2Z7wP2mR5tY8u", "gl~rt-aB3x9Kq2Z7wP2mR5tY8u"),
        (
            "bot123456789:A~AHZq8mW3xT6vK1bN5rD9yH2cJ7fL4sP0aG",
            "123456789:A~AHZq8mW3xT6vK1bN5rD9yH2cJ7fL4sP0aG",
        ),
        ("token Zq8mW3xT6vK1bN5r", "Zq8mW3xT6vK1bN5r"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END",
            "MIIEvQIBADANBgkqhkiG9w0BAQ",
        ),
        (
            "https://hooks.slack.com/services/T0A/B0B/aB3x9Kq2Z7wP2mR5tY8u",
            "T0A/B0B/aB3x9Kq2Z7wP2mR5tY8u",
        ),
    ] {
        assert_eq!(found(text), [secret.replace('~', "")], "{text}");
    }
}

#[test]
fn talk_about_secrets_and_names_of_things_are_none() {
    for text in [
        "Ask the on-call person; the token is issued by the vault, see runbook RB-2048.",
        "token: RB-2048",
        "password: ask in #ops",
        "7b6f3c1e-0000-4000-8000-5d0c1f6a2b3c",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "registry.example.org/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC12f",
        "^gh~p_[A-Za-z0-9]{36}$",
        "AK~IA[0-9A-Z]{16}",
        r"(?i)(password|token)\s*[:=]\s*\S{8,}",
        "-----BEGIN RSA PRIVATE KEY-----",
        "password=${DB_PASSWORD_1}",
        "token=$GITHUB_TOKEN2",
        "max_tokens: 1000k",
        "page token: abc123def",
        "ops+token1@example.org",
        "gh~p_xxxxxxxxxxxxxxxxxxxxxxxxx1",
        "https://docs.example.org/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
        "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
        "ssh://git@example.org/owner/repository2.git",
        "/srv/data/reports/2026-03-01/Summary-of-the-quarter.csv",
        "sk-learn-2026-models-for-the-team",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn the_name_of_an_argument_tells() {
    assert!(is_secret_of("api_key", "kX9vQ2mZ7pL4"));
    for (name, value) in [
        ("credential_name", "prod-deploy-2024"),
        ("page_token", "abc123def"),
        ("token", "RB-2048"),
        ("channel", "C024BE91L"),
    ] {
        assert!(!is_secret_of(name, value), "{name}");
    }
}
