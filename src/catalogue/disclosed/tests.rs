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
fn what_a_command_gives_is_found_whatever_it_looks_like() {
    for command in [
        "mysql -u root -p# shop",
        "/usr/bin/mysqldump -p# db > x",
        "mysql \\\n  -p#",
        "cd x && mysql -p'#' shop",
        "bash -c \"mysql -p#\"",
        "sh -c \\\"mysql -p#\\\"",
        "Bash(mysql -p#:*)",
        "Bash(mysql -p# *)",
        "curl -u a:# https://h",
        "curl -sSu a:# h",
        "curl -ua:# h",
        "curl --user=a:# h",
        "curl --proxy-user 'a:#' h",
        "sshpass -p # ssh h",
        "sshpass -p# ssh h",
        "docker login -u a -p # r",
        "docker login --password=# r",
        "redis-cli -h c -a # ping",
        "mongosh -u a -p #",
        "smbclient -U a%# //h/s",
        "openssl enc -pass pass:#",
        "PGPASSWORD=# psql",
        "export GITHUB_TOKEN='#'",
        "DB_PASS=# ./run",
        "run --password=#",
        "run --token #",
        "run --db-password \"#\"",
        "[\"run\",\"--token\",\"#\"]",
        "curl -H 'Authorization: Bearer #' h",
        "curl -H Authorization:\\ Bearer\\ # h",
        "curl -H \"authorization: token #\" h",
        "curl -H \"Authorization: #\" h",
        "curl -H 'X-Api-Key: #' h",
        "curl -d '{\"password\": \"#\"}' h",
        "git clone https://user:#@host/x",
        "aws configure set aws_secret_access_key #",
    ] {
        for secret in ["hunterbear", "Tr0ub4dor", "ab1"] {
            assert_eq!(found(&command.replace('#', secret)), [secret], "{command}");
        }
    }
}

#[test]
fn what_gives_nothing_and_patterns_of_what_may_be_given_are_none() {
    for command in [
        "mysql -p",
        "Bash(mysql -p:*)",
        "Bash(mysql -p*)",
        r"^mysql -p\S+$",
        "mysql -P 3306 -h host",
        "mysql -p$PASSWORD",
        "curl -u *",
        "curl -u [^ ]*:[^ ]*",
        "curl -u $USER:$PASS h",
        "curl -u bob h",
        "sshpass -e ssh -p 2222 host",
        "sshpass -p \"$P\" ssh h",
        "docker run -p 8080:80 image",
        "docker login -p <password> r",
        "redis-cli -p 6379 ping",
        "mkdir -p folder",
        "PGPASSWORD=$X psql",
        "PGPASSWORD= psql",
        "run --password",
        "run --password --verbose",
        "run --password=*",
        "run --password-file secrets.txt",
        "Use --token instead of --password.",
        "The option `--token` is old",
        "gcloud run deploy --secret my-name",
        "run --next-token abcdef",
        "run --max-tokens 4000",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "^Authorization: Bearer .+$",
        "the Authorization: header is needed",
        "https://user:password@host/",
        "https://h:8080/x@y",
    ] {
        assert_eq!(found(command), [""; 0], "{command}");
    }
}

#[test]
fn an_option_makes_a_secret_of_the_next_word_of_a_list() {
    let of = |words: &[&str]| {
        let found = disclosed_of_words(words);
        let texts = words.iter().zip(found);
        texts
            .map(|(word, all)| all.iter().map(|one| word[one.span.clone()].to_owned()).collect())
            .collect::<Vec<Vec<String>>>()
    };
    assert_eq!(of(&["docker", "login", "-p", "hunterbear"])[3], ["hunterbear"]);
    assert_eq!(of(&["mysql", "-phunterbear"])[1], ["hunterbear"]);
    // Beginnings of several commands.
    assert_eq!(of(&["docker login -p", "git push"]).concat(), [""; 0]);
    assert_eq!(of(&["docker", "run", "-p", "hunterbear"]).concat(), [""; 0]);
}

#[test]
fn what_begins_as_the_keys_of_a_service_is_one_though_it_has_no_digits() {
    for text in [
        "sk-an~t-my-very-own-production-key",
        "sk-an~t-abcdefghijklmnop",
        "sk-pr~oj-abcdefghijklm",
        "xo~xb-hunter-bear-secret",
        "gh~p_AbCdEfGhIjKlMnOpQrStUvWx",
        "sk~-abcdefghijklmnopqrstuvwxyz",
    ] {
        assert_eq!(found(text), [text.replace('~', "")], "{text}");
    }
    for text in [
        "sk-an~t",
        "^sk-an~t-[A-Za-z0-9-]+$",
        "keys begin with sk-an~t- or sk-",
        "sk-learn",
        "sk-some-words-that-people-write",
        "npm_config_registry_of_the_project",
        "secret_manager_list_all_project_secrets",
        "hf_hub_download_repository_files",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
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
